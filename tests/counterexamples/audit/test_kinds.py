"""Kinds of log that an answer was wrong for: each in lines of our own, as Spark and public reports word them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from spillproof.counterexamples import command
from spillproof.counterexamples.audit import deaths
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.files import family
from spillproof.counterexamples.audit.interval import spell
from spillproof.counterexamples.audit.stamp import time_of_day
from tests.counterexamples.audit.logs import (
    BANNER,
    CALM,
    ENDS,
    GRANT,
    MAP,
    OOM,
    UNSAFE,
    contention,
    line,
    started,
    written,
)

Said = pytest.CaptureFixture[str]


def found(tmp_path: Path, *lines: str, release: str = "") -> Audit:
    """The audit of some lines."""
    return audit([written(tmp_path, *lines)], release)


def said(tmp_path: Path, capsys: Said, *lines: str) -> tuple[int, str]:
    """The status of an audit, and what it says, on one line."""
    status = command.run(["audit", str(written(tmp_path, *lines))])
    heard = capsys.readouterr()
    return status, " ".join((heard.out + heard.err).split())


# Deaths


def test_one_line_says_that_a_task_failed_and_of_what(tmp_path: Path) -> None:
    """A driver in the same process says both in a line: the task died of it, and its books are shown."""
    lost = line(
        "10:00:09", f"Lost task 0.0 in stage 1.0 (TID 7, localhost, executor driver): {OOM}", logger="TaskSetManager"
    )
    log = found(tmp_path, BANNER, started(), GRANT, lost)

    assert log.exit_status() == 3
    assert [(each.number, each.error and each.error.message, each.outcome) for each in log.tasks] == [
        (7, "OutOfMemoryError: Java heap space", "failed")
    ]


INNOCENT = [
    "Launching with -XX:+HeapDumpOnOutOfMemoryError -XX:OnOutOfMemoryError='kill -9 %p'",
    "Will not store rdd_1_2 as the required space (10 bytes) exceeds our memory limit (5 bytes)",
    "Not enough space to cache rdd_6_1 in memory! (computed 24.6 MiB so far)",
    "[GC (Allocation Failure) 512M->100M(1024M), 0.1 secs]",
    "Executor exited with exit code 0",
    "Task took 137 ms, exit in 143 ms; 137 files",
    "Failed to reserve initial memory threshold of 1024.0 KB for computing block rdd_5_28 in memory.",
    "Block rdd_1_137 stored as values in memory (estimated size 137.0 MB, free 143.0 MB)",
    "There is room in the classroom, and a bloom filter",
    "Launching with -XX:+ExitOnOutOfMemoryError -XX:OnOutOfMemoryError='kill -9 %p'",
    "[Loaded java.lang.OutOfMemoryError from /usr/lib/jvm/rt.jar]",
    "[0.041s][info][class,load] java.lang.OutOfMemoryError source: jrt:/java.base",
    "SparkOutOfMemoryError handling enabled = true",
    "OOM=0, oomCount=0",
    "handling of out-of-memory errors is on",
    "returned 9 rows",
    "Java heap space is set to 4g",
    "[1.234s][info][gc,metaspace] GC(1) Metaspace: 20M(21M)->20M(21M) NonClass: 18M",
    "-rw-r--r-- 1 u g 143 Jun 28 10:00 OutOfMemoryErrorHandler.class",
    "at org.example.OutOfMemoryListener.run(OutOfMemoryListener.java:1)",
    "metrics: oom.count=0 OutOfMemoryErrors=0",
    "see https://docs.example.com/java-lang-outofmemoryerror for help",
    "0 tasks killed, 3 killed by speculation",
    "exit code 1371",
    "Registering signal handler for TERM",
    "内存 10 GB",
    "java.lang:type=MemoryPool,name=Metaspace",
    'jvm_memory_pool_bytes_used{pool="Metaspace",} 1.0',
    'jvm_memory_used_bytes{area="nonheap",id="Metaspace",} 4.6E7',
    '{"pool":"Metaspace","used":123}',
    '"Dead": false, "OOMKilled": false,',
    "oom_killed=false",
    "/sys/fs/cgroup/memory.events: oom_kill 0",
    "memory.oom_control: oom_kill_disable 0",
    'Executing /bin/sh -c "killall stale-helpers"',
]


@pytest.mark.parametrize("words", INNOCENT)
def test_what_no_one_died_of(words: str, tmp_path: Path) -> None:
    """Options, limits, caches and other numbers are no deaths: a clean log stays clean."""
    assert deaths.sign(words) is None
    assert found(tmp_path, *CALM[:4], line("10:00:02", words, logger="Other"), *CALM[4:]).exit_status() == 0


DEADLY = [
    "java.lang.OutOfMemoryError: GC overhead limit exceeded",
    "org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 65536 bytes of memory, got 0",
    "Error: OutOfMemoryError",
    '{"msg":"x","trace":"\\njava.lang.OutOfMemoryError: Java heap space"}',
    "Caused by: java.lang.OutOfMem",
    "Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used",
    "Container [pid=1,containerID=container_1] is running beyond physical memory limits",
    "Container killed by YARN for exceeding physical memory limits",
    "Remote RPC client disassociated. Likely due to containers exceeding thresholds, or network issues",
    "Exit status: 143. Diagnostics: Container killed on request",
    "Container exited with a non-zero exit code 137",
    "The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM)",
    "exitCode: 137, reason: OOMKilled",
    '"exitCode":137,"reason":"Error"',
    "Command exited with code 143",
    "exit code 52",
    "Exit code is 137",
    "Out of memory: Killed process 4242 (java)",
    "Memory cgroup out of memory: Kill process 12 (java) score 1000",
    "/bin/bash: line 1: 4242 Killed                  /usr/bin/java -server",
    "java.lang.Error: unable to create new native thread",
    "GC overhead limit exceeded",
    "OpenJDK warning: os::commit_memory failed; error='Cannot allocate memory' (errno=12)",
    "There is insufficient memory for the Java Runtime Environment to continue.",
    "terminate called after throwing an instance of 'std::bad_alloc'",
    "com.nvidia.spark.rapids.jni.GpuRetryOOM: GPU OutOfMemory",
    "Error Code: MEM_CAP_EXCEEDED Reason: Exceeded memory pool cap of 2.0GB",
    "org.apache.comet.CometNativeException: Additional allocation failed",
    "Resources exhausted: Failed to allocate",
    "MemoryError",
    "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array",
    "pyarrow.lib.ArrowMemoryError: malloc of size 123456 failed",
    "Container [pid=1,containerID=c] is running 184549376B beyond the 'PHYSICAL' memory limit",
    "Memory limit exceeded: Requested: 1408MB Maximum Used: 1408MB",
    "TASK_FAILED REASON_CONTAINER_LIMITATION_MEMORY",
    "The node was low on resource: memory. Container was using 5Gi",
    "os::commit_memory(0x0000000700000000, 123, 0) failed; error='Not enough space' (errno=12)",
    "java.io.IOException: error=12, Not enough space",
    "OSError: [Errno 12] Cannot allocate memory",
    "#  Out of Memory Error (os_linux.cpp:2798), pid=1, tid=2",
    "Dumping heap to java_pid1.hprof ...",
    "process exited with signal 9",
    "Error: signal: killed",
    "Exit code from container container_1_0001 is : 143",
    "Command exited with code 52",
    "exit code: 0x89",
    "returned -9",
    'Failed to start thread "Unknown thread" with attributes: pthread_create failed (EAGAIN)',
    "RuntimeError: can't start new thread",
    "the driver ran out-of-memory",
    "spark.service: Main process exited, code=killed, status=9/KILL",
    "Exception in task 0.0 in stage 1.0 (TID 9): Java heap space",
    "ERROR Executor: Metaspace",
    "worker exited with exit code 247",
    "Process exited with code 0xC0000017",
    "Process exited with code -1073741523",
    '{"level":"ERROR","message":"Metaspace"}',
    "/sys/fs/cgroup/memory.events: oom_kill 1",
    '"OOMKilled": true,',
    "/bin/bash: Zeile 1: 4242 Getötet                /usr/bin/java -server",
    "bash: line 12:  4242 Processus arrêté      spark-submit x.py",
    "zsh: killed     spark-submit x.py",
    "fork: Impossible d'allouer de la mémoire",
    "bash: fork: No se puede asignar memoria",
    "bash: fork: 无法分配内存",
    "fork: メモリを確保できません",
    "bash: fork: Невозможно выделить память",
    "ERROR Executor: 内存溢出",
    "Error Code: MEM_ARBITRATION_FAILURE Reason: x",
    "Error Code: MEM_ABORTED Reason: x",
    "Error: cannot allocate vector of size 3.4 Gb",
    "memory allocation of 1073741824 bytes failed",
    "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.",
    "PBS: job killed: mem 5242880kb exceeded limit 4194304kb",
    "JAVA.LANG.OUTOFMEMORYERROR: JAVA HEAP SPACE",
    "ERROR Executor: java.lang.OutOf",
    "org.apache.spark.memory.SparkOu",
    '# -XX:OnOutOfMemoryError="kill -9 %p"',
    '#   Executing /bin/sh -c "kill -9 4242"...',
]


@pytest.mark.parametrize("words", DEADLY)
def test_what_something_died_of(words: str, tmp_path: Path) -> None:
    """However it is said, and by whomever, a log in which something died of memory is not clean."""
    sign = deaths.sign(words)
    assert sign is not None
    assert sign[0] == next(each.what for each in deaths.SIGNS if each.regex.search(words))
    assert deaths.suspected(words.encode())
    assert found(tmp_path, *CALM, f"{words}\n").exit_status() == 3


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(deaths.SIGNS)))
def test_whatever_has_a_sign_has_one_of_its_needles(number: int) -> None:
    """Texts are made of each sign's own expression: whatever it finds, its needles find first."""
    each = deaths.SIGNS[number]
    made = st.from_regex(each.regex, alphabet=st.characters(codec="ascii"))

    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @seed(14)
    @given(made)
    def has_one(text: str) -> None:
        assert any(needle in text.lower() for needle in each.needles), text

    has_one()


