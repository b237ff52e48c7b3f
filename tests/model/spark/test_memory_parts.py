"""Pools, blocks, the allocator and locks, each by itself and at its boundaries, with values as Spark has them."""

import pytest

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.fixes.pools import SPARK_12165, SPARK_12189, SPARK_15260
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.lock import Lock, Locks, TaskThread
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, OutOfMemoryError, Page, PageNumber
from spillproof.model.spark.memory.memory_block import LongArray, block_of
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.shared_execution_memory_pool import (
    MemoryForTask,
    SharedExecutionMemoryPool,
    TaskAttempt,
    Waiting,
)
from spillproof.model.spark.memory.storage_memory_pool import Eviction, StorageMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.shuffle_external_sorter import ShuffleExternalSorter
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from spillproof.model.spark.unsafe.unsafe_kv_external_sorter import UnsafeKVExternalSorter

ALL = frozenset({SPARK_12165, SPARK_12189, SPARK_15260})


@pytest.mark.parametrize(("required", "granted", "used"), [(0, 0, 4), (5, 5, 9), (6, 6, 10), (7, 6, 10), (99, 6, 10)])
def test_one_task_gets_what_is_free(required: int, granted: int, used: int) -> None:
    """Of 10 bytes 4 are used: up to 6 are granted in full, of more the 6 that are free."""
    pool = ExecutionMemoryPool(10, 4)

    assert (pool.acquire(required), pool.used) == (granted, used)
    pool.release(3)
    assert pool.used == used - 3
    assert (pool.release_all(), pool.used) == (used - 3, 0)


class Store(Eviction):
    """Evicts as many bytes as it was made with, and remembers what it was asked."""

    frees: Bytes
    asked: list[tuple[object, Bytes, Bytes]]
    pool: StorageMemoryPool | None = None

    def evict_blocks_to_free_space(self, for_rdd: object, space: Bytes, free: Bytes) -> Bytes:
        self.asked.append((for_rdd, space, free))
        if self.pool is not None:
            self.pool.release(self.frees)
        return self.frees


def storage(free: int, used: int, frees: int = 0, fixes: frozenset[str] = ALL) -> tuple[StorageMemoryPool, Store]:
    """A pool, and a store whose evictions release to it."""
    pool = StorageMemoryPool(free=free, fixes=fixes, used=used)
    return pool, Store(frees=frees, asked=[], pool=pool)


def test_storage_gets_all_or_nothing() -> None:
    """What just fits is acquired without an eviction; a byte more evicts one, and is refused if that is in vain."""
    pool, store = storage(5, 3)
    assert (pool.acquire(5, "rdd", store, 99), pool.used, pool.free, store.asked) == (True, 8, 0, [])
    pool, store = storage(5, 3)
    assert (pool.acquire(6, "rdd", store, 99), pool.used, pool.free) == (False, 3, 5)
    assert store.asked == [("rdd", 1, 0)]
    pool, store = storage(5, 3, frees=2)
    assert (pool.acquire(6, "rdd", store, 99), pool.used, pool.free) == (True, 7, 1)


def test_before_spark_12165_all_was_evicted_at_once() -> None:
    """The store was asked for the whole size, and told what all had free; also when the pool had room."""
    pool, store = storage(5, 3, fixes=ALL - {SPARK_12165})

    assert pool.acquire(4, "rdd", store, 99)
    assert store.asked == [("rdd", 4, 99)]


@pytest.mark.parametrize(("size", "used", "free"), [(0, 3, 5), (2, 1, 7), (3, 0, 8), (4, 0, 8)])
def test_no_more_is_released_than_is_in_use(size: int, used: int, free: int) -> None:
    """More than is in use is as much as is in use, and the pool keeps its size."""
    pool, _ = storage(5, 3)
    pool.release(size)

    assert (pool.used, pool.free, pool.pool_size()) == (used, free, 8)


