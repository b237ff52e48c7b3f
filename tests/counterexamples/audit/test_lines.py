"""What a line says is understood in any layout and of any release, and what is not understood is said."""

from pathlib import Path

import pytest

from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.envelopes import of_beginning
from spillproof.counterexamples.audit.interval import printed
from spillproof.counterexamples.audit.releases import version
from spillproof.counterexamples.audit.sentences import What, understand
from spillproof.model.errors import ModelError
from tests.counterexamples.audit.logs import LAYOUTS, MAP, contention, line, started, written

SAYS = [
    # Spark 1.6
    ("Task 3 acquire 5.1 MB for null", What.ACQUIRED, 3, "5.1 MB"),
    ("leak 2.0 MB memory from org.apache.spark.unsafe.map.BytesToBytesMap@1", What.UNRELEASED, None, "2.0 MB"),
    # 2.0 to 3.2
    ("Task 3 acquired 5.1 MB for a.B@1", What.ACQUIRED, 3, "5.1 MB"),
    ("Task 3 release 64.0 KB from a.B@1", What.RELEASED, 3, "64.0 KB"),
    ("Task 3 released 64.0 KB from a.B@1 for a.B@2", What.GAVE, 3, "64.0 KB"),
    ("Task 3 released 64.0 KB from itself (a.B@1)", What.GAVE_ITSELF, 3, "64.0 KB"),
    ("unreleased 2.4 GB memory from a.B@1", What.UNRELEASED, None, "2.4 GB"),
    ("error while calling spill() on a.B@1", What.SPILL_FAILED, None, ""),
    ("Failed to allocate a page (67108864 bytes), try again.", What.PAGE_FAILED, None, "67108864 bytes"),
    ("Acquired by a.B@1: 64.0 MB", What.HELD, None, "64.0 MB"),
    ("Memory used in task 3", What.USAGE_OF_TASK, 3, ""),
    ("0 bytes of memory are used for execution and 5 bytes of memory are used for storage", What.USAGE, None, "0 B"),
    # 3.3 to 4.x
    ("Task 3 need to spill 1.5 MiB for a.B@1", What.NEEDS, 3, "1.5 MiB"),
    ("Task 3 try to spill 1.5 MiB from a.B@2 for a.B@1", What.TRIES, 3, "1.5 MiB"),
    ("Task 3 spilled 3.5 MiB of requested 1.5 MiB from a.B@2 for a.B@1", What.GAVE, 3, "3.5 MiB"),
    ("Error while calling spill() on a.B@1", What.SPILL_FAILED, None, ""),
    # the collections: with the two spaces of ExternalSorter up to 3.x
    ("Task 3 force spilling in-memory map to disk and  it will release 9.0 MB memory", What.FORCED, 3, "9.0 MB"),
    ("Thread 44 spilling in-memory map of 5.0 GB to disk (1 time so far)", What.SPILLS_ITSELF, None, "5.0 GB"),
    ("Thread 44 spilling in-memory map of 5.0 GiB to disk (1 times so far)", What.SPILLS_ITSELF, None, "5.0 GiB"),
    ("Thread 9 spilling sort data of 5.0 GB to disk (0 time so far)", What.SORTER_SPILLS, None, "5.0 GB"),
    ("Task 3 on Thread 9 spilling sort data of 5.0 GiB to disk (0 time so far)", What.SORTER_SPILLS, 3, "5.0 GiB"),
    # pools, storage, tasks
    ("TID 3 waiting for at least 1/2N of on-heap execution pool to be free", What.WAITS, 3, ""),
    ("MemoryStore started with capacity 366.3 MiB", What.CAPACITY, None, "366.3 MiB"),
    (
        "Will not store rdd_1_2 as the required space (10 bytes) exceeds our memory limit (5 bytes)",
        What.LIMIT,
        None,
        "10 B",
    ),
    ("Running task 0.0 in stage 1.0 (TID 3)", What.BEGINS, 3, ""),
    ("Finished task 0.0 in stage 1.0 (TID 3). 1 bytes result sent to driver", What.FINISHED, 3, ""),
    ("Executor killed task 0.0 in stage 1.0 (TID 3), reason: no", What.KILLED, 3, ""),
    ("Exception in task 0.0 in stage 1.0 (TID 3)", What.EXCEPTION, 3, ""),
    ("Managed memory leak detected; size = 5 bytes, TID = 3", What.LEAK, 3, "5 B"),
    ("Managed memory leak detected; size = 5 bytes, task 0.0 in stage 1.0 (TID 3)", What.LEAK, 3, "5 B"),
]


@pytest.mark.parametrize(("message", "what", "task", "size"), SAYS)
def test_what_a_line_says(message: str, what: What, task: int | None, size: str) -> None:
    """Each message of Spark's sources, as 1.6, 2.x, 3.x and 4.x word it."""
    said = understand(f"17/12/05 10:00:00 DEBUG Any: {message}")
    assert said is not None

    assert (said.what, said.task) == (what, task)
    assert said.size == (printed(size) if size else (0, 0))


