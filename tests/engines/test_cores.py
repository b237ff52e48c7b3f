"""Conjunctions that nothing meets, as they are remembered, and as they are seen at a look."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.validation.cores import Cores


def test_what_was_found_to_be_impossible() -> None:
    """With further conditions it is as well, and with some of them alone it is not; nor is anything before."""
    some, more = (Condition(Linear({each: 1, 2: 1}, -5), Is.AT_LEAST_ZERO) for each in (0, 1))
    other = Condition(Linear({0: -1, 1: -1}, 3), Is.AT_LEAST_ZERO)
    cores = Cores()
    assert not cores.rule_out((some, more, other))
    cores.learn((some, other))

    assert [cores.rule_out(each) for each in ((some, other), (other, more, some), (some, more), (other,), ())] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((Is.AT_LEAST_ZERO, 1, -3), (Is.AT_LEAST_ZERO, -1, 2), True),
        ((Is.AT_LEAST_ZERO, 1, -3), (Is.AT_LEAST_ZERO, -1, 3), False),
        ((Is.AT_LEAST_ZERO, 1, -3), (Is.ZERO, 1, -2), True),
        ((Is.AT_LEAST_ZERO, 1, -3), (Is.ZERO, 1, -3), False),
        ((Is.AT_LEAST_ZERO, -1, 3), (Is.ZERO, 1, -4), True),
        ((Is.AT_LEAST_ZERO, -1, 3), (Is.ZERO, 1, -3), False),
        ((Is.ZERO, 1, -3), (Is.ZERO, 1, -4), True),
        ((Is.NOT_ZERO, 1, -3), (Is.AT_LEAST_ZERO, -1, 2), False),
        ((Is.NOT_ZERO, 1, -3), (Is.NOT_ZERO, 1, -4), False),
    ],
)
def test_expressions_that_would_have_to_be_larger_than_they_may(one: Any, other: Any, *, apart: bool) -> None:
    """At least 3 and at most 2, or 4; with another expression, or where it is only not 3, that is not seen."""
    asked = [Condition(Linear({0: sign, 1: sign}, constant), holds) for holds, sign, constant in (one, other)]
    elsewhere = [Condition(Linear({2: 1, 1: -1}, -9), Is.AT_LEAST_ZERO), Condition(Linear({3: 1, 1: 1}), Is.ZERO)]

    assert Cores().rule_out((*asked, *elsewhere)) is apart
    assert Cores().rule_out((*elsewhere, *reversed(asked))) is apart
