"""How each task begins, what its steps forget, and how it ends: small stories, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.heap import Bag
from spillproof.model.oracle import consulting
from spillproof.model.rest import standing
from spillproof.model.spark.fixes import PAGES, POOLS, STORAGE, TASK, fixes_of
from spillproof.model.spark.fixes.fix import Change, fix
from spillproof.model.spark.fixes.pools import SPARK_12165, SPARK_12189, SPARK_15260, WAKE_ON_STORAGE_RELEASE
from spillproof.model.spark.fixes.storage import DROP_UNROLLED_BUFFER, SPARK_17465, SPARK_17491_MODE
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, PageNumber
from spillproof.model.spark.memory.paging_task_memory_manager import PagingTaskMemoryManager
from spillproof.model.spark.memory.shared_execution_memory_pool import MemoryForTask, NoSuchElementException, Waiting
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.memory.task_memory_manager import Place
from spillproof.model.spark.memory.task_memory_manager import Victims as Places
from spillproof.model.spark.releases import spans
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.executor import BorrowingTasks, ExecutionTasks, Executor
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.incident import E1_RECORDS, Incident
from spillproof.model.spark.scenario.many import ManySpillers
from spillproof.model.spark.scenario.modes import Modes
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.paging_task import PagingTask
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.raw_task import OtherConsumer, Requester
from spillproof.model.spark.scenario.requesting_task import RequestingTask, TaskBesideOffHeap
from spillproof.model.spark.scenario.sampled_task import SampledTask
from spillproof.model.spark.scenario.sharing_tasks import SharingTasks
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.spark.scenario.spillers import FailingSpillers, PartialSpillers, Spillers, Spills, Victims
from spillproof.model.spark.scenario.unrolling import Level, Unrolling
from spillproof.model.spark.storage.memory_store import Block, Rdd
from spillproof.model.spark.storage.partially_unrolled_iterator import (
    PartiallySerializedBlock,
    PartiallyUnrolledIterator,
    Unrolled,
    UnrolledIterator,
)
from spillproof.model.spark.storage.unroll_memory import NothingToEvict, UnrollAccount, UnrollMemory
from tests.model.spark.beside import other_of
from tests.model.spark.may import Last, may

RAW = [RawMapTask, AggregateTask, ShuffleTask, RawSortTask]
FILL: dict[Any, tuple[Any, ...]] = {
    RawMapTask: (3, False, False),
    AggregateTask: (3, False, False, False),
    ShuffleTask: (3, False, False, False, False),
    RawSortTask: (3, False, False, False),
}


def filled(model: Any, capacity: int = 20) -> Any:
    """A task with an array of 2 bytes, and a record in a page of 3."""
    state = model().start(capacity=capacity, initial_size=2)
    (state.append if model in (RawMapTask, AggregateTask) else state.insert)(*FILL[model])
    return state


def at_rest(state: Any) -> bool:
    """Whether nothing was refused, and downstream looks at nothing."""
    asks = (state.requester, state.wanted, state.pool.others, state.pool.others_wait, state.requests())
    looks = [getattr(state, each, None) for each in ("iterator", "reads_row")]
    inner = state.paged()
    refers = [getattr(inner, each, None) for each in ("destructive_iterator", "reading_iterator")]
    return asks == (None, 0, 0, False, []) and not any(looks) and refers == [None, None]


@pytest.mark.parametrize("model", RAW)
def test_a_task_with_pages_begins_and_ends_with_nothing(model: Any) -> None:
    """Neither a refusal nor a reader is left, whatever was refused last."""
    assert at_rest(model().start(capacity=20, initial_size=2))
    state = filled(model)
    assert (at_rest(state), state.accounted(), state.ended) == (True, 5, False)
    if model in (RawMapTask, RawSortTask):
        state.read(True)
        assert not at_rest(state)
    state.acquire(99)
    assert (state.requester, state.wanted) == (Requester.OTHER, 99)
    state.end_task()
    assert (at_rest(state), state.accounted(), state.ended, may(state)) == (True, 0, True, {})
    if model in (RawMapTask, AggregateTask):
        assert state.map.location.base_object is None


@pytest.mark.parametrize("model", RAW)
def test_a_task_that_was_refused_while_it_was_filled(model: Any) -> None:
    """It is not read, closed or sorted either."""
    state = filled(model)
    state.acquire(99)

    assert may(state) == {"end_task": 1}


@pytest.mark.parametrize("model", RAW)
def test_what_another_consumer_could_have_had(model: Any) -> None:
    """6 bytes where 5 are free: what a sorter spills for itself it does not for others. They are not asked either."""
    state = filled(model, capacity=10)
    other = other_of(state)
    state.acquire(6)

    assert ([each.satisfiable for each in state.requests()], other.has_memory(), other.spill(6, None)) == (
        [False],
        False,
        0,
    )


@pytest.mark.parametrize("model", RAW)
def test_what_a_step_noted_is_of_that_step(model: Any) -> None:
    """With the next, and at the end, nothing was spilled yet. What other tasks took is theirs until the end."""
    for ends in (False, True):
        state = filled(model)
        inner = state.paged()
        inner.unreported, inner.allocated_in_spill, state.pool.others = 3, True, 4
        state.end_task() if ends else state.acquire(1)
        assert (state.unreported(), state.allocated_in_spill(), state.pool.others) == (0, False, 0 if ends else 4)


@pytest.mark.parametrize(
    ("model", "name", "given"),
    [
        (RawMapTask, "reset", ()), (AggregateTask, "sort", (9,)),
        (ShuffleTask, "insert", (1, False, False, False)), (RawSortTask, "insert", (1, False, False)),
    ],
)  # fmt: skip # a table
def test_where_nobody_contends_nobody_waits(model: Any, name: str, given: tuple[Any, ...]) -> None:
    """Other tasks wait for what is released only where there are some."""
    state = model(contended=False).start(capacity=20, initial_size=2)
    (state.append if model in (RawMapTask, AggregateTask) else state.insert)(*FILL[model])
    with pytest.raises(Require):
        getattr(state, name)(*given, True)
    getattr(state, name)(*given, False)


def test_a_reset_and_a_sort_are_steps_of_their_own() -> None:
    """What was noted before is forgotten; a sort writes its records to a file, of which it is said how many pages."""
    reset, sort = filled(RawMapTask), filled(AggregateTask)
    for state in (reset, sort):
        state.map.unreported = 3
    reset.reset(False)
    sort.sort(9, False)
    assert (reset.unreported(), sort.unreported(), reset.records_spilled(), sort.records_spilled()) == (0, 0, 0, 1)


def test_a_sort_that_is_refused_the_larger_array_ends_the_work() -> None:
    """Before SPARK-32872 a map with the largest array took more records than can be sorted in it."""
    fixes = fixes_of("4.3.0", PAGES) - {"SPARK-32872"}
    state: AggregateTask = AggregateTask(fixes=fixes).start(capacity=6, initial_size=2)
    state.append(3, False, False, True)
    state.append(3, False, False, True)
    assert state.map.is_overfull
    state.sort(9, False)
    assert (state.requester, state.wanted, state.map.has_records, may(state)) == (
        Requester.PAGED, 9, True, {"end_task": 1},
    )  # fmt: skip


def test_a_sorter_that_was_cleaned_up_early() -> None:
    """Downstream wanted no more, though there is a record that it did not see."""
    state = filled(RawSortTask)
    state.read(False)
    state.clean_up()
    assert may(state) == {"acquire": 3, "end_task": 1}


def test_a_map_that_has_no_room_is_sorted() -> None:
    """The page that it was refused is said, and forgotten when it is sorted."""
    state: AggregateTask = AggregateTask(pages=2).start(capacity=6, initial_size=2)
    state.append(3, False, False, False)
    state.append(4, True, False, False)
    assert (state.requester, state.wanted) == (Requester.PAGED, 4)
    assert [each.satisfiable for each in state.requests()] == [False]
    state.sort(3, False)
    assert (state.requester, state.wanted, state.requests(), state.files_on_disk()) == (None, 0, [], 1)


def test_pages_begin_and_fail_with_nothing_left_to_do() -> None:
    """Before SPARK-13210 a page for which there is no memory ended the work, though other pages could be freed."""
    state: PagingTask = PagingTask(fixes=fixes_of("1.6.0", PAGES)).start(capacity=9, really=3)
    first, second = state.holders
    assert (state.requests(), state.wanted, state.room, state.failed) == ([], 0, 0, False)
    state.allocate(first, 2)
    state.allocate(second, 2)
    assert (state.failed, first.used, may(state)) == (True, 2, {"end_task": 1})


@pytest.mark.parametrize(("release", "free"), [("1.6.0", 4), ("4.3.0", 9)])
def test_pages_that_are_left_at_the_end(release: str, free: int) -> None:
    """Since SPARK-15045 they are freed; before, the table was cleared first, and nobody found them."""
    state: PagingTask = PagingTask(fixes=fixes_of(release, PAGES)).start(capacity=9, really=9)
    first, _ = state.holders
    state.allocate(first, 5)
    (page,) = state.manager.page_table
    state.end_task()

    assert (len(state.manager.page_table), state.manager.allocator.free_bytes, state.accounted()) == (0, free, 0)
    assert page.number is (PageNumber.FREED if free == 9 else PageNumber.IN_TABLE)


def test_what_could_not_be_allocated_is_put_aside() -> None:
    """Of 9 bytes the allocator really has 3. A page of 5 is not there, nor after the other consumer's was spilled."""
    state: PagingTask = PagingTask(fixes=fixes_of("4.3.0", PAGES)).start(capacity=9, really=3)
    first, second = state.holders
    state.allocate(first, 3)
    state.allocate(second, 5)
    assert (first.used, second.used, state.unused(), state.accounted(), state.accounts()) == (0, 0, 5, 5, [0, 0, 5])
    state.allocate(second, 3)
    assert (second.used, state.unused(), state.accounted(), state.requests()) == (3, 5, 8, [])
    state.end_task()
    assert (state.unused(), state.accounted()) == (0, 0)


