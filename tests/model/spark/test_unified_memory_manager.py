"""MemoryManagerSuite and UnifiedMemoryManagerSuite of Spark (v2.4.0), replayed on the model with what they assert."""

import pytest

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import POOLS, fixes_of
from spillproof.model.spark.fixes.pools import (
    SPARK_4715,
    SPARK_12155,
    SPARK_12165,
    SPARK_12189,
    SPARK_12253,
    SPARK_15260,
    SPARK_59444,
)
from spillproof.model.spark.memory.shared_execution_memory_pool import (
    NoSuchElementException,
    SharedExecutionMemoryPool,
    TaskAttempt,
    Waiting,
)
from spillproof.model.spark.memory.storage_memory_pool import Eviction, StorageMemoryPool
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager

ALL = fixes_of("4.0.0", POOLS)


class DiskFull(Exception):
    """What the suite's bad memory store throws."""


class FakeStore(Eviction):
    """The suite's: evicts exactly what it is asked for, if so much is stored, and remembers what it was asked."""

    pool: StorageMemoryPool
    asked: list[int]
    fails: bool = False

    def evict_blocks_to_free_space(self, for_rdd: object, space: Bytes, free: Bytes) -> Bytes:
        if free >= space:
            return 0
        self.asked.append(space - free)
        if self.fails:
            raise DiskFull
        if space - free > self.pool.used:
            return 0
        self.pool.release(space - free)
        return space - free


class Executor:
    """A manager of 1000 bytes, its store and its tasks, as the suites make them."""

    def __init__(self, region: int = 500, fixes: frozenset[str] = ALL) -> None:
        pool = SharedExecutionMemoryPool(1000 - region, fixes, Bag(), Bag())
        storage = StorageMemoryPool(region, fixes)
        self.manager = UnifiedMemoryManager(fixes, pool, storage, 1000, region)
        self.store = FakeStore(storage, [])
        self.tasks = [TaskAttempt() for _ in range(3)]

    def acquire(self, size: int, task: int = 0) -> int | None:
        """What a task is granted, or None if it waits."""
        return self.manager.acquire_execution(size, self.tasks[task], self.store)

    def cache(self, size: int) -> bool:
        """Whether storage memory is acquired."""
        return self.manager.acquire_storage(size, None, self.store)

    def release(self, size: int, task: int = 0) -> None:
        """Give back execution memory."""
        self.manager.execution.release(size, self.tasks[task])

    def woken(self) -> list[Waiting]:
        """The requests that were notified."""
        return [each for each in self.manager.execution.wait_set if each.notified]

    def wake(self) -> int | None:
        """What the one request that was woken is granted."""
        [waiting] = self.woken()
        return self.manager.try_again(waiting, self.store)

    def used(self) -> tuple[int, int]:
        """What execution and storage use."""
        return self.manager.execution.memory_used(), self.manager.storage.used

    def evicted(self) -> list[int]:
        """What the store was asked to evict since the last time."""
        asked, self.store.asked = self.store.asked, []
        return asked


def test_single_task_requesting_execution_memory() -> None:
    """One task may have it all, is then granted what is left, and then nothing."""
    executor = Executor(region=0)

    assert [executor.acquire(size) for size in (100, 400, 400, 200, 100, 100)] == [100, 400, 400, 100, 0, 0]
    executor.release(500)
    assert [executor.acquire(size) for size in (300, 300)] == [300, 200]
    assert executor.manager.execution.release_all(executor.tasks[0]) == 1000
    assert [executor.acquire(size) for size in (1000, 100)] == [1000, 0]


def test_two_tasks_requesting_full_execution_memory() -> None:
    """Each gets its half, and no more."""
    executor = Executor(region=0)

    assert [executor.acquire(500, task) for task in (0, 1, 0, 1)] == [500, 500, 0, 0]


def test_two_tasks_cannot_grow_past_their_share() -> None:
    """Who has 1/2N already is granted up to 1/N."""
    executor = Executor(region=0)

    assert [executor.acquire(size, task) for size, task in ((250, 0), (250, 1), (500, 0), (500, 1))] == [250] * 4


