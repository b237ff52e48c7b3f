"""The books by themselves: labels, rows, timelines, windows, and which task is worth showing."""

from collections import deque
from itertools import pairwise

import pytest

from spillproof.counterexamples.audit.books import (
    MAP,
    ROWS,
    SORTER,
    BookRow,
    ForcedSpill,
    LoggedConsumer,
    OutOfMemory,
    Task,
    Timeline,
    Window,
)
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly


def window(size: int, since: float | None = None, until: float | None = None) -> Window:
    """A window in which so many bytes were counted free."""
    return Window(7, "E1", "", "forced spill", MAP, exactly(size), since, 1, until=until)


def failure(message: str) -> OutOfMemory:
    """An OutOfMemoryError with that message."""
    return OutOfMemory(1, None, message, ZERO, None, ())


def test_labels_count_by_kind() -> None:
    """The first map is E1, the second E2, a sorter S1; who has no letter is a C; the same name is the same consumer."""
    task = Task(7)
    names = [
        f"org.apache.spark.util.collection.{MAP}@1", f"org.apache.spark.util.collection.{MAP}@2", f"a.{SORTER}@3",
        "a.b.UnsafeExternalSorter@4", "a.BytesToBytesMap@5", "a.ShuffleExternalSorter@6", "a.Outer$Inner@7", "a.Mine@8",
    ]  # fmt: skip

    assert [task.label(name).label for name in names] == ["E1", "E2", "S1", "U1", "B1", "F1", "C1", "C2"]
    assert [task.label(name).kind for name in names[-3:]] == ["ShuffleExternalSorter", "Inner", "Mine"]
    assert task.label(names[0]) is task.consumers[names[0]]
    assert task.label(names[1]).label == "E2"
    assert task.label("no address").kind == "no address"


def test_who_is_a_spillable() -> None:
    """Maps and sorters of objects are; a sorter of pages is not."""
    kinds = {kind: LoggedConsumer("", kind, "").spillable for kind in (MAP, SORTER, "UnsafeExternalSorter")}

    assert kinds == {MAP: True, SORTER: True, "UnsafeExternalSorter": False}


def test_a_row_says_its_sizes() -> None:
    """Sizes take their places in the words; without any the words are as they are, braces and all."""
    assert BookRow(1, None, "E1", "asks for {}, gets {}", (exactly(5), exactly(3))).words() == "asks for 5 B, gets 3 B"
    assert BookRow(1, None, "E1", "reads {a}").words() == "reads {a}"


def test_what_is_taken_of_the_pool() -> None:
    """Execution and storage together; unknown where execution is."""
    assert BookRow(1, None, "", "", used=Interval(5, 7), storage=Interval(1, 2)).taken == Interval(6, 9)
    assert BookRow(1, None, "", "", storage=Interval(1, 2)).taken is None


@pytest.mark.parametrize("rows", [0, 1, ROWS, ROWS + 1, 2 * ROWS, 2 * ROWS + 1, 3 * ROWS + 5])
def test_a_timeline_keeps_both_ends(rows: int) -> None:
    """The first sixty rows and the last sixty are kept, and how many were left out between them is counted."""
    timeline = Timeline()
    for line in range(rows):
        timeline.add(BookRow(line, None, "", ""))
    kept = [row.line for row in (*timeline.head, *timeline.tail)]

    assert kept == [line for line in range(rows) if line < ROWS or line >= rows - ROWS]
    assert timeline.left_out == rows - len(kept)
    assert isinstance(timeline.tail, deque)


def test_how_long_a_window_was() -> None:
    """From when to when, never less than nothing, and unknown where an end of it is."""
    assert window(1, 10.0, 12.5).seconds() == 2.5
    assert window(1, 0.0, 0.0).seconds() == 0.0
    assert window(1, 12.5, 10.0).seconds() == 0.0
    assert window(1, 10.0).seconds() is None
    assert window(1, until=10.0).seconds() is None


@pytest.mark.parametrize(
    ("message", "heap"),
    [
        ("Java heap space", True),
        ("GC overhead limit exceeded", True),
        ("", False),
        ("Requested array size exceeds VM limit", False),
        ("Metaspace", False),
        ("Unable to acquire 16384 bytes of memory, got 0", False),
        ("[UNABLE_TO_ACQUIRE_MEMORY] Unable to get 16384 bytes", False),
    ],
)
def test_what_was_full(message: str, *, heap: bool) -> None:
    """The heap, where the error says so: what the accounting refused, and an array beyond any heap, are not."""
    assert failure(message).of_the_heap() is heap


def test_which_task_is_shown_first() -> None:
    """One that failed after bytes were counted free; then that failed; then the largest window; spills; the peak."""
    forced = ForcedSpill(7, "E1", "E2", ZERO, None, None, 1, ZERO, while_read=True)
    tasks = [
        Task(1, error=failure(""), windows=[window(1)]),
        Task(2, error=failure("")),
        Task(3, windows=[window(1), window(9), window(2)]),
        Task(4, windows=[window(8)], forced=[forced], peak=exactly(99)),
        Task(5, forced=[forced, forced]),
        Task(6, forced=[forced], peak=exactly(99)),
        Task(7, peak=Interval(1, 5)),
        Task(8, peak=Interval(2, 4)),
        Task(9),
    ]

    for better, worse in pairwise(tasks):
        assert better.interest() > worse.interest(), (better.number, worse.number)
    assert Task(9).interest() == (False, False, 0, 0, 0)


def test_what_is_free() -> None:
    """The capacity less what is taken, and never less than nothing; unknown where either is."""
    task = Task(7, capacity=Interval(100, 110))

    assert task.free(Interval(30, 40)) == Interval(60, 80)
    assert task.free(Interval(105, 120)) == Interval(0, 5)
    assert task.free(None) is None
    assert Task(7).free(ZERO) is None


def test_a_task_begins_with_nothing() -> None:
    """Nothing is accounted, nothing was seen, and a consumer is whole until something is missing."""
    task, consumer = Task(7), LoggedConsumer("", MAP, "E1")

    assert (task.used, task.peak, task.orphans, task.whole, task.dropped, task.lines, task.self_spill) == (
        ZERO, ZERO, ZERO, False, 0, 0, False,
    )  # fmt: skip
    assert task.timeline.left_out == 0
    assert (consumer.whole, consumer.shown, consumer.grants, consumer.refusals) == (True, 0, 0, 0)
    assert (window(1).while_read, window(1).before, window(1).after) == (True, (), [])
