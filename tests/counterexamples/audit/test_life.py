"""How tasks begin, end and die, line by line: as Spark's executors and its driver write it."""

from __future__ import annotations

import pytest

from spillproof.counterexamples.audit import life
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.interval import exactly
from tests.counterexamples.audit.entered import BEGINS, CAPACITY, E1, ENDS, FAILS, OOM, U1, U2, Log

HEAP = "OutOfMemoryError: Java heap space"
METASPACE = "java.lang.OutOfMemoryError: Metaspace"
GRANT = f"Task 7 acquired 5.0 B for {U1}"


def of(number: int, words: str) -> str:
    """What is said of task 7, of another."""
    return (
        words.replace("task 0.0", f"task {number}.0")
        .replace("TID 7", f"TID {number}")
        .replace("ask 7", f"ask {number}")
    )


def lost(number: int, of: str = "") -> str:
    """A driver says that a task was lost, and perhaps of what."""
    return f"Lost task 3.0 in stage 1.0 (TID {number}, host, executor 3)" + (f": {of}" if of else "")


def errors(log: Log) -> list[tuple[int, str]]:
    """Which tasks died of what; 0 stands for nobody's death."""
    log.ledger.close()
    of_tasks = [(each.number, each.error.message) for each in log.ledger.kept if each.error is not None]
    return of_tasks + [(0, each.message) for each in log.ledger.errors]


def test_a_task_that_begins_again() -> None:
    """What it was before has ended, and it begins with nothing."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 60.0 B for {E1}", f"Task 7 release 60.0 B from {E1}", GRANT, BEGINS)
    (before,) = log.ledger.kept

    assert (log.ledger.tasks, log.books().live[7].consumers, log.books().used.hi) == (2, {}, 0)
    assert (before.outcome, [each.ending for each in before.windows]) == ("", ["the task's beginning again"])


def test_a_task_that_is_killed() -> None:
    """Spark says so; what it leaves is no contradiction, as it did not succeed."""
    log = Log(CAPACITY, BEGINS, GRANT, "Executor killed task 0.0 in stage 1.0 (TID 7), reason: stage cancelled")

    assert (log.task().outcome, log.ledger.live, log.ledger.finished, log.broken()) == ("killed", {}, 0, [])


@pytest.mark.parametrize(
    ("lines", "held", "words"),
    [
        ([], 0, []),  # who acquired nothing can leave nothing
        ([GRANT, f"Task 7 release 5.0 B from {U1}"], 1, []),
        ([GRANT, f"Task 7 release 4.0 B from {U1}"], 1, ["it finished and still holds: U1 1 B"]),
        ([GRANT, "Memory used in task 7", f"Acquired by {U2}: 9.0 B"], 1, ["it finished and still holds: U1 5 B"]),
        (
            [f"Task 7 acquired {size}.0 B for a.B@{size}" for size in (9, 8, 7, 6, 5)],
            1,
            ["it finished and still holds: C1 9 B, C2 8 B, C3 7 B, C4 6 B"],
        ),
    ],
)
def test_what_a_task_leaves_that_succeeds(lines: list[str], held: int, words: list[str]) -> None:
    """Each byte of a consumer whose grants the log has: four of them are named."""
    log = Log(CAPACITY, BEGINS, *lines, ENDS)

    assert log.ledger.findings.held.get(Rule.LEFT, 0) == held
    assert [each.words for each in log.ledger.findings.all()] == words


def test_a_failure_gives_a_task_its_title() -> None:
    """Where the log does not have its beginning; else it has one."""
    assert Log(CAPACITY, FAILS).task().title == "task 0.0 in stage 1.0"
    assert Log(CAPACITY, BEGINS, FAILS.replace("0.0", "0.1")).task().title == "task 0.0 in stage 1.0"


def test_two_failures_one_after_the_other() -> None:
    """The first task has ended then: nothing more is said of its exception."""
    for second in (of(8, FAILS), lost(9)):
        log = Log(CAPACITY, BEGINS, of(8, BEGINS), FAILS, second)
        assert ([*log.ledger.live], [each.number for each in log.ledger.kept]) == ([8], [7])


def test_a_failure_is_of_its_own_number() -> None:
    """That others have ended, with a lower number or a higher one, says nothing of it."""
    ended = [CAPACITY, BEGINS, GRANT, ENDS]
    for number in (3, 9):
        assert Log(*ended, of(number, FAILS)).ledger.failing == {number}
        assert list(Log(*ended).say(lost(number)).ledger.losses) == [number]
    assert Log(*ended, FAILS).ledger.failing == set()
    assert Log(*ended).say(lost(7)).ledger.losses == {}


def test_a_number_that_is_used_again() -> None:
    """An application that is started again has a task 7 as well: its failure is no repetition."""
    log = Log(CAPACITY, BEGINS, GRANT, CAPACITY, BEGINS, FAILS)

    assert (log.ledger.failing, log.books().live[7].outcome) == ({7}, "failed")


def test_what_the_driver_says_again() -> None:
    """A task that failed here is no loss; its exception may stand behind the line that says so again."""
    log = Log(CAPACITY, BEGINS, of(8, BEGINS), FAILS)
    log.line += 2
    log.say(lost(7))
    log.line += 2
    assert (log.ledger.losses, log.ledger.failed, errors(log.say(OOM))) == ({}, 1, [(7, HEAP)])
    again = Log(CAPACITY, BEGINS, of(8, BEGINS), FAILS)
    again.line += 2
    again.say(FAILS)
    again.line += 2
    assert errors(again.say(OOM)) == [(7, HEAP)]
    log = Log(CAPACITY, BEGINS, of(8, BEGINS), FAILS)
    log.line += 4
    assert errors(log.say(OOM)) == [(8, HEAP)]  # nothing more is said of 7 by then, and 8 is the only one that runs


def test_a_loss_that_is_said_twice() -> None:
    """It is one loss, of what was said first; where it is from is said as far as it is known."""
    log = Log(lost(9, OOM), lost(9, METASPACE))
    (loss,) = log.ledger.losses.values()

    assert (loss.line, loss.error, loss.title, loss.where) == (1, HEAP, "task 3.0 in stage 1.0", "host, executor 3")
    assert log.ledger.failed == 1
    (loss,) = Log("Lost task 3.0 in stage 1.0 (TID 9, host): x").ledger.losses.values()
    assert loss.where == "host"


def test_so_many_losses_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the others nothing is said."""
    monkeypatch.setattr(life, "LOSSES", 2)
    log = Log(lost(7, OOM), lost(8), lost(9, OOM), lost(8, METASPACE))

    assert [(each.task, each.error) for each in log.ledger.losses.values()] == [
        (7, HEAP), (8, "OutOfMemoryError: Metaspace"),
    ]  # fmt: skip
    assert log.ledger.failed == 2


