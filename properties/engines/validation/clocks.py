"""What a model asks that is in no state, and that a check may see once only: the time, and chance.

Whatever else is outside of a state shows when a step is taken again. A clock may not: a check takes seconds.
"""

from __future__ import annotations

import datetime
import os
import random
import time
from types import FrameType

CLOCKS = frozenset(
    getattr(time, name)
    for name in (
        "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
        "process_time_ns", "localtime", "gmtime", "ctime", "strftime",
    )
)  # fmt: skip
"""Functions that say what time it is."""

TODAY = frozenset(("now", "today", "utcnow"))

CHANCE: object = vars(random)["_inst"]
"""What the functions of `random` draw from; who makes a `Random` with a seed has it to himself."""


def asked(function: object) -> str:
    """Return what a builtin function says that is in no state: the time, what chance draws, a hash; else nothing."""
    try:
        if function in CLOCKS:
            return f"the time (time.{getattr(function, '__name__', '')})"
    except TypeError:  # it has no hash
        return ""
    name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
    if name in TODAY and isinstance(owner, type) and issubclass(owner, datetime.date):
        return f"the time ({owner.__name__}.{name})"
    if owner is CHANCE:
        return f"chance (random.{name})"
    if function is hash:
        return "hash (another number in each process)"
    return "chance (os.urandom)" if function is os.urandom else ""


def drawn(frame: FrameType) -> str:
    """Return by which function of `random` chance is asked, if a frame is of one; else nothing."""
    if frame.f_code.co_filename == random.__file__ and frame.f_locals.get("self") is CHANCE:
        return f"chance (random.{frame.f_code.co_name})"
    return ""
