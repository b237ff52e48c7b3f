"""The books of one executor by themselves: its clock, its tasks, what is kept of them, and how they end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from spillproof.counterexamples.audit import executor
from spillproof.counterexamples.audit.books import MAP, ForcedSpill, Grant, HeapFigures, OutOfMemory, Task, Window
from spillproof.counterexamples.audit.executor import ANOTHERS, NEARBY, SOON, Executor
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.tally import Loss, Tally


def running(*numbers: int, line: int = 10, time: float | None = 100.0) -> Executor:
    """An executor that runs these tasks, of which the log has all; at a line."""
    books = Executor("x", Tally(ReleaseEvidence()), whole=True)
    books.at(line, time, "")
    for number in numbers:
        books.task(number).whole = True
    return books


def window(kind: str = "forced spill", line: int = 1, granted: int = 0) -> Window:
    """A window; so much had been granted before."""
    return Window(7, "E1", "a.B@1", kind, MAP, exactly(5), 90.0, line, asked=80.0, granted_before=exactly(granted))


def death(line: int = 8, message: str = "x", whose: str = "", time: float | None = 98.0) -> OutOfMemory:
    """A death."""
    return OutOfMemory(line, time, message, ZERO, None, (), whose=whose)


def heap(time: float | None = 100.0) -> HeapFigures:
    """What the log says of the heap."""
    return HeapFigures(3, time, "heap", exactly(5), None)


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


# Deaths


def test_what_is_kept_of_a_death() -> None:
    """Who held anything, what was free, the heap, and where it was thrown: the first frame, in the next lines."""
    books = running(7)
    task = books.live[7]
    books.capacity, books.heap = exactly(100), heap()
    for name, size in (("a.B@1", 5), ("a.B@2", 0), ("a.B@3", 1)):
        books.set(task, books.consumer(task, name), exactly(size))
    books.died(task, "x")
    assert task.error == OutOfMemory(
        10, 100.0, "x", exactly(6), exactly(94), (("C1", exactly(5)), ("C3", exactly(1))), heap=heap()
    )
    assert [(each.words(), each.used) for each in task.timeline.head] == [("x", (6, 6))]
    for frame in ("A.b", "C.d"):
        books.frame(frame)
    books.died(task, "again")
    books.frame("E.f")
    assert (task.error.frame, task.error.message) == ("A.b", "x")
    books.frame_of = task
    books.frame("G.h")
    assert task.error.frame == "A.b"


def test_a_frame_of_nobody() -> None:
    """A stack that is another line's is not that of the death before it; nor is one of a task that did not die."""
    books = running(7)
    task = books.live[7]
    books.died(task, "x")
    books.at(11, 100.0, "")
    books.frame("A.b")
    assert task.error
    assert task.error.frame == ""
    books.frame_of = other = books.task(8)
    books.frame("A.b")
    assert other.error is None


@pytest.mark.parametrize(
    ("earlier", "left"),
    [
        ([death(6)], []),  # said before whose it is
        ([death(5)], [5]),  # too long ago
        ([death(8, "w")], [8]),
        ([death(8, "y")], [8]),
        ([death(8, whose="task 9")], [8]),
        ([death(7), death(8)], [7]),
        ([], []),
    ],
)
def test_a_death_that_was_nobodys(earlier: list[OutOfMemory], left: list[int]) -> None:
    """It is taken away where the next lines say whose it is."""
    books = running(7)
    books.tally.errors = earlier
    books.died(books.live[7], "x")

    assert [each.line for each in books.tally.errors] == left


@pytest.mark.parametrize(
    ("measured", "now", "soon"),
    [(100 - SOON, 100.0, True), (100 + SOON, 100.0, True), (99 - SOON, 100.0, False), (None, 100.0, True), (5.0, None, True)],  # noqa: E501
)  # fmt: skip # a table
def test_what_is_said_of_the_heap_is_said_of_an_error(measured: float | None, now: float | None, *, soon: bool) -> None:
    """Within a minute before it or after; where no line has a time, always."""
    books = running(7, time=now)
    books.heap = heap(measured)
    books.died(books.live[7], "x")
    assert books.live[7].error
    assert (books.live[7].error.heap is not None) is soon
    books = running(7, time=now)
    books.died(books.live[7], "x")
    books.measured(heap(measured))
    assert books.live[7].error
    assert (books.live[7].error.heap is not None) is soon


