"""A task that sorts raw records and reads them, while another consumer of the task and other tasks need memory."""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.paged_consumer import SparkOutOfMemoryError
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.releases import fixes_of
from spillproof.model.spark.scenario.task_model import TaskModel
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from spillproof.model.system import action, require


class ContendedPool(ExecutionMemoryPool):
    """A pool that other tasks share: while they are waiting, what is released is theirs at once."""

    others: Bytes = 0
    """What other tasks took."""
    others_wait: bool = False

    def acquire(self, required: Bytes) -> Bytes:
        free = self.pool_size - self.used - self.others
        granted = min(required, free)
        self.used += granted
        return granted

    def release(self, size: Bytes) -> None:
        self.used -= size
        if self.others_wait:
            self.others += size


class OtherConsumer(MemoryConsumer):
    """Acquires bytes, really holds none, and cannot spill."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - it does not matter for what
        return 0


@dataclass(frozen=True)
class Refused:
    """A request that was refused."""

    satisfiable: bool
    whole: bool = False


class RawSortTask(TaskModel):
    """One `UnsafeExternalSorter` is filled, read and cleaned up. A request that is refused ends the work."""

    pool: ContendedPool
    sorter: UnsafeExternalSorter
    other: OtherConsumer
    max_pages: int
    array_grows: bool
    """Whether the pointer array may have to grow."""
    contended: bool
    """Whether other tasks may take what is released."""
    wanted: Bytes
    """What was requested in the last step and refused."""
    requester: MemoryConsumer | None
    """Whose request that was."""
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
        fixes: frozenset[str] = fixes_of("4.0.0"),
        off_heap: bool = False,
        array_grows: bool = True,
        contended: bool = True,
    ) -> None:
        require(initial_size <= capacity)
        self.pool = ContendedPool(capacity)
        self.task_memory_manager = TaskMemoryManager(self.pool, fixes, Bag())
        self.sorter = UnsafeExternalSorter(self.task_memory_manager, off_heap=off_heap)
        self.other = OtherConsumer(self.task_memory_manager)
        self.max_pages = pages
        self.array_grows, self.contended = array_grows, contended
        self.wanted = 0
        self.requester = None
        self.reads_row = False
        self.wants_more = True
        self.ended = False
        self.sorter.open(initial_size)

    # What claims look at

    def unclaimed(self) -> Bytes:
        """Return 0: blocks are accounted whole, and the other consumer really holds nothing."""
        return 0

    def pages_in_use(self) -> list[MemoryBlock]:
        """Return the page with the record that downstream looks at."""
        reading = self.sorter.reading_iterator
        return [reading.current] if self.reads_row and reading is not None and reading.current is not None else []

    def requests(self) -> list[Refused]:
        """Return what the last step refused: satisfiable if what is free, and what spills ought to free, suffice."""
        if self.requester is None:
            return []
        free = self.pool.pool_size - self.pool.used - self.pool.others
        return [Refused(bool(self.wanted <= free + self.sorter.freeable(self.requester)))]

    def records_spilled(self) -> Count:
        """Return how many records the sorter has spilled to files while it was filled."""
        return self.sorter.spilled

    def allocated_in_spill(self) -> bool:
        """Return whether memory was acquired in the middle of a spill of the last step."""
        return self.sorter.allocated_in_spill

    def unreported(self) -> Bytes:
        """Return what the last step's spills freed, less what they said."""
        return self.sorter.unreported

    # What may happen

    def step(self) -> None:
        """Begin a step."""
        require(not self.ended and self.requester is None)
        self.sorter.forget_step()

    def refused(self, requester: MemoryConsumer, wanted: Bytes) -> None:
        """A request was refused. Whoever made it fails."""
        self.requester, self.wanted = requester, wanted

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
            self.refused(sorter, error.required)
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
    def acquire(self, size: Bytes) -> None:
        """The other consumer of the task needs memory."""
        self.step()
        if (granted := self.other.acquire_memory(size)) < size:
            self.other.free_memory(granted)
            self.refused(self.other, size)

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time."""
        require(not self.ended)
        self.requester, self.wanted, self.reads_row = None, 0, False
        self.sorter.forget_step()
        self.sorter.cleanup_resources()
        self.task_memory_manager.clean_up_all_allocated_memory()
        self.pool.others = 0
        self.sorter.reading_iterator = None
        self.ended = True
