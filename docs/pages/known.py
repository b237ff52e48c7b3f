"""Known defects of older releases, looked for by the targets' adapters: `make known` writes docs/reference/known.md.

For each defect two folders are made below `build/known`, one with the release that has it and one with the release that
repairs it, which come before what this environment has; they need a package index. The same adapter is then checked
with both, with the settings that it has by default: what it finds with the one and not with the other is the defect.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import settings

from docs.pages.kept import file_of, kept, word
from docs.pages.known_defects import SECTIONS, Defect
from spillproof.properties.live.asked import claims_asked
from spillproof.properties.live.live_check import reports
from spillproof.properties.live.search import measuring
from spillproof.properties.live.verdicts import Falsified, LiveReport
from tests.live.judged.judgements import OLDER, TARGETS

KEPT = Path("build/known")

PATIENCE = 60.0
"""Seconds of processor time in which a defect is to be found."""

LONGEST = 1_200
"""Seconds after which a check is given up, however little of them it had."""


class Found(NamedTuple):
    """What a check has shown."""

    violated: dict[str, list[list[str]]]
    """By the name of a claim, the steps of the runs that break it, each with its last step in another way."""
    steps: int
    seconds: float
    error: str = ""

    def of(self, defect: Defect) -> dict[str, list[list[str]]]:
        """Return, of the claims that a defect violates, those that are violated, each with the runs that show it."""
        runs = {
            claim: [run for run in self.violated.get(claim, ()) if _has(run, defect.needs)] for claim in defect.claims
        }
        return {claim: some for claim, some in runs.items() if some}


def _has(run: list[str], needed: tuple[str, ...]) -> bool:
    return not needed or any(word in step for step in run for word in needed)


def checked(name: str, names: list[str], needs: tuple[str, ...] = ()) -> Found:
    """Search a target in this process, all claims asked, until one of those that are named is violated.

    If there are words in `needs`, a run that shows it has one of them; the search has `PATIENCE`.
    """
    kind = next(each for each in (*TARGETS, *OLDER) if each.name == name).load()
    started = time.process_time()
    claims = claims_asked(kind, None)
    told = [claim for claim in claims if claim.name in names]
    with measuring(kind):
        for report in reports(kind, claims, settings(), told=told, seconds=PATIENCE):
            found = Found(_runs(report), report.steps, time.process_time() - started)
            if any(_has(run, needs) for runs in found.violated.values() for run in runs):
                break
    return found


def _runs(report: LiveReport) -> dict[str, list[list[str]]]:
    """Return the runs that break claims, by the name of the claim."""
    return {
        each.claim.name: [[step.spelled for step in run.steps[1:]] for run in (each.verdict, *each.verdict.also)]
        for each in report.violated()
        if isinstance(each.verdict, Falsified)
    }


def in_release(defect: Defect, packages: tuple[str, ...], *, only_kept: bool = False) -> Found:
    """Check a target with other releases of some packages; what was found is kept."""
    folder = KEPT / word(" ".join(packages))
    if not only_kept and not (folder / "packages").exists():
        install(folder, packages)
    key = f"{defect.target} {defect.claims}"
    if only_kept and not file_of(folder / "found", key).exists():
        return Found({}, 0, 0.0, "not looked for yet")
    return Found(*kept(folder / "found", key, partial(_checked_there, folder, defect)))


def _checked_there(folder: Path, defect: Defect) -> Found:
    needs = [option for word in defect.needs for option in ("--needs", word)]
    command = [sys.executable, "-m", "docs.pages.known", "--target", defect.target, *needs, *defect.claims]
    path = os.pathsep.join([str(folder.resolve()), str(Path(".links").resolve()), str(Path.cwd())])
    try:
        done = subprocess.run(  # noqa: S603 - our own module, beside packages that were put there
            command,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        return Found({}, 0, 0.0, f"has not ended after {LONGEST} s")
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        ended = f"ends with {done.returncode}"
        return Found({}, 0, 0.0, (done.stderr.strip().splitlines() or [ended])[-1] if done.returncode > 0 else ended)
    return Found(*json.loads(lines[-1]))


def install(folder: Path, packages: tuple[str, ...]) -> None:
    """Put packages into a folder."""
    pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--upgrade", "--target", str(folder), *packages]
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - the packages of the tables above
    shutil.rmtree(folder / "tests", ignore_errors=True)  # some bring theirs, which would be found in the place of ours
    (folder / "packages").write_text(" ".join(packages), encoding="utf-8")


HEAD = f"""\
# Known defects

