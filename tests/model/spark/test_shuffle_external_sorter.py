"""ShuffleExternalSorter: each of its repairs is load-bearing, and its suite comes out as Spark asserts."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError, TooLargePageException
from spillproof.model.spark.scenario.raw_task import Requester
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.unsafe.in_memory_sorter import NullPointerException
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved
from tests.model.spark.beside import other_of

TODAY = fixes_of("4.0.0", PAGES)
NEWEST = fixes_of("4.3.0", PAGES)
TWO_PAGES: dict[str, Any] = {"pages": 2, "array_grows": False, "contended": False}
GROWING = TWO_PAGES | {"pages": 1, "array_grows": True}
CONTENDED = GROWING | {"contended": True}
SLOW = pytest.mark.slow
PATIENT = 300.0
"""Seconds. A check takes 1 to 20 on a busy machine."""
SATISFIED = "a_satisfiable_request_is_satisfied"


@pytest.mark.thorough
def test_newest() -> None:
    """In 4.3.0, every claim is proved."""
    report = check(ShuffleTask(fixes=NEWEST, **TWO_PAGES), time_limit=PATIENT)

    assert all(isinstance(result.verdict, Proved) for result in report.results)


# ShuffleExternalSorterSuite and UnsafeShuffleWriterSuite


PAGE, ARRAY = 100, 8


def filled(release: str, *, spare: int = 0) -> ShuffleTask:
    """A task whose sorter has got a record in its only page, and little is left in the pool."""
    task: ShuffleTask = ShuffleTask(pages=2, fixes=fixes_of(release, PAGES)).start(
        capacity=PAGE + ARRAY + spare, initial_size=ARRAY
    )
    task.insert(PAGE, False, False, False, False)
    return task


def test_nested_spill_should_be_no_op() -> None:
    """A spill within a spill reads what was freed until SPARK-25081; then the array is refused, in order.

    ShuffleExternalSorterSuite: the array is full, and all memory that the spill frees is taken by others.
    """
    read = filled("2.3.1")
    with pytest.raises(NullPointerException):
        read.insert(PAGE, False, True, False, True)
    refused = filled("2.3.2")
    refused.insert(PAGE, False, True, False, True)

    assert refused.requester is Requester.PAGED
    assert refused.sorter.spilled == 1


def test_spills_for_nobody_else() -> None:
    """Whoever else needs memory gets nothing from it."""
    task = filled("4.0.0")

    assert task.sorter.spill(PAGE, other_of(task)) == 0


def test_must_spill_for_a_page() -> None:
    """A record for which no page is left makes the sorter spill, and closing it releases everything."""
    task = filled("4.0.0")
    task.insert(PAGE, True, False, False, False)
    spilled, files, used = task.sorter.spilled, task.sorter.files, task.sorter.used
    task.close()

    assert (spilled, files, used) == (1, 1, PAGE + ARRAY)
    assert (task.accounted(), task.sorter.files) == (0, 0)


def test_peak_memory_used() -> None:
    """Each page adds its size to what is used, and a spill takes it to one page again (testPeakMemoryUsed)."""
    task = filled("4.0.0", spare=PAGE)
    one = task.sorter.used
    task.insert(PAGE, True, False, False, False)
    two = task.sorter.used
    task.max_pages = 3
    task.insert(PAGE, True, False, False, False)

    assert (one, two, task.sorter.used) == (PAGE + ARRAY, 2 * PAGE + ARRAY, PAGE + ARRAY)


@pytest.mark.parametrize(("release", "spills"), [("2.2.3", False), ("2.3.0", True), ("4.0.0", True)])
def test_largest_array(release: str, spills: bool) -> None:  # noqa: FBT001 - a parameter
    """Where the array cannot be larger, the records are spilled since SPARK-21033."""
    task = filled(release)
    if spills:
        task.insert(PAGE, False, True, True, False)
        assert task.sorter.spilled == 1
    else:
        with pytest.raises(TooLargePageException):
            task.insert(PAGE, False, True, True, False)


# What is violated in 4.0.0


@pytest.mark.parametrize(("release", "files"), [("2.3.2", 1), ("3.5.7", 1), ("4.1.4", 1), ("4.2.0", 0), ("4.3.0", 0)])
def test_files_that_a_failed_clean_up_leaves(release: str, files: int) -> None:
    """When a spill is refused its new array, the file that it wrote stays on disk, in all releases up to 4.1."""
    task = filled(release)
    task.insert(PAGE, False, True, False, True)
    task.end_task()

    assert (task.accounted(), task.files_on_disk()) == (0, files)


@pytest.mark.parametrize(("release", "nobodys"), [("4.0.0", 5), ("4.2.0", 5), ("4.2.1", 0), ("4.3.0", 0)])
def test_memory_that_is_nobodys(release: str, nobodys: int) -> None:
    """What was granted before the array was refused is accounted to the task and to no consumer, until task end."""
    task = filled(release, spare=5)
    task.insert(PAGE, False, True, False, True)

    assert task.requester is Requester.PAGED
    assert task.accounted() - sum(task.accounts()) == nobodys
    task.end_task()
    assert task.accounted() == 0


def test_a_page_that_leaves_no_room_for_an_array() -> None:
    """It is given back, the array comes first, and then there is no room for the page."""
    task: ShuffleTask = ShuffleTask(fixes=NEWEST, pages=2).start(capacity=PAGE + ARRAY, initial_size=ARRAY)
    task.sorter.insert(PAGE, page_is_full=False, array_is_full=False, array_is_largest=False)

    with pytest.raises(SparkOutOfMemoryError):
        task.sorter.insert(PAGE + ARRAY - 1, page_is_full=True, array_is_full=False, array_is_largest=False)
    assert task.sorter.used == ARRAY