OTHERS = (
    {"items": [{"metadata": {"name": "exec-2"}, "terminated": {"exitCode": 137, "reason": "OOMKilled"}}]},
    {"result": {"errors": ["java.lang.OutOfMemoryError: Java heap space"], "code": 1}},
    {"columns": ["time", "line"], "rows": [["1", "2"]], "error": "java.lang.OutOfMemoryError: Metaspace"},
    {"message": "\n".join(["20/01/01 10:00:00 INFO A: b"] * 3), "error": {"text": "Container killed: exit code 137"}},
)
"""Objects that hold no record, or that say something beside the records that they hold."""


@pytest.mark.parametrize("other", OTHERS)
def test_what_died_beside_a_log_is_not_passed_over(other: object, tmp_path: Path) -> None:
    """A pod's status beside the log of a pod that lives: that something was killed is never called clean."""
    written(tmp_path, *CALM, name="exec-1.log")
    (tmp_path / "pods.json").write_text(json.dumps(other))

    assert audit([tmp_path / "exec-1.log"]).exit_status() == 0
    assert audit([tmp_path]).exit_status() == 3


def test_a_failure_of_which_the_reason_is_missing(tmp_path: Path) -> None:
    """That a task failed, and not of what, is not clean; of a file that is not there, it is."""
    fails = line("10:00:41", "Exception in task 0.0 in stage 1.0 (TID 7)", logger="Executor")
    missing = "java.io.FileNotFoundException: /tmp/x\n\tat java.io.FileInputStream.open0(Native Method)\n"
    other = line("10:00:45", "Started", logger="Other")

    assert found(tmp_path, *CALM[:5], fails, other, *CALM[3:5]).ledger.unexplained == [7]
    assert found(tmp_path, *CALM[:5], fails, other).exit_status() == 3
    assert found(tmp_path, *CALM[:5], fails, missing, other).exit_status() == 0


