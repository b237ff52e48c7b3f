"""Equations are believed only where exact arithmetic confirms each step."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.model.quantity import Bytes, Condition, Is, Linear
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton, Edge, Move
from spillproof.properties.engines.check import check
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof.affine import affine_hulls
from spillproof.properties.engines.proof.exact import ONE, confirmed, reduced
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.run import Step
from spillproof.properties.engines.verdict import Proved, Violated


def automaton(model: Model) -> Automaton:
    """The automaton of a model for all claims about it."""
    return extract(model, applicable(CLAIMS, type(model)), Feasibility(), needed=frozenset())


def words(equations: list[list[Linear]]) -> list[list[tuple[object, ...]]]:
    """Equations as values that can be compared."""
    return [[(sorted(each.terms.items()), each.constant) for each in found] for found in equations]


@pytest.mark.parametrize("model", [PoolThatForgetsToCheck(checks=True), Yardstick(), Yardstick(consumers=1)])
def test_what_is_right_is_kept(model: Model) -> None:
    """The hulls of models with small numbers are exact, and all of them are confirmed."""
    made = automaton(model)
    hulls = affine_hulls(made)

    assert any(hulls)
    assert words(confirmed(made, hulls, Feasibility())) == words(hulls)


@pytest.mark.parametrize("wrong", [
    Linear({0: 1}, -1), Linear({0: 1}), Linear({0: 2}, -(1 << 64)), Linear({0: 1}, (1 << 127) - 2), Linear({}, 1),
])  # fmt: skip # a table
def test_what_is_wrong_is_dropped(wrong: Linear) -> None:
    """An equation that is planted into a reachable shape, where its first size takes many values, does not stay.

    Neither do those of other shapes that follow from it alone.
    """
    made = automaton(PoolThatForgetsToCheck(checks=True))
    right = affine_hulls(made)
    planted = [[*each, wrong] if made.shapes[shape].slots else each for shape, each in enumerate(right)]
    kept = confirmed(made, planted, Feasibility())

    assert words(kept) == words(right)


class Coin(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Large(Model):
    """Counts in steps that are larger than any prime that equations might be found by, but for the first of them."""

    used: Bytes

    def begin(self, power: int = 70) -> None:
        self.used = 0
        self.power = power
        self.coin: Coin | None = None

    @action
    def put(self) -> None:
        require(self.coin is None)
        self.coin = Coin()
        self.coin.size = 2**self.power
        self.used += 2**self.power

    @action
    def spoil(self) -> None:
        require(self.coin is not None and self.used > 5)
        assert self.coin is not None
        self.coin.size += 1

    def accounted(self) -> Bytes:
        return self.used


@pytest.mark.parametrize("power", [20, 57, 62, 70, 126, 127, 128, 521, 3000])
def test_large_numbers(power: int) -> None:
    """However large the numbers: what is put is spoiled in the second step, and each action is seen to be taken."""
    report = check(Large(power=power), [free_is_unreachable])
    verdict: Any = report.of(free_is_unreachable)

    assert isinstance(verdict, Violated)
    assert verdict.run.steps == (Step("put", ()), Step("spoil", ()))
    assert isinstance(report.of("spoil_is_taken"), Proved)


def test_what_follows_from_other_equations() -> None:
    """X + y is 2y where x is y, and nothing where x is -y; where 1 is 0, everything follows."""
    one = Fraction(1)
    both = {0: one, 1: one}

    assert reduced(both, {0: {0: one, 1: -one}}) == {1: Fraction(2)}
    assert reduced(both, {0: {0: one, 1: one}}) == {}
    assert reduced(both, {ONE: {ONE: one}}) == {}
    assert reduced(both, {2: {2: one}}) == both
    assert reduced(both, {0: both, 1: {1: one}}) == {}


@pytest.mark.parametrize(("holds", "kept"), [(Is.ZERO, 1), (Is.AT_LEAST_ZERO, 0), (Is.NOT_ZERO, 0)])
def test_what_a_guard_says_of_an_equation(holds: Is, kept: int) -> None:
    """That it is so where the guard is that equation: not where it may be more, or is anything else."""
    five = Linear({0: 1}, -5)
    edges: list[Any] = [Edge(0, -1, Move("begin", ()), (Condition(five, holds),), 0, (Linear({0: 1}),), 0, 1, ())]
    automaton: Any = SimpleNamespace(edges=edges, leaving={-1: edges, 0: []})

    assert [len(each) for each in confirmed(automaton, [[five]], Feasibility(), Limits())] == [kept]


@pytest.mark.parametrize(("size", "kept"), [(4, 0), (5, 1), (6, 0)])
def test_a_size_that_is_set(size: int, kept: int) -> None:
    """Where a step sets a size, an equation holds after it if it is true of what is set."""
    edges: list[Any] = [Edge(0, -1, Move("begin", ()), (), 0, (size,), 0, 0, ())]
    automaton: Any = SimpleNamespace(edges=edges, leaving={-1: edges, 0: []})

    assert [len(each) for each in confirmed(automaton, [[Linear({0: 1}, -5)]], Feasibility(), Limits())] == [kept]


def test_what_leads_out_of_where_no_run_comes() -> None:
    """Where 1 is 0 nobody is, and nothing follows from there; where anything else is 0 somebody may be."""
    leads: list[Any] = [Edge(0, 0, Move("go", ()), (), 1, (6,), 1, 1, ())]
    automaton: Any = SimpleNamespace(edges=leads, leaving={-1: [], 0: leads, 1: []})

    def kept(equation: Linear) -> list[int]:
        return [len(each) for each in confirmed(automaton, [[equation], [Linear({0: 1}, -5)]], Feasibility())]

    assert kept(Linear({}, 1)) == [1, 1]
    assert kept(Linear({0: 1})) == [1, 0]


@pytest.mark.parametrize("source", [0, 1])
@pytest.mark.parametrize(("equation", "least", "never"), [
    (Linear({0: 1}, -3), 5, True), (Linear({0: 1}, -3), 2, False),
    (Linear({0: 1, 1: 1}, -5), 6, True), (Linear({0: 1, 1: 1}, -5), 5, False),
])  # fmt: skip # a table
def test_what_is_never_taken_breaks_nothing(source: int, equation: Linear, least: int, *, never: bool) -> None:
    """Where a size is 3 it is not 5 or more; where two have 5 together, neither has 6, as no size is below 0."""
    guard = (Condition(Linear({0: 1}, -least), Is.AT_LEAST_ZERO),)
    edges: list[Any] = [Edge(0, source, Move("go", ()), guard, 2, (6,), 2, 2, ())]
    automaton: Any = SimpleNamespace(edges=edges, leaving={-1: [], 0: [], 1: [], 2: []} | {source: edges})
    candidates = [[equation] if shape == source else [] for shape in (0, 1)]

    assert len(confirmed(automaton, [*candidates, [Linear({0: 1}, -5)]], Feasibility())[2]) == (1 if never else 0)
