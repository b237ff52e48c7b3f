"""When pages may be allocated, filled, read and freed, and what that leaves: small stories, counted by hand.

A request that is refused ends the work, but for what its operator can do about it; after the end of a task nothing
is left to do.
"""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.oracle import consulting
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.fixes.raw_map import DROP_LOCATIONS
from spillproof.model.spark.fixes.unsafe import COUNT_THE_ARRAY
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.scenario.paging_task import PagingTask
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.raw_task import Requester
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from tests.model.spark.beside import other_of
from tests.model.spark.may import Last, may


def test_pages_are_allocated_and_freed() -> None:
    """Each consumer has one page at most; for 2 of another, where 1 is free, a page of 3 is spilled."""
    state: PagingTask = PagingTask().start(capacity=4, really=4)
    first, second = state.holders
    assert may(state) == {"allocate": 6, "end_task": 1}
    state.allocate(first, 3)
    assert (may(state), state.held(), state.requests()) == ({"allocate": 3, "free": 1, "end_task": 1}, 3, [])
    state.allocate(second, 2)
    assert (first.used, second.used, state.accounts(), state.memory_in_all()) == (0, 2, [0, 2, 0], 4)
    state.free(second)
    assert (may(state), state.accounted(), state.held()) == ({"allocate": 6, "end_task": 1}, 0, 0)
    state.end_task()
    assert (may(state), len(state.holders)) == ({}, 0)


def test_a_page_that_is_refused() -> None:
    """A page of 5 where the pool has 4 is refused, and with the next step forgotten; of no step is it left over."""
    state: PagingTask = PagingTask().start(capacity=4, really=9)
    first, second = state.holders
    state.allocate(first, 5)
    assert ([each.satisfiable for each in state.requests()], state.accounted(), state.held()) == ([False], 0, 0)
    state.allocate(second, 1)
    assert state.requests() == []
    state.allocate(first, 5)
    assert (len(state.requests()), second.used) == (1, 0)
    state.allocate(second, 1)
    state.free(second)
    assert state.requests() == []
    state.allocate(first, 5)
    state.end_task()
    assert state.requests() == []


@pytest.mark.parametrize(("capacity", "really", "satisfiable"), [(4, 1, False), (4, 2, True), (2, 1, False)])
def test_a_page_for_which_there_is_no_memory_ends_the_work(capacity: int, really: int, *, satisfiable: bool) -> None:
    """Before SPARK-13210 it was an error: what was granted for it is nobody's until the task ends. With room, there is
    none.
    """
    state: PagingTask = PagingTask(fixes=fixes_of("1.6.0", PAGES)).start(capacity=capacity, really=really)
    first, _ = state.holders
    state.allocate(first, 2)

    assert state.failed is not satisfiable
    assert [each.satisfiable for each in state.requests()] == ([] if satisfiable else [False])
    if state.failed:
        assert (state.accounted(), sum(state.accounts()), may(state)) == (2, 0, {"end_task": 1})
        state.end_task()
        assert (state.failed, state.accounted(), state.requests()) == (False, 0, [])


RAW = {"acquire": 3, "end_task": 1}
"""What may be done besides, as long as nothing was refused: another consumer needs memory, and the task ends."""


@pytest.mark.parametrize("model", [RawMapTask, AggregateTask, ShuffleTask, RawSortTask])
def test_a_first_array_has_to_fit(model: Any) -> None:
    """No task begins with a larger array than its pool; one that is as large is there."""
    with pytest.raises(Require):
        model().start(capacity=1, initial_size=2)
    state = model().start(capacity=2, initial_size=2)
    assert (state.accounted(), state.wanted, state.requester, state.ended) == (2, 0, None, False)


@pytest.mark.parametrize("model", [RawMapTask, AggregateTask, ShuffleTask, RawSortTask])
def test_after_a_refusal_the_work_is_over(model: Any) -> None:
    """The other consumer is granted 8 of 9, gives them back, and fails: only the end of the task is left.

    With 8 it could not have been satisfied, as nothing of a consumer that is filled can be had. What it is granted in
    full it keeps.
    """
    state = model().start(capacity=10, initial_size=2)
    assert {name: may(state)[name] for name in RAW} == RAW
    state.acquire(3)
    assert (other_of(state).used, state.accounted(), state.requests()) == (3, 5, [])
    state.acquire(6)
    assert (other_of(state).used, state.accounted(), [each.satisfiable for each in state.requests()]) == (3, 5, [False])
    assert may(state) == {"end_task": 1}
    state.end_task()
    assert (state.accounted(), state.requests(), may(state)) == (0, [], {})


