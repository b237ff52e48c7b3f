"""Event logs by themselves: what each event adds, what is passed over, and how much is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spillproof.counterexamples.audit.eventlog import KEPT, EventLog, is_one, read

OOM = "java.lang.OutOfMemoryError"
KILLED = "Container killed by YARN for exceeding memory limits."


def event(name: str, **fields: Any) -> dict[str, Any]:
    """An event of Spark's."""
    return {"Event": f"SparkListener{name}", **fields}


def ended(
    task: Any = 7, peak: Any = 0, spilled: int = 0, reason: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """The end of a task."""
    return event(
        "TaskEnd",
        **{
            "Stage ID": 2,
            "Task Info": {"Task ID": task, "Executor ID": "3"},
            "Task Metrics": {"Peak Execution Memory": peak, "Memory Bytes Spilled": spilled},
            "Task End Reason": reason or {"Reason": "Success"},
            **fields,
        },
    )


def heard(*events: dict[str, Any] | str) -> EventLog:
    """An event log of these events, in a block; text as it is."""
    lines = [each if isinstance(each, str) else json.dumps(each) for each in events]
    return read("log", iter(["".join(f"{line}\n" for line in lines).encode()]))


def test_what_an_event_log_begins_with() -> None:
    """The name of an event, with or without a space before it, within the first 64 kB."""
    assert is_one(b'{"Event":"SparkListenerLogStart"}')
    assert is_one(b'{"Event": "SparkListenerLogStart"}')
    assert not is_one(b"Event SparkListener")
    assert is_one(b" " * 65000 + b'{"Event":"SparkListenerLogStart"}')
    assert not is_one(b" " * 65536 + b'{"Event":"SparkListenerLogStart"}')


def test_what_is_said_of_the_application() -> None:
    """Its release, its name, the memory of its executors, and how many there were."""
    log = heard(
        event("LogStart", **{"Spark Version": "3.5.1"}),
        event("ApplicationStart", **{"App Name": "etl"}),
        event("EnvironmentUpdate", **{"Spark Properties": {"spark.executor.memory": "4g"}}),
        event("ExecutorAdded"),
        event("ExecutorAdded"),
    )

    assert (log.name, log.version, log.application, log.memory, log.executors, log.lines) == (
        "log", "3.5.1", "etl", "4g", 2, 5,
    )  # fmt: skip
    assert (log.tasks, log.failed, log.peak_task, log.peaks, log.failures, log.removed) == (0, 0, None, {}, [], [])


def test_what_is_not_said_is_empty() -> None:
    """Events without their fields, or with others, add nothing but that they were there."""
    log = heard(
        event("LogStart"), event("ApplicationStart"), event("EnvironmentUpdate", **{"Spark Properties": ["x"]}),
        event("TaskEnd"), event("ExecutorRemoved"), event("StageExecutorMetrics"),
    )  # fmt: skip

    assert (log.version, log.application, log.memory, log.tasks, log.failed, log.peaks) == ("", "", "", 1, 0, {})


@pytest.mark.parametrize(
    "line", ['{"Event":"SparkListenerTaskEnd"', '["SparkListenerTaskEnd"]', "[" * 100_000 + '"SparkListenerTaskEnd"']
)
def test_what_is_no_event_is_passed_over(line: str) -> None:
    """Half a line, another kind of value, and what is nested too deep: the others count."""
    log = heard(line, ended())

    assert (log.tasks, log.lines) == (1, 2)


def test_peaks() -> None:
    """The task that had the most, the first of those that had as much; and the most of each measure."""
    log = heard(
        ended(7, peak=5, spilled=10, **{"Task Executor Metrics": {"JVMHeapMemory": 8, "X": 0, "Y": "z"}}),
        ended(8, peak=9, spilled=20),
        ended(9, peak=9),
        ended("x", peak="y"),
        event("StageExecutorMetrics", **{"Executor Metrics": {"JVMHeapMemory": 7, "OnHeapStorageMemory": 3}}),
    )

    assert (log.peak_execution, log.peak_task, log.spilled, log.tasks) == (9, 8, 30, 4)
    assert log.peaks == {"JVMHeapMemory": 8, "OnHeapStorageMemory": 3}


@pytest.mark.parametrize(("reason", "words", "died"), [
    ({"Reason": "ExceptionFailure", "Class Name": OOM, "Description": "heap"}, f"{OOM}: heap", True),
    ({"Reason": "ExecutorLostFailure", "Loss Reason": "slow"}, "slow", False),
    ({"Reason": "TaskKilled"}, "TaskKilled", False),
    ({"Reason": "ExceptionFailure", "Class Name": "X", "Full Stack Trace": f"X\n{OOM}: Java heap space"}, "X", True),
    ({"Reason": "ExceptionFailure", "Class Name": "X", "Description": ""}, "X", False),
])  # fmt: skip # a table
def test_a_task_that_failed(reason: dict[str, Any], words: str, died: bool) -> None:  # noqa: FBT001 - parametrized
    """Of what, as far as the reason says; and whether its stack says that it died of memory."""
    log = heard(ended(), ended(8, peak=5, reason=reason))
    (found,) = log.failures

    assert (found.task, found.stage, found.executor, found.reason, found.died, found.peak, found.line) == (
        8, 2, "3", words, died, 5, 2,
    )  # fmt: skip
    assert (log.tasks, log.failed) == (2, 1)


@pytest.mark.parametrize("reason", ["Success", "Resubmitted"])
def test_a_task_that_did_not_fail(reason: str) -> None:
    """One that succeeded, and one that is taken again."""
    log = heard(ended(reason={"Reason": reason}))

    assert (log.tasks, log.failed, log.failures) == (1, 0, [])


def test_what_died_of_memory_is_kept_first() -> None:
    """Fifty failures are kept, those of memory first, each kind in the order of the log; all are counted."""
    plain, oom = {"Reason": "TaskKilled"}, {"Reason": "ExceptionFailure", "Class Name": OOM, "Description": "heap"}
    reasons = [plain] * KEPT + [oom, plain, oom]
    log = heard(*(ended(number, reason=each) for number, each in enumerate(reasons)))

    assert [each.task for each in log.failures] == [KEPT, KEPT + 2, *range(KEPT - 2)]
    assert log.failed == KEPT + 3


def test_executors_that_were_removed() -> None:
    """Those of which the reason is a death are kept, fifty of them; whoever it was, if the event says so."""
    died = event(
        "ExecutorRemoved",
        **{"Executor ID": "3", "Removed Reason": KILLED},
    )
    idle = event("ExecutorRemoved", **{"Executor ID": "4", "Removed Reason": "idle"})
    nobody = event("ExecutorRemoved", **{"Removed Reason": "Exit code 137"})

    assert heard(idle, died, nobody).removed == [
        f"executor 3: {KILLED}", "executor ?: Exit code 137",
    ]  # fmt: skip
    assert len(heard(*[died] * (KEPT + 1)).removed) == KEPT


def test_signs_of_death_in_other_lines() -> None:
    """They are kept with their lines, fifty of them, whatever the event is."""
    other = json.dumps({"Event": "Other", "message": f"{OOM}: Java heap space"})
    log = heard(ended(), other)

    assert [(each.line, each.what) for each in log.deaths] == [(2, "an OutOfMemoryError")]
    assert len(heard(*[other] * (KEPT + 1)).deaths) == KEPT


def test_lines_of_several_blocks_are_counted_on() -> None:
    """A line's number is that in the file."""
    line = json.dumps(ended(reason={"Reason": "TaskKilled"})).encode() + b"\n"
    log = read("log", iter([line * 2, line]))

    assert ([each.line for each in log.failures], log.lines) == ([1, 2, 3], 3)
