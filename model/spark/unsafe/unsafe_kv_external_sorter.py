"""The sorter of a map that has no room for more: records are sorted where they lie, written, and the map is reset.

Source: `sql/core/src/main/java/org/apache/spark/sql/execution/UnsafeKVExternalSorter.java` at master of March 2020;
`core/src/main/java/org/apache/spark/util/collection/unsafe/sort/UnsafeExternalSorter.java` at master of April 2025.
Besides, the classes of 2.2.1, 2.2.2, 2.3.4 and 4.3.0. Whether a map may have more records than a sort of them has room
for is the map's.

Left out: a sorter with no map, into which records are put one by one. It is an `UnsafeExternalSorter`.
"""

from __future__ import annotations

from typing import ClassVar, Self

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes.raw_map import FREE_THE_SORTERS_ARRAY, SPARK_23376
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap


class IllegalStateException(Exception):
    """Java's."""


class UnsafeKVExternalSorter(HeapObject):
    """Has files and no memory: pages and pointers are the map's, and what writes them is dropped when they are written.

    So it is asked by nobody to spill. In Spark it has an `UnsafeExternalSorter`, which has acquired nothing.
    """

    spill_writers: Count = 0
    """Its files."""

    short_name: ClassVar[str] = "K"

    @classmethod
    def of_map(cls, source: BytesToBytesMap, larger: Bytes) -> Self:
        """Sort and write what is in a map, and reset it. `larger` is the size of an array that its records need.

        Raises `SparkOutOfMemoryError` where that is refused, or the map's own array when it is reset; and before
        SPARK-23376 `IllegalStateException` where the map's array is too small.
        """
        pointers = cls.pointer_array(source, larger)
        announce("spill", consumer=source, forced=False)
        source.spilled += len(source.data_pages)
        made = cls(spill_writers=1)
        if pointers is not source.long_array and FREE_THE_SORTERS_ARRAY in source.fixes:
            source.free(pointers)
        source.reset()
        return made

    @staticmethod
    def pointer_array(source: BytesToBytesMap, larger: Bytes) -> MemoryBlock:
        """Return the array to sort in: the map's own; or a new one in the map's name, so that it is not asked to spill.

        No sorter is its consumer, so that nobody frees it.
        """
        if not source.is_overfull:
            assert source.long_array is not None
            return source.long_array
        if SPARK_23376 not in source.fixes:
            raise IllegalStateException("There is no space for new record")
        return source.allocate(larger)

    def merge(self, other: UnsafeKVExternalSorter) -> None:
        """Take the files of another one."""
        self.spill_writers += other.spill_writers
        other.spill_writers = 0

    def cleanup_resources(self) -> None:
        """Delete the files: when all is read, and by a listener at task end."""
        self.spill_writers = 0