def test_tasks_can_block_to_get_half_a_share() -> None:
    """A request below 1/2N waits, is not refused, and is granted when so much is released."""
    executor = Executor(region=0)

    assert executor.acquire(1000) == 1000
    assert executor.acquire(250, 1) is None
    assert executor.woken() == []
    executor.release(250)
    assert executor.wake() == 250
    assert executor.acquire(100, 1) == 0


def test_a_woken_request_can_wait_again() -> None:
    """Who is woken by too small a release goes on waiting, and may have been asleep for nothing."""
    executor = Executor(region=0)

    assert executor.acquire(1000) == 1000
    assert executor.acquire(250, 1) is None
    executor.release(249)
    assert executor.wake() is None
    assert executor.woken() == []
    executor.release(1)
    assert executor.wake() == 250


def test_clean_up_wakes_and_frees() -> None:
    """When the other task is cleaned up, the waiting one is alone, and may have it all."""
    executor = Executor(region=0)

    assert executor.acquire(1000) == 1000
    assert executor.acquire(500, 1) is None
    executor.manager.execution.release_all(executor.tasks[0])
    assert executor.wake() == 500
    assert [executor.acquire(500, 1) for _ in range(2)] == [500, 0]


@pytest.mark.parametrize(("fixes", "granted"), [(ALL, 0), (ALL - {SPARK_4715}, -200)])
def test_no_negative_grant(fixes: frozenset[str], granted: int) -> None:
    """Who has more than a share, because another came, is granted nothing (SPARK-4715); it was granted -200."""
    executor = Executor(0, fixes)

    assert [executor.acquire(700), executor.acquire(300, 1), executor.acquire(300)] == [700, 300, granted]


def test_execution_allocations_cannot_exceed_the_limit() -> None:
    """Off-heap as on-heap: each mode has pools of its own, which work alike."""
    executor = Executor(region=0)

    assert [executor.acquire(1000), executor.acquire(300)] == [1000, 0]
    executor.release(500)
    assert executor.used() == (500, 0)
    executor.release(500)
    assert executor.used() == (0, 0)


def test_basic_execution_memory() -> None:
    """Execution borrows all of storage's region; a release of more than there is is one of what there is."""
    executor = Executor()

    assert [executor.acquire(size) for size in (10, 100, 1000, 1)] == [10, 100, 890, 0]
    executor.release(800)
    assert [executor.acquire(1), executor.used()] == [1, (201, 0)]
    executor.release(1000)
    assert executor.used() == (0, 0)


def test_basic_storage_memory() -> None:
    """Storage borrows all of execution's region; what cannot fit evicts nothing."""
    executor = Executor()

    assert [executor.cache(size) for size in (10, 100, 1001)] == [True, True, False]
    assert executor.evicted() == []
    assert [executor.cache(1000), executor.evicted(), executor.used()] == [True, [110], (0, 1000)]
    assert [executor.cache(1), executor.evicted(), executor.used()] == [True, [1], (0, 1000)]
    executor.manager.release_storage(800)
    assert [executor.cache(1), executor.evicted(), executor.used()] == [True, [], (0, 201)]
    executor.manager.release_storage(1000)
    assert executor.used() == (0, 0)


def test_execution_evicts_storage() -> None:
    """Execution calls in what storage borrowed, and not a byte of storage's own region."""
    executor = Executor()

    assert executor.cache(750)
    assert [executor.acquire(100), executor.used(), executor.evicted()] == [100, (100, 750), []]
    assert [executor.acquire(200), executor.used(), executor.evicted()] == [200, (300, 700), [50]]
    executor.manager.release_storage(700)
    assert executor.cache(400)
    assert [executor.acquire(400), executor.used(), executor.evicted()] == [300, (600, 400), []]


@pytest.mark.parametrize(("fixes", "granted", "evicted"), [(ALL, 500, [200]), (ALL - {SPARK_12165}, 300, [])])
def test_requests_smaller_than_free_memory(fixes: frozenset[str], granted: int, evicted: list[int]) -> None:
    """Execution evicts what it lacks (SPARK-12165); it was told that there was enough free memory, and got 300."""
    executor = Executor(fixes=fixes)

    assert executor.cache(700)
    executor.evicted()
    assert [executor.acquire(500), executor.evicted()] == [granted, evicted]


