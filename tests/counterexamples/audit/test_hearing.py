"""Lines as they are heard, block by block: their times, what stands after them, and what is counted of them."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.audit import reader
from spillproof.counterexamples.audit.books import Task
from spillproof.counterexamples.audit.envelopes import of_beginning
from spillproof.counterexamples.audit.executor import ANOTHERS
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.reader import Hearing
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.sources import LONGEST, Text
from tests.counterexamples.audit.logs import BANNER, BEGINS, FAILS, GRANT, OOM, line, started

TEN = 36000
UNTIMED = "DEBUG TaskMemoryManager: Task 7 acquired 5.0 B for a.B@1\n"
OTHER = BEGINS.replace("TID 7", "TID 8")
FRAME = "\tat org.apache.spark.util.collection.AppendOnlyMap.growTable(AppendOnlyMap.scala:218)\n"


def heard(*blocks: str, head: str | None = None, hearing: Hearing | None = None) -> Hearing:
    """A file of these blocks is heard."""
    evidence = ReleaseEvidence()
    hearing = hearing or Hearing(Ledger(evidence), evidence)
    data = [each.encode() for each in blocks]
    hearing.hear(Text("a.log", "a.log", iter(data), of_beginning(blocks[0] if head is None else head), data[0][:99]))
    return hearing


def seconds(hearing: Hearing, number: int = 7) -> list[float | None]:
    """When each row of a task was, since ten o'clock."""
    task = next(each for each in (*hearing.ledger.live.values(), *hearing.ledger.kept) if each.number == number)
    return [None if each.time is None else each.time % 86400 - TEN for each in task.timeline.head]


def failed(hearing: Hearing) -> Task:
    """The task that failed."""
    (task,) = [each for each in hearing.ledger.live.values() if each.outcome == "failed"]
    return task


# Times


@pytest.mark.parametrize(
    ("lines", "record"),
    [
        ([BEGINS, UNTIMED], 1),
        ([BEGINS, "x\n", "y\n", UNTIMED], 1),
        ([BEGINS, GRANT, "x\n", UNTIMED], 2),
    ],
)
def test_a_line_without_a_time_has_that_of_the_last_that_has_one(lines: list[str], record: int) -> None:
    """And is a part of what that one began, in the same block or in the one before."""
    for split in range(len(lines)):
        blocks = ["".join(lines[:split]), "".join(lines[split:])] if split else ["".join(lines)]
        hearing = heard(*blocks)
        assert (seconds(hearing)[-1], hearing.record) == (record - 1, record)
        assert hearing.begun == lines[record - 1].rstrip()


def test_how_far_back_a_time_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many lines; of a line in which it stands far behind, it is not its time."""
    monkeypatch.setattr(reader, "BACK", 3)
    for between, record in ((2, 1), (3, 0)):
        hearing = heard(BEGINS + "x\n" * between + UNTIMED)
        assert (hearing.record, hearing.counts.untimed) == (record, int(not record))
        assert hearing.ledger.live[7].timeline.head[-1].time == hearing.ledger.live[7].begun  # as the books go on
    hearing = heard(BEGINS + "x" * 100 + BEGINS + UNTIMED)
    assert hearing.record == 1


def test_a_log_without_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is looked for any more after a while; each line is counted, and what stands before the first is kept."""
    monkeypatch.setattr(reader, "LOOKED", 2)
    hearing = heard(UNTIMED.replace("DEBUG", "DEBUG x") + UNTIMED * 3)
    assert (hearing.looked, hearing.counts.untimed, hearing.clock.missed) == (2, 4, "DEBUG x TaskMemoryManager:")
    assert seconds(hearing) == [None] * 4
    hearing = heard(GRANT + UNTIMED * 4)
    assert (hearing.looked, hearing.counts.untimed, seconds(hearing)) == (4, 0, [1] * 5)
    hearing = heard("Task 7 acquired 5.0 B for a.B@1\n" * 2 + f"x {OOM}")
    assert (hearing.counts.untimed, hearing.counts.memory) == (0, 3)


def test_whose_an_error_without_a_time_is() -> None:
    """Behind a stack, an error that is nobody's cause is another's."""
    for words, record in ((OOM, ANOTHERS), (f"Caused by: {OOM}", 1)):
        assert heard(FAILS + "java.io.IOException: x\n" + FRAME + words).record == record
    assert heard(FAILS + "java.io.IOException: x\n" + OOM).record == 1


# What stands after a line