<!-- Written by `make known`. Do not edit. -->

Defects of older releases that were reported, each looked for by the adapter of its [target](targets.md), with the
settings that it has by default and `seconds={PATIENCE:.0f}`: as long as nothing is found, the search goes on with other
seeds. (A row that says no after fewer seconds is older than that, and of one search.) *Found*: a claim is violated that
the defect violates by reasoning, within {PATIENCE:.0f} s of processor time, for a search with all claims asked and the
verdict on that one. Where a release repairs it, the same check of that release tells of no such run. One that is not
found is one that these adapters do not see. What is found of [planted faults](planted.md) is another page.
"""

COLUMNS = """\
| defect | release | found | run | seconds | steps | repaired release |
|---|---|---|---|---|---|---|
"""


def row(defect: Defect, found: Found, later: Found | None) -> tuple[bool, str]:
    """Return whether a defect was found, and the line of the table."""
    shown, after = found.of(defect), {} if later is None else later.of(defect)
    mine = [(claim, run) for claim, runs in shown.items() for run in runs if run not in after.get(claim, ())]
    claim, run = next(iter(mine), ("", []))
    is_found = bool(claim) and found.seconds <= PATIENCE
    steps = ", ".join(f"`{step}`" for step in run) or "–"
    said = f"`{claim}`" if claim else found.error or "no"
    cost = f"{found.seconds:.0f} | {found.steps:,}"
    other = _repaired(defect, later, claim) if claim else _repaired(defect, later, next(iter(shown), ""), how="too")
    what = f"{defect.what} ([report]({defect.link}))"
    return (
        is_found,
        f"| {what} | `{defect.broken[0]}` | {said} | {steps} | {cost} | {other} |",
    )


def _repaired(defect: Defect, later: Found | None, claim: str, how: str = "otherwise") -> str:
    """Return what is said of the release that repairs a defect: that the claim holds, or how it is violated as well."""
    if later is None:
        return "none yet"
    other = later.of(defect).get(claim, ())
    told = later.error or (", ".join(f"`{step}`" for step in other[0]) if other else "holds")
    return f"`{defect.repaired[0]}`: {f'violated {how}, by ' if other else ''}{told}"


def page(chosen: tuple[Defect, ...], *, only_kept: bool = False) -> Iterator[str]:
    """Yield the lines of the page, each as soon as it is known."""
    yield HEAD
    for words, defects in SECTIONS:
        if some := [each for each in chosen if each in defects]:
            yield f"\n{words}\n{COLUMNS}"
            yield from _table(some, only_kept=only_kept)


def _table(defects: Iterable[Defect], *, only_kept: bool) -> Iterator[str]:
    found_ones = []
    for defect in defects:
        found = in_release(defect, defect.broken, only_kept=only_kept)
        later = in_release(defect, defect.repaired, only_kept=only_kept) if defect.repaired else None
        is_found, line = row(defect, found, later)
        found_ones.append(is_found)
        sys.stderr.write(f"{defect.broken[0]}: {found} {later}\n")
        yield f"{line}\n"
    yield f"\nFound: {sum(found_ones)} of {len(found_ones)}.\n"


def main() -> None:
    """Print the page; with `--target`, check one in this process, and print what was found."""
    parser = argparse.ArgumentParser(description="Look for known defects of older releases.")
    parser.add_argument("--target", help="the name of a target, to be checked with what is installed here")
    parser.add_argument("--needs", action="append", default=[], help="a word that a run has which shows the defect")
    parser.add_argument("--kept", action="store_true", help="only what was found before with this code")
    parser.add_argument(
        "names", nargs="*", help="only defects of releases that begin so (zict==1); of a target, claims"
    )
    given: Any = parser.parse_args()
    if given.target:
        sys.stdout.write(f"{json.dumps(checked(given.target, given.names, tuple(given.needs)))}\n")
        return
    chosen = [
        each
        for _, defects in SECTIONS
        for each in defects
        if not given.names or any(each.broken[0].startswith(name) for name in given.names)
    ]
    for line in page(tuple(chosen), only_kept=given.kept):
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
