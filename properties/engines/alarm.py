"""What ends a check that nothing else ends: an alarm after the deadline, and an interrupt that no model can catch.

Engines ask for the time where they loop. A model's own loop asks nobody, and a model's `except:` catches what it should
not. While a check is watched, in the main thread of a system that has signals, both are ended all the same: what is
raised is kept as what ended the step, and raised again behind whoever caught it.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from spillproof.model import oracle
from spillproof.properties.engines.limits import OutOfTime

GRACE = 0.3
"""Seconds after the deadline, in which engines end by themselves."""

AGAIN = 0.5
"""Seconds until the alarm is raised again, should somebody have caught it."""

SOON = 0.005
"""Seconds until it is raised again where Python could only print it, as in a finalizer."""


@contextmanager
def watching(deadline: float | None) -> Iterator[None]:
    """Raise `OutOfTime` in the block soon after a deadline (of `time.monotonic`), and `KeyboardInterrupt` for Ctrl-C.

    Whatever the model catches. Does nothing in other threads than the main one, and where there are no such signals.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    watch = _Watch()
    watch.begin(deadline)
    try:
        yield
    finally:
        watch.end()


class _Watch:
    """The handlers and the timer that were there before, and what is to be raised."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.cause: type[BaseException] = OutOfTime
        self.unraisable = sys.unraisablehook
        self.handlers: dict[int, Any] = {}
        self.timer = (0.0, 0.0)

    def begin(self, deadline: float | None) -> None:
        self.handlers[signal.SIGALRM] = signal.signal(signal.SIGALRM, self.ring)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self.handlers[signal.SIGINT] = signal.signal(signal.SIGINT, self.interrupt)
        sys.unraisablehook = self.not_raised
        left = 0.0 if deadline is None else max(SOON, deadline - self.began + GRACE)
        self.timer = signal.setitimer(signal.ITIMER_REAL, left, AGAIN)

    def end(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        sys.unraisablehook = self.unraisable
        for number, handler in self.handlers.items():
            signal.signal(number, handler)
        left, again = self.timer
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(SOON, left - (time.monotonic() - self.began)), again)

    def interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.cause = KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, AGAIN, AGAIN)
        self.ring(_number, _frame)

    def ring(self, _number: int, _frame: FrameType | None) -> None:
        error = self.cause()
        oracle.running().ended_by = error
        raise error

    def not_raised(self, unraisable: Any) -> None:
        """Raise again, a moment later, what came while a finalizer ran, where Python cannot raise."""
        if isinstance(unraisable.exc_value, (OutOfTime, KeyboardInterrupt)):
            signal.setitimer(signal.ITIMER_REAL, SOON, AGAIN)
        else:
            self.unraisable(unraisable)
