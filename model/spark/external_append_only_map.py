"""The map that goes to disk when memory is short: E1 and E2 of the report."""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.append_only_map import AppendOnlyMap, MapIterator
from spillproof.model.spark.completion_iterator import Completion, CompletionIterator, RecordIterator
from spillproof.model.spark.fixes import (
    KEEP_NOTHING,
    NULL_READING_ITERATOR,
    NULL_UPSTREAM,
    SPARK_18986,
    SPARK_22713_EXHAUSTION,
    SPARK_22713_FORCED_SPILL,
)
from spillproof.model.spark.spillable import Spillable


class NullPointerException(Exception):
    """Java's."""


class DiskMapIterator(RecordIterator):
    """Reads records back from disk. Occupies no memory to speak of."""

    records: Count

    def has_next(self) -> bool:
        return self.records > 0

    def next(self) -> None:
        self.records -= 1

    def remaining(self) -> Count:
        return self.records


class ExternalAppendOnlyMap(Spillable):
    """Combines records in a map in memory, and in files once it has spilled."""

    fixes: frozenset[str] = frozenset()
    current_map: AppendOnlyMap | None = None
    """None once the map is read and was force-spilled, or is read to the end."""
    spilled_maps: DiskMapIterator | None = None
    """All files that were written before reading began, as one: how many there are does not matter."""
    reading_iterator: SpillableIterator | None = None
    owed: Count = 0
    """Records that were put in and not delivered yet."""

    short_name: ClassVar[str] = "E"

    def has_memory(self) -> bool:
        """Return whether `used` is more than 0: with exact accounting, whether there is a map that is not empty."""
        return self.current_map is not None and self.current_map.data is not None

    def has_records(self) -> bool:
        """Return whether anything was put in."""
        return self.has_memory() or self.spilled_maps is not None

    def insert(self, size: Bytes) -> None:
        """Put in a record of `size` bytes.

        A record that is too big even for an empty map goes to disk at once. (Spark would put it into the new map
        unaccounted, which exact accounting rules out.)
        """
        self.owed += 1
        if self.maybe_spill(size):
            self.current_map = AppendOnlyMap()
            if self.maybe_spill(size):
                self.append_to_disk(1)
                return
        assert self.current_map is not None
        self.current_map.insert(size)

    def iterator(self) -> RecordIterator:
        """Begin to read: from the map alone, or merging it with what was spilled."""
        assert self.current_map is not None
        in_memory = self.destructive_iterator(self.current_map)
        if self.spilled_maps is None:
            return in_memory
        in_memory.has_next()  # the merge looks ahead in every stream
        return ExternalIterator(self, in_memory)

    def destructive_iterator(self, read: AppendOnlyMap) -> CompletionIterator:
        """Read a map so that it can be force-spilled meanwhile."""
        self.reading_iterator = SpillableIterator(self, MapIterator(read))
        self.reading_iterator.cur = self.reading_iterator.read_next()
        completion = (Destroy(self.reading_iterator) if SPARK_22713_EXHAUSTION in self.fixes
                      else FreeCurrentMap(self))
        return CompletionIterator(self.reading_iterator, completion, self.fixes)

    def free_current_map(self) -> None:
        """Drop the map after its last record, and release it, unless a forced spill has done so."""
        if self.current_map is not None:
            self.current_map = None
            self.release_memory()

    def spill_collection(self) -> None:
        assert self.current_map is not None
        self.append_to_disk(self.current_map.take_rest())

    def force_spill(self) -> bool:
        if self.reading_iterator is not None:
            return self.spill_reading_iterator(self.reading_iterator)
        if SPARK_18986 not in self.fixes:
            raise AssertionError("assertion failed: readingIterator != null")
        if self.current_map is None:
            raise NullPointerException("currentMap")
        if self.current_map.data is None:
            return False
        announce("spill", consumer=self, forced=True)
        self.spill_collection()
        self.current_map = AppendOnlyMap()
        return True

    def spill_reading_iterator(self, reading: SpillableIterator) -> bool:
        """Spill what is left to read; return whether there was a first time for it."""
        if not reading.spill():
            return False
        self.current_map = None
        if NULL_READING_ITERATOR in self.fixes:
            self.reading_iterator = None
        return True

    def remaining(self) -> Count:
        """Return how many records could be read if reading began now."""
        in_memory = 0 if self.current_map is None else self.current_map.unread
        return in_memory + (0 if self.spilled_maps is None else self.spilled_maps.records)

    def append_to_disk(self, records: Count) -> None:
        """Write records that are merged when reading begins."""
        if self.spilled_maps is None:
            self.spilled_maps = DiskMapIterator(records)
        else:
            self.spilled_maps.records += records


