"""The shortest run, over all sizes, and the same one everywhere."""

import subprocess
import sys
import time
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import acquired_can_be_allocated, free_is_unreachable
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, always
from spillproof.properties.engines import bounded
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals
from spillproof.properties.engines.bounded import DEEPEST, Searched, shortest
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof import solver
from spillproof.properties.engines.proof.invariant import find_equations
from spillproof.properties.engines.proof.solver import Answer, Feasibility
from spillproof.properties.engines.run import Run, Step, replay
from spillproof.properties.engines.verdict import Holds, Violated

DEEP = Yardstick(forgets=Forgets.AGAIN_WHEN_FULL)

SHORTEST: list[tuple[Model, Claim, tuple[int, ...], tuple[Step, ...], int, int]] = [
    # One byte of capacity, and a grant of two: 3 bytes in all. The buffer is the one object.
    (PoolThatForgetsToCheck(), acquired_can_be_allocated, (1,), (Step("grow", (2,)),), 1, 3),
    # One byte is granted of two that are allocated.
    (PartialGrant(), free_is_unreachable, (1,), (Step("acquire", (2,)),), 1, 3),
    # There must be a page, a reader of it, and a release. What is left is the reader and the page.
    (ReleaseThatForgetsAReference(), free_is_unreachable, (),
     (Step("acquire", (1,)), Step("read", ()), Step("release", ())), 2, 1),
    # There must be bytes, a reader and a spill; of two consumers the first.
    (Yardstick(forgets=Forgets.ALWAYS), free_is_unreachable, (1,),
     (Step("acquire", (1, 1)), Step("start_reading", (1,)), Step("spill", (1,))), 2, 2),
    # The first spill must leave room to fill the pool again with one byte: before there is a reader.
    (DEEP, free_is_unreachable, (1,),
     (Step("acquire", (1, 1)), Step("spill", (1,)), Step("acquire", (1, 1)), Step("start_reading", (1,)),
      Step("spill", (1,))), 2, 3),
]  # fmt: skip # a table


@pytest.mark.parametrize(("model", "claim", "opening", "steps", "objects", "size"), SHORTEST)
def test_the_shortest_run(  # noqa: PLR0917 - a table
    model: Model, claim: Claim, opening: tuple[int, ...], steps: tuple[Step, ...], objects: int, size: int
) -> None:
    """Fewest steps, then objects, then bytes: exactly the run that reasoning gives."""
    verdict = check(model, [claim], witnesses=False).of(claim)
    assert isinstance(verdict, Violated)

    assert verdict.run == Run(model, opening, steps)
    assert (verdict.objects, verdict.bytes) == (objects, size)
    assert verdict.minimal


def test_the_same_run_in_every_process() -> None:
    """Other string hashes change nothing."""
    program = (
        "from spillproof.model.lessons.yardstick import *\n"
        "from spillproof.properties.engines.check import check\n"
        "report = check(Yardstick(forgets=Forgets.AGAIN_WHEN_FULL), witnesses=False)\n"
        "print([(r.verdict.run.opening, r.verdict.run.steps) for r in report.violated()])"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in "12"
    }

    assert len(printed) == 1


class Thing(HeapObject):
    pass


