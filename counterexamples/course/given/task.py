"""Lesson 4: E1 and E2 share a pool. When E2 needs memory, E1 is asked to spill."""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, require


class Table(HeapObject):
    """A map's records in memory."""

    records: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.records


class RecordIterator(HeapObject):
    """Reads a map: its table, and what is in a file for it."""

    table: Table | None = None
    filed: Bytes = 0

    def readable(self) -> Bytes:
        """What this iterator could deliver now."""
        return self.filed if self.table is None else self.table.records + self.filed


class SpillableMap(HeapObject):
    """Collects records; then an iterator reads them. It may be asked to spill at any time."""

    table: Table | None = None
    reading: RecordIterator | None = None
    used: Bytes = 0
    file: Bytes = 0

    # Your turn: this one does what Spark did before 2.4.0. Write what was in memory to a file, let go of it, and
    # answer how many bytes were freed. Whoever reads must still get each record once.

    def spill(self) -> Bytes:
        """What is in memory goes to the file. Return how many bytes were freed."""
        freed = self.used
        self.file += freed
        self.used = 0
        self.table = None
        return freed

    # To here.


class Task(Model):
    """Two maps share a pool. Downstream, somebody holds the iterator, and does not pull for a while."""

    capacity: Bytes
    inserted: Bytes
    delivered: Bytes
    said: Bytes
    """What the last insertion's spill said that it freed."""
    given_up: Bytes
    """What it took off the account."""

    def begin(self, capacity: Bytes) -> None:
        self.capacity, self.inserted, self.delivered = capacity, 0, 0
        self.said, self.given_up = 0, 0
        self.e1 = SpillableMap()
        self.e2 = SpillableMap()
        self.downstream: RecordIterator | None = None

    @action
    def insert(self, into: SpillableMap, size: Bytes) -> None:
        """A map acquires the bytes of a record; where there are not enough, the other map is asked to spill."""
        require(into.reading is None)
        self.said, self.given_up = 0, 0
        if self.free() < size:
            other = self.e2 if into is self.e1 else self.e1
            used = other.used
            require(used > 0)
            freed = other.spill()
            require(freed > 0)
            self.said, self.given_up = freed, used - other.used
        require(self.free() >= size)
        if into.table is None:
            into.table = Table()
        into.used += size
        into.table.records += size
        self.inserted += size

    @action
    def iterate(self) -> None:
        """E1 is complete, and an iterator over it is handed downstream."""
        require(self.e1.reading is None and self.e1.used + self.e1.file > 0)
        iterator = RecordIterator()
        iterator.table = self.e1.table
        iterator.filed = self.e1.file
        self.e1.reading = iterator
        self.downstream = iterator

    @action
    def pull(self) -> None:
        """Downstream pulls all that is left of E1, and is done with it."""
        require(self.downstream is not None)
        self.delivered += self.downstream.readable()
        self.downstream = None
        self.e1 = SpillableMap()

    def free(self) -> Bytes:
        """What the pool has left."""
        return self.capacity - self.e1.used - self.e2.used

    def accounted(self) -> Bytes:
        return self.e1.used + self.e2.used

    def capacity_of_pool(self) -> Bytes:
        return self.capacity
