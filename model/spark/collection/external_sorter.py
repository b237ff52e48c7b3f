"""The sorter of objects that goes to disk when memory is short. It was not repaired when the map was.

Source: `core/src/main/scala/org/apache/spark/util/collection/ExternalSorter.scala` at v2.0.0, v2.0.1, v2.4.0, v2.4.1
and master of April 2025; `core/src/main/scala/org/apache/spark/util/collection/PartitionedPairBuffer.scala` at v2.0.0,
v2.4.0, v3.0.1 and master of April 2025. So it is in the released jars of 4.0.0 and 4.3.0, too: what is modelled here
changed at SPARK-16873 and SPARK-26114 and never else.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap, MapIterator
from spillproof.model.spark.collection.completion_iterator import Completion, CompletionIterator, RecordIterator
from spillproof.model.spark.collection.spillable import Spillable
from spillproof.model.spark.fixes.sorter import SPARK_16873, SPARK_26114_STOP, SWAP_AT_ONCE


class NullPointerException(Exception):
    """Java's."""


class PartitionedPairBuffer(AppendOnlyMap):
    """An array of pairs, for a sorter without an aggregator.

    It is no map, and its array holds pairs in the order of insertion. But its iterator refers to it by the same
    `$outer`, and it to its array by the same `data`, so that to references and sizes it is as the map.
    """

    short_name: ClassVar[str] = "buffer"


class SpillReader(RecordIterator):
    """Reads records back from files. Occupies no memory to speak of."""

    records: Count

    def has_next(self) -> bool:
        return self.records > 0

    def next(self) -> None:
        self.records -= 1

    def remaining(self) -> Count:
        return self.records


class ExternalSorter(Spillable):
    """Sorts records by partition and key: with an aggregator in `map`, without in `buffer`.

    Differs from the map that spills in four ways. It puts a record in and then asks for its memory; it cannot be
    force-spilled before it is read; nothing is released when the part in memory is read to its end, but only when the
    whole is; and `stop` is called twice, at the end of iteration and by a listener at task end.
    """

    aggregates: bool = False
    map: AppendOnlyMap | None = None
    buffer: PartitionedPairBuffer | None = None
    spills: SpillReader | None = None
    """What was spilled before reading began, in however many files."""
    is_shuffle_sort: bool = True
    """Until it is read. A sorter on the map side of a shuffle writes a file and is never read."""
    reading_iterator: SpillableIterator | None = None
    owed: Count = 0
    """Records that were put in and not delivered yet."""

    short_name: ClassVar[str] = "S"

    @property
    def collection(self) -> AppendOnlyMap | None:
        """Where the records in memory are."""
        return self.map if self.aggregates else self.buffer

    def renew(self) -> None:
        """Begin a new collection, empty."""
        if self.aggregates:
            self.map = AppendOnlyMap()
        else:
            self.buffer = PartitionedPairBuffer()

    def has_memory(self) -> bool:
        """Return whether `used` is more than 0: with exact accounting, whether there is a collection and not empty."""
        return self.collection is not None and self.collection.data is not None

    def has_records(self) -> bool:
        """Return whether anything was put in that is not read yet."""
        return self.has_memory() or self.spills is not None

    def remaining(self) -> Count:
        """Return how many records could be read if reading began now."""
        in_memory = 0 if self.collection is None else self.collection.unread
        return in_memory + (0 if self.spills is None else self.spills.records)

    # Building

    def insert(self, size: Bytes) -> None:
        """Put in a record of `size` bytes, and then ask for them; `insertAll` does so for each record."""
        assert self.collection is not None
        self.owed += 1
        self.count_record()
        self.collection.insert(size)
        if self.maybe_spill_exactly(size):
            self.renew()

    def spill_collection(self) -> None:
        assert self.collection is not None
        records = self.collection.take_rest()
        if self.spills is None:
            self.spills = SpillReader(records)
        else:
            self.spills.records += records

    # Reading

    def iterator(self) -> CompletionIterator:
        """Begin to read, so that it can be force-spilled from now on."""
        assert self.collection is not None
        self.is_shuffle_sort = False
        reading = self.reading_iterator = SpillableIterator(self, MapIterator(self.collection))
        reading.cur = reading.read_next()
        merged = reading if self.spills is None else MergedIterator(reading, self.spills)
        return CompletionIterator(merged, Stop(self), self.fixes)

    def stop(self) -> None:
        """Drop everything and release it, at the end of iteration or of the task."""
        self.spills = None
        if self.holds_anything():
            self.map = None
            self.buffer = None
            if SPARK_26114_STOP in self.fixes:
                self.reading_iterator = None
            self.release_memory()

    def holds_anything(self) -> bool:
        """Return whether `stop` has something to do."""
        reads = SPARK_26114_STOP in self.fixes and self.reading_iterator is not None
        return self.map is not None or self.buffer is not None or reads

    # Being forced

    def force_spill(self) -> bool:
        if self.is_shuffle_sort:
            return False
        assert self.reading_iterator is not None
        if not self.reading_iterator.spill():
            return False
        self.map = None
        self.buffer = None
        return True


