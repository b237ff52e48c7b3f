"""When maps and sorters may be filled, read and grown, and what that leaves: small stories, counted by hand.

An object is built before it is read; after the end of a task nothing is left to do.
"""

from __future__ import annotations

import pytest

from spillproof.model.heap import Bag
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.page_rank import PageRank, PartiallyUnrolledIterator
from spillproof.model.spark.scenario.requesting_task import RequestingTask
from spillproof.model.spark.scenario.sampled_task import SampledTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from tests.model.spark.may import may


@pytest.mark.parametrize(("order", "pulls"), [(Downstream.COGROUP, {}), (Downstream.ANY, {"pull": 1})])
def test_maps_are_built_and_read(order: Downstream, pulls: dict[str, int]) -> None:
    """Of two maps one is read: where both must be there first, not before the other is complete. An empty one is gone.

    After the last record comes the question for more, and then nothing but the end.
    """
    state: SparkTask = SparkTask(downstream=order).start(capacity=9)
    first, second = state.downstream.building
    assert may(state) == {"insert": 6, "iterator": 2, "end_task": 1}
    state.insert(first, 3)
    state.iterator(first)
    assert may(state) == {"insert": 3, "iterator": 1, "end_task": 1, **pulls}
    assert (state.records_owed(), state.records_readable(), state.accounts()) == ([1], [1], [3])
    state.iterator(second)
    (reading,) = state.downstream.rdd_iterators
    state.pull(reading)
    assert (state.records_owed(), state.records_readable(), may(state)) == ([0], [0], {"pull": 1, "end_task": 1})
    state.pull(reading)
    assert (may(state), state.accounted()) == ({"end_task": 1}, 0)
    state.end_task()
    assert (may(state), state.has_ended(), state.accounts()) == ({}, True, [])


@pytest.mark.parametrize(("order", "pulls"), [(Downstream.COGROUP, {}), (Downstream.ANY, {"pull": 1})])
def test_sorters_are_filled_and_read(order: Downstream, pulls: dict[str, int]) -> None:
    """The same of sorters; an iterator that is at its end is kept, and never asked again."""
    state: SortingTask = SortingTask(downstream=order).start(capacity=9)
    first, second = state.downstream.building
    assert may(state) == {"insert": 6, "iterator": 2, "end_task": 1}
    state.insert(first, 3)
    state.iterator(first)
    assert may(state) == {"insert": 3, "iterator": 1, "end_task": 1, **pulls}
    assert (state.records_owed(), state.records_readable(), state.accounts()) == ([1], [1], [3])
    state.iterator(second)
    (reading,) = state.downstream.iterators
    state.pull(reading)
    assert (state.records_owed(), state.accounted(), may(state)) == ([0], 3, {"pull": 1, "end_task": 1})
    state.pull(reading)
    assert (may(state), state.accounted(), len(state.downstream.iterators)) == ({"end_task": 1}, 0, 1)
    state.end_task()
    assert (may(state), len(state.downstream.iterators), len(state.listeners)) == ({}, 0, 0)


@pytest.mark.parametrize(("release", "listeners"), [("2.2.0", 0), ("4.0.0", 2)])
def test_who_is_told_of_the_end(release: str, listeners: int) -> None:
    """Since SPARK-23040 a listener for each sorter that is read, an empty one as well."""
    state: SortingTask = SortingTask(fixes=fixes_of(release)).start(capacity=9)
    for each in list(state.downstream.building):
        state.iterator(each)

    assert len(state.listeners) == listeners


