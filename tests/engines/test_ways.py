"""How steps of one consumer and the rest do what a step of two does."""

from __future__ import annotations

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.rest import standing
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.network.invariance import NEVER, Invariance, _Asked
from spillproof.properties.engines.network.ways import Image, Task, Ways, task_of
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.stores import ManyStores, Stores

AUTOMATON = extract(Stores(), [], Feasibility())


def test_solved_by_a_later_equation() -> None:
    """An equation with twice an unknown is asked with what a later one says of it, and with no unknown of the path."""
    given = 2
    twice = Linear({0: 1, given: 2})
    once = Linear({1: 1, given: 1})
    edge = Edge(0, 0, Move("put", (None,)), (), 0, (twice, once), 2, 3, (given,))
    source = Image(0, (Linear({0: 1}), Linear({1: 1})))
    target = Image(0, (Linear({2: 1}), Linear({3: 1})))

    (way,) = Ways(AUTOMATON).along((edge,), source, target, Task("put", 4, ()))

    asked = {frozenset(each.left.terms.items()) for each in way.conditions}
    assert frozenset({(0, 1), (1, -2), (2, -1), (3, 2)}) in asked  # q0 + 2 (q3 - q1) = q2
    assert all(symbol < 4 for each in way.conditions for symbol in each.left.terms)


def asking_of(*conditions: Condition) -> Invariance:
    """Return the question about stores, of whose first shape an invariant says so much."""
    feasible = Feasibility()
    smaller, larger = (extract(standing(ManyStores, dict(Stores().scope), number), [], feasible) for number in (1, 2))
    nothing: list[list[Linear]] = [[] for _ in smaller.shapes]
    return Invariance(smaller, Invariant(nothing, [[*conditions], *([] for _ in smaller.shapes[1:])]), larger)


def test_another_reading_is_reached_only_where_the_best_one_is_a_state() -> None:
    """What is known of a target is what is known of its best reading: that must be so, for constants as well."""
    at_least_two = Condition(Linear({0: 1}, -2), Is.AT_LEAST_ZERO)
    asking = asking_of(at_least_two)
    best, other = Image(0, (Linear({0: 1}),)), Image(1, ())

    for size, further in ((Linear({3: 1}), [Condition(Linear({3: 1}, -2), Is.AT_LEAST_ZERO)]), (3, []), (1, [NEVER])):
        edge = Edge(0, 0, Move("put", (None,)), (), 0, (size,), 1, 4, (3,))
        asked = _Asked(edge, task_of(edge), frozenset(), [Image(2, ())], [Image(0, (size,)), other], [best])
        ((_, target, conditions),) = asking.pairs(asked, is_best=False)
        assert target is other
        assert [each.key() for each in conditions] == [each.key() for each in further]


def test_no_target_is_known_but_by_the_best_reading() -> None:
    """Where a constant rules the best reading out, the others are none either."""
    asking = asking_of()
    best, other = Image(0, (Linear({1: 1}),), (Linear({0: 1}),)), Image(1, (Linear({0: 1}),), (Linear({1: 1}),))

    assert asking.targets([best, other], {0: 5, 1: 0}) == []
    assert asking.targets([best, other], {0: 0, 1: 5}) == [Image(0, (5,))]
    assert asking.targets([], {}) == []


def test_a_path_is_worked_out_once() -> None:
    """Edges that were taken between other images before, and between other shapes none at all, give the same ways."""
    given = 1
    edge = Edge(0, 0, Move("put", (None,)), (), 0, (Linear({0: 1, given: 1}, 1),), 1, 2, (given,))
    step = Task("put", 3, (Linear({2: 1}),))
    first = (Image(0, (Linear({0: 1}),)), Image(0, (Linear({0: 1, 2: 1}, 1),)))
    second = (Image(0, (Linear({0: 1, 1: 2}),)), Image(0, (5,)))
    other = (Image(1, (Linear({0: 1}), 0)), Image(1, (Linear({1: 1}), 0)))
    used = Ways(AUTOMATON)
    for path, (source, target) in (((edge,), first), ((edge,), second), ((), first), ((), other)):
        found = [[*ways.along(path, source, target, step)] for ways in (used, Ways(AUTOMATON))]
        assert repr(found[0]) == repr(found[1])
        assert all(symbol < 3 for way in found[0] for each in way.conditions for symbol in each.left.terms)
    assert len(used.plans) == 3
