"""The sorter that writes the records of a shuffle: pages, a pointer array, and files that are merged at the end.

Source: `core/src/main/java/org/apache/spark/shuffle/sort/ShuffleExternalSorter.java` at v1.6.0, v1.6.2, v2.3.1, v2.3.2
and master of April 2025. Besides, the classes of 4.2.0, 4.2.1 and 4.3.0. Spilling at a size of its own,
since 4.1.0, is left out.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes.shuffle import SPARK_21033, SPARK_56511_RESET
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError, TooLargePageException
from spillproof.model.spark.unsafe.paged_sorter import PagedSorter
from spillproof.model.spark.unsafe.shuffle_in_memory_sorter import ShuffleInMemorySorter


class ShuffleExternalSorter(PagedSorter):
    """Spills for itself only, never for others: whoever asks gets 0 bytes."""

    in_mem_sorter: ShuffleInMemorySorter | None = None
    """None once it was closed or cleaned up."""
    files: Count = 0
    """Files on disk."""

    short_name: ClassVar[str] = "W"

    def open(self, initial_size: Bytes) -> None:
        """Begin, with a pointer array of its first size."""
        self.in_mem_sorter = ShuffleInMemorySorter(self, initial_size, self.allocate(initial_size))

    # Building

    def insert(self, page_size: Bytes, *, page_is_full: bool, array_is_full: bool, array_is_largest: bool) -> None:
        """Put in a record: room in the array, then in a page, then (if that spilled) in the array again."""
        sorter = self.in_mem_sorter
        assert sorter is not None
        self.spill_if_many(sorter)
        if array_is_full and sorter.has_records:
            self.double_array(sorter, is_largest=array_is_largest)
        self.have_array(sorter)
        self.have_page(sorter, page_size, is_full=page_is_full)
        try:
            self.have_array(sorter)
        except SparkOutOfMemoryError:
            if SPARK_56511_RESET not in self.fixes or len(self.allocated_pages) != 1:
                raise
            self.free_pages(sorter)  # the page was granted, and the array that was spilled for it is refused
            self.have_array(sorter)
            self.add_page(page_size)
        sorter.insert()

    def have_page(self, sorter: ShuffleInMemorySorter, size: Bytes, *, is_full: bool) -> None:
        """Have a page with room for the record. Since SPARK-56511 an empty sorter gives a grown array for it."""
        if self.current_page is not None and not is_full:
            return
        try:
            self.add_page(size)
        except SparkOutOfMemoryError:
            if SPARK_56511_RESET not in self.fixes or sorter.has_records or sorter.grown <= 0:
                raise
            sorter.free_memory()
            self.have_array(sorter)
            self.add_page(size)

    def have_array(self, sorter: ShuffleInMemorySorter) -> None:
        """Ask for the array that a spill has given back, if it has."""
        if sorter.array is None:
            sorter.expand(self.allocate(sorter.initial_size))

    def double_array(self, sorter: ShuffleInMemorySorter, *, is_largest: bool) -> None:
        """Ask for an array of twice the size. If that made this sorter spill, it is not needed any more.

        Since SPARK-56511 the sorter has none then, and goes on with the one that it asked for.
        """
        try:
            array = self.allocate_array(2 * sorter.memory_usage(), is_too_large=is_largest)
        except TooLargePageException:
            if SPARK_21033 not in self.fixes:
                raise
            self.spill(0, self)
            return
        except SparkOutOfMemoryError:
            if sorter.has_records or (sorter.array is None and SPARK_56511_RESET not in self.fixes):
                raise
            return
        if sorter.has_records or SPARK_56511_RESET in self.fixes:
            sorter.expand(array)
        else:
            self.free(array)

    def allocate_array(self, size: Bytes, *, is_too_large: bool) -> MemoryBlock:
        """Return an array, if a page can be so large."""
        if is_too_large:
            raise TooLargePageException
        return self.allocate(size)

    # Spilling

    def spill_pages(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - all that it can
        sorter = self.in_mem_sorter
        if trigger is not self or sorter is None or not sorter.has_records:
            return 0
        announce("spill", consumer=self, forced=False)
        self.spilled += self.write_sorted_file(sorter)
        counted = sorter.memory_usage() if SPARK_56511_RESET in self.fixes else 0
        freed = self.free_pages(sorter)
        sorter.reset()
        return freed + counted

    def write_sorted_file(self, sorter: ShuffleInMemorySorter) -> Count:
        """Write all records to a file, in the order of partitions; return how many."""
        self.files += 1
        return sorter.take_all()

    def freeable(self, trigger: MemoryConsumer | None) -> Bytes:
        """To itself all that records are in, and an array beyond its first size; to others nothing."""
        return self.freeable_by_itself(self.in_mem_sorter) if trigger is self else 0

    # The end

    def close(self) -> None:
        """All records are in: what is in memory is written, and all files are merged into one to keep."""
        sorter = self.in_mem_sorter
        assert sorter is not None
        if sorter.has_records:
            self.write_sorted_file(sorter)
        self.release(sorter)
        self.files = 0

    def cleanup_resources(self) -> None:
        """The writer has failed: free everything, and delete the files."""
        if self.in_mem_sorter is not None:
            self.release(self.in_mem_sorter)
        self.files = 0

    def release(self, sorter: ShuffleInMemorySorter) -> None:
        """Free the pages, then the array."""
        self.free_pages(sorter)
        sorter.free_memory()
        self.in_mem_sorter = None
