"""What the portfolio makes of its engines: failures cost one claim, goals stay in their world, limits lose nothing."""

import itertools
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable, something_is_released
from spillproof.properties.catalogue import NO_EXCEPTION, claims_about
from spillproof.properties.claims import always, sometimes
from spillproof.properties.engines import bounded, desk, portfolio, provers, smallest, violations, witnesses
from spillproof.properties.engines.automaton import goals
from spillproof.properties.engines.bounded import shortest
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.proof.certificate import Rejected, Unanswered, check_with_z3
from spillproof.properties.engines.proof.solver import Answer
from spillproof.properties.engines.proof.solver import ask as asked
from spillproof.properties.engines.verdict import Never, Proved, Report, Unknown, Violated

PARTS = (desk, portfolio, provers, violations, witnesses)
"""The modules that a portfolio is made of."""

DEEP = Yardstick(forgets=Forgets.AGAIN_WHEN_FULL)
"""Violates the chief claim in five steps."""


def words(report: Report) -> dict[str, str]:
    """The verdict on each claim in a word."""
    return {result.claim.name: result.verdict.word for result in report.results}


def plant(patch: pytest.MonkeyPatch, name: str, instead: Any) -> None:
    """Put something in the place of an engine, wherever the portfolio knows it."""
    known = [part for part in PARTS if hasattr(part, name)]
    assert known
    for part in known:
        patch.setattr(part, name, instead)


def fails(*_arguments: Any, **_named: Any) -> Any:
    """An engine with a defect."""
    return ().__getitem__(1)


# An engine that fails


@cache
def right_words() -> dict[str, str]:
    """The verdicts on `DEEP` when no engine fails."""
    return words(check(DEEP))


ENGINES = ["strengthen", "shortest", "invent", "certify", "check_with_z3", "concrete", "find_equations", "witnesses"]


