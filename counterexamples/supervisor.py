"""A process beside the one that checks, which ends it where nothing else can, and says so in one line.

Python handles a signal, and lets a thread run, between two of its own instructions. One call that does not come back,
such as `sum(range(10**12))` in a model's step, hears neither the time limit nor Ctrl-C. So the command is forked before
it begins. The child checks. The parent waits, hands signals on, and ends a child that does not end by itself.

Where there is no fork (Windows) there is no parent, and a limit is kept as well as Python can.
"""

from __future__ import annotations

import faulthandler
import os
import re
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from pathlib import Path

WATCHED = ("SIGINT", "SIGTERM")

GRACE = 0.7
"""Seconds after the deadline, in which the child ends by itself."""

LATE = 0.04
"""The same as a part of the time limit."""

WORKED = 0.5
"""Seconds that it has for that at least, but for those in which it waits for a processor: others may be at work."""

ENDING = 1.0
"""Seconds of the same kind that it has to end after its last word: what runs at the very end may be a model's."""

PATIENCE = 10.0
"""Seconds after the deadline, after which it is ended even if it did not get them."""

ROOM = 1.1
"""It is ended when it has so many times the memory that it may have: it ends by itself before, if it can."""

INSISTED = 0.5
"""Seconds in which the child ends by itself when it is interrupted a second time."""

ONE = 0.1
"""Seconds within which two signals are one: `timeout` and others send to a process and to its group."""

TICK = 0.1
"""Seconds between two looks at the child."""

SOON, QUIET = 0.8, 0.05
"""Seconds that it has to begin to say where it is, which takes long on a busy machine; and in which it says no more."""

UNKNOWN, DEFECT = 3, 70
"""The status of what is not known, and the least that no answer has."""

GiveUp = Callable[[str], object]
"""Says in one line why a child was ended."""

_news: int | None = None
"""In the child: where to write its limits."""

_orders: int | None = None
"""In the child: where to read the signals that came."""


def begin(give_up: GiveUp, *, killed: str = "") -> None:
    """Return in a child of this process, which waits for its end, and ends as the child does.

    `killed` is what to say where the child is killed before its limit is lifted: then nothing is known.
    """
    global _news, _orders
    if sys.platform == "win32":
        return
    watched = {number for name in WATCHED if signal.getsignal(number := signal.Signals[name]) is not signal.SIG_IGN}
    (heard, _news), (_orders, told) = os.pipe(), os.pipe()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    if child := os.fork():
        os.close(_news)
        os.close(_orders)
        parent = _Parent(child, heard, told, give_up, killed)
        for number in watched:
            signal.signal(number, parent.signalled)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os._exit(parent.status())
    os.close(heard)
    os.close(told)
    _end_with_parent()
    faulthandler.register(signal.SIGUSR2, _news, all_threads=False, chain=True)


