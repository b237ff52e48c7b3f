"""The hash map of raw records: pages of keys and values, and an array of pointers to them that doubles when it is full.

Source: `core/src/main/java/org/apache/spark/unsafe/map/BytesToBytesMap.java` at v1.6.0, v2.0.0, v2.1.0, v2.4.4, v2.4.5,
v2.4.7, v3.0.1 and master of April 2025.

Left out: how keys are found, and locks (see the scenario of lock orders). A map asks for one page or none; Spark takes
a smaller one too, if the record fits into it.
"""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.raw_map import (
    DROP_LOCATIONS,
    SPARK_18208,
    SPARK_19839,
    SPARK_29244,
    SPARK_31511,
    SPARK_32872,
    SPARK_33756,
    SPILL_THE_ONLY_PAGE,
)
from spillproof.model.spark.memory.memory_block import LongArray, MemoryBlock
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError


class NoSuchElementException(Exception):
    """Java's."""


class Location(HeapObject):
    """Where a record is: not its page, but the bytes of it."""

    base_object: LongArray | None = None


class BytesToBytesMap(PagedConsumer):
    """Never spills for itself: its operator sorts the records elsewhere, and resets it. For others it does so only
    while it is read by an iterator that frees what it has read.
    """

    location: Location = field(default_factory=Location)
    """Of the record that was put in or looked up last."""
    initial_size: Bytes = 0
    long_array: MemoryBlock | None = None
    array_object: LongArray | None = None
    """What `longArray` itself refers to, besides its block: the bytes, which it keeps when the block is freed."""
    grown: Bytes = 0
    """By how much the array is beyond its first size."""
    data_pages: list[MemoryBlock] = field(default_factory=list)
    current_page: MemoryBlock | None = None
    can_grow_array: bool = True
    """False once there was no memory for a larger array: no more records are put in."""
    array_is_largest: bool = False
    """Whether so many keys are in it that the array would be doubled, had it not the largest size that one can have."""
    is_overfull: bool = False
    """Whether it has more records than its array has room for when they are sorted in it."""
    has_records: bool = False
    destructive_iterator: MapIterator | None = None
    spill_writers: int = 0
    """Files with a page each that were not deleted yet."""

    short_name: ClassVar[str] = "M"

    # Building

    def open(self, initial_size: Bytes) -> None:
        """Begin, with an array of its first size."""
        self.initial_size = initial_size
        self.allocate_array(initial_size)

    def append(
        self, page_size: Bytes, *, page_is_full: bool, array_is_full: bool, array_is_largest: bool = False
    ) -> bool:
        """Put in a record; return whether there was memory for it. If it fills the array, that is doubled."""
        if not self.can_grow_array:
            return False
        if (self.current_page is None or page_is_full) and not self.acquire_new_page(page_size):
            return False
        assert self.current_page is not None
        self.location.base_object = self.current_page.base_object
        self.has_records = True
        self.is_overfull = self.array_is_largest
        if array_is_largest:
            self.stop_growing()
        elif array_is_full:
            self.grow_and_rehash()
        return True

    def acquire_new_page(self, size: Bytes) -> bool:
        """Go on in a new page; return whether there was memory for it."""
        try:
            self.current_page = self.allocate(size)
        except SparkOutOfMemoryError:
            return False
        self.data_pages.append(self.current_page)
        return True

    def allocate_array(self, size: Bytes) -> None:
        """Replace the array. Whoever calls it frees the one before."""
        self.long_array, self.grown = self.allocate(size), size - self.initial_size
        self.array_object = self.long_array.base_object

    def take_array(self) -> MemoryBlock | None:
        """Return the array, and have none any more."""
        array, self.long_array, self.array_object, self.grown = self.long_array, None, None, 0
        return array

    def grow_and_rehash(self) -> None:
        """Double the array: both are there until all pointers are in the new one."""
        old = self.long_array
        assert old is not None
        try:
            self.allocate_array(2 * old.size)
        except SparkOutOfMemoryError:
            self.can_grow_array = False
        else:
            self.free(old)

    def stop_growing(self) -> None:
        """Have as many keys as the largest array is for. Before SPARK-32872 more are put in."""
        if SPARK_32872 in self.fixes:
            self.can_grow_array = False
        else:
            self.array_is_largest = True

    def reset(self) -> None:
        """Begin anew, after the records were sorted elsewhere. May be refused the array that it has just freed."""
        self.has_records = self.array_is_largest = self.is_overfull = False
        if SPARK_18208 in self.fixes:
            array = self.take_array() if SPARK_29244 in self.fixes else self.long_array
            assert array is not None
            self.free(array)
            self.grown = 0
        while self.data_pages:
            self.free(self.data_pages.pop())
        self.drop_locations()
        if SPARK_18208 in self.fixes:
            self.allocate_array(self.initial_size)
        self.can_grow_array = True
        self.current_page = None

    def free_everything(self) -> None:
        """Free the array and the pages, and delete the files, as `free()` does. May be done again."""
        if array := self.take_array():
            self.free(array)
        while self.data_pages:
            self.free(self.data_pages.pop(0))
        self.spill_writers = 0
        self.drop_locations()

    def drop_locations(self) -> None:
        """Forget where the last records were."""
        if DROP_LOCATIONS in self.fixes:
            self.location.base_object = None
            if self.destructive_iterator is not None:
                self.destructive_iterator.forget()

    # Reading

    def iterator(self, *, destructive: bool) -> MapIterator:
        """Begin to read. A destructive iterator frees the array, and then each page that was read."""
        location = Location() if SPARK_31511 in self.fixes else self.location
        iterator = MapIterator(self, destructive, location)
        if destructive:
            self.destructive_iterator = iterator
            if SPARK_19839 in self.fixes and (array := self.take_array()):
                self.free(array)
            if DROP_LOCATIONS in self.fixes:
                self.location.base_object = None
        return iterator

    # Spilling

    def spill_pages(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        if trigger is self or self.destructive_iterator is None:
            return 0
        return self.destructive_iterator.spill(size)

    def freeable(self, trigger: MemoryConsumer | None) -> Bytes:
        """Everything but the page of the current record while it is read destructively; while it is filled, nothing;
        and when it has no records, an array beyond its first size.
        """
        if self.destructive_iterator is not None:
            return 0 if trigger is self else self.used - self.destructive_iterator.held()
        return 0 if self.has_records else self.grown


class MapIterator(HeapObject):
    """Goes from page to page, and then from file to file. Which record of a page it is at makes no difference here."""

    outer: BytesToBytesMap
    destructive: bool
    location: Location
    """Before SPARK-31511 it is the map's own."""
    current_page: MemoryBlock | None = None
    page_base_object: LongArray | None = None
    """The bytes of the page that it was in last. They stay, if after the page there comes a file."""
    reads_file: bool = False

    def held(self) -> Bytes:
        """Return the bytes of the page that downstream looks into."""
        return 0 if self.current_page is None else self.current_page.size

    def has_another_page(self) -> bool:
        """Return whether there is a page or a file that it has not come to."""
        if self.next_index() < len(self.outer.data_pages):
            return True
        return self.outer.spill_writers > (1 if self.reads_file else 0)

    def next_index(self) -> int:
        """Return where in the list of pages the one after the current page is."""
        pages = self.outer.data_pages
        return next((place + 1 for place, page in enumerate(pages) if page is self.current_page), 0)

    def advance_to_next_page(self) -> None:
        """Go on to the next page, or to the next file. The page that was read is freed, if this is destructive."""
        pages, following, done = self.outer.data_pages, self.next_index(), self.current_page
        self.current_page = pages[following] if following < len(pages) else None
        if self.current_page is not None:
            self.page_base_object = self.current_page.base_object
        else:
            self.open_next_file()
        self.location.base_object = None if self.current_page is None else self.current_page.base_object
        if self.destructive and done is not None:
            self.outer.data_pages = [page for page in pages if page is not done]
            self.outer.free(done)

    def open_next_file(self) -> None:
        """Delete the file that was read, if there is one, and read the next."""
        if self.reads_file:
            self.delete_file()
        self.reads_file = True
        if DROP_LOCATIONS in self.outer.fixes:
            self.page_base_object = None

    def find_end(self) -> None:
        """Be asked whether there is more when there is not: the last file is deleted."""
        if self.reads_file:
            self.delete_file()

    def delete_file(self) -> None:
        """Delete the first file."""
        if self.outer.spill_writers == 0:
            if SPARK_33756 in self.outer.fixes:
                return
            raise NoSuchElementException("BytesToBytesMap.spillWriters")
        self.outer.spill_writers -= 1

    def spill(self, size: Bytes) -> Bytes:
        """Move pages to files from the last one on, until so much is free or only the current page is left.

        If there is one page only, it is taken for the current one, even if nothing was read yet.
        """
        pages = self.outer.data_pages
        only_page_stays = len(pages) == 1 and SPILL_THE_ONLY_PAGE not in self.outer.fixes
        if not self.destructive or only_page_stays:
            return 0
        released: Bytes = 0
        while pages and pages[-1] is not self.current_page:
            released += self.spill_page(pages.pop())
            if released >= size:
                break
        return released

    def spill_page(self, page: MemoryBlock) -> Bytes:
        """Move one page to a file of its own; return how many bytes that freed."""
        announce("spill", consumer=self.outer, forced=True)
        self.outer.spill_writers += 1
        self.outer.spilled += 1
        self.outer.free(page)
        return page.size

    def forget(self) -> None:
        """Forget where the last record was."""
        self.page_base_object = self.location.base_object = None
