"""Memory for cached blocks, and for those that are being unrolled to be cached.

Source: `core/src/main/scala/org/apache/spark/memory/StorageMemoryPool.scala` at v1.6.0, v1.6.2, v2.0.0, v3.0.1 and
master of April 2025.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.pools import SPARK_12165, SPARK_12189, SPARK_15260
from spillproof.model.spark.memory.memory_pool import MemoryPool


class Eviction(HeapObject):
    """Who can make room: the memory store. Its own class is in the package `storage`."""

    def evict_blocks_to_free_space(self, for_rdd: object, space: Bytes, free: Bytes) -> Bytes:
        """Evict blocks of at least `space` bytes together, or none; return how many bytes were freed."""
        raise NotImplementedError


class StorageMemoryPool(MemoryPool):
    """Knows how much storage uses, and asks the store to evict."""

    fixes: frozenset[str]
    used: Bytes = 0

    def memory_used(self) -> Bytes:
        return self.used

    def acquire(self, size: Bytes, for_rdd: object, store: Eviction, free_in_all: Bytes) -> bool:
        """Acquire all or nothing, after evicting what is needed; return whether it was acquired.

        `free_in_all` is what the store held to be free before SPARK-12165: what execution does not use included.
        """
        if SPARK_12165 not in self.fixes:
            store.evict_blocks_to_free_space(for_rdd, size, free_in_all)
        elif size > self.free:
            store.evict_blocks_to_free_space(for_rdd, size - self.free, 0)
        if size > self.free:
            return False
        self.used += size
        self.free -= size
        return True

    def release(self, size: Bytes) -> None:
        """Take back what was acquired. More than is in use is as much as is in use."""
        freed = min(size, self.used)
        self.used -= freed
        self.free += freed

    def free_space_to_shrink_pool(self, space: Bytes, store: Eviction, free_in_all: Bytes) -> Bytes:
        """Return by how many bytes the pool can shrink, after evicting what is needed; the caller resizes it.

        Before SPARK-15260 this method resized the pool itself: by what was free before the eviction, by what was
        evicted after it. The caller added what is returned to execution's pool.
        """
        unused = min(space, self.free)
        if SPARK_15260 not in self.fixes:
            self.free -= unused
        if space <= unused:
            return unused
        freed = store.evict_blocks_to_free_space(None, space - unused, 0 if SPARK_12165 in self.fixes else free_in_all)
        if SPARK_12189 not in self.fixes:
            self.used -= freed
            self.free += freed
        if SPARK_15260 not in self.fixes:
            self.free -= freed
        return unused + freed
