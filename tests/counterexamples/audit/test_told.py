"""An audit made by hand is told word for word: what was read, what is doubtful, and each task."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.counterexamples.audit.books import MAP, BookRow, OutOfMemory, Task
from spillproof.counterexamples.audit.eventlog import EventLog
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly, printed
from spillproof.counterexamples.audit.reader import Counts
from spillproof.counterexamples.audit.sources import ReadSoFar
from spillproof.counterexamples.audit.stamp import Clock
from tests.counterexamples.audit.told import MB, TEN, consumer, lines, made, said, task, window


def test_a_clean_log() -> None:
    """What was read and of which release; how many lines were understood; how sizes are meant; and the verdict."""
    assert lines(made()) == [
        "log: 10 lines of Spark 2.3.4, as asked",
        "",
        "  Understood: 5 lines, 3 that speak of memory and 2 of tasks. 1 are known and",
        "  not needed, 4 of other things.",
        "  Sizes are rounded in a log, and are computed with as intervals: 5.1 MB stands",
        "  for 5.05 to 5.15 MB. Where both ends read the same, one is shown.",
        "",
        "✓ No line contradicts the rules, and no collection can have held what was",
        "  counted free.",
    ]


@pytest.mark.parametrize(("files", "words"), [
    (["-"], "standard input: "),
    (["a/b/log"], "log: "),
    (["a/b/log", "a/c/log"], "b/log, c/log: "),
    (["a/b/log", "a/c/log", "a/d/log"], "b/log, c/log and 1 more: "),
])  # fmt: skip # a table
def test_the_files(files: list[str], words: str) -> None:
    """One is called by its name, several by their folders too; two are named, and the others counted."""
    assert lines(made(reading=ReadSoFar(files, lines=10)))[0] == f"{words}10 lines of Spark 2.3.4, as asked"


def test_lines_that_were_not_understood() -> None:
    """They are counted apart from the others, and shown as far as the line goes."""
    counts = Counts(memory=3, tasks=2, known=1, unknown=2, spark=1, examples=["line 3: a", "x" * 90])
    told = lines(made(counts=counts))

    assert told[3] == "  not needed, 2 of other things."
    assert told[4:7] == [
        "  Not understood: 2 lines of loggers that speak of memory, such as",
        "    line 3: a",
        f"    {'x' * 75}…",
    ]


def test_without_grants_sizes_are_not_spoken_of() -> None:
    """Where no line says who was granted what, this is said, and how to have them; of an event log it is not."""
    bare = said(made(debug=False))
    events = made(debug=False, counts=Counts())
    events.events.append(EventLog("x/app-1"))

    assert "No line says who was granted what: TaskMemoryManager writes those at level DEBUG." in bare
    assert "Sizes are rounded" not in bare
    assert "No line says who" not in said(events)
    events.counts.spark = 1
    assert "No line says who" in said(events)


@pytest.mark.parametrize(("fields", "words"), [
    ({"backward": 1, "forward": 5},
     "Times run backwards at 1 line; nothing is concluded of the tasks that ran then."),
    ({"backward": 2, "forward": 5},
     "Times run backwards at 2 lines; nothing is concluded of the tasks that ran then."),
    ({"backward": 2, "forward": 1},
     "Times run backwards: 2 lines are older than the line above. The newest come first; turn the log over"),
    ({"gaps": 1}, "Lines are missing at 1 place, as the log says itself"),
    ({"gaps": 2}, "Lines are missing at 2 places, as the log says itself"),
    ({"cut": 2}, "2 lines end within a name: the log was cut at some width."),
    ({"unattributed": 1}, "1 line says of no task whose it is; nothing is concluded from it."),
    ({"cut": 1}, "1 line ends within a name: the log was cut at some width. Nothing is concluded from it."),
    ({"unattributed": 2}, "2 lines say of no task whose they are; nothing is concluded from them."),
    ({"executors": 2}, "These are logs of 2 executors; each has a pool and books of its own."),
])  # fmt: skip # a table
def test_each_doubt_is_said(fields: dict[str, Any], words: str) -> None:
    """What the books know of missing or confused lines is said with its number, and not where there is none."""
    assert words in said(made(**fields))
    assert words[:16] not in said(made())


def test_each_doubt_of_reading_is_said() -> None:
    """So is what reading met: lines cut, an end that is none, and troubles, shown as far as 200 characters go."""
    told = said(made(reading=ReadSoFar(["log"], lines=10, cut=2, unended=1, troubles=["a: is damaged", "y" * 300])))
    bare = said(made())

    for words in ("2 lines were too long, and only their beginnings", "The last line has no end:", "a: is damaged"):
        assert words in told
        assert words not in bare
    assert told.count("y") - bare.count("y") == 199 + "only their beginnings were looked at may be cut".count("y")


@pytest.mark.parametrize(("untimed", "head", "words"), [
    (2, "17/12/05 10:00:00 ", "Their times were not understood in 2 of them: what stands there is 'x'."),
    (2, "", "Their times were not understood in any: what stands there is 'x'."),
    (0, "10:00:00 ", "Their times have no date that was understood: one that goes back by half a day is of the next"),
    (0, "17/12/05 10:00:00 ", ""),
    (0, "", ""),
])  # fmt: skip # a table
def test_times(untimed: int, head: str, words: str) -> None:
    """How many have no time that was understood; else whether they have no date; else nothing of them."""
    audit = made(counts=Counts(memory=3, spark=1, untimed=untimed))
    audit.clock = Clock()
    audit.clock.read(head)
    audit.clock.missed = "x"

    assert words in said(audit)
    assert ("Their times" in said(audit)) is bool(words)


def rows(*added: BookRow, **fields: Any) -> Task:
    """A task with one consumer and these rows, in a pool of 100 MB."""
    found = Task(7, begun=TEN, capacity=exactly(100 * MB), **fields)
    found.label(f"a.{MAP}@1")
    for each in added:
        found.timeline.add(each)
    return found


def of_task(found: Task) -> list[str]:
    """The lines about the only task of an audit."""
    told = lines(made(found))
    first = next(place for place, line in enumerate(told) if line.startswith(f"Task {found.number}"))
    last = next(place for place in range(first, len(told)) if told[place].startswith(("✓", "?", "✗")))
    return told[first : last - 1]


def test_consumers_of_a_task() -> None:
    """The one that held most comes first; one grant is one; what was refused, and what began before, is said."""
    few = consumer("E1", printed("5.1 MB"), grants=1)
    many = consumer("E2", exactly(30 * MB), grants=2, refusals=1, whole=False)

    assert of_task(task(7, few, many, title="0.0 in stage 1.0", outcome="finished"))[:6] == [
        "Task 7 (0.0 in stage 1.0), from 10:00:00: finished",
        "",
        "  E2  ExternalAppendOnlyMap@E2: 2 grants, 1 refused, at most 30.0 MB; it began",
        "      before the log",
        "  E1  ExternalAppendOnlyMap@E1: 1 grant, at most 5.1 MB (5.05 to 5.15 MB)",
        "",
    ]


def test_a_task_without_title_end_or_consumers() -> None:
    """Nothing stands for what is not known but that its end is not in the log; an error stands for its outcome."""
    error = OutOfMemory(9, TEN, "OutOfMemoryError: Java heap space", ZERO, None, ())

    assert of_task(task())[:3] == [
        "Task 7, from 10:00:00: its end is not in the log",
        "",
        f"  {'time':8}  {'who':4} {'what':37} {'holds':>11}  {'free':>11}",
    ]
    assert of_task(task(outcome="failed", error=error))[0] == "Task 7, from 10:00:00: OutOfMemoryError: Java heap space"


@pytest.mark.parametrize(("there", "dropped", "more"), [(8, 0, ""), (9, 0, "  and 1 more"), (8, 2, "  and 2 more")])
def test_eight_consumers_are_shown(there: int, dropped: int, more: str) -> None:
    """Of the others, and of those that were forgotten, it is said how many they are."""
    told = of_task(task(7, *(consumer(f"E{each}", exactly(MB)) for each in range(there)), dropped=dropped))

    assert len([line for line in told if line.startswith("  E")]) == 8
    assert [line for line in told if line.startswith("  and")] == ([more] if more else [])


def test_rows_of_a_task() -> None:
    """Each has its time, its consumer, its words over several lines, what it holds, and what is free after it."""
    told = of_task(
        rows(
            BookRow(1, TEN, "E1", "acquires {}", (exactly(30 * MB),), exactly(30 * MB), exactly(30 * MB)),
            BookRow(2, None, "E1234", "is told to spill all that it has, which is a lot of memory"),
            BookRow(3, TEN + 2, "E1", "x", (), Interval(3 * MB, 4 * MB), Interval(0, 90 * MB), exactly(20 * MB)),
            BookRow(4, TEN + 3, "E1", "y", (), Interval(1 * MB, 40 * MB), exactly(100 * MB)),
        )
    )

    assert told[-6:] == [
        "  time      who  what                                        holds         free",
        "  10:00:00  E1   acquires 30.0 MB                          30.0 MB      70.0 MB",
        "  --:--:--  E123 is told to spill all that it has,",
        "                 which is a lot of memory",
        "  10:00:02  E1   x                                        ~ 3.5 MB    ≤ 80.0 MB",
        "  10:00:03  E1   y                                       ≤ 40.0 MB          0 B",
    ]


def test_nothing_is_free_of_whom_nothing_is_known() -> None:
    """Where the log names no consumer of a task, what is free is not said."""
    bare = Task(7, begun=TEN, capacity=exactly(100 * MB))
    bare.timeline.add(BookRow(1, TEN, "", "begins", (), None, ZERO))

    assert of_task(bare)[-1] == "  10:00:00       begins"


@pytest.mark.parametrize(("count", "left_out"), [(34, 0), (35, 1), (50, 16), (130, 96)])
def test_a_long_timeline_has_its_middle_left_out(count: int, left_out: int) -> None:
    """Up to 34 rows are shown; of more, seventeen of each end, and between them how many are not."""
    told = of_task(rows(*(BookRow(each, TEN + each, "E1", f"row {each}") for each in range(count))))
    shown = [line.split("row ")[1] for line in told if "row " in line]
    gaps = [(place, line) for place, line in enumerate(told) if "…" in line]

    if not left_out:
        assert (len(shown), gaps) == (count, [])
        return
    assert shown == [str(each) for each in (*range(17), *range(count - 17, count))]
    ((place, line),) = gaps
    assert line == f"  {'…':8}  {left_out} more"
    assert "row 16" in told[place - 1]


def test_three_tasks_are_shown() -> None:
    """Three of those that have rows, an error or a window; a task without any is counted only."""
    four = [task(each, outcome="finished") for each in (1, 2, 3, 4)]
    told = lines(made(*four, Task(5, outcome="finished"), finished=5))

    assert [line.split(",")[0] for line in told if line.startswith("Task ")] == ["Task 1", "Task 2", "Task 3"]
    assert "5 tasks in all, 5 finished and 0 failed; shown are those that failed" in " ".join(told)
    assert "tasks in all" not in said(made(*four[:3]))
    error = OutOfMemory(9, TEN, "OutOfMemoryError", ZERO, None, ())
    for each in (Task(6, error=error), Task(6, windows=[window()])):
        assert any(line.startswith("Task 6") for line in lines(made(each)))
