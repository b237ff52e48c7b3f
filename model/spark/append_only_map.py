"""The hash map in memory that a spill is to get rid of, and the iterator that refers to it."""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.completion_iterator import RecordIterator


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
