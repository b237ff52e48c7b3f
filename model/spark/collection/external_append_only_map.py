"""The map that goes to disk when memory is short: E1 and E2 of the report."""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap, MapIterator
from spillproof.model.spark.collection.completion_iterator import Completion, CompletionIterator, RecordIterator
from spillproof.model.spark.collection.spillable import Spillable
from spillproof.model.spark.fixes.collection import (
    KEEP_NOTHING,
    NULL_READING_ITERATOR,
    NULL_UPSTREAM,
    SPARK_18986,
    SPARK_22713_EXHAUSTION,
    SPARK_22713_FORCED_SPILL,
)


class NullPointerException(Exception):
    """Java's."""


class DiskMapIterator(RecordIterator):
    """Reads records back from files. Occupies no memory to speak of."""

    records: Count

    def has_next(self) -> bool:
        return self.records > 0

    def next(self) -> None:
        self.records -= 1

    def remaining(self) -> Count:
        return self.records


class ExternalAppendOnlyMap(Spillable):
    """Combines records in a map in memory, and in files once it has spilled."""

    current_map: AppendOnlyMap | None = None
    """None once the map was force-spilled while it is read, or is read to the end."""
    spilled_maps: DiskMapIterator | None = None
    """What was spilled before reading began, in however many files. None if nothing, or if it is being read."""
    reading_iterator: SpillableIterator | None = None
    owed: Count = 0
    """Records that were put in and not delivered yet."""

    short_name: ClassVar[str] = "E"

    @property
    def fixes(self) -> frozenset[str]:
        """What the release has fixed."""
        return self.task_memory_manager.fixes

    def has_memory(self) -> bool:
        """Return whether `used` is more than 0: with exact accounting, whether there is a map that is not empty."""
        return self.current_map is not None and self.current_map.data is not None

    def has_records(self) -> bool:
        """Return whether anything was put in that is not read yet."""
        return self.has_memory() or self.spilled_maps is not None

    def remaining(self) -> Count:
        """Return how many records could be read if reading began now."""
        in_memory = 0 if self.current_map is None else self.current_map.unread
        return in_memory + (0 if self.spilled_maps is None else self.spilled_maps.records)

    # Building

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

    def spill_collection(self) -> None:
        assert self.current_map is not None
        self.append_to_disk(self.current_map.take_rest())

    def append_to_disk(self, records: Count) -> None:
        """Write records to a file that is read after the map."""
        if self.spilled_maps is None:
            self.spilled_maps = DiskMapIterator(records)
        else:
            self.spilled_maps.records += records

    def take_files(self) -> DiskMapIterator | None:
        """Return what reads the files, if there are any, and leave it to the caller."""
        files, self.spilled_maps = self.spilled_maps, None
        return files

    # Reading

    def iterator(self) -> CompletionIterator:
        """Begin to read: the map, so that it can be force-spilled meanwhile, and then the files."""
        assert self.current_map is not None
        reading = self.reading_iterator = SpillableIterator(self, MapIterator(self.current_map))
        reading.prefetch()
        completion = Destroy(reading) if SPARK_22713_EXHAUSTION in self.fixes else FreeCurrentMap(self)
        return CompletionIterator(reading, completion, self.fixes)

    def free_current_map(self) -> None:
        """Drop the map after its last record, and release it, unless a forced spill has done so."""
        holds = self.has_memory()
        self.current_map = None
        if holds:
            self.release_memory()

    # Being forced

    def force_spill(self) -> bool:
        if self.reading_iterator is not None:
            return self.force_spill_while_read(self.reading_iterator)
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

    def force_spill_while_read(self, reading: SpillableIterator) -> bool:
        """Spill what is left to read; return whether it was in memory."""
        if not reading.spill():
            return False
        self.current_map = None
        if NULL_READING_ITERATOR in self.fixes:
            self.reading_iterator = None
        return True


class SpillableIterator(RecordIterator):
    """Reads a map in memory, or what was spilled of it. Always one record ahead.

    Spark merges the map with the files by hash code, in an `ExternalIterator` around this one. Here that is folded in:
    the map is read first, then the files. Reading a file touches nothing that the map in memory or its accounting
    depends on: to them it is as if the downstream waited. As in Spark's merge, the map is completed as soon as its last
    record was asked for.
    """

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

    def prefetch(self) -> None:
        """Take the first record, if there is any. An empty map holds nothing, so that reading starts with the files."""
        if not self.outer.has_memory():
            self.upstream = self.outer.take_files()
            self.outer.free_current_map()
        if self.upstream is not None:
            self.upstream.next()
            self.cur = True

    def read_next(self) -> bool:
        """Take a record from upstream; return whether there was one."""
        if self.next_upstream is not None:
            self.upstream, self.next_upstream = self.next_upstream, None
        if self.upstream is not None and self.upstream.has_next():
            self.upstream.next()
            return True
        return self.outer.spilled_maps is not None and self.read_files(self.outer.spilled_maps)

    def read_files(self, files: DiskMapIterator) -> bool:
        """Take a record from the files, now that the map is read to its end; return whether there was one."""
        if SPARK_22713_EXHAUSTION in self.outer.fixes:
            self.destroy()
            self.upstream = self.outer.take_files()
            return self.read_next()
        self.outer.free_current_map()  # and `upstream` still refers to the map
        if files.has_next():
            files.next()
            return True
        self.outer.take_files()
        return False

    def remaining(self) -> Count:
        rest = self.next_upstream or self.upstream
        files = self.outer.spilled_maps
        return (1 if self.cur else 0) + sum(each.remaining() for each in (rest, files) if each is not None)

    def reads(self, collection: HeapObject) -> bool:
        return self.outer is collection

    def spill(self) -> bool:
        """Write what is left of the map to disk, but for the record that was read ahead.

        What was written before is read after it: together they are what is left.
        """
        if self.has_spilled:
            return False
        assert isinstance(self.upstream, MapIterator)
        announce("spill", consumer=self.outer, forced=True)
        rest = self.upstream.outer.take_rest()
        if KEEP_NOTHING in self.outer.fixes:
            self.upstream = None
            return True
        files = self.outer.take_files()
        on_disk = DiskMapIterator(rest + (0 if files is None else files.records))
        if SPARK_22713_FORCED_SPILL in self.outer.fixes:
            self.upstream = on_disk
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