class SpillableIterator(RecordIterator):
    """Reads a map in memory, or what was spilled of it. Always one record ahead."""

    outer: ExternalAppendOnlyMap
    upstream: RecordIterator | None
    """None stands for Scala's empty iterator, and for the null of the report's proposal."""
    next_upstream: DiskMapIterator | None = None
    """Before SPARK-22713: what is to take the place of `upstream` at the next pull."""
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
        if self.upstream is None or not self.upstream.has_next():
            return False
        self.upstream.next()
        return True

    def remaining(self) -> Count:
        rest = self.next_upstream or self.upstream
        return (1 if self.cur else 0) + (0 if rest is None else rest.remaining())

    def reads(self, collection: HeapObject) -> bool:
        return self.outer is collection

    def spill(self) -> bool:
        """Write what is left of the map to disk, but for the record that was read ahead."""
        if self.has_spilled:
            return False
        assert isinstance(self.upstream, MapIterator)
        announce("spill", consumer=self.outer, forced=True)
        on_disk = DiskMapIterator(self.upstream.outer.take_rest())
        if SPARK_22713_FORCED_SPILL in self.outer.fixes:
            self.upstream = on_disk
        elif KEEP_NOTHING in self.outer.fixes:
            self.upstream = None
        else:
            self.next_upstream = on_disk  # and `upstream` still refers to the map
            if NULL_UPSTREAM in self.outer.fixes:
                self.upstream = None
        return True

    def destroy(self) -> None:
        """Drop the map and what refers to it, after the last record."""
        self.outer.free_current_map()
        self.upstream = None


class FreeCurrentMap(Completion):
    """What is done at the end before SPARK-22713."""

    outer: ExternalAppendOnlyMap

    def run(self) -> None:
        self.outer.free_current_map()


class Destroy(Completion):
    """What is done at the end since SPARK-22713."""

    outer: SpillableIterator

    def run(self) -> None:
        self.outer.destroy()


class ExternalIterator(RecordIterator):
    """Merges the map in memory with what was spilled before reading began.

    Spark merges by hash code. Here memory is read first: reading a file touches nothing that the map in memory, or its
    accounting, depends on, so that it makes no difference to them whether the downstream waits or reads a file.
    Spark's merge asks a stream for more as soon as its last record was taken; so does this.
    """

    outer: ExternalAppendOnlyMap
    sorted_map: CompletionIterator

    def has_next(self) -> bool:
        if not self.sorted_map.completed:
            return True
        assert self.outer.spilled_maps is not None
        if self.outer.spilled_maps.has_next():
            return True
        self.outer.spilled_maps = None  # Spark keeps the exhausted readers in a list; they hold nothing
        return False

    def next(self) -> None:
        if not self.sorted_map.completed:
            self.sorted_map.next()
            self.sorted_map.has_next()
        else:
            assert self.outer.spilled_maps is not None
            self.outer.owed -= 1
            self.outer.spilled_maps.next()

    def remaining(self) -> Count:
        on_disk = self.outer.spilled_maps
        return self.sorted_map.remaining() + (0 if on_disk is None else on_disk.remaining())

    def reads(self, collection: HeapObject) -> bool:
        return self.outer is collection
