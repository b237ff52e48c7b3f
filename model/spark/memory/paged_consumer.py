"""A consumer of pages: what `MemoryConsumer` and the page table of `TaskMemoryManager` do for raw records.

Source: `core/src/main/java/org/apache/spark/memory/MemoryConsumer.java` at v2.0.0, v3.0.1 and master of April 2025;
`core/src/main/java/org/apache/spark/memory/TaskMemoryManager.java` at v2.0.0, v3.0.1 and master of April 2025.
"""

from __future__ import annotations

from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.memory.memory_block import MemoryBlock, block_of
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError


class PagedConsumer(MemoryConsumer):
    """Allocates blocks whole or not at all, and keeps a record of what its last spill did."""

    spilled: Count = 0
    """Records in files; of a map, pages."""
    spilling: bool = False
    """Whether it is in the middle of a spill."""
    allocated_in_spill: bool = False
    """Whether, in this step, it acquired memory in the middle of a spill."""
    unreported: Bytes = 0
    """What spills in this step freed, less what they said."""

    def allocate(self, size: Bytes) -> MemoryBlock:
        """Return a page or an array of `size` bytes. Raises `SparkOutOfMemoryError` where less was granted."""
        if self.spilling:
            self.allocated_in_spill = True
        granted = self.task_memory_manager.acquire_execution_memory(size, self)
        if granted < size:
            self.task_memory_manager.release_execution_memory(granted)
            raise SparkOutOfMemoryError("cannot acquire enough memory for a page", size)
        self.used += size
        announce("acquire", consumer=self, size=size)
        return block_of(size)

    def free(self, block: MemoryBlock) -> None:
        """Give a block back: the consumer's own counter first, then the pool's, as `freePage` does."""
        if block.is_freed:
            raise AssertionError("Called freePage() on a memory block that has already been freed")
        announce("release", consumer=self, size=block.size)
        self.used -= block.size
        block.base_object = None
        self.task_memory_manager.release_execution_memory(block.size)

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        """Spill, and note what was freed and what was said."""
        nested, self.spilling = self.spilling, True
        before = self.used
        try:
            reported = self.spill_pages(size, trigger)
        finally:
            self.spilling = nested
        self.unreported += before - self.used - reported
        return reported

    def spill_pages(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        """Move records to disk, free their pages, and return how much that was said to free."""
        raise NotImplementedError

    def freeable(self, trigger: MemoryConsumer | None) -> Bytes:
        """Return how much a spill because of `trigger` ought to free now, whatever it does."""
        raise NotImplementedError

    def forget_step(self) -> None:
        """Begin a step, in which nothing has been spilled yet."""
        self.allocated_in_spill = False
        self.unreported = 0
