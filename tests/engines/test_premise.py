"""What follows from conditions without a solver: nothing that is not so, tried on points, and what is plain."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.linear import holds
from spillproof.properties.engines.network.premise import Premise, eliminated, solved_for
from tests.engines.conditions import least, other, zero

A, B, C = Linear({0: 1}), Linear({1: 1}), Linear({2: 1})
POINTS = [*itertools.product(range(5), repeat=3)]


def drawn(chance: random.Random) -> Condition:
    """Any condition with small numbers."""
    terms = {symbol: factor for symbol in range(3) if (factor := chance.choice((-2, -1, -1, 0, 0, 1, 1, 2)))}
    return Condition(Linear(terms or {chance.randrange(3): 1}, chance.randint(-4, 4)), chance.choice([*Is]))


def meeting(conditions: Sequence[Condition]) -> list[tuple[int, ...]]:
    """The points that meet all conditions."""
    return [point for point in POINTS if all(holds(each, point) for each in conditions)]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_follows_that_is_not_so(seed: int) -> None:
    """What is said to follow is so of all points that meet the premises; where they cannot be met, none does."""
    chance = random.Random(seed)
    said = never = 0
    for _ in range(40):
        first, more = ([drawn(chance) for _ in range(chance.randint(0, 2))] for _ in range(2))
        asked, points = [drawn(chance) for _ in range(6)], meeting([*first, *more])
        for premise in (Premise([*first, *more]), Premise(more, Premise(first))):
            if premise.never:
                never += 1
                assert points == [], (first, more)
            for each in asked:
                if premise.implies(each):
                    said += 1
                    assert all(holds(each, point) for point in points) or premise.never, (first, more, each)
            rewritten = premise.rewritten(asked)
            completed = [premise.completed(point) for point in points]
            assert completed == points
            assert all(
                all(holds(each, point) for each in asked) == all(holds(each, point) for each in rewritten)
                for point in points
            ), (first, more, asked)
    assert said > 20
    assert never > 5


@pytest.mark.parametrize(
    ("known", "asked", "follows"),
    [
        ([least(A - 2)], least(A - 1), True),
        ([least(A - 2)], least(A - 3), False),
        ([], least(A + 1), True),
        ([], least(A - 1), False),
        ([zero(A - B), least(B - 2)], least(A - 2), True),  # put in
        ([zero(A - B), zero(B - C), least(C - 2)], least(A - 2), True),  # and once more
        ([zero(A + B - 3)], least(3 - A), True),  # as b is natural
        ([zero(A + B - 3)], least(2 - A), False),
        ([least(A - B), least(B - C)], least(A - C), True),  # two facts added up
        ([least(A - B), least(B - C), least(C - 2)], least(A - 2), False),  # three are a solver's question
        ([least(A - B), least(B - A)], zero(A - B), True),  # from both sides
        ([least(A - B)], zero(A - B), False),
        ([other(A - B)], other(A - B), True),
        ([other(A - B)], other(A - C), False),
        ([least(A - 1)], other(A), True),
        ([zero(A - 2)], zero(A - 2), True),
        ([zero(A - 2)], zero(A - 3), False),
        ([zero(2 * A - 2 * B), least(B - 2)], least(A - 2), False),  # no unknown with a factor of one
    ],
)
def test_what_is_plain_is_said(known: list[Condition], asked: Condition, *, follows: bool) -> None:
    """Equations are put in, two facts are added up, and no more; asked again, it is answered the same."""
    premise = Premise(known)

    assert [premise.implies(asked), premise.implies(asked)] == [follows, follows]
    assert not premise.never
    for first, then in ((known[:1], known[1:]), (known[-1:], known[:-1])):
        assert Premise(then, Premise(first)).implies(asked) is follows


@pytest.mark.parametrize(
    "conditions",
    [
        [least(A - 2), least(1 - A)],
        [zero(A - 2), zero(A - 3)],
        [zero(A - B), least(A - B - 1)],
        [zero(A + B), least(A - 1)],
        [zero(A + 1)],
    ],
)
def test_what_cannot_be(conditions: list[Condition]) -> None:
    """Two conditions that contradict each other, at once or one after the other; and it stays so."""
    assert Premise(conditions).never
    later = Premise(conditions[1:], Premise(conditions[:1]))
    assert later.never
    assert Premise([least(C - 1)], later).never


def test_what_equations_put_in() -> None:
    """The last unknown with a factor of one is what the others say, in all that was put in before as well."""
    found: dict[int, Linear | int] = {}
    eliminated([A - B, B - C, 2 * A - 3, 0], found)

    assert {symbol: (value.terms, value.constant) for symbol, value in found.items() if isinstance(value, Linear)} == {
        1: ({0: 1}, 0), 2: ({0: 1}, 0),
    }  # fmt: skip
    assert set(found) == {1, 2}
    eliminated([A - 5], found)
    assert found == {0: 5, 1: 5, 2: 5}
    premise = Premise([zero(A - B + 1)])
    assert premise.completed((4, 99, 7)) == (4, 5, 7)
    rewritten = premise.rewritten([least(B - 1), zero(A - B), zero(B - A - 1), least(A - C)])
    assert [(each.left.terms, each.left.constant, each.holds) for each in rewritten] == [
        ({}, 1, Is.ZERO), ({0: 1, 2: -1}, 0, Is.AT_LEAST_ZERO),
    ]  # fmt: skip


def test_what_an_unknown_is() -> None:
    """Where 2a - b + 3 is 0, b is 2a + 3; where 2a + b + 3 is, b is -2a - 3; where b - 4 is, b is 4."""
    down, up = solved_for(Linear({0: 2, 1: -1}, 3), 1), solved_for(Linear({0: 2, 1: 1}, 3), 1)
    assert isinstance(down, Linear)
    assert isinstance(up, Linear)
    assert (down.terms, down.constant, up.terms, up.constant) == ({0: 2}, 3, {0: -2}, -3)
    assert solved_for(Linear({1: 1}, -4), 1) == 4
    assert solved_for(Linear({1: -1}, 4), 1) == 4
