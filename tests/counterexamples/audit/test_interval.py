"""A printed size is an interval of bytes, and never a narrower one than what was printed leaves open."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.counterexamples.audit.interval import ZERO, Interval, bounds, exactly, gigabytes, printed, spell

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


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("2.0 KB", 2048, 2099),  # less than 2 KB has no unit; below 2.05 KB = 2099.2 B
        ("1.5 MB", 1520436, 1625292),  # from 1.45 MB = 1520435.2 B to 1.55 MB = 1625292.8 B
        ("2048.0 KB", 2097101, 2 * MB - 1),  # from 2047.95 KB = 2097100.8 B; 2 MB has another unit
        (
            "2048.1 KB",
            2097204,
            2097305,
        ),  # nobody's, and so not cut off: 2048.05 KB = 2097203.2 B, 2048.15 KB = 2097305.6 B
        ("2048.0 EB", (40959 * (1 << 60) + 19) // 20, (40961 * (1 << 60) - 1) // 20),  # there is no larger unit
        ("2.0e1 B", 20, 20),  # 19.5 to 20.5
        ("2.0E3 KB", 1950 * 1024, 2 * MB - 1),  # 1950 to 2050 KB, and 2048 KB would be 2 MB
        ("2e1 B", 15, 24),  # no decimals: half of ten, up or down
        ("3 KB", 2560, 4096),  # cut off or rounded
        ("-2.5 KB", -2611, -2509),  # 2.45 KB = 2508.8 B, 2.55 KB = 2611.2 B
        ("0.0 KB", 0, 51),  # 0.05 KB = 51.2 B, and nothing is less than nothing
        ("1,024 B", 1024, 1024),
        ("12,5 KB", 12749, 12851),  # 12.45 KB = 12748.8 B, 12.55 KB = 12851.2 B
        ("5,100 KB", 5099 * 1024 + 512, 5101 * 1024),  # three digits after a comma are thousands
        ("1.234,5 KB", 1264077, 1264179),  # 1234.45 KB = 1264076.8 B, 1234.55 KB = 1264179.2 B
        ("1.234.567,0 B", 1234567, 1234567),
        ("10. B", 10, 10),
    ],
)
def test_the_ends_of_an_interval(text: str, least: int, most: int) -> None:
    """Each end is what the last printed digit leaves open, in whole bytes, and no unit is used below 2 of it."""
    assert printed(text) == Interval(least, most)


def test_an_exponent_has_an_end() -> None:
    """A hostile exponent is read as 40, which is more than any memory, and costs no time."""
    assert printed("1.0E99 B") == printed("1.0E40 B")
    assert printed("1.0E40 B").lo > printed("1.0E39 B").hi
    assert printed("1.0E40 B").lo == 95 * 10**38  # 0.95 of it rounds up


@pytest.mark.parametrize("text", ["", "B", "MB", "x 5 B", "5", "5 X"])
def test_what_is_no_size(text: str) -> None:
    """Without a number or without a unit it is no size, and is named."""
    with pytest.raises(ValueError, match=f"^{text}$"):
        printed(text)


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ((1, 3), (3, 5), True),
        ((1, 3), (4, 5), False),
        ((1, 9), (4, 5), True),
        ((1, 3), (2, 5), True),
        ((2, 2), (2, 2), True),
    ],
)
def test_what_meets(one: tuple[int, int], other: tuple[int, int], *, meet: bool) -> None:
    """Two sizes may be the same if there is a number in both intervals, be it one at an end."""
    assert Interval(*one).meets(Interval(*other)) is meet
    assert Interval(*other).meets(Interval(*one)) is meet


def test_the_ends_of_arithmetic() -> None:
    """Sums add end by end, a difference crosswise; what is possible by both is what they share."""
    assert Interval(1, 5).plus(Interval(10, 30)) == Interval(11, 35)
    assert Interval(10, 30).less(Interval(1, 5)) == Interval(5, 29)
    assert Interval(2, 5).times(3) == Interval(6, 15)
    assert Interval(2, 5).times(0) == ZERO == exactly(0)
    assert Interval(1, 5).within(Interval(3, 9)) == Interval(3, 9).within(Interval(1, 5)) == Interval(3, 5)
    assert [Interval(lo, hi).floored() for lo, hi in ((-3, -1), (-3, 4), (2, 4))] == [ZERO, (0, 4), (2, 4)]
    assert Interval(3, 8).middle() == 5


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (5, "5 B"),
        (exactly(2047), "2047 B"),
        (exactly(-2047), "-2047 B"),
        (exactly(2048), "2.0 KB"),
        (exactly(2 * MB - 1), "2048.0 KB"),
        (exactly(2 * MB), "2.0 MB"),
        (exactly(2600), "2.5 KB"),  # 2.54
        (exactly(2611), "2.5 KB"),  # 2.5498
        (exactly(2612), "2.6 KB"),  # 2.5508
        (exactly(3 << 40), "3.0 TB"),
        (exactly(3 << 50), "3.0 PB"),
        (Interval(1000, 1001), "1.0 KB"),  # both 0.98
        (Interval(500, 512), "0.5 KB"),  # 0.49 and 0.5
        (Interval(500, 511), "500 to 511 B"),  # less than half of a unit is not told in it
        (Interval(0, 3 * MB), "0.0 to 3.0 MB"),
        (Interval(950 * MB, 960 * MB), "0.9 GB"),  # 0.93 and 0.94
        (Interval(-3 * MB, 5 * MB), "-3.0 to 5.0 MB"),
        (Interval(-5 * MB, 1), "-5.0 to 0.0 MB"),  # the greater of the two decides the unit
        (Interval(-10, 5 * MB), "0.0 to 5.0 MB"),  # nothing has no sign
    ],
)
def test_the_unit_of_what_is_said(size: Interval | int, said: str) -> None:
    """As Spark prints it: a unit from 2 of it on, one decimal, half of one rounded up; and one unit for both ends."""
    assert spell(size) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (exactly(1234), "1,234 B"),
        (Interval(5, 9), "5 to 9 B"),
        (Interval(2000, 3000), "2000 to 3000 B"),
        (Interval(3072, 4096), "3.0 to 4.0 KB"),
        (Interval(3 * MB, 4 * MB - 1), "3072.0 to 4096.0 KB"),
        (Interval(3 * MB, 4 * MB), "3.0 to 4.0 MB"),
        (Interval(5 * MB, 6 * MB), "5.0 to 6.0 MB"),
        (Interval(5120 * MB, 5150 * MB), "5.00 to 5.03 GB"),  # one decimal would say 5.0 twice
    ],
)
def test_both_ends_with_their_rounding(size: Interval, said: str) -> None:
    """Up to 4 of a unit the smaller one is taken; two decimals where one does not tell the ends apart."""
    assert bounds(size) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (exactly(1024 * MB), "1.00 GB"),
        (exactly(1024 * MB - 1), "1024.0 MB"),
        (Interval(1024 * MB, 3072 * MB), "2.00 GB"),
    ],
)
def test_gigabytes(size: Interval, said: str) -> None:
    """From 1 GB on a size is told with two decimals, by its middle."""
    assert gigabytes(size) == said
