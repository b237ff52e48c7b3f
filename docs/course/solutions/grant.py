"""Lesson 3: a pool that grants what it has, which may be less than was asked for."""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, require


class Buffer(HeapObject):
    """As large as it has to be: half a buffer is no use."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Grants(Model):
    """A consumer allocates buffers from a pool. Where one does not fit, it is turned down, and keeps nothing."""

    capacity: Bytes
    used: Bytes

    def begin(self, capacity: Bytes, places: int = 2) -> None:
        self.capacity = capacity
        self.places = places
        self.used = 0
        self.buffers: list[Buffer] = []
        self.turned_down = False

    @action
    def allocate(self, size: Bytes) -> None:
        """The consumer needs a buffer."""
        require(len(self.buffers) < self.places)
        if self.obtain(size):
            self.buffers.append(Buffer(size))
        else:
            self.turned_down = True

    @action
    def free(self, buffer: Buffer) -> None:
        """The consumer is done with a buffer."""
        self.buffers = [each for each in self.buffers if each is not buffer]
        self.give_back(buffer.size)

    def grant(self, size: Bytes) -> Bytes:
        """What the pool grants: as much of `size` as is left."""
        granted = min(size, self.capacity - self.used)
        self.used += granted
        return granted

    def give_back(self, size: Bytes) -> None:
        """The pool takes back what it has granted."""
        self.used -= size

    # Your turn: the consumer asks the pool, by `grant`. It gets all of `size`, or gives back what it got.

    def obtain(self, size: Bytes) -> bool:
        """Whether the consumer has obtained all of `size`."""
        granted = self.grant(size)
        if granted < size:
            self.give_back(granted)
        return granted == size

    # To here.

    def accounted(self) -> Bytes:
        return self.used

    def capacity_of_pool(self) -> Bytes:
        return self.capacity
