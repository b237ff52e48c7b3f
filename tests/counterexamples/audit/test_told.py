"""An audit made by hand is told word for word: what is said of which numbers, what is shown, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.audit_text import Beside, tell
from spillproof.counterexamples.audit.books import (
    MAP,
    SORTER,
    BookRow,
    ForcedSpill,
    HeapFigures,
    LoggedConsumer,
    OutOfMemory,
    Stuck,
    Task,
    Window,
)
from spillproof.counterexamples.audit.contradiction import EARLY, MISSING, Finding, Rule
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.eventlog import EventLog, FailedTask
from spillproof.counterexamples.audit.heap import Histogram, HistogramRow, InHeap
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly, printed
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.reader import Counts
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.sources import ReadSoFar
from spillproof.counterexamples.audit.stamp import Clock
from spillproof.counterexamples.audit.verdict import verdict

MB = 1 << 20
TEN = 36000.0
"""Ten o'clock."""


def made(*tasks: Task, reading: ReadSoFar | None = None, counts: Counts | None = None, **of_ledger: Any) -> Audit:
    """An audit of Spark 2.3.4, of a log at level DEBUG in which these tasks ran; other fields of the books by name."""
    evidence, clock = ReleaseEvidence(asked=(2, 3, 4)), Clock()
    clock.read("17/12/05 10:00:00 ")
    ledger = Ledger(evidence, kept=list(tasks), tasks=len(tasks), debug=True)
    for name, value in of_ledger.items():
        setattr(ledger, name, value)
    counts = counts or Counts(memory=3, tasks=2, known=1, spark=1)
    return Audit(reading or ReadSoFar(["a/log"], lines=10), counts, ledger, clock, evidence)


def lines(audit: Audit, beside: Beside | None = None) -> list[str]:
    """What is told, line by line."""
    return tell(audit, beside or Beside()).splitlines()


def said(audit: Audit, beside: Beside | None = None) -> str:
    """What is told, as one line."""
    return " ".join(tell(audit, beside or Beside()).split())


def part(audit: Audit, title: str, beside: Beside | None = None) -> list[str]:
    """The lines below a title, to the next title or verdict: what is not indented."""
    told = lines(audit, beside)
    assert title in told, told
    first = told.index(title) + 1
    assert told[first - 2] == ""
    assert told[first] == ""
    last = next(place for place in range(first, len(told)) if told[place] and not told[place].startswith(" "))
    return [each for each in told[first:last] if each]


# What was read

CLEAN = "✓ No line contradicts the rules, and no collection can have held what was counted free."


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


# A task


def consumer(label: str, peak: Interval, **fields: Any) -> LoggedConsumer:
    """A map that held so much at most."""
    return LoggedConsumer(f"org.apache.spark.util.collection.{MAP}@{label}", MAP, label, peak=peak, **fields)


def task(number: int = 7, *consumers: LoggedConsumer, **fields: Any) -> Task:
    """A task that began at ten o'clock."""
    by_name = {each.name: each for each in consumers}
    made_ = Task(number, begun=TEN, consumers=by_name, **fields)
    made_.timeline.add(BookRow(1, TEN, "", "begins"))
    return made_


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


# Deaths, the heap, sorters


def death(line: int, time: float | None = TEN, whose: str = "") -> OutOfMemory:
    """A death of nobody's."""
    return OutOfMemory(line, time, "OutOfMemoryError: Java heap space", ZERO, None, (), whose=whose)


def test_errors_of_nobody() -> None:
    """Each with its line, its time if there is one, and whose it is; five are shown, and the others counted."""
    two = lines(made(errors=[death(3, None), death(4, whose="task 9 (0.0)")]))
    six = said(made(errors=[death(each) for each in range(6)]))

    assert "Line 3: OutOfMemoryError: Java heap space; the log does not say of which task." in two
    assert "Line 4, 10:00:00: OutOfMemoryError: Java heap space; task 9 (0.0)." in two
    assert (six.count("does not say of which task."), "and 1 more" in six) == (5, True)
    assert "more" not in said(made(errors=[death(each) for each in range(5)])).partition("✓")[0].partition("?")[0]


