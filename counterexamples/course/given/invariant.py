"""Lesson 6: an invariant, by which it is proved that what is held fits under the limit."""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, require


class Data(HeapObject):
    """What is held in memory."""

    held: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.held


class Ledger(Model):
    """Three counters and a heap. The step `spill` trusts the counters, and does not look at the heap."""

    limit: Bytes
    free: Bytes
    used: Bytes

    def begin(self, limit: Bytes) -> None:
        self.limit, self.free, self.used = limit, limit, 0
        self.data = Data()

    @action
    def insert(self, size: Bytes) -> None:
        """Bytes are acquired, and held."""
        require(size <= self.free)
        self.free -= size
        self.used += size
        self.data.held += size

    @action
    def spill(self) -> None:
        """All that is used is free again."""
        require(self.used > 0)
        self.free += self.used
        self.used = 0
        self.data.held = 0

    def accounted(self) -> Bytes:
        return self.used


# Your turn. This says what is to be proved: it is true in every run, and yet it proves nothing. Why?


def invariant(now: Ledger) -> bool:
    """True at the beginning; where it is true, it is true after every step; and it says that what is held fits."""
    return now.data.held <= now.limit
