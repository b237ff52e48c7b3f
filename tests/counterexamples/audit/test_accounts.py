"""What is believed after each line, of sizes that are printed to the byte: counted by hand, as Spark's counters go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from spillproof.counterexamples.audit import executor
from spillproof.counterexamples.audit.contradiction import Rule
from spillproof.counterexamples.audit.interval import exactly
from spillproof.counterexamples.audit.sentences import understand
from tests.counterexamples.audit.entered import BEGINS, CAPACITY, E1, E2, E3, ENDS, FAILS, OOM, U1, U2, Log
from tests.counterexamples.audit.logs import SORTER, UNSAFE


def account(log: Log, name: str) -> tuple[int, int, int, int, int]:
    """What a consumer holds, what was printed of it, its peak, and how often it was granted and refused anything."""
    found = log.consumer(name)
    assert found.used.lo == found.used.hi
    return found.used.lo, found.shown, found.peak.hi, found.grants, found.refusals


def test_a_consumer_of_pages() -> None:
    """What it acquires is added, what it releases taken away; a grant of nothing is a refusal."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 60.0 B for {U1}")
    assert account(log, U1) == (60, 60, 60, 1, 0)
    log.say(f"Task 7 acquired 40.0 B for {U1}", f"Task 7 acquired 0.0 B for {U1}")
    assert account(log, U1) == (100, 100, 100, 2, 1)
    log.say(f"Task 7 release 30.0 B from {U1}", f"Task 7 acquired 5.0 B for {U2}")
    assert (account(log, U1), account(log, U2)) == ((70, 70, 100, 2, 1), (5, 5, 5, 1, 0))
    assert (log.task().used.lo, log.task().peak.lo, log.task().granted.lo, log.books().used.hi) == (75, 100, 105, 75)
    log.say(f"Task 7 release 70.0 B from {U1}", f"Task 7 release 5.0 B from {U2}", ENDS)
    assert (account(log, U1), log.broken(), log.ledger.finished) == ((0, 0, 100, 2, 1), [], 1)
    assert (log.ledger.live, log.books().used, log.task().outcome, log.task().ended) == ({}, (0, 0), "finished", 36010)


def test_what_rounding_leaves_is_not_shown() -> None:
    """10.0 MB were acquired and released: what may be left is within the rounding, and of what was printed, nothing."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 10.0 MB for {U1}", f"Task 7 release 10.0 MB from {U1}")
    found = log.consumer(U1)

    assert (found.used.lo, found.used.hi > 0, found.shown) == (0, True, 0)
    log.say(f"Task 7 acquired 10.0 MB for {U1}", f"Task 7 release 4.0 MB from {U1}")
    assert 0 <= found.shown - (6 << 20) <= 1


def test_a_collection_releases_all() -> None:
    """A map or a sorter has nothing then, whatever it was printed to release."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 60.0 B for {E1}", f"Task 7 release 50.0 B from {E1}")

    assert (account(log, E1), log.broken()) == ((0, 0, 60, 1, 0), [Rule.RELEASES_ALL])


@pytest.mark.parametrize(("printed", "kept", "used"), [("100.0 B", True, 100), ("90.0 B", False, 90)])
def test_what_spark_prints_of_a_consumer_is_believed(printed: str, used: int, *, kept: bool) -> None:
    """It is held against what its lines add up to."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 60.0 B for {U1}")
    log.say(f"Task 7 finally acquired 40.0 B (currentMem = {printed}) for {U1}")

    assert (log.broken() == [], account(log, U1)[0], log.task().used.hi) == (kept, used, used)


def test_a_request_and_its_grant() -> None:
    """What was refused is remembered, the first time as the task's; what is lacking is what victims spill for."""
    log = Log(CAPACITY, BEGINS, f"Task 7 required 50.0 B and got 0.0 B for {E1}")
    assert (log.consumer(E1).refusals, log.task().refused) == (1, (36003.0, "E1", exactly(50)))
    assert log.task().needs == (E1, exactly(50))
    log.say(f"Task 7 required 40.0 B and got 30.0 B for {E2}")
    assert (log.consumer(E2).refusals, log.task().needs) == (0, (E2, exactly(10)))
    log.say(f"Task 7 required 20.0 B and got 0.0 B for {E2}")
    assert (log.consumer(E2).refusals, log.task().refused) == (1, (36003.0, "E1", exactly(50)))
    log.say(f"Task 7 required 20.0 B and got 20.0 B for {E2}")
    assert (log.task().needs, log.broken()) == ((E2, exactly(20)), [])
    log.say(f"Task 7 required 20.0 B and got 21.0 B for {E2}")
    assert log.broken() == [Rule.GRANT]