def test_failures_and_signals() -> None:
    """Five tasks of which nobody knows why they failed are named, and that an executor was told to end is said."""
    told = said(made(unexplained=[1, 2, 3, 4, 5, 6], signals=1))

    assert "The log does not say of what these tasks failed: 1, 2, 3, 4, 5." in told
    assert "An executor was told to end (RECEIVED SIGNAL TERM) while tasks ran; not by whom." in told
    assert "of what these tasks" not in said(made())


def heap(line: int, used: int, most: int | None = None) -> HeapFigures:
    """What the log says of the heap."""
    return HeapFigures(line, TEN, "a heap", exactly(used * MB), None if most is None else exactly(most * MB))


def test_what_the_log_says_of_the_heap() -> None:
    """The five that were fullest are shown, in the order of the log, with the most there was where it is known."""
    told = part(made(heaps=[heap(1, 10), heap(2, 70, 80), *(heap(each, 10 * each) for each in (3, 4, 5, 6))]), HEAP)

    assert told == [
        "  10:00:00  70.0 MB of 80.0 MB (a heap, line 2)",
        *(f"  10:00:00  {10 * each}.0 MB (a heap, line {each})" for each in (3, 4, 5, 6)),
    ]
    assert HEAP not in lines(made())


HEAP = "Memory in use, as the log itself says"


@pytest.mark.parametrize(("spilled", "held", "words"), [
    (TEN, TEN + 17, "a sorter said at 10:00:00 that it spills 4.0 MB; 17 s later U1 is still accounted with 4.0 MB."),
    (TEN, TEN - 1, "a sorter said at 10:00:00 that it spills 4.0 MB; 0 s later U1 is still accounted with 4.0 MB."),
    (TEN, None, "a sorter said at 10:00:00 that it spills 4.0 MB; U1 is still accounted with 4.0 MB."),
    (None, TEN, "a sorter said that it spills 4.0 MB; U1 is still accounted with 4.0 MB."),
])  # fmt: skip # a table
def test_a_sorter_that_gave_nothing_back(spilled: float | None, held: float | None, words: str) -> None:
    """When it said so, and how long after it is still accounted, as far as the times are known."""
    assert f"Task 7: {words} The spill gave nothing back" in said(made(stuck=[stuck(7, spilled, held)]))


def stuck(number: int, spilled: float | None, held: float | None) -> Stuck:
    """A sorter of a task that spilled 4 MB and gave nothing back."""
    return Stuck(number, "U1", exactly(4 * MB), spilled, held, 3)


def test_five_of_each_are_shown() -> None:
    """Of sorters, and of native engines that did not get what they asked for, five are shown."""
    told = said(
        made(stuck=[stuck(each, TEN, TEN) for each in range(6)], shortages=[f"short {each}" for each in range(6)])
    )

    assert [f"Task {each}: a sorter" in told for each in range(6)] == [True] * 5 + [False]
    assert [f"Short {each}." in told.partition("?")[0] for each in range(6)] == [True] * 5 + [False]


# Event logs


def failed(number: int, died: bool = False, executor: str = "3") -> FailedTask:  # noqa: FBT001, FBT002 - as a sentence
    """A task that failed."""
    return FailedTask(number, 2, executor, "it broke", died, 5 * MB, 9)


def events(**fields: Any) -> Audit:
    """An audit of an event log."""
    found = made(counts=Counts())
    found.events.append(EventLog("x/app-1", **fields))
    return found


EVENTS = "app-1: this is Spark's event log, not an executor's log"