@pytest.mark.parametrize(
    ("lines", "died"),
    [
        ([BEGINS, OOM], [(7, HEAP)]),  # the only one that runs
        ([BEGINS, of(8, BEGINS), OOM], [(0, HEAP)]),
        ([BEGINS, of(8, BEGINS), f"Uncaught exception in thread worker for task 8: {OOM}"], [(0, HEAP)]),
        ([BEGINS, of(8, BEGINS), f"{OOM} in worker for task 8"], [(8, f"{HEAP} in worker for task 8")]),
        ([OOM], [(0, HEAP)]),
        ([BEGINS, of(8, BEGINS), FAILS, OOM, METASPACE], [(7, HEAP)]),  # once
    ],
)
def test_whose_a_death_is(lines: list[str], died: list[tuple[int, str]]) -> None:
    """That of the task that failed just before, that the thread is of, or that is the only one; else nobody's."""
    assert errors(Log(CAPACITY, *lines)) == died


def test_the_thread_of_a_death() -> None:
    """The line's head has it in most layouts."""
    log = Log(CAPACITY, BEGINS, of(8, BEGINS)).say(OOM, head="[Executor task launch worker for task 8] ")

    assert errors(log) == [(8, HEAP)]


def test_a_death_that_is_cut() -> None:
    """A message may be as long as it likes: a hundred characters of it are kept."""
    (error,) = Log(f"java.lang.OutOfMemoryError: {'x' * 300}").ledger.errors

    assert error.message == f"OutOfMemoryError: {'x' * 81}…"


def test_an_executor_that_is_told_to_end() -> None:
    """While tasks run, and nobody said so before, that is a kill; tasks that have failed do not run."""
    signal, shutdown = "RECEIVED SIGNAL TERM", "Driver commanded a shutdown"

    for lines, count in (
        ([BEGINS, signal], 1),
        ([signal], 0),
        ([BEGINS, FAILS, signal], 0),
        ([BEGINS, of(8, BEGINS), FAILS, signal], 1),
        ([BEGINS, shutdown, signal], 0),
    ):
        assert Log(CAPACITY, *lines).ledger.signals == count, lines


def test_whose_error_takes_the_place_of_nobodys() -> None:
    """A line says first that memory ran out, and the next ones whose it is: that is one death."""
    log = Log(CAPACITY, of(8, BEGINS), BEGINS, GRANT, OOM, FAILS, OOM)

    assert errors(log) == [(7, HEAP)]
    error = log.task().error
    assert error is not None
    assert (error.line, error.accounted, error.free, error.holders) == (
        7, exactly(5), exactly(995), (("U1", exactly(5)),),
    )  # fmt: skip
