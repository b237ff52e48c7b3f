"""The portfolio's report: every kind of verdict, limits, interrupts, exit status."""

import ctypes
import itertools
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable, something_is_released, the_pool_is_full
from spillproof.properties.catalogue import CLAIMS, NO_EXCEPTION
from spillproof.properties.claims import always, applicable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import OutOfTime
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.verdict import Holds, Never, NotFound, Proved, Report, Result, Unknown, Violated


class NeverReleases(Model):
    """Nothing that it grants comes back, so that there is no free memory to make a claim about."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def take(self, size: Bytes) -> None:
        self.used += size

    @action
    def never(self) -> None:
        require(self.used < 0)

    def accounted(self) -> Bytes:
        return self.used


def test_no_verdict_is_truthy() -> None:
    """A verdict used as a condition is false, whatever it says."""
    run = check(PoolThatForgetsToCheck()).violated()[0].verdict
    assert isinstance(run, Violated)

    assert not any([run, Never(""), Proved("", None), Holds(""), NotFound(""), Unknown("")])


def test_a_witness_that_cannot_be_is_never() -> None:
    """A claim with nothing to show for it is reported as vacuous, and so is an action that cannot be taken."""
    report = check(NeverReleases(), applicable(CLAIMS, NeverReleases))

    assert isinstance(report.of(something_is_released), Never)
    assert isinstance(report.of("never_is_taken"), Never)
    assert isinstance(report.of("take_is_taken"), Proved)
    assert report.exit_status() == 1


@pytest.mark.parametrize(("model", "status"), [
    (PoolThatForgetsToCheck(), 1),
    (PoolThatForgetsToCheck(checks=True), 0),
    (ReleaseThatForgetsAReference(), 1),
    (ReleaseThatForgetsAReference(forgets=False), 0),
    (Yardstick(forgets=Forgets.ALWAYS), 1),
])  # fmt: skip # a table
def test_exit_status(model: Model, status: int) -> None:
    """0 when all hold, 1 when something is violated."""
    assert check(model).exit_status() == status


class Deep(Model):
    """Broken only after 60 steps that count up to it, by quantities that no equation ties together."""

    height: Bytes
    width: Bytes

    def begin(self) -> None:
        self.height = 0
        self.width = 0

    @action
    def up(self) -> None:
        require(self.height <= self.width)
        self.height += 1

    @action
    def wider(self) -> None:
        require(self.width <= self.height)
        self.width += 1


@always
def is_low(now: Any) -> Any:
    """It is not high."""
    return now.height + now.width < 3000


def test_a_time_limit_gives_unknown_with_a_depth() -> None:
    """What was neither found nor proved in time is unknown, with the steps within which there is no violation."""
    report = check(Deep(), [is_low], witnesses=False, time_limit=1.5)
    verdict = report.of(is_low)
    assert isinstance(verdict, Unknown)

    assert 0 < verdict.depth < 3000
    assert report.exit_status() == 3


@pytest.mark.parametrize("what", [OutOfTime, KeyboardInterrupt])
def test_what_rings_between_two_engines_costs_no_verdict(
    what: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit, or an interrupt, may come in the line between the verdicts and their being challenged."""

    def rings(*_arguments: object) -> None:
        raise what

    monkeypatch.setitem(check.__globals__, "_challenge", rings)
    report = check(Yardstick())

    assert isinstance(report.of("no_exception"), Proved)
    assert report.interrupted is (what is KeyboardInterrupt)


@pytest.mark.parametrize(("bell", "call"), [("KeyboardInterrupt", 1), ("KeyboardInterrupt", 40), ("OutOfTime", 9)])
def test_what_rings_in_a_call_of_the_solver_is_no_error(monkeypatch: pytest.MonkeyPatch, bell: str, call: int) -> None:
    """What is raised while ctypes converts an argument is an `ArgumentError`; the check ends with what is known."""
    asked = Feasibility.ask
    calls = itertools.count(1)

    def ask(self: Feasibility, conditions: Any) -> Any:
        if next(calls) == call:
            message = f"argument 2: {bell}: "
            raise ctypes.ArgumentError(message)
        return asked(self, conditions)

    monkeypatch.setattr(Feasibility, "ask", ask)
    monkeypatch.setattr("spillproof.properties.engines.last_resort.LAST_RESORT", 0.3)
    report = check(Yardstick())

    assert next(calls) > call
    assert report.interrupted is (bell == "KeyboardInterrupt")
    assert any(isinstance(each.verdict, Unknown) for each in report.results)
    assert not any("defect" in getattr(each.verdict, "why", "") for each in report.results)


def test_an_interrupt_gives_what_is_known() -> None:
    """Ctrl-C leaves a verdict for every claim: those that were settled, and unknown for the others."""

    def interrupt(words: str) -> None:
        if "looking for a run" in words:
            raise KeyboardInterrupt

    report = check(Yardstick(), progress=interrupt)

    assert report.interrupted
    assert isinstance(report.of(free_is_unreachable), Proved)
    assert isinstance(report.of(something_is_released), Unknown)
    assert report.exit_status() == 3


def test_only_the_claims_that_were_selected() -> None:
    """Claims that were not asked have no verdict; neither have the witnesses beside them."""
    report = check(PoolThatForgetsToCheck(checks=True), [free_is_unreachable])
    names = [result.claim.name for result in report.results]

    assert names[0] == free_is_unreachable.name
    assert NO_EXCEPTION.name not in names
    assert the_pool_is_full.name not in names
    with pytest.raises(KeyError):
        report.of(NO_EXCEPTION)


def test_status_of_what_is_unknown() -> None:
    """3 when nothing is violated but something is unknown, 1 as soon as something is violated."""
    unknown = Result(NO_EXCEPTION, Unknown("no time"), "none", 0)
    violated = Result(NO_EXCEPTION, Never("all"), "none", 0)

    assert Report(NeverReleases(), [unknown]).exit_status() == 3
    assert Report(NeverReleases(), [unknown, violated]).exit_status() == 1
    assert Report(NeverReleases(), []).exit_status() == 3, "nothing was asked"


def test_assert_holds() -> None:
    """It says nothing when all holds, and names the claim that does not."""
    check(PoolThatForgetsToCheck(checks=True)).assert_holds()
    with pytest.raises(AssertionError, match="An acquired byte can be allocated"):
        check(PoolThatForgetsToCheck()).assert_holds()


class Buffer(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Counting(Model):
    """Counts comparisons, compares them with each other, and combines them, as one may with bools."""

    one: Bytes
    two: Bytes

    def begin(self) -> None:
        self.one = self.two = 0

    @action
    def grow(self, one: Bytes, two: Bytes) -> None:
        self.one, self.two = one, two

    @action
    def stop(self) -> None:
        if (self.one > 4) == (self.two > 4) and sum(each > 4 for each in (self.one, self.two)) == 2:
            raise ValueError("both")


def test_comparisons_may_be_counted_and_compared() -> None:
    """Both are more than 4 after one step with 5 and 5, and the next one raises."""
    verdict = check(Counting(), [NO_EXCEPTION]).of(NO_EXCEPTION)
    assert isinstance(verdict, Violated)

    assert [step.arguments for step in verdict.run.steps] == [(5, 5), ()]
