"""What ends a check that nothing else ends: the time, the memory, and an interrupt that no model can catch.

Engines ask for the time where they loop. A model's own loop asks nobody, and a model's `except:` catches what it should
not. While a check is watched, in the main thread of a system that has signals, a timer looks now and then: what has to
end the check is raised, kept as what ended the step, and raised again behind whoever caught it.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from types import FrameType
from typing import Any

from spillproof.model import oracle
from spillproof.properties.engines.limits import Limits, OutOfMemory, OutOfTime

GRACE = 0.3
"""Seconds after the deadline, in which engines end by themselves."""

TICK = 0.25
"""Seconds between two looks at the time and the memory."""

AGAIN = 0.4
"""Seconds in which what was raised should have ended the check; then it is raised again."""

SOON = 0.005
"""Seconds until what Python could only print, as in a finalizer, is raised again."""

QUIET = 0.5
"""Seconds in which what is known is put together."""

STATM = Path("/proc/self/statm")


@contextmanager
def watching(limits: Limits) -> Iterator[None]:
    """In the block, raise `OutOfTime` after the deadline and `OutOfMemory` beyond the memory.

    Ctrl-C raises `KeyboardInterrupt`. All that whatever the model catches, and some tenths of a second late. Nothing is
    watched in other threads than the main one, and where there are no such signals.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    global _watch  # noqa: PLW0603 - a process has one timer
    before, _watch = _watch, _Watch(limits)
    _watch.begin()
    try:
        yield
    finally:
        try:
            _watch.end()
        finally:  # what rings on the way out must not leave the bell behind
            _watch.end()
            _watch = before


def heard() -> None:
    """Be quiet for a moment about what was raised: whoever says so has caught it in order to report what is known."""
    if _watch is not None and _watch.caught:
        _watch.caught, _watch.interrupted = 0, False
        _watch.quiet_until = time.monotonic() + QUIET


class _Watch:
    """What is to be kept, and the handlers and the timer that were there before."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.began = time.monotonic()
        self.interrupted = False
        self.quiet_until = 0.0
        self.caught = 0
        """How often something was raised."""
        self.unraisable = sys.unraisablehook
        self.handlers: dict[int, Any] = {}
        self.timer = (0.0, 0.0)

    def begin(self) -> None:
        self.handlers[signal.SIGALRM] = signal.signal(signal.SIGALRM, self.look)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self.handlers[signal.SIGINT] = signal.signal(signal.SIGINT, self.interrupt)
        sys.unraisablehook = self.not_raised
        self.timer = signal.setitimer(signal.ITIMER_REAL, TICK, TICK)

    def end(self) -> None:
        """Put back what was there before; a second time does no harm."""
        self.quiet_until = inf
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        sys.unraisablehook = self.unraisable
        for number, handler in self.handlers.items():
            signal.signal(number, handler)
        (left, again), self.timer, self.handlers = self.timer, (0.0, 0.0), {}
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(SOON, left - (time.monotonic() - self.began)), again)

    def interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.interrupted = True
        self.ring(KeyboardInterrupt())

    def look(self, _number: int, _frame: FrameType | None) -> None:
        if time.monotonic() < self.quiet_until:
            return
        if self.interrupted:
            self.ring(KeyboardInterrupt())
        elif memory_in_use() > self.limits.memory:
            self.ring(OutOfMemory(self.limits.memory))
        elif self.limits.deadline is not None and time.monotonic() > self.limits.deadline + GRACE:
            self.ring(OutOfTime())

    def ring(self, error: BaseException) -> None:
        self.caught += 1
        oracle.running().ended_by = error
        self.quiet_until = time.monotonic() + AGAIN
        raise error

    def not_raised(self, unraisable: Any) -> None:
        """Raise again, a moment later, what came while a finalizer ran, where Python cannot raise."""
        if bell_in(unraisable.exc_value):
            self.caught -= 1
            self.quiet_until = 0.0
            signal.setitimer(signal.ITIMER_REAL, SOON, TICK)
        else:
            self.unraisable(unraisable)


_watch: _Watch | None = None

BELLS: dict[str, type[BaseException]] = {
    "OutOfTime": OutOfTime,
    "OutOfMemory": OutOfTime,
    "KeyboardInterrupt": KeyboardInterrupt,
}
"""What rings by its name, and what is to be raised for it."""


def bell_in(error: BaseException | None) -> type[BaseException] | None:
    """Return what rang, if an error is that: itself, or as ctypes hands it on where it rang in a solver's call."""
    if type(error) is ctypes.ArgumentError:
        return next((bell for name, bell in BELLS.items() if name in str(error)), None)
    return next((bell for bell in BELLS.values() if isinstance(error, bell)), None)


@contextmanager
def as_it_rang() -> Iterator[None]:
    """In the block, what rang in a solver's call is raised as what it is, and not as what ctypes makes of it."""
    try:
        yield
    except ctypes.ArgumentError as error:
        bell = bell_in(error)
        if bell is None:
            raise
        raise bell from error


def memory_in_use() -> int:
    """Return the bytes that this process has in memory; 0 where the system does not say.

    By a number and not by a file object: an interrupt while one is opened would leave it to be complained about.
    """
    try:
        opened = os.open(STATM, os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(opened, 100).split()[1]) * mmap.PAGESIZE
    finally:
        os.close(opened)
