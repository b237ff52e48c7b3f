"""Executors that run tasks, for tests of their books."""

from __future__ import annotations

from spillproof.counterexamples.audit.books import MAP, OutOfMemory, Window
from spillproof.counterexamples.audit.executor import Executor
from spillproof.counterexamples.audit.interval import ZERO, exactly
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.tally import Tally


def running(*numbers: int, line: int = 10, time: float | None = 100.0) -> Executor:
    """An executor that runs these tasks, of which the log has all; at a line."""
    books = Executor("x", Tally(ReleaseEvidence()), whole=True)
    books.at(line, time, "")
    for number in numbers:
        books.task(number).whole = True
    return books


def window(kind: str = "forced spill", line: int = 1, granted: int = 0) -> Window:
    """A window; so much had been granted before."""
    return Window(7, "E1", "a.B@1", kind, MAP, exactly(5), 90.0, line, asked=80.0, granted_before=exactly(granted))


def death(line: int = 8, message: str = "x", whose: str = "", time: float | None = 98.0) -> OutOfMemory:
    """A death."""
    return OutOfMemory(line, time, message, ZERO, None, (), whose=whose)
