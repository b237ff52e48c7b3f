"""How steps of one consumer and the rest do what a step of two does."""

from __future__ import annotations

from spillproof.model.quantity import Linear
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.network.ways import Image, Task, along


def test_solved_by_a_later_equation() -> None:
    """An equation with twice an unknown is asked with what a later one says of it, and with no unknown of the path."""
    given = 2
    twice = Linear({0: 1, given: 2})
    once = Linear({1: 1, given: 1})
    edge = Edge(0, 0, Move("put", (None,)), (), 0, (twice, once), 2, 3, (given,))
    source = Image(0, (Linear({0: 1}), Linear({1: 1})))
    target = Image(0, (Linear({2: 1}), Linear({3: 1})))

    (way,) = along((edge,), source, target, Task("put", 4, ()))

    asked = {frozenset(each.left.terms.items()) for each in way.conditions}
    assert frozenset({(0, 1), (1, -2), (2, -1), (3, 2)}) in asked  # q0 + 2 (q3 - q1) = q2
    assert all(symbol < 4 for each in way.conditions for symbol in each.left.terms)