def test_whose_heap_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of tasks that run, and of the last that ended, of the same executor; what was said first stays."""
    monkeypatch.setattr(executor, "MANY", 1)
    books = running(7, 8)
    books.died(books.live[7], "x")
    ended = [Task(number, executor=name, error=death()) for number, name in ((1, "x"), (2, "x"), (3, "y"))]
    for kept, last in ((ended[:2], 2), (ended[1:], 3)):
        books.tally.kept = kept
        books.measured(heap())
        assert kept[-1].number == last
    assert [each.error and each.error.heap for each in ended] == [None, heap(), None]
    assert books.live[7].error
    assert (books.live[7].error.heap, books.live[8].error) == (heap(), None)
    books.measured(heap(101.0))
    assert books.live[7].error.heap == heap()
    assert (books.heap, books.tally.heaps) == (heap(101.0), [heap()])


# Ends


def test_how_a_task_ends() -> None:
    """With the pool as it was known; what it held is free again."""
    books = running(7, 8)
    books.capacity = exactly(100)
    task = books.live[7]
    for each in books.live.values():
        books.set(each, books.consumer(each, "a.B@1"), Interval(5, 7))
    books.end(task, "finished", "the task's end")

    assert (task.outcome, task.ended, task.capacity, books.used) == ("finished", 100.0, (100, 100), (5, 7))
    assert ([*books.live], books.tally.kept) == ([8], [task])


@pytest.mark.parametrize(
    ("before", "outcome", "error", "ended"),
    [
        ("", "finished", None, 100.0),
        ("", "", None, 100.0),
        ("failed", "failed", None, 95.0),  # when it failed
        ("", "", death(), 98.0),
        ("failed", "failed", death(), 98.0),
    ],
)
def test_when_a_task_ended(before: str, outcome: str, error: OutOfMemory | None, ended: float) -> None:
    """When it died, or failed, or else now."""
    books = running(7)
    task = books.live[7]
    task.outcome, task.error, task.ended = before, error, 95.0
    task.windows = [window()]
    books.end(task, outcome, "an end")

    assert (task.ended, task.outcome) == (ended, outcome or before)
    assert [each.until for each in task.windows] == [ended]
    assert [each.ending for each in task.windows] == ["the OutOfMemoryError" if error else "an end"]


def test_a_task_of_which_no_more_is_heard() -> None:
    """It ended with the last line that has a time; one that failed stays so."""
    books = running(7, 8)
    books.live[8].outcome = "failed"
    for task in books.live.values():
        task.windows = [window()]
    books.time = None
    books.close()

    assert [(each.ended, each.outcome) for each in books.tally.kept] == [(100.0, ""), (None, "failed")]
    assert [each.windows[0].ending for each in books.tally.kept] == ["the log's end"] * 2


def test_windows_in_which_nothing_was_granted() -> None:
    """Those that were read to their end say nothing then."""
    books = running(7)
    task = books.live[7]
    task.granted = exactly(5)
    task.windows = [
        window(granted=5), window("read to its end", granted=5), window("read to its end", line=2, granted=4),
    ]  # fmt: skip
    books.end(task, "finished", "the task's end")

    assert [(each.kind, each.granted) for each in task.windows] == [
        ("forced spill", (0, 0)), ("read to its end", (1, 1)),
    ]  # fmt: skip


def test_failures_that_are_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log does not say of what: the last of them are kept."""
    monkeypatch.setattr(executor, "MANY", 2)
    books = running()
    for number, outcome, error, reason in (
        (1, "failed", None, ""), (2, "failed", death(), ""), (3, "failed", None, "FetchFailed"), (4, "", None, ""),
        (5, "failed", None, ""), (6, "failed", None, ""),
    ):  # fmt: skip
        task = books.task(number)
        task.error, task.reason = error, reason
        books.end(task, outcome, "an end")

    assert books.tally.unexplained == [5, 6]
    assert [each.number for each in books.tally.kept] == [1, 2, 3, 5, 6]


@pytest.mark.parametrize("interest", ["consumers", "windows", "error", "outcome", ""])
def test_which_tasks_are_kept(interest: str) -> None:
    """Those with consumers, windows, a death, or a failure."""
    books = running(7)
    task = books.live[7]
    if interest == "consumers":
        task.label("a.B@1")
    elif interest == "windows":
        task.windows = [window()]
    elif interest == "error":
        task.error = death()
    books.end(task, "failed" if interest == "outcome" else "finished", "an end")

    assert books.tally.kept == [task] * (interest != "")
