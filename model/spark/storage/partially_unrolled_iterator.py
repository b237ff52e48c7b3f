"""What is left of a put that failed: records that were unrolled, then those that were not.

Source: `core/src/main/scala/org/apache/spark/storage/memory/MemoryStore.scala` at v2.0.0, v2.0.1, v2.1.1, v3.0.1 and
master of April 2025.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes.storage import (
    DROP_UNROLLED_BUFFER,
    SPARK_17491_CLOSE,
    SPARK_17491_MODE,
    SPARK_17503,
    SPARK_18827,
)
from spillproof.model.spark.memory.shared_execution_memory_pool import NoSuchElementException
from spillproof.model.spark.storage.unroll_memory import UnrollMemory


class Unrolled(HeapObject):
    """Records in memory: a vector of them, or the chunks into which they were serialized."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class UnrolledIterator(HeapObject):
    """Reads what was unrolled, and refers to it."""

    unrolled: Unrolled | None
    unread: Count


class PartiallySerializedBlock(HeapObject):
    """The chunks, for whoever reads or discards them. The task's completion listener refers to it."""

    unrolled_buffer: Unrolled | None

    def give_up(self, memory: UnrollMemory, reserved: Bytes, *, on_heap: bool = True) -> None:
        """Release the unroll memory, as `discard` and `finishWritingToStream` do: chunks on the heap stay."""
        if not on_heap or DROP_UNROLLED_BUFFER in memory.fixes:
            self.unrolled_buffer = None
        memory.release(reserved)


class PartiallyUnrolledIterator(HeapObject):
    """Delivers the unrolled records and then the rest, of which there is no end here.

    Releases the unroll memory when it finds the unrolled records read. Exact accounting: `reserved` is what was
    unrolled, but for `excess`, the last of it, for which there was no room.
    """

    memory: UnrollMemory
    on_heap: UnrollMemory
    """Where a second release goes before SPARK-17491."""
    reserved: Bytes
    excess: Bytes
    owed: Count
    unrolled: UnrolledIterator | None
    block: PartiallySerializedBlock | None
    """None where values were unrolled. The real iterator does not refer to it, but to its chunks."""
    released: bool = False

    @property
    def fixes(self) -> frozenset[str]:
        """What the release has fixed."""
        return self.memory.fixes

    def has_next(self) -> bool:
        """Find out that the unrolled records are read, if they are."""
        if not self.released and self.unrolled is not None and self.unrolled.unread <= 0:
            self.release()
        return True

    def next(self) -> None:
        """Deliver an unrolled record, or one of the rest. Before SPARK-17503 it found out by itself."""
        if SPARK_17503 not in self.fixes:
            self.has_next()
        if self.unrolled is None or (self.unrolled.unread <= 0 and self.goes_on()):
            return
        if self.unrolled.unread <= 0:
            raise NoSuchElementException("next on empty iterator")
        self.unrolled.unread -= 1
        self.owed -= 1

    def close(self) -> None:
        """Release the unroll memory, if it was not: whoever closes it wants no more of what was unrolled."""
        if self.unrolled is not None:
            self.release()

    def goes_on(self) -> bool:
        """Return whether the rest follows even if nobody asked whether it does."""
        return self.released or SPARK_18827 in self.fixes

    def release(self) -> None:
        """Release the unroll memory, and drop what was unrolled, as far as the release does."""
        self.memory.release(self.reserved)
        if self.block is not None and SPARK_17491_MODE not in self.fixes:
            self.on_heap.release(self.reserved)
        self.released = True
        self.reserved = self.excess = 0
        if self.block is not None:
            self.dispose(self.block)
        if SPARK_17503 in self.fixes:
            self.unrolled = None

    def dispose(self, block: PartiallySerializedBlock) -> None:
        """Free the chunks, if they are off-heap: on the heap that is left to whoever still refers to them."""
        if self.memory is not self.on_heap:
            block.unrolled_buffer = None
            if self.unrolled is not None:
                self.unrolled.unrolled = None
        elif DROP_UNROLLED_BUFFER in self.fixes:
            block.unrolled_buffer = None


def read_partially_serialized(  # noqa: PLR0917 - what Spark's constructor takes
    block: PartiallySerializedBlock,
    memory: UnrollMemory,
    on_heap: UnrollMemory,
    reserved: Bytes,
    excess: Bytes,
    records: Count,
) -> PartiallyUnrolledIterator:
    """Return an iterator over a block: Spark's `valuesIterator`.

    What the serializer had not written out yet, here the last record, is lost unless it is closed first.
    """
    written = records if SPARK_17491_CLOSE in memory.fixes else records - 1
    unrolled = UnrolledIterator(block.unrolled_buffer, written)
    return PartiallyUnrolledIterator(memory, on_heap, reserved, excess, records, unrolled, block)