@pytest.mark.parametrize("split", [1, 2, 3, 4])
def test_of_what_a_task_failed_and_where(split: int) -> None:
    """The next lines say it, in whichever block they are."""
    lines = [BEGINS, OTHER, FAILS, "java.io.IOException: x\n", FRAME, OOM]
    hearing = heard("".join(lines[:split]), "".join(lines[split:]))
    assert failed(hearing).reason == "java.io.IOException"
    hearing = heard("".join([*lines[:3], OOM, FRAME, "java.io.IOException: x\n"]))
    task = failed(hearing)
    assert (task.reason, task.error and task.error.frame) == ("java.lang.OutOfMemoryError", "AppendOnlyMap.growTable")


def test_the_lines_after_a_failure_that_are_looked_at() -> None:
    """Three; what was said first of it stays; behind the first frame nothing is said of it."""
    for between, reason in ((0, "a.FetchFailed"), (2, "a.FetchFailed"), (3, "")):
        hearing = heard(BEGINS + FAILS + "x\n" * between + "a.FetchFailed(b)\n")
        assert failed(hearing).reason == reason
    assert failed(heard(BEGINS + FAILS + "a.OneException: x\nb.TwoException: y\n")).reason == "a.OneException"
    assert failed(heard(BEGINS + FAILS + FRAME + "b.TwoException: y\n")).reason == ""


def test_a_line_that_ends_a_block_awaits_the_next() -> None:
    """Where it may say of what a task failed: else nothing is looked at."""
    for blocks, awaits in (
        ([BEGINS + FAILS], True),
        ([BEGINS + FAILS + "x\n"], False),
        ([BEGINS], False),
        ([BEGINS + FAILS, "a.OneException: x\ny\nz\n"], False),
    ):
        assert heard(*blocks).awaited is awaits, blocks


# What is counted


def test_what_lines_are() -> None:
    """Of memory, of tasks, known and of no use; or not understood, of which some are kept."""
    strange = "".join(line(f"10:00:0{each}", f"strange {each}", logger="TaskMemoryManager") for each in range(5))
    known = line("10:00:03", "Block rdd_1_2 stored as values in memory (estimated size 1.0 B, free 2.0 B)", logger="x")
    hearing = heard(BANNER + started() + BEGINS + GRANT + GRANT + known + strange + "nothing\n")
    counts = hearing.counts

    assert (counts.memory, counts.tasks, counts.known, counts.unknown, counts.understood()) == (3, 2, 1, 5, 5)
    assert [each.partition(": ")[0] for each in counts.examples] == ["line 7", "line 8", "line 9"]
    assert counts.spark == 6
    assert hearing.evidence.sayings == {(2, 4, 5)}


def test_a_line_that_was_heard_before() -> None:
    """It counts again, at its own time, as the first one did."""
    hearing = heard(BEGINS + GRANT + GRANT.replace(":01", ":02") + GRANT.replace(":01", ":03"))

    assert (seconds(hearing), hearing.counts.memory) == ([1, 2, 3], 3)


def test_a_drivers_line_of_where_a_block_is() -> None:
    """There may be millions: what says no more than "in memory" is passed over."""
    words = "Added rdd_1_2 in memory on host:1 (size: 5.0 B, free: 9.0 B)"
    for more, known in (("", 0), (" memory", 0), (" Task 7 acquired 5.0 B for a.B@1", 1)):
        hearing = heard(BEGINS + line("10:00:01", words + more, logger="BlockManagerInfo"))
        assert hearing.counts.memory == known, more


def test_lines_that_are_missing() -> None:
    """The log says so itself, with or without a time."""
    assert heard(BEGINS + "...\n" + GRANT).ledger.gaps == 1


def test_so_many_signs_of_death_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the number of the line, and what it says; however far back in it."""
    monkeypatch.setattr(reader, "DEATHS", 3)
    far = "x " * LONGEST + OOM
    hearing = heard(BEGINS + OOM, far + "Killed\n" + OOM)

    assert [(each.line, each.what) for each in hearing.deaths] == [
        (2, "an OutOfMemoryError"), (3, "an OutOfMemoryError"), (4, "a kill"),
    ]  # fmt: skip


def test_streams_have_clocks_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first file's first stream has the clock that others are told by; beyond so many none is kept."""
    monkeypatch.setattr(reader, "CLOCKS", 2)
    lines = "".join(f"exec-{each} {BEGINS.replace('TID 7', f'TID {each}')}" for each in (1, 2, 3, 1))
    hearing = heard(lines)
    assert sorted(hearing.clocks) == ["", "exec-1"]
    assert hearing.clocks[""] is hearing.clock  # of which nothing was read yet
    assert heard(GRANT, hearing=hearing).clocks == {"": hearing.clock}
    assert heard(GRANT, hearing=hearing).clocks[""] is not hearing.clock


def test_whether_any_word_is_of_sparks() -> None:
    """A class of its own, in whatever line."""
    assert heard("x org.apache.spark.rdd.RDD y\n").spark
    assert not heard("x\n").spark
