"""What died of memory, what was killed and nobody says why, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit import deaths
from spillproof.counterexamples.audit.audit import audit
from spillproof.counterexamples.audit.verdict import verdict
from tests.counterexamples.audit.logs import CALM, FAILS, contention, line, started, written

DEADLY = [
    "org.apache.hadoop.hive.ql.exec.mapjoin.MapJoinMemoryExhaustionError: too many rows",
    'Execution error: ResourcesExhausted("Failed to allocate additional 33554432 bytes for ExternalSorter[0]")',
    "Device store exhausted, unable to allocate 2570310640 bytes. Total RMM allocated is 15015998208 bytes.",
    "org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)",
    "or by an excessive memory usage causing the Operating System to kill the worker.",
]


@pytest.mark.parametrize("words", DEADLY)
def test_what_something_died_of(words: str, tmp_path: Path) -> None:
    """Hive, Auron, RAPIDS, and workers of Python say in words of their own that there was no memory, or may not have been."""  # noqa: E501 - one text
    assert deaths.sign(words) is not None
    assert deaths.suspected(words.encode())
    assert audit([written(tmp_path, *CALM, f"{words}\n")]).exit_status() == 3
    assert audit([written(tmp_path, *CALM[:4], FAILS, f"{words}\n")]).exit_status() == 3


INNOCENT = [
    "java.lang.StackOverflowError",
    "java.lang.IllegalArgumentException: Cannot grow BufferHolder by size 9 because the size exceeds size limitation 5",
    "java.io.IOException: No space left on device",
    "org.apache.spark.SparkException: Cannot broadcast the table that is larger than 8GB: 9 GB",
    "org.apache.spark.SparkException: Total size of serialized results (1029.3 MB) is bigger than 1024.0 MB",
    "org.apache.spark.SparkException: Executor heartbeat timed out after 155000 ms",
]


@pytest.mark.parametrize("words", INNOCENT)
def test_a_task_that_failed_of_something_else(words: str, tmp_path: Path) -> None:
    """A stack, a disk, a limit that is no memory's, a heartbeat: the reason is known, and it is not memory."""
    assert deaths.sign(words) is None
    assert audit([written(tmp_path, *CALM[:4], FAILS, f"{words}\n")]).exit_status() == 0


def test_what_a_crashed_machine_writes_of_memory() -> None:
    """HotSpot's report of a crash has headings that speak of memory, whatever it crashed of."""
    for words in ("OOM stack traces (most recent first):", "OutOfMemory and StackOverflow Exception counts:"):
        assert deaths.sign(words) is None


@pytest.mark.parametrize(("words", "certain"), [
    ("exited with exit code 143", False),
    ("Exit status: 143. Diagnostics: Container killed by the ApplicationMaster.", False),
    ("Command exited with code 137", False),
    ("process exited with signal 15", False),
    ("Python worker exited unexpectedly (crashed)", False),
    ("Exit code is 52", True),
    ("exit status: -104", True),
    ("exitCode: 137, reason: OOMKilled", True),
    ("Killed process 4242 (java)", True),
    ("java.lang.OutOfMemoryError", True),
    ("no sign at all", True),
])  # fmt: skip # a table
def test_a_kill_is_not_called_a_death_of_memory(words: str, certain: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Who reclaims a node or an idle executor kills too: it stays unexplained, and memory is not accused."""
    assert deaths.certainly(words) is certain
    if deaths.sign(words) is None:
        return
    log = audit([written(tmp_path, *CALM, f"{words}\n")])
    assert log.exit_status() == 3
    assert ("died of memory" in verdict(log), "perhaps for want of memory" in verdict(log)) == (certain, not certain)


def test_the_certain_sign_is_named(tmp_path: Path) -> None:
    """A pod says its exit code first, and then that it was killed for want of memory."""
    log = audit([written(tmp_path, *CALM, "Exit Code: 137\n", "Reason: OOMKilled\n")])

    assert "died of memory: OOMKilled" in verdict(log)


def test_a_node_that_is_reclaimed(tmp_path: Path) -> None:
    """An executor that is decommissioned is told to end, by whom it says: that is not a kill."""
    signal = line("10:00:51", "RECEIVED SIGNAL TERM", logger="CoarseGrainedExecutorBackend")
    order = line("10:00:30", "Decommissioning executor 2", logger="CoarseGrainedExecutorBackend")

    assert audit([written(tmp_path, *CALM[:4], order, signal)]).ledger.signals == 0
    assert audit([written(tmp_path, *CALM[:4], signal)]).ledger.signals == 1


ARRAYS = [
    "java.lang.OutOfMemoryError: Requested array size exceeds VM limit\n",
    "java.lang.OutOfMemoryError\n\tat java.io.ByteArrayOutputStream.hugeCapacity(B.java:1)\n",
    "java.lang.OutOfMemoryError: Metaspace\n",
]


@pytest.mark.parametrize("words", ARRAYS)
def test_an_array_beyond_any_heap(words: str, tmp_path: Path) -> None:
    """It is refused by an empty heap too: nothing is said of spills that would have filled it."""
    log = audit([written(tmp_path, *CALM[:4], FAILS, words)])
    story = audit([written(tmp_path, started(), *[*contention()][:-2], FAILS, words)], "2.3.4")

    assert verdict(log).endswith("the books do not say why")
    assert verdict(story).endswith("the fault is perhaps SPARK-22713, fixed in 2.4.0")


SERVER = '[{"taskId": 7, "status": "%s", "taskLocality": "ANY", "errorMessage": "%s"}]\n'
NOTE = '{"paragraphs": [{"text": "%%spark df.count()", "results": {"code": "%s", "msg": [{"data": "%s"}]}}]}\n'


@pytest.mark.parametrize(("text", "what"), [(SERVER, "history server"), (NOTE, "note of Zeppelin")])
def test_what_sparks_own_tools_answer(text: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The history server's JSON and Zeppelin's notes are no logs; but what died in them is said."""
    bad = str(written(tmp_path, text % ("FAILED", "java.lang.OutOfMemoryError: Java heap space"), name="bad"))
    good = str(written(tmp_path, text % ("SUCCESS", ""), name="good"))

    assert command.run(["audit", bad]) == 3
    assert "OutOfMemoryError: Java heap space" in capsys.readouterr().out
    assert command.run(["audit", good]) == 2
    assert what in capsys.readouterr().err
