"""Running a solver in a thread of its own, so that a signal or a deadline ends it at once.

While a solver runs, Python handles no signal: Ctrl-C would wait for the answer, or be lost in it. So the solver runs
in another thread, and the thread that waits for it can be woken by a signal or a deadline, and stops the solver.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from spillproof.properties.engines.limits import Limits, OutOfTime

Result = TypeVar("Result")

PATIENCE = 5.0
"""Seconds that a solver has to notice that it was stopped."""
SLICE = 0.2
"""Seconds after which the thread that waits looks for signals."""
AGAIN = 0.02
"""Seconds after which it is told so once more: what comes before it has begun is lost."""


class _Task(Generic[Result]):
    def __init__(self, work: Callable[[], Result]) -> None:
        self.work = work
        self.done = threading.Event()
        self.result: Result
        self.error: BaseException | None = None
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        try:
            self.result = self.work()
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            self.error = error
        finally:
            self.done.set()

    def stop(self, interrupt: Callable[[], object]) -> None:
        """Stop the work. A signal that arrives meanwhile is raised at the end, not lost."""
        signalled: BaseException | None = None
        until = time.monotonic() + PATIENCE
        while not self.done.is_set() and time.monotonic() < until:
            try:
                interrupt()
                self.done.wait(AGAIN)
            except BaseException as error:  # noqa: BLE001 - as it says
                signalled = error
        if signalled is not None:
            raise signalled


def run(work: Callable[[], Result], interrupt: Callable[[], object], limits: Limits) -> Result:
    """Return what the work returns. Raises what it raises, or `OutOfTime` at the deadline, or what a signal raises.

    `interrupt` is called, more than once if need be, to make the work end early.
    """
    limits.check()
    task = _Task(work)
    try:
        # In slices: a signal that the system gave to the solver's thread is only seen when this one wakes up.
        while not (ended := task.done.wait(min(limits.left(), SLICE))) and limits.left() > 0:
            pass
    except BaseException:
        task.stop(interrupt)
        raise
    if not ended:
        task.stop(interrupt)
        raise OutOfTime
    if task.error is not None:
        raise task.error
    return task.result
