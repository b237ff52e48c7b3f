"""The hash map in memory that a spill is to get rid of, and the iterator that refers to it.

Source: `core/src/main/scala/org/apache/spark/util/collection/AppendOnlyMap.scala` at v1.6.0, v2.1.0, v3.0.1 and master
of April 2025.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.completion_iterator import RecordIterator


class OutOfMemoryError(Exception):
    """Java's: there is no room in the heap, whatever the accounting says."""


class Table(HeapObject):
    """The array of keys and values, with all that is in it: the bytes that matter."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class AppendOnlyMap(HeapObject):
    """Keys with what was combined for them. Iterating does not empty it: the table stays whole.

    An empty map has no table, so that whether a map is empty is a matter of its shape and needs no comparison of sizes.
    """

    data: Table | None = None
    new_data: Table | None = None
    """The array that takes the place of the old one, while both are there."""
    unread: Count = 0
    """Records that no iterator has taken yet."""

    short_name: ClassVar[str] = "map"

    def insert(self, size: Bytes) -> None:
        """Put in a record that takes `size` bytes."""
        if self.data is None:
            self.data = Table(size)
        else:
            self.data.size += size
        self.unread += 1

    def grow_table(self, array: Bytes, room: Bytes) -> None:
        """Double the array of `array` bytes that is part of the table.

        The new one is allocated while the old one is alive, in the `room` that the heap really has. Nothing is acquired
        for it, and nobody is asked.
        """
        assert self.data is not None
        if 2 * array > room:
            raise OutOfMemoryError("Java heap space")
        self.data.size += array

    def begin_growing(self, array: Bytes) -> None:
        """Allocate the larger array, and begin to move what is in the old one."""
        self.new_data = Table(array)

    def finish_growing(self) -> Bytes:
        """Drop one of the two arrays, and return how much that was. What the other takes came with its records."""
        assert self.new_data is not None
        dropped, self.new_data = self.new_data.size, None
        return dropped

    def take_rest(self) -> Count:
        """Return how many records no iterator has taken, and take them all."""
        rest, self.unread = self.unread, 0
        return rest


class MapIterator(RecordIterator):
    """Spark's `AppendOnlyMap$$anon$1`: whoever holds it holds the whole map."""

    outer: AppendOnlyMap

    def has_next(self) -> bool:
        return self.outer.unread > 0

    def next(self) -> None:
        self.outer.unread -= 1

    def remaining(self) -> Count:
        return self.outer.unread
