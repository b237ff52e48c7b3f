"""What decided a claim's answer: the comparison as its source has it, and with the values in it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.evidence.reason import NO_REASON, Reason, reason


class Part(HeapObject):
    """Has a name in a run."""

    used: int = 1


PART = Part(9)
NOW: Any = SimpleNamespace(
    used=5, limit=3, sizes=[1, 5, 7], others=[2, 4], parts=[Part(), PART], couples=[(1, 4), (4, 4)]
)
NOW.count = lambda: 3


def at_most(now: Any) -> Any:
    """In one comparison."""
    return now.used <= now.limit


def falls(before: Any, after: Any) -> Any:
    """Of two states, and denied."""
    return not after.used >= before.used + 1


def both(now: Any) -> Any:
    """The second part is false."""
    return now.used > 1 and now.used > 9 and now.used > 2


def all_of_it(now: Any) -> Any:
    """Both parts are true."""
    return now.used > 1 and now.limit > 2


def either(now: Any) -> Any:
    """Neither part is true."""
    return now.used < 1 or now.limit < 2


def one_of_them(now: Any) -> Any:
    """The second part is true."""
    return now.used < 1 or now.limit < 4 or now.used > 1


def branches(now: Any) -> Any:
    """A constant, for what a condition says."""
    if now.used < 3:
        return True
    elif now.limit < 4:  # noqa: RET505 - as somebody may write it
        return False
    return True


def late(now: Any) -> Any:
    """By a variable."""
    total = now.used + now.limit
    if total < 3:
        return True
    return total < 5


def every(now: Any) -> Any:
    """A member is false."""
    return all(each < 6 for each in now.sizes if each > 1)


def every_but_few(now: Any) -> Any:
    """No member is."""
    return all(each < 9 for each in now.sizes)


def some(now: Any) -> Any:
    """A member is true."""
    return any(part.used > 3 for part in now.parts)


def pairs(now: Any) -> Any:
    """Two members are."""
    return any(one == other + 1 for one in now.sizes if one > 1 for other in now.others if other > 2)


def largest(now: Any) -> Any:
    """By functions of numbers."""
    return max(now.used, len(now.sizes)) <= abs(-4)


def couples(now: Any) -> Any:
    """By members that have two names."""
    return all(one < other for one, other in now.couples)


def counted(now: Any) -> Any:
    """By a method."""
    return now.count() <= max(now.limit, 2) - 1


def unpacked(now: Any) -> Any:
    """By one of two variables that are set at once."""
    low, _high = now.limit, 9
    return now.used < low


def twice_named(now: Any) -> Any:
    """By a variable that has another name."""
    low = _also = now.limit
    return now.used < low


def helped(now: Any) -> Any:
    """By another function."""
    return less(now.limit, 2)


def less(one: int, other: int) -> Any:
    """Called by another."""
    return one < other


def first(now: Any) -> Any:
    """Goes four functions deep."""
    return second(now)


def second(now: Any) -> Any:
    """The next."""
    return third(now)


def third(now: Any) -> Any:
    """The next."""
    return fourth(now)


def fourth(now: Any) -> Any:
    """The last."""
    return bool(now.used < 2)


CLAIM = Claim("less", Mode.ALWAYS, at_most)


def by_a_claim(now: Any) -> Any:
    """By another claim."""
    return CLAIM(now)


def a_number(now: Any) -> Any:
    """No answer."""
    return now.used


def nothing_returned(now: Any) -> Any:
    """No answer at all."""
    str(now.used)


def raises(now: Any) -> Any:
    """Asks for what is not there."""
    return now.missing > 3


@pytest.mark.parametrize(
    ("function", "compared", "values"),
    [
        (at_most, "used <= limit", "5 <= 3"),
        (both, "used > 9", "5 > 9"),
        (all_of_it, "used > 1; limit > 2", "5 > 1; 3 > 2"),
        (either, "used < 1; limit < 2", "5 < 1; 3 < 2"),
        (one_of_them, "limit < 4", "3 < 4"),
        (branches, "limit < 4", "3 < 4"),
        (late, "used + limit < 5", "5 + 3 < 5"),
        (every, "each < 6", "7 < 6"),
        (every_but_few, "all((each < 9 for each in sizes))", "True"),
        (some, "part.used > 3", "9 > 3 (part: P2)"),
        (pairs, "one == other + 1", "5 == 4 + 1"),
        (largest, "max(used, len(sizes)) <= abs(-4)", "max(5, 3) <= abs(-4)"),
        (couples, "one < other", "4 < 4"),
        (counted, "count() <= max(limit, 2) - 1", "3 <= max(3, 2) - 1"),
        (unpacked, "used < low", "5 < 3"),
        (twice_named, "used < low", "5 < 3"),
        (helped, "one < other", "3 < 2"),
        (first, "fourth(now)", "False"),
        (second, "used < 2", "5 < 2"),
        (by_a_claim, "used <= limit", "5 <= 3"),
    ],
)
def test_what_decided(function: Any, compared: str, values: str) -> None:
    """The part that did; all parts, where all had to; the member that did; what a function that was called returned."""
    assert reason(function, (NOW,), {id(PART): "P2"}) == Reason(compared, values)
    assert sys.getprofile() is None


def test_two_states_keep_their_names() -> None:
    """Of one alone it is plain whose a field is."""
    assert reason(falls, (NOW, NOW), {}) == Reason("after.used >= before.used + 1", "5 >= 5 + 1")


@pytest.mark.parametrize("function", [a_number, nothing_returned, raises, len, lambda _now: True])
def test_what_nobody_can_tell(function: Any) -> None:
    """An answer that is none, and what has no source of its own."""
    assert reason(function, (NOW,), {}) == NO_REASON