def test_where_all_is_put_aside_nothing_is_granted() -> None:
    """All 4 bytes were granted and could not be allocated: a further page is refused, though there is 1 to allocate."""
    state: PagingTask = PagingTask().start(capacity=4, really=1)
    first, second = state.holders
    state.allocate(first, 4)
    assert (state.unused(), len(state.requests())) == (4, 1)
    state.allocate(second, 1)
    assert ([each.satisfiable for each in state.requests()], second.used) == ([False], 0)


def test_a_page_that_a_spill_makes_room_for() -> None:
    """4 bytes were granted, of which the allocator has 1: the other's page of 3 is spilled, and then it has them."""
    state: PagingTask = PagingTask(fixes=fixes_of("4.3.0", PAGES)).start(capacity=9, really=4)
    first, second = state.holders
    state.allocate(first, 3)
    state.allocate(second, 4)

    assert (first.used, second.used, state.unused(), state.accounted(), len(state.manager.page_table)) == (
        0,
        4,
        0,
        4,
        1,
    )


def test_a_page_of_nobody_is_not_freed() -> None:
    """Nor one that was freed: each has its own words."""
    allocator = MemoryAllocator(9)
    manager = PagingTaskMemoryManager(
        PagingTask().start(capacity=9, really=9).pool, fixes_of("4.3.0", PAGES), Bag(), allocator, Bag(), 1
    )
    page = allocator.allocate(3)
    with pytest.raises(AssertionError, match="wasn't allocated"):
        manager.free_page(page)
    manager.free_page(manager.into_table(page))
    with pytest.raises(AssertionError, match="already been freed"):
        manager.free_page(page)