def test_an_event_log() -> None:
    """The application, the release, executors and their memory, tasks; then peaks, failures, removals."""
    told = " ".join(" ".join(part(events(
        application="etl", version="3.5.1", executors=2, memory="4g", tasks=9, failed=2, peak_task=4,
        peak_execution=64 * MB, spilled=128 * MB, peaks={"OnHeapStorageMemory": MB, "JVMHeapMemory": 2 * MB, "X": 9},
        failures=[failed(4, died=True), failed(5, executor="")], removed=["executor 3: killed"],
    ), EVENTS)).split())  # fmt: skip

    assert told == (
        "Application 'etl'. Spark 3.5.1; executors: 2, 4g of memory each; tasks that ended: 9, that failed: 2. "
        "Peak execution memory of a task: 64.0 MB (task 4); 128.0 MB of memory were spilled in all. "
        "Peaks of an executor: JVMHeapMemory 2.0 MB, OnHeapStorageMemory 1024.0 KB. "
        "Task 4 of stage 2 on executor 3 died of memory: it broke; its peak execution memory was 5.0 MB. "
        "Task 5 of stage 2 failed: it broke; its peak execution memory was 5.0 MB. "
        "Removed: executor 3: killed"
    )


def test_an_empty_event_log() -> None:
    """Of what it does not say nothing is said."""
    assert part(events(), EVENTS) == ["  Spark (unknown); executors: 0; tasks that ended: 0, that failed: 0."]


def test_five_failures_and_removals_are_shown() -> None:
    """Of all that failed it is said how many more they are."""
    told = part(events(failed=9, failures=[failed(each) for each in range(6)], removed=list("abcdef")), EVENTS)
    five = part(events(failed=5, failures=[failed(each) for each in range(5)]), EVENTS)

    assert sum("of stage" in line for line in told) == 5
    assert "  and 4 more" in told
    assert sum("Removed" in line for line in told) == 5
    assert not any("more" in line for line in five)


# Signs of death

DEATHS = "Lines that say that something died of memory"


def dead(*found: Death, **fields: Any) -> Audit:
    """An audit in which lines have signs of death."""
    audit = made(**fields)
    audit.deaths.extend(found)
    return audit


def test_signs_of_death() -> None:
    """Three are shown with their lines, and the others counted."""
    four = [Death(each, "a kill", f"Killed {each}") for each in (1, 2, 3, 4)]

    assert part(dead(*four), DEATHS) == [f"  line {each}: Killed {each}" for each in (1, 2, 3)] + ["  and 1 more"]
    assert part(dead(*four[:3]), DEATHS)[-1] == "  line 3: Killed 3"
    assert DEATHS not in lines(dead())


def test_signs_that_are_in_the_books() -> None:
    """What an error in the books says already is not said again; nor is an OutOfMemoryError, if one of them is one."""
    killed, oom = Death(3, "a kill", "Killed by K"), Death(4, "an OutOfMemoryError", "OutOfMemoryError: other")
    named = [death(3)]
    other = [replace(death(3), message="Killed by K")]

    assert DEATHS not in lines(dead(killed, errors=other))
    assert DEATHS not in lines(dead(oom, errors=named))
    assert part(dead(oom, errors=other), DEATHS) == ["  line 4: OutOfMemoryError: other"]
    assert part(dead(killed, oom, errors=named), DEATHS) == ["  line 3: Killed by K"]


# Windows


def window(size: int = 60 * MB, **fields: Any) -> Window:
    """E1 was spilled for E2 at ten o'clock, while it was read, and was perhaps held until a minute later."""
    known: dict[str, Any] = {
        "whom": "E2", "asked": TEN - 5, "until": TEN + 60, "ending": "the task's end", "granted": exactly(30 * MB),
    }  # fmt: skip
    return Window(7, "E1", f"a.{MAP}@1", "forced spill", MAP, exactly(size), TEN, 4, **{**known, **fields})


def spill(**fields: Any) -> ForcedSpill:
    """E1 had to give 60 MB for E2, and 30 MB are taken after it."""
    known: dict[str, Any] = {"while_read": True, "asked": TEN - 5, "done": TEN, **fields}
    return ForcedSpill(7, "E1", "E2", exactly(60 * MB), line=4, taken=exactly(30 * MB), **known)


