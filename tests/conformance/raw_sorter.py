"""A sorter of raw records, filled, spilled, read and cleaned up, on the model and on Spark, taken in lockstep.

The sorter that writes a shuffle, too. Two records to a page. Spark says which record comes next; in which page it lies
was seen when it was put in.
"""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model import oracle
from spillproof.model.heap import HeapObject
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.unsafe.shuffle_external_sorter import ShuffleExternalSorter
from spillproof.model.spark.unsafe.unsafe_external_sorter import SpillableIterator, UnsafeExternalSorter
from tests.conformance.paged import PAGE, Paged

ARRAY = 16 * 8
"""Bytes of an array with 16 words."""


class Page(oracle.Oracle):
    """Chooses the page that a record lies in."""

    def __init__(self, pages: Sequence[MemoryBlock], page: MemoryBlock | None) -> None:
        self.place = next((place for place, each in enumerate(pages) if each is page), None)

    def choose(self, options: int) -> int:
        assert self.place is not None, f"the record lies in none of the {options} pages"
        return self.place


class RawSorter(Paged):
    """A model and Spark with the same sorter."""

    kind = "sorter"

    def __init__(
        self,
        worker: Worker,
        fixes: frozenset[str],
        pool: int,
        *,
        nulls: bool = False,
        looking: bool = False,
        number: int = 0,
    ) -> None:
        self.nulls = nulls
        self.pages: list[MemoryBlock | None] = []
        self.reading: SpillableIterator | None = None
        super().__init__(worker, fixes, pool, looking=looking, number=number)

    def open(self) -> None:
        self.paged = self.sorter = UnsafeExternalSorter(self.manager, spill_after=self.number or None)
        self.sorter.open(ARRAY)

    def roots(self) -> list[HeapObject]:
        return [*super().roots(), *([self.reading] if self.reading else [])]

    def insert(self) -> None:
        """A record is put in. In a sorter with nulls, every second one is one."""
        need = self.worker.ask("page", "ask", 0)["result"]

        def step() -> dict[str, object]:
            self.sorter.insert(PAGE, page_is_full=need["page"], array_is_full=need["array"])
            self.pages.append(self.sorter.current_page)
            return self.figures()

        self.both(f"insert {int(self.nulls and len(self.pages) % 2 == 0)}", step)

    def figures(self) -> dict[str, object]:
        """Return what one can count."""
        return {"pages": len(self.sorter.allocated_pages)}

    def can_insert(self) -> bool:
        """Return whether it is filled: not read, and not over."""
        return self.reading is None and self.sorter.in_mem_sorter is not None

    def can_read(self) -> bool:
        """Return whether all records are in memory, as the model asks."""
        pointers = self.sorter.in_mem_sorter
        return self.reading is None and pointers is not None and pointers.has_records and self.sorter.spilled == 0

    def read(self) -> None:
        """All records are in: reading begins."""

        def step() -> None:
            self.sorter.sorted_iterator(with_nulls=self.nulls)
            self.reading = self.sorter.reading_iterator

        self.both("read", step)

    def can_go_on(self) -> bool:
        """Return whether a record is left, not the last of a file: there Spark 2 closes it, and fails on Java 17."""
        return self.reading is not None and self.reading.records > (1 if self.reading.has_spilled else 0)

    def next(self) -> None:
        """The next record is read."""
        answer = self.worker.ask("page", "next", 0)
        assert "raised" not in answer, f"next: the model raises nothing, Spark {answer}"
        assert self.reading is not None
        page = self.pages[answer["result"]["record"]]
        with oracle.consulting(Page(list(self.sorter.allocated_pages), page)):
            self.reading.load_next()
        self.compare("next", answer, **self.figures())

    def free(self) -> None:
        """The sorter is cleaned up."""
        self.both("free", self.sorter.cleanup_resources)
        self.is_open, self.is_over = False, True


class ShuffleSorter(Paged):
    """A model and Spark with the same sorter of a shuffle."""

    kind = "shuffle"

    def open(self) -> None:
        self.paged = self.sorter = ShuffleExternalSorter(self.manager, spill_after=self.number or None)
        self.sorter.open(ARRAY)

    def insert(self) -> None:
        """A record is put in."""
        need = self.worker.ask("page", "ask", 0)["result"]

        def step() -> dict[str, object]:
            self.sorter.insert(PAGE, page_is_full=need["page"], array_is_full=need["array"], array_is_largest=False)
            return {"files": int(self.sorter.files), "pages": len(self.sorter.allocated_pages)}

        self.both("insert", step)

    def close(self) -> None:
        """All records are in: the files are merged."""
        self.both("close", self.sorter.close)
        self.is_open, self.is_over = False, True

    def free(self) -> None:
        """The writer has failed."""
        self.both("free", self.sorter.cleanup_resources)
        self.is_open, self.is_over = False, True
