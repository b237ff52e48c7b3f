"""Whose a death is, where several tasks run, an exception is long, or two threads write at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.verdict import verdict
from tests.counterexamples.audit.logs import BANNER, CALM, FAILS, MAP, OOM, line, started, written

BESIDE = [
    line("10:00:00", "Running task 1.0 in stage 1.0 (TID 8)", logger="Executor"),
    line("10:00:01", f"Task 8 acquired 30.0 MB for {MAP}2"),
]
"""A second task, which goes on."""

FRAME = "\tat org.apache.spark.util.collection.AppendOnlyMap.growTable(A.scala:1)\n"


def died(log: Audit) -> list[int]:
    """The tasks that died of memory."""
    return sorted(each.number for each in log.tasks if each.error is not None)


def heard(folder: Path, *lines: str) -> Audit:
    """The audit of two tasks and what came then."""
    return audit([written(folder, *CALM[:4], *BESIDE, *lines, *BESIDE[1:])])


def test_a_long_traceback_is_of_the_task_that_failed(tmp_path: Path) -> None:
    """Python's MemoryError stands at the end of a trace: lines without a time are a part of the line that has one."""
    trace = "".join(f'  File "worker.py", line {each}, in main\n    process()\n' for each in range(5))
    lines = [FAILS, "org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n", trace]

    assert died(heard(tmp_path, *lines, "MemoryError\n")) == [7]
    assert died(heard(tmp_path, *lines, "pyspark: MemoryError\n", line("10:00:20", "x", logger="Other"))) == [7]


def test_two_traces_in_one_another(tmp_path: Path) -> None:
    """An exception behind another's stack is not that task's; a cause of it is."""
    other = FAILS.replace("task 0.0", "task 1.0").replace("TID 7", "TID 8")
    lines = [FAILS, other, "java.io.FileNotFoundException: /tmp/x\n", "\tat java.io.FileInputStream.open(F.java:1)\n"]
    log = heard(tmp_path, *lines, OOM, FRAME)

    assert died(log) == []
    assert [each.message for each in log.errors()] == ["OutOfMemoryError: Java heap space"]
    assert died(heard(tmp_path, *lines, f"Caused by: {OOM}", FRAME)) == [8]


@pytest.mark.parametrize("thread", ["worker for task 0.0 in stage 1.0 (TID 7)", "worker for task 7"])
def test_the_thread_says_whose_it_is(thread: str, tmp_path: Path) -> None:
    """It names the task by its number, and since 3.0 by its place in the stage before: 0.0 is not task 0."""
    thread = f"Executor task launch {thread}"
    first = line("10:00:01", "Running task 0.0 in stage 0.0 (TID 0)", logger="Executor")
    page = (
        f"17/12/05 10:00:19 WARN [{thread}] TaskMemoryManager: Failed to allocate a page (67108864 bytes), try again.\n"
    )

    assert died(heard(tmp_path, first, line("10:00:19", f"uncaught error in {thread}", logger="Utils"), OOM)) == [7]
    assert [each.task for each in heard(tmp_path, first, page).contradictions()] == [7]


def test_a_native_engines_error_is_the_tasks(tmp_path: Path) -> None:
    """Gluten's stands lines below the exception that it is the reason of: the task was refused."""
    words = "ThrowOnOomMemoryTarget$OutOfMemoryException: Not enough spark off-heap execution memory."
    log = heard(
        tmp_path, FAILS, "org.apache.gluten.exception.GlutenException: Exception: VeloxRuntimeError\n",
        "Error Source: RUNTIME\n", "Error Code: INVALID_STATE\n", f"Reason: x failed: {words} Acquired: 8.0 MiB, granted: 1.0 MiB.\n",  # noqa: E501 - one text
    )  # fmt: skip

    assert died(log) == [7]
    assert ["asked for 8.0 MB and got 1.0 MB" in each for each in log.ledger.shortages] == [True]


def test_a_death_far_back_in_the_line_of_a_task(tmp_path: Path) -> None:
    """A plan stands between the task and its error: they are of one line."""
    assert died(heard(tmp_path, f"{FAILS.rstrip()}: {'x' * 200_000} {OOM}")) == [7]


def test_what_executor_and_driver_say_is_one_failure(tmp_path: Path) -> None:
    """Each has a log of its own, in whichever order they are read."""
    lost = "Lost task 0.0 in stage 1.0 (TID 7) (10.0.0.5 executor 2): "
    driver = [BANNER, line("10:00:20", f"{lost}{OOM}", logger="TaskSetManager")]
    for name in ("a.log", "c.log"):
        folder = tmp_path / name[0]
        folder.mkdir()
        written(folder, *driver, name=name)
        written(folder, *CALM[:4], FAILS, OOM, name="b.log")
        log = audit([folder])

        assert (log.ledger.failed, len(log.errors()), died(log)) == (1, 1, [7])


def test_three_executors_without_a_prefix(tmp_path: Path) -> None:
    """They cannot be told apart: that they hold more than a pool has accuses nobody."""
    lines = [each.replace("ask 7", f"ask {k}").replace("TID 7", f"TID {k}") for each in CALM[2:] for k in (7, 8, 9)]
    begins = [started()] * 3

    for mixed in ([*begins, *lines], [begins[0], lines[0], begins[1], lines[1], begins[2], *lines[2:]]):
        log = audit([written(tmp_path, BANNER, *mixed)])
        assert (log.contradictions(), log.exit_status()) in (([], 0), ([], 3))


def test_lines_that_were_sent_twice(tmp_path: Path) -> None:
    """Two shippers, or a batch that is sent again, accuse nobody, and are no error of ours."""
    for lines in ([each for each in CALM for _ in range(2)], [*CALM[:4], *CALM[2:5], *CALM[3:6]]):
        log = audit([written(tmp_path, *lines)])

        assert (log.contradictions(), log.exit_status() in {0, 3}) == ([], True)
        assert verdict(log)[0] in "?✓"


def test_an_application_that_is_started_again(tmp_path: Path) -> None:
    """Its tasks are counted from 0 again: what the one before it held is not its."""
    later = [each.replace(" 10:", " 12:").replace(" 09:", " 11:") for each in CALM]
    log = audit([written(tmp_path, BANNER, started(), *CALM[2:4], *later)])

    assert (log.ledger.executors, log.findings()) == (2, [])
