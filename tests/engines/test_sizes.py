"""Numbers that meet guards, and where a leaf of a tree of decisions is missing: what the validation stands on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, cast

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.proof.solver import Answer
from spillproof.properties.engines.validation import sizes as sizes_module
from spillproof.properties.engines.validation.sizes import (
    PRIMES,
    Guard,
    Learned,
    Scale,
    Sizes,
    Unsolved,
    guess,
    value_of,
)
from spillproof.properties.engines.validation.tree import MOST_LEAVES, are_halves, gaps, inside, overlaps
from spillproof.properties.engines.validation.words import key, opposite

CHANCE = random.Random(0)


def at_least(constant: int, *factors: int) -> Condition:
    """The factors times the unknowns, in their order, and a constant are 0 or more."""
    return Condition(linear(constant, *factors), Is.AT_LEAST_ZERO)


def zero(constant: int, *factors: int) -> Condition:
    """They are 0."""
    return Condition(linear(constant, *factors), Is.ZERO)


def not_zero(constant: int, *factors: int) -> Condition:
    """They are not 0."""
    return Condition(linear(constant, *factors), Is.NOT_ZERO)


def linear(constant: int, *factors: int) -> Linear:
    """A sum without the terms that are 0."""
    return Linear({symbol: factor for symbol, factor in enumerate(factors) if factor}, constant)


# Guesses


def test_first_guesses() -> None:
    """Typical numbers all differ, also beyond the primes; boundary ones are 0; large ones are what they say."""
    typical, large = guess(Scale.TYPICAL, 34, CHANCE), guess(Scale.LARGE, 50, CHANCE)

    assert typical == [*PRIMES, *(each + 60 for each in PRIMES), 5 + 120, 11 + 120]
    assert len(set(typical)) == 34
    assert guess(Scale.BOUNDARY, 3, CHANCE) == [0, 0, 0]
    assert len(large) == 50
    assert all(10**6 <= each < 2**40 for each in large)
    assert max(large) > 2**33


def test_how_large_a_large_guess_is() -> None:
    """From a million up to 2**21, 2**24, 2**31, 2**33 or 2**40: what overflows a word is tried, and what does not."""

    class Drawn:
        def choice(self, powers: tuple[int, ...]) -> int:
            assert powers == (21, 24, 31, 33, 40)
            return 31

        def randrange(self, *ends: int) -> int:
            assert ends == (1_000_000, 1 << 31)
            return 7

    assert guess(Scale.LARGE, 2, cast("random.Random", Drawn())) == [7, 7]


def test_values_of_expressions() -> None:
    """A number is itself; a sum is its terms and its constant."""
    assert (value_of(4, []), value_of(linear(7, 2, -3), [5, 1])) == (4, 14)


THIRD = ((2, linear(0, 1), 3),)
"""The third unknown is the first one divided by 3."""


def test_quotients_come_after_the_others() -> None:
    """Their values follow from those of the others, whatever is said of them; several follow in their order."""
    twice = (*THIRD, (3, linear(1, 0, 0, 1), 2))

    assert Guard((), THIRD).complete([7, 1]) == [7, 1, 2]
    assert Guard((), THIRD).complete([8, 1, 99]) == [8, 1, 2]
    assert Guard((), twice).complete([15, 1]) == [15, 1, 5, 3]
    assert Guard(()).complete((7, 1)) == [7, 1]


@pytest.mark.parametrize(("condition", "met"), [
    (at_least(-3, 1), {3, 4}), (at_least(3, -1), {2, 3}), (zero(-3, 1), {3}), (not_zero(-3, 1), {2, 4}),
])  # fmt: skip # a table
def test_what_meets_a_condition(condition: Condition, met: set[int]) -> None:
    """Of 2, 3 and 4."""
    assert {value for value in (2, 3, 4) if Guard((condition,)).meets([value])} == met
    assert {value for value in (2, 3, 4) if Guard((condition,)).broken([value]) == -1} == met


def test_which_condition_is_broken() -> None:
    """The first one; a guard without conditions is always met; quotients are worked out first."""
    guard = Guard((at_least(-3, 1), at_least(-5, 1), zero(-9, 1)))

    assert [guard.broken([value]) for value in (2, 3, 5, 9)] == [0, 1, 2, -1]
    assert Guard(()).meets([])
    assert Guard((zero(-2, 0, 0, 1),), THIRD).meets([7, 1])
    assert not Guard((zero(-2, 0, 0, 1),), THIRD).meets([9, 1])


# Repairs


def ways(left: Linear, wanted: int, quotients: sizes_module.Quotients = ()) -> list[tuple[int, int]]:
    """By how much to change which unknown."""
    return list(Guard((), quotients).ways(left, wanted))


def test_ways_to_change_a_sum() -> None:
    """By as much as is wanted, divided by the factor and rounded away from 0; the sign is that of both."""
    left = linear(0, 2, -3)

    assert ways(left, 3) == [(0, 2), (1, -1)]
    assert ways(left, 4) == [(0, 2), (1, -2)]
    assert ways(left, -3) == [(0, -2), (1, 1)]
    assert ways(linear(5, 1), 1) == [(0, 1)]


def chain(length: int) -> sizes_module.Quotients:
    """Each unknown is half of the one before it."""
    return tuple((each + 1, Linear({each: 1}), 2) for each in range(length))


def test_ways_to_change_a_quotient() -> None:
    """What is divided changes by so many times the divisor; three quotients deep, and no deeper."""
    assert ways(linear(0, 0, 1), 3, chain(1)) == [(0, 6)]
    assert ways(linear(0, 0, 1), -3, chain(1)) == [(0, -6)]
    assert ways(Linear({3: 1}), 1, chain(3)) == [(0, 8)]
    assert ways(Linear({4: 1}), 1, chain(4)) == []


@pytest.mark.parametrize(("conditions", "values", "fixed", "repaired"), [
    ((at_least(-5, 1),), [0], 0, [5]),
    ((at_least(-5, 1),), [7], 0, [7]),
    ((at_least(-5, 1),), [0], 1, None),
    ((zero(0, 1, -1),), [3, 5], 1, [3, 3]),
    ((zero(0, 1, -1),), [5, 3], 1, [5, 5]),
    ((not_zero(-2, 1),), [2], 0, [3]),
    ((at_least(-5, 1), at_least(3, -1)), [0], 0, None),
    ((at_least(-8, 1, -1),), [0, 3], 0, [11, 3]),
    ((at_least(-1, -1),), [5], 0, None),
])  # fmt: skip # a table
def test_repairs(conditions: tuple[Condition, ...], values: list[int], fixed: int, repaired: list[int] | None) -> None:
    """One value is changed so that a condition becomes true; those that are fixed stay; where it cannot be, nothing."""
    given = list(values)

    assert Guard(conditions).repair(values, CHANCE, fixed) == repaired
    assert values == given


class Last:
    """Stands for chance: takes the last of what is offered, and keeps that."""

    def __init__(self) -> None:
        self.offered: list[object] = []

    def choice(self, options: list[tuple[int, int]]) -> tuple[int, int]:
        self.offered = list(options)
        return options[-1]


@pytest.mark.parametrize(("condition", "values", "fixed", "offered", "after"), [
    (zero(0, 1, -1), [3, 5], 0, [(0, 2), (1, -2)], [3, 3]),
    (zero(0, 1, -1), [0, 4], 0, [(0, 4), (1, -4)], [0, 0]),
    (at_least(-8, 1, -1), [0, 3], 0, [(0, 11)], [11, 3]),
    (at_least(-1, -1), [5], 0, [(0, -6)], [0]),
    (zero(0, 1, -1, -1), [4, 1, 1], 1, [(1, 2), (2, 2)], [4, 1, 3]),
])  # fmt: skip # a table
def test_one_change(
    condition: Condition, values: list[int], fixed: int, offered: list[tuple[int, int]], after: list[int]
) -> None:
    """Any that is enough and leaves a natural number; where none does, any, as far as 0; none of what is fixed."""
    chance = Last()

    assert Guard((condition,)).mend(condition, values, cast("random.Random", chance), fixed) is True
    assert (chance.offered, values) == (offered, after)


def test_nothing_to_change() -> None:
    """Where all is fixed, nothing is changed, and that is said."""
    condition, values = at_least(-5, 1), [0]

    assert Guard((condition,)).mend(condition, values, cast("random.Random", Last()), 1) is False
    assert values == [0]


def test_repairs_of_quotients() -> None:
    """What is divided is changed, and the quotient with it."""
    assert Guard((at_least(-4, 0, 0, 1),), THIRD).repair([7, 1], CHANCE) == [13, 1, 4]


def test_ten_repairs() -> None:
    """Conditions that undo each other are given up after ten repairs, and those that need fewer are met."""
    steps = tuple(at_least(-each, 1) for each in range(1, 11))

    assert Guard(steps[:9]).repair([0], CHANCE) == [9]
    assert Guard(steps).repair([0], CHANCE) is None


# Solving


def test_solving() -> None:
    """What a repair finds is of its scale; what is contradictory has no numbers; the rest is the solver's."""
    sizes = Sizes(random.Random(0))

    assert sizes.solve(Guard((at_least(-5, 1),)), 2, Scale.BOUNDARY) == [5, 0]
    assert sizes.solve(Guard((at_least(-5, 1),)), 2, Scale.TYPICAL) == [5, 11]
    assert sizes.solve(Guard((zero(-4, 0, 0, 1),), THIRD), 3, Scale.BOUNDARY) == [12, 0, 4]
    assert sizes.solve(Guard((at_least(-5, 1), at_least(3, -1))), 1, Scale.TYPICAL) is Unsolved.NONE