def test_internal_error_of_the_pool() -> None:
    """What the pool found to be released twice is understood to the byte."""
    text = (
        "Internal error: release called on 10 bytes but task only has 4 bytes of memory from the on-heap execution pool"
    )
    said = understand(text)
    assert said is not None

    assert (said.what, said.size.lo, said.more.lo, said.text) == (What.CLAMPED, 10, 4, "on-heap execution")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout(layout: str, tmp_path: Path) -> None:
    """The same lines say the same in every layout, times included."""
    found = audit([written(tmp_path, started(layout=layout), *contention(layout))], "2.3.4")

    (window,) = found.windows()
    assert (window.who, window.whom, window.seconds()) == ("E1", "E2", 10)
    assert (found.counts.understood(), found.counts.unknown, found.counts.untimed) == (10, 0, 0)


def test_lines_that_no_pattern_fits_are_shown(tmp_path: Path) -> None:
    """A line of the memory manager that is not understood is counted and shown, as characters that print."""
    odd = line("10:00:01", "Task 7 \x1b[2Jborrowed\x07 5 MB from the neighbours")
    found = audit([written(tmp_path, odd, *contention())])

    assert found.counts.unknown == 1
    assert found.counts.examples == [
        "line 1: 17/12/05 10:00:01 DEBUG TaskMemoryManager: Task 7 borrowed? 5 MB from the neighbours"
    ]


def test_lines_are_counted_by_what_they_say(tmp_path: Path) -> None:
    """Of memory, of tasks, known and of no use, and only Spark's: each by itself."""
    used = line(
        "10:00:01",
        "Block rdd_1_2 stored as values in memory (estimated size 1.0 MB, free 2.0 MB)",
        logger="MemoryStore",
    )
    counts = audit(
        [written(tmp_path, started(), *contention(), used, used, line("10:00:02", "hello", logger="Any"))]
    ).counts

    assert (counts.memory, counts.tasks, counts.known, counts.unknown, counts.untimed) == (8, 2, 2, 0, 0)
    assert counts.understood() == 10


@pytest.mark.parametrize("text", ["2", "two", "2.3.x", "2.3.4 or so"])
def test_a_release_is_numbers(text: str, tmp_path: Path) -> None:
    """What is no release is refused, in one line."""
    with pytest.raises(ModelError, match="a release is written as"):
        audit([written(tmp_path, *contention())], text)


def test_a_vendors_release() -> None:
    """A vendor's addition does no harm."""
    assert version("2.3.2.3.1.0.0-78")[:3] == (2, 3, 2)


def found_release(tmp_path: Path, *lines: str) -> Audit:
    """The audit of some lines."""
    return audit([written(tmp_path, *lines)])


def test_wording_tells_the_release(tmp_path: Path) -> None:
    """MiB came with 3.0, and "need to spill" with 3.3; without a word of the release, its wording bounds it."""
    old = found_release(tmp_path, *contention())
    new = found_release(tmp_path, *contention(unit="MiB"))
    newest = found_release(tmp_path, line("10:00:00", f"Task 3 need to spill 1.5 MiB for {MAP}1a"))

    assert (old.evidence.since, old.evidence.before) == ((2, 0), (3, 0))
    assert (new.evidence.since, new.evidence.before) == ((3, 0), (3, 3))
    assert newest.evidence.since == (3, 3)


def test_a_release_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    """Some 2.x, before or after the repair: the window is shown with its condition, and the verdict has it too."""
    found = found_release(tmp_path, started(), *contention())

    assert [found.leaks(each) for each in found.windows()] == [None]


def test_spark_says_its_release(tmp_path: Path) -> None:
    """A log that names the release is believed."""
    banner = line("09:00:00", "Running Spark version 2.4.5", logger="SparkContext")

    assert found_release(tmp_path, banner, *contention()).windows() == []


def test_lines_without_a_time_are_counted(tmp_path: Path) -> None:
    """Where something stands at their beginning that is no time, the first is shown."""
    lines = [f"yesterday {each.split(' ', 2)[2]}" for each in [started(), *contention()]]
    found = audit([written(tmp_path, *lines)], "2.3.4")

    assert (found.counts.untimed, found.clock.missed) == (len(lines), "yesterday INFO MemoryStore:")


@pytest.mark.parametrize(("lines", "prefixes"), [(0, 0), (1, 1), (2, 1)])
def test_a_file_of_one_line_has_wrappings(lines: int, prefixes: int) -> None:
    """What stands before a single line is a wrapping; a file of none has none."""
    text = "2024-01-01T00:00:00.000000000Z stdout F 24/01/01 00:00:00 INFO X: y\n" * lines

    assert len(of_beginning(text).prefixes) == prefixes
