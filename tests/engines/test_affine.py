"""Equations and inequalities that hold at each shape, against every state that enumeration finds."""

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.quantity import Bytes, Condition, Is, Linear
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import always, applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.shapes import Automaton, Edge, Move
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof import houdini
from spillproof.properties.engines.proof.affine import _Hulls, affine_hulls
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.invariant import find_equations
from spillproof.properties.engines.proof.solver import Answer, Feasibility, Point
from spillproof.properties.engines.proof.spacer import invent

MODELS = [
    PoolThatForgetsToCheck(),
    PoolThatForgetsToCheck(checks=True),
    PartialGrant(),
    PartialGrant(looks=True),
    ReleaseThatForgetsAReference(),
    Yardstick(consumers=1),
    Yardstick(consumers=1, forgets=Forgets.ALWAYS),
]

LARGEST, MOST = 4, 3000
State = tuple[int, tuple[int, ...]]


def automaton(model: Model) -> Automaton:
    """The automaton of a model for all claims about it, nothing sliced away but what may be."""
    return extract(model, applicable(CLAIMS, type(model)), Feasibility(), needed=frozenset())


def reached(made: Automaton) -> set[State]:
    """Every state that runs with small sizes come to, by nothing but evaluation; no more than `MOST`."""
    seen: set[State] = set()
    waiting: list[State] = [(-1, ())]
    while waiting and len(seen) < MOST:
        shape, sizes = waiting.pop(0)
        for edge in made.leaving[shape]:
            for more in points(edge.symbols - edge.width):
                values = [*sizes, *more]
                if edge.target >= 0 and all(holds(each, values) for each in edge.guard):
                    after = (edge.target, tuple(evaluate(each, values) for each in edge.update))
                    if after not in seen and min(after[1], default=0) >= 0:
                        seen.add(after)
                        waiting.append(after)
    return seen


def points(count: int) -> list[tuple[int, ...]]:
    """All points of small numbers."""
    return [()] if count == 0 else [(*rest, each) for rest in points(count - 1) for each in range(LARGEST)]


@pytest.mark.parametrize("model", MODELS)
def test_every_equation_holds_in_every_state(model: Model) -> None:
    """No state that a run comes to is outside of the hull of its shape."""
    made = automaton(model)
    hulls = affine_hulls(made)

    assert {shape for shape, _ in reached(made)} == set(range(len(made.shapes)))
    assert all(evaluate(each, sizes) == 0 for shape, sizes in reached(made) for each in hulls[shape])


@pytest.mark.parametrize("model", MODELS)
def test_every_inequality_holds_in_every_state(model: Model) -> None:
    """Nothing that Houdini keeps is false in a state that a run comes to."""
    made = automaton(model)
    feasible = Feasibility()
    found = strengthen(made, find_equations(made), goals(made, free_is_unreachable), feasible, widely=True)

    assert all(holds(each, sizes) for shape, sizes in reached(made) for each in found.conditions(shape))