def test_a_signal_while_tasks_run(tmp_path: Path) -> None:
    """An executor that is told to end while a task runs may have been killed; one that ends in order was not."""
    signal = line("10:00:45", "RECEIVED SIGNAL TERM", logger="CoarseGrainedExecutorBackend")
    order = line("10:00:44", "Driver commanded a shutdown", logger="CoarseGrainedExecutorBackend")

    assert found(tmp_path, *CALM[:5], signal).exit_status() == 3
    assert found(tmp_path, *CALM[:5], order, signal).exit_status() == 0
    assert found(tmp_path, *CALM, signal).exit_status() == 0


# Missing lines

MARKS = [
    "...",
    "[...]",
    "…",
    "<snip>",
    "--",
    "Suppressed 12 messages",
    "WARN: 20 log lines were dropped",
    "2 messages lost",
]


@pytest.mark.parametrize("mark", MARKS)
def test_an_elision_is_said_and_nothing_concluded(mark: str, tmp_path: Path, capsys: Said) -> None:
    """Where the log says that lines are missing, its sums are held against nothing, and it is not called clean."""
    lines = [
        *CALM[:4], f"{mark}\n",
        line("10:00:09", f"Task 7 acquired 80.0 MB for {MAP}2"), ENDS,
    ]  # fmt: skip
    status, text = said(tmp_path, capsys, *lines)

    assert (status, "Lines are missing at 1 place" in text, "contradict" in text.rpartition("No line contradicts")[0]) == (  # noqa: E501 - one text
        3, True, False,
    )  # fmt: skip
    assert found(tmp_path, *lines).findings() == []


