"""The memory that the tasks of an executor share for execution. Here: of one task, which may have it all.

Source: `core/src/main/scala/org/apache/spark/memory/ExecutionMemoryPool.scala` at v1.6.0, v2.0.0, v3.0.1 and master of
April 2025.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes


class ExecutionMemoryPool(HeapObject):
    """Grants what is free. Its counter is the accountant's: it knows sizes, not objects."""

    pool_size: Bytes
    used: Bytes = 0

    def acquire(self, required: Bytes) -> Bytes:
        """Return what is granted: all of it, or as much as is free."""
        free = self.pool_size - self.used
        if required <= free:
            self.used += required
            return required
        self.used = self.pool_size
        return free

    def release(self, size: Bytes) -> None:
        """Take back what was granted."""
        self.used -= size

    def release_all(self) -> Bytes:
        """Take back everything, as at task end, and return how much that was."""
        released, self.used = self.used, 0
        return released