# What is over


def test_a_map_that_is_in_nobodys_hands() -> None:
    """After the end nothing is put in, grown or read, whoever still refers to a map or a sorter."""
    growing: GrowingTask = GrowingTask().start(capacity=9)
    spark: SparkTask = SparkTask().start(capacity=9)
    rank: PageRank = PageRank().start(capacity=9)
    sorting: SortingTask = SortingTask().start(capacity=9)
    for state in (growing, spark, rank, sorting):
        first: Any = next(iter(state.downstream.building))
        state.insert(first, 2)
        state.end_task()
        assert (state.ended, state.accounted(), may(state)) == (True, 0, {})
        for name, given in (("insert", (first, 1)), ("grow", (first, 1)), ("iterator", (first,)), ("cache", (first,))):
            if hasattr(state, name):
                with pytest.raises(Require):
                    getattr(state, name)(*given)
        with pytest.raises(Require):
            state.end_task()


def test_an_iterator_over_nothing_is_not_pulled() -> None:
    """It is not kept: it has no record, and never had memory."""
    state: SortingTask = SortingTask(downstream=Downstream.ANY).start(capacity=9)
    first, _ = state.downstream.building

    assert not state.downstream.pulls(first.iterator())


def test_the_log_ends_with_two_maps_alike() -> None:
    """Since the fix the second map goes on to the size of the first, and as many records."""
    state: Incident = Incident(fixes=fixes_of("2.4.0")).start()
    first, second = state.downstream.building
    state.line = 1
    with pytest.raises(Require):
        state.open(first)  # it has no memory yet
    state.line = 0
    state.build(first)
    state.open(first)
    state.build_again(second)
    state.grow_table(second)
    state.build_on(second)
    assert (first.owed, second.owed) == (E1_RECORDS, E1_RECORDS)
    state.end_task()
    assert (state.ended, state.accounted()) == (True, 0)


