"""Linear spaces modulo a prime, beside exact elimination on fractions, and the equations that are read off them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model.quantity import Linear
from spillproof.properties.engines.automaton.linear import evaluate
from spillproof.properties.engines.proof.affine import ONE, Space, Vector, _fraction, _whole

PRIME = (1 << 127) - 1
LARGEST = 1 << 62
"""Half the digits of the prime, less one for the sign: so large may both parts of a fraction be."""
WIDTH = 3


def point(*sizes: int) -> Vector:
    """A state with these sizes."""
    return {ONE: 1} | {place: size for place, size in enumerate(sizes) if size}


points = st.lists(st.tuples(*[st.integers(0, 4)] * WIDTH), min_size=1, max_size=5)


def rank(rows: list[list[Fraction]]) -> int:
    """The rank of a matrix, by elimination on fractions."""
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows = [[each - row[column] / pivot[column] * by for each, by in zip(row, pivot, strict=True)] for row in rows]
        rows.insert(found, pivot)
        found += 1
        rows = [*rows[:found], *rows[found:]]
    return found


def exact(states: list[tuple[int, ...]]) -> int:
    """How many of the states, each with a 1 before it, are independent."""
    return rank([[Fraction(1), *map(Fraction, state)] for state in states])


def filled(states: list[tuple[int, ...]]) -> Space:
    """The space of some states."""
    space = Space(PRIME)
    for state in states:
        space.add(point(*state))
    return space


@given(points)
def test_a_space_grows_as_its_rank_does(states: list[tuple[int, ...]]) -> None:
    """Adding a state says that the space grew if the state is independent of those before, and only then."""
    space = Space(PRIME)
    for index, state in enumerate(states):
        before = exact(states[:index]) if index else 0
        assert space.add(point(*state)) is (exact(states[: index + 1]) > before)
    assert len(space.rows) == exact(states)


@given(points)
def test_each_row_has_a_place_to_itself(states: list[tuple[int, ...]]) -> None:
    """At its pivot a row has 1 and all others have nothing; the state that came first is the row of the 1."""
    space = filled(states)

    for pivot, row in space.rows.items():
        assert row[pivot] == 1
        assert [other for other, row in space.rows.items() if pivot in row] == [pivot]
        assert all(0 < value < PRIME for value in row.values())
    assert ONE in space.rows


@given(points, points)
def test_what_is_inside_is_reduced_to_nothing(states: list[tuple[int, ...]], others: list[tuple[int, ...]]) -> None:
    """A state lies in the space if nothing of it is left; adding what is left makes the same space."""
    space = filled(states)
    for other in others:
        rest = space.reduce(point(*other))
        assert (not rest) is (exact([*states, other]) == exact(states))
        assert rest.keys().isdisjoint(space.rows)
        assert not filled([*states, other]).reduce(rest)


@given(points)
def test_the_equations_are_all_there_are(states: list[tuple[int, ...]]) -> None:
    """As many as there are dimensions missing, each 0 in every state, independent, with whole factors."""
    equations = filled(states).equations(WIDTH)

    assert len(equations) == WIDTH + 1 - exact(states)
    assert all(evaluate(each, state) == 0 for each in equations for state in states)
    rows = [
        [Fraction(each.constant), *(Fraction(each.terms.get(place, 0)) for place in range(WIDTH))] for each in equations
    ]
    assert not rows or rank(rows) == len(equations)


def told(equations: list[Linear]) -> list[tuple[dict[int, int], int]]:
    """Equations as terms and constants."""
    return [(each.terms, each.constant) for each in equations]


def test_equations_by_hand() -> None:
    """What is read off: b = 3a, a = 3b, b = 5, 2a = 3b + 1, a + b + c = 4; of no state, that 1 is 0."""
    assert told(Space(PRIME).equations(2)) == [({}, 1)]
    assert told(filled([(0, 0), (1, 3)]).equations(2)) == [({0: 3, 1: -1}, 0)]
    assert told(filled([(0, 0), (3, 1)]).equations(2)) == [({0: 1, 1: -3}, 0)]
    assert evaluate(filled([(0, 5), (1, 5)]).equations(2)[0], [7, 5]) == 0
    (both,) = filled([(2, 1), (5, 3)]).equations(2)
    assert abs(both.terms[0]) == 2
    assert [evaluate(both, state) for state in ((2, 1), (5, 3), (8, 5))] == [0, 0, 0]
    (total,) = filled([(4, 0, 0), (0, 4, 0), (0, 0, 4)]).equations(3)
    assert {abs(each) for each in total.terms.values()} == {1}
    assert evaluate(total, [1, 1, 2]) == 0


def test_one_state_is_as_many_equations_as_sizes() -> None:
    """Of a single state every size is known: a = 2, b = 0, c = 7."""
    equations = filled([(2, 0, 7)]).equations(3)

    assert told(equations) == [({0: 1}, -2), ({1: 1}, 0), ({2: 1}, -7)]


@pytest.mark.parametrize(
    "fraction",
    [
        *(Fraction(top, bottom) for top in (-7, -1, 0, 1, 2, 50) for bottom in (1, 2, 3, 49)),
        Fraction(LARGEST),
        Fraction(-LARGEST),
        Fraction(1, LARGEST),
        Fraction(-LARGEST + 1, LARGEST - 3),
    ],
)
def test_a_fraction_is_found_again(fraction: Fraction) -> None:
    """What a small fraction is modulo the prime leads back to it."""
    value = fraction.numerator * pow(fraction.denominator, -1, PRIME) % PRIME

    assert _fraction(value, PRIME) == fraction


@pytest.mark.parametrize("value", [LARGEST + 1, PRIME - LARGEST - 1, pow(LARGEST + 1, -1, PRIME)])
def test_what_is_no_small_fraction(value: int) -> None:
    """A number beyond half the digits is none, nor its negative, nor one by it; nor is an expression with it whole."""
    assert _fraction(value, PRIME) is None
    assert _whole({0: 1, 1: value}, PRIME) is None


def test_whole_factors() -> None:
    """a/2 - b/3 + 5/6 becomes 3a - 2b + 5."""
    half, third, sixth = (pow(each, -1, PRIME) for each in (2, 3, 6))
    found = _whole({0: half, 1: -third, ONE: 5 * sixth}, PRIME)

    assert found is not None
    assert (found.terms, found.constant) == ({0: 3, 1: -2}, 5)