@pytest.mark.parametrize(("space", "shrinks", "asked"), [(4, 4, []), (5, 5, []), (6, 7, [(None, 1, 0)])])
def test_by_how_much_storage_can_shrink(space: int, shrinks: int, asked: list[object]) -> None:
    """By what is free without an eviction; for a byte more, blocks are evicted, here one of 2 bytes."""
    pool, store = storage(5, 3, frees=2)

    assert pool.free_space_to_shrink_pool(space, store, 99) == shrinks
    assert store.asked == asked
    assert pool.pool_size() == 8  # the caller resizes it


def test_shrinking_before_the_fixes() -> None:
    """Before SPARK-15260 the pool resized itself; before SPARK-12189 an evicted block was subtracted twice.

    Before SPARK-12165 the store was told what all had free.
    """
    pool, store = storage(5, 3, frees=2, fixes=ALL - {SPARK_15260})
    assert (pool.free_space_to_shrink_pool(6, store, 99), pool.used, pool.free) == (7, 1, 0)
    pool, store = storage(5, 3, frees=2, fixes=ALL - {SPARK_15260})
    assert (pool.free_space_to_shrink_pool(4, store, 99), pool.used, pool.free) == (4, 3, 1)
    pool, store = storage(5, 3, frees=1, fixes=ALL - {SPARK_12189})
    assert (pool.free_space_to_shrink_pool(6, store, 99), pool.used, pool.free) == (6, 1, 7)
    pool, store = storage(5, 3, frees=2, fixes=ALL - {SPARK_12165})
    assert pool.free_space_to_shrink_pool(6, store, 99) == 7
    assert store.asked == [(None, 1, 99)]


def shared(free: int, *used: int) -> tuple[SharedExecutionMemoryPool, list[TaskAttempt]]:
    """A pool with tasks that use so many bytes each, of a release of today."""
    tasks = [TaskAttempt() for _ in used]
    entries = Bag([MemoryForTask(task, size) for task, size in zip(tasks, used, strict=True)])
    fixes = frozenset({"SPARK-4715", "SPARK-12155", "SPARK-12253", "SPARK-59444"})
    return SharedExecutionMemoryPool(free=free, fixes=fixes, memory_for_task=entries, wait_set=Bag()), tasks


@pytest.mark.parametrize(
    ("free", "used", "size", "granted"),
    [
        (10, (0,), 10, 10),
        (10, (0,), 11, 10),  # all there is, which is more than half of a half
        (10, (5, 5), 5, 5),  # up to a half of 20
        (10, (5, 5), 6, 5),
        (2, (3, 15), 9, 2),  # 3 + 2 is the quarter of 20 that it may wait for
        (1, (3, 16), 9, None),  # 3 + 1 is less: it waits
        (1, (3, 16), 1, 1),  # all it asked for is no reason to wait
    ],
)
def test_a_share(free: int, used: tuple[int, ...], size: int, granted: int | None) -> None:
    """Of N active tasks each may have 1/N, and waits while it has less than 1/2N and gets less than it asks for."""
    pool, tasks = shared(free, *used)

    assert pool.one_turn(size, tasks[0], pool.pool_size) == granted
    assert pool.free == free - (granted or 0)
    assert [(each.task, each.size, each.notified) for each in pool.wait_set] == (
        [] if granted is not None else [(tasks[0], size, False)]
    )


def test_what_a_task_gives_back() -> None:
    """More than it has is as much as it has; with its last byte it is active no longer; whoever waits is woken."""
    pool, (one, other) = shared(2, 3, 5)
    pool.wait_set.add(Waiting(other, 9))
    pool.release(2, one)
    assert (pool.free, pool.memory_used(), [each.notified for each in pool.wait_set]) == (4, 6, [True])
    assert pool.entry_of(one) is not None
    pool.release(9, one)
    assert (pool.free, pool.memory_used(), pool.entry_of(one)) == (5, 5, None)
    pool.release(9, one)
    assert (pool.free, pool.pool_size()) == (5, 10)
    assert (pool.release_all(other), pool.release_all(other), pool.free, pool.entry_of(other)) == (5, 0, 10, None)