def test_the_log_names_its_maps() -> None:
    """Line by line, and each with the map that it is about: what is read is not built, and what is built not read."""
    state: Incident = Incident().start()
    first, second = state.downstream.building
    with pytest.raises(Require):
        state.open(first)
    state.build(first)
    assert state.line == 1
    with pytest.raises(Require):
        state.build(first)
    state.open(first)
    with pytest.raises(Require):
        state.build_again(first)
    state.line = 2
    state.build_again(second)
    state.line = 3
    with pytest.raises(Require):
        state.grow_table(first)


def test_a_map_that_claims_and_is_empty() -> None:
    """It holds nothing beyond its claim, and has no table that its claim could exceed."""
    state: Incident = Incident().start()
    first, second = state.downstream.building
    first.acquire_memory(5)
    second.acquire_memory(1)
    second.put(4)
    assert (state.unclaimed(), state.unused()) == (3, 0)
    second.acquire_memory(9)
    assert (state.unclaimed(), state.unused()) == (0, 6)


@pytest.mark.parametrize(("release", "accounts"), [("1.6.0", [0, 2]), ("2.3.4", [2])])
def test_which_maps_count(release: str, accounts: list[int]) -> None:
    """Since SPARK-4452 those that are registered, beside which there may be other consumers; before, those in use."""
    state: SparkTask = SparkTask(fixes=fixes_of(release)).start(capacity=9)
    first, _ = state.downstream.building
    state.insert(first, 2)
    assert sorted(state.accounts()) == accounts
    state.task_memory_manager.consumers.add(OtherConsumer(state.task_memory_manager))
    assert (len(state.maps()), first in state.maps(), state.unused()) == (len(accounts), True, 0)


def test_when_a_change_is_in_a_release() -> None:
    """In its own minor line from its first release on; in another one, if that is younger than all which have it."""
    change = Change("a change", "it is better", ("2.4.7", "3.0.1"))
    releases = ("2.3.4", "2.4.6", "2.4.7", "2.4.8", "2.5.0", "3.0.0", "3.0.1", "3.1.0")
    assert [each for each in releases if change.is_in(each)] == ["2.4.7", "2.4.8", "3.0.1", "3.1.0"]
    assert not Change("a proposal", "it would be better").is_in("9.9.9")