@pytest.mark.parametrize("model", MODELS, ids=repr)
@pytest.mark.parametrize("answers", [{}, {"ask": lambda _point: Answer.UNKNOWN}], ids=["known", "unknown"])
def test_guesses_are_dropped_together_as_alone(
    model: Model, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a solver is asked about all guesses of an edge at once, or about each; and where it does not know.

    No runs drop the false ones before.
    """
    made = automaton(model)
    monkeypatch.setattr(houdini, "_samples", lambda *_: {})

    def kept(one_by_one: int) -> list[set[object]]:
        monkeypatch.setattr(houdini, "ONE_BY_ONE", one_by_one)
        invariant = strengthen(made, find_equations(made), [], Feasibility(), widely=True)
        return [{each.key() for each in some} for some in invariant.further]

    alone = kept(1_000)
    for name, instead in answers.items():
        monkeypatch.setattr(Point, name, instead)
    assert kept(0) == alone
    assert any(alone)


def names(made: Automaton, shape: int, equation: Linear) -> dict[str, int]:
    """The factors of an equation, by the names of the sizes."""
    return {made.shapes[shape].slots[symbol].where: factor for symbol, factor in equation.terms.items()}


def test_a_pool_accounts_for_its_buffer() -> None:
    """What is used is the buffer's size: the one equation where it is not empty."""
    made = automaton(PoolThatForgetsToCheck(checks=True))
    (equation,) = affine_hulls(made)[1]
    named = names(made, 1, equation)

    assert equation.constant == 0
    assert named.keys() == {"used", "buffer.size"}
    assert sum(named.values()) == 0


class Tied(Model):
    """Twice the one and three times the other are kept together, with a constant."""

    one: Bytes
    two: Bytes

    def begin(self) -> None:
        self.one, self.two = 1, 5

    @action
    def grow(self, size: Bytes) -> None:
        self.one += 3 * size
        self.two += 2 * size

    @action
    def shrink(self) -> None:
        require(self.one > 3)
        self.one -= 3
        self.two -= 2


def test_an_equation_with_factors_and_a_constant() -> None:
    """From (1, 5) along (3, 2): 2 × one - 3 × two + 13 = 0 is the one equation."""
    made = extract(Tied(), (), Feasibility())
    ((equation,),) = affine_hulls(made)
    factors = names(made, 0, equation)
    sign = 1 if factors["one"] > 0 else -1

    assert {name: sign * factor for name, factor in factors.items()} == {"one": 2, "two": -3}
    assert sign * equation.constant == 13


class Leapfrog(Model):
    """Its good twin keeps low below high by an inequality that no equation and no guess about sizes alone gives."""

    low: Bytes
    high: Bytes

    def begin(self) -> None:
        self.low, self.high = 1, 9
        self.up = True

    @action
    def raise_high(self, size: Bytes) -> None:
        self.high += size

    @action
    def raise_low(self, size: Bytes) -> None:
        require(self.low + size < self.high)
        self.low += size


def below(now: Any) -> Any:
    """Low is below high."""
    return now.low < now.high


def test_spacer_invents_what_it_is_asked_for() -> None:
    """What Spacer invents holds in every state that a run comes to, and denies each goal."""
    import z3

    from spillproof.properties.engines.proof.solver import formula, naturals, unknown

    claim = always(below)
    made = extract(Leapfrog(), [claim], Feasibility(), needed=frozenset())
    asked = goals(made, claim)
    found = invent(made, asked).formulas
    assert found is not None

    for shape, sizes in reached(made):
        put = [(unknown(place), z3.IntVal(size)) for place, size in enumerate(sizes)]
        assert z3.is_true(z3.simplify(z3.substitute(found[shape], *put)))
    for goal in asked:
        solver = z3.Solver()
        solver.add(found[goal.shape], *naturals(goal.conditions()), *map(formula, goal.conditions()))
        assert solver.check() == z3.unsat


class Unreached(Model):
    """Its second place could be reached only from a counter below 0."""

    free: Bytes

    def begin(self) -> None:
        self.free = 0
        self.broken = False

    @action
    def take(self, size: Bytes) -> None:
        require(self.free == 0)
        self.free -= size

    @action
    def use(self) -> None:
        require(self.free > 0)
        self.broken = True


def unbroken(now: Any) -> bool:
    """It is not broken."""
    return not now.broken


def test_spacer_says_which_shapes_no_run_reaches() -> None:
    """A relation that Spacer eliminated before it began still gets its formula: `false` where no run comes."""
    import z3

    made = extract(Unreached(), [always(unbroken)], Feasibility(), needed=frozenset())
    found = invent(made, goals(made, made.claims[0])).formulas
    broken = [shape.index for shape in made.shapes if shape.state.broken]
    assert found is not None

    assert broken
    assert all(z3.is_false(found[index]) for index in broken)


class Filled(Model):
    """A dead end with more sizes than any step is taken from."""

    one: Bytes
    other: Bytes

    def begin(self) -> None:
        self.one = self.other = 0
        self.is_full = False

    @action
    def fill(self, size: Bytes) -> None:
        require(not self.is_full)
        self.is_full = True
        self.one = self.other = size


def test_spacer_is_asked_about_a_dead_end() -> None:
    """Every size of a shape is known to it, even where no step goes on from there."""

    def alike(now: Filled) -> bool:
        return now.one == now.other

    claim = always(alike)
    made = extract(Filled(), [claim], Feasibility(), needed=frozenset())

    assert invent(made, goals(made, claim)).formulas is not None


def test_spacer_stops_where_its_effort_is_spent() -> None:
    """What it invents with any effort it does not with none, and says so."""
    claim = always(below)
    made = extract(Leapfrog(), [claim], Feasibility(), needed=frozenset())
    found = invent(made, goals(made, claim), effort=1)

    assert (found.formulas, found.why[:6]) == (None, "Spacer")


def test_a_step_that_no_point_shows() -> None:
    """Where a size counts up from 0, it is 2 as well, though 0 and 1 say all about the line that it is on."""
    is_two = (Condition(Linear({0: 1}, -2), Is.ZERO),)
    edges: list[Any] = [
        Edge(0, -1, Move("begin", ()), (), 0, (0,), 0, 0, ()),
        Edge(1, 0, Move("count", ()), (), 0, (Linear({0: 1}, 1),), 1, 1, ()),
        Edge(2, 0, Move("at two", ()), is_two, 1, (Linear({0: 1}, 3),), 1, 1, ()),
    ]
    shapes = [SimpleNamespace(slots=["a"]), SimpleNamespace(slots=["a"])]
    leaving = {source: [each for each in edges if each.source == source] for source in (-1, 0, 1)}
    counting: Any = SimpleNamespace(edges=edges, leaving=leaving, shapes=shapes)

    of_count, of_two = _Hulls(counting, 8191, Limits()).run()
    assert of_count == []
    assert [(each.terms[0] * 5 + each.constant) % 8191 for each in of_two] == [0]


def test_a_step_from_a_single_point_that_an_equation_gives() -> None:
    """A size that begins as 5, whatever is given, is 8 after 3 more, though that point is known up to a factor only."""
    is_five = (Condition(Linear({0: 1}, -5), Is.ZERO),)
    edges: list[Any] = [
        Edge(0, -1, Move("begin", ()), is_five, 0, (Linear({0: 1}),), 0, 1, ()),
        Edge(1, 0, Move("add", ()), (), 1, (Linear({0: 1}, 3),), 1, 1, ()),
    ]
    shapes = [SimpleNamespace(slots=["a"]), SimpleNamespace(slots=["a"])]
    adding: Any = SimpleNamespace(edges=edges, leaving={-1: edges[:1], 0: edges[1:], 1: []}, shapes=shapes)

    (of_begin,), (of_add,) = _Hulls(adding, 8191, Limits()).run()
    assert (of_begin.terms[0] * 5 + of_begin.constant) % 8191 == 0
    assert (of_add.terms[0] * 8 + of_add.constant) % 8191 == 0
