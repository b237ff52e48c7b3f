"""The books of one executor by themselves: its clock, its tasks, and what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spillproof.counterexamples.audit import executor
from spillproof.counterexamples.audit.books import ForcedSpill, Grant, Task
from spillproof.counterexamples.audit.executor import ANOTHERS, NEARBY
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly
from spillproof.counterexamples.audit.tally import Loss
from tests.counterexamples.audit.executors import running, window

# Lines and their time


@pytest.mark.parametrize(
    ("times", "backward", "forward"),
    [
        ([100.0], 0, 0),
        ([101.0, 101.0, 103.0], 0, 2),
        ([99.0], 0, 0),  # a second back: two threads write
        ([98.9], 1, 0),
        ([98.9, 99.0], 1, 1),
        ([None, 101.0], 0, 1),
    ],
)
def test_the_clock(times: Sequence[float | None], backward: int, forward: int) -> None:
    """Lines whose time is later, and earlier by more than a second: then some are missing, of all that runs."""
    books = running(7, 8)
    for time in times:
        books.at(11, time, "")

    assert (books.tally.backward, books.tally.forward) == (backward, forward)
    assert {books.whole, *(each.whole for each in books.live.values())} == {backward == 0}
    assert books.last == books.tally.last == times[-1]


def test_a_line_without_a_time() -> None:
    """It has that of the one before."""
    books = running()
    books.at(11, None, "head", 5)

    assert (books.time, books.last, books.line, books.head, books.record) == (100.0, 100.0, 11, "head", 5)


@pytest.mark.parametrize(
    ("line", "record", "goes_on"),
    [(10 - NEARBY + 1, 0, True), (10 - NEARBY, 0, False), (2, 2, True), (9, ANOTHERS, False), (9, 2, True)],
)
def test_what_goes_on(line: int, record: int, *, goes_on: bool) -> None:
    """A line near by, or the one that began the record; but not where two threads write at once."""
    books = running()
    books.record = record

    assert books.goes_on(line) is goes_on


@pytest.mark.parametrize(("line", "record", "ended"), [(13, 0, False), (14, 0, True), (14, 10, False), (14, 9, True)])
def test_when_nothing_more_is_said_of_a_failure(line: int, record: int, *, ended: bool) -> None:
    """Four lines on, unless they are of the same record."""
    books = running(7)
    books.excepted = (10, books.live[7])
    books.at(line, 100.0, "", record)

    assert (books.live == {}, books.excepted is None) == (ended, ended)


def test_a_failure_of_who_has_gone() -> None:
    """Who failed elsewhere, or has ended, is not ended again; of nobody nothing is."""
    books = running(7)
    for failed in (Loss(7, "", "", 1, None), Task(7)):
        books.excepted = (1, failed)
        books.fail()
        assert [*books.live] == [7]
        assert not books.excepted
    books.fail()
    assert [*books.live] == [7]


# Tasks and consumers


def test_a_task_that_is_heard_of() -> None:
    """Its lines are counted, it is the last in order, and it has begun when it was first heard of."""
    books = running(7, 8)
    books.at(11, 105.0, "")
    books.task(7)

    assert [(each.number, each.lines, each.begun, each.executor) for each in books.live.values()] == [
        (8, 1, 100.0, "x"), (7, 2, 100.0, "x"),
    ]  # fmt: skip
    assert books.tally.tasks == 2


def test_a_consumer_that_is_heard_of() -> None:
    """When first, and when last."""
    books = running(7)
    books.consumer(books.live[7], "a.B@1")
    books.at(11, 105.0, "")
    consumer = books.consumer(books.live[7], "a.B@1")

    assert (consumer.first, consumer.last) == (100.0, 105.0)


@pytest.mark.parametrize(("name", "cut"), [("a.B@1", 0), ("null", 0), ("org.apache.spark.util.coll", 1)])
def test_a_line_that_is_cut_within_a_name(name: str, cut: int) -> None:
    """Something is missing then: the task is not whole any more, nor is the log. Spark itself writes null."""
    books = running(7)
    books.consumer(books.live[7], name)

    assert (books.tally.cut, books.whole, books.live[7].whole) == (cut, not cut, not cut)


def test_consumers_beyond_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has nothing makes room, however many too many there are."""
    monkeypatch.setattr(executor, "CONSUMERS", 1)
    books = running(7)
    task = books.live[7]
    for name in ("a.B@1", "a.B@2"):
        books.set(task, books.consumer(task, name), exactly(5))
    books.set(task, task.consumers["a.B@2"], ZERO)
    books.consumer(task, "a.B@3")

    assert ([*task.consumers], task.dropped) == (["a.B@1", "a.B@3"], 1)


