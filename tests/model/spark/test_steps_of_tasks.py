"""What tasks of an executor may do, and what it leaves: small stories, counted by hand.

A thread has one request at a time, and leaves with what it got before anybody asks; who waits does nothing else.
"""

from __future__ import annotations

import pytest

from spillproof.model.oracle import consulting
from spillproof.model.spark.fixes import POOLS, TASK, fixes_of
from spillproof.model.spark.fixes.pools import SPARK_22083
from spillproof.model.spark.scenario.executor import ExecutionTasks, Executor, Request
from spillproof.model.spark.scenario.sharing_tasks import SharingTasks
from tests.model.spark.may import Last, may

# Tasks that share an executor


def told(request: Request | None) -> tuple[object, ...]:
    """What a request asked for and got, of how many tasks, and whether that was all, or could have been."""
    assert request is not None
    return request.asked, request.granted, request.active, request.whole, request.satisfiable


def test_one_request_at_a_time() -> None:
    """Two tasks of 8 bytes: whoever is answered leaves before anybody asks; a part of what a task has is less than it.

    The second may have a half: of 4 more it gets 1, as it has 3, and that is more than the quarter it could wait for.
    """
    state: ExecutionTasks = ExecutionTasks().start(execution=8)
    one, other = state.tasks
    assert may(state) == {"acquire": 6}
    state.acquire(one, 4)
    assert (may(state), told(state.request)) == ({"leave": 1}, (4, 4, 1, True, True))
    state.leave()
    assert may(state) == {"acquire": 6, "release": 3, "release_all": 1}
    state.acquire(other, 3)
    state.leave()
    state.acquire(other, 4)
    assert told(state.request) == (4, 1, 2, False, False)
    request = state.request
    assert request is not None
    assert (request.holds, request.largest, request.pool_size) == (4, 8, 8)
    state.leave()
    assert may(state) == {"acquire": 6, "release": 6, "release_all": 2}


def test_who_waits_does_nothing_else() -> None:
    """A task has all 8 bytes, another waits for 4: it is not woken before something is released, and then takes that.

    It was in its share, and there was nothing: it could not be satisfied, and now, with 3 that are free, neither.
    """
    state: ExecutionTasks = ExecutionTasks().start(execution=8)
    one, other = state.tasks
    state.acquire(one, 8)
    state.leave()
    state.acquire(other, 4)
    assert (state.request, may(state)) == (None, {"acquire": 3, "release": 3, "release_all": 1})
    assert [told(each) for each in state.sleeping()] == [(4, 0, 2, False, False)]
    state.release(one, 3)
    assert (state.sleeping(), may(state)) == ([], {"acquire": 3, "wake": 1, "release": 3, "release_all": 1})
    state.wake(*state.manager.execution.wait_set)
    assert (told(state.request), state.waits(other)) == ((4, 3, 2, False, False), False)


@pytest.mark.parametrize(("threads", "more"), [(1, 0), (2, 1)])
def test_another_thread_of_who_waits(threads: int, more: int) -> None:
    """Of 16 bytes one task has 14, and another that has 2 waits for 3: a further thread of it may release 1, or all."""
    state: ExecutionTasks = ExecutionTasks(threads=threads).start(execution=16)
    one, other = state.tasks
    for task, size in ((one, 14), (other, 2)):
        state.acquire(task, size)
        state.leave()
    state.acquire(other, 3)

    assert may(state) == {"acquire": 3, "release": 3 + more, "release_all": 1 + more}


def test_who_waits_with_nothing_has_nothing_to_release() -> None:
    """Not even with a further thread, though it is active."""
    state: ExecutionTasks = ExecutionTasks(threads=2).start(execution=8)
    one, other = state.tasks
    state.acquire(one, 8)
    state.leave()
    state.acquire(other, 4)

    assert may(state) == {"acquire": 3, "release": 3, "release_all": 1}


def test_blocks_are_cached_and_removed() -> None:
    """One block of 3 where there is place for two; a second, of 6, evicts it; one of 9 is refused by what there is.

    Of the 6 storage has 1 free. It borrows all 4 that execution has, and is still short of 1: for that it evicts.
    """
    state: Executor = Executor(blocks=2).start(execution=4, storage=4)
    assert may(state) == {"acquire": 6, "put": 3}
    state.put(3)
    assert (state.accounts(), may(state)) == ([3], {"acquire": 6, "put": 3, "remove": 1})
    state.put(6)
    assert (state.accounts(), state.request, state.sizes_of_pools()) == ([6], None, [0, 8])
    state.put(9)
    assert (told(state.request), state.gave_up(), may(state)) == ((9, 0, 0, False, False), True, {"leave": 1})
    state.leave()
    state.put(1)
    assert (state.accounts(), may(state)) == ([6, 1], {"acquire": 6, "remove": 2})
    first, _ = state.store.entries
    state.remove(first)
    assert (state.accounts(), state.accounted(), state.capacity_of_pool()) == ([1], 1, 8)


@pytest.mark.parametrize(("same", "satisfiable", "left"), [(False, True, [4]), (True, False, [5])])
def test_room_for_a_block(*, same: bool, satisfiable: bool, left: list[int]) -> None:
    """Of 8 bytes 5 are cached: a block of 4 of another RDD evicts them, one of the same has no room, and could not."""
    state: Executor = Executor(blocks=2, same_rdd=same).start(execution=4, storage=4)
    state.put(5)
    state.put(4)

    assert state.accounts() == left
    assert [each.satisfiable for each in state.requests()] == ([] if satisfiable else [False])