WINDOWS, SPILLS = "Counted free, and perhaps still held", "Forced spills"


def one(section: str, audit: Audit) -> str:
    """A part, as one line."""
    return " ".join(" ".join(part(audit, section)).split())


def test_a_window() -> None:
    """Whose it is, how much, why, from when to when, how long; what was granted meanwhile; what holds it; the fault."""
    assert part(made(Task(7, windows=[window()])), WINDOWS) == [
        "  E1  60.0 MB, spilled for E2 while it was read: from 10:00:00 to the task's end",
        "      at 10:01:00, 1 min at most.",
        "      Granted to others of the task meanwhile: 30.0 MB.",
        "      held by TaskMemoryManager ▸ consumers ▸ E1 ▸ readingIterator ▸ upstream ▸",
        "        $outer ▸ data",
        "      SPARK-22713, fixed in 2.4.0: the iterator changed over only at its next",
        "      read, which the log does not show.",
    ]


def test_what_a_window_does_not_say() -> None:
    """Without a name, a time, a grant or an end, what is not known is left out, or dashes stand for it."""
    bare = replace(window(), name="", whom="", since=None, until=None, granted=ZERO)

    assert one(WINDOWS, made(Task(7, windows=[bare]))).startswith(
        "E1 60.0 MB, spilled while it was read: from --:--:-- to the task's end at --:--:--. held by TaskMemoryManager "
        "▸ consumers ▸ the collection ▸ readingIterator"
    )


def test_a_window_that_may_be_none() -> None:
    """If the log does not say that it was read, or which release it is, the window says what it hangs on."""
    unread = made(Task(7, windows=[replace(window(), while_read=None)]))
    unknown = made(Task(7, windows=[window()]))
    unknown.evidence.asked = ()

    assert "while it was read, if it was being read: the log does not say: from" in one(WINDOWS, unread)
    assert one(WINDOWS, unread).endswith("Held only if this is a release before 2.4.0.")
    assert "1 min at most, if no line is missing." in one(WINDOWS, unknown)
    assert "Held only if" in one(WINDOWS, unknown)
    assert "if no line is missing" not in one(WINDOWS, unread)


def test_a_map_that_was_read_to_its_end() -> None:
    """It is only held if no line is missing, which the reader may say."""
    audit = made(Task(7, windows=[replace(window(), kind="read to its end", whom="")]))
    told = one(WINDOWS, audit)
    audit.asserted = True

    assert told.startswith("E1 60.0 MB, read to its end, and released: from 10:00:00")
    assert "if no line is missing" in told
    assert told.endswith("SPARK-22713, fixed in 2.4.0: an exhausted iterator kept the map until the task's end.")
    assert "if no line is missing" not in one(WINDOWS, audit)


def test_a_sorter_that_was_spilled() -> None:
    """A sorter's iterator changes over only at the next read, in every release."""
    told = one(WINDOWS, made(Task(7, windows=[replace(window(), collection=SORTER)])))

    assert "consumers ▸ E1 ▸ readingIterator ▸ upstream" in told
    assert told.endswith("in every release to 4.3.0: an ExternalSorter's iterator changes over only then.")


def test_ten_windows_are_shown() -> None:
    """The largest first; the others are counted."""
    sizes = [each * MB for each in range(2, 13)]
    eleven = part(made(Task(7, windows=[window(size) for size in sizes])), WINDOWS)
    ten = part(made(Task(7, windows=[window(size) for size in sizes[:10]])), WINDOWS)

    assert [line.split()[1] for line in eleven if line.startswith("  E1")] == [f"{each}.0" for each in range(12, 2, -1)]
    assert eleven[-1] == "  and 1 more"
    assert not any("more" in line for line in ten)


