"""Consumers that do what Spark's maps do not: spill a part, spill for themselves, and lose what they freed to others.

Imported anew for every mutant (`mutation.put_in`), after the modules that it is made of.
"""

from __future__ import annotations

from spillproof.model.heap import Bag
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.system import Model, action, require


class SharedPool(ExecutionMemoryPool):
    """A pool in which another task waits for memory, and is served first when some is released."""

    awaited: Bytes = 0
    elsewhere: Bytes = 0
    """What the other task was granted."""

    def release(self, size: Bytes) -> None:
        super().release(size)
        served = min(self.awaited, self.pool_size - self.used)
        self.used += served
        self.elsewhere += served
        self.awaited -= served


class Spiller(MemoryConsumer):
    """Frees as much as it is asked for, or everything; for others as for itself."""

    asked: Bytes = 0
    """What it was asked for last, so that states tell who was asked for how much."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        self.asked = size
        freed = choose((min(self.used, size), self.used))
        if freed > 0:
            self.free_memory(freed)
        return freed

    def shallow_size(self) -> Bytes:
        return self.used


class Spillers(Model):
    """Consumers of one task acquire and release, while another task waits for what they free."""

    def begin(self, capacity: Bytes, consumers: int = 3, fixes: frozenset[str] = fixes_of("2.3.4")) -> None:
        self.task_memory_manager = TaskMemoryManager(SharedPool(capacity), fixes, Bag())
        self.spillers: Bag[Spiller] = Bag(Spiller(self.task_memory_manager) for _ in range(consumers))

    @action
    def acquire(self, consumer: Spiller, size: Bytes) -> None:
        """A consumer asks for memory, and takes what it gets: never more than it asked for."""
        granted = consumer.acquire_memory(size)
        if granted > size:
            raise AssertionError("granted more than was asked for")

    @action
    def release(self, consumer: Spiller) -> None:
        """A consumer releases everything."""
        require(consumer.used > 0)
        consumer.free_memory(consumer.used)

    @action
    def wait(self, size: Bytes) -> None:
        """Another task waits for memory."""
        pool = self.task_memory_manager.pool
        assert isinstance(pool, SharedPool)
        require(pool.awaited == 0 and pool.used == pool.pool_size)
        pool.awaited = size

    def accounted(self) -> Bytes:
        """Return what the pool holds to be in use by this task."""
        pool = self.task_memory_manager.pool
        assert isinstance(pool, SharedPool)
        return pool.used - pool.elsewhere

    def capacity_of_pool(self) -> Bytes:
        """Return the size of the pool."""
        return self.task_memory_manager.pool.pool_size

    def accounts(self) -> list[Bytes]:
        """Return what each registered consumer holds itself to be using."""
        return [consumer.used for consumer in self.task_memory_manager.consumers]