def test_sums_that_are_not_right_are_no_accusation(tmp_path: Path, capsys: Said) -> None:
    """Lines may be missing unsaid: what does not add up is shown as that, until the reader says that none is missing."""  # noqa: E501 - one text
    lines = [*CALM[:4], ENDS]
    status, text = said(tmp_path, capsys, *lines)

    assert (status, [(each.rule, each.sure) for each in found(tmp_path, *lines).findings()]) == (
        3,
        [(Rule.LEFT, False)],
    )
    assert "One line does not add up with the others: lines are missing from the log, or a rule" in text
    assert command.run(["audit", str(written(tmp_path, *lines)), "--whole"]) == 1
    assert "one line contradicts the rules" in capsys.readouterr().out


def test_a_log_with_a_gap_is_not_whole_whoever_says_so(tmp_path: Path) -> None:
    """That no line is missing is not believed of a log that says otherwise."""
    assert audit([written(tmp_path, *CALM[:4], "...\n", ENDS)], whole=True).whole is False
    assert audit([written(tmp_path, *CALM)], whole=True).whole is True


def test_names_that_are_cut(tmp_path: Path) -> None:
    """At 80 columns the names of consumers end early: that is said, and nothing concluded."""
    log = found(tmp_path, *(f"{each.rstrip()[:80]}\n" for each in CALM))

    assert (log.findings(), log.ledger.cut > 0, log.exit_status()) == ([], True, 3)


def test_the_newest_first(tmp_path: Path, capsys: Said) -> None:
    """Times that run backwards are said, with what to do, and nothing is concluded."""
    status, text = said(tmp_path, capsys, *[started(), *contention()][::-1])

    assert (status, "Times run backwards" in text, "tac FILE" in text) == (3, True, True)