def test_an_allocator_has_so_many_bytes() -> None:
    """The last byte can be allocated, one more cannot; what is freed can be allocated again."""
    allocator = MemoryAllocator(10)
    with pytest.raises(OutOfMemoryError):
        allocator.allocate(11)
    page = allocator.allocate(10)
    assert (allocator.free_bytes, page.size, page.is_freed, page.number) == (0, 10, False, PageNumber.NONE)
    allocator.free(page)
    assert (allocator.free_bytes, page.is_freed, page.number) == (10, True, PageNumber.FREED)
    with pytest.raises(AssertionError, match="already been freed"):
        allocator.free(page)


def test_the_allocator_wants_the_managers_pages_freed_by_the_manager() -> None:
    """A page with a number of the table is refused; one that the manager has freed is not."""
    allocator = MemoryAllocator(0)
    with pytest.raises(AssertionError, match="freePage"):
        allocator.free(Page(3, LongArray(3), PageNumber.IN_TABLE))
    allocator.free(Page(3, LongArray(3), PageNumber.FREED_IN_MANAGER))
    assert allocator.free_bytes == 3


@pytest.mark.parametrize(("off_heap", "outside"), [(True, [4, 6]), (False, [])])
def test_what_is_off_the_heap_stays_until_it_is_freed(*, off_heap: bool, outside: list[int]) -> None:
    """Outside of the heap nothing is collected: the arrays are known until they are freed."""
    allocator = MemoryAllocator(10, off_heap=off_heap)
    pages = [allocator.allocate(size) for size in (4, 6)]
    assert sorted(each.size for each in allocator.outside) == outside
    allocator.free(pages[0])
    assert [each.size for each in allocator.outside] == outside[1:]


def test_a_block_has_its_bytes() -> None:
    """The array is as large as the block, and is what counts."""
    block = block_of(7)

    assert block.base_object is not None
    assert (block.size, block.shallow_size(), block.base_object.shallow_size(), block.is_freed) == (7, 0, 7, False)


def test_a_lock_is_given_back_as_often_as_it_was_taken() -> None:
    """Taken twice, it is closed to others until it was given back twice."""
    manager, iterator, sorter = Lock(), Lock(), Lock()
    locks = Locks(manager, iterator, sorter)
    program = ("lock manager", "lock iterator", "unlock iterator", "unlock manager")
    one, other = TaskThread(program, locks), TaskThread(("lock iterator", "unlock iterator"), locks)

    assert (one.wants(), other.wants(), one.waits_for(), other.waits_for()) == (manager, iterator, None, None)
    one.go()
    one.go()
    assert (manager.owner, iterator.owner, one.wants(), other.waits_for()) == (one, one, None, one)
    assert [iterator.is_open_to(thread) for thread in (one, other)] == [True, False]
    iterator.take(one)
    iterator.give_back()
    assert (iterator.owner, iterator.depth) == (one, 1)
    one.go()
    assert (iterator.owner, other.waits_for(), iterator.is_open_to(other)) == (None, None, True)
    one.go()
    assert (manager.owner, one.next_step, one.wants()) == (None, 0, manager)


def test_consumers_have_letters_of_their_own() -> None:
    """What may stand beside each other in a run is not called alike."""
    kinds = (
        MemoryConsumer,
        ExternalAppendOnlyMap,
        ExternalSorter,
        BytesToBytesMap,
        UnsafeExternalSorter,
        UnsafeKVExternalSorter,
        ShuffleExternalSorter,
    )

    assert len({kind.short_name for kind in kinds}) == len(kinds)


class Acquiring(PagedConsumer):
    """Asks for a page when it is to spill."""

    def spill_pages(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        self.allocate(size)
        return 0


def test_what_is_acquired_in_a_spill_is_noted() -> None:
    """In the middle of a spill, and not after it; what it takes is less than nothing freed."""
    consumer = Acquiring(TaskMemoryManager(ExecutionMemoryPool(10), frozenset(), Bag()))
    consumer.allocate(1)
    assert not consumer.allocated_in_spill
    consumer.spill(2, None)
    assert (consumer.allocated_in_spill, consumer.unreported, consumer.used) == (True, -2, 3)
    consumer.forget_step()
    consumer.allocate(1)
    assert not consumer.allocated_in_spill
