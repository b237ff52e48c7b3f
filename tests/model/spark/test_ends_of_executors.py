"""What tasks of an executor may have, who waits, what is evicted and unrolled: small stories, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.oracle import consulting
from spillproof.model.spark.fixes import POOLS, STORAGE, fixes_of
from spillproof.model.spark.fixes.pools import SPARK_12165, SPARK_12189, SPARK_15260, WAKE_ON_STORAGE_RELEASE
from spillproof.model.spark.fixes.storage import DROP_UNROLLED_BUFFER, SPARK_17465, SPARK_17491_MODE
from spillproof.model.spark.memory.shared_execution_memory_pool import MemoryForTask, NoSuchElementException, Waiting
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.scenario.executor import ExecutionTasks, Executor
from spillproof.model.spark.scenario.sharing_tasks import SharingTasks
from spillproof.model.spark.storage.memory_store import Block, Rdd
from spillproof.model.spark.storage.partially_unrolled_iterator import (
    PartiallySerializedBlock,
    PartiallyUnrolledIterator,
    Unrolled,
    UnrolledIterator,
)
from spillproof.model.spark.storage.unroll_memory import NothingToEvict, UnrollAccount, UnrollMemory
from tests.model.spark.may import Last, may


@pytest.mark.parametrize(
    ("size", "satisfiable", "granted"), [(3, True, 3), (4, True, 4), (6, True, 6), (8, True, 8), (9, False, 8)]
)
def test_what_a_task_could_have(size: int, *, satisfiable: bool, granted: int) -> None:
    """Execution has 4 bytes, and may take the 4 of storage, which are free."""
    state: Executor = Executor().start(execution=4, storage=4)
    one, _ = state.tasks
    state.acquire(one, size)
    assert state.request is not None

    assert (state.request.satisfiable, state.request.granted, state.request.whole) == (
        satisfiable,
        granted,
        satisfiable,
    )
    assert (state.request.holds, state.request.active, state.request.largest) == (granted, 1, 8)
    assert (state.requests(), state.shares()) == ([state.request], [state.request])


def test_a_share_of_what_is_free() -> None:
    """Of 8 bytes 7 are free, and a task of two may have 4: it asked for more than its share."""
    state: ExecutionTasks = ExecutionTasks().start(execution=8)
    one, other = state.tasks
    state.acquire(other, 1)
    state.leave()
    state.acquire(one, 6)
    assert state.request is not None
    assert (state.request.satisfiable, state.request.granted, state.request.active) == (False, 4, 2)


def test_who_waits_with_one_byte_may_release_it() -> None:
    """By a further thread, as it has something."""
    state: ExecutionTasks = ExecutionTasks(threads=2).start(execution=16)
    one, other = state.tasks
    for task, size in ((one, 15), (other, 1)):
        state.acquire(task, size)
        state.leave()
    state.acquire(other, 3)
    assert may(state) == {"acquire": 3, "release": 3, "release_all": 2}


@pytest.mark.parametrize(("size", "satisfiable"), [(8, True), (9, False)])
def test_a_block_as_large_as_all(size: int, *, satisfiable: bool) -> None:
    """Another block is read and cannot go; were it not for that, one of 8 bytes could be cached."""
    state: Executor = Executor(blocks=2).start(execution=4, storage=4)
    state.put(1)
    state.store.entries[0].read_lock = True
    state.put(size)
    assert state.request is not None
    assert (state.request.satisfiable, state.request.active) == (satisfiable, 0)


def test_blocks_of_the_same_rdd_do_not_make_room() -> None:
    """Of no RDD and of another all could go; of its own none."""
    state: Executor = Executor(blocks=4).start(execution=0, storage=20)
    for each in (Block(1), Block(2, Rdd.OTHER), Block(4, Rdd.ONE), Block(8, Rdd.ONE)):
        state.store.put(each)

    assert [state.room_for(Block(1, rdd)) for rdd in (None, Rdd.ONE, Rdd.OTHER)] == [20, 8, 18]


def test_a_request_that_fails_when_it_is_woken() -> None:
    """One task has 4 bytes, a block that is read 12. Another waits for 3; woken, it evicts the block, and the disk is
    full.
    """
    state: Executor = Executor(drops_fail=True).start(execution=8, storage=8)
    one, other = state.tasks
    state.put(12)
    (block,) = state.store.entries
    block.read_lock = True
    state.acquire(one, 4)
    state.leave()
    state.acquire(other, 3)
    assert state.waits(other)
    block.read_lock = False
    state.release(one, 1)
    with consulting(Last()):
        state.wake(*state.manager.execution.wait_set)
    assert state.request is not None
    assert (state.request.failed, state.gave_up(), state.requests()) == (True, True, [])


def test_a_border_that_was_moved_on_one_side_is_noticed() -> None:
    """At the next request, for execution as for storage."""
    state: Executor = Executor().start(execution=4, storage=4)
    one, _ = state.tasks
    state.manager.storage.free += 1
    with pytest.raises(AssertionError):
        state.acquire(one, 1)
    with pytest.raises(AssertionError):
        state.put(1)


@pytest.mark.parametrize(("without", "asked"), [("", [3]), ("SPARK-12253", [])])
def test_who_is_woken_takes_from_storage_what_is_short(without: str, asked: list[int]) -> None:
    """Of 5 bytes 2 are free: 3 more, since SPARK-12253."""
    state: ExecutionTasks = ExecutionTasks(fixes=fixes_of("4.3.0", POOLS) - {without}).start(execution=2)
    one, _ = state.tasks
    pool = state.manager.execution
    pool.memory_for_task.add(MemoryForTask(one))
    grown: list[Any] = []
    pool.try_again(Waiting(one, 5), grown.append, pool.pool_size)
    assert grown == asked


@pytest.mark.parametrize(("further", "woken"), [((), False), ((WAKE_ON_STORAGE_RELEASE,), True)])
def test_whether_a_block_that_goes_wakes_a_task(further: tuple[str, ...], *, woken: bool) -> None:
    """In no release it does; as proposed, it does."""
    state: Executor = Executor(fixes=fixes_of("4.3.0", POOLS) | {*further}).start(execution=8, storage=8)
    state.put(4)
    one, _ = state.tasks
    waiting = Waiting(one, 1)
    state.manager.execution.wait_set.add(waiting)
    state.remove(*state.store.entries)

    assert (waiting.notified, state.accounted()) == (woken, 0)


def test_before_spark_12165_what_was_free_was_counted_twice() -> None:
    """What the caller says to be free is counted in, and nothing is evicted where that is enough."""
    state: Executor = Executor(blocks=2, fixes=fixes_of("4.3.0", POOLS) - {SPARK_12165}).start(execution=0, storage=9)
    state.put(2)
    state.put(3)
    store = state.store
    assert [store.evict_blocks_to_free_space(None, 4, free) for free in (5, 4)] == [0, 0]
    assert state.accounts() == [2, 3]
    assert (store.evict_blocks_to_free_space(None, 4, 2), state.accounts()) == (2, [3])
    assert (store.evict_blocks_to_free_space(None, 9, 2), state.accounts(), store.entries[0].write_lock) == (
        0,
        [3],
        False,
    )


def test_blocks_in_the_order_of_their_use() -> None:
    """One that is used goes to the end, and is the last to be evicted; of the RDD that wants the room none is."""
    state: Executor = Executor(blocks=3).start(execution=0, storage=9)
    first, second, third = Block(2, Rdd.ONE), Block(3, Rdd.OTHER), Block(4)
    for each in (first, second, third):
        assert state.store.put(each)
    state.store.get(first)
    assert state.store.entries == [second, third, first]
    assert (state.store.select(Rdd.OTHER, 4), second.write_lock) == (([third], 4), False)
    third.write_lock = False
    assert state.store.select(None, 4) == ([second, third], 7)


def test_what_a_request_that_waits_would_get() -> None:
    """Of 10 bytes a half, for each of two tasks, what the task has already counted in; and as much as is free."""
    state: SharingTasks = SharingTasks().start(execution=10)
    one, other = (each.pool().attempt for each in state.tasks)
    pool = state.shared
    for each in (one, other):
        pool.memory_for_task.add(MemoryForTask(each))
    assert [state.stands(Waiting(one, size)).satisfiable for size in (3, 5, 6)] == [True, True, False]
    entry = pool.entry_of(one)
    assert entry is not None
    entry.used, pool.free = 2, 8
    assert [state.stands(Waiting(one, size)).satisfiable for size in (3, 4)] == [True, False]
    entry.used, pool.free = 8, 2
    assert [state.stands(Waiting(other, size)).satisfiable for size in (2, 3)] == [True, False]
    assert state.stands(Waiting(one, 1)).whole is False


def test_storage_that_is_asked_for_less_than_it_has_free() -> None:
    """A part of what execution lacks is there at once, whatever else is in use."""
    tasks: ExecutionTasks = ExecutionTasks().start(execution=8)
    assert (tasks.manager.reclaimable(), tasks.manager.max_execution_pool_size(), tasks.manager.free_in_all()) == (
        0,
        8,
        8,
    )
    state: Executor = Executor().start(execution=2, storage=6)
    state.put(2)
    manager = state.manager
    assert (manager.reclaimable(), manager.max_execution_pool_size(), manager.free_in_all()) == (4, 6, 6)
    assert [manager.to_reclaim(size) for size in (3, 4, 5)] == [3, 4, 4]
    manager.grow(0, state.store)
    assert state.sizes_of_pools() == [2, 6]
    manager.grow(3, state.store)
    assert (state.sizes_of_pools(), state.accounts()) == ([5, 3], [2])


# Unrolling


FIXES = fixes_of("4.3.0", STORAGE)
POOL = frozenset({SPARK_12165, SPARK_12189, SPARK_15260})


def memory(used: int, fixes: frozenset[str] = FIXES) -> UnrollMemory:
    """Of 20 bytes so many are reserved."""
    return UnrollMemory(StorageMemoryPool(20 - used, POOL, used), fixes, UnrollAccount(used))


@pytest.mark.parametrize(
    ("serialized", "without", "left"), [(False, SPARK_17491_MODE, 2), (True, SPARK_17491_MODE, 0), (True, "", 2)]
)
def test_how_often_unroll_memory_is_released(*, serialized: bool, without: str, left: int) -> None:
    """Of 5 bytes 3 are this put's: before SPARK-17491 those of a serialized one were released twice."""
    on_heap = memory(5, FIXES - {without})
    unrolled = Unrolled(3)
    block = PartiallySerializedBlock(unrolled) if serialized else None
    each = PartiallyUnrolledIterator(on_heap, on_heap, 3, 1, 2, UnrolledIterator(unrolled, 2), block)
    each.close()

    assert (on_heap.reserved(), on_heap.pool.used) == (left, left)
    assert (each.reserved, each.excess, each.released, each.unrolled) == (0, 0, True, None)
    each.close()
    assert on_heap.reserved() == left