def test_a_fix_says_what_is_shown_without_it() -> None:
    """By family; nothing, if nothing is said."""
    shown = {"spark": {"a claim"}}
    assert (fix("a", "b", ("1.0",), shown=shown).shown, fix("a", "b", ("1.0",)).shown) == (shown, {})


def test_a_result_of_which_a_part_was_spilled_is_not_cached() -> None:
    """What is left of it in memory would fit: here nothing, as the second record was too large for an empty map."""
    state: PageRank = PageRank().start(capacity=8)
    (first,) = state.downstream.building
    state.insert(first, 4)
    state.insert(first, 9)
    assert (first.live(), state.accounted()) == (0, 0)
    state.cache(first)
    assert (state.stored(), len(state.downstream.building), state.block) == (0, 1, None)


def test_a_result_that_leaves_room_is_cached() -> None:
    """3 bytes where 5 are free."""
    state: PageRank = PageRank().start(capacity=8)
    (first,) = state.downstream.building
    state.insert(first, 3)
    state.cache(first)

    assert (state.stored(), state.accounted(), first.used) == (3, 3, 0)


@pytest.mark.parametrize(("release", "in_vain"), [("3.5.0", 3), ("4.3.0", 0)])
def test_what_is_spilled_for_a_map_that_has_its_number(release: str, in_vain: int) -> None:
    """Of 6 bytes maps have 2 in two records, 3 and 1. Before SPARK-49386 the first asked for 2 more, and then spilled.

    For that the smallest spilled that has as much: the second. The third keeps its own.
    """
    state: NumberedTask = NumberedTask(consumers=3, spill_after=1, fixes=fixes_of(release)).start(capacity=6)
    first, second, third = state.downstream.building
    for each, size in ((first, 1), (first, 1), (second, 3), (third, 1)):
        state.insert(each, size)
    assert (state.spilled_anyway(), state.spilled_for_the_number()) == (0, [])
    state.insert(first, 2)
    assert (state.spilled_anyway(), state.spilled_for_the_number()) == (in_vain, [2])
    assert (first.used, second.used, third.used) == (2, 3 - in_vain, 1)
    state.insert(second, 1)
    assert state.spilled_anyway() == 0


# Plain consumers


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


# Executors


@pytest.mark.parametrize(
    ("size", "satisfiable", "granted"), [(3, True, 3), (4, True, 4), (6, True, 6), (8, True, 8), (9, False, 8)]
)
def test_what_a_task_could_have(size: int, *, satisfiable: bool, granted: int) -> None:
    """Execution has 4 bytes, and may take the 4 of storage, which are free."""
    state: Executor = Executor().start(execution=4, storage=4)
    one, _ = state.tasks
    state.acquire(one, size)
    assert state.request is not None

    assert (state.request.satisfiable, state.request.granted, state.request.whole) == (
        satisfiable,
        granted,
        satisfiable,
    )
    assert (state.request.holds, state.request.active, state.request.largest) == (granted, 1, 8)
    assert (state.requests(), state.shares()) == ([state.request], [state.request])


def test_a_share_of_what_is_free() -> None:
    """Of 8 bytes 7 are free, and a task of two may have 4: it asked for more than its share."""
    state: ExecutionTasks = ExecutionTasks().start(execution=8)
    one, other = state.tasks
    state.acquire(other, 1)
    state.leave()
    state.acquire(one, 6)
    assert state.request is not None
    assert (state.request.satisfiable, state.request.granted, state.request.active) == (False, 4, 2)


def test_who_waits_with_one_byte_may_release_it() -> None:
    """By a further thread, as it has something."""
    state: ExecutionTasks = ExecutionTasks(threads=2).start(execution=16)
    one, other = state.tasks
    for task, size in ((one, 15), (other, 1)):
        state.acquire(task, size)
        state.leave()
    state.acquire(other, 3)
    assert may(state) == {"acquire": 3, "release": 3, "release_all": 2}