def test_a_need_is_remembered() -> None:
    """Since 3.3 it is said before anybody is asked; the first is the task's refusal."""
    log = Log(CAPACITY, BEGINS, f"Task 7 need to spill 30.0 B for {U1}", f"Task 7 need to spill 9.0 B for {U2}")

    assert (log.task().needs, log.task().refused) == ((U2, exactly(9)), (36003.0, "U1", exactly(30)))


SPILLS = "Thread 9 spilling sort data of {} to disk (0 time so far)"


@pytest.mark.parametrize(
    ("spilled", "held", "kind", "granted", "stuck"),
    [
        ("4.0 MB", "4.0 MB", UNSAFE, 0, 1),
        ("0.9 MB", "0.9 MB", UNSAFE, 0, 0),  # too little to be worth a word
        ("4.0 MB", "5.0 MB", UNSAFE, 0, 0),  # another size
        ("4.0 MB", "4.0 MB", UNSAFE, 1, 0),  # it was granted that since
        ("4.0 MB", "4.0 MB", "a.BytesToBytesMap@", 0, 0),  # no sorter
        ("4.0 MB", "4.0 MB", SORTER, 0, 0),  # one that gives all
    ],
)
def test_a_sorter_that_spilled_and_holds_as_much(spilled: str, held: str, kind: str, granted: int, stuck: int) -> None:
    """What a sorter said that it spills, and is accounted with when a request fails, was not released."""
    log = Log(CAPACITY, BEGINS, SPILLS.format(spilled))
    log.say(*[f"Task 7 acquired 1.0 B for {kind}1"] * granted)
    log.say("Memory used in task 7", f"Acquired by {kind}1: {held}")

    assert len(log.ledger.stuck) == stuck
    assert [(each.task, each.spilled, each.held) for each in log.ledger.stuck] == [(7, 36003.0, 36005.0)] * stuck


def test_what_is_held_when_a_request_fails() -> None:
    """It is believed, of a consumer whose grants the log does not have too; of no task, or after it, nothing is."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 5.0 B for {U1}", "Memory used in task 7", f"Acquired by {U2}: 9.0 B")
    assert (account(log, U1)[0], account(log, U2)[0], log.consumer(U2).whole) == (5, 9, False)
    usage = "7 bytes of memory are used for execution and 6 bytes of memory are used for storage"
    log.say(usage, f"Acquired by {U1}: 8.0 B")
    assert (account(log, U1)[0], log.books().storage.lo, log.books().usage) == (5, 6, None)


@pytest.mark.parametrize(
    ("estimate", "threshold", "asks", "rules"),
    [
        ("10.0 B", "5.0 B", "15.0 B", []),  # twice the estimate, less the threshold
        ("10.0 B", "5.0 B", "14.0 B", [Rule.ASKS]),
        ("30.0 B", "25.0 B", "35.0 B", []),  # 5 to begin with, and 20 that were granted
        ("30.0 B", "26.0 B", "34.0 B", [Rule.THRESHOLD]),
    ],
)
def test_estimates_and_thresholds(estimate: str, threshold: str, asks: str, rules: list[Rule]) -> None:
    """Each request is held against the estimate before it; and what thresholds have beyond grants is one number."""
    check = "[SpillCheck] recordsRead = 32, currentMemory = {}, myMemoryThreshold = {}"
    log = Log(CAPACITY, BEGINS)
    log.say(check.format("15.0 B", "5.0 B"), f"Task 7 required 25.0 B and got 25.0 B for {E1}")
    assert (log.books().initial, log.task().check) == (exactly(5), None)
    log.say(f"Task 7 acquired 20.0 B for {E2}") if threshold != "5.0 B" else None
    who = E2 if threshold != "5.0 B" else E3
    log.say(check.format(estimate, threshold), f"Task 7 required {asks} and got {asks} for {who}")

    assert log.broken() == rules


TOO_MUCH = [f"Task 7 acquired 600.0 B for {U1}", f"Task 7 acquired 401.0 B for {U1}"]
ACCUSED: dict[str, tuple[Sequence[str], Rule]] = {
    "too much": ([f"Task 7 acquired 5.0 B for {U1}", f"Task 7 release 6.0 B from {U1}"], Rule.RELEASED_MORE),
    "what was not acquired": ([f"Task 7 release 5.0 B from {E1}"], Rule.RELEASED_UNKNOWN),
    "a part": ([f"Task 7 acquired 5.0 B for {E1}", f"Task 7 release 4.0 B from {E1}"], Rule.RELEASES_ALL),
    "left at the end": ([f"Task 7 acquired 5.0 B for {U1}", ENDS], Rule.LEFT),
    "more than there is": (TOO_MUCH, Rule.POOL),
    "another sum": ([f"Task 7 finally acquired 6.0 B (currentMem = 9.0 B) for {E1}"], Rule.BOOKS),
    "the wrong victim": (
        [
            f"Task 7 acquired 20.0 B for {E2}", f"Task 7 acquired 30.0 B for {E3}",
            f"Task 7 required 10.0 B and got 0.0 B for {E1}", f"Task 7 release 30.0 B from {E3}",
            f"Task 7 released 30.0 B from {E3} for {E1}",
        ],
        Rule.VICTIM,
    ),
}  # fmt: skip
"""What a line says that contradicts a rule together with those before it."""


def accused(log: Log) -> list[Rule]:
    """The rules that are contradicted, the order of victims included."""
    log.ledger.close()
    return log.broken()


@pytest.mark.parametrize("name", ACCUSED)
def test_a_task_whose_beginning_is_not_there_is_not_accused(name: str) -> None:
    """Nor one of which lines are missing in between, as the log itself says, or as its times say; else it is."""
    lines, rule = ACCUSED[name]
    assert accused(Log(CAPACITY, BEGINS, *lines)) == [rule]
    assert accused(Log(CAPACITY, *lines)) == []
    assert accused(Log(CAPACITY, BEGINS, "...", *lines)) == []
    backward = Log(CAPACITY, BEGINS)
    backward.line -= 9
    assert accused(backward.say(*lines)) == []


def test_a_pool_is_judged_only_when_all_is_known() -> None:
    """Not where a second task runs whose beginning is missing, nor where the pool's size is not known."""
    beside = "Task 8 acquired 1.0 B for a.B@1"
    assert accused(Log(CAPACITY, beside, BEGINS, *TOO_MUCH)) == []
    assert accused(Log(BEGINS, *TOO_MUCH)) == []
    assert accused(Log(CAPACITY, BEGINS, "Running task 1.0 in stage 1.0 (TID 8)", beside, *TOO_MUCH[:1])) == []


