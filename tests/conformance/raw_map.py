"""A map of raw records and another consumer, on the model and on Spark, taken in lockstep, to the byte.

Each record is as large as a page, so that each needs one. Files are written, and not read: on Java 17 Spark 2 cannot.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.spark.fixes.raw_map import SPARK_23376
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap, MapIterator
from spillproof.model.spark.unsafe.unsafe_kv_external_sorter import UnsafeKVExternalSorter
from tests.conformance.paged import PAGE, Paged

ARRAY = 64 * 2 * 8
"""Bytes of an array with room for 64 keys."""


class RawMap(Paged):
    """A model and Spark with the same map."""

    kind = "map"
    iterator: MapIterator | None = None
    sorter: UnsafeKVExternalSorter | None = None
    larger: int = 0
    """Bytes of an array in which its records can be sorted."""

    def open(self) -> None:
        self.paged = self.map = BytesToBytesMap(self.manager)
        self.map.open(ARRAY)

    def roots(self) -> list[HeapObject]:
        return [*super().roots(), *filter(None, [self.iterator, self.sorter])]

    def append(self) -> None:
        """A record is put in, and needs a page."""
        self.put("append")

    def repeat(self) -> None:
        """A record is put in whose key was put in last, so that the array has no more keys."""
        self.put("repeat")

    def put(self, what: str) -> None:
        """A record is put in, by one of these ways."""
        told = self.worker.ask("page", what, 0)
        assert "raised" not in told, f"{what}: the model raises nothing, Spark {told}"
        seen = told["result"]
        appended = self.map.append(PAGE, page_is_full=True, array_is_full=what == "append" and seen["fills"])
        self.map.is_overfull, self.larger = seen["overfull"], seen["larger"]
        self.compare(what, told, appended=appended)

    def used(self) -> int:
        """Return what the map is accounted for, by the model and by Spark."""
        return int(self.map.used)

    def sort(self) -> None:
        """The records are sorted where they lie, written, and merged with what was; the map begins anew."""

        def step() -> dict[str, object]:
            written = UnsafeKVExternalSorter.of_map(self.map, self.larger)
            if self.sorter is None:
                self.sorter = written
            else:
                self.sorter.merge(written)
            return {"sorted": int(self.sorter.spill_writers)}

        self.both(f"sort {int(SPARK_23376 in self.manager.fixes)}", step)

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
