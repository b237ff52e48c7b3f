"""The threads that take two steps at once.

They are kept, and do one work after another: to begin a new one takes longer than most works do. For a manager that
tells threads apart each work has a new one, which ends with it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread

from spillproof.properties.live.endless import spent_by


class Helper:
    """A thread that does one work after another, until it is told to end."""

    def __init__(self) -> None:
        self.works: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.done: SimpleQueue[None] = SimpleQueue()
        self.is_busy = False
        self.before = 0.0
        self.thread = Thread(target=self._go_on, daemon=True)
        self.thread.start()

    def begin(self, work: Callable[[], None]) -> None:
        """Do a work."""
        self.done, self.is_busy = SimpleQueue(), True
        self.before = spent_by(self.thread)
        self.works.put(work)

    def _go_on(self) -> None:
        while (work := self.works.get()) is not None:
            work()
            del work  # what it refers to must not be held while nothing is done
            self.is_busy = False
            self.done.put(None)

    def wait(self, seconds: float) -> None:
        """Wait until the work is done, for so long at most."""
        with suppress(Empty):
            self.done.get(timeout=seconds)

    def is_overdue(self, limit: float) -> bool:
        """Return whether it is at work, and has had more seconds of processor time for it."""
        return self.is_busy and spent_by(self.thread) - self.before > limit

    def end(self) -> None:
        """Let the thread end, and with it what is its own."""
        self.works.put(None)
        self.thread.join()


IDLING = Helper._go_on.__code__  # noqa: SLF001 - of this module
"""What a helper is at that has not begun its work, or has ended it."""

HELPERS: list[Helper] = []
"""Those that have nothing to do. One that never ended its work is none of them any more."""


def helper(*, new: bool) -> Helper:
    """Return one that has nothing to do. Raises `RuntimeError` or `MemoryError` where no thread can be started."""
    found = HELPERS.pop() if HELPERS and not new else Helper()
    return found if found.thread.is_alive() else Helper()  # in a process that was forked it is not


def give_back(done: Helper, *, new: bool) -> None:
    """Keep one that has done its work, or let it end."""
    if new:
        done.end()
    else:
        HELPERS.append(done)
