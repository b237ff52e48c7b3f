"""The array of pointers to records, which grows by doubling.

Source: `core/src/main/java/org/apache/spark/util/collection/unsafe/sort/UnsafeInMemorySorter.java` at v1.6.0, v2.0.0,
v3.0.1 and master of April 2025. Besides, the classes of 2.4.4 and 2.4.5.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes.unsafe import SPARK_14363, SPARK_21907, SPARK_27558, SPARK_32901
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.paged_consumer import PagedConsumer


class NullPointerException(Exception):
    """Java's."""


class UnsafeInMemorySorter(HeapObject):
    """Pointers and key prefixes, sorted in place. Its memory is acquired in the name of the sorter that it is in."""

    consumer: PagedConsumer
    initial_size: Bytes
    array: MemoryBlock | None
    grown: Bytes = 0
    """By how much the array is beyond its first size."""
    records: Count = 0
    has_records: bool = False
    """Whether `records` is more than 0, as a matter of shape."""

    @property
    def fixes(self) -> frozenset[str]:
        """What the release has fixed."""
        return self.consumer.task_memory_manager.fixes

    def memory_usage(self) -> Bytes:
        """Return the bytes of the array. After a reset that was refused there is none."""
        if self.array is not None:
            return self.array.size
        if SPARK_27558 not in self.fixes:
            raise NullPointerException("UnsafeInMemorySorter.array")
        return 0

    def insert(self) -> None:
        """Put in a pointer."""
        self.records += 1
        self.has_records = True

    def take_all(self) -> Count:
        """Return how many records there are, having walked the array for each."""
        if self.array is None or self.array.is_freed:
            raise NullPointerException("UnsafeInMemorySorter.array")
        return self.records

    def expand(self, array: MemoryBlock) -> None:
        """Go on with another array."""
        if self.array is not None:
            self.consumer.free(self.array)
        self.array = array
        self.grown = array.size - self.initial_size

    def forget_records(self) -> None:
        """Begin anew, with no record."""
        self.records = 0
        self.has_records = False

    def after_spill(self) -> None:
        """Give the array back, in the way of the release."""
        if SPARK_14363 not in self.fixes:
            self.forget_records()
        elif SPARK_32901 in self.fixes:
            self.free_memory()
        else:
            self.reset()

    def reset(self) -> None:
        """Replace the array by one of the first size, which may be refused or cause a spill in its turn."""
        assert self.array is not None
        self.consumer.free(self.array)
        if SPARK_21907 in self.fixes:
            self.array = None
            self.forget_records()
        self.array, self.grown = self.consumer.allocate(self.initial_size), 0
        self.forget_records()

    def free_memory(self) -> None:
        """Give the array back for good, or until the next record."""
        if self.array is not None:
            array, self.array, self.grown = self.array, None, 0
            self.consumer.free(array)
        self.forget_records()
