"""The shortest run of automata that are written out by hand, compared with all runs on small numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Linear
from spillproof.properties.engines import bounded
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.shapes import Divided, Edge, Move
from spillproof.properties.engines.bounded import EFFORT_SPENT, NOWHERE_NEAR, THE_TIME_WAS_UP, Searched, shortest
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.proof import solver
from spillproof.properties.engines.proof.solver import Answer
from tests.engines.conditions import least, zero

Q0, Q1, Q2 = (Linear({symbol: 1}) for symbol in range(3))


Way = tuple[int, int, int, tuple[Condition, ...], tuple[Any, ...]]
"""From which shape an edge leads to which, how many sizes its arguments have, its guard, and the sizes there."""


def automaton(ways: list[Way], shapes: list[tuple[int, int]], *, negative: bool = False) -> Any:
    """An automaton of edges, between shapes with so many sizes and objects."""
    edges = []
    for index, (source, target, given, guard, update) in enumerate(ways):
        width = shapes[source][0] if source >= 0 else 0
        edge = Edge(
            index, source, Move("go", ()), guard, target, update, width, width + given, (*range(width, width + given),)
        )
        edge.negative = [()] if negative else []
        edges.append(edge)
    leaving = {source: [each for each in edges if each.source == source] for source in range(-1, len(shapes))}
    parts = [
        SimpleNamespace(objects=["model", *(object.__new__(HeapObject) for _ in range(many))]) for _, many in shapes
    ]
    return SimpleNamespace(edges=edges, shapes=parts, leaving=leaving, steps=None)


BEGIN: Way = (-1, 0, 1, (), (Q0,))
LITTLE: Way = (-1, 0, 1, (least(-Q0 + 2),), (Q0,))

CASES: dict[str, tuple[Any, Any]] = {
    "at the beginning": (automaton([BEGIN], [(1, 0)]), [(0, (least(Q0 - 2),), None)]),
    "what has fewer objects": (
        automaton([BEGIN, (0, 1, 0, (least(Q0 - 1),), (Q0,)), (0, 2, 0, (least(Q0 - 2),), (Q0,))],
                  [(1, 0), (1, 1), (1, 0)]),
        [(1, (), None), (2, (), None)],
    ),
    "what has fewer bytes": (
        automaton([BEGIN, (0, 1, 0, (least(Q0 - 3),), (Q0,)), (0, 1, 0, (least(Q0 - 2),), (Q0,))], [(1, 0), (1, 1)]),
        [(1, (), None)],
    ),
    "what comes first": (
        automaton([BEGIN, (0, 1, 0, (least(Q0 - 2),), (Q0 + 1,)), (0, 1, 0, (least(Q0 - 2),), (Q0,))],
                  [(1, 0), (1, 1)]),
        [(1, (), None)],
    ),
    "the least sizes from the left": (
        automaton([(-1, 0, 2, (), (Q0 + Q1,)), (0, 1, 1, (zero(Q0 + Q1 - 4),), ())], [(1, 0), (0, 0)]),
        [(1, (), None)],
    ),
    "not what is nearest": (
        automaton([LITTLE, (0, 1, 0, (least(Q0 - 7),), ()), (0, 0, 0, (), (Q0 * 4,))], [(1, 0), (0, 0)]),
        [(1, (), None)],
    ),
    "what raises": (
        automaton([BEGIN, (0, -1, 1, (least(Q0 - Q1 - 1),), ()), (0, 0, 0, (), (Q0 + 1,))], [(1, 2)]),
        [(0, (least(Q1 - 2),), 1)],
    ),
    "a step": (
        automaton([BEGIN, (0, 1, 1, (), (Q1,)), (1, 0, 1, (least(Q0 - Q1 - 2),), (Q1,))], [(1, 0), (1, 1)]),
        [(1, (least(Q1 - 1),), 2)],
    ),
    "what begins": (automaton([(-1, 0, 1, (least(Q0 - 1),), (Q0,))], [(1, 0)]), [(-1, (least(Q0 - 3),), 0)]),
    "a quotient": (
        automaton([BEGIN, (0, 1, 1, (), (Q0 + Q1, Q1))], [(1, 0), (2, 0)]),
        [(1, Divided((zero(Q0 - Q2 * 2 - 1), least(Q2 - 1)), ((2, Q0, 2),)), None)],
    ),
    "shapes without sizes": (
        automaton(
            [(-1, 0, 0, (), ()), (0, 1, 0, (), ()), (1, 0, 0, (), ()), (1, 2, 1, (), (Q0,)),
             (2, 3, 1, (zero(Q0 - Q1 - 2),), (Q1,)), (3, 2, 0, (least(-Q0 - 1),), (0,))],
            [(0, 0), (0, 1), (1, 0), (1, 3)],
        ),
        [(3, (least(Q0 - 1),), None)],
    ),
    "what has fewer objects, further on": (
        automaton([(-1, 0, 0, (), ()), (0, 1, 0, (), ()), (1, 2, 0, (), ()), (0, 3, 0, (), ()), (3, 4, 0, (), ())],
                  [(0, 0), (0, 0), (0, 1), (0, 0), (0, 0)]),
        [(2, (), None), (4, (), None)],
    ),
    "no counter below 0": (
        automaton([BEGIN, (0, 1, 0, (), (Q0 - 3,)), (1, 2, 0, (), (Q0 + 3,))], [(1, 0), (1, 0), (1, 0)], negative=True),
        [(2, (), None)],
    ),
    "not at its end either": (
        automaton([BEGIN, (0, 1, 0, (), (Q0 - 3,))], [(1, 0), (1, 0)], negative=True), [(1, (), None)],
    ),
}  # fmt: skip # a table


def case(name: str) -> tuple[Any, list[Goal]]:
    """An automaton, and its goals."""
    made, goals = CASES[name]
    return made, [Goal(shape, also, None if edge is None else made.edges[edge]) for shape, also, edge in goals]


def runs(made: Any, steps: int) -> Iterator[tuple[list[Edge], list[int], list[int], list[int]]]:
    """Every run of so many steps on small numbers: its edges, its inputs, the last edge's unknowns, and the sizes."""

    def onward(shape: int, sizes: list[int], left: int) -> Iterator[Any]:
        for edge in made.leaving[shape]:
            for inputs in itertools.product(range(6), repeat=edge.symbols - edge.width):
                values = [*sizes, *inputs]
                if not all(holds(each, values) for each in edge.guard):
                    continue
                after = [evaluate(each, values) for each in edge.update]
                if left == 0:
                    yield [edge], [*inputs], values, after
                elif edge.target >= 0 and min(after, default=0) >= 0:
                    for edges, more, last, end in onward(edge.target, after, left - 1):
                        yield [edge, *edges], [*inputs, *more], last, end

    yield from onward(-1, [], steps)


