"""A task that aggregates in a map of raw records which is sorted and written whenever there is no room for more."""

from __future__ import annotations

from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.raw_task import RawTask, Requester
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.unsafe_kv_external_sorter import UnsafeKVExternalSorter
from spillproof.model.system import action, require


class AggregateTask(RawTask):
    """One `BytesToBytesMap` is filled and sorted, again and again, and what was written is merged and read.

    What the operator does follows `TungstenAggregationIterator.scala` and `UnsafeFixedWidthAggregationMap.java`. A map
    that need not be sorted is read itself: that is `RawMapTask`.
    """

    map: BytesToBytesMap
    is_open: bool
    """Whether the map may be filled: it was not freed yet."""
    sorter: UnsafeKVExternalSorter | None
    """What was sorted so far. Downstream reads it when the map was freed."""

    def begin(
        self,
        capacity: Bytes,
        initial_size: Bytes,
        *,
        pages: int = 1,
        fixes: frozenset[str] = fixes_of(NEWEST, PAGES),
        array_grows: bool = False,
        contended: bool = False,
    ) -> None:
        require(initial_size <= capacity)
        self.set_up(capacity, fixes, pages=pages, array_grows=array_grows, contended=contended)
        self.map = BytesToBytesMap(self.task_memory_manager)
        self.is_open = True
        self.sorter = None
        self.map.open(initial_size)

    def paged(self) -> PagedConsumer:
        return self.map

    def unused(self) -> Bytes:
        """Return what the other consumer acquired. A page table is no holder: it gives nothing back before task end."""
        return sum(each.used for each in self.beside())

    def files_on_disk(self) -> Count:
        """Return how many files were sorted and not read to their end."""
        return 0 if self.sorter is None else self.sorter.spill_writers

    # What may happen

    @action
    def append(
        self,
        size: Bytes,
        page_is_full: bool,  # noqa: FBT001 - the environment's choices
        array_is_full: bool,  # noqa: FBT001
        array_is_largest: bool,  # noqa: FBT001
    ) -> None:
        """A record is put in. If it needs a page, that has `size` bytes; an array may be as large as one can be."""
        self.step()
        require(self.is_open and self.map.can_grow_array and not (array_is_full and array_is_largest))
        require((self.array_grows or not array_is_full) and (array_is_largest or not self.map.array_is_largest))
        require(not page_is_full or len(self.map.data_pages) < self.max_pages)
        if not self.map.append(
            size, page_is_full=page_is_full, array_is_full=array_is_full, array_is_largest=array_is_largest
        ):
            self.refused(Requester.PAGED, size)

    @action
    def sort(self, larger: Bytes, others_wait: bool) -> None:  # noqa: FBT001 - the environment's choices
        """There is no room for more, or no more records: they are sorted and written, and merged with what was before.

        If they need a larger array, that has `larger` bytes. What fails ends the work.
        """
        require(not self.ended and self.is_open and self.requester is not Requester.OTHER)
        require(self.map.has_records and (self.contended or not others_wait))
        require(self.map.long_array is not None and larger > self.map.long_array.size)
        self.requester, self.wanted = None, 0
        self.map.forget_step()
        self.pool.others_wait = others_wait
        try:
            self.keep(UnsafeKVExternalSorter.of_map(self.map, larger))
        except SparkOutOfMemoryError as error:
            self.refused(Requester.PAGED, error.required)
            self.is_open = False
        self.pool.others_wait = False

    def keep(self, written: UnsafeKVExternalSorter) -> None:
        """Merge what was sorted and written with what was before."""
        if self.sorter is None:
            self.sorter = written
        else:
            self.sorter.merge(written)

    @action
    def free(self) -> None:
        """All records are written: the map is freed, and what was written is read from now on."""
        self.step()
        require(self.is_open and self.sorter is not None and not self.map.has_records)
        self.is_open = False
        self.map.free_everything()

    @action
    def read(self) -> None:
        """Downstream has read to the end what was written: the files are deleted."""
        self.step()
        require(not self.is_open and self.sorter is not None)
        self.clean_up()

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time. The map is freed by a listener, and is garbage then."""
        require(not self.ended)
        self.requester, self.wanted = None, 0
        self.map.forget_step()
        self.map.free_everything()
        self.map.location.base_object = None
        self.clean_up()
        self.executor_cleans_up()

    def clean_up(self) -> None:
        """Delete what was sorted, as its iterator does at its end, and a listener at task end."""
        if self.sorter is not None:
            self.sorter.cleanup_resources()
            self.sorter = None
