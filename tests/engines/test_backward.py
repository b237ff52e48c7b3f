"""What guesses need of the states before, and when Spacer is asked: not where a run was found, or a guess will do."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.catalogue import find
from spillproof.model.quantity import Condition, Count, Is, Linear
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.engines import portfolio, provers
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.linear import holds
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.verdict import Proved, Violated
from tests.engines.test_affine import MODELS, automaton, reached
from tests.engines.test_portfolio import Cut


class Debts(Model):
    """Owes one for each record that is read, and may owe more; records are written first and read afterwards."""

    records: Count
    owed: Count

    def begin(self) -> None:
        self.records = self.owed = 0
        self.is_read = False

    @action
    def write(self, number: Count, gift: Count) -> None:
        require(not self.is_read)
        self.records += number
        self.owed += number + gift

    @action
    def open(self) -> None:
        require(not self.is_read)
        self.is_read = True

    @action
    def read(self) -> None:
        require(self.is_read and self.records > 0)
        self.records -= 1
        self.owed -= 1


def test_conditions_that_contradict_one_another() -> None:
    """No state is in a shape of which it is known that a size is 0 and at least 1: so nothing is false there.

    Not even what is about other sizes. A shape with conditions that can be met stays as it is.
    """
    size, other = Linear({0: 1}), Linear({1: 1})
    positive = Condition(size - 1, Is.AT_LEAST_ZERO)
    found = Invariant([[size], [other]], [[positive], [positive]])
    wrong = Goal(0, (Condition(other - 5, Is.AT_LEAST_ZERO),))

    assert not found.refutes(wrong, Feasibility())
    assert found.simplified().refutes(wrong, Feasibility())
    assert found.simplified().unreachable == {0}
    assert str(found.simplified().conditions(1)) == str(found.conditions(1))


def refuse(*_: Any, **__: Any) -> Any:
    """Raise: this was not to be asked."""
    raise AssertionError("Spacer was asked")


def test_what_a_guess_needs() -> None:
    """That less is never owed than is there to read has to be true while records are written: so it is guessed there.

    The conditions of a goal alone (nothing is owed, there is a record) do not say it; what they add up to does.
    """
    made, feasible = extract(Debts(), [NEVER_NEGATIVE], Feasibility()), Feasibility()
    wanted = goals(made, NEVER_NEGATIVE)
    known = find_equations(made)
    left = [goal for goal in wanted if not known.refutes(goal, feasible)]
    assert left

    narrow = strengthen(made, known, left, feasible, widely=False)
    assert not all(narrow.refutes(goal, feasible) for goal in left)
    stronger = strengthen(made, known, left, feasible, widely=False, backward=True)
    assert all(stronger.refutes(goal, feasible) for goal in left)


@pytest.mark.parametrize("model", [*MODELS, Debts()], ids=repr)
def test_every_inequality_holds_in_every_state(model: Model) -> None:
    """Nothing that is kept is false in a state that a run comes to, whether the claim holds or not."""
    made = automaton(model)
    wanted = [*goals(made, free_is_unreachable)] if hasattr(model, "accounted") else []
    found = strengthen(
        made, find_equations(made), [*wanted, *goals(made, NEVER_NEGATIVE)], Feasibility(), widely=False, backward=True
    )
    assert all(holds(each, sizes) for shape, sizes in reached(made) for each in found.conditions(shape))


def test_spacer_is_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a guess will do Spacer is not asked, and the certificate is accepted as any other."""
    monkeypatch.setattr(provers, "invent", refuse)
    verdict = check(Debts(), [NEVER_NEGATIVE], witnesses=False, time_limit=None).results[0].verdict
    assert isinstance(verdict, Proved)
    assert verdict.confirmed_by == ("Z3",)


def test_a_longer_look_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what is violated beyond the first look Spacer is not asked either, and the run is the shortest as before."""
    monkeypatch.setattr(portfolio, "FIRST_LOOK", 1)
    monkeypatch.setattr(provers, "invent", refuse)
    verdict = check(Cut(), [free_is_unreachable], witnesses=False, time_limit=None).of(free_is_unreachable)
    assert isinstance(verdict, Violated)
    assert (len(verdict.run), bool(verdict.minimal)) == (4, True)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["spark@2.3.4+keep-nothing", "spark:requests@1.6.3", "spark@1.6.2"])
def test_releases(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The entries that took longest need neither Spacer nor guesses about every pair of sizes."""
    monkeypatch.setattr(provers, "invent", refuse)
    report = check(find(name).build(), time_limit=None)
    assert {each.verdict.word for each in report.results} == {"proved", "violated"}
    assert all(each.verdict.minimal for each in report.results if isinstance(each.verdict, Violated))