def test_the_solver_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no guess is repaired: its numbers meet all conditions and are natural; and no is no, unknown is unknown."""
    monkeypatch.setattr(Guard, "repair", lambda *_, **__: None)
    sizes = Sizes(random.Random(0))

    def solved(*conditions: Condition) -> Sequence[int] | Unsolved:
        return sizes.solve(Guard(conditions), 2, Scale.TYPICAL)

    assert solved(zero(-7, 1, 1), zero(-1, 1, -1)) == [4, 3]
    assert solved(zero(0, 1), zero(-3, 0, 1)) == [0, 3]
    assert solved(zero(-7, 2)) is Unsolved.NONE
    assert solved(zero(7, 1, 1)) is Unsolved.NONE
    monkeypatch.setattr(sizes_module, "ask", lambda *_, **__: Answer.UNKNOWN)
    assert solved(zero(-7, 1, 1)) is Unsolved.UNKNOWN


def test_each_question_is_a_new_one() -> None:
    """The solver answers each as if it were the first: it keeps that unknowns are naturals, and nothing else."""
    sizes = Sizes(random.Random(0))
    first, second, third = zero(-7, 1, 1), zero(-1, 1, -1), at_least(-9, 0, 0, 1)

    assert sizes.ask((first, second), 2) == [4, 3]
    assert sizes.ask((first, zero(-7, 1)), 2) == [7, 0]
    assert sizes.ask((first, zero(7, 0, 1)), 2) is Unsolved.NONE
    assert sizes.ask((second, first, third), 3) == [4, 3, 9]
    assert sizes.ask((zero(-2, 1),), 1) == [2]
    assert sorted(map(str, sizes.solver.assertions())) == ["q0 >= 0", "q1 >= 0", "q2 >= 0"]


def test_what_is_impossible_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two conditions that no naturals meet are remembered as such, however they are spelled and whatever else stands
    beside them; each of them alone is not.
    """
    sizes = Sizes(random.Random(0))
    small, large, other = at_least(3, -1), at_least(-5, 1), at_least(-9, 0, 1)

    assert sizes.solve(Guard((other, small, large)), 2, Scale.TYPICAL) is Unsolved.NONE
    assert sizes.cores.rule_out((at_least(-5, 1), at_least(-1, 0, 0, 1), at_least(3, -1)))
    assert not sizes.cores.rule_out((small, other))
    assert not sizes.cores.rule_out((large, other))
    monkeypatch.setattr(sizes_module, "ask", None)
    assert sizes.solve(Guard((large, small)), 1, Scale.TYPICAL) is Unsolved.NONE


