"""When to stop looking: one deadline, which every loop that can run long asks about."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

Progress = Callable[[str], None]
"""Told what is being done, in a few words, often."""


class OutOfTime(BaseException):
    """The deadline has passed. Not an `Exception`: whoever catches errors of a model or an engine must not catch it."""


class OutOfMemory(OutOfTime):
    """The process has more in memory than it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"the memory was up: more than {most >> 20} MB")


MOST_MEMORY = 6 << 30
"""Bytes that a check may have in memory, besides what the solver keeps for itself."""


@dataclass(frozen=True)
class Limits:
    """When to stop looking, and whom to tell meanwhile."""

    deadline: float | None = None
    """In seconds of `time.monotonic`."""
    max_steps: int | None = None
    """How long the runs are that are searched. Proofs are of any length."""
    progress: Progress = field(default=lambda _words: None)
    memory: int = MOST_MEMORY
    """Bytes that the process may have in memory."""

    def left(self) -> float:
        """Return the seconds that are left: infinitely many without a deadline, and never less than 0."""
        return inf if self.deadline is None else max(0.0, self.deadline - time.monotonic())

    def half(self) -> Limits:
        """Return the same limits with half of the time that is left."""
        return self.within(self.left() / 2)

    def check(self) -> None:
        """Raise `OutOfTime` once the deadline has passed."""
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise OutOfTime

    def within(self, seconds: float) -> Limits:
        """Return the same limits with a deadline that is at most so many seconds away."""
        soon = time.monotonic() + seconds
        return self if self.deadline is not None and self.deadline <= soon else replace(self, deadline=soon)


UNLIMITED = Limits()
"""No deadline: for those who only ask a few small questions."""
