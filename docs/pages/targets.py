"""The table of targets and claims, from many random runs: `make targets` writes it to docs/reference/targets.md.

`python -m docs.pages.targets NAME…` checks some of them. What was found is kept in `build/targets`, as long as neither
the engine nor an adapter has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from docs.pages.kept import kept
from spillproof.properties.claims import Mode
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.measure import Ledger, Traced
from spillproof.properties.live.offers import spelled
from spillproof.properties.live.search import STEPS
from tests.live.judged.judgements import TARGETS
from tests.live.judged.target import Judgement, Target

KEPT = Path("build/targets")

RUNS = 60
"""At random, of each target; Hypothesis takes some more."""

HEAD = f"""\
# Targets

Maintained packages, each checked by the smallest runs and at least {RUNS} at random of up to {STEPS} steps.
Written by `make targets`; change the adapters in `counterexamples/replay/live/`, not this page.

*Holds* means here: not falsified in those runs, on these versions, with at most three keys. It is no proof. A violation
is a run that was taken several times and broke the claim each time. Each was judged, and each defect is reproduced by
a script that needs only the package (`tests/live/without/`). A violation that these runs did not meet,
and its known run still shows, is said to be so *by its known run only*. [What the same adapters find](known.md) of
defects that older releases are known to have is another page, what is found of [planted faults](planted.md) a third.
"""


class Seen(NamedTuple):
    """What a check has shown of a target."""

    versions: str
    runs: int
    steps: int
    asked: list[str]
    """The claims, and below those that were violated, and those that were never put to the test."""
    broken: list[str]
    vacuous: list[str]
    unasked: int
    """How many claims about memory were not asked, as the adapter says that there is none to speak of."""


def seen(target: Target) -> Seen:
    """Check a target."""
    report = check_live(target.load(), examples=RUNS, shorten=False)
    sys.stderr.write(f"{target.name}: {report.steps:,} steps in {report.seconds:.0f} s\n")
    return Seen(
        ", ".join(f"{name} {number}" for name, number in report.versions.items()),
        report.small + report.runs,
        report.steps,
        [each.claim.name for each in report.results if each.claim.mode is Mode.ALWAYS and each not in report.unasked()],
        [each.claim.name for each in report.violated()],
        [each.claim.beside or "" for each in report.vacuous()],
        len(report.unasked()),
    )


def row(target: Target, found: Seen) -> str:
    """Return what is to be said of a target: which claims were violated, and which hold or were not put to the test."""
    judged = {each.claim: each.word for each in target.judgements}
    asked, broken, vacuous = found.asked, found.broken, found.vacuous
    violated = [
        f"`{name}` ({judged.get(name, 'not judged')}{'' if name in broken else ', by its known run only'})"
        for name in asked
        if name in broken or name in judged
    ]
    kept = [name for name in asked if name not in broken and name not in judged]
    holding = [f"`{name}`{' (never tried)' if name in vacuous else ''}" for name in kept]
    holding += [f"{found.unasked} claims about memory not asked"] if found.unasked else []
    return f"| {target.name} | {', '.join(violated) or '–'} | {', '.join(holding)} |"


def page(found: Iterable[tuple[Target, Seen]]) -> str:
    """Return the page: the table, and what was found."""
    pairs = list(found)
    lines = [HEAD, "| target | version | measured by | runs | steps |", "|---|---|---|---|---|"]
    for target, each in pairs:
        measure = target.load().measured_by.__name__
        lines.append(f"| {target.name} | {each.versions} | {measure} | {each.runs:,} | {each.steps:,} |")
    lines += ["", *(f"- `{each.__name__}` is blind to {each.blind_to}." for each in (Ledger, Traced))]
    lines += ["", "| target | violated | holds in these runs |", "|---|---|---|"]
    lines += [row(target, each) for target, each in pairs]
    lines += ["", "## What was found", ""]
    for target, _ in pairs:
        lines += [line for judgement in target.judgements for line in _story(target, judgement)]
    return "\n".join(lines).rstrip() + "\n"


def _story(target: Target, judgement: Judgement) -> Iterator[str]:
    adapter = target.load()
    script = ", ".join(f"`{spelled(adapter, move)}`" for move in judgement.run)
    yield f"- **{target.name}** violates `{judgement.claim}` ({judgement.word}): {judgement.why}. Run: {script}."
    if judgement.reproduced:
        upstream = judgement.upstream or "none was found"
        yield f"  Without this project: `without/{judgement.reproduced}.py`. Upstream: {upstream}."


def main() -> None:
    """Check every target that is installed, or those that are named, and print the page."""
    found = []
    for target in TARGETS:
        if any(find_spec(name) is None for name in target.needs):
            sys.stderr.write(f"{target.name}: left out, as {', '.join(target.needs)} is not installed\n")
        elif not sys.argv[1:] or target.name in sys.argv[1:]:
            found.append((target, Seen(*kept(KEPT, target.name, partial(seen, target)))))
    sys.stdout.write(page(found))


if __name__ == "__main__":
    main()
