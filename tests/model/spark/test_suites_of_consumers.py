"""Scenarios of Spark's suites that the project had not run yet, with what the suites assert.

ExecutionMemoryPoolSuite (of 2026), StaticMemoryManagerSuite (of 1.6 and 2.x), TestMemoryManagerSuite and
TaskMemoryManagerSuite, UnifiedMemoryManagerSuite (since 4.1), PlatformUtilSuite, the suites of the map of raw records,
of the sorter of raw records and of the shuffle's writer, SpillableSuite and ExternalSorterSuite. Each is asked of
every release that has what it is about; sizes are the suites', or as small as they may be, where only their order
matters.
"""

from __future__ import annotations

from dataclasses import field

import pytest

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.fixes import PAGES, POOLS, fixes_of
from spillproof.model.spark.fixes.pools import SPARK_59444
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, Page, PageNumber
from spillproof.model.spark.memory.memory_block import LongArray
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.shared_execution_memory_pool import (
    NoSuchElementException,
    SharedExecutionMemoryPool,
    TaskAttempt,
    Waiting,
)
from spillproof.model.spark.memory.storage_memory_pool import Eviction, StorageMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.modes import MemoryMode, ModalTaskMemoryManager
from spillproof.model.spark.scenario.modes import release as give_back
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.shuffle_external_sorter import ShuffleExternalSorter
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from tests.model.spark.test_further_suites import CURRENT

EVERY = ("1.6.3", "2.0.2", *CURRENT)
WITH_STATIC = ("1.6.3", "2.0.2", "2.1.3", "2.2.3", "2.3.4", "2.4.0", "2.4.8")
"""Those that have a StaticMemoryManager: it went with 3.0.0."""

every = pytest.mark.parametrize("release", EVERY)
since_2 = pytest.mark.parametrize("release", EVERY[1:])
current = pytest.mark.parametrize("release", CURRENT)
static = pytest.mark.parametrize("release", WITH_STATIC)


# ExecutionMemoryPoolSuite


class Shared:
    """A pool of 1000 bytes for the tasks of one executor, which nothing can be borrowed for."""

    def __init__(self, fixes: frozenset[str], size: int = 1000) -> None:
        self.pool = SharedExecutionMemoryPool(size, fixes, Bag(), Bag())
        self.tasks = [TaskAttempt() for _ in range(3)]

    def acquire(self, size: int, task: int) -> Bytes | None:
        """What a task is granted, or None where it waits."""
        return self.pool.acquire(size, self.tasks[task - 1], lambda _: None, self.pool.pool_size)

    def release(self, size: int, task: int) -> None:
        """A task gives so much back."""
        self.pool.release(size, self.tasks[task - 1])

    def waiting(self, task: int) -> Waiting:
        """The request of a task that waits."""
        [found] = [each for each in self.pool.wait_set if each.task is self.tasks[task - 1]]
        return found

    def wake(self, task: int) -> Bytes | None:
        """What a task that was notified is granted, or None where it waits again."""
        waiting = self.waiting(task)
        assert waiting.notified
        return self.pool.try_again(waiting, lambda _: None, self.pool.pool_size)

    def used(self, task: int) -> Bytes:
        """What a task has."""
        entry = self.pool.entry_of(self.tasks[task - 1])
        return 0 if entry is None else entry.used


def shared(release: str, *further: str) -> Shared:
    """A pool of a release."""
    return Shared(fixes_of(release, POOLS) | frozenset(further))


@every
def test_what_a_waiting_task_keeps(release: str) -> None:
    """A task that gives back a part while it waits is granted beside the rest (preserve … after a partial release)."""
    memory = shared(release)
    assert [memory.acquire(900, 2), memory.acquire(100, 1), memory.acquire(300, 1)] == [900, 100, None]
    memory.release(40, 1)
    assert memory.wake(1) is None
    memory.release(300, 2)

    assert (memory.wake(1), memory.used(1), memory.pool.memory_used()) == (300, 360, 960)


@every
def test_a_wait_that_is_interrupted(release: str) -> None:
    """It leaves the task what it has, and nobody waits (interrupting an acquisition preserves …)."""
    memory = shared(release)
    assert [memory.acquire(900, 2), memory.acquire(100, 1), memory.acquire(300, 1)] == [900, 100, None]
    memory.pool.wait_set.discard(memory.waiting(1))

    assert (memory.used(1), memory.pool.memory_used()) == (100, 1000)
    assert memory.pool.release_all(memory.tasks[0]) == 100
    assert memory.acquire(100, 2) == 100
    assert (memory.pool.release_all(memory.tasks[1]), memory.pool.memory_used()) == (1000, 0)


