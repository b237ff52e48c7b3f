"""The map that goes to disk when memory is short: E1 and E2 of the report.

Source: `core/src/main/scala/org/apache/spark/util/collection/ExternalAppendOnlyMap.scala` at v1.6.0, v2.0.0, v2.1.0,
v2.2.0, v2.3.0, v2.4.0, v3.0.1 and master of April 2025.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Self

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce, choose
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap, MapIterator
from spillproof.model.spark.collection.completion_iterator import Completion, CompletionIterator, RecordIterator
from spillproof.model.spark.collection.spillable import Spillable
from spillproof.model.spark.fixes.collection import (
    KEEP_NOTHING,
    NULL_READING_ITERATOR,
    NULL_UPSTREAM,
    SPARK_4452,
    SPARK_11293,
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
    unchecked: Bytes = 0
    """With sampled accounting, what was put in since the last check."""
    merges: bool = False
    """Whether files are merged with the map as Spark does it. Otherwise the map is read first: see its iterator."""

    short_name: ClassVar[str] = "E"

    def has_memory(self) -> bool:
        """Return whether `used` is more than 0: with exact accounting, whether there is a map that is not empty."""
        return self.holds_records() if self.initial_memory_threshold is None else self.used > 0

    def holds_records(self) -> bool:
        """Return whether there is a map in memory that is not empty."""
        return self.current_map is not None and self.current_map.data is not None

    def has_records(self) -> bool:
        """Return whether anything was put in that is not read yet."""
        return self.holds_records() or self.spilled_maps is not None

    def remaining(self) -> Count:
        """Return how many records could be read if reading began now."""
        in_memory = 0 if self.current_map is None else self.current_map.unread
        return in_memory + (0 if self.spilled_maps is None else self.spilled_maps.records)

    # Building

    def insert(self, size: Bytes) -> None:
        """Put in a record of `size` bytes; or with sampled accounting, the records from one check to the next."""
        self.owed += 1
        if self.initial_memory_threshold is None:
            self.insert_exactly(size)
        else:
            self.check()
            self.put(size)
            self.unchecked = size

    def insert_exactly(self, size: Bytes) -> None:
        """Put in a record that is accounted before.

        One that is too big even for an empty map goes to disk at once. (Spark would put it into the new map
        unaccounted, which exact accounting rules out.)
        """
        if self.maybe_spill_exactly(size):
            self.current_map = AppendOnlyMap()
            if self.maybe_spill_exactly(size):
                self.append_to_disk(1)
                return
        self.put(size)
        self.count_record()

    def check(self) -> None:
        """Hold the map against its threshold, as before each 32nd record. An empty map has reached none."""
        if self.holds_records() and self.maybe_spill(self.live()):
            self.current_map = AppendOnlyMap()

    def put(self, size: Bytes) -> None:
        """Put `size` bytes into the map in memory, asking nobody."""
        assert self.current_map is not None
        self.current_map.insert(size)

    def live(self) -> Bytes:
        """Return the bytes of the map in memory, as far as it is in use."""
        if self.current_map is None or self.current_map.data is None:
            return 0
        return self.current_map.data.size

    def spill_collection(self) -> None:
        assert self.current_map is not None
        self.append_to_disk(self.current_map.take_rest())

    def append_to_disk(self, records: Count) -> None:
        """Write records to a file that is read after the map."""
        if self.spilled_maps is None:
            self.spilled_maps = DiskMapIterator(records)
        else:
            self.spilled_maps.records += records

    # Reading

    def iterator(self) -> RecordIterator:
        """Begin to read: the map alone, or merged with the files that were spilled before."""
        assert self.current_map is not None
        files = self.take_files() if self.merges else None
        if SPARK_4452 in self.fixes:
            in_memory = self.destructive_iterator(self.current_map)
        else:
            completion = FreeCurrentMap(self) if SPARK_11293 in self.fixes else Nothing(self)
            in_memory = CompletionIterator(MapIterator(self.current_map), completion, self.fixes)
        return in_memory if files is None else ExternalIterator.over(self, in_memory, files)

    def destructive_iterator(self, current_map: AppendOnlyMap) -> CompletionIterator:
        """Return an iterator over the map that can be force-spilled meanwhile."""
        reading = self.reading_iterator = SpillableIterator(self, MapIterator(current_map))
        reading.prefetch()
        completion = Destroy(reading) if SPARK_22713_EXHAUSTION in self.fixes else FreeCurrentMap(self)
        return CompletionIterator(reading, completion, self.fixes)

    def take_files(self) -> DiskMapIterator | None:
        """Return what reads the files, if there are any, and leave it to the caller."""
        files, self.spilled_maps = self.spilled_maps, None
        return files

    def free_current_map(self) -> None:
        """Drop the map after its last record, and release it, unless a forced spill has done so."""
        holds = self.holds_records()
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

    Where an `ExternalIterator` is not played, it is folded in here: the map is read first, then its owner's files.
    Reading a file touches nothing that the map in memory or its accounting depends on: to them it is as if the
    downstream waited. As in Spark's merge, the map is completed as soon as its last record was asked for. A scenario
    has a third of the shapes then.
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
        self.cur = self.read_next()

    def prefetch(self) -> None:
        """Take the first record, if there is any. An empty map holds nothing, so that reading starts with the files."""
        if not self.outer.holds_records():
            self.upstream = self.outer.take_files()
            self.outer.free_current_map()
        if self.outer.merges:
            self.cur = self.read_next()
        elif self.upstream is not None:  # a map that is not empty has a record: to ask would only make more shapes
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

    def source(self) -> HeapObject:
        return self.outer

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


class ExternalIterator(RecordIterator):
    """Merges the map in memory with the files, record by record in the order of hash codes.

    Each stream is one record ahead. Which has the least hash code is the environment's choice, so that it may read the
    files for long while the map waits. Files are one stream here, and no two records are combined: neither makes a
    difference to what refers to what.
    """

    outer: ExternalAppendOnlyMap
    sorted_map: CompletionIterator
    files: DiskMapIterator
    from_map: bool = False
    from_files: bool = False

    @classmethod
    def over(cls, outer: ExternalAppendOnlyMap, sorted_map: CompletionIterator, files: DiskMapIterator) -> Self:
        """Return an iterator that has read the first record of each stream."""
        merged = cls(outer, sorted_map, files)
        merged.from_map, merged.from_files = advance(sorted_map), advance(files)
        return merged

    def has_next(self) -> bool:
        return self.from_map or self.from_files

    def next(self) -> None:
        self.take(choose([each for each in Stream if self.has(each)]))

    def has(self, stream: Stream) -> bool:
        """Return whether a stream has a record."""
        return self.from_map if stream is Stream.MAP else self.from_files

    def take(self, stream: Stream) -> None:
        """Deliver the record of a stream, and read the next of it."""
        if stream is Stream.MAP:
            self.from_map = advance(self.sorted_map)
        else:
            self.from_files = advance(self.files)

    def remaining(self) -> Count:
        ahead = int(self.from_map) + int(self.from_files)
        return ahead + self.sorted_map.remaining() + self.files.remaining()

    def source(self) -> HeapObject:
        return self.outer


class Stream(Enum):
    """What an `ExternalIterator` merges."""

    MAP = "the map in memory"
    FILES = "what was spilled before"


def advance(stream: RecordIterator) -> bool:
    """Read a record ahead, and look at once whether another follows; return whether there was one.

    Spark looks for further records of the same hash code, and so finds the end of the map with its last record.
    """
    if not stream.has_next():
        return False
    stream.next()
    stream.has_next()
    return True


class Nothing(Completion):
    """What was done at the end before SPARK-11293. There was no completion then, nor a reference to the map's owner."""

    outer: ExternalAppendOnlyMap

    def run(self) -> None:
        """Leave everything as it is."""

    def source(self) -> HeapObject:
        return self.outer


class FreeCurrentMap(Completion):
    """What is done at the end before SPARK-22713."""

    outer: ExternalAppendOnlyMap

    def run(self) -> None:
        self.outer.free_current_map()

    def source(self) -> HeapObject:
        return self.outer


class Destroy(Completion):
    """What is done at the end since SPARK-22713."""

    outer: SpillableIterator

    def run(self) -> None:
        self.outer.destroy()

    def source(self) -> HeapObject:
        return self.outer.outer
