"""BytesToBytesMap: each of its repairs is load-bearing, and its suite comes out as Spark asserts."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.heap import path_to
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.fixes.raw_map import (
    DROP_LOCATIONS,
    SPILL_THE_ONLY_PAGE,
)
from spillproof.model.spark.memory.memory_block import LongArray
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_task import Requester
from spillproof.model.spark.unsafe.bytes_to_bytes_map import MapIterator, NoSuchElementException
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved
from tests.model.spark.beside import other_of

TODAY = fixes_of("4.0.0", PAGES)
REPAIRED = TODAY | {DROP_LOCATIONS, SPILL_THE_ONLY_PAGE}
ONE_PAGE: dict[str, Any] = {"pages": 1, "array_grows": False, "contended": False}
TWO_PAGES = ONE_PAGE | {"pages": 2}
PATIENT = 300.0
"""Seconds. A check takes 1 to 6 on a busy machine."""
SATISFIED = "a_satisfiable_request_is_satisfied"


@pytest.mark.thorough
def test_repaired() -> None:
    """With both proposals, every claim is proved."""
    report = check(RawMapTask(fixes=REPAIRED, **TWO_PAGES), time_limit=PATIENT)

    assert all(isinstance(result.verdict, Proved) for result in report.results)


# BytesToBytesMapSuite


PAGE, ARRAY = 100, 8


def filled(pages: int, release: str = "4.0.0", *, capacity: int | None = None) -> RawMapTask:
    """A task whose map has got a record a page, and nothing is left in the pool."""
    fixes = fixes_of(release, PAGES)
    task: RawMapTask = RawMapTask(pages=pages + 1, fixes=fixes).start(
        capacity=pages * PAGE + ARRAY if capacity is None else capacity, initial_size=ARRAY
    )
    for place in range(pages):
        task.append(PAGE, place > 0, False)
    return task


def reading(task: RawMapTask) -> MapIterator:
    """The iterator of a map that is read destructively."""
    task.read(True)
    assert task.iterator is not None
    return task.iterator


def test_failure_to_allocate_first_page() -> None:
    """Where there is memory for the array only, a record is refused, and nothing leaks (failureToAllocateFirstPage)."""
    task: RawMapTask = RawMapTask().start(capacity=ARRAY, initial_size=ARRAY)
    task.append(PAGE, False, False)

    assert task.requester is Requester.PAGED
    assert (task.accounted(), sum(task.accounts())) == (ARRAY, ARRAY)
    task.end_task()
    assert task.accounted() == 0


def test_failure_to_grow() -> None:
    """Where there is no memory for a larger array, the record is in, and the next is refused (failureToGrow)."""
    task = filled(1)
    task.append(PAGE, False, True)

    assert task.requester is None
    assert not task.map.can_grow_array
    assert not task.map.append(PAGE, page_is_full=False, array_is_full=False)
    task.end_task()
    assert task.accounted() == 0


def test_spill_in_iterator() -> None:
    """A map that is read to keep it frees nothing; one that is read destructively, as many pages as are asked for.

    spillInIterator. There are 32 pages of 1 kB, of which the fourth is read; here three, of which the first is.
    """
    kept = filled(3)
    kept.read(False)
    kept.next_page()
    task = filled(3)
    iterator = reading(task)
    task.next_page()

    assert kept.map.spill(10 * PAGE, other_of(kept)) == 0
    assert iterator.spill(PAGE) == PAGE
    task.next_page()
    task.next_page()
    assert not iterator.has_another_page()
    task.find_end()
    task.find_end()
    task.free()
    assert (task.map.spill_writers, task.accounted()) == (0, 0)


@pytest.mark.parametrize(
    ("release", "works"),
    [("2.4.7", False), ("2.4.8", True), ("3.0.1", False), ("3.0.2", True), ("3.1.1", True), ("4.0.0", True)],
)
def test_end_is_found_again(release: str, works: bool) -> None:  # noqa: FBT001 - a parameter
    """At the end of what was spilled, hasNext may be called again since SPARK-33756."""
    task = filled(2, release)
    iterator = reading(task)
    iterator.spill(2 * PAGE)
    task.next_page()
    task.next_page()
    task.find_end()
    if works:
        task.find_end()
    else:
        with pytest.raises(NoSuchElementException):
            task.find_end()


def test_the_current_page_stays() -> None:
    """What is asked for in excess is not freed: the current page stays, and is freed when it is left."""
    task = filled(3)
    iterator = reading(task)
    task.next_page()

    assert iterator.spill(10 * PAGE) == 2 * PAGE
    assert iterator.spill(10 * PAGE) == 0
    assert [page.is_freed for page in task.pages_in_use()] == [False]
    task.next_page()
    assert task.map.used == 0


def test_peak_memory_used() -> None:
    """Each page adds its size to what is used, and nothing else does (testPeakMemoryUsed)."""
    task = filled(0, capacity=10 * PAGE + ARRAY)
    task.max_pages = 10
    used = []
    for place in range(10):
        task.append(PAGE, place > 0, False)
        task.append(PAGE, False, False)
        used.append(task.map.used)

    assert used == [ARRAY + (place + 1) * PAGE for place in range(10)]


@pytest.mark.parametrize(("release", "freed_again"), [("2.4.4", True), ("2.4.5", False), ("4.0.0", False)])
def test_free_after_failed_reset(release: str, freed_again: bool) -> None:  # noqa: FBT001 - a parameter
    """A reset that is refused its array leaves a map that can be freed (freeAfterFailedReset, SPARK-29244)."""
    task = filled(1, release)
    task.reset(True)

    assert task.requester is Requester.PAGED
    if freed_again:
        with pytest.raises(AssertionError, match="already been freed"):
            task.end_task()
    else:
        task.end_task()
        assert task.accounted() == 0


def test_reset_keeps_the_first_size() -> None:
    """After a reset the map has an array of its first size, and can be filled again."""
    task = filled(1, capacity=2 * PAGE + 3 * ARRAY)
    task.append(PAGE, False, True)
    grown = task.map.used
    task.reset(False)

    assert (grown, task.map.used) == (PAGE + 2 * ARRAY, ARRAY)
    task.append(PAGE, False, False)
    assert task.map.used == PAGE + ARRAY


@pytest.mark.parametrize(("release", "kept"), [("2.4.6", 1), ("2.4.7", 2), ("3.0.1", 1), ("3.0.2", 2)])
def test_the_place_of_an_iterator(release: str, kept: int) -> None:
    """A map that is freed while its first page is read keeps that; and the page that was filled last, if the iterator
    has a place of its own (SPARK-31511).
    """
    task = filled(2, release)
    task.read(True)
    task.next_page()
    task.free()

    assert (task.accounted(), task.reachable()) == (0, kept * PAGE)


# What is violated today


def held_past(task: RawMapTask, page: LongArray) -> list[str]:
    """By which references bytes are reachable."""
    path = path_to(page, task.roots())
    assert path is not None
    return [each.name for each in path]


def test_the_page_that_a_reset_leaves() -> None:
    """In current releases the map refers past the freed page to its bytes, until the next record is put in."""
    task = filled(1)
    (page,) = task.map.data_pages
    array = page.base_object
    assert array is not None
    task.reset(False)

    assert (task.accounted(), task.reachable()) == (ARRAY, ARRAY + PAGE)
    assert held_past(task, array) == ["map", "location", "base_object"]
    task.append(PAGE, False, False)
    assert task.reachable() == ARRAY + PAGE


def test_the_page_before_a_file() -> None:
    """In current releases an iterator that goes from its last page to a file keeps that page's bytes."""
    task = filled(2)
    iterator = reading(task)
    task.next_page()
    (page,) = task.pages_in_use()
    array = page.base_object
    assert array is not None
    task.map.location.base_object = None  # of the second page; see above
    iterator.spill(PAGE)
    task.next_page()

    assert (task.accounted(), task.reachable()) == (0, PAGE)
    assert held_past(task, array)[-1] == "page_base_object"
    task.iterator = None
    assert held_past(task, array) == ["map", "destructive_iterator", "page_base_object"]


def test_the_only_page() -> None:
    """In current releases one page that nobody has read stays, and of two both go."""
    one, two = filled(1), filled(2)

    assert reading(one).spill(PAGE) == 0
    assert reading(two).spill(2 * PAGE) == 2 * PAGE


def test_nothing_is_put_in_while_it_is_read() -> None:
    """A map that is read takes no more records."""
    task = filled(1)
    task.read(True)
    with pytest.raises(Require):
        task.append(PAGE, False, False)


@pytest.mark.parametrize("release", ["2.4.0", "4.0.0"])
def test_a_refused_reset_leaves_nothing_to_free(release: str) -> None:
    """An array that had grown is freed, and where no other is granted there is nothing that a spill could free."""
    fixes = fixes_of(release, PAGES)
    task: RawMapTask = RawMapTask(pages=2, fixes=fixes).start(capacity=PAGE + 3 * ARRAY, initial_size=ARRAY)
    task.pool.others_wait = True  # for the array that is given back when the larger one is there
    task.append(PAGE, False, True)
    assert task.map.grown == ARRAY
    task.reset(True)

    assert task.requester is Requester.PAGED
    assert task.map.freeable(other_of(task)) == 0
