"""What a step leaves where no state is and no step takes it back: in a file, in the system, in Python's own modules.

Much of it Python itself announces to whoever audits (`sys.addaudithook`); the rest is known by the function that is
called. A file that is only read is none of it.
"""

from __future__ import annotations

import atexit
import decimal
import gc
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

HARMLESS = frozenset(
    ("os.listdir", "os.scandir", "os.walk", "os.fwalk", "os.getxattr", "os.listxattr", "os.listdrives")
)
"""Of what the system is asked for, what leaves nothing there."""

ANNOUNCED = (
    "os.",
    "shutil.",
    "tempfile.",
    "subprocess.",
    "socket.",
    "sqlite3.",
    "fcntl.",
    "syslog.",
    "urllib.",
    "winreg.",
)
"""How that begins which Python announces, and which leaves something in the system or elsewhere."""

SETTING = "object.__setattr__"
"""That a function gets another code, or other defaults."""

CALLED: dict[object, str] = {
    getattr(module, name): f"{module.__name__}.{name}"
    for module, names in (
        (os, "umask nice write pwrite writev setuid setgid setpriority dup2 close"),
        (sys, "setrecursionlimit setswitchinterval set_int_max_str_digits"),
        (gc, "disable enable freeze unfreeze set_threshold set_debug"),
        (atexit, "register unregister"),
        (decimal, "getcontext setcontext"),
    )
    for name in names.split()
    if hasattr(module, name)
}
"""Builtin functions that leave something in the process and are not announced."""

BY_NAME = {
    ("_abc", "_abc_register"): "a class is registered with an ABC",
    ("_locale", "setlocale"): "locale.setlocale is called",
    ("_signal", "alarm"): "signal.alarm is called",
    ("_signal", "setitimer"): "signal.setitimer is called",
    ("_signal", "signal"): "signal.signal is called",
    ("time", "tzset"): "time.tzset is called",
}
"""The same of functions that Python's own modules wrap, by module and name."""

OWNERS = frozenset(("_socket", "_sqlite3", "mmap", "sqlite3", "socket"))
"""Modules whose objects are doors to what is outside of the process, whatever is asked of them."""

METHODS = {
    **{
        ("logging", name): f"logging.{name} is called"
        for name in (
            "Logger.setLevel", "Logger.addHandler", "Logger.removeHandler", "Filterer.addFilter",
            "Filterer.removeFilter", "Handler.setLevel", "basicConfig", "disable",
        )
    },
    ("functools", "singledispatch.<locals>.register"): "a function is registered with a singledispatch",
}  # fmt: skip
"""Functions of Python's modules that are written in Python, by module and name."""


def left_by(function: object) -> str:
    """Return what a builtin function leaves where no state is; else nothing."""
    try:
        name = CALLED.get(function, "")
    except TypeError:  # it has no hash
        return ""
    if name:
        return f"{name} is called"
    owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if said := BY_NAME.get((getattr(function, "__module__", None) or "", name)):
        return said
    if OWNERS.intersection(cls.__module__ for cls in type(owner).__mro__):
        return f"{type(owner).__name__}.{name} is called"
    return ""


def written_by(function: object) -> str:
    """Return that a builtin function writes a file, if it does; else nothing."""
    name = getattr(function, "__name__", "")
    writes = name in ("write", "writelines", "truncate") and _is_a_file(getattr(function, "__self__", None))
    return "a file is written" if writes else ""


def _is_a_file(value: object) -> bool:
    """Return whether it is a file on disk, and not what a person reads."""
    streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    in_memory = isinstance(value, (io.StringIO, io.BytesIO))
    return isinstance(value, io.IOBase) and not in_memory and all(value is not each for each in streams)


def left_within(frame: FrameType) -> str:
    """Return what a function of Python's own modules leaves there, if a frame is of such a one; else nothing."""
    return METHODS.get((frame.f_globals.get("__name__", ""), frame.f_code.co_qualname), "")


def announced(event: str, arguments: tuple[Any, ...]) -> str:
    """Return what is left where no state is, of what Python announces; else nothing."""
    if event == "open":
        *_, flags = arguments
        return "a file is opened for writing" if isinstance(flags, int) and flags & WRITES else ""
    if event == SETTING:
        return f"{arguments[1]} of a function is set" if str(arguments[1]).startswith("__") else ""
    return f"{event} is called" if event.startswith(ANNOUNCED) and event not in HARMLESS else ""


_listening: list[Callable[[str, FrameType], None]] = []
_hooked: list[bool] = []
"""Whether Python announces to us: it cannot be asked to stop, so it is asked once, when a model first needs it."""


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _listening and (said := announced(event, arguments)):
        _listening[-1](said, sys._getframe(1))  # noqa: SLF001 - who did it is the frame that was running


@contextmanager
def listening(note: Callable[[str, FrameType], None]) -> Iterator[None]:
    """Have `note` told, while the block runs, what is announced that is left outside, and in which frame."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hear)
    _listening.append(note)
    try:
        yield
    finally:
        _listening.pop()