@pytest.mark.parametrize(("size", "satisfiable"), [(8, True), (9, False)])
def test_a_block_as_large_as_all(size: int, *, satisfiable: bool) -> None:
    """Another block is read and cannot go; were it not for that, one of 8 bytes could be cached."""
    state: Executor = Executor(blocks=2).start(execution=4, storage=4)
    state.put(1)
    state.store.entries[0].read_lock = True
    state.put(size)
    assert state.request is not None
    assert (state.request.satisfiable, state.request.active) == (satisfiable, 0)


def test_blocks_of_the_same_rdd_do_not_make_room() -> None:
    """Of no RDD and of another all could go; of its own none."""
    state: Executor = Executor(blocks=4).start(execution=0, storage=20)
    for each in (Block(1), Block(2, Rdd.OTHER), Block(4, Rdd.ONE), Block(8, Rdd.ONE)):
        state.store.put(each)

    assert [state.room_for(Block(1, rdd)) for rdd in (None, Rdd.ONE, Rdd.OTHER)] == [20, 8, 18]


def test_a_request_that_fails_when_it_is_woken() -> None:
    """One task has 4 bytes, a block that is read 12. Another waits for 3; woken, it evicts the block, and the disk is
    full.
    """
    state: Executor = Executor(drops_fail=True).start(execution=8, storage=8)
    one, other = state.tasks
    state.put(12)
    (block,) = state.store.entries
    block.read_lock = True
    state.acquire(one, 4)
    state.leave()
    state.acquire(other, 3)
    assert state.waits(other)
    block.read_lock = False
    state.release(one, 1)
    with consulting(Last()):
        state.wake(*state.manager.execution.wait_set)
    assert state.request is not None
    assert (state.request.failed, state.gave_up(), state.requests()) == (True, True, [])


def test_a_border_that_was_moved_on_one_side_is_noticed() -> None:
    """At the next request, for execution as for storage."""
    state: Executor = Executor().start(execution=4, storage=4)
    one, _ = state.tasks
    state.manager.storage.free += 1
    with pytest.raises(AssertionError):
        state.acquire(one, 1)
    with pytest.raises(AssertionError):
        state.put(1)


@pytest.mark.parametrize(("without", "asked"), [("", [3]), ("SPARK-12253", [])])
def test_who_is_woken_takes_from_storage_what_is_short(without: str, asked: list[int]) -> None:
    """Of 5 bytes 2 are free: 3 more, since SPARK-12253."""
    state: ExecutionTasks = ExecutionTasks(fixes=fixes_of("4.3.0", POOLS) - {without}).start(execution=2)
    one, _ = state.tasks
    pool = state.manager.execution
    pool.memory_for_task.add(MemoryForTask(one))
    grown: list[Any] = []
    pool.try_again(Waiting(one, 5), grown.append, pool.pool_size)
    assert grown == asked


@pytest.mark.parametrize(("further", "woken"), [((), False), ((WAKE_ON_STORAGE_RELEASE,), True)])
def test_whether_a_block_that_goes_wakes_a_task(further: tuple[str, ...], *, woken: bool) -> None:
    """In no release it does; as proposed, it does."""
    state: Executor = Executor(fixes=fixes_of("4.3.0", POOLS) | {*further}).start(execution=8, storage=8)
    state.put(4)
    one, _ = state.tasks
    waiting = Waiting(one, 1)
    state.manager.execution.wait_set.add(waiting)
    state.remove(*state.store.entries)

    assert (waiting.notified, state.accounted()) == (woken, 0)