def meets(goal: Goal, edge: Edge, values: list[int], after: list[int]) -> bool:
    """Whether a run that ends with an edge reaches a goal."""
    if goal.edge is None:
        if edge.target != goal.shape or min(after, default=0) < 0:
            return False
        known = [
            *after,
            *(evaluate(dividend, after) // divisor for _, dividend, divisor in getattr(goal.also, "quotients", ())),
        ]
        return all(holds(each, known) for each in goal.also)
    return edge is goal.edge and all(holds(each, values) for each in goal.also)


def expected(made: Any, goals: list[Goal]) -> tuple[int, int, int, list[int], list[int]]:
    """Steps, objects, bytes, the edges in their order, and the inputs, of the run that is to be found."""
    for steps in range(6):
        found = [
            (len(made.shapes[edges[-1].target if edges[-1].target >= 0 else edges[-1].source].objects) - 1
             if max(edges[-1].target, edges[-1].source) >= 0 else 0,
             sum(inputs) + len(inputs), [edge.index for edge in edges], inputs)
            for edges, inputs, values, after in runs(made, steps)
            if any(meets(goal, edges[-1], values, after) for goal in goals)
        ]  # fmt: skip # every input is the size of an argument, less 1
        if found:
            return (steps, *min(found))
    raise AssertionError


def nearest(made: Any, goals: list[Goal]) -> int:
    """The fewest steps of a chain of edges to a goal, whatever their guards."""
    layer = made.leaving[-1]
    for steps in itertools.count():
        if any(
            edge is goal.edge or (goal.edge is None and edge.target == goal.shape) for edge in layer for goal in goals
        ):
            return steps
        layer = [onward for edge in layer if edge.target >= 0 for onward in made.leaving[edge.target]]
    raise AssertionError


def search(name: str, *, limits: Limits | None = None, **more: Any) -> Searched:
    """What is found."""
    made, goals = case(name)
    invariant: Any = SimpleNamespace(refutes=lambda *_: False)
    nothing: Any = None
    return shortest(made, goals, invariant, nothing, limits or Limits(max_steps=5), **more)


@pytest.mark.parametrize("name", CASES)
def test_the_shortest_run_there_is(name: str) -> None:
    """Fewest steps, then objects, then bytes, then the first edges, then the least sizes."""
    steps, objects, size, edges, inputs = expected(*case(name))
    searched = search(name)
    found = searched.found

    assert found is not None
    assert (found.steps, found.objects, found.bytes) == (steps, objects, size)
    assert ([each.index for each in found.edges], [*found.inputs]) == (edges, inputs)
    assert (searched.depth, searched.shortest, searched.least, searched.why) == (steps, True, True, "")


@pytest.mark.parametrize("name", CASES)
def test_how_far_it_is_searched(name: str) -> None:
    """Up to the limit, and no chain more than may be; what is ruled out is not looked at."""
    steps, *_ = expected(*case(name))
    whole = search(name)
    for fewer in range(steps):
        searched = search(name, limits=Limits(max_steps=fewer))
        words = f"the limit of {fewer} step{'s' * (fewer != 1)}"
        far = max(fewer, nearest(*case(name)) - 1)
        assert (searched.found, searched.depth, searched.why, searched.shortest) == (None, far, words, False)
    assert search(name, limits=Limits(max_steps=steps)).found == whole.found
    assert search(name, most_chains=whole.chains) == whole
    less = search(name, most_chains=whole.chains - 1)
    assert (less.why, less.least, less.chains) == (EFFORT_SPENT, False, whole.chains - 1)
    after = search(name, ruled_out=steps - 1)
    assert (after.found, after.depth) == (whole.found, steps)
    assert after.chains < whole.chains or steps == nearest(*case(name))
    any_ = search(name, first=True)
    assert any_.found is not None
    assert (any_.found.steps, any_.shortest, any_.least) == (steps, True, False)


@pytest.mark.parametrize(
    "name", ["not what is nearest", "what raises", "what has fewer objects", "what has fewer bytes"]
)
@pytest.mark.parametrize(("says", "once"), [(OutOfTime, False), (Answer.UNKNOWN, False), (Answer.UNKNOWN, True)])
def test_where_the_solver_does_not_answer(name: str, says: Any, monkeypatch: pytest.MonkeyPatch, *, once: bool) -> None:
    """One question, or none from some on: what is found is a run; nothing is certain that hangs on the rest."""
    steps, *_ = expected(*case(name))
    real, whole = solver.ask, search(name)
    for answered in range(100):
        asked = itertools.count()

        def ask(*given: Any, asked: Iterator[int] = asked, answered: int = answered) -> Answer:
            number = next(asked)
            if number < answered or (once and number > answered):
                return real(*given)
            if says is OutOfTime:
                raise OutOfTime
            return Answer.UNKNOWN

        monkeypatch.setattr(bounded, "ask", ask)
        searched = search(name)
        if next(asked) <= answered:
            assert (answered > 2, searched) == (True, whole)
            return
        assert not searched.least or searched.found == whole.found
        if says is OutOfTime:
            assert searched.why == THE_TIME_WAS_UP
        if searched.found is None:
            assert searched.depth < steps
            assert says is OutOfTime or searched.why.startswith("Z3 did not answer whether some run of ")
        else:
            assert searched.shortest is (searched.depth >= searched.found.steps - 1)
            assert not searched.shortest or searched.found.steps == steps
    raise AssertionError


def test_nothing_leads_there() -> None:
    """That is known of all runs that there are, and no solver is asked."""
    made = automaton([BEGIN, (0, 0, 0, (), (Q0,))], [(1, 0), (0, 0)])
    invariant: Any = SimpleNamespace(refutes=lambda *_: False)
    nothing: Any = None

    assert shortest(made, [Goal(1, ())], invariant, nothing) == Searched(None, -1, NOWHERE_NEAR)
    made.steps = 4
    assert shortest(made, [Goal(1, ())], invariant, nothing) == Searched(None, 4, NOWHERE_NEAR)


def test_any_shortest_run_will_do() -> None:
    """The first that is found, though another one has fewer objects."""
    found = search("what has fewer objects", first=True).found

    assert found is not None
    assert (found.steps, found.objects) == (1, 1)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_how_long_a_run_may_be(most: int) -> None:
    """Here the shortest has three steps: it is said which limit ended the search."""
    made, goals = automaton([BEGIN, (0, 0, 0, (least(-Q0 + 8),), (Q0 + 1,))], [(1, 0)]), [Goal(0, (least(Q0 - 8),))]
    made.edges[0].guard = (zero(Q0),)
    invariant: Any = SimpleNamespace(refutes=lambda *_: False)
    nothing: Any = None
    found = shortest(made, goals, invariant, nothing, Limits(max_steps=most))

    assert (found.found, found.depth) == (None, most)
    assert found.why == f"the limit of {most} step{'' if most == 1 else 's'}"


@pytest.mark.parametrize(
    ("hits", "best"), [([], False), ([(2, 0)], True), ([(2, 1)], False), ([(3, 0)], False), ([(2, 5)], False)]
)
def test_what_cannot_be_smaller(hits: list[tuple[int, int]], *, best: bool) -> None:
    """A run with as few objects as any goal has, and without a byte."""
    self: Any = SimpleNamespace(hits=[SimpleNamespace(objects=one, bytes=other) for one, other in hits], fewest=2)

    assert bounded._Search.is_best(self) is best


@pytest.mark.parametrize(("least", "answer", "then"), [
    (True, Answer.NO, True), (True, Answer.UNKNOWN, False), (False, Answer.NO, False),
])  # fmt: skip # a table
def test_whether_it_is_the_least(answer: Answer, *, least: bool, then: bool) -> None:
    """Not where the solver did not say once whether another one has fewer bytes, whatever it says later."""
    hit = SimpleNamespace(objects=1, bytes=5)
    self: Any = SimpleNamespace(hits=[hit], objects=lambda _: 1, ask=lambda: answer, least=least)
    self.solver = SimpleNamespace(add=lambda _: None)
    chain: Any = (SimpleNamespace(width=0, symbols=0, sizes=()),)
    bounded._Search.record(self, chain, [])

    assert (self.least, self.hits) == (then, [hit])


def test_chains_are_counted() -> None:
    """One, where a run ends as it begins; none that leads to no goal in time."""
    assert [search(name).chains for name in ("at the beginning", "what begins", "shapes without sizes")] == [1, 1, 4]


def test_goals_that_an_invariant_refutes() -> None:
    """They are not looked for."""
    made, goals = case("what has fewer objects")
    invariant: Any = SimpleNamespace(refutes=lambda goal, _feasible: goal is goals[1])
    nothing: Any = None
    found = shortest(made, goals, invariant, nothing).found

    assert found is not None
    assert found.edges[-1].target == 1


@pytest.mark.parametrize(("answer", "doubt", "then"), [
    (Answer.UNKNOWN, None, 5), (Answer.UNKNOWN, 3, 3), (Answer.NO, None, None), (Answer.NO, 3, 3),
])  # fmt: skip # a table
def test_from_where_on_it_is_in_doubt(
    answer: Answer, doubt: int | None, then: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first length on at which the solver did not say whether a goal is met; later ones change nothing."""
    monkeypatch.setattr(bounded, "suppose", lambda *_: None)
    goal = SimpleNamespace(also=(), own=lambda: ())
    self: Any = SimpleNamespace(first=False, hits=[], at_edge={0: [goal]}, at_shape={}, steps=5, doubt=doubt)
    self.solver, self.meet = SimpleNamespace(push=lambda: None, pop=lambda: None), lambda *_: answer
    edge: Any = SimpleNamespace(index=0, target=0)
    bounded._Search.arrive(self, edge, [], {}, (), [])

    assert self.doubt == then
