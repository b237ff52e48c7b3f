"""What is chosen on a route, from which sizes: compared with every choice there is, of small numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.shapes import Divided, Edge, Move
from spillproof.properties.engines.recovery.region import Choice, choices, lowest, route, undivided
from tests.engines.conditions import least, other, zero

S, T, A, B = (Linear({symbol: 1}) for symbol in range(4))
"""Two sizes of the shape, and two arguments."""

UP_TO = range(8)


def meets(conditions: Iterable[Condition], values: Any) -> bool:
    """Whether all of them hold."""
    return all(holds(each, values) for each in conditions)


def chosen(choice: Choice, sizes: tuple[int, ...]) -> list[int]:
    """The arguments that a choice comes to."""
    values: Any = dict(enumerate(sizes))
    for symbol, dividend, divisor in choice.quotients:
        assert evaluate(dividend, values) >= 0
        values[symbol] = evaluate(dividend, values) // divisor
    return [evaluate(each, values) for each in choice.inputs]


EVEN, THREES = {0: (2, 0)}, {0: (3, 0), 1: (3, 0)}


@pytest.mark.parametrize(("asked", "known"), [
    ((zero(A - S),), {}), ((zero(S - A - 1),), {}), ((least(S - 2),), {}),
    ((least(A - S), least(T - A)), {}), ((least(A - S - 1), least(S - A)), {}),
    ((other(A - S), least(T - A)), {}), ((other(A - S), other(A - T), least(2 - A)), {}),
    ((other(S - A), least(A - S), least(T - A)), {}),
    ((zero(A + B - S), least(A - 1), least(B - T)), {}), ((zero(A - S), least(A - T), zero(B - A - 1)), {}),
    ((least(A - B), least(B - S), least(T - A)), {}), ((least(A + B - S - T), least(S - A), least(T - B)), {}),
    ((zero(A * 2 - S), least(T - 1)), EVEN), ((zero(S - A * 2), least(A - T)), EVEN), ((zero(A * 2 - S - 1),), EVEN),
    ((zero(A * 2 - S), zero(A - B)), EVEN), ((zero(A * 3 - S - T), least(A - B), least(B - 1)), THREES),
    ((zero(A * 3 - S - T + 3), least(T - A)), THREES),
    ((least(S - A * 4), least(A * 4 + 3 - S)), {}), ((least(A * 4 + 3 - S), least(S - A * 4), least(T - S)), {}),
    ((least(A * 2 - S), least(T - A)), EVEN), ((least(A * 2 - S), least(T - A * 2)), EVEN),
    ((zero(A - B * 2), least(A - S), least(T - A)), EVEN), ((least(A * 2 - S), least(B - A), least(T - B)), EVEN),
    ((least(A - S), other(A - S), other(A * 2 - T), least(T - A)), {}),
    ((least(S - 2 - A * 4), least(A * 4 + 5 - S)), {}), ((least(A * 2 - S), least(A - T)), EVEN),
    ((least(A + 1 - B * 2), least(B * 2 - A)), {}), ((least(A + 1 - B * 2), least(B * 2 - A), least(T - S)), {}),
])  # fmt: skip # a table
def test_what_is_chosen(asked: tuple[Condition, ...], known: dict[int, tuple[int, int]]) -> None:
    """Arguments that do what is asked, wherever there are such arguments, and nowhere else."""
    taken: Any = SimpleNamespace(edges=[SimpleNamespace(width=2)], symbols=4)
    found = [*choices(taken, asked, known)]
    for sizes in itertools.product(UP_TO, repeat=2):
        if any(sizes[size] % modulus != rest for size, (modulus, rest) in known.items()):
            continue
        ways = [chosen(each, sizes) for each in found if meets(each.conditions, sizes)]
        assert all(min(way) >= 0 and meets(asked, (*sizes, *way)) for way in ways)
        exists = any(meets(asked, (*sizes, *inputs)) for inputs in itertools.product(range(16), range(10)))
        assert bool(ways) is exists, sizes


@pytest.mark.parametrize(("asked", "known"), [
    ((zero(A * 2 - S),), {}), ((least(A * 2 - S), least(S - A * 2)), {}), ((zero(A * 3 - S - T),), EVEN),
    ((least(A * 2 + T - S), least(S - A * 2)), {}), ((least(S - A * 3), least(A * 3 + 3 - S)), {}),
    ((least(S - A * 3), zero(A * 3 - T)), {}), ((least(A * 2 - S), least(T - A * 3)), EVEN),
    ((least(S - A * 2), least(A * 2 + 1 - S), other(A - T)), {}), ((zero(A * 2 - 4), least(S - A)), {}),
    ((least(S - A * 2), least(A * 2 + 1 - S), zero(B - A - T)), {}), ((other(S - A * 4), least(A * 4 + 3 - S)), {}),
])  # fmt: skip # a table
def test_what_is_chosen_is_right(asked: tuple[Condition, ...], known: dict[int, tuple[int, int]]) -> None:
    """Where some of it may be missed."""
    taken: Any = SimpleNamespace(edges=[SimpleNamespace(width=2)], symbols=4)
    for choice in choices(taken, asked, known):
        for sizes in itertools.product(UP_TO, repeat=2):
            if meets(choice.conditions, sizes) and all(sizes[each] % of == rest for each, (of, rest) in known.items()):
                assert meets(asked, (*sizes, *chosen(choice, sizes)))


def test_what_is_not_asked_for_is_0() -> None:
    """Of an argument that nothing is asked of; else that is tried first."""
    taken: Any = SimpleNamespace(edges=[SimpleNamespace(width=2)], symbols=4)

    assert [each.inputs for each in choices(taken, (least(S - 2),))] == [(0, 0)]
    assert [repr(each.inputs[0]) for each in choices(taken, (least(A - S), least(T - A)))] == ["0", repr(S)]


def test_equations_without_quotients() -> None:
    """A third of a size is 2 from 6 up to 8; that 1 is left of it is no condition on it alone."""
    third = (least(S - T * 3), least(T * 3 + 2 - S))
    found = undivided(Divided((zero(T - 2), *third), ((1, S, 3),)))

    assert found is not None
    assert [size for size in range(12) if meets(found, (size,))] == [6, 7, 8]
    assert undivided(Divided((zero(S - T * 3 - 1), *third), ((1, S, 3),))) is None
    assert undivided(third) == third
    assert undivided(Divided((zero(T - 2), zero(T - 3)), ((1, S, 3),))) is None
    assert undivided(Divided((zero(T - 2), zero(T - 3), zero(A - 1)), ((1, S, 3), (2, S, 4)))) is None
    assert undivided(Divided((zero(S - 5), *third), ((1, S, 3),))) is None
    below = undivided(Divided((zero(T - S + 4),), ((1, S, 3),)))
    assert below is not None
    assert [size for size in range(8) if meets(below, (size,))] == [4, 5, 6, 7]  # a quotient is natural


def edge(width: int, symbols: int, guard: tuple[Condition, ...], *update: Any) -> Edge:
    """An edge from a shape to itself."""
    return Edge(0, 0, Move("go", ()), guard, 0, update, width, symbols, ())


def test_edges_as_one() -> None:
    """The unknowns of each come after those of the one before, and no counter is below 0 on the way."""
    more_of_them = Linear({4: 1})
    first = edge(2, 3, (least(S - A + 2),), S - A)
    taken = route([first, edge(1, 3, (least(S - 1), least(S)), S + T - A)])

    assert taken is not None
    assert taken.symbols == 5
    end = S - A + B - more_of_them
    assert [repr(each) for each in taken.sizes] == [repr(end)]
    said = [least(S - A + 2), least(S - A), least(S - A - 1), least(end)]
    assert [each.key() for each in taken.conditions] == [each.key() for each in said]
    more = taken.to((least(S - 3),))
    assert more is not None
    assert [each.key() for each in more] == [each.key() for each in (*said, least(end - 3))]
    assert taken.to((least(S), least(-S - 1))) is None


def test_edges_that_cannot_be_taken_together() -> None:
    """Where a guard contradicts what an earlier edge needs or does."""
    assert route([edge(1, 1, (least(S - 5),), S), edge(1, 1, (least(3 - S),), S)]) is None
    assert route([edge(1, 1, (), 2), edge(1, 1, (least(S - 5),), S)]) is None
    assert route([edge(1, 1, (), 2), edge(1, 1, (least(S - 1), least(S)), S)]) is not None


@pytest.mark.parametrize(("left", "holds", "found"), [
    (S * 2 - 3, Is.AT_LEAST_ZERO, least(S - 2)), (S * 2 - 3, Is.ZERO, False), (S * 2 - 3, Is.NOT_ZERO, True),
    (S * 2 - 4, Is.ZERO, zero(S - 2)), (S * 4 - T * 6 + 2, Is.ZERO, zero(S * 2 - T * 3 + 1)),
    (S - 3, Is.ZERO, zero(S - 3)), (5, Is.AT_LEAST_ZERO, True), (-5, Is.AT_LEAST_ZERO, False),
])  # fmt: skip # a table
def test_lowest_terms(left: Any, holds: Is, found: Any) -> None:
    """Divided by what all factors have in common: rounded up where it is a bound."""
    lower = lowest(left, holds)

    assert (lower.key() if isinstance(lower, Condition) else lower) == (
        found.key() if isinstance(found, Condition) else found
    )