def test_before_spark_12165_what_was_free_was_counted_twice() -> None:
    """What the caller says to be free is counted in, and nothing is evicted where that is enough."""
    state: Executor = Executor(blocks=2, fixes=fixes_of("4.3.0", POOLS) - {SPARK_12165}).start(execution=0, storage=9)
    state.put(2)
    state.put(3)
    store = state.store
    assert [store.evict_blocks_to_free_space(None, 4, free) for free in (5, 4)] == [0, 0]
    assert state.accounts() == [2, 3]
    assert (store.evict_blocks_to_free_space(None, 4, 2), state.accounts()) == (2, [3])
    assert (store.evict_blocks_to_free_space(None, 9, 2), state.accounts(), store.entries[0].write_lock) == (
        0,
        [3],
        False,
    )


def test_blocks_in_the_order_of_their_use() -> None:
    """One that is used goes to the end, and is the last to be evicted; of the RDD that wants the room none is."""
    state: Executor = Executor(blocks=3).start(execution=0, storage=9)
    first, second, third = Block(2, Rdd.ONE), Block(3, Rdd.OTHER), Block(4)
    for each in (first, second, third):
        assert state.store.put(each)
    state.store.get(first)
    assert state.store.entries == [second, third, first]
    assert (state.store.select(Rdd.OTHER, 4), second.write_lock) == (([third], 4), False)
    third.write_lock = False
    assert state.store.select(None, 4) == ([second, third], 7)


def test_what_a_request_that_waits_would_get() -> None:
    """Of 10 bytes a half, for each of two tasks, what the task has already counted in; and as much as is free."""
    state: SharingTasks = SharingTasks().start(execution=10)
    one, other = (each.pool().attempt for each in state.tasks)
    pool = state.shared
    for each in (one, other):
        pool.memory_for_task.add(MemoryForTask(each))
    assert [state.stands(Waiting(one, size)).satisfiable for size in (3, 5, 6)] == [True, True, False]
    entry = pool.entry_of(one)
    assert entry is not None
    entry.used, pool.free = 2, 8
    assert [state.stands(Waiting(one, size)).satisfiable for size in (3, 4)] == [True, False]
    entry.used, pool.free = 8, 2
    assert [state.stands(Waiting(other, size)).satisfiable for size in (2, 3)] == [True, False]
    assert state.stands(Waiting(one, 1)).whole is False


def test_storage_that_is_asked_for_less_than_it_has_free() -> None:
    """A part of what execution lacks is there at once, whatever else is in use."""
    tasks: ExecutionTasks = ExecutionTasks().start(execution=8)
    assert (tasks.manager.reclaimable(), tasks.manager.max_execution_pool_size(), tasks.manager.free_in_all()) == (
        0,
        8,
        8,
    )
    state: Executor = Executor().start(execution=2, storage=6)
    state.put(2)
    manager = state.manager
    assert (manager.reclaimable(), manager.max_execution_pool_size(), manager.free_in_all()) == (4, 6, 6)
    assert [manager.to_reclaim(size) for size in (3, 4, 5)] == [3, 4, 4]
    manager.grow(0, state.store)
    assert state.sizes_of_pools() == [2, 6]
    manager.grow(3, state.store)
    assert (state.sizes_of_pools(), state.accounts()) == ([5, 3], [2])


# Unrolling


FIXES = fixes_of("4.3.0", STORAGE)
POOL = frozenset({SPARK_12165, SPARK_12189, SPARK_15260})


def memory(used: int, fixes: frozenset[str] = FIXES) -> UnrollMemory:
    """Of 20 bytes so many are reserved."""
    return UnrollMemory(StorageMemoryPool(20 - used, POOL, used), fixes, UnrollAccount(used))


@pytest.mark.parametrize(
    ("serialized", "without", "left"), [(False, SPARK_17491_MODE, 2), (True, SPARK_17491_MODE, 0), (True, "", 2)]
)
def test_how_often_unroll_memory_is_released(*, serialized: bool, without: str, left: int) -> None:
    """Of 5 bytes 3 are this put's: before SPARK-17491 those of a serialized one were released twice."""
    on_heap = memory(5, FIXES - {without})
    unrolled = Unrolled(3)
    block = PartiallySerializedBlock(unrolled) if serialized else None
    each = PartiallyUnrolledIterator(on_heap, on_heap, 3, 1, 2, UnrolledIterator(unrolled, 2), block)
    each.close()

    assert (on_heap.reserved(), on_heap.pool.used) == (left, left)
    assert (each.reserved, each.excess, each.released, each.unrolled) == (0, 0, True, None)
    each.close()
    assert on_heap.reserved() == left


