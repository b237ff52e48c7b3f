"""What is made of invariants that are found: which claims they settle, and who confirmed them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.engines import provers
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.proof.certificate import Rejected, Unanswered
from spillproof.properties.engines.provers import Confirmation, Proofs, Provers
from spillproof.properties.engines.verdict import Holds, Unknown

fake: Any = SimpleNamespace
WORLD = fake(automaton="automaton", invariant="invariant")


def claim(name: str) -> Any:
    """A claim that is open, which may be false in one way of its name."""
    return fake(claim=fake(name=name), left=[name], world=WORLD, seconds=0.0, failure="")


def prover(**more: Any) -> Any:
    """What proves, and keeps what it was to confirm."""
    self = fake(proves=True, limits=Limits(), confirmed=[], feasible=None, **more)
    self.confirm = self.confirmed.append
    return self


@pytest.mark.parametrize(
    ("denied", "confirmed", "left"),
    [("", [], "ab"), ("a", ["a"], "b"), ("ac", ["a", "c"], "b"), ("c", [], "ab"), ("abc", ["a", "b", "c"], "")],
)
def test_claims_that_are_their_own_reason(
    denied: str, confirmed: list[str], left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are tried together; those that are settled go into one certificate, if anybody asked for one of them."""
    asked: list[Any] = []

    def inductive(*given: Any) -> Any:
        asked.append(given[:3])
        return fake(denies=lambda goals: goals[0] in denied, formulas="formulas")

    monkeypatch.setattr(provers, "inductive", inductive)
    a, b, c = map(claim, "abc")
    self = prover()
    found = Provers.induct(self, [a, b], [c])

    assert asked == [("automaton", ["a", "b", "c"], "invariant")]
    assert [each.claim.name for each in found] == [*left]
    assert [[each.claim.name for each in proofs.pending] for proofs in self.confirmed] == [confirmed] * bool(confirmed)
    assert all((each.world, each.invented) == (WORLD, "formulas") for each in self.confirmed)
    assert [each.failure for each in (a, b, c)] == [""] * 3


def test_who_does_not_prove_guesses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor where nothing is open."""
    for name in ("inductive", "strengthen"):
        monkeypatch.setattr(provers, name, lambda *_, **__: pytest.fail("it was tried"))
    self, proofs, pending = prover(), Proofs(WORLD), [claim("a")]
    for proves, some in ((False, pending), (True, [])):
        self.proves = proves
        assert Provers.induct(self, some, []) is some
        assert Provers.guess(self, some, proofs) is some


@pytest.mark.parametrize(("late", "settled"), [(False, "ac"), (False, ""), (True, "")])
def test_inequalities_that_settle_claims(settled: str, monkeypatch: pytest.MonkeyPatch, *, late: bool) -> None:
    """Then they are part of the world, and those claims are to be confirmed; in time, or all stay open."""
    asked: list[Any] = []

    def strengthen(*given: Any, **more: Any) -> str:
        asked.append((given[:3], more["widely"], more["backward"]))
        if late:
            raise OutOfTime
        return "stronger"

    monkeypatch.setattr(provers, "strengthen", strengthen)
    remaining = lambda left, _: [] if left[0] in settled else left  # noqa: E731 - as it is called
    world = fake(automaton="automaton", invariant="invariant", remaining=remaining, with_=lambda found: f"with {found}")
    pending, proofs = [*map(claim, "abc")], Proofs(world)
    found = Provers.guess(prover(), pending, proofs, widely=True)

    assert asked == [(("automaton", "invariant", ["a", "b", "c"]), True, False)]
    assert [each.claim.name for each in found] == [each for each in "abc" if each not in settled]
    assert [each.claim.name for each in proofs.pending] == [*settled]
    assert proofs.world == ("with stronger" if settled else world)
    assert [each.failure for each in pending] == [""] * 3


@pytest.mark.parametrize(
    ("answer", "solvers", "remark"),
    [
        (None, ("Z3", "cvc5"), ""),
        (Unanswered("too hard"), ("Z3",), "cvc5 did not answer: too hard"),
        (OutOfTime(), ("Z3",), "cvc5 did not answer: the time was up"),
    ],
)
def test_who_confirmed(answer: BaseException | None, solvers: tuple[str, ...], remark: str) -> None:
    """The second solver as well, if it answered; and nobody asks it unless that is wanted."""

    def check() -> int:
        if answer is not None:
            raise answer
        return 1

    found = Provers.second(prover(certifies=True), check)
    assert (found.solvers, found.remark) == (solvers, remark)
    assert Provers.second(prover(certifies=False), lambda: pytest.fail("it was asked")) == Confirmation(("Z3",))


def test_solvers_that_contradict_each_other() -> None:
    """That is no proof, and to be reported."""

    def check() -> int:
        raise Rejected("it is false")

    with pytest.raises(Rejected, match="Z3 confirms it, and cvc5 does not: it is false; one of them is wrong"):
        Provers.second(prover(certifies=True), check)


@pytest.mark.parametrize(
    ("open_", "holds", "negative"),
    [
        (None, False, False),
        ([], False, False),
        (["goal"], False, True),
        (OutOfTime(), False, True),
        (["goal"], True, False),
    ],
)
def test_whether_a_counter_may_be_negative(open_: Any, *, holds: bool, negative: bool) -> None:
    """If some step may make it so, or there was no time to see; not where that was ruled out, or no step is known."""

    def asked(_: Any) -> Any:
        if isinstance(open_, BaseException):
            raise open_
        return open_

    results = [fake(claim="other", verdict=Holds("here") if not holds else Unknown("why"))]
    results += [fake(claim=NEVER_NEGATIVE, verdict=Holds("here") if holds else Unknown("why"))]
    self: Any = SimpleNamespace(report=SimpleNamespace(results=results))
    if open_ is not None:
        self.world = SimpleNamespace(open=asked)

    assert Portfolio.may_be_negative(self) is negative