def test_what_was_answered_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same conditions, in whatever order, and as many unknowns, here or in another automaton: typical sizes."""
    known = Learned()
    first, other = Sizes(random.Random(0), known=known), Sizes(random.Random(1), known=known)
    some = (at_least(-5, 1), at_least(-9, 0, 1))
    found = first.solve(Guard(some), 2, Scale.TYPICAL)
    assert isinstance(found, list)
    assert found == [5, 11]
    found.clear()  # what somebody does with an answer is nobody else's
    assert first.solve(Guard((zero(3, 1),)), 1, Scale.TYPICAL) is Unsolved.NONE
    asked: list[Any] = []

    def nobody_knows(_self: Sizes, guard: Guard, *_: Any, **__: Any) -> Unsolved:
        asked.append(guard)
        return Unsolved.UNKNOWN

    monkeypatch.setattr(Sizes, "found", nobody_knows)

    assert other.solve(Guard(some[::-1]), 2, Scale.TYPICAL) == [5, 11]
    assert other.solve(Guard((zero(3, 1),)), 1, Scale.TYPICAL, doubtful=True) is Unsolved.NONE
    assert asked == []
    others = [(Guard(some), 3, Scale.TYPICAL), (Guard(some), 2, Scale.LARGE), (Guard(some[:1]), 2, Scale.TYPICAL),
              (Guard((zero(3, 1),), THIRD), 2, Scale.TYPICAL)]  # fmt: skip
    for each in (*others, others[0]):
        assert other.solve(*each) is Unsolved.UNKNOWN, "what nobody knows is asked again"
    assert len(asked) == 5


def test_two_guesses_more_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the solver is asked, after a first one; the last may be right."""
    guesses = iter([None, None, [9]])
    monkeypatch.setattr(Guard, "repair", lambda *_, **__: next(guesses))

    assert Sizes(random.Random(0)).solve(Guard((at_least(-9, 1),)), 1, Scale.TYPICAL) == [9]


