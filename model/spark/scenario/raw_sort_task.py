"""A task that sorts raw records and reads them, while another consumer of the task and other tasks need memory."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.raw_task import RawTask, Requester
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from spillproof.model.system import action, require


class RawSortTask(RawTask):
    """One `UnsafeExternalSorter` is filled, read and cleaned up. A request that is refused ends the work."""

    sorter: UnsafeExternalSorter
    reads_row: bool
    """Whether downstream looks at the current record."""
    wants_more: bool
    """Whether downstream has not cleaned up yet."""

    def begin(
        self,
        capacity: Bytes,
        initial_size: Bytes,
        *,
        pages: int = 1,
        fixes: frozenset[str] = fixes_of(NEWEST),
        off_heap: bool = False,
        array_grows: bool = True,
        contended: bool = True,
        others: int = 1,
        spill_after: int | None = None,
    ) -> None:
        require(initial_size <= capacity)
        self.set_up(capacity, fixes, pages=pages, array_grows=array_grows, contended=contended, others=others)
        self.sorter = UnsafeExternalSorter(self.task_memory_manager, off_heap=off_heap, spill_after=spill_after)
        self.reads_row = False
        self.wants_more = True
        self.sorter.open(initial_size)

    def paged(self) -> PagedConsumer:
        return self.sorter

    def pages_in_use(self) -> list[MemoryBlock]:
        """Return the page with the record that downstream looks at."""
        reading = self.sorter.reading_iterator
        return [reading.current] if self.reads_row and reading is not None and reading.current is not None else []

    # What may happen

    @action
    def insert(self, size: Bytes, page_is_full: bool, array_is_full: bool, others_wait: bool) -> None:  # noqa: FBT001 - the environment's choices
        """A record is put in. If it needs a page, that has `size` bytes; other tasks may wait for what is released."""
        self.step()
        sorter = self.sorter
        require(sorter.reading_iterator is None and sorter.in_mem_sorter is not None)
        require((self.array_grows or not array_is_full) and (self.contended or not others_wait))
        require(not page_is_full or len(sorter.allocated_pages) < self.max_pages)
        self.pool.others_wait = others_wait
        try:
            sorter.insert(size, page_is_full=page_is_full, array_is_full=array_is_full)
        except SparkOutOfMemoryError as error:
            self.refused(Requester.PAGED, error.required)
        self.pool.others_wait = False

    @action
    def read(self, with_nulls: bool) -> None:  # noqa: FBT001 - the environment's choice
        """All records are in, and none was spilled: reading begins."""
        self.step()
        sorter = self.sorter
        require(sorter.reading_iterator is None and sorter.in_mem_sorter is not None)
        assert sorter.in_mem_sorter is not None
        require(sorter.in_mem_sorter.has_records and sorter.spilled == 0)
        sorter.sorted_iterator(with_nulls=with_nulls)

    @action
    def load_next(self) -> None:
        """Downstream goes to the next record, and looks at it from now on."""
        self.step()
        reading = self.sorter.reading_iterator
        require(reading is not None and self.wants_more)
        assert reading is not None
        require(reading.records > 0)
        reading.load_next()
        self.reads_row = True

    @action
    def clean_up(self) -> None:
        """Downstream wants no more, having copied the current row: the sorter is cleaned up at once."""
        self.step()
        require(self.sorter.reading_iterator is not None and self.wants_more)
        self.reads_row = self.wants_more = False
        self.sorter.cleanup_resources()

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time."""
        require(not self.ended)
        self.requester, self.wanted, self.reads_row = None, 0, False
        self.sorter.forget_step()
        self.sorter.cleanup_resources()
        self.sorter.reading_iterator = None
        self.executor_cleans_up()
