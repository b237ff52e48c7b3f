"""A request to a task's memory manager whose pool is shared with other tasks, so that it may have to wait on its way.

What it does is `TaskMemoryManager.acquire_execution_memory`, written so that it stops wherever Spark's thread is out of
the pool's monitor: where it waits, before it asks somebody to spill, when a request of another task may take what it
has left, and before it asks the pool again for what somebody has spilled, which another may have taken by then. A test
compares the two.

Source: none. It is what `TaskMemoryManager` and `ExecutionMemoryPool` do together, whose modules say what they follow.
"""

from __future__ import annotations

from dataclasses import field

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.memory import SPARK_35486, SPARK_36933
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt, Waiting
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager, Victims


class PoolOfTask(ExecutionMemoryPool):
    """The shared pool, as one task sees it: nothing can be borrowed from storage."""

    shared: SharedExecutionMemoryPool = field(kw_only=True)
    attempt: TaskAttempt = field(kw_only=True)

    def acquire(self, required: Bytes) -> Bytes | None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # it may wait
        """Return what is granted. None: the request waits."""
        return self.shared.acquire(required, self.attempt, nothing, self.shared.pool_size)

    def try_again(self, waiting: Waiting) -> Bytes | None:
        """Return what a request is granted that was woken. None: it waits again."""
        return self.shared.try_again(waiting, nothing, self.shared.pool_size)

    def release(self, size: Bytes) -> None:
        self.shared.release(size, self.attempt)

    def release_all(self) -> Bytes:
        return self.shared.release_all(self.attempt)


def nothing(_extra: Bytes) -> None:
    """Borrow nothing from storage, which has nothing."""


class WaitingRequest(HeapObject):
    """What a thread has in hand while it acquires memory: it holds the lock of its task's manager all the time."""

    manager: TaskMemoryManager
    requester: MemoryConsumer
    required: Bytes
    got: Bytes = 0
    """What was granted so far: accounted to the task, and to none of its consumers yet."""
    victims: Victims | None = None
    """Who may still be asked to spill. None until it was short for the first time."""
    asked: MemoryConsumer | None = None
    """Who has spilled before the pool was asked last."""
    freed: Bytes = 0
    """What that freed."""
    asked_itself: bool = False
    is_short: bool = False
    """Whether it was granted too little, is out of the monitor, and is about to ask somebody to spill."""
    is_out: bool = False
    """Whether somebody has spilled for it, it is out of the monitor, and is about to ask the pool again."""

    def go_on(self, granted: Bytes | None) -> bool:
        """Go on with what the pool has granted, None if it waits; return whether it is answered now."""
        if granted is None:
            return False
        self.got += granted
        if self.asked is not None and self.victims is not None:
            self.victims.answered(self.asked, self.freed)
        self.asked, self.freed = None, 0
        self.is_short = self.may_ask()
        return not self.is_short

    def ask_again(self) -> bool:
        """Ask the pool again, after somebody has spilled; return whether the request is answered now."""
        self.is_out = False
        return self.go_on(self.manager.pool.acquire(self.required - self.got))

    def may_ask(self) -> bool:
        """Return whether it wants more, and there is somebody who may be asked to spill."""
        if self.got >= self.required:
            return False
        if self.victims is None:
            consumers, need = self.manager.eligible(self.requester), self.required - self.got
            self.victims = Victims.of(consumers, self.requester, need, self.manager.fixes)
            # What another task releases meanwhile may be enough: then not all are asked, and their order matters.
            self.victims.all_are_needed = len(self.victims.places) == 1
        return bool(self.victims) or self.may_ask_itself()

    def spill(self) -> bool:
        """Ask somebody to spill; return whether the request is answered now, since nothing came of it."""
        self.is_short = False
        self.is_out = self.ask()
        return not self.is_out

    def ask(self) -> bool:
        """Ask somebody to spill; return whether the pool is to be asked again."""
        if not self.victims:
            self.asked_itself = True
            return bool(self.manager.ask(self.requester, self.required, self.got, self.requester) > 0)
        self.asked = self.victims.next(self.required - self.got)
        self.freed = self.manager.ask(self.asked, self.required, self.got, self.requester)
        return True

    def may_ask_itself(self) -> bool:
        """Return whether the requester is asked when there is nobody else: since SPARK-36933 it is among the victims.

        Spark asks one with no memory, too, which can only answer with 0.
        """
        is_apart = SPARK_36933 not in self.manager.fixes and bool(self.requester.has_memory())
        return is_apart and (SPARK_35486 in self.manager.fixes or not self.asked_itself)

    def finish(self) -> Bytes:
        """Return what the requester is granted, and make it known to the manager."""
        self.manager.consumers.add(self.requester)
        return self.got
