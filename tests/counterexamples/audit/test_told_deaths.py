"""What died, as it is told: errors, the heap as the log has it, event logs, and signs of death."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spillproof.counterexamples.audit.deaths import Death
from tests.counterexamples.audit.told import MB, TEN, dead, death, events, failed, heap, lines, made, part, said, stuck


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


def test_five_of_each_are_shown() -> None:
    """Of sorters, and of native engines that did not get what they asked for, five are shown."""
    told = said(
        made(stuck=[stuck(each, TEN, TEN) for each in range(6)], shortages=[f"short {each}" for each in range(6)])
    )

    assert [f"Task {each}: a sorter" in told for each in range(6)] == [True] * 5 + [False]
    assert [f"Short {each}." in told.partition("?")[0] for each in range(6)] == [True] * 5 + [False]


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


DEATHS = "Lines that say that something died of memory, or was killed"


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
