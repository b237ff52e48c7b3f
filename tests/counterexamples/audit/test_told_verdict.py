"""The last words of an audit, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from spillproof.counterexamples.audit.books import SORTER, LoggedConsumer, Task
from spillproof.counterexamples.audit.contradiction import EARLY, MISSING, Rule
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.heap import InHeap
from spillproof.counterexamples.audit.interval import Interval, exactly
from spillproof.counterexamples.audit.reader import Counts
from spillproof.counterexamples.audit.verdict import verdict
from tests.counterexamples.audit.told import (
    CLEAN,
    MB,
    TEN,
    consumer,
    dead,
    death,
    error,
    events,
    failed,
    finding,
    heap,
    judged,
    made,
    spill,
    stuck,
    window,
)


def story(found: Task, heap_: Sequence[InHeap] = (), **fields: Any) -> str:
    """The last words about one task."""
    return verdict(made(found, **fields), heap_)


def giver(**fields: Any) -> dict[str, LoggedConsumer]:
    """The consumer whose window it is."""
    return {window().name: consumer("E1", exactly(60 * MB), grants=1, **fields)}


FAULT = "the fault is perhaps SPARK-22713, fixed in 2.4.0"


HELD = "E1's 60.0 MB may still be in the heap"


SPILLED = "E1 is spilled while it is read, and 60.0 MB counted free"


def test_nothing_is_concluded_of_times_that_run_backwards() -> None:
    """Whatever else there is."""
    assert verdict(made(Task(7, windows=[window()]), backward=2)) == (
        "? The times run backwards, and nothing is concluded: turn the log over, so that the newest come last"
    )


def test_a_story_without_a_death() -> None:
    """The window may last until what ended it."""
    assert story(Task(7, windows=[window()])) == (
        f"✗ {SPILLED}; until the task's end at 10:01:00 they may still be held; {FAULT}"
    )


@pytest.mark.parametrize(("grants", "times"), [(1, "once"), (2, "twice"), (3, "three times"), (13, "13 times")])
def test_who_gave(grants: int, times: str) -> None:
    """How often it acquired, and what it held: what its peak and the window have in common."""
    known = consumer("E1", Interval(50 * MB, 60 * MB), grants=grants)
    told = story(Task(7, windows=[window()], consumers={window().name: known}))
    other = replace(known, peak=exactly(90 * MB))

    assert told.startswith(f"✗ E1 acquires {times} and holds 60.0 MB; {SPILLED}")
    assert "holds 90.0 MB" in story(Task(7, windows=[window()], consumers={window().name: other}))
    assert "acquires" not in story(Task(7, windows=[window()], consumers={window().name: replace(known, grants=0)}))


def test_who_was_refused() -> None:
    """It is said where it is the one that the window was opened for."""
    refused = (TEN - 6, "E2", exactly(5 * MB))

    assert story(Task(7, windows=[window()], refused=refused)).startswith(
        f"✗ E2 is refused 5.0 MB at 09:59:54; {SPILLED}"
    )
    assert "refused" not in story(Task(7, windows=[window()], refused=(TEN, "E3", exactly(5 * MB))))
    assert "E2 is refused 5.0 MB; " in story(Task(7, windows=[window()], refused=(None, *refused[1:])))


def test_what_the_spill_believed() -> None:
    """What is free after the spill of the window, if it is in the books, and the pool's size is known."""
    pool = exactly(100 * MB)
    believed = "✗ the forced spill believes 70.0 MB free at 10:00:00; until"

    assert story(Task(7, windows=[window()], forced=[spill()], capacity=pool)).startswith(believed)
    for forced, capacity in (
        ([spill()], None), ([replace(spill(), who="E3")], pool), ([replace(spill(), line=3)], pool),
    ):  # fmt: skip
        assert story(Task(7, windows=[window()], forced=forced, capacity=capacity)).startswith(f"✗ {SPILLED}")


def test_a_map_that_was_read_to_its_end_in_a_story() -> None:
    """It is not certain, as a line may be missing that lets go of it; where none is, it is."""
    audit = made(Task(7, windows=[replace(window(), kind="read to its end")]))
    words = "E1 is read to its end at 10:00:00, and 60.0 MB counted free"

    assert verdict(audit).startswith(f"? {words}; until")
    assert verdict(audit).endswith(f"{FAULT}: a spill that the log does not show would have let go of it")
    audit.asserted = True
    assert verdict(audit).startswith(f"✗ {words}; until")


def test_a_forced_spill_is_the_worst_window() -> None:
    """Before a larger one of another kind; of two of a kind, the larger."""
    late = replace(window(90 * MB), kind="read to its end", who="E9")
    large = replace(window(70 * MB), who="E8")

    assert story(Task(7, windows=[late, window(), large])).startswith("✗ E8 is spilled while it is read")


