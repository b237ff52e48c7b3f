"""A step that works and does not end: a manager that is in disorder may go round in a circle.

In the main thread a timer of the process breaks it off; another thread is told to by the one that waits for it. What
does not come back to Python cannot be broken off.
"""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

LONG = 3.0
"""Seconds of processor time in which a step is to end."""

SHORT = 0.5
"""The same, where another step through the same adapter has not ended."""

EACH = 1.0
"""Seconds of processor time after which it is broken off once more, where the manager has caught that."""

LIMITS: dict[type, float] = {}
"""By the class of an adapter, what its steps are given."""


class DoesNotEnd(RuntimeError):
    """A step is broken off."""

    def __init__(self) -> None:
        super().__init__("the step works, and does not end")


def limit_of(kind: type) -> float:
    """Return the seconds of processor time that a step through an adapter is given."""
    return LIMITS.get(kind, LONG)


@contextmanager
def bounded(kind: type, *, alone: bool = True) -> Iterator[None]:
    """Break off what does not end in here, where it is done by the main thread alone.

    Only that one has a timer, and only where nobody else uses it.
    """
    if not (alone and _has_timer()):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, partial(_ring, kind))
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_of(kind), EACH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _has_timer() -> bool:
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and hasattr(signal, "setitimer") and signal.getsignal(signal.SIGVTALRM) is signal.SIG_DFL


def _ring(kind: type, *_: Any) -> None:
    """Break off; the next one is sooner, whoever catches this: a task of a loop keeps it for itself."""
    LIMITS[kind] = SHORT
    raise DoesNotEnd


def spent_by(thread: threading.Thread) -> float:
    """Return the seconds of processor time that a thread has had; 0 where the system does not tell."""
    if thread.ident is None or not hasattr(time, "pthread_getcpuclockid"):
        return 0.0
    try:
        return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
    except OSError:
        return 0.0  # it has ended


def break_off(thread: threading.Thread, kind: type) -> None:
    """Break off what another thread does."""
    LIMITS[kind] = SHORT
    raised = ctypes.py_object(DoesNotEnd)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), raised)
