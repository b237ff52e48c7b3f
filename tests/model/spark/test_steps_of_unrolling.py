"""When a block may be unrolled, finished and read, and what that leaves: small stories, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.spark.fixes import STORAGE, fixes_of
from spillproof.model.spark.scenario.unrolling import Level, Unrolling
from tests.model.spark.may import may


def unrolling(release: str = "4.0.0", **scope: Any) -> Unrolling:
    """Nothing is unrolled yet, and there is room for 4 bytes."""
    state: Unrolling = Unrolling(fixes=fixes_of(release, STORAGE), **scope).start(capacity=4)
    return state


def test_a_put_that_succeeds() -> None:
    """It begins where there is room, grows as long as there is, and becomes a block; then there is no further put."""
    state = unrolling()
    assert may(state, 5) == {"put": 4, "end_task": 1}
    state.put(1)
    (put,) = state.puts
    assert may(state, 5) == {"unroll": 5, "finish": 1, "end_task": 1}
    state.unroll(put, 2)
    assert (put.records, put.reserved, state.accounted(), state.accounts()) == (2, 3, 3, [3])
    state.finish(put)
    assert (state.accounted(), state.accounts(), state.on_heap.reserved(), may(state)) == (3, [3], 0, {"end_task": 1})
    state.end_task()
    assert (state.accounted(), state.accounts(), state.task_is_over(), may(state)) == (3, [3], True, {})


def test_there_is_place_for_so_many_puts() -> None:
    """Blocks, puts and what is left of those that failed count: with two of them nothing else begins."""
    state = unrolling(puts=2)
    state.put(1)
    assert may(state)["put"] == 3
    state.finish(*state.puts)
    assert may(state) == {"put": 3, "end_task": 1}
    state.put(1)
    assert may(state) == {"unroll": 3, "finish": 1, "end_task": 1}
    (put,) = state.puts
    state.unroll(put, 3)
    assert may(state) == {"pull": 2, "end_task": 1}
    assert (state.accounts(), state.unclaimed(), state.records_owed(), state.records_readable()) == (
        [1, 1],
        3,
        [2],
        [2],
    )


def test_a_put_that_was_released_before_it_was_kept() -> None:
    """Before SPARK-4777 finishing took two steps, and in between others took the memory: there is no block then."""
    state: Unrolling = Unrolling(puts=2, fixes=fixes_of("4.0.0", STORAGE) - {"SPARK-4777"}).start(capacity=4)
    state.put(4)
    (first,) = state.puts
    state.finish(first)
    assert (first.is_released, first.reserved, state.accounted()) == (True, 0, 0)
    assert may(state, 5) == {"put": 4, "finish": 1, "end_task": 1}
    state.put(1)
    state.finish(first)
    assert (len(state.blocks), state.accounted(), [each.records for each in state.puts]) == (0, 1, [1])


def test_a_put_that_was_released_is_kept_where_there_is_room() -> None:
    """And nobody else has come."""
    state: Unrolling = Unrolling(fixes=fixes_of("4.0.0", STORAGE) - {"SPARK-4777"}).start(capacity=4)
    state.put(4)
    state.finish(*state.puts)
    state.finish(*state.puts)

    assert ([each.size for each in state.blocks], state.accounted(), may(state)) == ([4], 4, {"end_task": 1})


@pytest.mark.parametrize(("without", "takes"), [("", 1), ("SPARK-13122", 3)])
def test_two_threads_of_a_counter(without: str, takes: int) -> None:
    """The first of two puts takes the 1 byte that it reserved; before SPARK-13122, all that was since it began."""
    state: Unrolling = Unrolling(puts=2, fixes=fixes_of("4.0.0", STORAGE) - {without}).start(capacity=9)
    state.put(1)
    (first,) = state.puts
    state.put(2)
    state.finish(first)

    assert state.on_heap.reserved() == 3 - takes
    assert (state.accounted(), [each.size for each in state.blocks]) == (4 - takes, [1])


def test_what_was_reserved_before_is_not_taken() -> None:
    """Nor was it before SPARK-13122: of the second of two puts, what the first reserved was there when it began."""
    state: Unrolling = Unrolling(puts=2, fixes=fixes_of("4.0.0", STORAGE) - {"SPARK-13122"}).start(capacity=9)
    state.put(1)
    first = next(iter(state.puts))
    state.put(2)
    state.finish(next(each for each in state.puts if each is not first))

    assert (state.on_heap.reserved(), state.accounted(), [each.size for each in state.blocks]) == (1, 3, [2])


@pytest.mark.parametrize(("release", "entry"), [("1.6.0", 0), ("2.0.0", None)])
def test_what_a_finished_put_leaves_of_its_account(release: str, entry: int | None) -> None:
    """Before SPARK-10907 an entry of 0 bytes: what was reserved was subtracted, and the pool's memory given back."""
    state = unrolling(release)
    state.put(3)
    state.finish(*state.puts)

    account = state.on_heap.account
    assert (None if account is None else account.used) == entry
    assert (state.accounted(), [each.size for each in state.blocks]) == (3, [3])
    assert state.accounts_of_tasks() == (0 if entry is None else 1)


@pytest.mark.parametrize(("level", "off_heap"), [(Level.VALUES, False), (Level.BYTES, False), (Level.OFF_HEAP, True)])
def test_where_a_level_unrolls(level: Level, *, off_heap: bool) -> None:
    """Serialized off the heap, memory of that mode is reserved; else that of the heap. There is as much of each."""
    state = unrolling(level=level)
    state.put(3)

    assert (state.on_heap.reserved(), state.off_heap.reserved()) == ((0, 3) if off_heap else (3, 0))
    assert len(state.listeners) == 0
    (put,) = state.puts
    state.unroll(put, 2)
    assert len(state.listeners) == (0 if level is Level.VALUES else 1)
    state.end_task()
    assert (state.accounted(), len(state.iterators), len(state.listeners)) == (0, 0, 0)
