"""Collections that spill when they have a number of records: when that is, who pays for it, and what is counted."""

from __future__ import annotations

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import Bag
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.numbered_task import NumberedMap, NumberedTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.unsafe.shuffle_external_sorter import ShuffleExternalSorter
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter


def task(release: str, *more: str, number: int = 2) -> tuple[NumberedTask, list[NumberedMap]]:
    """A task of a release with two maps that spill after a number of records, and a pool of 10 bytes."""
    state = NumberedTask(fixes=fixes_of(release) | set(more), spill_after=number).start(capacity=10)
    return state, [each for each in state.downstream.building if isinstance(each, NumberedMap)]


def test_a_map_spills_when_it_has_more_than_its_number() -> None:
    """With the number 2 it holds three records, and the fourth finds it empty: it looks before it puts a record in."""
    state, (one, _) = task("4.3.0")
    for _ in range(3):
        state.insert(one, 1)
    assert (one.remaining(), one.used, one.spilled_maps) == (3, 3, None)

    state.insert(one, 1)

    assert one.spilled_maps is not None
    assert (one.spilled_maps.records, one.used, state.records_in_memory()) == (3, 1, [1])


@pytest.mark.parametrize(("release", "left"), [("4.0.5", 0), ("4.1.0", 6)])
def test_before_4_1_0_it_asks_first(release: str, left: int) -> None:
    """One map has 3 of 10 bytes and its number of records, another 6: a record of 2 bytes costs the other its bytes."""
    state, (one, other) = task(release)
    for _ in range(3):
        state.insert(one, 1)
    state.insert(other, 6)

    state.insert(one, 2)

    assert (one.used, other.used, state.spilled_anyway()) == (2, left, 6 - left)


@pytest.mark.parametrize(("more", "spilled"), [((), 3), (("proposal-count-anew",), 2)])
def test_a_forced_spill_counts_on(more: tuple[str, ...], spilled: int) -> None:
    """A map whose number is 2 is forced to spill two records, and takes three more: with the first of them it has
    counted three, so that the second finds it over its number, and spills the first alone.
    """
    state, (one, other) = task("4.3.0", *more)
    state.insert(one, 1)
    state.insert(one, 1)
    state.insert(other, 10)
    assert one.used == 0
    for _ in range(3):
        state.insert(one, 1)

    assert one.spilled_maps is not None
    assert one.spilled_maps.records == spilled


def test_a_sorter_looks_after_it_has_put_a_record_in() -> None:
    """With the number 2 the third record is spilled with the two before it."""
    state = SortingTask(sorters=1, spill_after=2).start(capacity=10)
    (sorter,) = state.downstream.building
    for _ in range(3):
        state.insert(sorter, 1)

    assert sorter.spills is not None
    assert (sorter.spills.records, sorter.used) == (3, 0)


def test_a_map_without_a_number_counts_nothing() -> None:
    """So that its states are those of a map that has none."""
    state = find("spark@4.3.0").build().start(capacity=10)
    (one, _) = state.downstream.building
    state.insert(one, 1)

    assert (one.spill_after, one.elements_read, one.has_its_number()) == (None, 0, False)


@pytest.mark.parametrize("sorter", [UnsafeExternalSorter, ShuffleExternalSorter])
def test_a_sorter_of_pages_spills_before_it_takes_one_more(
    sorter: type[UnsafeExternalSorter | ShuffleExternalSorter],
) -> None:
    """With the number 2 it never has more than two records, and the third finds it empty."""
    manager = TaskMemoryManager(ExecutionMemoryPool(100), fixes_of("4.3.0", PAGES), Bag())
    made = sorter(manager, spill_after=2)
    made.open(4)
    counts = []
    for _ in range(5):
        if isinstance(made, UnsafeExternalSorter):
            made.insert(8, page_is_full=False, array_is_full=False)
        else:
            made.insert(8, page_is_full=False, array_is_full=False, array_is_largest=False)
        assert made.in_mem_sorter is not None
        counts.append(made.in_mem_sorter.records)

    assert counts == [1, 2, 1, 2, 1]
    assert (made.spilled, made.used) == (4, 12)


def test_what_is_not_set_is_not_said() -> None:
    """The scope of a model names its number only where it has one."""
    assert "spill_after" not in str(RawSortTask()) + str(ShuffleTask()) + str(SortingTask())
    assert "spill_after=1" in str(RawSortTask(spill_after=1))