@pytest.mark.parametrize(("pages", "full", "further"), [(1, 6, 6), (2, 12, 6)])
def test_a_map_of_raw_records(pages: int, full: int, further: int) -> None:
    """It takes records in a page that may be full, and may fill its array; then it is read and freed."""
    state: RawMapTask = RawMapTask(pages=pages).start(capacity=20, initial_size=2)
    assert may(state) == {"append": 12, "reset": 2, "free": 1, **RAW}
    state.append(3, False, False)
    assert may(state) == {"append": full, "reset": 2, "read": 2, "free": 1, **RAW}
    if pages == 2:
        state.append(3, True, False)
        assert may(state)["append"] == further
    state.read(True)
    for _ in range(pages):
        assert may(state) == {"next_page": 1, "free": 1, **RAW}
        state.next_page()
    assert (may(state), len(state.pages_in_use())) == ({"find_end": 1, "free": 1, **RAW}, 1)
    state.free()
    assert (may(state), state.accounted(), state.pages_in_use()) == (RAW, 0, [])


@pytest.mark.parametrize(
    ("model", "grows", "contended", "puts"),
    [
        (RawMapTask, True, True, 12), (RawMapTask, False, True, 6),
        (AggregateTask, False, False, 12), (AggregateTask, True, False, 18),
        (ShuffleTask, True, True, 36), (ShuffleTask, False, True, 12), (ShuffleTask, True, False, 18),
        (RawSortTask, True, True, 24), (RawSortTask, False, True, 12), (RawSortTask, True, False, 12),
    ],
)  # fmt: skip # a table
def test_what_an_environment_may_choose(model: Any, puts: int, *, grows: bool, contended: bool) -> None:
    """3 sizes, and whether the page is full; where the array may grow, whether it is full; where others may come,
    whether they wait for what is released. An array is the largest one can be (of a map, if it is not full; of a
    shuffle, if it is) or not.
    """
    state = model(array_grows=grows, contended=contended).start(capacity=20, initial_size=2)

    assert may(state)["append" if "append" in may(state) else "insert"] == puts


def test_a_map_that_was_refused_a_page() -> None:
    """It may be reset, as its operator does where there is no room; not so after a refusal of the other consumer."""
    state: RawMapTask = RawMapTask().start(capacity=4, initial_size=2)
    state.append(3, False, False)
    assert (may(state), state.requester is Requester.PAGED, state.wanted) == ({"reset": 2, "end_task": 1}, True, 3)
    assert [each.satisfiable for each in state.requests()] == [False]
    state.reset(False)
    assert (state.requester, state.wanted, state.requests()) == (None, 0, [])
    state.append(2, False, False)
    assert (state.requester, state.accounted(), state.pool.others_wait) == (None, 4, False)
    state.read(False)
    assert may(state) == {"next_page": 1, "free": 1, **RAW}


def test_a_map_whose_array_could_not_grow() -> None:
    """It takes no more records, and can be read or reset."""
    state: RawMapTask = RawMapTask().start(capacity=5, initial_size=2)
    state.append(3, False, True)

    assert may(state) == {"reset": 2, "read": 2, "free": 1, **RAW}


def test_a_map_is_sorted_and_what_was_written_is_read() -> None:
    """Twice it is sorted into a file; then it is freed, and both files are read to their end."""
    state: AggregateTask = AggregateTask().start(capacity=10, initial_size=2)
    assert may(state) == {"append": 12, **RAW}
    for files in (1, 2):
        state.append(3, False, False, False)
        assert may(state) == {"append": 6, "sort": 1, **RAW}
        state.sort(3, False)
        assert (state.files_on_disk(), state.accounted(), state.unused()) == (files, 2, 0)
        assert may(state) == {"append": 12, "free": 1, **RAW}
    state.free()
    assert (may(state), state.accounted()) == ({"read": 1, **RAW}, 0)
    state.read()
    assert (may(state), state.files_on_disk()) == (RAW, 0)