class SpillableIterator(RecordIterator):
    """Reads a collection in memory, or what was spilled of it. Always one record ahead."""

    outer: ExternalSorter
    upstream: RecordIterator
    next_upstream: SpillReader | None = None
    """What is to take the place of `upstream` at the next pull, which may never come."""
    cur: bool = False
    """Whether there is a record that was read ahead."""

    @property
    def has_spilled(self) -> bool:
        """Whether what is left is no longer in memory. Spark has a field for it, which would say the same."""
        return self.next_upstream is not None or not isinstance(self.upstream, MapIterator)

    def has_next(self) -> bool:
        return self.cur

    def next(self) -> None:
        self.outer.owed -= 1
        self.cur = self.read_next()

    def read_next(self) -> bool:
        """Take a record from upstream; return whether there was one."""
        if self.next_upstream is not None:
            self.upstream, self.next_upstream = self.next_upstream, None
        if self.upstream.has_next():
            self.upstream.next()
            return True
        return False

    def remaining(self) -> Count:
        return (self.next_upstream or self.upstream).remaining() + (1 if self.cur else 0)

    def source(self) -> HeapObject:
        return self.outer

    def spill(self) -> bool:
        """Write what is left of the collection to disk, but for the record that was read ahead."""
        if self.has_spilled:
            return False
        assert isinstance(self.upstream, MapIterator)
        announce("spill", consumer=self.outer, forced=True)
        rest = self.upstream.outer.take_rest()
        if SPARK_16873 not in self.outer.fixes and rest == 0:
            raise NullPointerException("SpillReader.cleanup of a file without batches")
        on_disk = SpillReader(rest)
        if SWAP_AT_ONCE in self.outer.fixes:
            self.upstream = on_disk
        else:
            self.next_upstream = on_disk  # and `upstream` still refers to the collection
        return True


class MergedIterator(RecordIterator):
    """Reads the part in memory and the files. Spark merges them by key; here the part in memory comes first.

    Which stream a record comes from matters to no claim. But once the part in memory is read to its end nobody pulls
    it any more, so that what a forced spill leaves for its next pull is left for ever.
    """

    in_memory: SpillableIterator
    files: SpillReader

    def has_next(self) -> bool:
        return self.in_memory.has_next() or self.files.has_next()

    def next(self) -> None:
        if self.in_memory.has_next():
            self.in_memory.next()
        else:
            self.in_memory.outer.owed -= 1
            self.files.next()

    def remaining(self) -> Count:
        return self.in_memory.remaining() + self.files.remaining()

    def source(self) -> HeapObject:
        return self.in_memory.source()


class Stop(Completion):
    """What is done at the end of iteration, and by the listener at task end. Its closure refers to the sorter."""

    sorter: ExternalSorter

    def run(self) -> None:
        self.sorter.stop()

    def source(self) -> HeapObject:
        return self.sorter