def _end_with_parent() -> None:
    """Have the system end this process when its parent is ended, where the system can."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def limit(deadline: float | None, memory: float = inf) -> None:
    """Tell the parent until when, in seconds of `time.monotonic`, and in how many bytes this process has to end."""
    if _news is not None:
        now = time.monotonic()
        until = inf if deadline is None else deadline + LATE * max(0.0, deadline - now)
        with suppress(OSError):
            os.write(_news, f"limit {until} {memory}\n".encode())


def ends_with(status: int) -> None:
    """Tell the parent that this process is about to end, and with which status."""
    if _news is not None:
        with suppress(OSError):
            os.write(_news, f"status {status}\n".encode())


def orders() -> int | None:
    """Return where the signals are to be read that came to the parent, as bytes; None where there is no parent."""
    return _orders


class _Parent:
    """What the parent knows of its child."""

    def __init__(self, child: int, heard: int, told: int, give_up: GiveUp, killed: str) -> None:
        self.child = child
        self.heard: int | None = heard
        self.told = told
        self.give_up = give_up
        self.killed = killed
        self.until, self.memory = inf, inf
        self.told_status: int | None = None
        """The status with which the child is about to end, whatever a model does at its very end."""
        self.worked = 0.0
        """The time that the child had had before its deadline."""
        self.told_at = inf
        """The time that it had had when it said its last word."""
        self.first: float | None = None
        self.insisted: tuple[int, float] | None = None

    def signalled(self, number: int, _frame: object) -> None:
        """Hand a signal on."""
        now = time.monotonic()
        if self.first is None:
            self.first = now
        elif now - self.first > ONE and self.insisted is None:
            self.insisted = number, now
        with suppress(OSError):
            os.write(self.told, bytes([number]))

    def status(self) -> int:
        """Wait for the child, and return the status with which to end."""
        while True:
            ended, status = os.waitpid(self.child, os.WNOHANG)
            if ended:
                while self.heard is not None and select.select([self.heard], [], [], 0)[0]:
                    self.listen()
                return self.ended(os.waitstatus_to_exitcode(status))
            self.listen()
            if (found := self.to_end()) is not None:
                return found

    def listen(self) -> None:
        """Hear for a moment what the child has to say."""
        if self.heard is None:  # it is about to end
            time.sleep(TICK / 10)
        elif select.select([self.heard], [], [], TICK)[0]:
            said = os.read(self.heard, 1000).decode()
            if not said:
                self.heard = None
            for line in filter(None, said.splitlines()):
                self.hear(*line.split())

    def hear(self, what: str, *values: str) -> None:
        """Take note of what the child says."""
        if what == "status":
            self.told_status, self.told_at = int(values[0]), _worked(self.child)
        elif what == "limit":
            self.until, self.memory = map(float, values)

    def ended(self, status: int) -> int:
        """Return the status with which to end where the child has ended with one; below 0, a signal has ended it."""
        if status >= 0 and self.told_status is not None:
            return self.told_status
        if self.killed and min(self.until, self.memory) < inf and status < DEFECT:
            by = signal.Signals(-status).name if status < 0 else f"os._exit({status})"
            words = f"the process was ended by {by}; nothing is known"
            self.give_up(self.killed if status == -signal.SIGKILL else words)
            status = UNKNOWN if status >= 0 or status == -signal.SIGKILL else status
        if status < 0:
            if status != -signal.SIGKILL:
                signal.signal(-status, signal.SIG_DFL)
            os.kill(os.getpid(), -status)
        return status

    def to_end(self) -> int | None:
        """Return the status with which to end now, if the child does not end; None where it may go on."""
        now = time.monotonic()
        if self.insisted is not None and now - self.insisted[1] > INSISTED:
            self.kill()
            self.give_up("interrupted a second time, and ended at once")
            return 128 + self.insisted[0]
        if self.told_status is not None and _worked(self.child) - self.told_at > ENDING:
            self.kill()
            return self.told_status
        why = ""
        if now <= self.until:
            self.worked = _worked(self.child)
        elif self.is_late(now):
            why = "the limit has passed"
        if _memory(self.child) > ROOM * self.memory:
            why = f"the memory is up: more than {self.memory / (1 << 20):.0f} MB"
        if not why:
            return None
        place = self.kill()
        self.give_up(f"{place}: {why} in the midst of this; nothing is known" if place else f"{why}; nothing is known")
        return UNKNOWN

    def is_late(self, now: float) -> bool:
        """Return whether the child had its time to end by itself, and did not only wait for a processor."""
        late = now - self.until
        return late > PATIENCE or (late > GRACE and _worked(self.child) - self.worked > WORKED)

    def kill(self) -> str:
        """End the child. Return the line of the model that it was at, if it could say so."""
        said = b""
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGUSR2)
        soon = time.monotonic() + SOON
        while self.heard is not None:
            left = QUIET if b"File" in said else max(0.0, soon - time.monotonic())
            if not select.select([self.heard], [], [], left)[0]:
                break
            more = os.read(self.heard, 10_000)
            said += more
            if not more:
                break
        with suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        return _place(said.decode(errors="replace"))


FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)
"""A line of what `faulthandler` writes."""


def _place(said: str) -> str:
    """Return the innermost line that is neither ours nor a library's."""
    from spillproof.counterexamples.interrupts import whose

    found = ((file, line, name) for file, line, name in FRAME.findall(said) if whose(file) == "theirs")
    return next((f"{file}:{line}, in {name}" for file, line, name in found), "")


def _worked(process: int) -> float:
    """Return the seconds of the clock that a process has had, without those in which it waited for a processor.

    One that sleeps has them. Where the system does not say, those of the processor that it has used, or of the clock.
    """
    with suppress(OSError, ValueError):
        _, waited, times = map(int, Path(f"/proc/{process}/schedstat").read_bytes().split())
        if times:  # a system that does not count says 0
            return time.monotonic() - waited / 1e9
    try:
        return time.clock_gettime(~process << 3 | 2)  # as clock_getcpuclockid does it
    except (OSError, OverflowError):
        return time.monotonic()


def _memory(process: int) -> int:
    """Return the bytes that a process has in memory; 0 where the system does not say."""
    try:
        opened = os.open(f"/proc/{process}/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(opened, 100).split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
    finally:
        os.close(opened)
