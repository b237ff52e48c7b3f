"""A task that aggregates in a map of raw records and reads it, while another consumer and other tasks need memory."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.raw_task import RawTask, Requester
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap, MapIterator
from spillproof.model.system import action, require


class RawMapTask(RawTask):
    """One `BytesToBytesMap` is filled, perhaps sorted elsewhere and reset, read, and freed.

    What the operator does with it follows `UnsafeFixedWidthAggregationMap.java`.
    """

    map: BytesToBytesMap
    iterator: MapIterator | None
    """Downstream's, until it wants no more."""
    is_open: bool
    """Whether it may be filled or read: it was not freed yet."""

    def begin(
        self,
        capacity: Bytes,
        initial_size: Bytes,
        *,
        pages: int = 2,
        fixes: frozenset[str] = fixes_of(NEWEST, PAGES),
        array_grows: bool = True,
        contended: bool = True,
        others: int = 1,
    ) -> None:
        require(initial_size <= capacity)
        self.set_up(capacity, fixes, pages=pages, array_grows=array_grows, contended=contended, others=others)
        self.map = BytesToBytesMap(self.task_memory_manager)
        self.iterator = None
        self.is_open = True
        self.map.open(initial_size)

    def paged(self) -> PagedConsumer:
        return self.map

    def pages_in_use(self) -> list[MemoryBlock]:
        """Return the page with the record that downstream looks at."""
        reading = self.iterator
        return [reading.current_page] if reading is not None and reading.current_page is not None else []

    def files_on_disk(self) -> int:
        """Return how many files the map has on disk."""
        return self.map.spill_writers

    # What may happen

    def step_on_open_map(self) -> None:
        """Begin a step of the operator or of downstream."""
        self.step()
        require(self.is_open)

    @action
    def append(self, size: Bytes, page_is_full: bool, array_is_full: bool) -> None:  # noqa: FBT001 - the environment's choices
        """A record is put in. If it needs a page, that has `size` bytes; it may be the one that fills the array."""
        self.step_on_open_map()
        require(self.iterator is None and self.map.can_grow_array and (self.array_grows or not array_is_full))
        require(not page_is_full or len(self.map.data_pages) < self.max_pages)
        if not self.map.append(size, page_is_full=page_is_full, array_is_full=array_is_full):
            self.refused(Requester.PAGED, size)

    @action
    def reset(self, others_wait: bool) -> None:  # noqa: FBT001 - the environment's choice
        """The records were sorted elsewhere, in the same pages, and written: the map begins anew.

        So it is when an append was refused, and when there is no memory for more than one operator's maps.
        """
        require(not self.ended and self.is_open and self.iterator is None and self.requester is not Requester.OTHER)
        require(self.contended or not others_wait)
        self.requester, self.wanted = None, 0
        self.map.forget_step()
        self.pool.others_wait = others_wait
        try:
            self.map.reset()
        except SparkOutOfMemoryError as error:
            self.refused(Requester.PAGED, error.required)
            self.is_open = False
        self.pool.others_wait = False

    @action
    def read(self, destructive: bool) -> None:  # noqa: FBT001 - the environment's choice
        """All records are in: reading begins."""
        self.step_on_open_map()
        require(self.iterator is None and self.map.has_records)
        self.iterator = self.map.iterator(destructive=destructive)

    @action
    def next_page(self) -> None:
        """Downstream goes to the first record of the next page or file, and looks at it from now on."""
        self.step_on_open_map()
        require(self.iterator is not None and self.iterator.has_another_page())
        assert self.iterator is not None
        self.iterator.advance_to_next_page()

    @action
    def find_end(self) -> None:
        """Downstream asks whether there is more after the last record of the last page or file, perhaps again."""
        self.step_on_open_map()
        require(self.iterator is not None and not self.iterator.has_another_page())
        assert self.iterator is not None
        self.iterator.find_end()

    @action
    def free(self) -> None:
        """Downstream wants no more, having copied the current row: the map is freed at once."""
        self.step_on_open_map()
        self.iterator = None
        self.is_open = False
        self.map.free_everything()

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time. The map is freed by a listener, and is garbage then."""
        require(not self.ended)
        self.requester, self.wanted, self.iterator = None, 0, None
        self.map.forget_step()
        self.map.free_everything()
        self.map.location.base_object = self.map.destructive_iterator = None
        self.executor_cleans_up()