# Releases


@pytest.mark.parametrize("place", [0, 3, -1])
def test_it_does_not_matter_where_the_release_is_named(place: int, tmp_path: Path) -> None:
    """At the beginning, in the middle, or in the last line: the verdict is the same."""
    for release, windows in (("2.3.4", 1), ("2.4.0", 0)):
        lines = [started(), *contention()]
        lines.insert(
            len(lines) + 1 + place if place < 0 else place, line("10:00:19", f"Running Spark version {release}")
        )
        assert len(found(tmp_path, *lines).windows()) == windows


def test_a_log_of_several_releases(tmp_path: Path) -> None:
    """Where two releases are named, neither is taken: the window has an if."""
    both = [line("09:00:00", f"Running Spark version {each}") for each in ("2.3.4", "2.4.0")]
    log = found(tmp_path, *both, started(), *contention())

    assert [log.leaks(each) for each in log.windows()] == [None]
    assert "several releases" in log.evidence.told()


LEFT_BEHIND: Sequence[tuple[str, str, str, bool]] = [
    ("leak 32.0 KB memory from org.apache.spark.shuffle.sort.ShuffleExternalSorter@5", "2.0.2", "2.1.0", True),
    ("leak a page: org.apache.spark.unsafe.memory.MemoryBlock@f33 in task 4214", "2.0.2", "2.1.0", True),
    ("unreleased 32.0 KB memory from org.apache.spark.shuffle.sort.ShuffleExternalSorter@5", "2.1.0", "2.0.2", True),
    ("unreleased page: org.apache.spark.unsafe.memory.MemoryBlock@f33 in task 4214", "2.1.0", "2.0.2", True),
]


