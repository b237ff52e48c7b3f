"""A pool that forgets to check: it grants whatever it is asked for.

The smallest model of an accountant that promises more than there is. With `checks`, it refuses instead.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Buffer(HeapObject):
    """What somebody allocated after they were granted it."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class PoolThatForgetsToCheck(Model):
    """One buffer grows and shrinks; a pool keeps account of it."""

    capacity: Bytes
    used: Bytes

    def begin(self, capacity: Bytes, *, checks: bool = False) -> None:
        self.capacity = capacity
        self.checks = checks
        self.used = 0
        self.buffer = Buffer()

    @action
    def grow(self, size: Bytes) -> None:
        """The buffer acquires, then allocates."""
        if self.checks:
            require(size <= self.capacity - self.used)
        self.used += size
        self.buffer.size += size

    @action
    def drop(self) -> None:
        """The buffer is freed, then released."""
        require(self.buffer.size > 0)
        self.buffer.size = 0
        self.used = 0

    def accounted(self) -> Bytes:
        """Return what the pool has granted."""
        return self.used

    def capacity_of_pool(self) -> Bytes:
        """Return what there is."""
        return self.capacity