@every
@pytest.mark.parametrize("repaired", [False, True])
def test_a_waiting_task_registers_again(release: str, repaired: bool) -> None:  # noqa: FBT001 - a parameter
    """Its last byte given back by another consumer, its request goes on as the suite has it, with SPARK-59444.

    In no release: the request fails when it wakes, for want of an entry.
    """
    memory = shared(release, *([SPARK_59444] if repaired else []))
    assert [memory.acquire(900, 2), memory.acquire(100, 1), memory.acquire(300, 1)] == [900, 100, None]
    memory.release(100, 1)
    if not repaired:
        with pytest.raises(NoSuchElementException):
            memory.wake(1)
        return
    memory.release(300, 2)

    assert (memory.wake(1), memory.used(1), memory.used(2), memory.pool.memory_used()) == (300, 300, 600, 900)
    memory.release(300, 1)
    assert (memory.acquire(100, 2), memory.used(2)) == (100, 700)
    memory.release(700, 2)
    assert memory.pool.memory_used() == 0


@every
def test_registering_again_wakes_others(release: str) -> None:
    """What another task waits for is less with one more, and it is told so (… wakes peers …), with SPARK-59444."""
    memory = shared(release, SPARK_59444)
    assert [memory.acquire(800, 3), memory.acquire(100, 2), memory.acquire(100, 1)] == [800, 100, 100]
    assert memory.acquire(300, 1) is None
    memory.release(100, 1)
    assert memory.acquire(300, 2) is None
    assert not memory.waiting(2).notified
    assert memory.wake(1) is None

    assert memory.wake(2) == 100
    memory.pool.wait_set.discard(memory.waiting(1))
    assert [memory.pool.release_all(task) for task in memory.tasks] == [0, 200, 800]
    assert memory.pool.memory_used() == 0


# TestMemoryManagerSuite, of which the released pool is asked the same


@every
def test_what_each_task_has_is_known(release: str) -> None:
    """Two tasks have what they acquired, less what they gave back (tracks allocated execution memory by task)."""
    memory = shared(release)
    seen = [(memory.used(1), memory.used(2))]
    for size, task in ((10, 1), (5, 2), (5, 1)):
        memory.acquire(size, task)
    seen.append((memory.used(1), memory.used(2)))
    memory.release(10, 1)
    seen.append((memory.used(1), memory.used(2)))
    for attempt in memory.tasks:
        memory.pool.release_all(attempt)

    assert [*seen, (memory.used(1), memory.used(2))] == [(0, 0), (15, 5), (5, 5), (0, 0)]


# StaticMemoryManagerSuite: two pools that never borrow of each other


class FakeStore(Eviction):
    """The suite's: evicts exactly what it is asked for, and remembers it."""

    pool: StorageMemoryPool
    asked: list[int]

    def evict_blocks_to_free_space(self, for_rdd: object, space: Bytes, free: Bytes) -> Bytes:
        self.asked.append(int(space))
        self.pool.release(space)
        return space


class Static:
    """A region for storage, of which execution has nothing, and a pool for execution, of which storage has nothing."""

    def __init__(self, release: str, storage: int) -> None:
        fixes = fixes_of(release, POOLS)
        pool = StorageMemoryPool(storage, fixes)
        self.store = FakeStore(pool, [])
        nothing = SharedExecutionMemoryPool(0, fixes, Bag(), Bag())
        self.manager = UnifiedMemoryManager(fixes, nothing, pool, storage, storage)

    def cache(self, size: int) -> tuple[bool, list[int], Bytes]:
        """Whether there is room for so much, what was evicted for it, and what storage uses then."""
        self.store.asked.clear()
        there = self.manager.acquire_storage(size, None, self.store)
        return there, list(self.store.asked), self.manager.storage.used

    def release(self, size: int) -> Bytes:
        """What storage uses when so much was given back."""
        self.manager.release_storage(size)
        return self.manager.storage.used


