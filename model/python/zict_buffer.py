"""`zict.Buffer` over `zict.LRU` and `zict.File`, of zict 3.0.0: least recently used values are written to files.

A disk may be full. Then a write fails half-way: the value stays in memory, and a part of the file stays on disk.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Value(HeapObject):
    """A value, in memory or in a file."""

    size: Bytes
    in_memory: bool = True
    heavy: bool = False
    """Whether it is larger than all that may be in memory, and is to go first."""

    def shallow_size(self) -> Bytes:
        return self.size if self.in_memory else 0


class ZictBuffer(Model):
    """A buffer, and a client that puts, gets and deletes."""

    n: Bytes
    room: Bytes
    left_behind: Bytes

    def begin(self, n: Bytes, room: Bytes, repaired: bool = False, values: int = 2) -> None:  # noqa: FBT001, FBT002 - scope
        self.n, self.room = n, room  # what may be in memory; to where a file can grow on a full disk
        self.repaired = repaired
        self.most = values
        self.memory: list[Value] = []  # the least recently used first
        self.files: list[Value] = []
        self.disk_is_full = False
        self.left_behind = 0

    @action
    def put(self, size: Bytes) -> None:
        """`buffer[key] = value`, under a new key."""
        require(len(self.memory) + len(self.files) < self.most)
        value = Value(size)
        self.memory.append(value)
        value.heavy = bool(size > self.n)
        if not self.evict_until_below_target() and size > self.n and not value.heavy and len(self.memory) > 1:
            self.evict()  # LRU.__setitem__: the rest goes instead, until one fails

    @action
    def get(self, value: Value) -> None:
        """`buffer[key]`."""
        if value.in_memory:
            self.memory = [*(each for each in self.memory if each is not value), value]
        elif value.size <= self.n:  # slow_to_fast; what is too large is read, and not kept
            value.in_memory = True
            self.files = [each for each in self.files if each is not value]
            self.memory.append(value)
            self.evict_until_below_target()

    @action
    def delete(self, value: Value) -> None:
        """`del buffer[key]`."""
        self.memory = [each for each in self.memory if each is not value]
        self.files = [each for each in self.files if each is not value]

    @action
    def spill(self) -> None:
        """`buffer.fast.evict()`."""
        require(len(self.memory) > 0)
        self.evict()

    @action
    def fill_disk(self) -> None:
        """The disk becomes full."""
        require(not self.disk_is_full)
        self.disk_is_full = True

    @action
    def free_disk(self) -> None:
        """There is room on disk again."""
        require(self.disk_is_full)
        self.disk_is_full = False

    def evict_until_below_target(self) -> bool:
        """Return whether nothing had to stay that should go."""
        while self.accounted() > self.n:
            if not self.evict():
                return False
        return True

    def evict(self) -> bool:
        """Write a value to a file, and forget it in memory; return whether that worked."""
        victim = next((each for each in self.memory if each.heavy), self.memory[0])
        victim.heavy = False
        if self.disk_is_full and victim.size > self.room:
            if not self.repaired:
                self.left_behind += self.room  # File.__setitem__: the file is open, and is not removed
            return False
        victim.in_memory = False
        self.memory = [each for each in self.memory if each is not victim]
        self.files.append(victim)
        return True

    def accounted(self) -> Bytes:
        """Return `LRU.total_weight`."""
        return sum(value.size for value in self.memory)

    def disk_accounted(self) -> Bytes:
        """Return the bytes of the files that `File.filenames` knows."""
        return sum(value.size for value in self.files)

    def disk_used(self) -> Bytes:
        """Return the bytes in the folder."""
        return self.disk_accounted() + self.left_behind
