"""A task that writes a shuffle, while another consumer of the task and other tasks need memory."""

from __future__ import annotations

from contextlib import suppress

from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.raw_task import RawTask, Requester
from spillproof.model.spark.unsafe.in_memory_sorter import NullPointerException
from spillproof.model.spark.unsafe.shuffle_external_sorter import ShuffleExternalSorter
from spillproof.model.system import action, require


class ShuffleTask(RawTask):
    """One `ShuffleExternalSorter` is filled and closed. What `UnsafeShuffleWriter` does with it follows that class."""

    sorter: ShuffleExternalSorter

    def begin(
        self,
        capacity: Bytes,
        initial_size: Bytes,
        *,
        pages: int = 1,
        fixes: frozenset[str] = fixes_of(NEWEST, PAGES),
        array_grows: bool = True,
        contended: bool = True,
        others: int = 1,
        spill_after: int | None = None,
    ) -> None:
        require(initial_size <= capacity)
        self.set_up(capacity, fixes, pages=pages, array_grows=array_grows, contended=contended, others=others)
        self.sorter = ShuffleExternalSorter(self.task_memory_manager, spill_after=spill_after)
        self.sorter.open(initial_size)

    def paged(self) -> PagedConsumer:
        return self.sorter

    def files_on_disk(self) -> Count:
        """Return how many files the sorter has on disk. What close() merges is no file of the task any more."""
        return self.sorter.files

    # What may happen

    @action
    def insert(
        self,
        size: Bytes,
        page_is_full: bool,  # noqa: FBT001 - the environment's choices
        array_is_full: bool,  # noqa: FBT001
        array_is_largest: bool,  # noqa: FBT001
        others_wait: bool,  # noqa: FBT001
    ) -> None:
        """A record is put in. If it needs a page, that has `size` bytes; an array may be as large as a page can be."""
        self.step()
        sorter = self.sorter
        require(sorter.in_mem_sorter is not None and (array_is_full or not array_is_largest))
        require((self.array_grows or not array_is_full) and (self.contended or not others_wait))
        require(not page_is_full or len(sorter.allocated_pages) < self.max_pages)
        self.pool.others_wait = others_wait
        try:
            sorter.insert(
                size, page_is_full=page_is_full, array_is_full=array_is_full, array_is_largest=array_is_largest
            )
        except SparkOutOfMemoryError as error:
            self.refused(Requester.PAGED, error.required)
        self.pool.others_wait = False

    @action
    def close(self) -> None:
        """All records are in: the files are merged, and the memory is freed."""
        self.step()
        require(self.sorter.in_mem_sorter is not None)
        self.sorter.close()

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time. If the writer fails to clean up, it only says so."""
        require(not self.ended)
        self.requester, self.wanted = None, 0
        self.sorter.forget_step()
        with suppress(NullPointerException):  # "In addition to a failure during writing, we failed during cleanup."
            self.sorter.cleanup_resources()
        self.executor_cleans_up()
