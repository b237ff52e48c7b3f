"""A map of raw records and another consumer, on the model and on Spark, taken in lockstep, to the byte.

Each record is as large as a page, so that each needs one. Files are written, and not read: on Java 17 Spark 2 cannot.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap, MapIterator
from tests.conformance.paged import PAGE, Paged

ARRAY = 64 * 2 * 8
"""Bytes of an array with room for 64 keys."""


class RawMap(Paged):
    """A model and Spark with the same map."""

    kind = "map"
    iterator: MapIterator | None = None

    def open(self) -> None:
        self.paged = self.map = BytesToBytesMap(self.manager)
        self.map.open(ARRAY)

    def roots(self) -> list[HeapObject]:
        return [*super().roots(), *([self.iterator] if self.iterator else [])]

    def append(self) -> None:
        """A record is put in, and needs a page."""
        told = self.worker.ask("page", "append", 0)
        assert "raised" not in told, f"append: the model raises nothing, Spark {told}"
        appended = self.map.append(PAGE, page_is_full=True, array_is_full=told["result"]["fills"])
        self.compare("append", told, appended=appended)

    def reset(self) -> None:
        """The map begins anew, or is refused its array, and is of no use then."""
        self.both("reset", self.map.reset)

    def read(self) -> None:
        """Reading begins, and frees what it has read."""

        def step() -> None:
            self.iterator = self.map.iterator(destructive=True)

        self.both("read", step)

    def next(self) -> None:
        """The record of the next page is read."""
        assert self.iterator is not None
        self.both("next", self.iterator.advance_to_next_page)

    def has_page(self) -> bool:
        """Return whether there is a page to read that is in memory."""
        return self.iterator is not None and self.iterator.next_index() < len(self.map.data_pages)

    def free(self) -> None:
        """The map is freed."""
        self.both("free", self.map.free_everything)
        self.is_open, self.is_over = False, True