def test_storage_does_not_evict_execution() -> None:
    """A block that does not fit beside execution's memory is refused, and nothing is evicted for it."""
    executor = Executor()

    assert executor.acquire(800) == 800
    assert [executor.cache(100), executor.cache(250), executor.used()] == [True, False, (800, 100)]
    executor.release(1000)
    executor.manager.release_storage(1000)
    assert [executor.acquire(200), executor.cache(750), executor.cache(850)] == [200, True, False]
    assert [executor.used(), executor.evicted()] == [(200, 750), []]


@pytest.mark.parametrize(("fixes", "granted"), [(ALL, 100), (ALL - {SPARK_12155}, 50)])
def test_execution_can_evict_with_several_active_tasks(fixes: frozenset[str], granted: int) -> None:
    """A share counts what could be evicted (SPARK-12155); the memory was evicted, and half of it granted."""
    executor = Executor(0, fixes)

    assert [executor.acquire(100), executor.acquire(100, 1), executor.cache(800)] == [100, 100, True]
    assert [executor.acquire(100), executor.evicted()] == [granted, [100]]
    assert executor.used() == (200 + granted, 700)


@pytest.mark.parametrize("fixes", [ALL, ALL - {SPARK_15260}])
def test_pools_are_resized_atomically(fixes: frozenset[str]) -> None:
    """If an eviction fails, the pools are as large as before (SPARK-15260); 600 bytes were in neither."""
    executor = Executor(0, fixes)
    assert executor.cache(1000)
    executor.manager.release_storage(600)
    executor.store.fails = True

    with pytest.raises(DiskFull):
        executor.acquire(1000)

    if SPARK_15260 in fixes:
        executor.manager.assert_invariants()
    else:
        with pytest.raises(AssertionError):
            executor.manager.assert_invariants()


def test_not_enough_free_memory_in_the_storage_pool() -> None:
    """Storage takes what execution does not use, and then evicts its own."""
    executor = Executor()

    assert [executor.acquire(400), executor.cache(700), executor.used()] == [400, False, (400, 0)]
    assert [executor.cache(100), executor.cache(450), executor.used()] == [True, True, (400, 550)]
    assert [executor.evicted(), executor.cache(100), executor.evicted()] == [[], True, [50]]
    assert executor.used() == (400, 600)


# What no suite of Spark checks


@pytest.mark.parametrize(("fixes", "used"), [(ALL, 900), (ALL - {SPARK_12189}, 800)])
def test_an_evicted_block_is_subtracted_once(fixes: frozenset[str], used: int) -> None:
    """Execution takes 100 of 1000 bytes, and storage has 900 left (SPARK-12189); it believed in 800."""
    executor = Executor(0, fixes)

    assert [executor.cache(1000), executor.acquire(100), executor.used()] == [True, 100, (100, used)]


@pytest.mark.parametrize(("fixes", "granted"), [(ALL, 250), (ALL - {SPARK_12253}, None)])
def test_a_block_that_takes_what_a_request_waited_for(fixes: frozenset[str], granted: int | None) -> None:
    """A woken request evicts the block that was quicker (SPARK-12253); it waited again, though it could have."""
    executor = Executor(0, fixes)
    assert [executor.acquire(1000), executor.acquire(250, 1)] == [1000, None]
    executor.release(250)
    assert executor.cache(250)

    assert executor.wake() == granted


def test_released_storage_wakes_nobody() -> None:
    """A request waits for execution memory; the block that fills the rest goes; and the request sleeps on.

    So in every release until 4.0: only a release of execution memory, or another task, wakes it.
    """
    executor = Executor()
    assert [executor.cache(500), executor.acquire(500), executor.acquire(100, 1)] == [True, 500, None]

    executor.manager.release_storage(500)

    assert executor.woken() == []
    executor.release(1)
    assert executor.wake() == 100


@pytest.mark.parametrize("fixes", [ALL, ALL | {SPARK_59444}])
def test_a_task_that_releases_its_last_byte_while_it_waits(fixes: frozenset[str]) -> None:
    """Its request fails for want of an entry when it wakes, in every release until 4.0 (SPARK-59444)."""
    executor = Executor(0, fixes)
    assert [executor.acquire(900), executor.acquire(100, 1), executor.acquire(100, 1)] == [900, 100, None]
    executor.release(100, 1)

    if SPARK_59444 in fixes:
        assert executor.wake() == 100
    else:
        with pytest.raises(NoSuchElementException):
            executor.wake()
