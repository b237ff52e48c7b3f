"""A region of memory that can grow and shrink at another's cost.

Source: `core/src/main/scala/org/apache/spark/memory/MemoryPool.scala` at v1.6.0 and master of April 2025.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes


class MemoryPool(HeapObject):
    """What execution's and storage's pools have in common.

    Spark counts the size of a pool and what is used of it. Here it is what is free and what is used, which says the
    same; but that a pool is not overdrawn then needs no proof of its own.
    """

    free: Bytes

    def memory_used(self) -> Bytes:
        """Return the bytes that are given out."""
        raise NotImplementedError

    def pool_size(self) -> Bytes:
        """Return the size of the pool."""
        return self.free + self.memory_used()
