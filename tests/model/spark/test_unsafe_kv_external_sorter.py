"""Maps of raw records that are sorted where they lie: whose arrays and pages those are, and what is left of them."""

from __future__ import annotations

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import Bag
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.fixes.raw_map import FREE_THE_SORTERS_ARRAY, SPARK_23376
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.unsafe_kv_external_sorter import IllegalStateException, UnsafeKVExternalSorter
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Violated

ARRAY, PAGE, LARGER = 8, 16, 12


def filled(*, overfull: bool = False, pool: int = 100, more: tuple[str, ...] = ()) -> BytesToBytesMap:
    """A map of 4.3.0 with an array of 8 bytes, and one page of 16."""
    manager = TaskMemoryManager(ExecutionMemoryPool(pool), fixes_of("4.3.0", PAGES) | set(more), Bag())
    made = BytesToBytesMap(manager)
    made.open(ARRAY)
    assert made.append(PAGE, page_is_full=False, array_is_full=False)
    made.is_overfull = overfull
    return made


def test_a_map_is_sorted_in_its_own_array() -> None:
    """So that nothing is asked for: a pool with not a byte more does. The map begins anew, with its first array."""
    source = filled(pool=ARRAY + PAGE)

    made = UnsafeKVExternalSorter.of_map(source, LARGER)

    assert (source.used, source.has_records, source.data_pages) == (ARRAY, False, [])
    assert (made.spill_writers, source.task_memory_manager.pool.used) == (1, ARRAY)


def test_what_is_sorted_of_several_maps_is_merged() -> None:
    """Two files, of which the sorter that was merged has none any more; they are deleted together."""
    source = filled()
    one = UnsafeKVExternalSorter.of_map(source, LARGER)
    source.append(PAGE, page_is_full=False, array_is_full=False)
    other = UnsafeKVExternalSorter.of_map(source, LARGER)

    one.merge(other)

    assert (one.spill_writers, other.spill_writers) == (2, 0)
    one.cleanup_resources()
    assert one.spill_writers == 0


@pytest.mark.parametrize(("more", "left"), [((), ARRAY + LARGER), ((FREE_THE_SORTERS_ARRAY,), ARRAY)])
def test_a_larger_array_stays_accounted(more: tuple[str, ...], left: int) -> None:
    """Nobody frees it, though the map refers to it no more; with our proposal the sorter does."""
    source = filled(overfull=True, more=more)

    UnsafeKVExternalSorter.of_map(source, LARGER)

    assert (source.used, source.is_overfull) == (left, False)


def test_a_larger_array_may_be_refused() -> None:
    """Then the map is as it was, and asks nobody: it is not asked to spill for itself."""
    source = filled(overfull=True, pool=ARRAY + PAGE + LARGER - 1)

    with pytest.raises(SparkOutOfMemoryError):
        UnsafeKVExternalSorter.of_map(source, LARGER)

    assert (source.used, source.has_records) == (ARRAY + PAGE, True)


def test_before_2_2_2_there_is_no_larger_array() -> None:
    """Without SPARK-23376 the records are more than fit, which is said."""
    source = filled(overfull=True)
    source.task_memory_manager.fixes -= {SPARK_23376}

    with pytest.raises(IllegalStateException, match="no space for new record"):
        UnsafeKVExternalSorter.of_map(source, LARGER)


@pytest.mark.parametrize(("release", "overfull"), [("2.4.7", True), ("2.4.8", False), ("3.0.1", True)])
def test_a_map_with_the_largest_array_takes_more(release: str, overfull: bool) -> None:  # noqa: FBT001 - a parameter
    """Until SPARK-32872, one more record is too many to be sorted in it; since, the map takes none."""
    manager = TaskMemoryManager(ExecutionMemoryPool(100), fixes_of(release, PAGES), Bag())
    made = BytesToBytesMap(manager)
    made.open(ARRAY)
    made.append(PAGE, page_is_full=False, array_is_full=False, array_is_largest=True)

    taken = made.append(PAGE, page_is_full=False, array_is_full=False, array_is_largest=True)

    assert (taken, made.is_overfull) == (overfull, overfull)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "violated"),
    [
        ("2.2.1", {"no_exception"}),
        ("2.2.2", {"accounted_is_held"}),
        ("3.0.1", {"accounted_is_held"}),
        ("3.0.2", set[str]()),
        ("4.3.0+repaired", set[str]()),
    ],
)
def test_what_releases_do(version: str, violated: set[str]) -> None:
    """Of what is accounted and of exceptions; the map's own place of its last record is another story."""
    model = find(f"spark:aggregate@{version}").build()
    wanted = ["accounted_is_held", "no_exception"]
    claims = [claim for claim in claims_about(type(model))[0] if claim.name in wanted]
    report = check(model, claims, witnesses=False, time_limit=120)
    found = {name for name in wanted if isinstance(report.of(name), Violated)}

    assert found == violated
    assert all(isinstance(report.of(name), (Violated, Proved)) for name in wanted)


def test_the_end_of_a_task_is_a_step_of_its_own() -> None:
    """What the spills of the step before left unreported is not said of it."""
    task: AggregateTask = AggregateTask().start(capacity=9, initial_size=1)
    task.map.unreported, task.map.allocated_in_spill = 3, True
    task.end_task()

    assert (task.map.unreported, task.map.allocated_in_spill) == (0, False)
