"""Ctrl-C and SIGTERM: the first ends a command with what it knows, the second at once.

A `KeyboardInterrupt` that is raised wherever the program happens to be can be lost: Python prints and forgets what is
raised in a `__del__` or in a callback, an import leaves half a module behind, a model's own `except:` swallows it, and
a solver takes it for itself. So a thread of its own waits for the signals, which are blocked everywhere else, and
knocks at the main thread until that is at a place where an interrupt is heard. Code that nobody may interrupt holds it
back.

Where there are no such threads and signals (Windows), an interrupt is what Python makes of it.
"""

from __future__ import annotations

import os
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from spillproof.counterexamples import files, supervisor

KNOCK = 0.02
"""Seconds between two looks at where the main thread is."""

PATIENCE = 0.5
"""Seconds that a model's own code gets, which may catch an interrupt, before it is interrupted all the same."""

TRUST = 30.0
"""Seconds that a place gets which comes to its end by itself: an import, the making of an object."""

SHOW_CURSOR = b"\x1b[?25h"


class Signals:
    """The signals of a process that runs one command. Use it as a context, once."""

    def __init__(self) -> None:
        self.first: signal.Signals | None = None
        self.listens = False
        self.held = False
        self.raised = False
        self.since = 0.0

    def __enter__(self) -> Self:
        global _signals  # noqa: PLW0603 - a process has its signals once
        _signals = self
        libraries()
        if sys.platform != "win32":
            watched = [number for name in supervisor.WATCHED if not _is_ignored(number := signal.Signals[name])]
            signal.signal(signal.SIGURG, self._knocked)
            signal.pthread_sigmask(signal.SIG_BLOCK, watched)  # the solver cannot take what is blocked
            threading.Thread(target=self._watch, args=(watched,), daemon=True).start()
        self.listens = True  # what knocks while the thread is started is heard now
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Interrupt nothing any more: the process is about to end."""
        self.held = True

    def status(self) -> int:
        """Return the status of a process that was ended by the first signal."""
        return 128 + (self.first or signal.SIGINT)

    # In the thread that waits

    def _watch(self, watched: list[signal.Signals]) -> None:
        if sys.platform != "win32":
            while watched:
                number = signal.Signals(_next(watched))
                if self.first is None:
                    self.first, self.since = number, time.monotonic()
                    threading.Thread(target=self._knock, daemon=True).start()
                elif time.monotonic() - self.since > supervisor.ONE:
                    _end_at_once(number)

    def _knock(self) -> None:
        """Have the main thread look where it is, until it was interrupted.

        The solver is stopped by whoever asked it: stopped from here, it could fail in the midst of something else.
        """
        if sys.platform != "win32":
            while not (self.raised or self.held):
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGURG)
                time.sleep(KNOCK)

    # In the main thread

    def _knocked(self, _number: int, frame: FrameType | None) -> None:
        if self.first is None or self.raised or self.held or not self.listens:
            return
        if wait := patience(frame):
            if time.monotonic() - self.since < wait:
                return
            self.since = time.monotonic()
        else:
            self.raised = True
        raise KeyboardInterrupt


def _next(watched: list[signal.Signals]) -> int:
    """Wait for the next signal, which comes from the parent if there is one, and return its number."""
    orders = supervisor.orders()
    if orders is None:
        return signal.sigwait(watched) if sys.platform != "win32" else 0
    if not (told := os.read(orders, 1)):  # the parent was killed
        files.forget()
        os._exit(128 + signal.SIGKILL)
    return told[0]


_signals: Signals | None = None


def came() -> bool:
    """Return whether this process was asked to end."""
    return _signals is not None and _signals.first is not None


def heed() -> None:
    """Raise `KeyboardInterrupt` if this process was asked to end: called where one that was swallowed is noticed."""
    if _signals is not None and _signals.first is not None and not _signals.held:
        _signals.raised = True
        raise KeyboardInterrupt


def hold(*, back: bool = True) -> None:
    """Hold the first interrupt back from now on, or no longer. The second ends the process all the same."""
    if _signals is not None:
        _signals.held = back


@contextmanager
def heard() -> Iterator[None]:
    """Let the first interrupt be raised inside, though it is held back outside."""
    hold(back=False)
    try:
        yield
    finally:
        hold()


def status() -> int:
    """Return the exit status of a command that was interrupted before it had anything to say."""
    return 128 + signal.SIGINT if _signals is None else _signals.status()


def patience(frame: FrameType | None) -> float:
    """Return how many seconds an interrupt waits for a place in which it could be lost, or could tear something.

    In a model's own code; in an import, a `__del__`, a callback, the making of a library's object. Nowhere else: 0.
    """
    inner, wait = "", 0.0
    while frame is not None:
        name, file = frame.f_code.co_name, frame.f_code.co_filename
        who = whose(file)
        if inner == "theirs" and (who == "ours" or _is_import(file)):
            return PATIENCE
        if name == "__del__" or _is_import(file) or (name == "__init__" and who == "a library's"):
            wait = TRUST
        if Path(file).name in ("weakref.py", "_weakrefset.py"):
            wait = TRUST
        inner = "theirs" if who == "theirs" else inner
        frame = frame.f_back
    return wait


def _is_import(file: str) -> bool:
    return file.startswith("<frozen importlib")


OURS = tuple(Path(__file__).resolve().parents[1] / name for name in ("model", "properties", "counterexamples"))
"""The folders of this package, in a checkout and in a wheel."""


@cache
def libraries() -> tuple[Path, ...]:
    """Return the folders of Python and of what is installed. Looked up before a signal can come: it imports."""
    paths = sysconfig.get_paths()
    return tuple({Path(paths[name]).resolve() for name in ("stdlib", "platstdlib", "purelib", "platlib")})


@cache
def whose(file: str) -> str:
    """Return whether a file is ours, a library's, or theirs who wrote the model."""
    if file.startswith("<"):
        return "a library's"
    path = Path(file).resolve()
    if any(path.is_relative_to(folder) for folder in OURS):
        return "ours"
    return "a library's" if any(path.is_relative_to(folder) for folder in libraries()) else "theirs"


def _is_ignored(number: signal.Signals) -> bool:
    """Return whether whoever started this process had it ignore a signal, as a shell does in the background."""
    return signal.getsignal(number) is signal.SIG_IGN


def _end_at_once(number: signal.Signals) -> None:
    files.forget()
    with suppress(OSError):
        cursor = SHOW_CURSOR if os.isatty(2) else b""
        os.write(2, cursor + b"spillproof: interrupted a second time, and ended at once\n")
    os._exit(128 + number)