@pytest.mark.parametrize(("fields", "words"), [
    ({}, "09:59:55 to 10:00:00 E1 had to give 60.0 MB for E2, while it was read; believed free afterwards: 70.0 MB"),
    ({"asked": None}, "10:00:00 E1 had to give 60.0 MB for E2, while it was read; believed free afterwards: 70.0 MB"),
    ({"done": None, "while_read": False},
     "09:59:55 E1 had to give 60.0 MB for E2, not while it was read; believed free afterwards: 70.0 MB"),
    ({"while_read": None},
     "09:59:55 to 10:00:00 E1 had to give 60.0 MB for E2, perhaps while it was read"),
])  # fmt: skip # a table
def test_a_forced_spill(fields: dict[str, Any], words: str) -> None:
    """When it was asked for and done, whose, how much, for whom, whether it was read, and what is free after it."""
    assert one(SPILLS, made(Task(7, forced=[spill(**fields)], capacity=exactly(100 * MB)), forced=1)).startswith(words)


def test_ten_forced_spills_are_shown() -> None:
    """Of all it is said how many more they are; without a capacity nothing is believed free."""
    many = part(made(Task(7, forced=[spill()] * 11), forced=12), SPILLS)
    ten = part(made(Task(7, forced=[spill()] * 10), forced=10), SPILLS)

    assert (sum("had to give" in line for line in many), many[-1]) == (10, "  and 2 more")
    assert sum("had to give" in line for line in ten) == 10
    assert not any("believed" in line or "more" in line for line in ten)


# Rules

RULES = "Held against the rules"


def finding(rule: Rule, words: str, doubt: str = "", **fields: Any) -> Finding:
    """A line that contradicts a rule."""
    return Finding(rule, words, **{"line": 5, "time": TEN, "task": 7, "who": "E1", "doubt": doubt, **fields})


def judged(*found: Finding, held: Sequence[Rule] = (), **fields: Any) -> Audit:
    """An audit with these findings, and rules that were held against a line."""
    audit = made(**fields)
    for each in held:
        audit.ledger.findings.hold(each)
    for every in found:
        audit.ledger.findings.add(every)
    return audit


def test_rules_that_are_kept() -> None:
    """Each with the number of lines that it was held against."""
    assert part(judged(held=[Rule.GRANT, Rule.ASKS, Rule.ASKS]), RULES) == [
        "  ✓ Nobody is granted more than was asked for. 1 line.",
        "  ✓ A collection asks for twice its estimate less its threshold. 2 lines.",
    ]
    assert RULES not in lines(made())


def test_rules_that_are_broken() -> None:
    """A rule that is broken is not said to be kept; three of its lines are shown, and a doubt if all have one."""
    sure = [finding(Rule.GRANT, f"gets {each}") for each in range(4)]
    missing = [finding(Rule.LEFT, "leaves 5 B", MISSING, line=0, who="")]
    early = [finding(Rule.BOOKS, "sums to 5 B", EARLY, time=None, task=None), finding(Rule.BOOKS, "x", EARLY, who="")]
    told = part(judged(*sure, *missing, *early, held=[Rule.GRANT, Rule.POOL]), RULES)

    assert told[:5] == [
        "  ✓ What is accounted fits into the pool. 1 line.",
        "  ✗ Nobody is granted more than was asked for. Not so in 4 lines:",
        *(f"      line 5, 10:00:00, task 7 E1: gets {each}" for each in range(3)),
    ]
    rest = " ".join(" ".join(told[5:]).split())
    assert (
        "? A task that succeeds has released everything. Not so in 1 line, if it is not that a line may be missing: "
        "task 7: leaves 5 B" in rest
    )
    assert (
        f"add up to. Not so in 2 lines; but {EARLY}: line 5, --:--:--, E1: sums to 5 B line 5, 10:00:00, task 7: x"
        in rest
    )


