"""Small managers with planted faults, and correct ones: `make planted` writes docs/reference/planted.md.

What was found is kept in `build/planted`, so that it goes on where it was interrupted, as long as no code has changed.
`python -m docs.pages.planted --seeds 20 --pressed 3 --room 64 NAME…` prints a part of it: some managers, so many seeds,
and some seeds with so many MB of memory at most beside what the process has.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import settings

from spillproof.properties import live
from spillproof.properties.claims import Mode
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.asked import claims_asked
from spillproof.properties.live.findings import report_on
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.search import measuring, searched
from spillproof.properties.live.verdicts import Falsified, LiveReport
from tests.live.guests import cases as guests
from tests.live.lodgers import cases as lodgers
from tests.live.planted import cases as planted
from tests.live.planted.cases import Planted
from tests.live.strangers import cases as strangers
from tests.live.visitors import cases as visitors

GROUPS: dict[str, tuple[tuple[Planted, ...], tuple[type[Adapter], ...]]] = {
    "planted": (planted.PLANTED, planted.CORRECT),
    "strangers": (strangers.PLANTED, strangers.CORRECT),
    "visitors": (visitors.PLANTED, visitors.CORRECT),
    "guests": (guests.PLANTED, guests.CORRECT),
    "lodgers": (lodgers.PLANTED, lodgers.CORRECT),
}
"""The folders of `tests/live`, each written by another hand: what has a fault, and what is right."""

FEW = 12
"""Random runs of each check, after the smallest."""

SEEDS = 20

PATIENCE = 10.0
"""Seconds of processor time in which a fault is to be found."""

PRESSED, ROOM = 3, 64
"""So many seeds once more, with so many MB of memory at most beside what the process has."""

HEAD = f"""\
# Planted faults

<!-- Written by `make planted`. Do not edit. -->

Small managers with one planted fault each, of fifteen kinds, and beside them such as are right, by five hands
(`tests/live/planted`, `strangers`, `visitors`, `guests`, `lodgers`). What is expected was written down before any was
run: which claim, in how many steps, and who is to blame. Each is checked by the smallest runs and {FEW} at random.
*Steps* is in italics where the run is not certified as a shortest; *seconds* are processor time of the whole check, all
claims asked. Of correct managers the smallest runs are taken once, as no seed changes them, and those at random with
each seed: as many as there are checks for each manager.

