"""What a model asks that is in no state, and that a check may see once only: the time, and chance.

Whatever else is outside of a state shows when a step is taken again. A clock may not: a check takes seconds.
"""

from __future__ import annotations

import datetime
import os
import random
import threading
import time
from types import FrameType

CLOCKS = frozenset(
    getattr(time, name)
    for name in (
        "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
        "process_time_ns", "thread_time", "thread_time_ns", "clock_gettime", "clock_gettime_ns", "localtime", "gmtime",
        "ctime", "strftime",
    )
    if hasattr(time, name)
)  # fmt: skip
"""Functions that say what time it is."""

OWN = frozenset(
    getattr(module, name)
    for module in (os, threading)
    for name in ("getpid", "getppid", "times", "getloadavg", "get_ident", "get_native_id")
    if hasattr(module, name)
)
"""Functions that say what is this process's or this thread's own."""

DICE = frozenset(getattr(os, name) for name in ("urandom", "getrandom") if hasattr(os, name))
"""What whoever wants chance draws from, libraries too (`uuid4`, `secrets`, `SystemRandom`)."""

TODAY = frozenset(("now", "today", "utcnow"))

BY_CHANCE = "chance"
"""How that begins which libraries draw for whoever calls them; what time it is they may ask for themselves."""

CHANCE: object = vars(random)["_inst"]
"""What the functions of `random` draw from; who makes a `Random` with a seed has it to himself."""


def asked(function: object) -> str:
    """Return what a builtin function says that is in no state: the time, what chance draws, a hash; else nothing."""
    try:
        is_clock, is_own, is_dice = (function in each for each in (CLOCKS, OWN, DICE))
    except TypeError:  # it has no hash
        return ""
    name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
    if is_clock:
        return f"the time (time.{name})"
    if is_own:
        return f"what is this process's own ({name})"
    if is_dice or name == "generate_time_safe":
        return f"{BY_CHANCE} (os.{name})" if is_dice else f"{BY_CHANCE} (uuid.uuid1)"
    if name in TODAY and isinstance(owner, type) and issubclass(owner, datetime.date):
        return f"the time ({owner.__name__}.{name})"
    if owner is CHANCE:
        return f"{BY_CHANCE} (random.{name})"
    return "hash (another number in each process)" if function is hash else ""


def drawn(frame: FrameType) -> str:
    """Return by which function of `random` chance is asked, if a frame is of one; else nothing."""
    if frame.f_code.co_filename != random.__file__:
        return ""
    if frame.f_code.co_name == "__init__" and frame.f_locals.get("x", frame) is None:
        return f"{BY_CHANCE} (random.Random without a seed)"
    return f"{BY_CHANCE} (random.{frame.f_code.co_name})" if frame.f_locals.get("self") is CHANCE else ""
