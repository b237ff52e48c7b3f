"""What is seen of conditions that contradict each other, without a solver."""

from __future__ import annotations

import itertools
import random

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.validation.cores import Cores
from spillproof.properties.engines.validation.sizes import Guard

A, B, C = ({place: 1} for place in range(3))


def least(terms: dict[int, int], constant: int = 0) -> Condition:
    """An expression that is at least 0."""
    return Condition(Linear(terms, constant), Is.AT_LEAST_ZERO)


def equal(terms: dict[int, int], constant: int = 0) -> Condition:
    """An expression that is 0."""
    return Condition(Linear(terms, constant), Is.ZERO)


def other(terms: dict[int, int], constant: int = 0) -> Condition:
    """An expression that is not 0."""
    return Condition(Linear(terms, constant), Is.NOT_ZERO)


@pytest.mark.parametrize(("conditions", "apart"), [
    ((least(A, -3), least({0: -1}, 2)), True), ((least(A, -3), least({0: -1}, 3)), False),
    ((least({0: 1, 1: -1}, -1), least({0: -1, 1: 1})), True), ((least({0: 1, 1: -1}), least({0: -1, 1: 1})), False),
    ((equal({0: 1, 1: -1}), least({0: 1, 1: -1}, -1)), True), ((equal({0: 1, 1: -1}), least({0: -1, 1: 1}, -1)), True),
    ((equal({0: 1, 1: -1}, 2), equal({0: 1, 1: -1}, 3)), True), ((equal({0: 1, 1: -1}), other({0: 1, 1: -1})), False),
    ((least(A, -3), least({1: -1}, 2)), False), ((least(A, -2), least(A, -3), least({0: -1}, 2)), True),
])  # fmt: skip # a table
def test_bounds_of_one_expression(conditions: tuple[Condition, ...], apart: bool) -> None:  # noqa: FBT001 - a table
    """What it has to be at least is more than what it may be at most."""
    assert Cores().rule_out(conditions) is apart
    assert Cores().rule_out(conditions[::-1]) is apart


@pytest.mark.parametrize("core", [
    (least({0: 1, 1: -1}, -1), least({1: 1, 2: -1}), least({2: 1, 0: -1})),
    (least({2: 1, 1: -1}, -1), least({0: 1, 2: -2}), least({0: -1, 1: 2}, 1)),  # 2c <= a <= 2b + 1, and b < c
    (equal({0: -1, 1: 1, 2: 1}), least({0: 1, 1: -1, 2: -1}, -1)),
    (least({0: 2, 1: -3}, -1), least({1: 3, 2: -2}), least({2: 1, 0: -1})),
    (least({1: 1, 2: -1, 3: -1}, -2), least({1: -1, 3: 1}, 1)),  # b >= c + d + 2, and b <= d + 1
    (equal(A), least({1: 1, 2: -1}), least({0: 1, 1: -1}, 1), least({2: 1}, -2)),  # a is 0, so that c <= b <= 1
    (equal({0: 1, 1: -1, 2: 1}), least({2: 1, 3: -1}), least({3: 1, 1: -1}, -1)),  # b = a + c is at least c
    (equal({0: -1, 1: 2}), equal({2: 2, 0: -1}), least({1: 1, 2: -1}, -1)),  # a is twice b, and twice c
])  # fmt: skip # a table
def test_what_two_conditions_say_together(core: tuple[Condition, ...]) -> None:
    """It contradicts a third, or what two others say; the reason is known from then on, whatever else is asked."""
    more = (least({3: 1, 0: -1}), *core, other({0: 1}, -9))
    cores = Cores()

    assert cores.find(more)
    assert cores.rule_out((*core, least({4: 1}, -1)))
    assert not cores.rule_out(core[1:])
    assert not Cores().find(core[:-1])


def test_what_some_numbers_meet_is_not_ruled_out() -> None:
    """A thousand conjunctions by chance: each that is ruled out is met by no three numbers up to 8."""
    chance = random.Random(0)
    ruled_out = 0
    for _ in range(1000):
        conditions = tuple(
            chance.choice((least, least, equal, other))(
                {place: chance.choice((-2, -1, 1, 2)) for place in chance.sample(range(3), chance.choice((1, 2, 3)))},
                chance.randrange(-4, 5),
            )
            for _ in range(chance.choice((2, 3, 4)))
        )
        cores = Cores()
        if cores.rule_out(conditions) or cores.find(conditions):
            ruled_out += 1
            assert cores.rule_out(conditions)
            assert not any(map(Guard(conditions).meets, itertools.product(range(9), repeat=3)))
    assert ruled_out > 50


def test_what_was_found_to_be_impossible() -> None:
    """With further conditions it is as well, and with some of them alone it is not; nor is anything before."""
    some, more, few = least({0: 1, 2: 1}, -5), least({1: 1, 2: 1}, -5), least({0: -1, 1: -1}, 3)
    cores = Cores()
    assert not cores.rule_out((some, more, few))
    cores.learn((some, few))

    assert [cores.rule_out(each) for each in ((some, few), (few, more, some), (some, more), (few,), ())] == [
        True, True, False, False, False,
    ]  # fmt: skip
