"""Memory for blocks that are being unrolled: a part of storage memory, with an account for each task.

Source: `core/src/main/scala/org/apache/spark/storage/MemoryStore.scala` at v1.6.0 and v1.6.3;
`core/src/main/scala/org/apache/spark/storage/memory/MemoryStore.scala` at v2.0.0, v2.0.1, v3.0.1 and master of April
2025. Of it, reserveUnrollMemoryForThisTask and releaseUnrollMemoryForThisTask.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.storage import SPARK_17465
from spillproof.model.spark.memory.storage_memory_pool import Eviction, StorageMemoryPool


class NothingToEvict(Eviction):
    """A store whose blocks are all locked, or of the RDD that is being cached."""

    def evict_blocks_to_free_space(self, for_rdd: object, space: Bytes, free: Bytes) -> Bytes:  # noqa: ARG002 - whatever is asked
        return 0


class UnrollAccount(HeapObject):
    """The task's entry in the map: the sum of what its puts reserved, whoever of them it was."""

    used: Bytes = 0


class UnrollMemory(HeapObject):
    """Storage memory of one mode, as the puts of one task see it."""

    pool: StorageMemoryPool
    fixes: frozenset[str]
    account: UnrollAccount | None = None

    def reserve(self, size: Bytes) -> bool:
        """Reserve memory to unroll into; return whether there was room."""
        if not self.acquire_for_block(size):
            return False
        if self.account is None:
            self.account = UnrollAccount()
        self.account.used += size
        return True

    def acquire_for_block(self, size: Bytes) -> bool:
        """Acquire storage memory for a block that is unrolled; return whether there was room."""
        return self.pool.acquire(size, None, NothingToEvict(), 0)

    def release_storage(self, size: Bytes) -> None:
        """Take back what was acquired."""
        self.pool.release(size)

    def reserved(self) -> Bytes:
        """Return what the task has reserved."""
        return 0 if self.account is None else self.account.used

    def release(self, size: Bytes) -> None:
        """Release what was reserved; no more than the task has."""
        if self.account is None:
            return
        released = min(size, self.account.used)
        if released > 0:
            self.account.used -= released
            announce("release", consumer=self, size=released)
            self.release_storage(released)
            if self.account.used == 0:
                self.account = None
        elif self.account.used == 0 and SPARK_17465 in self.fixes:
            self.account = None

    def release_all(self) -> None:
        """Release all that the task has, at its end."""
        self.release(self.reserved())