@pytest.mark.parametrize(("without", "appends"), [("", 0), ("SPARK-32872", 3)])
def test_a_map_with_the_largest_array(without: str, appends: int) -> None:
    """With as many keys as that is for, it takes no more since SPARK-32872; before, it did, and stayed the largest."""
    fixes = fixes_of("4.0.0", PAGES) - {without}
    state: AggregateTask = AggregateTask(fixes=fixes).start(capacity=10, initial_size=2)
    state.append(3, False, False, True)

    assert may(state).get("append", 0) == appends
    assert state.map.has_records
    assert not state.map.is_overfull


def test_a_shuffle_is_written() -> None:
    """Records are put in until it is closed; what was in memory is in a file then, which is the task's no more."""
    state: ShuffleTask = ShuffleTask().start(capacity=10, initial_size=2)
    assert may(state) == {"insert": 36, "close": 1, **RAW}
    state.insert(3, False, False, False, False)
    assert (may(state), state.accounted()) == ({"insert": 18, "close": 1, **RAW}, 5)
    state.close()
    assert (may(state), state.accounted(), state.files_on_disk()) == (RAW, 0, 0)


def test_raw_records_are_sorted_and_read() -> None:
    """Filled, then read record by record as long as there is one, then cleaned up; at once or at the end."""
    state: RawSortTask = RawSortTask().start(capacity=10, initial_size=2)
    assert may(state) == {"insert": 24, **RAW}
    state.insert(3, False, False, False)
    assert may(state) == {"insert": 12, "read": 2, **RAW}
    state.read(False)
    assert (may(state), state.pages_in_use()) == ({"load_next": 1, "clean_up": 1, **RAW}, [])
    state.load_next()
    assert (may(state), [each.size for each in state.pages_in_use()]) == ({"clean_up": 1, **RAW}, [3])
    state.clean_up()
    assert (may(state), state.accounted(), state.pages_in_use()) == (RAW, 0, [])


def refused_in(phase: str) -> Any:
    """A task in which the other consumer is refused memory, in some phase of the work."""
    if phase.startswith("map"):
        state: Any = RawMapTask().start(capacity=9, initial_size=2)
        state.append(3, False, False)
        state.free() if phase == "map is freed" else state.read(True)
        if phase == "map is at its end":
            state.next_page()
    elif phase in ("aggregate is sorted", "aggregate is freed"):
        state = AggregateTask().start(capacity=9, initial_size=2)
        state.append(3, False, False, False)
        state.sort(3, False)
        if phase == "aggregate is freed":
            state.free()
    elif phase == "shuffle is closed":
        state = ShuffleTask().start(capacity=9, initial_size=2)
        state.close()
    else:
        state = RawSortTask().start(capacity=9, initial_size=2)
        state.insert(3, False, False, False)
        state.read(False)
        if phase == "sorter is cleaned up":
            state.clean_up()
    state.acquire(99)
    return state


@pytest.mark.parametrize(
    "phase",
    [
        "map is read", "map is at its end", "map is freed", "aggregate is sorted", "aggregate is freed",
        "shuffle is closed", "sorter is read", "sorter is cleaned up",
    ],
)  # fmt: skip # a list
def test_whenever_the_other_consumer_is_refused_the_work_is_over(phase: str) -> None:
    """Filled, read or freed: its task fails, and nothing is left but its end."""
    state = refused_in(phase)

    assert may(state) == {"end_task": 1}
    state.end_task()
    assert (state.accounted(), may(state)) == (0, {})


def test_a_reset_that_is_refused_its_array() -> None:
    """Another task takes the array that is given back: the map cannot be filled, read or reset any more."""
    state: RawMapTask = RawMapTask().start(capacity=5, initial_size=2)
    state.append(3, False, False)
    state.reset(True)

    assert (state.requester is Requester.PAGED, state.wanted, state.pool.others, state.pool.others_wait) == (
        True,
        2,
        5,
        False,
    )
    assert may(state) == {"end_task": 1}


