"""A block of memory that the task's memory manager gave out, and the bytes behind it.

Source: `common/unsafe/src/main/java/org/apache/spark/unsafe/memory/MemoryBlock.java` at v2.0.0, v3.0.1 and master of
April 2025; `common/unsafe/src/main/java/org/apache/spark/unsafe/memory/HeapMemoryAllocator.java` at v2.0.0, v2.3.0,
v3.0.1 and master of April 2025. Before v2.3.0 a block kept what it referred to when it was freed, and nobody noticed
that it was freed twice; here it is as since.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes


class LongArray(HeapObject):
    """The bytes themselves: a Java array, or memory outside of the heap."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class MemoryBlock(HeapObject):
    """Spark's handle to the bytes. Freeing clears what it refers to; whoever refers to the bytes directly keeps them.

    Arrays of 1 MB or more that were freed wait for the next request of their size, behind a weak reference. That is
    left out: it makes nothing reachable.
    """

    size: Bytes
    base_object: LongArray | None
    """None once it was freed."""

    @property
    def is_freed(self) -> bool:
        """Return whether it was given back."""
        return self.base_object is None


def block_of(size: Bytes) -> MemoryBlock:
    """Return a new block of so many bytes."""
    return MemoryBlock(size, LongArray(size))