def test_one_sure_line_is_enough() -> None:
    """A rule of which one line is sure and another is not is broken."""
    told = part(judged(finding(Rule.LEFT, "a", MISSING), finding(Rule.LEFT, "b")), RULES)

    assert told[0] == "  ✗ A task that succeeds has released everything. Not so in 2 lines:"
    assert [line.rpartition(" ")[2] for line in told[1:]] == ["a", "b"]


def test_a_finding_of_nobody_and_a_long_one() -> None:
    """Without a task and a consumer the words stand alone; three hundred characters are shown."""
    told = part(judged(finding(Rule.LEFT, "a", line=0, task=None, who=""), finding(Rule.LEFT, "b" * 400)), RULES)

    assert told[1] == "      a"
    assert sum(line.count("b") for line in told[2:]) == 299 - len("line 5, 10:00:00, task 7 E1: ")


# Beside the log


def error(*holders: tuple[str, Interval], accounted: int = 30, **fields: Any) -> OutOfMemory:
    """An OutOfMemoryError at a minute past ten."""
    message = fields.pop("message", "OutOfMemoryError: Java heap space")
    return OutOfMemory(9, TEN + 60, message, exactly(accounted * MB), fields.pop("free", None), holders, **fields)


def test_the_heap_beside_the_books() -> None:
    """Each collection with what was accounted to whose it is, what it retains, and what holds it, line by line."""
    found = (
        InHeap("m", exactly(60 * MB), ("Iterator", "x" * 40, "array"), read=True, label="E1"),
        InHeap("n", exactly(30 * MB), ("Map",), read=False, label="E2"),
        InHeap("o", exactly(20 * MB), ("Map",), read=False),
    )
    audit = made(Task(7, error=error(("E2", exactly(30 * MB)))))
    told = part(audit, "The heap, beside what was accounted", Beside(heap=found))

    assert told[:6] == [
        "            accounted   retained  held by",
        "  E1              0 B    60.0 MB  Iterator ▸",
        f"{'':35}{'x' * 40} ▸",
        f"{'':35}array",
        "  E2          30.0 MB    30.0 MB  Map",
        "  ?         not known    20.0 MB  Map",
    ]


def test_the_heap_beside_no_error() -> None:
    """Where nothing died, nothing is accounted to anybody."""
    found = (InHeap("m", exactly(60 * MB), ("Map",), read=True, label="E1"),)

    assert "E1 0 B 60.0 MB Map" in said(made(), Beside(heap=found))
    assert "E1 0 B 60.0 MB Map" in said(made(Task(7, windows=[window()])), Beside(heap=found))


HISTOGRAM = "The histogram of the heap, beside what was accounted"


def test_a_histogram_beside_the_books() -> None:
    """Five classes and the sum; and, if something died, how many collections there are beside those that held any."""
    kinds = ["a.AppendOnlyMap", "b", "c", "d", "e", "f"]
    found = Histogram(tuple(HistogramRow(name, 2000, 3 * MB) for name in kinds), 18 * MB)
    died = made(Task(7, error=error(("E1", exactly(MB)), ("E2", ZERO), ("E3", exactly(1)))))
    told = part(died, HISTOGRAM, Beside(histogram=found))

    assert told[:6] == [
        *(f"      3.0 MB          2,000  {name}" for name in kinds[:5]),
        "     18.0 MB                 in all",
    ]
    assert " ".join(" ".join(told[6:]).split()).startswith(
        "2,000 collections in memory are in the heap, and 2 consumers were believed to hold any; 30.0 MB were accounted"
    )
    for calm in (made(), made(Task(7, windows=[window()]))):
        assert "collections in memory" not in said(calm, Beside(histogram=found))


# The verdict


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
    assert verdict(dead(Death(3, "a kill", "Killed"), Death(4, "", "x"))).endswith(
        " Line 3 says that something died of memory: Killed."
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
    assert verdict(events(deaths=sign)) == f"{words}. Line 3 says that something died of memory: Killed"
    both = events()
    both.counts.spark = 1
    assert verdict(both) == CLEAN
