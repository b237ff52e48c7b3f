"""Small managers with planted faults, and correct ones: `make planted` writes docs/reference/planted.md.

`python -m docs.pages.planted --seeds 20 --pressed 3 --room 64 NAME…` prints a part of it: some managers, so many seeds,
and some seeds with so many MB of memory at most beside what the process has.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.search import check_live
from spillproof.properties.live.verdicts import Falsified, LiveReport
from tests.live.planted import cases as planted
from tests.live.planted.cases import Planted
from tests.live.strangers import cases as strangers
from tests.live.visitors import cases as visitors

GROUPS: dict[str, tuple[tuple[Planted, ...], tuple[type[Adapter], ...]]] = {
    "planted": (planted.PLANTED, planted.CORRECT),
    "strangers": (strangers.PLANTED, strangers.CORRECT),
    "visitors": (visitors.PLANTED, visitors.CORRECT),
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

Small managers with one planted fault each, of fifteen kinds, and beside them such as are right, by three hands
(`tests/live/planted`, `strangers`, `visitors`). What is expected was written down before any of them was run: which
claim, in how many steps, and who is to blame. Each is checked by the smallest runs and {FEW} at random. *Steps* is in
italics where the run is not certified as a shortest; *seconds* are processor time of the whole check, all claims asked.

"""


@dataclass(frozen=True)
class Found:
    """What a check has shown of a planted fault."""

    case: Planted
    steps: int
    """0 where it was not found."""
    is_shortest: bool
    is_blamed: bool
    """Whether the report names who is to blame."""
    seconds: float

    @property
    def is_right(self) -> bool:
        """Return whether all is as it was expected."""
        return self.steps == self.case.steps and self.is_shortest and self.is_blamed

    def row(self) -> str:
        """Return the line of the table."""
        steps = str(self.steps) if self.is_shortest else f"*{self.steps}*"
        blamed = f"`{self.case.culprit}`" if self.is_blamed else f"not `{self.case.culprit}`"
        name = f"{self.case.adapter.__module__.rpartition('.')[2]}.{self.case.adapter.__name__}"
        found = f"`{self.case.claim}` | {steps} | {blamed}" if self.steps else f"`{self.case.claim}`: not found | – | –"
        return f"| {self.case.kind} | `{name}` | {found} | {self.seconds:.1f} |"


def found(case: Planted) -> Found:
    """Check a manager with a fault."""
    started = time.process_time()
    report = check_live(case.adapter, examples=FEW)
    verdict = report.of(case.claim)
    spent = time.process_time() - started
    if not isinstance(verdict, Falsified):
        return Found(case, 0, is_shortest=False, is_blamed=False, seconds=spent)
    told = str(report)
    return Found(case, len(verdict.script), bool(verdict.minimal), case.culprit in told, spent)


@dataclass
class Alarms:
    """What checks of correct managers have shown."""

    managers: int = 0
    checks: int = 0
    runs: int = 0
    steps: int = 0
    false: int = 0
    seconds: float = 0.0

    def add(self, report: LiveReport, spent: float) -> None:
        """Count a check."""
        self.checks += 1
        self.runs += report.small + report.runs
        self.steps += report.steps
        self.seconds += spent
        self.false += is_accused(report)

    def row(self, name: str, how: str) -> str:
        """Return the line of the table."""
        each = self.seconds / self.checks
        return (
            f"| {name} | {how} | {self.managers} | {self.checks} | {self.runs:,} | {self.steps:,} | {self.false} "
            f"| {each:.1f} |"
        )


def is_accused(report: LiveReport) -> bool:
    """Return whether a manager is not simply right: something is violated, or unknown, or was never seen."""
    return bool(report.violated() or report.unknown() or report.vacuous())


def alarms(kinds: Iterable[type[Adapter]], seeds: range) -> Alarms:
    """Check correct managers with each of some seeds."""
    result = Alarms()
    for kind in kinds:
        result.managers += 1
        for seed in seeds:
            started = time.process_time()
            report = check_live(kind, examples=FEW, seed=seed)
            result.add(report, time.process_time() - started)
            if is_accused(report):
                _tell(f"{kind.__name__}, seed {seed}: accused\n{report}")
        _tell(f"{kind.__name__}: {len(seeds)} seeds, {result.seconds:.0f} s so far, {result.false} alarms")
    return result


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def press(more: int) -> None:
    """Let this process have no more than so many MB beside what it has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + (more << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def of_faults(chosen: Sequence[str]) -> Iterator[str]:
    """Yield the lines about faults."""
    for name, (cases, _) in GROUPS.items():
        results = []
        for case in cases:
            if not chosen or case.adapter.__name__ in chosen:
                results.append(found(case))
                _tell(results[-1].row())
        if not results:
            continue
        yield f"## {name}: {len(results)} with a fault\n"
        yield "| kind | manager | violated | steps | to blame | seconds |"
        yield "|---|---|---|---|---|---|"
        yield from (each.row() for each in results)
        right, shortest, blamed = (
            sum(1 for each in results if getattr(each, name)) for name in ("steps", "is_shortest", "is_blamed")
        )
        expected = sum(1 for each in results if each.is_right)
        slowest = max(each.seconds for each in results)
        yield (
            f"\nFound: {right} of {len(results)}. Certified as a shortest run: {shortest}. The right one to blame: "
            f"{blamed}. All as it was expected: {expected}. The slowest check: {slowest:.1f} s.\n"
        )


def of_alarms(chosen: Sequence[str], seeds: int, pressed: int, room: int) -> Iterator[str]:
    """Yield the lines about correct managers."""
    yield "## Correct managers\n"
    yield "| managers of | memory | how many | checks | runs | steps | false alarms | seconds a check |"
    yield "|---|---|---|---|---|---|---|---|"
    kinds = {
        name: [each for each in right if not chosen or each.__name__ in chosen] for name, (_, right) in GROUPS.items()
    }
    yield from (alarms(some, range(seeds)).row(name, "as there is") for name, some in kinds.items() if some and seeds)
    if pressed:
        press(room)
        yield from (
            alarms(some, range(pressed)).row(name, f"{room} MB more at most") for name, some in kinds.items() if some
        )


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