def test_a_story_that_is_not_certain() -> None:
    """Where the release is not known, or whether it was read, that is what it hangs on."""
    unread = made(Task(7, windows=[replace(window(), while_read=None, collection=SORTER)]))
    unknown = made(Task(7, windows=[window()]))
    unknown.evidence.asked = ()

    assert verdict(unread).startswith(f"? {SPILLED}")
    assert verdict(unknown).endswith(
        "if this is a release before 2.4.0, the fault is SPARK-22713, fixed in 2.4.0: the log does not say which "
        "release wrote it; say so with --release"
    )


def test_a_sorters_story() -> None:
    """Its iterator changes over only at the next read, in every release."""
    assert story(Task(7, windows=[replace(window(), collection=SORTER)])).endswith(
        "an ExternalSorter's iterator changes over only at its next read, in every release to 4.3.0"
    )


def test_a_story_with_a_death() -> None:
    """What was accounted when it died, where anybody held anything, and what may have been in the heap."""
    holder = ("E2", exactly(30 * MB))

    assert story(Task(7, windows=[window()], error=error())).endswith(f"; at the OutOfMemoryError {HELD}; {FAULT}")
    assert story(Task(7, windows=[window()], error=error(holder))).endswith(
        f"; at the OutOfMemoryError 30.0 MB is accounted while {HELD}; {FAULT}"
    )


def test_a_story_with_the_heap() -> None:
    """What a dump has of whom; and what the log itself says of the heap, and of how much."""
    known = InHeap("m", exactly(60 * MB), ("Map",), read=True, label="E1")
    other, nobody = replace(known, label="E2", retained=exactly(5 * MB)), replace(known, label="")
    died = Task(7, windows=[window()], error=error())

    assert f"at the OutOfMemoryError E1's 60.0 MB and E2's 5.0 MB are in the heap; {FAULT}" in story(
        died, [known, other, nobody]
    )
    assert HELD in story(died, [nobody])
    for most, words in ((None, ""), (80, " of 80.0 MB")):
        measured = Task(7, windows=[window()], error=error(heap=heap(9, 70, most)))
        assert f"{HELD}, and the log says that 70.0 MB{words} of the heap were in use; " in story(measured)


@pytest.mark.parametrize(("accounted", "capacity", "message", "perhaps"), [
    (41, 100, "OutOfMemoryError: Java heap space", ""),
    (40, 100, "OutOfMemoryError: Java heap space", "perhaps "),
    (41, None, "OutOfMemoryError: Java heap space", "perhaps "),
    (41, 100, "OutOfMemoryError: Direct buffer memory", "perhaps "),
])  # fmt: skip # a table
def test_when_the_fault_is_certain(accounted: int, capacity: int | None, message: str, perhaps: str) -> None:
    """Where the heap was full, and what is accounted and the 60 MB that may be held do not fit into the pool."""
    pool = None if capacity is None else exactly(capacity * MB)
    died = error(("E2", exactly(accounted * MB)), accounted=accounted, message=message)

    assert story(Task(7, windows=[window()], error=died, capacity=pool)).endswith(
        f"the fault is {perhaps}SPARK-22713, fixed in 2.4.0"
    )


def test_a_death_without_a_window() -> None:
    """Of a full heap it is said that no forced spill shows; of anything else that the books do not say why."""
    holder, free = ("E2", exactly(30 * MB)), exactly(70 * MB)
    bare = "? Task 7 ends in OutOfMemoryError: Java heap space at 10:01:00"
    no_spill = (
        "; the log shows no forced spill of a collection that was being read, so that SPARK-22713 is not what it shows"
    )

    assert story(Task(7, error=error())) == bare + no_spill
    assert story(Task(7, error=error(free=free))) == bare + no_spill
    assert story(Task(7, error=error(holder, free=free))) == (
        f"{bare}, when 30.0 MB was accounted and 70.0 MB believed free{no_spill}"
    )
    assert story(Task(7, error=error(holder))) == f"{bare}, when 30.0 MB was accounted{no_spill}"
    assert story(Task(7, error=error(accounted=5), consumers=giver())).startswith(f"{bare}, when 5.0 MB was accounted;")
    assert story(Task(7, error=error(), consumers=giver()), debug=False) == bare + no_spill
    assert story(Task(7, error=error(heap=heap(9, 70)))) == (
        f"{bare}; the log says that 70.0 MB of the heap were in use{no_spill}"
    )
    assert (
        story(Task(7, error=error(message="Exit code 137")))
        == "? Task 7 ends in Exit code 137 at 10:01:00; the books do not say why"
    )


REFUSED = "? Task 7 was refused memory by the accounting itself at 10:01:00"


def test_a_task_that_was_refused() -> None:
    """A sorter that gave nothing back, or a native engine of the same task that did not get enough, is named."""
    refused = Task(7, error=error(message="Unable to acquire 5 bytes of memory, got 0"))
    native = ["an engine of task 17: 1 GB short", "an engine of task 7: asked for 5 B, got 3 B"]

    assert story(refused) == REFUSED
    assert story(refused, shortages=native) == f"{REFUSED}; asked for 5 B, got 3 B"
    assert story(refused, shortages=native[:1]) == REFUSED
    assert story(refused, stuck=[stuck(8, TEN, TEN)]) == REFUSED
    assert story(refused, stuck=[stuck(8, TEN, TEN), stuck(7, TEN, TEN + 17)]) == (
        f"{REFUSED}; 4.0 MB of it are still held by U1, though a sorter had said 17 s before that it spills 4.0 MB: a "
        "spill that gave nothing back, as in SPARK-54934"
    )
    for spilled, held in ((TEN, None), (None, TEN)):
        assert "a sorter had said that it spills" in story(refused, stuck=[stuck(7, spilled, held)])