class Ties(Model):
    """Can be broken in one step in four ways."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.things: list[Thing] = []

    @action
    def with_an_object(self) -> None:
        """No bytes, but an object."""
        require(not self.things)
        self.used = 9
        self.things.append(Thing())

    @action
    def with_many_bytes(self, size: Bytes) -> None:
        require(size > 4)
        self.used = 9

    @action
    def first(self, small: Bytes, large: Bytes) -> None:
        """Four bytes."""
        require(small + large == 4)
        self.used = 9

    @action
    def second(self, small: Bytes, large: Bytes) -> None:
        """The same again."""
        self.first(small, large)


@always
def little_is_used(now: Any) -> Any:
    """Little is used."""
    return now.used < 9


def test_ties() -> None:
    """Fewer objects before fewer bytes, then the order of actions, then the least sizes from the left."""
    verdict = check(Ties(), [little_is_used], witnesses=False).of(little_is_used)
    assert isinstance(verdict, Violated)

    assert verdict.run.steps == (Step("first", (1, 3)),)
    assert (verdict.objects, verdict.bytes) == (0, 4)


class Corners(Model):
    """Broken at the beginning if there is much capacity; raises; goes below 0; all at exact sizes."""

    capacity: Bytes
    left: Bytes

    def begin(self, capacity: Bytes) -> None:
        self.capacity = capacity
        self.left = 5
        self.gone = False

    @action
    def take(self, size: Bytes) -> None:
        require(self.left >= 0)
        if size == 7 and self.left == 3:
            raise MemoryError
        self.left -= size

    @action
    def go(self) -> None:
        """Only after a negative counter could this be taken, and no engine goes on from there."""
        require(self.left < 0)
        self.gone = True


@always
def little_capacity(now: Any) -> Any:
    """There is little capacity."""
    return now.capacity <= 3


@always
def not_gone(now: Any) -> bool:
    """It is not gone."""
    return not now.gone


def test_corners() -> None:
    """Violations before the first step, by an exception at exact sizes, and by a counter below 0 are found exactly."""
    report = check(Corners(), [little_capacity, NO_EXCEPTION, NEVER_NEGATIVE, not_gone], witnesses=False)
    runs = {result.claim.name: result.verdict.run for result in report.results if isinstance(result.verdict, Violated)}

    assert runs["little_capacity"] == Run(report.model, (4,), ())
    assert runs["no_exception"].steps == (Step("take", (2,)), Step("take", (7,)))
    assert replay(runs["no_exception"])[-1].raised.startswith("MemoryError")
    assert runs["counters_never_negative"].steps == (Step("take", (6,)),)
    assert isinstance(report.of("not_gone"), Holds)


class BelowZero(Model):
    """A counter that goes below 0 at once, and a guard that asks for what unknown naturals always are."""

    free: Bytes

    def begin(self) -> None:
        self.free = 0
        self.taken = self.broken = False

    @action
    def take(self, size: Bytes) -> None:
        require(not self.taken)
        self.free -= size
        self.taken = True

    @action
    def use(self) -> None:
        require(self.free >= 0 and self.taken)
        self.broken = True


@always
def not_broken(now: Any) -> bool:
    """It is not broken."""
    return not now.broken


def test_no_run_goes_on_below_zero() -> None:
    """A shape speaks of naturals: a chain of steps through a negative counter is no run, and was once taken for one."""
    report = check(BelowZero(), [not_broken, NEVER_NEGATIVE], witnesses=False)

    assert isinstance(report.of(not_broken), Holds)
    assert isinstance(report.of(NEVER_NEGATIVE), Violated)


def search(limits: Limits = UNLIMITED, **how: Any) -> Searched:
    """The shortest run of `DEEP` within limits."""
    feasible = Feasibility()
    automaton = extract(DEEP, [free_is_unreachable], feasible, needed=frozenset())
    return shortest(
        automaton, goals(automaton, free_is_unreachable), find_equations(automaton), feasible, limits, **how
    )


@pytest.mark.parametrize("most", [1, 3, 4])
def test_depth(most: int) -> None:
    """With at most 4 steps there is no violation of 5 steps, and the depth says at least how far that is certain."""
    searched = search(Limits(max_steps=most))

    assert searched.found is None
    assert most <= searched.depth < 5


def test_found_at_its_depth() -> None:
    """With 5 steps the violation is found; more steps change nothing."""
    five, nine = search(Limits(max_steps=5)), search(Limits(max_steps=9))
    assert five.found is not None
    assert nine.found is not None

    assert five.depth == five.found.steps == 5
    assert nine.found.inputs == five.found.inputs
    assert [edge.index for edge in nine.found.edges] == [edge.index for edge in five.found.edges]


def test_a_deadline() -> None:
    """When the time is up nothing was found, and what was ruled out before stands."""
    searched = search(Limits(time.monotonic() - 1))

    assert (searched.found, searched.why) == (None, "the time was up")
    assert searched.depth < 5


class Ways(Model):
    """May lose two bytes at once, or one by one, by two ways."""

    lost: Bytes

    def begin(self) -> None:
        self.lost = 0

    @action
    def lose(self, size: Bytes) -> None:
        require(size >= 2)
        self.lost += size

    @action
    def drop(self, size: Bytes) -> None:
        self.lost += size


@always
def nothing_is_lost(now: Ways) -> bool:
    """Nothing is lost."""
    return now.lost == 0


def test_what_is_least_is_least(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever question the solver leaves open: a run is called the smallest only if it is."""
    model = Ways()
    made = extract(model, [nothing_is_lost], Feasibility(), needed=frozenset())
    found = list(goals(made, nothing_is_lost))
    invariant = find_equations(made, Feasibility())
    asked = [0]

    def answer(leaving_open: int) -> Any:
        asked[0] = 0

        def ask(*given: Any) -> Any:
            asked[0] += 1
            return Answer.UNKNOWN if asked[0] == leaving_open else solver.ask(*given)

        monkeypatch.setattr(bounded, "ask", ask)
        return shortest(made, found, invariant, Feasibility())

    assert (answer(0).found.bytes, answer(0).least) == (1, True)
    outcomes = [answer(question) for question in range(1, asked[0] + 1)]
    assert all(each.found.bytes == 1 for each in outcomes if each.least)
    assert any(each.found.bytes == 2 for each in outcomes)


class Ticks(Model):
    """Counts, and nothing else can happen: one chain of steps, which never ends."""

    ticks: Count

    def begin(self) -> None:
        self.ticks = 0

    @action
    def tick(self) -> None:
        self.ticks += 1


@always
def few_ticks(now: Ticks) -> bool:
    """There are not very many."""
    return now.ticks < 10**9


@pytest.mark.parametrize("ruled_out", [DEEPEST - 2, 600])
def test_runs_of_hundreds_of_steps(ruled_out: int) -> None:
    """Python has no room for as many calls within calls as a long chain takes; the search ends before that."""
    made = extract(Ticks(), [few_ticks], Feasibility(), needed=frozenset())
    found = shortest(made, goals(made, few_ticks), find_equations(made), Feasibility(), ruled_out=ruled_out)

    assert (found.found, found.why) == (None, f"the limit of {DEEPEST} steps")
    assert found.depth == max(ruled_out, DEEPEST)