@pytest.mark.parametrize(("message", "writes", "other", "differs"), LEFT_BEHIND)
def test_the_words_for_what_is_left(message: str, writes: str, other: str, differs: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """Until 2.0.2 it is "leak", since 2.1.0 "unreleased": the release that was named is contradicted by the other alone."""  # noqa: E501 - one text
    text = line("10:00:39", message)

    assert found(tmp_path, text, release=writes).contradictions() == []
    assert bool(found(tmp_path, text, release=other).contradictions()) is differs


def test_a_leak_that_spark_finds_is_no_accusation(tmp_path: Path, capsys: Said) -> None:
    """A task that stops reading early, as `take` does, leaves something: Spark says so and frees it."""
    status, text = said(
        tmp_path,
        capsys,
        line("10:00:00", "Managed memory leak detected; size = 15882842 bytes, TID = 9", logger="Executor"),
    )

    assert (status, "contradict" in text) == (3, False)
    assert "a managed memory leak of 15.1 MB: a task that does not read its input to the end" in text


# Whose a line is, and when


def test_the_time_of_a_line_that_has_none(tmp_path: Path) -> None:
    """It is that of the last line that has one, be that of interest or not."""
    between = line("10:00:30", "Aborting", logger="Utils")
    log = found(tmp_path, *CALM[:4], between, OOM, "\tat a.B.c(D.java:1)\n", line("10:00:31", "x", logger="Utils"))

    assert [time_of_day(each.time) for each in log.errors()] == ["10:00:30"]


def test_a_line_of_a_host_is_not_a_failed_tasks(tmp_path: Path) -> None:
    """A task that failed elsewhere, as a driver says, has no more lines: what the driver's own heap lacked is not its."""  # noqa: E501 - one text
    lost = "Lost task 0.0 in stage 2.0 (TID 3200, host-1, executor 33): java.io.FileNotFoundException: /tmp/x"
    page = "Failed to allocate a page (67108864 bytes), try again."
    log = found(tmp_path, line("10:00:00", lost, logger="TaskSetManager"), line("10:02:00", page))

    assert [(each.rule, each.task) for each in log.findings()] == [(Rule.ALLOCATES, None)]
    assert (log.ledger.failed, log.tasks) == (1, [])


def test_a_task_that_died_elsewhere(tmp_path: Path, capsys: Said) -> None:
    """What only the driver says of a death is said with the task, the host and the executor."""
    lost = f"Lost task 1.1 in stage 8.0 (TID 14, 10.0.0.5, executor 2): {OOM}"
    status, text = said(tmp_path, capsys, line("10:00:00", lost, logger="TaskSetManager"))

    assert status == 3
    assert (
        "Task 14 (task 1.1 in stage 8.0) on 10.0.0.5, executor 2 died of memory: OutOfMemoryError: Java heap space"
        in text
    )


def test_an_error_is_said_once(tmp_path: Path) -> None:
    """Executor, handler and driver say the same of one task: it is one error."""
    uncaught = (
        "Uncaught exception in thread Thread[Executor task launch worker for task 0.0 in stage 1.0 (TID 7),5,main]"
    )
    log = found(
        tmp_path,
        *CALM[:4],
        line("10:00:09", "Exception in task 0.0 in stage 1.0 (TID 7)", logger="Executor"),
        OOM,
        line("10:00:09", uncaught, logger="SparkUncaughtExceptionHandler"),
        OOM,
        line("10:00:09", f"Lost task 0.0 in stage 1.0 (TID 7) (node1 executor driver): {OOM}", logger="TaskSetManager"),
    )

    assert [each.message for each in log.errors()] == ["OutOfMemoryError: Java heap space"]
    assert log.ledger.failed == 1


def test_executors_whose_beginnings_rolled_off(tmp_path: Path) -> None:
    """Three logs are three executors: what two of them hold is not added up in the pool of the third."""
    paths = [
        written(tmp_path, started(), name="exec-0.log"),
        written(tmp_path, *CALM[2:4], name="exec-1.log"),
        written(
            tmp_path,
            *(each.replace("ask 7", "ask 8").replace("TID 7", "TID 8") for each in CALM[2:4]),
            name="exec-2.log",
        ),
    ]
    log = audit(paths)

    assert (log.ledger.executors, [each.capacity for each in log.tasks]) == (3, [None, None])


def test_two_pieces_of_one_log(tmp_path: Path) -> None:
    """A file that goes on with the task of the one before is the same executor's, whatever it is called."""
    lines = [started(), *contention()]
    first, second = written(tmp_path, *lines[:5], name="before.log"), written(tmp_path, *lines[5:], name="after.log")
    log = audit([second, first], "2.3.4")

    assert (log.ledger.executors, [each.seconds() for each in log.windows()]) == (1, [10])


def test_containers_of_an_aggregated_log(tmp_path: Path) -> None:
    """YARN writes the logs of all containers into one: each has a pool of its own, and nothing is carried over."""
    parts = [
        f"Container: container_e01_1_0001_01_00000{number} on host\nLogType:stderr\n{''.join(CALM[1:4])}"
        for number in (1, 2, 3)
    ]
    log = found(tmp_path, BANNER, *parts)

    assert (log.ledger.executors, log.findings()) == (3, [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/stderr", "a/stdout", True),
        ("a/stderr", "a/stderr.1.gz", True),
        ("a/stderr--2018-03-01--10", "a/stderr--2018-03-01--11", True),
        ("a/executor.log", "a/executor.log.2024-01-01", True),
        ("a/x-part1.log", "a/x-part2.log", True),
        ("a/0/stderr", "a/1/stderr", False),
        ("a/exec-1.log", "a/exec-2.log", False),
        ("a/driver.log", "a/executor.log", False),
    ],
)
def test_which_files_are_pieces_of_one_log(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - parametrized
    """Rolls, dates, parts and packings are of one log; other names are other executors."""
    assert (family(one) == family(other)) is same


def test_an_empty_file_is_said_and_passed_over(tmp_path: Path) -> None:
    """An empty stdout beside stderr is said; the rest is read."""
    log = audit([written(tmp_path, name="stdout"), written(tmp_path, *CALM, name="stderr")])

    assert log.exit_status() == 0
    assert ["it is empty; it was passed over" in each for each in log.reading.troubles] == [True]


# What the log itself says of memory


def test_a_sorter_that_spilled_nothing(tmp_path: Path, capsys: Said) -> None:
    """It said that it spills 2.1 GB, and 17 s later it is still accounted with as much."""
    name = f"{UNSAFE}3e02"
    status, text = said(
        tmp_path,
        capsys,
        line(
            "10:00:03",
            "Thread 152 spilling sort data of 2.1 GiB to disk (0  time so far)",
            logger="UnsafeExternalSorter",
        ),
        line("10:00:20", "Memory used in task 7"),
        line("10:00:20", f"Acquired by {name}: 2.1 GiB"),
        line("10:00:20", "Exception in task 1.0 in stage 9.0 (TID 7)", logger="Executor"),
        "org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 65536 bytes of memory, got 0\n",
    )

    assert status == 3
    assert "17 s later UnsafeExternalSorter@3e02 is still accounted with 2.1 GB" in text
    assert "refused memory by the accounting itself" in text


@pytest.mark.parametrize(
    ("message", "used", "most"),
    [
        ("[CurrentHeapMemoryUsage] used = 4.9 GB, committed = 5.0 GB, max = 5.0 GB", "4.9 GB", "5.0 GB"),
        ("Heap dump file created [5368709120 bytes in 20.1 secs]", "5.0 GB", None),
        (
            "Container 1: 5.5 GB of 6.0 GB physical memory used; 7.2 GB of 11.6 GB virtual memory used",
            "5.5 GB",
            "6.0 GB",
        ),
        ("[12.3s][info][gc] GC(12) Pause Full (Allocation Failure) 5100M->5000M(5120M) 123.4ms", "4.9 GB", "5.0 GB"),
    ],
)
def test_the_heap_as_the_log_has_it(message: str, used: str, most: str | None, tmp_path: Path) -> None:
    """What the log itself says of the heap stands beside the error: the best evidence there is."""
    log = found(
        tmp_path,
        *CALM[:4],
        line("10:00:09", message, logger="Any"),
        line("10:00:10", "Exception in task 0.0 in stage 1.0 (TID 7)", logger="Executor"),
        OOM,
    )
    error = next(each for each in log.errors() if each.heap is not None)
    assert error.heap is not None

    assert spell(error.heap.used) == used
    assert (error.heap.most and spell(error.heap.most)) == most


@pytest.mark.parametrize(
    "words",
    [
        (
            "io.glutenproject.memory.memtarget.ThrowOnOomMemoryTarget$OutOfMemoryException: Not enough spark off-heap "
            "execution memory. Acquired: 8388608, granted: 1677722. Try tweaking"
        ),
        "25/10/03 13:52:24 WARN CometTaskMemoryManager: Task 7 requested 8388608 bytes but only received 1677722 bytes. Current",  # noqa: E501 - one text
    ],
)
def test_native_engines_that_got_less(words: str, tmp_path: Path) -> None:
    """Gluten and Comet say what they asked for and what they got."""
    log = found(tmp_path, *CALM[:4], f"{words}\n")

    assert ["asked for 8.0 MB and got 1638.4 KB" in each for each in log.ledger.shortages] == [True]


@pytest.mark.parametrize("size", [20_000, 3_000_000])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_death_far_back_in_a_long_line(size: int, end: str, tmp_path: Path) -> None:
    """A line is looked at to its end for what says that something died, however long it is: a plan may stand before."""
    log = found(tmp_path, *CALM, f"18/03/01 10:01:00 ERROR X: {'x' * size} {OOM.rstrip()}{end}")

    assert log.exit_status() == 3
    assert [each.message for each in log.errors()] or [each.phrase for each in log.deaths]


# Event logs, and what is not Spark's


def test_an_event_log(tmp_path: Path, capsys: Said) -> None:
    """Spark's event log is known as that, and what it says of release, tasks, memory and deaths is told."""
    events = [
        {"Event": "SparkListenerLogStart", "Spark Version": "3.5.1"},
        {"Event": "SparkListenerApplicationStart", "App Name": "join"},
        {"Event": "SparkListenerExecutorAdded", "Executor ID": "1", "Executor Info": {"Host": "h"}},
        {
            "Event": "SparkListenerTaskEnd",
            "Stage ID": 1,
            "Task Info": {"Task ID": 7, "Executor ID": "1"},
            "Task Metrics": {"Peak Execution Memory": 104857600, "Memory Bytes Spilled": 1048576},
            "Task Executor Metrics": {"JVMHeapMemory": 6442450944},
            "Task End Reason": {
                "Reason": "ExceptionFailure",
                "Class Name": "java.lang.OutOfMemoryError",
                "Description": "Java heap space",
            },
        },
        {"Event": "SparkListenerExecutorRemoved", "Executor ID": "1", "Removed Reason": "Command exited with code 137"},
    ]
    status, text = said(tmp_path, capsys, *(f"{json.dumps(each)}\n" for each in events))

    assert status == 3
    for words in (
        "this is Spark's event log, not an executor's log",
        "Spark 3.5.1; executors: 1; tasks that ended: 1, that failed: 1",
        "Peak execution memory of a task: 100.0 MB (task 7)",
        "JVMHeapMemory 6.0 GB",
        "Task 7 died of memory: java.lang.OutOfMemoryError: Java heap space",
        "Removed: executor 1: Command exited with code 137",
    ):
        assert words in text


FOREIGN = [
    ("2023-02-01 10:00:00,123 - distributed.worker.memory - WARNING - Unmanaged memory use is high: 2.33 GiB", "Dask"),
    ("2024-05-01T10:00:00Z ERROR io.trino.memory.X java.lang.OutOfMemoryError: Java heap space", "Trino"),
    ("Error: Resources exhausted: ExternalSorter[0] with top memory consumers (across reservations) as:", "DataFusion"),
    ("2024-01-01 10:00:00 INFO org.apache.flink.runtime.taskmanager - memory", "Flink"),
    ("from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()", "a file of Python"),
    ("# ours\nspark.executor.memory 4g", "a configuration of Spark"),
    ("apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication", "a description for Kubernetes"),
    ("Full thread dump OpenJDK 64-Bit Server VM:\n\tat org.apache.spark.util.X.run(X.scala:1)", "a thread dump"),
    ("import os\n\ndef memory():\n    return os.sysconf('SC_PAGE_SIZE')", "a file of Python"),
    ("<?xml version='1.0'?><memory/>", "XML"),
    ("package org.apache.spark.memory;\npublic class A { // Task 7 acquired 5 MB for x\n}", "a file of Java"),
    ("log4j.logger.org.apache.spark.memory=DEBUG", "a configuration of log4j"),
    ("Out of Memory Error: failed to allocate data of size 16.0 MiB", "DuckDB"),
    (f" num     #instances         #bytes  class name\n   1:  2  96  {MAP.partition('@')[0]}", "--histogram reads"),
    (f"Class Name,Shallow Heap,Retained Heap,Percentage\n{MAP} @ 0x1,48,67108944,9%", "--dominators reads"),
]


@pytest.mark.parametrize(("text", "what"), FOREIGN)
def test_what_is_not_sparks(text: str, what: str, tmp_path: Path, capsys: Said) -> None:
    """Another's log is refused in one line that says what it looks like; the status is 2."""
    status, heard = said(tmp_path, capsys, f"{text}\n" * 3)

    assert (status, "this is no log of Spark's" in heard, what in heard) == (2, True, True)
