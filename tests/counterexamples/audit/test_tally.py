"""What is kept of all executors, how much of it, and what is decided when the release and the levels are known."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.counterexamples.audit import tally
from spillproof.counterexamples.audit.books import MAP, SORTER, ForcedSpill, OutOfMemory, Task, Window
from spillproof.counterexamples.audit.contradiction import Finding, Rule
from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.tally import Loss, Tally
from tests.counterexamples.audit.entered import BEGINS, CAPACITY, Log

OLD, NEW, UNKNOWN = (2, 1, 3), (2, 2, 0), ()
"""The last release that spills in another order, the first that does so as is known, and none."""


def of(release: tuple[int, ...] = NEW, **fields: Any) -> Tally:
    """Sums of a release; other fields by name."""
    made = Tally(ReleaseEvidence(asked=release))
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def death(message: str = "x", line: int = 1) -> OutOfMemory:
    """A death."""
    return OutOfMemory(line, None, message, ZERO, None, ())


# How much is kept


@pytest.mark.parametrize(
    ("backward", "forward", "is_reversed"), [(2, 1, True), (2, 2, False), (3, 9, False), (1, 0, False), (0, 0, False)]
)
def test_the_newest_first(backward: int, forward: int, *, is_reversed: bool) -> None:
    """Where more lines go back than on, and not one alone."""
    assert of(backward=backward, forward=forward).reversed is is_reversed


def test_the_tasks_of_most_interest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where there are many is any forgotten."""
    monkeypatch.setattr(tally, "KEPT", 2)
    found = of()
    for number in (1, 5, 2, 4):
        found.keep(Task(number, peak=exactly(number)))
    assert [each.number for each in found.kept] == [1, 5, 2, 4]
    found.keep(Task(3, peak=exactly(3)))
    assert [each.number for each in found.kept] == [5, 4]


def test_a_death_that_was_said_of_a_task() -> None:
    """It is not nobody's as well, if the task was one of the last five to end."""
    found = of(kept=[Task(0, error=death("a")), Task(1, error=death("b")), *(Task(each) for each in range(4))])
    for message in "abc":
        found.error(death(message))

    assert [each.message for each in found.errors] == ["a", "c"]


def test_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deaths, numbers of tasks that failed, and what engines did not get; all failures are counted."""
    monkeypatch.setattr(tally, "MANY", 2)
    monkeypatch.setattr(tally, "LOST", 2)
    found = of()
    for number in range(3):
        found.error(death(str(number)))
        found.fails(number)
        found.shortage(str(number))

    assert [each.message for each in found.errors] == ["0", "1"]
    assert (found.failing, found.failed, found.shortages) == ({0, 1}, 3, ["0", "1"])


def test_a_shortage_that_is_said_again() -> None:
    """It is kept once, as far as it stands near."""
    found = of()
    for words in "abcabcdac":
        found.shortage(words)

    assert "".join(found.shortages) == "abcda"


# What is decided when all was read


@pytest.mark.parametrize(("release", "accused"), [(OLD, False), (NEW, True), (UNKNOWN, False)])
def test_the_order_of_victims(release: tuple[int, ...], *, accused: bool) -> None:
    """It is held against releases that have it: not where that is not known."""
    found = of(release)
    found.of_victims.hold(Rule.VICTIM)
    found.of_victims.add(Finding(Rule.VICTIM, "the wrong one", 1))
    found.decide()

    assert [each.rule for each in found.findings.all()] == [Rule.VICTIM] * accused
    assert found.findings.held == ({Rule.VICTIM: 1} if accused else {})


@pytest.mark.parametrize(
    ("kind", "announced", "release", "info", "while_read"),
    [
        (MAP, False, NEW, True, False),  # it would have been said
        (MAP, False, NEW, False, None),
        (MAP, False, UNKNOWN, False, None),
        (MAP, True, NEW, True, True),
        (SORTER, False, NEW, True, True),
        (MAP, False, OLD, True, True),
        ("UnsafeExternalSorter", False, NEW, True, False),
        ("A", False, NEW, False, None),
    ],
)
def test_whether_it_was_being_read(
    kind: str,
    announced: bool,  # noqa: FBT001 - a table
    release: tuple[int, ...],
    info: bool,  # noqa: FBT001 - a table
    while_read: bool | None,  # noqa: FBT001 - a table
) -> None:
    """What is forced to spill is: where a line says so, where it can be at no other time; else where lines would."""
    spill = ForcedSpill(7, "E1", "E2", ZERO, None, None, 1, ZERO, announced=announced, kind=kind)
    window = Window(7, "E1", "", "forced spill", kind, ZERO, None, 1, while_read=None, announced=announced)
    task = Task(7, forced=[spill], windows=[window])
    of(release, kept=[task], info=info).decide()

    assert (spill.while_read, window.while_read) == (while_read, while_read)
    assert task.windows == ([] if while_read is False else [window])


@pytest.mark.parametrize("info", [True, False])
def test_what_was_read_to_its_end(*, info: bool) -> None:
    """A map that released all may have spilled itself, where the lines that say so are not there."""
    window = Window(7, "E1", "", "read to its end", MAP, ZERO, None, 1)
    task = Task(7, windows=[window])
    of(kept=[task], info=info).decide()

    assert (task.windows, window.while_read) == ([window] * info, True)


def loss(number: int, error: str = "x", where: str = "host") -> Loss:
    """A task that a driver says failed."""
    return Loss(number, "task 0.0", where, 3, 9.0, error)


def test_what_a_driver_says_of_a_task_that_is_known() -> None:
    """What it died of, unless its own log says that; with what it held then."""
    task = Task(7, outcome="", used=exactly(5))
    task.label("a.B@1").used = exactly(5)
    task.label("a.B@2")
    died = Task(8, outcome="failed", error=death("its own"))
    spared = Task(9)
    found = of(kept=[task, died, spared], losses={7: loss(7), 8: loss(8), 9: loss(9, "")})
    found.decide()

    assert task.error == OutOfMemory(3, 9.0, "x", exactly(5), None, (("C1", exactly(5)),))
    assert task.outcome == "failed"
    assert (died.error and died.error.message, spared.error, spared.outcome, found.errors) == ("its own", None, "", [])


def test_what_a_driver_says_of_a_task_that_ran_elsewhere() -> None:
    """It is a death of nobody whose books there are; what a task failed of that is not of memory is none."""
    found = of(losses={7: loss(7), 8: loss(8, ""), 9: loss(9, where="")})
    found.decide()

    assert found.errors == [
        OutOfMemory(3, 9.0, "x", Interval(0, 0), None, (), whose=whose)
        for whose in ("task 7 (task 0.0) on host", "task 9 (task 0.0)")
    ]


def test_a_failure_that_two_logs_say() -> None:
    """The executor's and the driver's: it is one."""
    found = of(failed=5, failing={1, 2}, losses={2: loss(2), 3: loss(3)})
    found.decide()

    assert found.failed == 4


# The levels


@pytest.mark.parametrize(
    ("head", "info"),
    [("", False), ("INFO ", True), ("10:00:00 INFO Executor: ", True), ("DEBUG ", False), ("MYINFO ", False)],
)
def test_the_level_of_a_line(head: str, *, info: bool) -> None:
    """It stands in the head, as a word."""
    assert Log(CAPACITY).say(BEGINS, head=head).ledger.info is info