# Trees of decisions


@pytest.mark.parametrize(("one", "other"), [
    (at_least(0, -1), zero(0, 1)),
    (at_least(0, -1, -2), zero(0, 1, 2)),
    (not_zero(0, 1), at_least(-1, 1)),
    (not_zero(0, 1, 2), at_least(-1, 1, 2)),
    (zero(3, -1, 1), zero(-3, 1, -1)),
    (zero(0, -1), zero(0, 1)),
    (not_zero(0, -1), at_least(-1, 1)),
])  # fmt: skip # a table
def test_conditions_that_say_the_same_of_naturals(one: Condition, other: Condition) -> None:
    """-x >= 0 says x == 0, x != 0 says x >= 1, and an equation may be turned around."""
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [
    (at_least(1, -1), zero(1, 1)), (at_least(0, -1, 1), zero(0, 1, -1)), (not_zero(1, 1), at_least(0, 1)),
    (not_zero(0, 1, -1), at_least(-1, 1, -1)), (at_least(0, 1), zero(0, 1)), (at_least(-3, 1), at_least(3, -1)),
    (at_least(1, -1), zero(0, 1)), (at_least(-1, -1), zero(0, 1)), (not_zero(1, 1), at_least(-1, 1)),
    (not_zero(-1, 1), at_least(-1, 1)),
    (zero(-3, 1), not_zero(-3, 1)), (at_least(-3, 1), at_least(-4, 1)),
])  # fmt: skip # a table
def test_conditions_that_do_not(one: Condition, other: Condition) -> None:
    """A constant, or a term of the other sign, makes another condition of it."""
    assert key(one) != key(other)


@pytest.mark.parametrize("condition", [
    at_least(-3, 1), at_least(3, -1, 1), zero(-3, 1), not_zero(-3, 1, -1), zero(0, 1), not_zero(0, 1), at_least(-1, 1),
])  # fmt: skip # a table
def test_the_opposite(condition: Condition) -> None:
    """It is the key of the condition that is true where the other is false."""
    assert opposite(condition) == key(~condition)
    assert opposite(~condition) == key(condition)


def missing(*leaves: tuple[Condition, ...]) -> list[tuple[int, str]]:
    """The gaps between leaves: the leaf, and the conjunction in words."""
    return [(leaf, repr(also)) for leaf, also in gaps(leaves)]


