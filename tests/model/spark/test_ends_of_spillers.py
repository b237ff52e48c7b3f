"""How plain consumers begin, whom they ask first, and what a step of theirs forgets: small stories, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.oracle import consulting
from spillproof.model.rest import standing
from spillproof.model.spark.fixes import POOLS, TASK, fixes_of
from spillproof.model.spark.memory.task_memory_manager import Place
from spillproof.model.spark.memory.task_memory_manager import Victims as Places
from spillproof.model.spark.scenario.many import ManySpillers
from spillproof.model.spark.scenario.modes import Modes
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.paging_task import PagingTask
from spillproof.model.spark.scenario.sharing_tasks import SharingTasks
from spillproof.model.spark.scenario.spillers import FailingSpillers, PartialSpillers, Spillers, Victims
from tests.model.spark.may import Last


@pytest.mark.parametrize("model", [Spillers, Victims, PartialSpillers, FailingSpillers])
def test_plain_consumers_begin_with_no_request(model: Any) -> None:
    """Nobody was asked for anything, in vain or not."""
    state = model().start(capacity=9)

    assert (state.unmet(), state.spillable(), state.asked(), state.asked_in_vain()) == (0, 0, False, False)
    assert (state.request.needed, state.request.spilled, state.request.failure) == (0, [], None)
    assert not state.request.out_of_memory
    sharing: SharingTasks = SharingTasks().start(execution=9)
    assert (sharing.unmet(), sharing.spillable()) == (0, 0)


def test_who_is_asked_with_nothing() -> None:
    """It was asked in vain, and nothing was spilled."""
    state: Any = FailingSpillers().start(capacity=9)
    (only,) = state.spillers
    assert (state.lost, only.spill(3, None), state.asked(), state.asked_in_vain()) == (0, 0, True, True)
    assert state.request.spilled == []


def test_where_all_are_needed_nobody_chooses() -> None:
    """Two have 2 bytes each: for 9 both are asked, in whatever order."""
    state: Victims = Victims(fixes=fixes_of("4.3.0")).start(capacity=4)
    first, second, third = state.spillers
    state.acquire(first, 2)
    state.acquire(second, 2)
    state.acquire(third, 9)

    assert (first.used, second.used, third.used, state.unmet()) == (0, 0, 4, 5)


@pytest.mark.parametrize("release", ["2.3.4", "3.2.0"])
def test_who_has_enough_is_not_asked_again(release: str) -> None:
    """6 bytes of its own are spilled for 4 that it lacks, and then it lacks none."""
    state: Spillers = Spillers(consumers=1, fixes=fixes_of(release)).start(capacity=10)
    (only,) = state.spillers
    state.acquire(only, 6)
    state.acquire(only, 8)

    assert (only.used, state.unmet(), state.asked(), state.asked_in_vain()) == (8, 0, True, False)


def test_who_was_the_last_victim_is_not_asked_besides() -> None:
    """Since SPARK-36933 a requester is one of the victims, and what more it wants is not there."""
    state: Spillers = Spillers(consumers=1, fixes=fixes_of("4.3.0")).start(capacity=10)
    (only,) = state.spillers
    state.acquire(only, 6)
    state.acquire(only, 12)

    assert (only.used, state.unmet(), state.asked(), state.asked_in_vain()) == (10, 2, True, False)


@pytest.mark.parametrize("release", ["2.3.4", "4.3.0"])
def test_one_of_a_rest_spills_for_itself(release: str) -> None:
    """It has all 7 of 9 bytes that the rest has, and asks for 5: since SPARK-36933 it is asked as a registered one."""
    state: Any = standing(ManySpillers, {"fixes": fixes_of(release)}, 1).start(capacity=9)
    (rest,) = [each for each in state.spillers if hasattr(each, "absorb")]
    state.others_acquire(rest, 7)
    with consulting(Last()):
        state.others_acquire_more(rest, 5, 7)

    assert (state.unmet(), rest.used, state.accounted()) == (0, 5, 5)


def test_a_request_remembers_that_its_requester_was_asked() -> None:
    """Before SPARK-35486 that is done once."""
    state: SharingTasks = SharingTasks(tasks=1, consumers=1, fixes=fixes_of("2.3.4", (*TASK, *POOLS))).start(
        execution=9
    )
    (task,) = state.tasks
    (only,) = task.consumers
    state.acquire(task, only, 6)
    state.acquire(task, only, 6)
    request = task.request
    assert request is not None
    assert (request.is_short, request.asked_itself, request.got) == (True, False, 3)
    request.spill()
    assert (request.asked_itself, request.may_ask_itself()) == (True, False)


def test_consumers_of_two_modes() -> None:
    """4 bytes on the heap; off it 3 and 1 of 5: only these count, and only they are asked for another 6 of a queue.

    That has 1 more, the other's 3 and its own 1, and goes short by 1.
    """
    state: Modes = Modes(fixes=fixes_of("4.3.0")).start(capacity=9, off_heap=5)
    on, off, queue = state.spillers
    state.acquire(on, 4)
    assert (state.spillable(), state.accounted(), state.accounts()) == (0, 0, [])
    state.acquire(off, 3)
    state.acquire(queue, 1)
    assert (state.spillable(), state.accounted(), sorted(state.accounts()), state.unmet()) == (3, 4, [1, 3], 0)
    state.acquire(queue, 6)
    assert (on.used, off.used, queue.used, state.unmet(), state.spillable()) == (4, 0, 5, 1, 0)
    assert [each.shallow_size() for each in (on, off, queue)] == [0, 0, 5]


def test_a_rest_forgets_what_was_before() -> None:
    """What was refused, and who was asked in vain, is of the request before."""
    state: Any = standing(ManySpillers, {}, 1).start(capacity=9)
    (rest,) = [each for each in state.spillers if hasattr(each, "absorb")]
    state.others_acquire(rest, 12)
    assert state.unmet() == 3
    state.request.in_vain = True
    state.others_release(rest, 9)
    assert (state.unmet(), state.asked_in_vain()) == (0, False)
    state.request.in_vain = True
    state.others_acquire(rest, 1)
    assert (state.unmet(), state.asked_in_vain()) == (0, False)


# Who is asked first


def test_the_largest_and_the_smallest_are_named_once() -> None:
    """Also where it is the first in the list."""
    task: Victims = Victims(fixes=fixes_of("4.3.0")).start(capacity=99)
    places = [Place(size, each) for size, each in zip((5, 2, 3), task.spillers, strict=True)]
    found = Places(task.task_memory_manager.fixes, None, places, False, False)
    assert [[int(each.key) for each in found.best(need)] for need in (1, 4, 6)] == [[2], [5], [5]]


@pytest.mark.parametrize(("pages", "wanted", "left"), [((3, 2), 3, [0, 2, 3]), ((3, 2, 1), 4, [0, 2, 0, 4])])
def test_no_more_pages_are_spilled_than_a_page_needs(pages: tuple[int, ...], wanted: int, left: list[int]) -> None:
    """The largest, and for what is short then the smallest that suffices."""
    capacity = sum(pages) + wanted
    state: PagingTask = PagingTask(consumers=len(pages) + 1).start(capacity=capacity, really=sum(pages))
    *holders, last = state.holders
    for holder, size in zip(holders, pages, strict=True):
        state.allocate(holder, size)
    state.allocate(last, wanted)

    assert [each.used for each in state.holders] == left


@pytest.mark.parametrize(
    ("wanted", "room", "satisfiable"), [(3, 3, True), (3, 2, False), (5, 5, True), (6, 6, False), (4, 9, True)]
)
def test_whether_a_page_could_be_had(wanted: int, room: int, *, satisfiable: bool) -> None:
    """If the pool had room, and there are 5 bytes to allocate."""
    state: PagingTask = PagingTask().start(capacity=9, really=5)
    state.wanted, state.room = wanted, room

    assert [each.satisfiable for each in state.requests()] == [satisfiable]


def test_three_sides_are_computed_one_after_the_other() -> None:
    """Where the first cannot be cached, the next is built, and the third waits; at the end none is left."""
    state: PageRank = PageRank(consumers=3).start(capacity=9)
    (first,) = state.downstream.building
    state.insert(first, 5)
    state.cache(first)
    assert (len(state.sides().building), len(state.sides().to_compute)) == (1, 1)
    state.end_task()
    assert (len(state.sides().building), len(state.sides().to_compute)) == (0, 0)


def test_what_is_spilled_for_who_waits_is_needed_once_more() -> None:
    """Of 4 bytes 3 are spilled for a request of 3, and another task takes them: 3 more are needed, and 1 is there."""
    state: PartialSpillers = PartialSpillers(fixes=fixes_of("4.3.0")).start(capacity=4)
    first, second = state.spillers
    state.acquire(first, 4)
    state.wait()
    state.acquire(second, 3)

    assert (state.request.needed, state.request.spilled, state.unmet(), second.used) == (6, [3, 1], 2, 1)


def test_one_of_a_rest_with_one_byte_spills_for_itself() -> None:
    """It has 1 of 9 bytes and asks for 9, which it has then."""
    state: Any = standing(ManySpillers, {"fixes": fixes_of("4.3.0")}, 1).start(capacity=9)
    (rest,) = [each for each in state.spillers if hasattr(each, "absorb")]
    state.others_acquire(rest, 1)
    with consulting(Last()):
        state.others_acquire_more(rest, 9, 1)

    assert (state.unmet(), rest.used) == (0, 9)
