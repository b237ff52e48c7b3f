"""UnsafeExternalSorter: each of its repairs is load-bearing, and its suite comes out as Spark asserts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.heap import path_to
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.unsafe import (
    COUNT_THE_ARRAY,
    DROP_THE_READER,
)
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.raw_task import Requester
from spillproof.model.spark.unsafe.in_memory_sorter import NullPointerException
from spillproof.properties.engines.automaton.path import Path, paths
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved
from tests.model.spark.beside import other_of

REPAIRED = fixes_of("4.0.0") | {COUNT_THE_ARRAY, DROP_THE_READER}
ONE_PAGE: dict[str, Any] = {"pages": 1, "array_grows": False, "contended": False}
TWO_PAGES = ONE_PAGE | {"pages": 2}
SLOW = pytest.mark.slow
PATIENT = 300.0
"""Seconds. A check takes 2 to 25 on an idle machine."""
SATISFIED = "a_satisfiable_request_is_satisfied"


@pytest.mark.parametrize("scope", [TWO_PAGES, pytest.param(TWO_PAGES | {"off_heap": True}, marks=SLOW)])
@pytest.mark.thorough
def test_repaired(scope: dict[str, Any]) -> None:
    """With both proposals, every claim is proved, on the heap and off it."""
    report = check(RawSortTask(fixes=REPAIRED, **scope), time_limit=PATIENT)

    assert all(isinstance(result.verdict, Proved) for result in report.results)


# UnsafeExternalSorterSuite


PAGE, ARRAY = 100, 8


def filled(release: str | frozenset[str], pages: int = 2, **scope: Any) -> RawSortTask:
    """A task whose sorter has got a record a page, and nothing is left in the pool."""
    fixes = fixes_of(release) if isinstance(release, str) else release
    task: RawSortTask = RawSortTask(pages=pages, fixes=fixes, **scope).start(
        capacity=pages * PAGE + ARRAY, initial_size=ARRAY
    )
    for place in range(pages):
        task.insert(PAGE, place > 0, False, False)
    return task


def outcomes(scenario: Callable[[], object]) -> list[object]:
    """What comes out of a scenario for each way in which records can lie in pages."""

    def run(_path: Path) -> object:
        try:
            return scenario()
        except Require:
            return "refused"

    return list(dict.fromkeys(outcome for _, outcome in paths(run, 0, "scenario")))


def forced(task: RawSortTask) -> int:
    """What the sorter says to have freed for the other consumer."""
    return task.sorter.spill(PAGE, other_of(task))


def test_spilling_occurs_in_response_to_memory_pressure() -> None:
    """A record for which no page is left makes the sorter spill, and all are kept."""
    task = filled("4.0.0", pages=1)
    task.max_pages = 2
    task.insert(PAGE, True, False, False)
    assert task.sorter.in_mem_sorter is not None

    assert (task.sorter.spilled, task.sorter.in_mem_sorter.records, task.sorter.used) == (1, 1, PAGE + ARRAY)


@pytest.mark.parametrize(("with_nulls", "since"), [(False, "2.0.1"), (True, "2.4.8"), (True, "3.0.2")])
def test_forced_spilling_with_read_iterator(with_nulls: bool, since: str) -> None:  # noqa: FBT001 - a parameter
    """While it is read, a spill frees all but the current page, a second nothing, and the current record stays.

    With nulls only since SPARK-32900 (forcedSpillingNullsWithReadIterator).
    """

    def scenario(release: str) -> object:
        task = filled(release)
        task.read(with_nulls)
        task.load_next()
        first, second = forced(task), forced(task)
        (page,) = task.pages_in_use()
        freed = page.is_freed
        task.load_next()
        return first, second, freed, task.sorter.used

    assert outcomes(lambda: scenario(since)) == [(PAGE + ARRAY, 0, False, 0)]
    assert outcomes(lambda: scenario("4.0.0")) == [(PAGE + ARRAY, 0, False, 0)]
    if with_nulls:
        assert outcomes(lambda: scenario("3.0.1")) == [(0, 0, False, 2 * PAGE + ARRAY)]


@pytest.mark.parametrize(("release", "first"), [("3.0.3", 0), ("3.1.1", PAGE + ARRAY), ("4.0.0", PAGE + ARRAY)])
def test_forced_spilling_with_fully_read_iterator(release: str, first: int) -> None:
    """Read to the end, a spill frees all but the last page, and that goes with cleaning up (SPARK-32911)."""

    def scenario() -> object:
        task = filled(release)
        task.read(False)
        task.load_next()
        task.load_next()
        spills = forced(task), forced(task)
        (page,) = task.pages_in_use()
        freed = page.is_freed
        task.clean_up()
        return spills, freed, task.sorter.used

    assert outcomes(scenario) == [((first, 0), False, 0)]


def test_forced_spilling_with_not_read_iterator() -> None:
    """Before the first record is read, a spill frees everything; then both records come from the file."""
    task = filled("4.0.0")
    task.read(False)
    spills = forced(task), forced(task)
    task.load_next()
    task.load_next()
    with pytest.raises(Require):
        task.load_next()

    assert spills == (2 * PAGE + ARRAY, 0)
    assert task.sorter.used == 0


def test_no_forced_spill_while_it_is_filled() -> None:
    """A sorter that nobody reads yet frees nothing for others."""
    assert forced(filled("4.0.0")) == 0


@pytest.mark.parametrize("release", ["2.4.8", "3.0.2", "3.1.1", "4.0.0"])
def test_no_oom_during_spill(release: str) -> None:
    """A spill succeeds although every request is refused; afterwards records can be put in (testNoOOMDuringSpill)."""
    task = filled(release, pages=1)
    task.pool.others_wait = True
    task.sorter.spill(PAGE, task.sorter)
    task.pool.others_wait = False
    refused = task.pool.others
    task.pool.others = 0
    for _ in range(100):
        task.insert(PAGE, False, False, False)

    assert refused == PAGE + ARRAY
    assert task.sorter.in_mem_sorter is not None
    assert task.sorter.in_mem_sorter.records == 100


def test_oom_during_spill() -> None:
    """Until SPARK-21907 a spill within a spill walked the freed array; then it was refused in order."""
    walked = filled("2.2.0", pages=1)
    with pytest.raises(NullPointerException):
        walked.insert(PAGE, False, True, True)
    refused = filled("2.2.1", pages=1)
    refused.insert(PAGE, False, True, True)

    assert refused.requester is Requester.PAGED


@pytest.mark.parametrize(("release", "fails"), [("2.3.4", True), ("2.4.4", True), ("2.4.5", False), ("3.0.1", False)])
def test_a_sorter_without_an_array_is_cleaned_up(release: str, fails: bool) -> None:  # noqa: FBT001 - a parameter
    """After a reset that was refused a sorter has no array; until SPARK-27558, to ask for its size was an exception."""
    task = filled(release, pages=1)
    task.insert(PAGE, False, True, True)
    assert task.requester is Requester.PAGED

    if fails:
        with pytest.raises(NullPointerException):
            task.end_task()
    else:
        task.end_task()
        assert task.accounted() == 0


def test_a_refusal_without_an_array_is_passed_on() -> None:
    """A doubled array is refused after a spill that got no new array either: there is no room for the record."""
    task = filled("2.4.4", pages=1)
    task.insert(PAGE, False, True, True)

    assert (task.requester, task.wanted) == (Requester.PAGED, ARRAY)
    assert task.sorter.in_mem_sorter is not None
    assert task.sorter.in_mem_sorter.array is None


def test_memory_that_is_nobodys() -> None:
    """A spill that fails leaves the requester's grant accounted to the task and to no consumer, until task end.

    The pool has 108 bytes: the doubled array wants 16, of which 5 are free. The spill frees 108, which others take; its
    new array is refused, and the 5 stay granted.
    """
    task = filled("3.0.1", pages=1)
    task.pool.pool_size += 5
    task.insert(PAGE, False, True, True)

    assert (task.accounted(), sum(task.accounts())) == (5, 0)
    task.end_task()
    assert task.accounted() == 0


def test_the_page_that_cleaning_up_leaves() -> None:
    """In current releases two iterators refer past the freed page to its bytes, until task end: cutting one reference
    of them leaves the other.
    """
    task = filled("4.0.0", pages=1)
    task.read(False)
    task.load_next()
    (page,) = task.pages_in_use()
    array = page.base_object
    assert array is not None
    task.clean_up()
    path = path_to(array, task.roots())

    assert (task.accounted(), task.reachable()) == (0, PAGE)
    assert path is not None
    assert [each.name for each in path] == ["sorter", "reading_iterator", "base_object"]
    reading = task.sorter.reading_iterator
    assert reading is not None
    reading.base_object = None
    path = path_to(array, task.roots())
    assert path is not None
    assert [each.name for each in path] == ["sorter", "reading_iterator", "upstream", "base_object"]
    task.sorter.reading_iterator = None
    assert path_to(array, task.roots()) is None


def test_before_spark_32900_there_is_one_reference() -> None:
    """The reader had no field of its own for it."""
    task = filled("3.0.1", pages=1)
    task.read(False)
    task.load_next()
    reading = task.sorter.reading_iterator

    assert reading is not None
    assert reading.upstream is not None
    assert (reading.base_object, reading.upstream.base_object is None) == (None, False)


def test_after_a_refusal_the_work_is_over() -> None:
    """Nobody cleans up as if downstream had enough, when a request was refused; the task can only end."""
    task = filled("4.0.0", 1)
    task.read(False)
    task.load_next()
    task.acquire(100 * PAGE)

    assert task.requester is Requester.OTHER
    with pytest.raises(Require):
        task.clean_up()
    task.end_task()


def test_a_larger_array_is_refused_after_its_spill() -> None:
    """Others take what the spill for it freed: then the first size is asked for, and it is that which is refused."""
    task = filled("4.0.0", 1)
    task.insert(PAGE, False, True, True)

    assert (task.requester, task.wanted) == (Requester.PAGED, ARRAY)
