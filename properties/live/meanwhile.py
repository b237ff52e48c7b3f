"""A second thread that works exactly while the first is at some point: where a manager has half done something.

The points of a step are the lines of the manager that it comes to, and where a value is pickled or unpickled and a file
is opened, renamed or removed. At the n-th of them the first waits until the second is done; or until the second waits
for a lock, which the first may hold.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from threading import Thread, get_ident
from types import FrameType
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.endless import EACH, break_off, limit_of
from spillproof.properties.live.helpers import IDLING, Helper, give_back, helper
from spillproof.properties.live.identity import tells_threads_apart
from spillproof.properties.live.theirs import file_of, home_of, is_in, is_theirs

PATIENCE = 0.5
"""Seconds for which the first thread waits for a second of which it cannot be told whether it waits."""

GLANCE = 0.0005
"""Seconds between two looks at a second thread."""

HUNG = 3.0
"""Seconds for which all threads may wait; then they are held to wait for ever."""

LOOKS, IDLE = 20, 0.005
"""So often it is looked meanwhile whether they do; seconds of processor time, more than all these looks take."""

LONGEST = 60.0
"""Seconds after which a thread is held not to end, though it may be at work."""

FILES = frozenset({"open", "os.remove", "os.rename", "os.truncate", "os.mkdir", "os.rmdir"})
"""What is a point, of what Python tells its auditors."""


class WaitsForEver(RuntimeError):
    """Two threads wait for each other."""


@dataclass
class Meeting:
    """How two threads met."""

    at: str = ""
    """The point at which the first waited. Empty where it did not come that far; then the second came after it."""
    results: list[Any] = field(default_factory=lambda: [None, None])
    errors: list[Exception | None] = field(default_factory=lambda: [None, None])
    stuck: str = ""
    """Why no thread could be started, which is no fault of the manager."""
    new: bool = False
    """Whether each work has a new thread."""

    def begin(self, work: Callable[[], None]) -> Helper | None:
        """Have a work done; return by whom, or None where no thread could be started."""
        try:
            found = helper(new=self.new)
        except (RuntimeError, MemoryError) as error:
            self.stuck = str(error) or type(error).__name__
            return None
        found.begin(work)
        return found

    def run(self, place: int, work: Callable[[], Any]) -> None:
        """Do one of the two works."""
        try:
            self.results[place] = work()
        except Exception as error:  # noqa: BLE001 - whatever it raises is part of the run
            self.errors[place] = error


def meet(first: Callable[[], Any], second: Callable[[], Any], at: int, adapter: Adapter) -> Meeting:
    """Do the first work in a thread, and the second in another while the first is at its n-th point.

    Raises `WaitsForEver` where neither goes on, and `ModelError` where the system has no thread to give.
    """
    meeting = Meeting(new=tells_threads_apart(*_where(adapter)))
    run_first, run_second = partial(meeting.run, 0, first), partial(meeting.run, 1, second)
    others: list[Helper | None] = []

    limit = limit_of(type(adapter))

    def arrived(point: str) -> None:
        meeting.at = point
        others.append(meeting.begin(run_second))
        if others[0] is not None:
            _wait_for(others[0], limit)

    points = Points(at, arrived, adapter)
    one = meeting.begin(partial(points.watched, run_first))
    if one is not None:
        _end(one, "the first thread", adapter)
        other = others[0] if others else meeting.begin(run_second)
        if other is not None:
            _end(other, "the second thread", adapter)
        for each in filter(None, (one, other)):
            give_back(each, new=meeting.new)
    if meeting.stuck:
        message = (
            f"no second thread can be started: {meeting.stuck}; the system limits threads or memory (ulimit -u, ulimit "
            "-v), so that two steps at once cannot be tried"
        )
        raise ModelError(message)
    return meeting


def _wait_for(other: Helper, limit: float) -> None:
    """Wait until a work is done, or its thread waits itself."""
    began = since = time.monotonic()
    before = -1
    while time.monotonic() - since < PATIENCE:
        other.wait(GLANCE)
        if not other.is_busy or other.is_overdue(limit):
            return
        state = _state(other.thread)
        if state not in {"", WAITS} and time.monotonic() - began < 10 * PATIENCE:
            since = time.monotonic()
        frame = sys._current_frames().get(other.thread.ident or 0)  # noqa: SLF001 - documented, and there is no other way
        here = -1 if frame is None or frame.f_code is IDLING else frame.f_lasti
        if here == before and here >= 0 and state == WAITS:
            return
        before = here


WAITS = "S"
"""The letter of the system for a thread that waits."""


def _state(thread: Thread) -> str:
    """Return the letter that the system has for what a thread does; nothing where it cannot be asked."""
    try:
        file = os.open(f"/proc/self/task/{thread.native_id}/stat", os.O_RDONLY)
    except OSError:
        return ""
    try:
        status = os.read(file, 512)
    except OSError:
        return ""
    finally:
        os.close(file)
    return status.rpartition(b")")[2].split()[0].decode("ascii")


def _end(one: Helper, called: str, adapter: Adapter) -> None:
    """Wait until a work is done. As long as the process works none is hung, however little time the system has.

    One that works for too long is broken off.
    """
    began, limit = (since := time.monotonic()), limit_of(type(adapter))
    spent, looks = time.process_time(), 0
    while one.is_busy:
        one.wait(HUNG / LOOKS)
        now, used, looks = time.monotonic(), time.process_time(), looks + 1
        if used - spent > IDLE:
            since, spent, looks = now, used, 0
        if (now - since > HUNG and looks >= LOOKS) or now - began > LONGEST:
            raise WaitsForEver(f"{called} has not ended after {now - began:.0f} s")
        if one.is_overdue(limit):
            limit += EACH
            break_off(one.thread, type(adapter))


class Points:
    """Counts the points to which a thread comes, and calls back at one of them."""

    def __init__(self, at: int, arrived: Callable[[str], None], adapter: Adapter) -> None:
        self.left = at
        self.arrived = arrived
        self.adapter = adapter
        self.thin = is_thin(adapter)
        _, self.homes = _where(adapter)

    def watched(self, work: Callable[[], None]) -> None:
        """Do some work in this thread, and count."""
        global LISTENER  # noqa: PLW0603 - an auditor cannot be taken away again
        listen()
        measure: Any = self.adapter.measure
        measure.when_reached = self.point
        LISTENER = (get_ident(), self.point)
        sys.settrace(self.called)
        try:
            work()
        finally:
            sys.settrace(None)
            LISTENER = None
            measure.when_reached = None

    def called(self, frame: FrameType, event: str, _given: Any) -> Any:
        """Follow the lines of the manager, and of nothing else."""
        del event
        if not is_theirs(frame.f_code.co_filename):
            return None
        return None if self.thin and frame.f_locals.get("self") is self.adapter else self.line

    def line(self, frame: FrameType, event: str, _given: Any) -> Any:
        """Hear that a line comes next."""
        if event == "line":
            self.point(self.place(frame) if self.left == 1 else "")
        return self.line

    def place(self, frame: FrameType) -> str:
        """Return the line that comes next; where it is not the manager's own, the line that led there too."""
        here = at(frame)
        own: FrameType | None = frame
        while own is not None and not self.is_own(own.f_code.co_filename):
            own = own.f_back
        return here if own is None or own is frame else f"{at(own)}, in {here}"

    def is_own(self, file: str) -> bool:
        """Return whether a file is the manager's, or beside it, and not one of what it uses."""
        return is_in(file, self.homes)

    def point(self, point: str) -> None:
        """Hear of a point. A loop's own thread has none: nothing comes between what it does up to a wait."""
        if asyncio._get_running_loop() is not None:  # noqa: SLF001 - the public one raises where there is none
            return
        self.left -= 1
        if self.left == 0:
            self.arrived(point)


def at(frame: FrameType) -> str:
    """Return a line as `store.py:12`."""
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


def _where(adapter: Adapter) -> tuple[frozenset[str], frozenset[Path]]:
    """Return the modules of an adapter and of what it has, and their homes."""
    kinds = {type(adapter), *map(type, vars(adapter).values())}
    modules = frozenset(name for each in kinds if is_theirs(file_of(name := each.__module__)) or name == "__main__")
    return modules, frozenset(home_of(file_of(each)) for each in modules if is_theirs(file_of(each)))


def is_thin(adapter: Adapter) -> bool:
    """Return whether an adapter only hands on: what it has is a manager of another class."""
    return any(is_theirs(file_of(type(value).__module__)) for value in vars(adapter).values())


# Files

LISTENER: tuple[int, Callable[[str], None]] | None = None
"""A thread, and what hears of the files that it opens."""


@cache
def listen() -> None:
    """Have Python tell of files. It cannot be told to stop; where nobody listens, nothing is done."""
    sys.addaudithook(_heard)


def _heard(event: str, given: tuple[Any, ...]) -> None:
    listener = LISTENER
    if listener is not None and event in FILES and get_ident() == listener[0]:
        listener[1](f"{event}({Path(str(given[0])).name})" if given else event)