@pytest.mark.parametrize(
    ("on_heap", "further", "kept"), [(True, (), True), (False, (), False), (True, (DROP_UNROLLED_BUFFER,), False)]
)
def test_a_serialized_block_that_is_given_up(*, on_heap: bool, further: tuple[str, ...], kept: bool) -> None:
    """Its memory is released. Its chunks on the heap are left to whoever refers to them, but for what is proposed."""
    each = memory(5, FIXES | {*further})
    block = PartiallySerializedBlock(Unrolled(3))
    block.give_up(each, 3, on_heap=on_heap)

    assert (block.unrolled_buffer is not None, each.reserved(), each.pool.used) == (kept, 2, 2)


@pytest.mark.parametrize(("without", "kept"), [("", False), (SPARK_17465, True)])
def test_an_account_with_nothing(without: str, *, kept: bool) -> None:
    """Since SPARK-17465 it is dropped with the next release, though that releases nothing."""
    each = memory(0, FIXES - {without})
    each.release(2)

    assert (each.account is not None, each.pool.used) == (kept, 0)


def test_accounts_of_unroll_memory() -> None:
    """Made with the first byte, and dropped with the last; no more is released than there is; nothing without one."""
    each = UnrollMemory(StorageMemoryPool(5, POOL), FIXES)
    each.release(1)
    assert (each.reserve(6), each.account, each.reserved(), each.pool.used) == (False, None, 0, 0)
    assert (each.reserve(2), each.reserve(1), each.reserved(), each.pool.used) == (True, True, 3, 3)
    each.release(1)
    assert (each.reserved(), each.pool.used) == (2, 2)
    each.release(9)
    assert (each.account, each.pool.used) == (None, 0)
    each.reserve(4)
    each.release_all()
    assert (each.account, each.pool.used) == (None, 0)


@pytest.mark.parametrize(
    ("without", "goes_on"), [({"SPARK-18827"}, False), (set(), True), ({"SPARK-18827", "SPARK-17503"}, True)]
)
def test_who_does_not_ask_whether_there_is_more(without: set[str], *, goes_on: bool) -> None:
    """At the end of what was unrolled the rest follows; between SPARK-17503 and SPARK-18827 only for who had asked."""
    on_heap = memory(3, FIXES - without)
    each = PartiallyUnrolledIterator(on_heap, on_heap, 3, 0, 1, UnrolledIterator(Unrolled(3), 1), None)
    each.next()
    assert (each.owed, each.released) == (0, False)
    if goes_on:
        each.next()
    else:
        with pytest.raises(NoSuchElementException):
            each.next()
    assert each.has_next()
    each.next()
    assert (each.owed, each.released, on_heap.reserved()) == (0, True, 0)


def test_nothing_is_evicted_for_what_is_unrolled() -> None:
    """Its store has nothing that could go."""
    assert NothingToEvict().evict_blocks_to_free_space(None, 3, 0) == 0


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


@pytest.mark.parametrize(("wanted", "satisfiable"), [(2, True), (8, True), (9, False)])
def test_whether_a_sorter_could_have_had_a_page(wanted: int, *, satisfiable: bool) -> None:
    """5 bytes are free, and for itself it can free the 3 that its record is in."""
    state = filled(ShuffleTask, capacity=10)
    state.refused(Requester.PAGED, wanted)

    assert [each.satisfiable for each in state.requests()] == [satisfiable]


def test_a_sorter_that_has_spilled_is_not_read() -> None:
    """What it has in files is left out."""
    state = filled(RawSortTask)
    state.sorter.spill(0, state.sorter)
    state.insert(3, False, False, False)

    assert "read" not in may(state)


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


# What is said if nothing is said

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