@pytest.mark.parametrize(("sizes", "victim", "wrong"), [
    ((20, 30), E2, False), ((20, 30), E3, True),  # 10 are needed: the smaller one suffices
    ((5, 8), E3, False), ((5, 8), E2, True),  # neither suffices: the larger one
    ((9, 30), E3, False), ((20, 20), E3, False),
])  # fmt: skip # a table
def test_who_is_the_right_victim(sizes: tuple[int, int], victim: str, *, wrong: bool) -> None:
    """The smallest that suffices, or else the largest; only of the first choice for a request is anything known."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired {sizes[0]}.0 B for {E2}", f"Task 7 acquired {sizes[1]}.0 B for {E3}")
    size = sizes[0] if victim == E2 else sizes[1]
    spill = (f"Task 7 release {size}.0 B from {victim}", f"Task 7 released {size}.0 B from {victim} for {E1}")
    assert accused(log.say(f"Task 7 required 10.0 B and got 0.0 B for {E1}", *spill)) == (
        [Rule.VICTIM] if wrong else []
    )
    assert accused(Log(CAPACITY, BEGINS, *spill[:1]).say(*spill)).count(Rule.VICTIM) == 0


# Whose books


def test_two_applications_number_their_tasks_alike() -> None:
    """What is said behind another prefix is another executor's, though both have a task 7, from the first line on."""
    log = Log()
    for stream in ("pod-0", "pod-1"):
        log.say(CAPACITY, BEGINS, f"Task 7 acquired 5.0 B for {U1}", stream=stream)
    for stream, size in (("pod-0", 6), ("pod-1", 7), ("pod-0", 1)):
        log.say(f"Task 7 acquired {size}.0 B for {U1}", stream=stream)

    assert {name: each.live[7].used.lo for name, each in log.ledger.books.items()} == {
        "\0\0pod-1": 12, "\0\0pod-0": 12,
    }  # fmt: skip
    assert (log.ledger.executors, log.ledger.aliases) == (2, {})


