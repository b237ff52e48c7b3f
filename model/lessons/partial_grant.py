"""A consumer that takes a partial grant for the whole: it was granted less than it asked for, and does not look.

With `looks`, it allocates what it was granted.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Consumer(HeapObject):
    """Allocates what it believes to have been granted."""

    held: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.held


class PartialGrant(Model):
    """One consumer asks a pool that grants as much as it has."""

    capacity: Bytes
    used: Bytes

    def begin(self, capacity: Bytes, *, looks: bool = False) -> None:
        self.capacity = capacity
        self.looks = looks
        self.used = 0
        self.consumer = Consumer()

    @action
    def acquire(self, size: Bytes) -> None:
        """The consumer asks for `size` bytes and allocates."""
        granted = min(size, self.capacity - self.used)
        self.used += granted
        self.consumer.held += granted if self.looks else size

    @action
    def free(self) -> None:
        """The consumer drops what it holds, and releases what it was granted."""
        require(self.consumer.held > 0)
        self.consumer.held = 0
        self.used = 0

    def accounted(self) -> Bytes:
        """Return what the pool has granted."""
        return self.used

    def capacity_of_pool(self) -> Bytes:
        """Return what the pool may grant in all."""
        return self.capacity
