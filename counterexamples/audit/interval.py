"""Sizes as logs print them: a printed "5.1 MB" is an interval of bytes, and is computed with as one.

Spark prints one decimal, and a unit only from 2 of it on, so that "2.0 MB" is at least 2 MB. Since 3.0 it writes MiB
for MB; both are powers of two. Nothing is ever narrowed by a guess: a conclusion that needs a size to be below another
needs the whole interval to be.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

UNITS = ("B", "KB", "MB", "GB", "TB", "PB", "EB")

SIZE = r"-?\d[\d.,]*(?:[eE]\+?\d+)?\s?(?:[KMGTPE]i?)?[Bb](?:ytes?)?\b"
"""A printed size, as a regular expression without groups."""

_PARTS = re.compile(r"(-?)(\d[\d.,]*)(?:[eE]\+?(\d+))?\s?([KMGTPE]?)i?[Bb]")


_new = tuple.__new__  # many are made for each line: this takes half as long as Interval(…)


class Interval(NamedTuple):
    """Bytes of which only the least and the most are known, both of them possible."""

    lo: int
    hi: int

    def plus(self, other: Interval) -> Interval:
        """Return what both may be together."""
        return _new(Interval, (self[0] + other[0], self[1] + other[1]))

    def less(self, other: Interval) -> Interval:
        """Return what may be left of this without the other."""
        return _new(Interval, (self[0] - other[1], self[1] - other[0]))

    def times(self, factor: int) -> Interval:
        """Return a multiple, by a factor that is not negative."""
        return _new(Interval, (self[0] * factor, self[1] * factor))

    def meets(self, other: Interval) -> bool:
        """Return whether both can be the same."""
        return self[0] <= other[1] and other[0] <= self[1]

    def within(self, other: Interval) -> Interval:
        """Return what is possible by both. They must meet."""
        low, high = other
        return _new(Interval, (max(self[0], low), min(self[1], high)))

    def floored(self) -> Interval:
        """Return the part that is not negative; 0 where there is none."""
        return self if self[0] >= 0 else _new(Interval, (0, max(0, self[1])))

    def middle(self) -> int:
        """Return the number in the middle, for where one number has to be shown."""
        return (self.lo + self.hi) // 2


ZERO = Interval(0, 0)


def exactly(size: int) -> Interval:
    """Return a size that is known to the byte."""
    return Interval(size, size)


@lru_cache(maxsize=1 << 14)
def printed(text: str) -> Interval:
    """Return the bytes that a printed size may stand for. Raises `ValueError` for what is no size.

    >>> printed("384.0 B")
    Interval(lo=384, hi=384)
    >>> printed("5.1 MB")
    Interval(lo=5295309, hi=5400166)
    >>> printed("2.0 MiB")
    Interval(lo=2097152, hi=2149580)
    """
    found = _PARTS.match(text)
    if found is None:
        raise ValueError(text)
    sign, number, exponent, letter = found.groups()
    digits, scale = _number(number)
    digits *= 10 ** min(int(exponent or 0), 40)
    power = "BKMGTPE".index(letter or "B")
    unit = 1 << 10 * power
    if power == 0 and not exponent:
        least, most = digits // scale, -(-digits // scale)
    elif scale == 1 and power:  # no decimals, perhaps cut off rather than rounded
        least, most = (2 * digits - 1) * unit // 2, (digits + 1) * unit
    else:
        half = 10 ** min(int(exponent or 0), 40)
        least = -((half - 2 * digits) * unit // (2 * scale))
        most = ((2 * digits + half) * unit - 1) // (2 * scale)  # half of the last digit is rounded up
        if power and digits >= 2 * scale:
            least = max(least, 2 * unit)
        if 0 < power < len(UNITS) - 1:
            most = max(least, min(most, 2048 * unit - 1)) if digits <= 2048 * scale else most
    if sign:
        return Interval(-most, -least)
    return Interval(max(0, least), most)


def _number(text: str) -> tuple[int, int]:
    """Return a decimal as a whole number and the power of ten to divide it by, whichever way it marks them."""
    text = text.rstrip(".,")
    whole, mark, rest = text.rpartition("." if text.rfind(".") > text.rfind(",") else ",")
    if not mark or (mark == "," and re.fullmatch(r"\d{3}", rest)):  # no mark, or one between thousands
        return int(re.sub(r"[.,]", "", text)), 1
    return int(re.sub(r"[.,]", "", whole) + rest), 10 ** len(rest)


def spell(size: Interval | int) -> str:
    """Return a size as a person reads it: one number where rounding leaves one, else both ends.

    >>> spell(printed("5.1 MB"))
    '5.1 MB'
    >>> spell(Interval(950 << 20, 960 << 20))
    '0.9 GB'
    >>> spell(Interval(0, 3 << 20))
    '0.0 to 3.0 MB'
    """
    if isinstance(size, int):
        size = exactly(size)
    if size.lo == size.hi and abs(size.lo) < 2048:  # noqa: PLR2004 - as Spark prints what is less than 2 KB
        return f"{size.lo} B"
    power = _power(max(abs(size.lo), abs(size.hi)))
    for each in (power, power + 1):
        low, high = _in(size.lo, each), _in(size.hi, each)
        if low == high and 2 * size.hi >= 1 << 10 * each:
            return f"{low} {UNITS[each]}"
    return f"{_in(size.lo, power)} to {_in(size.hi, power)} {UNITS[power]}"


def gigabytes(size: Interval) -> str:
    """Return a size with the two decimals that a heap dump is read to, where it is a gigabyte or more."""
    return f"{size.middle() / (1 << 30):.2f} GB" if size.lo >= 1 << 30 else spell(size)


def bounds(size: Interval) -> str:
    """Return both ends with their rounding in the open: `3369.1 to 3369.9 MB`, or the bytes where they are known."""
    if size.lo == size.hi:
        return f"{size.lo:,} B"
    power = _power(size.hi)
    if power and size.hi < 4 << 10 * power:  # rounding shows better in the smaller unit
        power -= 1
    low, high = _in(size.lo, power), _in(size.hi, power)
    if low == high:
        low, high = (f"{end / (1 << 10 * power):.2f}" for end in size)
    return f"{low} to {high} {UNITS[power]}"


def _power(size: int) -> int:
    power = 0
    while power < len(UNITS) - 2 and size >= 2 << 10 * (power + 1):
        power += 1
    return power


def _in(size: int, power: int) -> str:
    """Return a size in a unit with one decimal, half of one rounded up."""
    unit = 1 << 10 * power
    tenths = (20 * abs(size) + unit) // (2 * unit)
    return f"{'-' if size < 0 and tenths else ''}{tenths // 10}.{tenths % 10}" if power else str(size)