def test_a_piece_of_a_log_goes_on_with_its_tasks() -> None:
    """Another file that speaks of a task which runs is the next piece; of one that does not, another executor's."""
    log = Log(CAPACITY, BEGINS)
    log.ledger.turn("other.log")
    log.say(f"Task 7 acquired 5.0 B for {U1}", f"Task 7 release 5.0 B from {U1}")
    assert (log.ledger.executors, list(log.ledger.books), log.broken()) == (1, ["\0\0"], [])
    log.ledger.turn("third.log")
    log.say(f"Task 9 acquired 5.0 B for {U1}")
    assert (log.ledger.executors, list(log.ledger.books)) == (2, ["\0\0", "third.log\0\0"])
    assert [each.name for each in log.ledger.books.values()] == ["", "third.log"]


def test_an_executor_begins_anew() -> None:
    """Where the memory store of one that had begun starts again, its tasks have ended: it is another process."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 5.0 B for {U1}", CAPACITY)
    assert (log.ledger.live, log.books().used, log.broken()) == ({}, (0, 0), [])
    log.say(BEGINS, f"Task 7 acquired 5.0 B for {U1}")
    assert (log.ledger.executors, log.ledger.tasks, log.books().used.lo, log.ledger.capacity) == (2, 2, 5, (1000, 1000))


def test_containers_of_a_file() -> None:
    """The lines of each are its own, and their executor is called by it; the line that names it says nothing else."""
    log = Log("Container: container_1 on host", CAPACITY, BEGINS, "Container: container_2 on host", CAPACITY)

    assert [each.name for each in log.ledger.books.values()] == ["container_1", "container_2"]
    assert log.ledger.executors == 2


def test_so_many_executors_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The books of which nothing was heard for longest are closed for one more."""
    monkeypatch.setattr("spillproof.counterexamples.audit.ledger.OPEN", 2)
    log = Log()
    for stream, message in (("a", CAPACITY), ("b", CAPACITY), ("a", BEGINS), ("c", CAPACITY)):
        log.say(message, stream=stream)

    assert [each.name for each in log.ledger.books.values()] == ["a", "c"]


def test_so_many_tasks_and_consumers_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task of which nothing was heard for longest makes room, and a consumer that has nothing."""
    monkeypatch.setattr(executor, "LIVE", 2)
    monkeypatch.setattr(executor, "CONSUMERS", 2)
    log = Log(CAPACITY)
    for number in (1, 2, 1, 3):
        log.say(f"Task {number} acquired 5.0 B for {U1}")
    assert (list(log.books().live), log.books().used.lo, log.ledger.tasks) == ([1, 3], 15, 3)
    log.say(f"Task 1 acquired 1.0 B for {U2}", f"Task 1 release 10.0 B from {U1}", f"Task 1 acquired 1.0 B for {E1}")
    task = log.books().live[1]
    assert ([each.label for each in task.consumers.values()], task.dropped) == (["U2", "E1"], 1)
    log.say(f"Task 1 acquired 1.0 B for {E2}")
    assert ([each.label for each in task.consumers.values()], task.dropped) == (["U2", "E1", "E2"], 1)


@pytest.mark.parametrize(
    ("message", "head", "tasks", "whose"),
    [
        ("Task 8 acquired 5.0 B for a.B@1", "", (7, 8), 8),
        ("unreleased 5.0 B memory from a.B@1", "worker for task 0.0 in stage 1.0 (TID 8)", (7, 8), 8),
        ("unreleased 5.0 B memory from a.B@1", "worker for task 8", (7, 8), 8),
        (f"unreleased 5.0 B memory from {U1}", "", (7, 8), 7),  # whose consumer it is
        ("unreleased 5.0 B memory from a.B@1", "", (7,), 7),  # the only one that runs
        ("unreleased 5.0 B memory from a.B@1", "", (7, 8), None),
        ("unreleased 5.0 B memory from a.B@1", "", (), None),
    ],
)
def test_whose_a_line_is(message: str, head: str, tasks: tuple[int, ...], whose: int | None) -> None:
    """The task's that it names, or its thread, or its consumer; or that of the only one; else it is counted."""
    log = Log(CAPACITY, *(f"Running task 0.0 in stage 1.0 (TID {each})" for each in tasks))
    if tasks:
        log.say(f"Task 7 acquired 5.0 B for {U1}")
    said: Any = understand(message)
    books = log.books()
    books.head = head
    found = books.whose(said)

    assert (None if found is None else found.number) == whose
    assert log.ledger.unattributed == (1 if whose is None else 0)


# Deaths

LOST = "Lost task 0.0 in stage 1.0 (TID {}, host, executor 3): java.lang.OutOfMemoryError: Java heap space"


