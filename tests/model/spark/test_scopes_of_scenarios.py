"""The scope of each scenario if nothing is said, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.spark.fixes import POOLS, fixes_of
from spillproof.model.spark.fixes.pools import SPARK_12165
from spillproof.model.spark.releases import spans
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.executor import BorrowingTasks, ExecutionTasks, Executor
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.modes import Modes
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.paging_task import PagingTask
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.requesting_task import RequestingTask, TaskBesideOffHeap
from spillproof.model.spark.scenario.sampled_task import SampledTask
from spillproof.model.spark.scenario.sharing_tasks import SharingTasks
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.spark.scenario.spillers import FailingSpillers, PartialSpillers, Spillers, Spills, Victims
from spillproof.model.spark.scenario.unrolling import Level, Unrolling

COGROUP = {"downstream": Downstream.COGROUP}
MAPS = {"consumers": 2, **COGROUP}
OTHERS = {"array_grows": True, "contended": True, "others": 1}


@pytest.mark.parametrize(
    ("model", "scope"),
    [
        (SparkTask, {**MAPS, "merges": False}), (RequestingTask, {**MAPS, "merges": False}), (SampledTask, MAPS),
        (NumberedTask, {**MAPS, "spill_after": 1}), (GrowingTask, {"consumers": 1}), (PageRank, {"consumers": 2}),
        (SortingTask, {"sorters": 2, **COGROUP, "aggregator": False, "spill_after": None}),
        (AggregateTask, {"pages": 1, "array_grows": False, "contended": False}), (RawMapTask, {"pages": 2, **OTHERS}),
        (ShuffleTask, {"pages": 1, **OTHERS, "spill_after": None}),
        (RawSortTask, {"pages": 1, "off_heap": False, **OTHERS, "spill_after": None}),
        (PagingTask, {"consumers": 2, "pages": 1, "stack": 1, "off_heap": False}),
        (ExecutionTasks, {"tasks": 2, "threads": 1}), (BorrowingTasks, {"tasks": 2}),
        (Executor, {"tasks": 2, "blocks": 1, "drops_fail": False, "same_rdd": False}),
        (SharingTasks, {"tasks": 2, "consumers": 2, "spills": Spills.ALL}), (Modes, {"consumers": 1}),
        (Spillers, {"consumers": 3}), (Victims, {"consumers": 3}), (PartialSpillers, {"consumers": 2}),
        (FailingSpillers, {"consumers": 1}), (Unrolling, {"puts": 1, "level": Level.VALUES}),
    ],
)  # fmt: skip # a table
def test_the_scope_if_nothing_is_said(model: Any, scope: dict[str, Any]) -> None:
    """As few of each kind as show what the scenario is about; on the heap, and nothing fails or spills of itself."""
    assert {name: value for name, value in model().scope.items() if name != "fixes"} == scope


@pytest.mark.parametrize(("model", "beside"), [(RequestingTask, False), (TaskBesideOffHeap, True)])
def test_whose_maps_are_beside_memory_off_the_heap(model: Any, *, beside: bool) -> None:
    """All maps of the one task, and none of the other."""
    assert {each.beside_off_heap for each in model().start(capacity=9).downstream.building} == {beside}


def test_releases_that_follow_each_other_are_drawn_together() -> None:
    """From the first to the last of each run; one by itself stands alone."""
    assert spans(["2.0.0", "2.0.1", "2.0.2", "2.2.0", "2.3.0"]) == "2.0.0–2.0.2, 2.2.0, 2.3.0"
    assert spans(["b", "c", "a"], "abc", "-") == "b-c, a"


@pytest.mark.parametrize(("without", "pools"), [("", [4, 4]), (SPARK_12165, [0, 8])])
def test_a_block_that_is_larger_than_all(without: str, pools: list[int]) -> None:
    """Since SPARK-12165 it is refused at once; before, storage had borrowed for it what execution has free."""
    state: Executor = Executor(fixes=fixes_of("4.3.0", POOLS) - {without}).start(execution=4, storage=4)
    state.put(9)

    assert (state.sizes_of_pools(), state.accounts(), state.gave_up()) == (pools, [], True)