@static
def test_execution_that_never_borrows(release: str) -> None:
    """It is granted up to its own pool (basic execution memory)."""
    memory = shared(release)
    assert [memory.acquire(size, 1) for size in (10, 100, 1000, 1)] == [10, 100, 890, 0]
    memory.release(800, 1)
    assert (memory.pool.memory_used(), memory.acquire(1, 1), memory.pool.memory_used()) == (200, 1, 201)
    memory.release(1000, 1)
    assert (memory.pool.memory_used(), memory.pool.pool_size()) == (0, 1000)


@static
def test_storage_that_never_borrows(release: str) -> None:
    """It has its own region, and evicts in it what it lacks (basic storage memory)."""
    memory = Static(release, 1000)
    assert [memory.cache(size) for size in (10, 100, 1001)] == [(True, [], 10), (True, [], 110), (False, [], 110)]
    assert [memory.cache(size) for size in (1000, 1)] == [(True, [110], 1000), (True, [1], 1000)]
    assert [memory.release(800), memory.cache(1), memory.release(1000)] == [200, (True, [], 201), 0]
    assert [memory.cache(1), memory.release(100)] == [(True, [], 1), 0]


@static
def test_neither_takes_from_the_other(release: str) -> None:
    """What one acquires or releases leaves the other as it is (execution and storage isolation)."""
    execution, storage = Shared(fixes_of(release, POOLS), 200), Static(release, 1000)
    assert [execution.acquire(100, 1), execution.acquire(1000, 1)] == [100, 100]
    assert (storage.cache(50), execution.pool.memory_used()) == ((True, [], 50), 200)
    execution.release(133, 1)
    assert (storage.manager.storage.used, execution.pool.memory_used()) == (50, 67)
    assert (storage.release(50), execution.pool.memory_used()) == (0, 67)


class StaticUnrolling(StorageMemoryPool):
    """Unrolling, which may evict until it has so much of the region, and no more.

    Source: `StaticMemoryManager.acquireUnrollMemory` of 1.6 and 2.x.
    """

    most: Bytes = 0
    """`spark.storage.unrollFraction` of the region."""

    def unroll(self, size: Bytes, unrolled: Bytes, store: FakeStore) -> bool:
        """Acquire memory to unroll into, where so much is unrolled; return whether there was room."""
        evicted = min(self.most - unrolled - self.free, size - self.free)
        if evicted > 0:
            store.evict_blocks_to_free_space(None, evicted, 0)
        return size <= self.free and self.acquire(size, None, store, 0)


@static
def test_unrolling_evicts_up_to_its_fraction(release: str) -> None:
    """Of 400 bytes that it may have, it evicts what it has not (unroll memory)."""
    pool = StaticUnrolling(1000, fixes_of(release, POOLS), most=400)
    store = FakeStore(pool, [])
    assert pool.unroll(100, 0, store)
    pool.release(40)
    assert (pool.used, pool.acquire(800, None, store, 0), pool.used, store.asked) == (60, True, 860, [])
    assert (pool.unroll(240, 60, store), store.asked, pool.used) == (True, [100], 1000)
    assert (pool.unroll(150, 300, store), store.asked, pool.used) == (False, [100, 100], 900)
    pool.release(1000)
    assert pool.used == 0


# UnifiedMemoryManagerSuite, since 4.1.0: memory that others report is counted as if it were not there


class WithUnmanaged(UnifiedMemoryManager):
    """Source: the classes of 4.1.4 and 4.3.0. How often others are asked is not looked at."""

    unmanaged: Bytes = 0
    """What others have last reported to use."""

    def max_execution_pool_size(self) -> Bytes:
        return max(0, super().max_execution_pool_size() - self.unmanaged)

    def acquire_storage(self, size: Bytes, for_rdd: object, store: Eviction) -> bool:
        if size > self.max_memory - self.execution.memory_used() - self.unmanaged:
            return False
        return super().acquire_storage(size, for_rdd, store)


UNMANAGED = pytest.mark.parametrize("release", ["4.1.4", "4.2.0", "4.2.1", "4.3.0"])


