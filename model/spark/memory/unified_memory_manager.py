"""One memory, two regions: execution and storage borrow from each other, and execution can call in what it lent.

One memory mode. The other mode has two pools of its own, which work alike.

Source: `core/src/main/scala/org/apache/spark/memory/UnifiedMemoryManager.scala` at v1.6.0, v1.6.2, v2.0.0, v2.1.0,
v2.2.0, v3.0.1 and master of April 2025. Before SPARK-21090 in v2.2.0 storage borrowed the whole size of a block, if
execution had it free, and not only what it was short of; here it is as since.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.pools import SPARK_12165, SPARK_15260, WAKE_ON_STORAGE_RELEASE
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt, Waiting
from spillproof.model.spark.memory.storage_memory_pool import Eviction, StorageMemoryPool


class UnifiedMemoryManager(HeapObject):
    """Moves the border between the pools. `region` is what storage keeps if it uses it."""

    fixes: frozenset[str]
    execution: SharedExecutionMemoryPool
    storage: StorageMemoryPool
    max_memory: Bytes
    region: Bytes

    # Execution

    def acquire_execution(self, size: Bytes, task: TaskAttempt, store: Eviction) -> Bytes | None:
        """Return what a task is granted, or None if it waits."""
        self.assert_invariants()
        return self.execution.acquire(size, task, lambda extra: self.grow(extra, store), self.max_execution_pool_size)

    def try_again(self, waiting: Waiting, store: Eviction) -> Bytes | None:
        """Return what a request that was woken is granted, or None if it waits again."""
        return self.execution.try_again(waiting, lambda extra: self.grow(extra, store), self.max_execution_pool_size)

    def grow(self, extra: Bytes, store: Eviction) -> None:
        """Take from storage what is free there, or what it has borrowed, up to `extra`."""
        if extra <= 0:
            return
        reclaimed = self.storage.free_space_to_shrink_pool(self.to_reclaim(extra), store, self.free_in_all())
        if SPARK_15260 in self.fixes:
            self.storage.free -= reclaimed
        self.execution.free += reclaimed

    def to_reclaim(self, extra: Bytes) -> Bytes:
        """Return min(extra, reclaimable), with as few comparisons as it takes."""
        return extra if extra <= self.storage.free else min(extra, self.reclaimable())

    def reclaimable(self) -> Bytes:
        """Return what execution may take from storage: what is free there, or what is borrowed, whichever is more."""
        return max(self.storage.free, self.storage.pool_size() - self.region)

    def max_execution_pool_size(self) -> Bytes:
        """Return how large execution's pool would be if storage gave up all that it can be made to."""
        return self.max_memory - min(self.storage.used, self.region)

    # Storage

    def acquire_storage(self, size: Bytes, for_rdd: object, store: Eviction) -> bool:
        """Acquire memory for a block, or to unroll one; return whether it was. Only free bytes are borrowed."""
        self.assert_invariants()
        if SPARK_12165 in self.fixes and size > self.max_memory - self.execution.memory_used():
            return False
        if size > self.storage.free:
            borrowed = min(self.execution.free, self.to_borrow(size))
            self.execution.free -= borrowed
            self.storage.free += borrowed
        return self.storage.acquire(size, for_rdd, store, self.free_in_all())

    def to_borrow(self, size: Bytes) -> Bytes:
        """Return by how much storage is short of `size` bytes."""
        return size - self.storage.free

    def release_storage(self, size: Bytes) -> None:
        """Take back what a block used. In no release does that wake a task that waits for execution memory."""
        self.storage.release(size)
        if WAKE_ON_STORAGE_RELEASE in self.fixes:
            self.execution.notify_all()

    def free_in_all(self) -> Bytes:
        """Return what neither execution nor storage uses: what the store took for its own free memory."""
        return self.max_memory - self.execution.memory_used() - self.storage.used

    def assert_invariants(self) -> None:
        """Fail, as Spark does at the next request, if the border was moved on one side only."""
        if self.execution.pool_size() + self.storage.pool_size() != self.max_memory:
            raise AssertionError("assertion failed")
