"""The sorter of raw records: pages, a pointer array, spills of its own and forced ones.

Source: `core/src/main/java/org/apache/spark/util/collection/unsafe/sort/UnsafeExternalSorter.java` at v1.6.0, v2.0.0,
v3.0.1 and master of April 2025. SPARK-12089 and SPARK-17113 are modelled from their issues.

Left out: reading what was spilled before (a merge, in which the part in memory behaves as here), and locks.
"""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce, choose
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes.unsafe import (
    COUNT_THE_ARRAY,
    DROP_THE_READER,
    SPARK_12089,
    SPARK_17113,
    SPARK_32900,
    SPARK_32901,
    SPARK_32911,
)
from spillproof.model.spark.memory.memory_block import LongArray, MemoryBlock
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.unsafe.paged_sorter import PagedSorter
from spillproof.model.spark.unsafe.unsafe_in_memory_sorter import UnsafeInMemorySorter


class UnsafeExternalSorter(PagedSorter):
    """Records lie in pages; pointers to them in an array. A forced spill is possible only while it is read."""

    off_heap: bool = False
    in_mem_sorter: UnsafeInMemorySorter | None = None
    reading_iterator: SpillableIterator | None = None

    short_name: ClassVar[str] = "U"

    # Building

    def open(self, initial_size: Bytes) -> None:
        """Begin, with a pointer array of its first size."""
        self.in_mem_sorter = UnsafeInMemorySorter(self, initial_size, self.allocate(initial_size))

    def insert(self, page_size: Bytes, *, page_is_full: bool, array_is_full: bool) -> None:
        """Put in a record: room in the array, then in a page, then (if that spilled) in the array again."""
        sorter = self.in_mem_sorter
        assert sorter is not None
        self.spill_if_many(sorter)
        self.grow_pointer_array(sorter, is_full=array_is_full)
        if self.current_page is None or page_is_full:
            self.add_page(page_size)
        self.grow_pointer_array(sorter, is_full=False)
        sorter.insert()

    def grow_pointer_array(self, sorter: UnsafeInMemorySorter, *, is_full: bool) -> None:
        """Make room for another pointer. Doubling the array may spill, and then a small one will do."""
        if sorter.array is None:
            sorter.array = self.allocate(sorter.initial_size)
        elif is_full and sorter.has_records:
            self.double_array(sorter, 2 * sorter.memory_usage())

    def double_array(self, sorter: UnsafeInMemorySorter, size: Bytes) -> None:
        """Ask for an array of twice the size. If that made this sorter spill, it is not needed any more.

        Before SPARK-32901 a sorter without any array has no room for a record, and the request has failed.
        """
        try:
            array: MemoryBlock | None = self.allocate(size)
        except SparkOutOfMemoryError:
            if sorter.has_records or (sorter.array is None and SPARK_32901 not in self.fixes):
                raise
            array = None
        if sorter.has_records:
            assert array is not None
            sorter.expand(array)
            return
        if array is not None:
            self.free(array)
        if SPARK_32901 in self.fixes:
            sorter.expand(self.allocate(sorter.initial_size))

    # Spilling

    def spill_pages(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - all that it can
        if trigger is not self:
            return 0 if self.reading_iterator is None else self.reading_iterator.spill()
        sorter = self.in_mem_sorter
        if sorter is None or not sorter.has_records:
            return 0
        announce("spill", consumer=self, forced=False)
        self.spilled += sorter.take_all()
        freed = self.free_pages(self.in_mem_sorter)
        counted = sorter.memory_usage() if COUNT_THE_ARRAY in self.fixes else 0
        sorter.after_spill()
        return freed + counted

    def freeable(self, trigger: MemoryConsumer | None) -> Bytes:
        """Everything but the page of the current record, if it is read or over. While it is filled: to others nothing,
        and to itself all that records are in, and an array beyond its first size.
        """
        if self.reading_iterator is not None:
            return self.used - self.reading_iterator.held()
        return self.freeable_by_itself(self.in_mem_sorter) if trigger is self else 0

    # Reading

    def sorted_iterator(self, *, with_nulls: bool) -> None:
        """Begin to read. Nulls are kept apart from other keys, so that two iterators are chained."""
        assert self.in_mem_sorter is not None
        self.reading_iterator = SpillableIterator(self, chained=with_nulls, records=self.in_mem_sorter.take_all())

    def cleanup_resources(self) -> None:
        """Free everything: at task end, or as soon as downstream wants no more."""
        self.free_pages(self.in_mem_sorter)
        if self.in_mem_sorter is not None:
            sorter, self.in_mem_sorter = self.in_mem_sorter, None
            sorter.free_memory()
        if self.reading_iterator is not None:
            self.reading_iterator.current = None
            if DROP_THE_READER in self.fixes:
                self.reading_iterator = None


class SortedIterator(HeapObject):
    """Reads the records in memory, in order. It is `UnsafeInMemorySorter`'s; nulls and other keys may have one each."""

    base_object: LongArray | None = None
    """The bytes of the page of the current record. Nothing but the next record takes its place."""


class SpillableIterator(HeapObject):
    """Reads the records in memory, or what was spilled of them. Downstream looks at the current one where it lies."""

    outer: UnsafeExternalSorter
    chained: bool
    """Whether its upstream is a `ChainedIterator`."""
    records: Count
    """What is left to read."""
    current: MemoryBlock | None = None
    """The page of the current record. None before the first, for a record from a file, and after cleaning up."""
    upstream: SortedIterator | None = field(default_factory=SortedIterator)
    """None stands for a reader of files, and for the null of an iterator that was read to its end and then spilled."""
    base_object: LongArray | None = None
    """`currentBaseObject`, since SPARK-32900: one more reference past the page to its bytes."""
    last_page: MemoryBlock | None = None
    """The page that a forced spill left, to be freed with the next record."""
    has_spilled: bool = False

    def held(self) -> Bytes:
        """Return the bytes of the page that downstream looks at."""
        return 0 if self.current is None else self.current.size

    def load_next(self) -> None:
        """Go to the next record: in any page, as they are sorted, or in a file."""
        if self.last_page is not None:
            page, self.last_page = self.last_page, None
            if SPARK_32911 in self.outer.fixes:
                self.outer.allocated_pages.clear()
            self.current = None
            self.outer.free(page)
        self.records -= 1
        self.current = None if self.has_spilled else choose(list(self.outer.allocated_pages))
        self.refer_to(None if self.current is None else self.current.base_object)

    def refer_to(self, base_object: LongArray | None) -> None:
        """Refer to the bytes of the page of the current record. After a spill that is a file, and so is upstream."""
        if self.has_spilled:
            self.upstream = None
        if self.upstream is not None:
            self.upstream.base_object = base_object
        if SPARK_32900 in self.outer.fixes:
            self.base_object = base_object

    def may_spill(self) -> bool:
        """Return whether there is something to free, and the release is able to."""
        fixes = self.outer.fixes
        if self.outer.in_mem_sorter is None:
            return False
        if SPARK_32900 not in fixes and self.chained:
            return False
        return SPARK_32911 in fixes or self.records > 0

    def spill(self) -> Bytes:
        """Write what is left, and free every page but that of the current record, and the array."""
        if not self.may_spill():
            return 0
        announce("spill", consumer=self.outer, forced=True)
        self.has_spilled = True
        if SPARK_32900 in self.outer.fixes:
            self.upstream = None
        freed = self.free_pages(self.page_to_keep())
        sorter, self.outer.in_mem_sorter = self.outer.in_mem_sorter, None
        assert sorter is not None
        freed += sorter.memory_usage()
        sorter.free_memory()
        return freed

    def page_to_keep(self) -> MemoryBlock | None:
        """Return the page that must stay for downstream, as the release sees it."""
        if self.current is None or SPARK_12089 in self.outer.fixes:
            return self.current
        return choose(list(self.outer.allocated_pages))  # where the last record lies, as they are sorted

    def free_pages(self, keep: MemoryBlock | None) -> Bytes:
        """Free all pages but one; return how many bytes."""
        confuses = self.outer.off_heap and SPARK_17113 not in self.outer.fixes and keep is not None
        freed: Bytes = 0
        for page in self.outer.allocated_pages:
            if page is keep or confuses:
                self.last_page = page
            else:
                freed += page.size
                self.outer.free(page)
        self.outer.allocated_pages.clear()
        self.outer.current_page = None
        if SPARK_32911 in self.outer.fixes and self.last_page is not None:
            self.outer.allocated_pages.add(self.last_page)
        return freed