def test_a_sort_that_is_refused_its_array() -> None:
    """The same of a map that was sorted: what was written before is there until the end."""
    state: AggregateTask = AggregateTask(contended=True).start(capacity=5, initial_size=2)
    state.append(3, False, False, False)
    state.sort(3, True)

    assert (state.requester is Requester.PAGED, state.pool.others_wait, may(state)) == (True, False, {"end_task": 1})


def test_what_others_wait_for_in_one_step_they_do_not_in_the_next() -> None:
    """Whoever waits for what a step releases takes it then, and later ones are of the task alone."""
    shuffle: ShuffleTask = ShuffleTask().start(capacity=20, initial_size=2)
    shuffle.insert(3, False, False, False, True)
    sort: RawSortTask = RawSortTask().start(capacity=20, initial_size=2)
    sort.insert(3, False, False, True)
    aggregate: AggregateTask = AggregateTask(contended=True).start(capacity=20, initial_size=2)
    aggregate.append(3, False, False, False)
    aggregate.sort(3, True)
    raw: RawMapTask = RawMapTask().start(capacity=20, initial_size=2)
    raw.append(3, False, False)
    raw.reset(True)

    assert [each.pool.others_wait for each in (shuffle, sort, aggregate, raw)] == [False] * 4
    assert [each.pool.others for each in (shuffle, sort, aggregate, raw)] == [0, 0, 5, 5]


@pytest.mark.parametrize(("release", "upstream"), [("3.0.0", True), ("4.3.0", False)])
def test_what_an_iterator_of_records_refers_to_after_a_spill(release: str, *, upstream: bool) -> None:
    """Since SPARK-32900 nothing of what was in memory at once; before, until the next record, which is in a file."""
    state: RawSortTask = RawSortTask(pages=2, fixes=fixes_of(release, PAGES)).start(capacity=20, initial_size=2)
    for full in (False, True):
        state.insert(3, full, False, False)
    state.read(False)
    with consulting(Last()):
        state.load_next()
    reading = state.sorter.reading_iterator
    assert reading is not None
    assert reading.spill() == 3 + 2  # a page and the array: the page of the current record stays
    assert (reading.upstream is not None, len(state.pages_in_use())) == (upstream, 1)
    state.load_next()
    assert (reading.upstream, state.pages_in_use(), state.accounted()) == (None, [], 0)


@pytest.mark.parametrize(("further", "said"), [((), 3), ((COUNT_THE_ARRAY,), 5)])
def test_what_a_sorter_says_that_it_spilled(further: tuple[str, ...], said: int) -> None:
    """Of itself, its page; as proposed, its array as well, which it gives back. Both were freed."""
    state: RawSortTask = RawSortTask(fixes=fixes_of("4.3.0", PAGES) | {*further}).start(capacity=20, initial_size=2)
    state.insert(3, False, False, False)

    assert (state.sorter.spill(0, state.sorter), state.accounted(), state.unreported()) == (said, 0, 5 - said)
    assert (state.records_spilled(), state.sorter.spill(0, state.sorter)) == (1, 0)


@pytest.mark.parametrize(("further", "kept"), [((), True), ((DROP_LOCATIONS,), False)])
def test_what_an_iterator_of_a_map_refers_to_when_it_comes_to_a_file(further: tuple[str, ...], *, kept: bool) -> None:
    """Of two pages the second went to a file: as proposed, with the file the bytes of the first are let go."""
    state: RawMapTask = RawMapTask(fixes=fixes_of("4.3.0", PAGES) | {*further}).start(capacity=20, initial_size=2)
    for full in (False, True):
        state.append(3, full, False)
    state.read(True)
    state.next_page()
    reading = state.iterator
    assert reading is not None
    assert (reading.spill(1), state.files_on_disk()) == (3, 1)
    assert (reading.page_base_object is not None, reading.reads_file) == (True, False)
    state.next_page()
    assert (reading.page_base_object is not None, reading.reads_file, state.accounted()) == (kept, True, 0)


def test_a_request_that_was_refused_got_nothing() -> None:
    """It is none that was satisfied as a whole, whether it could have been or not."""
    state: RawMapTask = RawMapTask().start(capacity=9, initial_size=2)
    state.acquire(99)
    paging: PagingTask = PagingTask().start(capacity=4, really=9)
    paging.allocate(next(iter(paging.holders)), 5)

    assert [each.whole for each in (*state.requests(), *paging.requests())] == [False, False]
