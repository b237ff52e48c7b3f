"""Lesson 2: records that spill to a file, and an iterator that keeps what was spilled."""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, require


class Table(HeapObject):
    """Records in memory."""

    records: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.records


class RecordIterator(HeapObject):
    """Delivers what was in memory, and what is in the file for it."""

    table: Table | None = None
    filed: Bytes = 0

    def readable(self) -> Bytes:
        """What this iterator could deliver now."""
        return self.filed if self.table is None else self.table.records + self.filed


class Spool(Model):
    """Records are collected, and then delivered by one iterator. In between, memory may be asked back."""

    used: Bytes
    file: Bytes
    inserted: Bytes
    delivered: Bytes

    def begin(self) -> None:
        self.used, self.file, self.inserted, self.delivered = 0, 0, 0, 0
        self.table = Table()
        self.iterator: RecordIterator | None = None

    @action
    def insert(self, size: Bytes) -> None:
        """A record is acquired, and kept in memory."""
        require(self.iterator is None)
        self.used += size
        self.table.records += size
        self.inserted += size

    @action
    def iterate(self) -> None:
        """Somebody gets an iterator over all records, and does not pull yet."""
        require(self.iterator is None and self.table.records + self.file > 0)
        self.iterator = RecordIterator()
        self.iterator.table = self.table
        self.iterator.filed = self.file

    # Your turn: what must a spill do when there is an iterator? And what is there to release when it is done?

    @action
    def spill(self) -> None:
        """What is in memory is written to the file, and its bytes are released."""
        require(self.table.records > 0)
        self.file += self.table.records
        self.used -= self.table.records
        if self.iterator is not None:
            self.iterator.filed += self.table.records
            self.iterator.table = None
        self.table = Table()

    @action
    def pull(self) -> None:
        """The iterator delivers all that it has, and is done."""
        require(self.iterator is not None)
        self.delivered += self.iterator.readable()
        self.used -= self.table.records
        self.table = Table()
        self.file = 0
        self.iterator = None

    # To here.

    def accounted(self) -> Bytes:
        return self.used