def told(*found: tuple[int, tuple[Condition, ...]]) -> list[tuple[int, str]]:
    """The same of gaps that are expected."""
    return [(leaf, repr(also)) for leaf, also in found]


FEW, MANY = at_least(2, -1), at_least(-3, 1)
"""At most 2, and at least 3."""


def test_inside() -> None:
    """Bounds are met further from where they end; there is no further from an equation."""
    few = Condition(Linear({0: -1}, 9), Is.AT_LEAST_ZERO)
    equal = Condition(Linear({0: 1}, -1), Is.ZERO)

    assert repr(inside((few, equal))) == repr((Condition(Linear({0: -1}, 4), Is.AT_LEAST_ZERO), equal))


def test_halves() -> None:
    """A condition and its opposite, in either order."""
    assert are_halves([(FEW,), (MANY,)])
    assert are_halves([(MANY,), (FEW,)])
    assert not are_halves([(FEW,), (FEW,)])
    assert not are_halves([(FEW,), (MANY, FEW)])
    assert not are_halves([(FEW,), ()])
    assert not are_halves([(FEW,)])


def test_a_tree_without_gaps() -> None:
    """Where each leaf has its neighbours, nothing is missing."""
    second = at_least(-7, 0, 1)

    assert list(gaps([(FEW,), (MANY,)])) == []
    assert list(gaps([(FEW,), (MANY, second), (MANY, ~second)])) == []
    assert list(gaps([])) == []


def test_where_a_neighbour_is_missing() -> None:
    """The leaf, and a conjunction right beyond its border: one below 3, one above 2; on both sides of an equation."""
    assert missing((MANY,)) == told((0, (zero(-2, 1),)))
    assert missing((FEW,)) == told((0, (zero(3, -1),)))
    assert missing((zero(-3, 1),)) == told((0, (zero(-2, 1),)), (0, (zero(-4, 1),)))
    assert missing((not_zero(-3, 1),)) == told((0, (zero(-3, 1),)))


def test_the_rest_of_a_leaf_may_be_met_beyond_the_border() -> None:
    """Before the condition all is as it was; after it both ways are yielded; what was yielded is not once more."""
    second, border = at_least(-7, 0, 1), zero(-2, 1)

    assert missing((MANY, second)) == told((0, (border,)), (0, (border, second)), (0, (MANY, zero(-6, 0, 1))))
    third, edges = at_least(-9, 0, 0, 1), (zero(-6, 0, 1), zero(-8, 0, 0, 1))
    assert missing((MANY, second, third)) == told(
        (0, (border,)), (0, (border, second, third)),
        (0, (MANY, edges[0])), (0, (MANY, edges[0], third)), (0, (MANY, second, edges[1])),
    )  # fmt: skip
    assert missing((MANY, second), (MANY, ~second)) == told((0, (border,)), (0, (border, second)))
    assert missing((FEW, second), (FEW, ~second), (MANY, second)) == told((2, (MANY, zero(-6, 0, 1))))


def test_what_is_true_of_quotients_has_no_opposite() -> None:
    """By their definition 3 q2 is at most q0 and more than q0 - 3: the opposite of these is not missing."""
    below, above = at_least(0, 1, 0, -3), at_least(2, -1, 0, 3)

    assert list(gaps([(below, above)], [THIRD])) == []
    assert len(list(gaps([(below, above)]))) == 3


def test_leaves_that_overlap() -> None:
    """Two of which no condition contradicts the other's may be met together."""
    second = at_least(-7, 0, 1)

    assert list(overlaps([(FEW,), (MANY,)])) == []
    assert list(overlaps([(FEW,), (second,), (MANY,)])) == [(1, 0), (2, 1)]
    assert list(overlaps([(FEW, second), (MANY, second), (FEW, ~second)])) == []


def test_sixty_leaves() -> None:
    """Of more than sixty leaves no pairs are looked at."""
    assert len(list(overlaps([(FEW,)] * MOST_LEAVES))) == 60 * 59 // 2
    assert list(overlaps([(FEW,)] * (MOST_LEAVES + 1))) == []