@pytest.mark.parametrize(("accounted", "claimed"), [(False, [2, 2]), (True, [4, 2])])
def test_a_table_grows(*, accounted: bool, claimed: list[int]) -> None:
    """While the larger array is filled nothing else is done; it is there besides, and accounted only as proposed."""
    further = {"proposal-account-growth"} if accounted else set()
    state: GrowingTask = GrowingTask(consumers=2, fixes=fixes_of("2.4.0") | further).start(capacity=9)
    first, _ = state.downstream.building
    assert may(state) == {"insert": 6, "end_task": 1}
    state.insert(first, 2)
    assert may(state) == {"insert": 6, "grow": 3, "end_task": 1}
    state.grow(first, 2)
    assert may(state) == {"finish": 1, "end_task": 1}
    seen = [(state.accounted(), state.transient(), state.unclaimed(), state.reachable())]
    state.finish(first)
    seen.append((state.accounted(), state.transient(), state.unclaimed(), state.reachable()))
    assert seen == [(claimed[0], 2, 0 if accounted else 2, 4), (claimed[1], 0, 0, 2)]
    assert may(state) == {"insert": 6, "grow": 3, "end_task": 1}


def test_a_table_that_may_not_grow() -> None:
    """As proposed, a map that is granted 1 byte of 2 for its larger array is spilled, and has none of both then."""
    fixes = fixes_of("2.4.0") | {"proposal-account-growth"}
    state: GrowingTask = GrowingTask(consumers=1, fixes=fixes).start(capacity=3)
    (only,) = state.downstream.building
    state.insert(only, 2)
    state.grow(only, 2)

    assert (state.growing(), state.accounted(), state.reachable()) == (None, 0, 0)
    assert (state.records_owed(), state.records_readable()) == ([1], [1])
    assert may(state) == {"insert": 3, "end_task": 1}


def test_what_a_request_of_a_map_did_not_get() -> None:
    """Of 4 bytes one map has 3, which it spills for 2 of the other; for 9 there are 4, and nobody else has any."""
    state: RequestingTask = RequestingTask().start(capacity=4)
    first, second = state.downstream.building
    state.insert(first, 3)
    state.insert(second, 1)
    assert (state.unmet(), state.spillable()) == (0, 3)
    state.insert(second, 2)
    assert (state.unmet(), state.spillable(), second.used, first.used) == (0, 0, 3, 0)
    state.insert(first, 9)
    assert (state.unmet(), state.spillable()) == (5, 0)


def test_maps_with_a_number() -> None:
    """The number changes nothing of what may be done; before each record it is looked at how many there are."""
    state: NumberedTask = NumberedTask(spill_after=1).start(capacity=9)
    first, _ = state.downstream.building
    spilled = []
    for _ in range(4):
        state.insert(first, 1)
        spilled.append(state.spilled_for_the_number())

    assert (spilled, state.records_in_memory(), state.records_allowed()) == ([[], [], [2], []], [2], 2)
    assert may(state) == {"insert": 6, "iterator": 2, "end_task": 1}


def test_what_could_be_read_if_reading_began_now() -> None:
    """What is in memory and in files; of a collection that has nothing in memory any more, what is in files."""
    manager = TaskMemoryManager(ExecutionMemoryPool(9), fixes_of("4.3.0"), Bag())
    map_, sorter = ExternalAppendOnlyMap(manager, current_map=AppendOnlyMap()), ExternalSorter(manager)
    sorter.renew()
    for each in (map_, sorter):
        assert each.remaining() == 0
        each.insert(1)
        each.insert(1)
        assert each.remaining() == 2
        each.spill_itself()
        assert each.remaining() == 2
    map_.current_map = sorter.buffer = None
    assert (map_.remaining(), sorter.remaining()) == (2, 2)
    map_.current_map = AppendOnlyMap()
    sorter.renew()
    for each in (map_, sorter):
        each.insert(1)
        assert each.remaining() == 3


