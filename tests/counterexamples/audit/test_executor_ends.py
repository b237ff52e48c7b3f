"""The books of one executor by themselves: deaths, the heap, and how tasks end."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.audit import executor
from spillproof.counterexamples.audit.books import HeapFigures, OutOfMemory, Task
from spillproof.counterexamples.audit.executor import SOON
from spillproof.counterexamples.audit.interval import Interval, exactly
from tests.counterexamples.audit.executors import death, running, window


def heap(time: float | None = 100.0) -> HeapFigures:
    """What the log says of the heap."""
    return HeapFigures(3, time, "heap", exactly(5), None)


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
    assert task.error is not None
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
