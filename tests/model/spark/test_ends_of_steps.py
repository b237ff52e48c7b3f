"""How each task begins, what its steps forget, and how it ends: small stories, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.heap import Bag
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.fixes.fix import Change, fix
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, PageNumber
from spillproof.model.spark.memory.paging_task_memory_manager import PagingTaskMemoryManager
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.incident import E1_RECORDS, Incident
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.paging_task import PagingTask
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.raw_task import OtherConsumer, Requester
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from tests.model.spark.beside import other_of
from tests.model.spark.may import may

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
