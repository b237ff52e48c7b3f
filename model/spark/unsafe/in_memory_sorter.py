"""An array of pointers to records, which grows by doubling: what the two of Spark have in common.

Source: none. Both of Spark have this of their own, alike.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.paged_consumer import PagedConsumer


class NullPointerException(Exception):
    """Java's."""


class InMemorySorter(HeapObject):
    """Pointers, sorted in place. Its memory is acquired in the name of the sorter that it is in."""

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
        return self.consumer.fixes

    def memory_usage(self) -> Bytes:
        """Return the bytes of the array. After a reset that was refused there is none."""
        if self.array is not None:
            return self.array.size
        if not self.may_be_without_array():
            raise NullPointerException(f"{type(self).__name__}.array")
        return 0

    def may_be_without_array(self) -> bool:
        """Return whether the release asks for the size of an array only where there is one."""
        raise NotImplementedError

    def insert(self) -> None:
        """Put in a pointer."""
        self.records += 1
        self.has_records = True

    def take_all(self) -> Count:
        """Return how many records there are, having walked the array for each."""
        if self.array is None or self.array.is_freed:
            raise NullPointerException(f"{type(self).__name__}.array")
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

    def replace_array(self, *, forgets_it: bool) -> None:
        """Go on with an array of the first size, which may be refused or cause a spill in its turn.

        `forgets_it` says whether the old one is forgotten before that, as it is freed.
        """
        assert self.array is not None
        self.consumer.free(self.array)
        if forgets_it:
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