def test_a_partition_that_can_be_cached() -> None:
    """4 bytes in a map, and as many free: they go to the store, and nothing is computed again."""
    state: PageRank = PageRank().start(capacity=8)
    (first,) = state.downstream.building
    assert may(state) == {"insert": 3, "end_task": 1}
    state.insert(first, 4)
    assert may(state) == {"insert": 3, "cache": 1, "end_task": 1}
    state.cache(first)
    assert (state.accounted(), state.stored(), state.capacity_of_pool(), may(state)) == (4, 4, 8, {"end_task": 1})
    assert (sum(state.accounts()), state.reachable()) == (4, 4)
    state.end_task()
    assert (state.stored(), may(state)) == (0, {})


def test_a_partition_that_cannot_be_cached() -> None:
    """5 bytes in a map, and 4 free: it is computed again, in a second map, which fits; then the first one is read."""
    state: PageRank = PageRank().start(capacity=9)
    (first,) = state.downstream.building
    state.insert(first, 5)
    state.cache(first)
    (second,) = state.downstream.building
    assert (second is first, state.stored(), may(state)) == (False, 0, {"insert": 3, "end_task": 1})
    state.insert(second, 2)
    assert may(state) == {"insert": 3, "cache": 1, "end_task": 1}
    state.cache(second)
    assert (state.stored(), state.accounted(), may(state)) == (2, 7, {"pull": 1, "end_task": 1})
    (reading,) = state.downstream.rdd_iterators
    assert isinstance(reading, PartiallyUnrolledIterator)
    state.pull(reading)
    state.pull(reading)
    assert (may(state), state.accounted()) == ({"end_task": 1}, 2)


def test_maps_that_are_accounted_now_and_then() -> None:
    """A map holds 5 bytes unasked. It looks before it takes more: at 8 it asks for room to double, 2 * 8 - 5 = 11.

    At 16 it has reached its 5 and 11, and asks for 16 more, so that it has 27 for 17 then.
    """
    state: SampledTask = SampledTask().start(capacity=100, initial_memory_threshold=5)
    first, _ = state.downstream.building
    seen = []
    for size in (4, 4, 4, 4, 1):
        state.insert(first, size)
        (excess, other), (allowed, _) = state.excesses(), state.allowances()
        assert other == 0
        assert sum(state.excesses()) == state.unclaimed() - state.unused()
        seen.append((state.accounted(), state.unclaimed(), state.unused(), excess, allowed))

    assert seen == [(0, 4, 0, 4, 9), (0, 8, 0, 8, 9), (11, 1, 0, 1, 9), (11, 5, 0, 5, 9), (27, 0, 10, -10, 6)]
    assert may(state) == {"insert": 6, "iterator": 2, "end_task": 1}


@pytest.mark.parametrize("release", ["2.3.4", "4.3.0"])
def test_the_map_before_its_files(release: str) -> None:
    """One record was spilled for the next: when that is delivered, its bytes are free, and the file is read."""
    state: SparkTask = SparkTask(consumers=1, fixes=fixes_of(release)).start(capacity=3)
    (only,) = state.downstream.building
    state.insert(only, 3)
    state.insert(only, 3)
    state.iterator(only)
    (reading,) = state.downstream.rdd_iterators
    seen = [(state.accounted(), state.records_owed(), state.records_readable())]
    for _ in range(3):
        state.pull(reading)
        seen.append((state.accounted(), state.records_owed(), state.records_readable()))

    assert seen == [(3, [2], [2]), (0, [1], [1]), (0, [0], [0]), (0, [0], [0])]
    assert may(state) == {"end_task": 1}


def test_a_map_that_looks_and_is_refused() -> None:
    """At 6 bytes it asks for 7, and gets 1: it has reached 5 and 1, so that it is spilled, and begins anew with 2."""
    state: SampledTask = SampledTask(consumers=1).start(capacity=1, initial_memory_threshold=5)
    (only,) = state.downstream.building
    state.insert(only, 6)
    state.insert(only, 2)

    assert (state.accounted(), only.live(), state.records_owed(), state.records_readable()) == (0, 2, [2], [2])
    assert (state.unclaimed(), state.unused()) == (2, 0)