"""

KEPT = Path("build/planted")


class Found(NamedTuple):
    """What a check has shown of a planted fault."""

    steps: int
    """0 where it was not found."""
    is_shortest: bool
    is_blamed: bool
    """Whether the report names who is to blame."""
    seconds: float

    def is_expected(self, case: Planted) -> bool:
        """Return whether all is as it was expected."""
        return self.steps == case.steps and self.is_shortest and self.is_blamed

    def row(self, case: Planted) -> str:
        """Return the line of the table."""
        steps = str(self.steps) if self.is_shortest else f"*{self.steps}*"
        blamed = f"`{case.culprit}`" if self.is_blamed else f"not `{case.culprit}`"
        name = f"{case.adapter.__module__.rpartition('.')[2]}.{case.adapter.__name__}"
        found = f"`{case.claim}` | {steps} | {blamed}" if self.steps else f"`{case.claim}`: not found | – | –"
        return f"| {case.kind} | `{name}` | {found} | {self.seconds:.1f} |"


def found(case: Planted) -> Found:
    """Check a manager with a fault."""
    started = time.process_time()
    report = check_live(case.adapter, examples=FEW)
    verdict = report.of(case.claim)
    spent = time.process_time() - started
    if not isinstance(verdict, Falsified):
        return Found(0, is_shortest=False, is_blamed=False, seconds=spent)
    told = str(report)
    return Found(len(verdict.script), bool(verdict.minimal), case.culprit in told, spent)


class Check(NamedTuple):
    """What a check of a correct manager has shown."""

    runs: int
    steps: int
    accused: str
    """What was told of it; empty where it is simply right: nothing violated, nothing unknown."""
    seconds: float


def checked(kind: type[Adapter], seed: int) -> Check:
    """Check a correct manager: with the first seed by the smallest runs as well, and that no claim is vacuous."""
    started = time.process_time()
    report = check_live(kind, examples=FEW) if seed == 0 else at_random(kind, seed)
    accused = bool(report.violated() or report.unknown() or (seed == 0 and report.vacuous()))
    told = str(report) if accused else ""
    return Check(report.small + report.runs, report.steps, told, time.process_time() - started)


def at_random(kind: type[Adapter], seed: int) -> LiveReport:
    """Take random runs only."""
    claims = [claim for claim in claims_asked(kind, None) if claim.mode is Mode.ALWAYS]
    with measuring(kind):
        return report_on(searched(kind, claims, settings(max_examples=FEW), seed=seed, smallest=False), claims)


def alarms(name: str, kinds: list[type[Adapter]], seeds: range, room: int = 0) -> str:
    """Check correct managers with each of some seeds, and return the line of the table."""
    checks = []
    for kind in kinds:
        for seed in seeds:
            check = Check(*_kept(f"{name} {kind.__name__} {seed} {room}", partial(checked, kind, seed)))
            checks.append(check)
            if check.accused:
                _tell(f"{kind.__name__}, seed {seed}: accused\n{check.accused}")
        _tell(f"{name}: {kind.__name__}, {sum(check.seconds for check in checks):.0f} s so far")
    runs, steps = sum(check.runs for check in checks), sum(check.steps for check in checks)
    false = sum(1 for check in checks if check.accused)
    memory = f"{room} MB more at most" if room else "as there is"
    each = sum(check.seconds for check in checks) / len(checks)
    return f"| {name} | {memory} | {len(kinds)} | {len(checks)} | {runs:,} | {steps:,} | {false} | {each:.1f} |"


def _kept(key: str, find: Callable[[], Sequence[Any]]) -> list[Any]:
    """Return what was found before with this code, or find it."""
    file = KEPT / f"{hashlib.blake2b(f'{key} {code()}'.encode(), digest_size=12).hexdigest()}.json"
    if file.exists():
        kept: list[Any] = json.loads(file.read_text(encoding="utf-8"))
        return kept
    result = [*find()]
    KEPT.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result), encoding="utf-8")
    return result


@cache
def code() -> str:
    """Return a word for what is run: the engine, and the managers."""
    places = (Path(live.__file__).parent, Path(planted.__file__).parents[1])
    files = sorted(file for place in places for file in place.rglob("*.py") if not file.name.startswith("test_"))
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files)).hexdigest()


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


M_ARENA_MAX = -8
"""Of `mallopt`: in how many places threads have their memory, each of which reserves more than it ever uses."""


def press(more: int) -> None:
    """Let this process have no more than so many MB beside what it has."""
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + (more << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def of_faults(chosen: Sequence[str]) -> Iterator[str]:
    """Yield the lines about faults."""
    for name, (cases, _) in GROUPS.items():
        results = []
        for case in cases:
            if not chosen or case.adapter.__name__ in chosen:
                results.append((case, Found(*_kept(f"{name} {case}", partial(found, case)))))
                _tell(results[-1][1].row(case))
        if results:
            yield from _faults(name, results)


def _faults(name: str, results: list[tuple[Planted, Found]]) -> Iterator[str]:
    yield f"## {name}: {len(results)} with a fault\n"
    yield "| kind | manager | violated | steps | to blame | seconds |"
    yield "|---|---|---|---|---|---|"
    yield from (each.row(case) for case, each in results)
    right = sum(1 for _, each in results if each.steps)
    shortest, blamed = (sum(getattr(each, word) for _, each in results) for word in ("is_shortest", "is_blamed"))
    expected = sum(each.is_expected(case) for case, each in results)
    slowest = max(each.seconds for _, each in results)
    late = sum(each.seconds > PATIENCE for _, each in results)
    yield (
        f"\nFound: {right} of {len(results)}. Certified as a shortest run: {shortest}. The right one to blame: "
        f"{blamed}. All as it was expected: {expected}. The slowest check: {slowest:.1f} s; over {PATIENCE:.0f} s: "
        f"{late}.\n"
    )


def of_alarms(chosen: Sequence[str], seeds: int, pressed: int, room: int) -> Iterator[str]:
    """Yield the lines about correct managers."""
    yield "## Correct managers\n"
    yield "| managers of | memory | how many | checks | runs | steps | false alarms | seconds a check |"
    yield "|---|---|---|---|---|---|---|---|"
    kinds = {
        name: [each for each in right if not chosen or each.__name__ in chosen] for name, (_, right) in GROUPS.items()
    }
    yield from (alarms(name, some, range(seeds)) for name, some in kinds.items() if some and seeds)
    if pressed:
        press(room)
        yield from (alarms(name, some, range(pressed), room) for name, some in kinds.items() if some)


def main() -> None:
    """Print the page, or a part of it."""
    parser = argparse.ArgumentParser(description="Check small managers with planted faults, and correct ones.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="of each correct manager")
    parser.add_argument("--pressed", type=int, default=PRESSED, help="seeds once more, with a limit of memory")
    parser.add_argument("--room", type=int, default=ROOM, metavar="MB", help="what this limit leaves")
    parser.add_argument("--correct", action="store_true", help="no planted faults")
    parser.add_argument("names", nargs="*", help="only these managers")
    given = parser.parse_args()
    sys.stdout.write(HEAD)
    if not given.correct:
        sys.stdout.writelines(f"{line}\n" for line in of_faults(given.names))
    if given.seeds or given.pressed:
        lines = of_alarms(given.names, given.seeds, given.pressed, given.room)
        sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