def with_unmanaged(release: str, size: int) -> tuple[WithUnmanaged, FakeStore, TaskAttempt]:
    """A manager of so many bytes, half of them storage's, its store, and a task."""
    fixes = fixes_of(release, POOLS)
    pool = StorageMemoryPool(size // 2, fixes)
    execution = SharedExecutionMemoryPool(size - size // 2, fixes, Bag(), Bag())
    return WithUnmanaged(fixes, execution, pool, size, size // 2), FakeStore(pool, []), TaskAttempt()


@UNMANAGED
def test_memory_that_others_report(release: str) -> None:
    """Of 1000 bytes there are 800 for execution where 200 are reported (… with memory mode separation)."""
    manager, store, task = with_unmanaged(release, 1000)
    assert manager.acquire_execution(1000, task, store) == 1000
    manager.execution.release(1000, task)
    manager.unmanaged = 200
    assert manager.acquire_execution(900, task, store) == 800
    manager.execution.release(800, task)
    manager.unmanaged = 300

    assert [manager.acquire_storage(size, None, store) for size in (800, 600)] == [False, True]


@UNMANAGED
def test_memory_that_others_report_off_the_heap(release: str) -> None:
    """It is missing there, and not on the heap (… with off-heap memory enabled)."""
    manager, store, task = with_unmanaged(release, 1500)
    on_heap, _, _ = with_unmanaged(release, 1000)
    manager.unmanaged = 300
    assert manager.acquire_execution(1400, task, store) == 1200
    manager.execution.release(1200, task)
    manager.unmanaged = 500
    assert [manager.acquire_storage(size, None, store) for size in (1100, 900)] == [False, True]
    manager.release_storage(900)
    assert on_heap.acquire_execution(600, task, store) == 600
    on_heap.execution.release(600, task)
    manager.unmanaged = 200

    assert (on_heap.acquire_execution(400, task, store), manager.acquire_execution(1000, task, store)) == (400, 1000)


@UNMANAGED
def test_memory_that_nobody_asks_for(release: str) -> None:
    """Where others are not asked, all is there (polling disabled when interval is zero)."""
    manager, store, task = with_unmanaged(release, 1000)

    assert manager.acquire_execution(1000, task, store) == 1000


# PlatformUtilSuite


MB = 1 << 20


class PoolingAllocator(MemoryAllocator):
    """Hands out arrays of 1 MB or more that were freed again, the last one first, as Java's heap does while it can.

    No scenario has it: the references are weak, and make nothing reachable.
    """

    pooled: list[LongArray] = field(default_factory=list)

    def allocate(self, size: Bytes) -> Page:
        page = super().allocate(size)
        alike = [each for each in self.pooled if words(each.size) == words(size)]
        if alike:
            page.base_object = alike[-1]
            self.pooled = [each for each in self.pooled if each is not alike[-1]]
        return page

    def free(self, page: Page) -> None:
        array = page.base_object
        super().free(page)
        if array is not None and array.size >= MB:
            self.pooled.append(array)


def words(size: Bytes) -> Bytes:
    """How many words of 8 bytes an array of so many bytes has."""
    return (size + 7) // 8


def test_large_arrays_are_handed_out_again() -> None:
    """A freed array of 1 MB or more is the next one of its size in words; a smaller one is not (heapMemoryReuse).

    onHeapMemoryAllocatorPoolingReUsesLongArrays, freeingOnHeapMemoryBlockResetsBaseObjectAndOffset.
    """
    allocator = PoolingAllocator(8 * MB)
    same = []
    for first, second in ((513, 514), (MB, MB), (MB + 1, MB + 7)):
        page = allocator.allocate(first)
        array = page.base_object
        allocator.free(page)
        assert (page.base_object, page.number) == (None, PageNumber.FREED)
        again = allocator.allocate(second)
        assert again.size == second
        same.append(again.base_object is array)

    assert same == [False, True, True]


# TaskMemoryManagerSuite


class Modal(MemoryConsumer):
    """Says of which mode it is, and frees everything for whoever asks."""

    mode: MemoryMode = field(kw_only=True)

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = self.used
        give_back(self, freed)
        return freed


@since_2
def test_modes_that_share_a_limit(release: str) -> None:
    """Off the heap 80 are asked for where 80 of 100 are used on it: 20 are granted; for 10 more it spills itself.

    shouldNotForceSpillingInDifferentModes, whose manager has one limit for both modes.
    """
    pool = ExecutionMemoryPool(100)
    manager = ModalTaskMemoryManager(pool, fixes_of(release), Bag(), pool)
    on_heap = Modal(manager, mode=MemoryMode.ON_HEAP)
    off_heap = Modal(manager, mode=MemoryMode.OFF_HEAP)
    seen = []
    for consumer, size in ((on_heap, 80), (off_heap, 80), (off_heap, 10)):
        consumer.acquire_memory(size)
        seen.append((on_heap.used, off_heap.used))

    assert seen == [(80, 0), (80, 20), (80, 10)]


# AbstractBytesToBytesMapSuite


PAGE, ARRAY = 1024, 64


def manager_of(release: str, size: int = 1 << 20) -> TaskMemoryManager:
    """The memory manager of a task that has so many bytes."""
    return TaskMemoryManager(ExecutionMemoryPool(size), fixes_of(release, PAGES), Bag())


def raw_map(release: str, *pages: int) -> BytesToBytesMap:
    """A map with pages of so many bytes."""
    found = BytesToBytesMap(manager_of(release))
    found.open(ARRAY)
    for size in pages:
        assert found.append(size, page_is_full=True, array_is_full=False)
    return found


def left(consumer: MemoryConsumer) -> Bytes:
    """What the task's detector finds that was not given back."""
    manager = consumer.task_memory_manager
    assert isinstance(manager, TaskMemoryManager)
    return manager.clean_up_all_allocated_memory()


@current
def test_the_latest_page_is_freed_by_the_map(release: str) -> None:
    """Read destructively, all pages go but the last, which freeing the map gives back (destructiveIteratorTest)."""
    filled = raw_map(release, PAGE, PAGE, PAGE)
    iterator = filled.iterator(destructive=True)
    pages = []
    while iterator.has_another_page():
        iterator.advance_to_next_page()
        pages.append(len(filled.data_pages))

    assert pages == [3, 2, 1]
    filled.free_everything()
    assert (filled.used, left(filled)) == (0, 0)


@current
def test_who_only_reads_frees_nothing(release: str) -> None:
    """Read without freeing, a map keeps its two pages (iteratorTest, iteratingOverDataPagesWithWastedSpace)."""
    filled = raw_map(release, PAGE, PAGE)
    used = filled.used
    iterator = filled.iterator(destructive=False)
    visited = 0
    while iterator.has_another_page():
        iterator.advance_to_next_page()
        visited += 1

    assert (visited, len(filled.data_pages), filled.used) == (2, 2, used)
    filled.free_everything()
    assert left(filled) == 0


@current
def test_records_larger_than_a_page(release: str) -> None:
    """Each has a page of its own size, and nothing stays of any (randomizedTestWithRecordsLargerThanPageSize)."""
    filled = raw_map(release, 128, 2000, 128, 1500)

    assert [page.size for page in filled.data_pages] == [128, 2000, 128, 1500]
    assert filled.used == ARRAY + 128 + 2000 + 128 + 1500
    filled.free_everything()
    assert left(filled) == 0


# UnsafeExternalSorterSuite


def raw_sorter(release: str) -> UnsafeExternalSorter:
    """A sorter without records."""
    found = UnsafeExternalSorter(manager_of(release))
    found.open(ARRAY)
    return found


def in_memory(sorter: UnsafeExternalSorter | ShuffleExternalSorter) -> int:
    """How many records are not in files."""
    assert sorter.in_mem_sorter is not None
    return int(sorter.in_mem_sorter.records)


@current
@pytest.mark.parametrize(
    "batches",
    [
        pytest.param((3, 1, 1), id="testSortingOnlyByPrefix"),
        pytest.param((2, 1, 2), id="testSortingEmptyArrays"),
        pytest.param((100, 100, 100), id="testGetIterator"),
        pytest.param((30, 30, 30, 30, 0), id="forcedSpillingWithoutComparator"),
    ],
)
def test_batches_that_are_spilled(release: str, batches: tuple[int, ...]) -> None:
    """All records are there, the last batch in memory and all others in files; spilled, a sorter has no page."""
    sorter = raw_sorter(release)
    for number, batch in enumerate(batches):
        if number:
            sorter.spill(0, sorter)
            assert len(sorter.allocated_pages) == 0
        for _ in range(batch):
            sorter.insert(PAGE, page_is_full=False, array_is_full=False)

    assert (sorter.spilled, in_memory(sorter)) == (sum(batches[:-1]), batches[-1])
    sorter.cleanup_resources()
    assert (sorter.used, left(sorter)) == (0, 0)


@current
def test_records_that_exceed_the_page_size(release: str) -> None:
    """A large one, a small one, and then both: each has a page that fits it (sortingRecordsThatExceedPageSize)."""
    sorter = raw_sorter(release)
    pages = []
    for batch in ((4 * PAGE,), (PAGE,), (PAGE, 4 * PAGE)):
        sorter.spill(0, sorter)
        for size in batch:
            sorter.insert(size, page_is_full=True, array_is_full=False)
        pages.append(sorted(page.size for page in sorter.allocated_pages))

    assert pages == [[4 * PAGE], [PAGE], [PAGE, 4 * PAGE]]
    assert (sorter.spilled, in_memory(sorter)) == (2, 2)
    sorter.cleanup_resources()
    assert (sorter.used, left(sorter)) == (0, 0)


@current
def test_peak_of_a_raw_sorter(release: str) -> None:
    """Each page adds its size; a spill and a page after it stay below what was reached (testPeakMemoryUsed)."""
    sorter = raw_sorter(release)
    used = []
    for place in range(10):
        sorter.insert(PAGE, page_is_full=place > 0, array_is_full=False)
        sorter.insert(PAGE, page_is_full=False, array_is_full=False)
        used.append(sorter.used)
    sorter.spill(0, sorter)
    spilled = sorter.used
    sorter.insert(PAGE, page_is_full=False, array_is_full=False)

    assert used == [ARRAY + (place + 1) * PAGE for place in range(10)]
    assert spilled <= sorter.used <= used[-1]
    sorter.cleanup_resources()
    assert left(sorter) == 0


# UnsafeShuffleWriterSuite


def shuffle_sorter(release: str, size: int = 1 << 20) -> ShuffleExternalSorter:
    """A shuffle's sorter without records."""
    found = ShuffleExternalSorter(manager_of(release, size))
    found.open(ARRAY)
    return found


def write(sorter: ShuffleExternalSorter, records: int, *, page: int = PAGE, page_is_full: bool = False) -> None:
    """Put in records, for which the array has room."""
    for _ in range(records):
        sorter.insert(page, page_is_full=page_is_full, array_is_full=False, array_is_largest=False)


@current
@pytest.mark.parametrize("succeeds", [pytest.param(True, id="empty iterator"), pytest.param(False, id="no write")])
def test_a_writer_without_records(release: str, succeeds: bool) -> None:  # noqa: FBT001 - a parameter
    """It spills nothing and leaves nothing (writeEmptyIterator, doNotNeedToCallWriteBeforeUnsuccessfulStop)."""
    sorter = shuffle_sorter(release)
    sorter.close() if succeeds else sorter.cleanup_resources()

    assert (sorter.spilled, sorter.files, sorter.used, left(sorter)) == (0, 0, 0, 0)


@current
def test_files_go_when_a_writer_stops_after_an_error(release: str) -> None:
    """Two records are spilled, a third is in memory; then there is no file (spillFilesAreDeletedWhenStopping…)."""
    sorter = shuffle_sorter(release)
    write(sorter, 2)
    sorter.spill(0, sorter)
    write(sorter, 1)
    before = (sorter.spilled, sorter.files, in_memory(sorter))
    sorter.cleanup_resources()

    assert (before, sorter.files, sorter.used, left(sorter)) == ((2, 1, 1), 0, 0, 0)


@current
def test_spills_that_are_merged(release: str) -> None:
    """Four records spilled, two written at the end, and no file but the merged one (mergeSpillsWith…)."""
    sorter = shuffle_sorter(release)
    write(sorter, 4)
    sorter.spill(0, sorter)
    write(sorter, 2)
    before = (sorter.spilled, sorter.files, in_memory(sorter))
    sorter.close()

    assert (before, sorter.files, sorter.used, left(sorter)) == ((4, 1, 2), 0, 0, 0)


@current
def test_writing_without_a_spill(release: str) -> None:
    """As long as there is memory nothing is spilled (writeWithoutSpilling)."""
    sorter = shuffle_sorter(release)
    write(sorter, 4)
    before = (sorter.spilled, sorter.files, in_memory(sorter))
    sorter.close()

    assert (before, sorter.files, left(sorter)) == ((0, 0, 4), 0, 0)


@current
def test_enough_data_for_a_spill(release: str) -> None:
    """The page that one task may have is full with ten of eleven records (writeEnoughDataToTriggerSpill)."""
    sorter = shuffle_sorter(release, ARRAY + PAGE)
    write(sorter, 10)
    write(sorter, 1, page_is_full=True)
    before = (sorter.spilled, sorter.files, in_memory(sorter))
    sorter.close()

    assert (before, sorter.files, left(sorter)) == ((10, 1, 1), 0, 0)


@current
def test_a_record_beyond_the_largest(release: str) -> None:
    """It has a page of its own size, beside that of the others (writeRecordsThatAreBiggerThanMaxRecordSize)."""
    sorter = shuffle_sorter(release)
    write(sorter, 1)
    write(sorter, 1, page_is_full=True)
    write(sorter, 1, page=2 * PAGE, page_is_full=True)

    assert sorted(page.size for page in sorter.allocated_pages) == [PAGE, PAGE, 2 * PAGE]
    sorter.close()
    assert left(sorter) == 0


# SpillableSuite


BATCH = 10_000
"""Records that are written at a time (spark.shuffle.spill.batchSize)."""


@current
@pytest.mark.parametrize("records", [BATCH, BATCH + 1, 0])
def test_as_many_are_written_as_there_are(release: str, records: int) -> None:
    """A batch, a record more, and none (spill method in ExternalSorter, and in ExternalAppendOnlyMap)."""
    manager = TaskMemoryManager(ExecutionMemoryPool(0), fixes_of(release), Bag())
    sorter, into = ExternalSorter(manager), ExternalAppendOnlyMap(manager, current_map=AppendOnlyMap())
    sorter.renew()
    for collection in (sorter.collection, into.current_map):
        assert collection is not None
        for _ in range(records):
            collection.insert(1)
    sorter.spill_collection()
    into.spill_collection()

    assert sorter.spills is not None
    assert into.spilled_maps is not None
    assert (sorter.spills.records, into.spilled_maps.records) == (records, records)


# ExternalSorterSuite


def sorting(release: str, records: int, capacity: int, *, aggregator: bool) -> tuple[SortingTask, ExternalSorter]:
    """A task whose sorter has got so many records of a byte."""
    task = SortingTask(sorters=1, fixes=fixes_of(release), aggregator=aggregator, downstream=Downstream.ANY).start(
        capacity=capacity
    )
    (sorter,) = task.downstream.building
    for _ in range(records):
        task.insert(sorter, 1)
    return task, sorter


def read(task: SortingTask, sorter: ExternalSorter) -> int:
    """How many records come when all is read."""
    task.iterator(sorter)
    (iterator,) = task.downstream.iterators
    owed = sorter.owed
    while not iterator.completed:
        task.pull(iterator)
    return int(owed - sorter.owed)


aggregating = pytest.mark.parametrize("aggregator", [False, True])


@since_2
@aggregating
def test_files_go_when_a_sorter_stops(release: str, aggregator: bool) -> None:  # noqa: FBT001 - a parameter
    """Stopped with records in files and in memory, it has neither (cleanup of intermediate files in sorter).

    So it is if the records' source has failed, which a sorter does not see: it is stopped (… if there are failures).
    """
    task, sorter = sorting(release, 10, 4, aggregator=aggregator)
    spilled = sorter.spills is not None
    sorter.stop()

    assert (spilled, sorter.spills, sorter.collection, sorter.used, task.accounted()) == (True, None, None, 0, 0)


@since_2
@aggregating
def test_files_go_when_a_sorter_was_read(release: str, aggregator: bool) -> None:  # noqa: FBT001 - a parameter
    """Read to the end and stopped, it has neither file nor memory (cleanup of intermediate files in sorter)."""
    task, sorter = sorting(release, 10, 4, aggregator=aggregator)
    assert read(task, sorter) == 10
    sorter.stop()

    assert (sorter.spills, sorter.collection, sorter.used, task.accounted()) == (None, None, 0, 0)


@since_2
@aggregating
def test_sorting_without_a_spill(release: str, aggregator: bool) -> None:  # noqa: FBT001 - a parameter
    """A hundred records that fit come back, and no file was written (no spill; without spilling)."""
    task, sorter = sorting(release, 100, 100, aggregator=aggregator)
    assert sorter.spills is None

    assert (read(task, sorter), sorter.used, task.accounted()) == (100, 0, 0)


@since_2
@aggregating
def test_no_records(release: str, aggregator: bool) -> None:  # noqa: FBT001 - a parameter
    """A sorter without records delivers none, and has spilled none (empty data stream)."""
    task, sorter = sorting(release, 0, 100, aggregator=aggregator)
    iterator = sorter.iterator()

    assert (iterator.has_next(), sorter.spills, sorter.used, task.accounted()) == (False, None, 0, 0)