@pytest.mark.parametrize(
    "engine", [*ENGINES[:2], *(pytest.param(each, marks=pytest.mark.thorough) for each in ENGINES[2:])]
)
def test_a_failure_never_ends_the_check(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever engine fails: each claim has a verdict, right or unknown; the unknown ones say who failed, and how."""
    expected = right_words()
    plant(monkeypatch, engine, fails)
    report = check(DEEP, time_limit=2)
    found = words(report)

    assert found.keys() >= {claim.name for claim in claims_about(Yardstick)[0]}
    for name, word in found.items():
        # Where it is not proved that no counter is negative, what is proved only holds so far.
        assert word in (expected[name], "unknown", "holds" if expected[name] == "proved" else "unknown"), name
    for result in report.results:
        if isinstance(result.verdict, Unknown) and "failed with" in result.verdict.why:
            assert "IndexError: tuple index out of range (test_portfolio.py:" in result.verdict.why
            assert "please report it" in result.verdict.why
            assert "\n" not in result.verdict.why


def test_a_failure_costs_its_own_claim() -> None:
    """The bounded engine fails at one claim: the others keep their verdicts, and something is unknown."""
    search = shortest

    def fails_at_one(automaton: Any, goals: Any, *arguments: Any, **named: Any) -> Any:
        if any(goal.edge is not None for goal in goals):
            return fails()
        return search(automaton, goals, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        plant(patch, "shortest", fails_at_one)
        report = check(PartialGrant(), [free_is_unreachable, NO_EXCEPTION], witnesses=False)

    assert isinstance(report.of(free_is_unreachable), Violated)
    assert isinstance(report.of(NO_EXCEPTION), Proved)


@pytest.mark.parametrize("engine", ["certify", "check_with_z3"])
def test_without_a_certificate_nothing_is_proved(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If certificates cannot be written or checked, no claim is proved: the status says that something is unknown."""
    plant(monkeypatch, engine, fails)
    report = check(PoolThatForgetsToCheck(checks=True), witnesses=False)

    assert set(words(report).values()) == {"unknown"}
    assert report.exit_status() == 3


def test_a_claim_whose_certificate_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with one claim's proof is not held against the others that the same invariant proves."""
    accept = check_with_z3

    def rejects_one(certificate: Any, *arguments: Any) -> int:
        if NO_EXCEPTION.name in certificate.claims:
            message = "planted"
            raise Rejected(message)
        return accept(certificate, *arguments)

    plant(monkeypatch, "check_with_z3", rejects_one)
    found = words(check(PoolThatForgetsToCheck(checks=True), witnesses=False))

    assert found.pop(NO_EXCEPTION.name) == "unknown"
    assert "unknown" not in found.values()


# A run that is none


def test_a_run_that_does_not_replay_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is unknown, and both sides are said; the other claims keep their verdicts; nothing is raised."""
    plant(monkeypatch, "false_at", lambda _claim, _moments: None)
    report = check(DEEP, witnesses=False)
    verdict = report.of(free_is_unreachable)

    assert isinstance(verdict, Unknown)
    assert "the engines disagree: on unknown sizes a run of 5 steps violates it (acquire(" in verdict.why
    assert "on integers the same steps do not" in verdict.why
    assert "please report it" in verdict.why
    assert "proved" in words(report).values()
    assert report.exit_status() == 3


def test_a_run_that_violates_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is false on integers after fewer steps is violated by these; that they are the shortest is not certified."""
    plant(monkeypatch, "false_at", lambda _claim, moments: len(moments) - 2)
    report = portfolio.Portfolio(DEEP, [free_is_unreachable], [], Limits()).run()
    verdict = report.of(free_is_unreachable)
    assert isinstance(verdict, Violated)

    assert len(verdict.run) == 4
    assert not verdict.minimal


# Worlds


class Leaf(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Cut(Model):
    """Forgets a leaf in the fourth step; and has two quantities that nothing depends on but its witnesses."""

    used: Bytes
    left: Count
    right: Count

    def begin(self) -> None:
        self.used = self.left = self.right = 0
        self.leaf: Leaf | None = None
        self.ripe = 0

    @action
    def grow(self, size: Bytes) -> None:
        require(self.leaf is None)
        self.leaf = Leaf()
        self.leaf.size = size
        self.used += size

    @action
    def ripen(self) -> None:
        require(self.ripe < 2)
        self.ripe += 1

    @action
    def count(self, left: Count, right: Count) -> None:
        self.left += left
        self.right += right

    @action
    def fall(self) -> None:
        require(self.leaf is not None and self.ripe == 2)
        self.used = 0

    def accounted(self) -> Bytes:
        return self.used


@always
def anything(now: Any) -> bool:
    """Always true."""
    return now is not None


@sometimes(beside=anything)
def both_are_counted(now: Any) -> bool:
    """Both quantities are large."""
    return bool(now.left > 3 and now.right > 3)


@sometimes(beside=anything)
def the_left_is_counted(now: Any) -> bool:
    """One quantity is large."""
    return bool(now.left > 5)


def test_a_witness_may_need_more_than_one_quantity() -> None:
    """Each that it asks for is put in, one after the other, and then it is seen."""
    report = check(Cut(), [free_is_unreachable, anything, both_are_counted, the_left_is_counted])

    assert isinstance(report.of(both_are_counted), Proved)
    assert isinstance(report.of(the_left_is_counted), Proved)


def test_a_claim_that_waits_keeps_its_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that was not settled before the automaton was made anew is judged with its own automaton's goals."""
    monkeypatch.setattr(portfolio, "FIRST_LOOK", 1)
    report = check(Cut(), [free_is_unreachable, anything, both_are_counted])
    verdict = report.of(free_is_unreachable)
    assert isinstance(verdict, Violated)

    assert len(verdict.run) == 4
    assert verdict.minimal
    assert isinstance(report.of(both_are_counted), Proved)


# Never


class Unreleased(Model):
    """Releases nothing."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def take(self, size: Bytes) -> None:
        self.used += size

    @action
    def give(self) -> None:
        require(self.used < 0)

    def accounted(self) -> Bytes:
        return self.used


def test_never_is_checked() -> None:
    """That no run shows a witness is confirmed as a proof is, and else it is unknown."""
    assert isinstance(check(Unreleased()).of(something_is_released), Never)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch, "check_unreachable", rejects)
        verdict = check(Unreleased()).of(something_is_released)

    assert isinstance(verdict, Unknown)
    assert verdict.why == "that no run makes it true was not confirmed: planted"


def rejects(*_arguments: Any, **_named: Any) -> int:
    """A checker that does not believe it."""
    message = "planted"
    raise Rejected(message)


class Overdrawn(Model):
    """Its second action can only be taken after a counter became negative, beyond which no engine looks."""

    left: Bytes

    def begin(self) -> None:
        self.left = 1

    @action
    def take(self, size: Bytes) -> None:
        self.left -= size

    @action
    def go_on(self) -> None:
        require(self.left < 0)


def test_never_is_not_said_beyond_negative_counters() -> None:
    """Where counters may be negative, that no run without shows a witness is not that none does."""
    verdict = check(Overdrawn()).of("go_on_is_taken")

    assert isinstance(verdict, Unknown)
    assert "in which no counter is negative" in verdict.why


# Answers that are not given


def unanswered(monkeypatch: pytest.MonkeyPatch, which: Callable[[int], bool]) -> None:
    """Let the bounded engine's solver not answer some of its questions, by number."""
    numbers = itertools.count(1)
    ask = asked
    monkeypatch.setattr(bounded, "ask", lambda *arguments: Answer.UNKNOWN if which(next(numbers)) else ask(*arguments))


def test_no_answer_at_all_certifies_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the solver answers nothing, nothing is found, and no number of steps is ruled out beyond the trivial ones.

    What is found at small sizes has as many steps as the nearest chain that leads there: it needs no solver.
    """
    unanswered(monkeypatch, lambda _number: True)
    verdict = check(DEEP, [free_is_unreachable], witnesses=False, engine="bounded", max_steps=6).of(free_is_unreachable)
    assert isinstance(verdict, Violated)
    assert (len(verdict.run), verdict.minimal) == (5, smallest.FEWEST_STEPS)

    monkeypatch.setattr(violations, "small_runs", lambda *_: {})
    verdict = check(DEEP, [free_is_unreachable], witnesses=False, engine="bounded", max_steps=6).of(free_is_unreachable)
    assert isinstance(verdict, Unknown)

    assert verdict.depth < 5
    assert "Z3 did not answer" in verdict.why


@pytest.mark.parametrize("seed", range(12))
def test_what_is_certified_is_true(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever questions are not answered: a depth is one within which there is no violation, and the shortest has 5
    steps, 2 objects and 3 bytes.
    """
    unanswered(monkeypatch, lambda number: (number * 2654435761 + seed * 40503) % 97 < 4 * (seed + 1))
    verdict = check(DEEP, [free_is_unreachable], witnesses=False, engine="bounded", max_steps=6).of(free_is_unreachable)

    if isinstance(verdict, Violated):
        assert not verdict.minimal or len(verdict.run) == 5
        assert verdict.minimal != smallest.MINIMAL or (verdict.objects, verdict.bytes) == (2, 3)
    else:
        assert isinstance(verdict, Unknown)
        assert verdict.depth < 5


# Limits


def test_what_is_known_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A violation that was found before the time was up is reported, though not as the least."""
    monkeypatch.setattr(portfolio, "FIRST_LOOK", 10_000)

    def out_of_time(*_arguments: Any, **_named: Any) -> Any:
        raise OutOfTime

    monkeypatch.setattr(bounded._Search, "minimise", out_of_time)
    verdict = check(DEEP, [free_is_unreachable], witnesses=False).of(free_is_unreachable)
    assert isinstance(verdict, Violated)

    assert len(verdict.run) == 5
    assert verdict.minimal == smallest.FEWEST_STEPS


@pytest.mark.parametrize("seconds", [0.05, 0.5, 1.0])
def test_a_check_ends_in_time(seconds: float) -> None:
    """Whatever it is doing, a check ends soon after its time, with a verdict on each claim."""
    started = time.process_time()
    report = check(Yardstick(consumers=4), time_limit=seconds)

    assert time.process_time() - started < seconds * 1.05 + 1
    assert {result.claim for result in report.results} >= set(claims_about(Yardstick)[0])


def test_the_time_is_up_while_a_certificate_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is proved, and that is why."""

    def out_of_time(*_arguments: Any) -> int:
        raise OutOfTime

    plant(monkeypatch, "check_with_z3", out_of_time)
    report = check(PoolThatForgetsToCheck(checks=True), witnesses=False)

    assert {getattr(result.verdict, "why", "") for result in report.results} == {provers.NOT_CHECKED}


def test_limits() -> None:
    """A limit within another is never later, and what is left is never negative."""
    limits = Limits(time.monotonic() + 10)

    assert 0 < limits.within(1).left() <= 1
    assert 1 < limits.within(100).left() <= 10
    assert Limits(time.monotonic() - 5).left() == 0


# The second solver


def certified(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., int]) -> Report:
    """A check that asks cvc5 as well, which answers so."""
    plant(monkeypatch, "check_with_cvc5", answer)
    return check(PoolThatForgetsToCheck(checks=True), witnesses=False, certify=True)


def test_two_solvers_confirm() -> None:
    """With `certify`, every proof was confirmed by both."""
    report = check(PoolThatForgetsToCheck(checks=True), witnesses=False, certify=True)

    assert {result.verdict.confirmed_by for result in report.results if isinstance(result.verdict, Proved)} == {
        ("Z3", "cvc5")
    }


def test_cvc5_contradicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then nothing is proved, and both are named."""
    report = certified(monkeypatch, rejects)

    for result in report.results:
        assert isinstance(result.verdict, Unknown)
        assert "Z3 confirms it, and cvc5 does not: planted" in result.verdict.why


def test_cvc5_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the proof stands, confirmed by Z3, and it is said that cvc5 did not answer."""

    def silent(*_arguments: Any) -> int:
        message = "cvc5 had no more time"
        raise Unanswered(message)

    report = certified(monkeypatch, silent)

    for result in report.results:
        assert isinstance(result.verdict, Proved)
        assert result.verdict.confirmed_by == ("Z3",)
        assert result.verdict.remark == "cvc5 did not answer: cvc5 had no more time"


# Worlds beside


class Counted(Model):
    """Counts twice what was ever taken; nothing but witnesses asks for the counts."""

    capacity: Bytes
    used: Bytes
    taken: Bytes
    again: Bytes

    def begin(self, capacity: Bytes) -> None:
        self.capacity = capacity
        self.used = self.taken = self.again = 0

    @action
    def take(self, size: Bytes) -> None:
        """Take what there is room for."""
        require(self.used + size <= self.capacity)
        self.used += size
        self.taken += size
        self.again += size

    @action
    def give_back(self) -> None:
        """Give all back."""
        require(self.used > 0)
        self.used = 0


@always
def it_fits(now: Counted) -> bool:
    """No more is used than there is."""
    return now.used <= now.capacity


@sometimes(beside=it_fits)
def more_was_taken_than_there_is(now: Counted) -> bool:
    """What was given back is taken again."""
    return now.taken > now.capacity


@sometimes(beside=it_fits)
def much_was_taken_again(now: Counted) -> bool:
    """The other count grows as well."""
    return now.again > 2 * now.capacity


@always
def all_of_it_is_used(now: Counted) -> bool:
    """Likewise; the witness beside it is one that no run shows."""
    return now.used <= now.capacity


@sometimes(beside=all_of_it_is_used)
def more_is_used_than_was_taken(now: Counted) -> bool:
    """Never: what is used was taken."""
    return now.used > now.taken


def worlds_of(patch: pytest.MonkeyPatch, claim: Any) -> tuple[Report, list[frozenset[Any]]]:
    """Check `Counted`, and return for each world that was made the quantities that it leaves out."""
    made: list[frozenset[Any]] = []
    real = desk.Desk.world_of

    def noted(self: Any, automaton: Any, *given: Any, **named: Any) -> Any:
        made.append(automaton.sliced)
        return real(self, automaton, *given, **named)

    patch.setattr(desk.Desk, "world_of", noted)
    return check(Counted(), [claim]), made


def test_witnesses_share_a_world_with_all_their_quantities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two witnesses ask for a quantity each that nothing else does: beside the first world there is one more."""
    report, made = worlds_of(monkeypatch, it_fits)

    assert isinstance(report.of("much_was_taken_again"), Proved)
    assert isinstance(report.of("more_was_taken_than_there_is"), Proved)
    assert len(made) == 2
    assert {(Counted, "taken"), (Counted, "again")} == made[0] - made[1]


def test_what_never_rests_on_is_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a world beside, in which runs are found, nothing need be compared, as they are replayed; where it says that
    there is none, all of it is.
    """
    seen, _ = worlds_of(monkeypatch, it_fits)
    never, _ = worlds_of(monkeypatch, all_of_it_is_used)
    assert isinstance(never.of("more_is_used_than_was_taken"), Never)
    assert seen.validated is not None
    assert never.validated is not None

    assert seen.validated.of_edges < never.validated.edges == never.validated.of_edges


def test_a_witness_that_fails_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that fails where it is only asked what a witness needs loses no verdict on the others."""
    real = goals.witnesses

    def failing(automaton: Any, claim: Any) -> Any:
        return fails() if claim.name == "much_was_taken_again" else real(automaton, claim)

    monkeypatch.setattr(witnesses, "witnesses", failing)
    report = check(Counted(), [it_fits])

    assert isinstance(report.of("it_fits"), Proved)
    assert isinstance(report.of("more_was_taken_than_there_is"), Proved)
    assert isinstance(report.of("much_was_taken_again"), Unknown)