def test_a_block_that_could_have_been_cached() -> None:
    """Of 8 bytes 5 are in a block that somebody reads, of no RDD: one of 4 is refused, though there is room for it."""
    state: Executor = Executor(blocks=2).start(execution=4, storage=4)
    state.put(5)
    state.store.entries[0].read_lock = True
    state.put(4)

    assert (told(state.request), state.accounts()) == ((4, 0, 0, False, True), [5])


def test_execution_has_no_room_for_a_block() -> None:
    """What execution uses is not evicted: of 8 bytes it has 5, and a block of 4 could not be cached, one of 3 is."""
    state: Executor = Executor(blocks=2).start(execution=4, storage=4)
    one, _ = state.tasks
    state.acquire(one, 5)
    state.leave()
    state.put(4)
    assert told(state.request) == (4, 0, 0, False, False)
    state.leave()
    state.put(3)
    assert (state.request, state.sizes_of_pools()) == (None, [5, 3])


@pytest.mark.parametrize(("without", "locked"), [("", 0), (SPARK_22083, 1)])
def test_a_drop_that_fails(without: str, locked: int) -> None:
    """A full disk ends the request of who wanted the block's memory, a task's or a block's; a locked block stays."""
    state: Executor = Executor(blocks=2, drops_fail=True, fixes=fixes_of("4.0.0", POOLS) - {without}).start(
        execution=4, storage=4
    )
    one, _ = state.tasks
    state.put(8)
    with consulting(Last()):
        state.put(4)
    assert (state.gave_up(), state.requests(), len(state.locked_by_nobody())) == (True, [], locked)
    state.leave()
    assert may(state).get("remove", 0) == 1 - locked
    assert may(state)["acquire"] == (6 if locked else 12)  # each of them drops the block, or fails to
    with consulting(Last()):
        state.acquire(one, 4)
    assert state.gave_up() is not bool(locked)


# Tasks whose consumers share a pool


def test_a_request_that_is_short() -> None:
    """It is at one thing at a time: it waits, is about to ask somebody to spill, or about to ask the pool again."""
    state: SharingTasks = SharingTasks(fixes=fixes_of("4.3.0", (*TASK, *POOLS))).start(execution=100)
    one, other = sorted(state.tasks, key=lambda task: -len(task.consumers))
    first, second = one.consumers
    assert may(state, 2) == {"acquire": 6}
    state.acquire(one, first, 100)
    assert may(state, 2) == {"acquire": 6, "release": 1}
    (only,) = other.consumers
    state.acquire(other, only, 60)
    assert may(state, 2) == {"acquire": 4, "release": 1}
    assert [each.satisfiable for each in state.sleeping()] == [False]
    state.acquire(one, second, 20)
    assert may(state, 2) == {"spill": 1}
    state.spill(one)
    assert (may(state, 2), state.sleeping()) == ({"wake": 1, "ask_again": 1}, [])
    state.ask_again(one)
    assert (may(state, 2), state.unmet(), state.spillable()) == ({"acquire": 4, "wake": 1, "release": 1}, 0, 0)
    state.wake(other, *state.shared.wait_set)
    assert may(state, 2) == {"acquire": 6, "release": 2}


def test_what_a_request_could_not_get_is_said() -> None:
    """Of 10 bytes one consumer has 4, the other asks for 9 where only what is asked for is spilled: all but 1 are got.

    With the 4 spilled it has all 10 that the pool has; a request for 12 goes short by 2, and nobody holds more.
    """
    state: SharingTasks = SharingTasks(fixes=fixes_of("4.3.0", (*TASK, *POOLS))).start(execution=10)
    one, _ = sorted(state.tasks, key=lambda task: -len(task.consumers))
    first, second = one.consumers
    state.acquire(one, first, 4)
    state.acquire(one, second, 12)
    state.spill(one)
    state.ask_again(one)

    assert (state.unmet(), state.spillable(), first.used, second.used) == (2, 0, 0, 10)
    assert one.request is None


@pytest.mark.parametrize(("release", "steps"), [("2.3.4", 1), ("3.2.0", 1), ("4.3.0", 2)])
def test_who_is_short_may_ask_itself(release: str, steps: int) -> None:
    """A consumer of 60 bytes asks for 60 where there are 40: nobody else has any, and it is asked itself, in vain.

    Once: since SPARK-36933 as the last of the victims, after whom the pool is asked again.
    """
    fixes = fixes_of(release, (*TASK, *POOLS))
    state: SharingTasks = SharingTasks(tasks=1, consumers=1, fixes=fixes).start(execution=100)
    (task,) = state.tasks
    (only,) = task.consumers
    state.acquire(task, only, 60)
    state.acquire(task, only, 60)
    assert may(state, 2) == {"spill": 1}
    taken = 0
    while task.request is not None:
        (state.spill if task.request.is_short else state.ask_again)(task)
        taken += 1

    assert taken == steps
    assert (only.used, state.unmet(), state.spillable(), may(state, 2)) == (100, 20, 0, {"acquire": 2, "release": 1})