def test_lines_that_contradict_the_rules() -> None:
    """All lines of the rules that are surely broken are counted, also those that were not kept."""
    assert verdict(judged(finding(Rule.LEFT, "a"))) == "✗ one line contradicts the rules of Spark's accounting"
    assert verdict(
        judged(*[finding(Rule.LEFT, "a")] * 12, finding(Rule.POOL, "b"), finding(Rule.BOOKS, "c", MISSING))
    ) == ("✗ 13 lines contradict the rules of Spark's accounting")
    assert (
        verdict(judged(*[finding(Rule.LEFT, "a")] * 12)) == "✗ twelve lines contradict the rules of Spark's accounting"
    )


def test_lines_that_do_not_add_up() -> None:
    """How many they are, and what may be the reason; a task that did not read to its end is a reason by itself."""
    missing, early = finding(Rule.LEFT, "a", MISSING), finding(Rule.LEFT, "b", EARLY)

    assert verdict(judged(missing)).startswith("? One line does not add up with the others: lines are missing")
    assert verdict(judged(missing, early)).startswith("? Two lines do not add up with the others: lines are missing")
    assert verdict(judged(early)) == f"? b: {EARLY}."
    assert verdict(judged(early, errors=[death(3)])).endswith(
        " The log does not say which task died of memory: OutOfMemoryError: Java heap space at 10:00:00."
    )


def test_without_grants_nothing_can_be_concluded() -> None:
    """How many lines could be understood, one or several or none."""
    words = "says who was granted what."

    assert verdict(made(debug=False)) == (
        f"? Nothing can be concluded: of 5 lines that could be understood, none {words}"
    )
    assert verdict(made(debug=False, counts=Counts(memory=1, spark=1))) == (
        f"? Nothing can be concluded: of 1 line that could be understood, none {words}"
    )
    assert verdict(made(debug=False, counts=Counts(spark=1))) == f"? Nothing can be concluded: no line of it {words}"


def test_ends_that_are_not_in_the_log() -> None:
    """Tasks without an outcome are counted, and lines that are missing are said."""
    open_, ended = Task(7), Task(8, outcome="finished")

    assert verdict(made(ended)) == CLEAN
    assert verdict(made(open_, ended)) == f"{CLEAN} The end of 1 task is not in the log."
    assert verdict(made(open_, Task(9))) == f"{CLEAN} The end of 2 tasks is not in the log."
    for missing in ("gaps", "cut"):
        known: dict[str, Any] = {missing: 1}
        assert verdict(made(ended, **known)) == (
            f"?{CLEAN[1:]} Lines are missing, and nothing is concluded from what is not there."
        )


def test_deaths_in_the_last_words() -> None:
    """The first death, whose it is, and how many more; else a sign; then failures, signals and shortages."""
    oom = "died of memory: OutOfMemoryError: Java heap space"

    assert verdict(made(errors=[death(3)])).endswith(f". The log does not say which task {oom} at 10:00:00.")
    assert verdict(made(errors=[death(3, None, "task 9"), death(4)])).endswith(f" Task 9 {oom}, and 1 more like it.")
    assert verdict(dead(Death(3, "a kill", "Killed"))).endswith(
        " Line 3 says that something was killed, perhaps for want of memory: Killed."
    )
    assert verdict(dead(Death(3, "a kill", "Killed"), Death(4, "", "x"))).endswith(
        " Line 4 says that something died of memory: x."
    )
    assert verdict(made(unexplained=[7, 8], signals=1, shortages=["an engine: short", "x"])).endswith(
        " The log does not say of what task 7 failed. An executor was told to end while tasks ran, and the log does "
        "not say by whom. An engine: short."
    )


def test_the_last_words_about_an_event_log() -> None:
    """The first task that died; else who was removed; else a sign of death; and nothing where a log is beside it."""
    words = "? This is Spark's event log, not an executor's log: it does not say who was granted what"
    sign = [Death(3, "a kill", "Killed")]

    assert verdict(events()) == words
    assert verdict(events(failures=[failed(4), failed(5, died=True)], removed=["a"], deaths=sign)) == (
        f"{words}. Task 5 died of memory: it broke; its peak execution memory was 5.0 MB"
    )
    assert verdict(events(failures=[failed(4)], removed=["a", "b"], deaths=sign)) == f"{words}. Removed: a"
    assert (
        verdict(events(deaths=sign))
        == f"{words}. Line 3 says that something was killed, perhaps for want of memory: Killed"
    )
    both = events()
    both.counts.spark = 1
    assert verdict(both) == CLEAN