@pytest.mark.parametrize(
    ("on_heap", "further", "kept"), [(True, (), True), (False, (), False), (True, (DROP_UNROLLED_BUFFER,), False)]
)
def test_a_serialized_block_that_is_given_up(*, on_heap: bool, further: tuple[str, ...], kept: bool) -> None:
    """Its memory is released. Its chunks on the heap are left to whoever refers to them, but for what is proposed."""
    each = memory(5, FIXES | {*further})
    block = PartiallySerializedBlock(Unrolled(3))
    block.give_up(each, 3, on_heap=on_heap)

    assert (block.unrolled_buffer is not None, each.reserved(), each.pool.used) == (kept, 2, 2)


@pytest.mark.parametrize(("without", "kept"), [("", False), (SPARK_17465, True)])
def test_an_account_with_nothing(without: str, *, kept: bool) -> None:
    """Since SPARK-17465 it is dropped with the next release, though that releases nothing."""
    each = memory(0, FIXES - {without})
    each.release(2)

    assert (each.account is not None, each.pool.used) == (kept, 0)


def test_accounts_of_unroll_memory() -> None:
    """Made with the first byte, and dropped with the last; no more is released than there is; nothing without one."""
    each = UnrollMemory(StorageMemoryPool(5, POOL), FIXES)
    each.release(1)
    assert (each.reserve(6), each.account, each.reserved(), each.pool.used) == (False, None, 0, 0)
    assert (each.reserve(2), each.reserve(1), each.reserved(), each.pool.used) == (True, True, 3, 3)
    each.release(1)
    assert (each.reserved(), each.pool.used) == (2, 2)
    each.release(9)
    assert (each.account, each.pool.used) == (None, 0)
    each.reserve(4)
    each.release_all()
    assert (each.account, each.pool.used) == (None, 0)


@pytest.mark.parametrize(
    ("without", "goes_on"), [({"SPARK-18827"}, False), (set(), True), ({"SPARK-18827", "SPARK-17503"}, True)]
)
def test_who_does_not_ask_whether_there_is_more(without: set[str], *, goes_on: bool) -> None:
    """At the end of what was unrolled the rest follows; between SPARK-17503 and SPARK-18827 only for who had asked."""
    on_heap = memory(3, FIXES - without)
    each = PartiallyUnrolledIterator(on_heap, on_heap, 3, 0, 1, UnrolledIterator(Unrolled(3), 1), None)
    each.next()
    assert (each.owed, each.released) == (0, False)
    if goes_on:
        each.next()
    else:
        with pytest.raises(NoSuchElementException):
            each.next()
    assert each.has_next()
    each.next()
    assert (each.owed, each.released, on_heap.reserved()) == (0, True, 0)


def test_nothing_is_evicted_for_what_is_unrolled() -> None:
    """Its store has nothing that could go."""
    assert NothingToEvict().evict_blocks_to_free_space(None, 3, 0) == 0