def test_a_failure_that_is_said_again() -> None:
    """It is counted once, whether the task is still there or has gone; what comes next is of no task's books."""
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 5.0 B for {U1}", FAILS, FAILS)
    assert (log.ledger.failed, [*log.ledger.live]) == (1, [7])
    log.say(CAPACITY)
    assert ([each.number for each in log.ledger.kept], log.ledger.failing) == ([7], {7})
    log.say(FAILS)
    assert (log.ledger.failed, [*log.ledger.live], len(log.ledger.kept)) == (1, [], 1)
    assert died(Log(CAPACITY, BEGINS, FAILS, FAILS, OOM)) == [(7, "OutOfMemoryError: Java heap space", "")]


def died(log: Log) -> list[tuple[int, str, str]]:
    """Which tasks died of what, and who else did."""
    log.ledger.close()
    of_tasks = [(each.number, each.error.message, "") for each in log.ledger.kept if each.error is not None]
    return of_tasks + [(0, each.message, each.whose) for each in log.ledger.errors]


def lost(number: int) -> Log:
    """A driver says that a task was lost, and of what."""
    return Log().say(LOST.format(number), stream="driver")


def test_what_a_driver_says_of_tasks() -> None:
    """Of one that ran elsewhere it is nobody's here; of one that has failed here, it is what it died of, once."""
    what = "OutOfMemoryError: Java heap space"
    elsewhere = "task 9 (task 0.0 in stage 1.0) on host, executor 3"
    here = (CAPACITY, BEGINS, f"Task 7 acquired 5.0 B for {U1}", FAILS)
    assert died(lost(9).say(*here)) == [(0, what, elsewhere)]
    log = lost(7).say(*here)
    assert died(log) == [(7, what, "")]
    error = log.task().error
    assert error is not None
    assert (error.holders, log.ledger.failed) == ((("U1", exactly(5)),), 1)
    assert died(lost(7).say(*here, OOM)) == [(7, what, "")]


# The heap


def test_what_the_log_says_of_the_heap() -> None:
    """How much is used, of how much, and what that is: a heap, where it does not say."""
    log = Log("Heap usage: used = 4.0 B, max = 9.0 B", "[CurrentHeapMemoryUsage] used = 5.0 B, max = 9.0 B")
    log.say("Heap dump file created [7 bytes in 1 secs]")

    assert [(each.what, each.used.lo, each.most and each.most.lo) for each in log.ledger.heaps] == [
        ("Heap", 4, 9), ("heap", 5, 9), ("dump", 7, None),
    ]  # fmt: skip
    assert log.books().heap is log.ledger.heaps[-1]


# Windows


def test_when_a_window_is_open() -> None:
    """From the spill to the task's end; what was granted before is not granted meanwhile, and of the one it was for,
    what was granted after it is remembered.
    """
    log = Log(CAPACITY, BEGINS, f"Task 7 acquired 60.0 B for {E1}")
    log.say(
        "Task 7 force spilling in-memory map to disk and it will release 60.0 B memory", head="ExternalAppendOnlyMap"
    )
    log.say(f"Task 7 release 60.0 B from {E1}", f"Task 7 released 60.0 B from {E1} for {E2}")
    log.say(f"Task 7 acquired 30.0 B for {E2}", f"Task 7 acquired 9.0 B for {U1}", ENDS)
    (window,) = log.task().windows

    assert (window.who, window.whom, window.kind, window.size.lo) == ("E1", "E2", "forced spill", 60)
    assert (window.asked, window.since, window.until, window.ending) == (36004, 36005, 36009, "the task's end")
    assert (window.granted.lo, [each.size.lo for each in window.after]) == (39, [30])
    assert [(each.who, each.size.lo) for each in window.before] == [("E1", 60)]
    (spill,) = log.task().forced
    assert (spill.who, spill.whom, spill.size.lo, spill.asked, spill.done, spill.taken.lo) == (
        "E1", "E2", 60, 36004, 36006, 0,
    )  # fmt: skip
    assert (log.ledger.windows, log.ledger.forced, spill.announced, spill.kind) == (1, 1, True, "ExternalAppendOnlyMap")


def test_so_many_windows_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in which nothing was granted yet makes room, which is the new one at last."""
    monkeypatch.setattr(executor, "MANY", 2)
    log = Log(CAPACITY, BEGINS)
    for name in (E1, E2, E3):
        log.say(f"Task 7 acquired 5.0 B for {name}", f"Task 7 release 5.0 B from {name}")
    assert [each.who for each in log.task().windows] == ["E1", "E2"]  # in E3's nothing was granted yet
    log.say(f"Task 7 acquired 5.0 B for {U1}", f"Task 7 release 5.0 B from {E1}")
    assert len(log.task().windows) == 2
