"""The cached blocks of an executor, and who of them goes when others need their memory.

Source: `core/src/main/scala/org/apache/spark/storage/MemoryStore.scala` at v1.6.0;
`core/src/main/scala/org/apache/spark/storage/memory/MemoryStore.scala` at v2.0.0, v2.3.0, v3.0.1 and master of April
2025; `core/src/main/scala/org/apache/spark/storage/BlockInfoManager.scala` at v3.0.1. Blocks are locked to be evicted
since v2.0.0.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce, choose
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.pools import SPARK_12165, SPARK_22083
from spillproof.model.spark.memory.storage_memory_pool import Eviction
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager


class IOException(Exception):
    """Java's: here, the disk to which a block is dropped is full."""


class Rdd(Enum):
    """Which RDD a block is of."""

    ONE = "one RDD"
    OTHER = "another RDD"


class Block(HeapObject):
    """A cached block: its entry in the store, and its lock."""

    size: Bytes
    rdd: Rdd | None = None
    """None for a block that is of no RDD, such as a broadcast variable."""
    read_lock: bool = False
    write_lock: bool = False

    def shallow_size(self) -> Bytes:
        return self.size

    def try_lock_for_writing(self) -> bool:
        """Lock the block to evict it, unless somebody reads it or has locked it already."""
        if self.read_lock or self.write_lock:
            return False
        self.write_lock = True
        return True


class MemoryStore(Eviction):
    """Holds blocks in the order of their last use, the least recently used first."""

    manager: UnifiedMemoryManager
    entries: list[Block]
    drops_fail: bool = False
    """Whether writing an evicted block to disk may fail."""

    def put(self, block: Block) -> bool:
        """Acquire memory for a block and keep it; return whether there was room."""
        if not self.manager.acquire_storage(block.size, block.rdd, self):
            return False
        self.entries.append(block)
        return True

    def get(self, block: Block) -> None:
        """Use a block, which makes it the most recently used."""
        self.entries = [*(each for each in self.entries if each is not block), block]

    def remove(self, block: Block) -> None:
        """Forget a block, and release its memory."""
        self.entries = [each for each in self.entries if each is not block]
        announce("release", consumer=block, size=block.size)
        self.manager.release_storage(block.size)

    def evict_blocks_to_free_space(self, for_rdd: object, space: Bytes, free: Bytes) -> Bytes:
        """Drop blocks until `space` is free, the least recently used first; or none, if all together are too few.

        Never a block of the RDD that the room is for, nor one that is locked. Before SPARK-12165 what the caller holds
        to be `free` already was counted in, though the caller had counted it before.
        """
        if SPARK_12165 not in self.manager.fixes and free >= space:
            return 0
        selected, freed = self.select(for_rdd, space - free)
        if freed < space - free:
            unlock(selected)
            return 0
        self.drop(selected)
        return freed

    def select(self, for_rdd: object, space: Bytes) -> tuple[list[Block], Bytes]:
        """Lock blocks until they have `space` bytes together; return them, and how many bytes they have."""
        selected: list[Block] = []
        freed: Bytes = 0
        for block in self.entries:
            if freed >= space:
                break
            if (for_rdd is None or block.rdd is not for_rdd) and block.try_lock_for_writing():
                selected.append(block)
                freed += block.size
        return selected, freed

    def drop(self, selected: list[Block]) -> None:
        """Write each block to disk, and forget it. If that fails, the rest stays."""
        rest = list(selected)
        try:
            for block in selected:
                if self.drops_fail and choose((False, True)):
                    raise IOException("No space left on device")
                self.remove(block)
                rest.remove(block)
        finally:
            if SPARK_22083 in self.manager.fixes:
                unlock(rest)


def unlock(blocks: list[Block]) -> None:
    """Give up the write locks."""
    for block in blocks:
        block.write_lock = False