def test_what_a_task_holds() -> None:
    """Its own sum and the executor's; the most is what was first so much."""
    books = running(7, 8)
    for number, name in ((7, "a.B@1"), (7, "a.B@2"), (8, "a.B@3")):
        task = books.live[number]
        books.set(task, books.consumer(task, name), Interval(5, 10))
        books.set(task, books.consumer(task, name), Interval(8, 10))
    assert [(each.used, each.peak) for each in books.live.values()] == [((16, 20), (13, 20)), ((8, 10), (5, 10))]
    consumer = books.live[7].consumers["a.B@1"]
    assert (consumer.used, consumer.peak, books.used) == ((8, 10), (5, 10), (24, 30))
    books.capacity, books.storage = exactly(100), exactly(50)
    assert (books.taken(), books.free()) == ((74, 80), (20, 26))
    books.capacity = exactly(75)
    assert books.free() == (0, 1)
    books.capacity = None
    assert books.free() is None


@pytest.mark.parametrize("free", [True, False])
def test_a_row_of_a_timeline(*, free: bool) -> None:
    """What is taken is shown where it says something of what is free."""
    books = running(7)
    books.used, books.storage = exactly(5), exactly(3)
    books.row(books.live[7], "E1", "takes {}", exactly(2), holds=exactly(4), free=free)
    (row,) = books.live[7].timeline.head

    assert (row.line, row.time, row.who, row.words(), row.holds) == (10, 100.0, "E1", "takes 2 B", (4, 4))
    assert (row.used, row.storage) == ((5, 5) if free else None, (3, 3))


@pytest.mark.parametrize(
    ("outcomes", "whose"), [([""], 7), (["failed"], None), (["", "failed"], None), (["", ""], None), ([], None)]
)
def test_whose_a_line_is_that_names_nobody(outcomes: list[str], whose: int | None) -> None:
    """That of the only one there is, unless it has failed."""
    books = running()
    for number, outcome in enumerate(outcomes, 7):
        books.task(number).outcome = outcome
    found = books.only()

    assert (found and found.number) == whose


# Windows


def test_what_was_granted_before_a_window() -> None:
    """In the order of the log; only what was forced is counted."""
    books = running(7)
    task = books.live[7]
    grants = {line: Grant(line, label, exactly(line)) for line, label in ((1, "E1"), (4, "E1"), (2, "E2"))}
    task.grants = {"E1": [grants[1], grants[4]], "E2": [grants[2]]}
    task.granted = exactly(7)
    for kind in ("forced spill", "read to its end"):
        books.add_window(task, window(kind))

    assert [each.before for each in task.windows] == [(grants[1], grants[2], grants[4])] * 2
    assert [each.granted_before for each in task.windows] == [(7, 7)] * 2
    assert books.tally.windows == 1


def test_windows_beyond_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first in which nothing was granted makes room, which may be the new one; of spills the first are kept."""
    monkeypatch.setattr(executor, "MANY", 2)
    books = running(7)
    task = books.live[7]
    for line in range(1, 4):
        books.forced(task, ForcedSpill(7, "E1", "E2", ZERO, None, None, line, ZERO))
        books.add_window(task, window(line=line))
        task.granted = task.granted.plus(exactly(1))
    assert ([each.line for each in task.forced], books.tally.forced) == ([1, 2], 3)
    assert [each.line for each in task.windows] == [1, 2]
    task.windows[1].granted_before = task.granted
    books.add_window(task, window(line=4))
    assert [each.line for each in task.windows] == [1, 4]


def test_a_spill_of_which_only_the_announcement_is_there() -> None:
    """It is open from then on."""
    books = running(7)
    task = books.live[7]
    task.spilling = window()
    books.end(task, "finished", "the task's end")
    (kept,) = books.tally.kept
    (found,) = kept.windows

    assert (found.since, found.until, found.ending) == (80.0, 100.0, "the task's end")
    assert kept.spilling is None
