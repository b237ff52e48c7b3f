"""A block of memory that the task's memory manager gave out, and the bytes behind it."""

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
