"""A clock that stands still until it is told to go on: what lives for a time only is gone when a run says so.

No run waits, and each goes as it went before. A manager that takes a clock is given this one; in a module that asks
`time` for it, `stand_in` is put in its place.
"""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

START = 1_000_000_000.0
"""Seconds; any time would do."""


class Clock:
    """Seconds since some time, as `time.time` and `time.monotonic` return them."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


def stand_in(clock: Clock) -> Any:
    """Return what takes the place of the module `time`: the same, but for the clock."""
    clocks = {"time": clock, "monotonic": clock, "monotonic_ns": lambda: int(clock() * 1e9)}
    return SimpleNamespace(**{**vars(time), **clocks})
