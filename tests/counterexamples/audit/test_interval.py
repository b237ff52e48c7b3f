"""A printed size is an interval of bytes, and never a narrower one than what was printed leaves open."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.counterexamples.audit.interval import ZERO, Interval, exactly, printed, spell

MB = 1 << 20


def as_spark_prints(size: int) -> str:
    """A size as Spark's `Utils.bytesToString` prints it, written anew from its source."""
    power = 0
    while power < 6 and size >= 2 << 10 * (power + 1):
        power += 1
    value = (Decimal(size) / (1 << 10 * power)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{value} {['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'][power]}"


@given(st.integers(0, 1 << 62))
def test_what_was_printed_is_in_its_interval(size: int) -> None:
    """Whatever Spark rounds, the interval has it, with either way to write the unit."""
    text = as_spark_prints(size)

    for each in (text, text.replace("B", "iB") if text[-2] != " " else text):
        assert printed(each).lo <= size <= printed(each).hi


@given(st.integers(0, 1 << 62))
def test_the_interval_is_as_narrow_as_can_be(size: int) -> None:
    """Both ends of the interval print the same text as what is in it."""
    text = as_spark_prints(size)

    assert (as_spark_prints(printed(text).lo), as_spark_prints(printed(text).hi)) == (text, text)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("0.0 B", 0, 0),
        ("400764 bytes", 400764, 400764),
        ("1,556.9 MB", 1632475546, 1632580403),
        ("5,1 MB", 5295309, 5400166),
        ("128 MB", 127 * MB + MB // 2, 129 * MB),
        ("-5.0 B", -5, -5),
        ("1.00E+19 B", 9950000000000000000, 10049999999999999999),
    ],
)
def test_other_ways_to_print(text: str, least: int, most: int) -> None:
    """Thousands, decimal commas, no decimals, a negative and a huge number are read as liberally as is safe."""
    assert printed(text) == Interval(least, most)


@given(*[st.tuples(st.integers(0, 99), st.integers(0, 99)).map(sorted)] * 2, *[st.integers(0, 99)] * 2)
def test_arithmetic_loses_nothing(one: list[int], other: list[int], here: int, there: int) -> None:
    """The sum and the difference of two sizes are in the sum and the difference of their intervals."""
    first, second = Interval(*one), Interval(*other)
    a, b = min(max(here, first.lo), first.hi), min(max(there, second.lo), second.hi)

    assert first.plus(second).lo <= a + b <= first.plus(second).hi
    assert first.less(second).lo <= a - b <= first.less(second).hi


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (ZERO, "0 B"),
        (printed("3.3 GB"), "3.3 GB"),
        (exactly(POOL := 3533176832), "3.3 GB"),
        (Interval(POOL - 2588304997, POOL - 2523293287), "0.9 GB"),
        (Interval(MB, 3 * MB), "1.0 to 3.0 MB"),
    ],
)
def test_one_number_is_said_where_rounding_leaves_one(size: Interval, said: str) -> None:
    """A size is told by one number if both ends read the same, else by both."""
    assert spell(size) == said
