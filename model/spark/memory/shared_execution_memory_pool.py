"""Execution memory as several tasks share it: each gets between 1/2N and 1/N, and waits rather than get less.

Source: `core/src/main/scala/org/apache/spark/memory/ExecutionMemoryPool.scala` at v1.6.0, v2.0.0, v3.0.1 and master of
April 2025. It did not change in substance. The pool of `execution_memory_pool` is this one with one task, which never
waits.
"""

from __future__ import annotations

from collections.abc import Callable

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.pools import SPARK_4715, SPARK_12155, SPARK_12253, SPARK_59444
from spillproof.model.spark.memory.memory_pool import MemoryPool

Grow = Callable[[Bytes], None]
"""Takes bytes from storage, as many as are asked for or can be had."""

Largest = Callable[[], Bytes]
"""How large the pool would be if storage gave up all that it can be made to."""


class NoSuchElementException(Exception):
    """Scala's: a map has no such key, an iterator no next element."""


class TaskAttempt(HeapObject):
    """A task that runs on the executor. The pool knows what it has."""


class MemoryForTask(HeapObject):
    """One entry of the map from tasks to bytes: a task that has one is active."""

    task: TaskAttempt
    used: Bytes = 0


class Waiting(HeapObject):
    """A thread of a task in the monitor's wait set, with what it asked for. A request that waits is not refused."""

    task: TaskAttempt
    size: Bytes
    notified: bool = False
    """Whether it was woken, and will ask again as soon as it has the monitor."""


class SharedExecutionMemoryPool(MemoryPool):
    """Divides a pool among the tasks that are active. N is their number."""

    fixes: frozenset[str]
    memory_for_task: Bag[MemoryForTask]
    wait_set: Bag[Waiting]

    def memory_used(self) -> Bytes:
        return sum(entry.used for entry in self.memory_for_task)

    def entry_of(self, task: TaskAttempt) -> MemoryForTask | None:
        """Return what the task is accounted for, or None if it is not active."""
        return next((entry for entry in self.memory_for_task if entry.task is task), None)

    def acquire(self, size: Bytes, task: TaskAttempt, grow: Grow, largest: Largest) -> Bytes | None:
        """Return what is granted, which may be less than asked for. None: the request waits."""
        if self.entry_of(task) is None:
            self.register(task)
        grow(size - self.free)
        return self.one_turn(size, task, largest)

    def try_again(self, waiting: Waiting, grow: Grow, largest: Largest) -> Bytes | None:
        """Return what a request is granted that waited and was woken. None: it waits again."""
        self.wait_set.discard(waiting)
        if self.entry_of(waiting.task) is None:
            if SPARK_59444 not in self.fixes:
                raise NoSuchElementException("key not found")
            self.register(waiting.task)
        if SPARK_12253 in self.fixes:
            grow(waiting.size - self.free)
        return self.one_turn(waiting.size, waiting.task, largest)

    def one_turn(self, size: Bytes, task: TaskAttempt, largest: Largest) -> Bytes | None:
        """Grant up to 1/N; but if that is too little, and leaves the task with less than 1/2N, wait."""
        entry = self.entry_of(task)
        assert entry is not None
        active = len(self.memory_for_task)
        most = (largest() if SPARK_12155 in self.fixes else self.pool_size()) // active - entry.used
        granted = min(size, max(0, most) if SPARK_4715 in self.fixes else most, self.free)
        if granted < size and entry.used + granted < self.pool_size() // (2 * active):
            self.wait_set.add(Waiting(task, size))
            return None
        entry.used += granted
        self.free -= granted
        return granted

    def release(self, size: Bytes, task: TaskAttempt) -> None:
        """Take back what a task was granted, and wake all who wait. More than it has is as much as it has."""
        entry = self.entry_of(task)
        if entry is not None:
            freed = min(size, entry.used)
            entry.used -= freed
            self.free += freed
            if entry.used <= 0:
                self.memory_for_task.discard(entry)
        self.notify_all()

    def release_all(self, task: TaskAttempt) -> Bytes:
        """Take back everything from a task that ends, which is active no longer; return how much it was."""
        entry = self.entry_of(task)
        freed = 0 if entry is None else entry.used
        if entry is not None:
            self.memory_for_task.discard(entry)
            self.free += freed
        self.notify_all()
        return freed

    def register(self, task: TaskAttempt) -> None:
        """Make a task active, which lowers the share of the others, and so the 1/2N that they wait for."""
        self.memory_for_task.add(MemoryForTask(task))
        self.notify_all()

    def notify_all(self) -> None:
        """Wake all who wait on the memory manager's monitor."""
        for waiting in self.wait_set:
            waiting.notified = True
