"""Times as layouts write them: each form of date, clocks of twelve hours, days that pass, and lengths of time."""

from __future__ import annotations

from datetime import date

import pytest

from spillproof.counterexamples.audit.stamp import DAY, Clock, duration, time_of_day

NOON = 12 * 3600.0
THE_FIFTH = date(2017, 12, 5).toordinal() * DAY


@pytest.mark.parametrize("text", [
    "2017-12-05 ", "2017/12/5T", "2017.12.05, ", "2017年12月5日 ", "[2017-12-05T", "17/12/05 ", "17-12-05T",
    "17.12.05 ", "05 Dec 2017 ", "5-Dec-2017, ", "[05/Dec/2017:",
    "05/December/2017 ", "Dec 5, 2017 ", "dec. 05 2017 @", "12/5/2017 ", "12/05/17, ",
    "5.12.2017 ", "05-12-2017T", "20171205 ", "20171205T",
])  # fmt: skip # a table
def test_each_way_to_write_a_date(text: str) -> None:
    """It is the fifth of December 2017, at noon."""
    clock = Clock()

    assert clock.read(f"{text}12:00:00 INFO x") == THE_FIFTH + NOON
    assert clock.dated
    assert clock.understood == f"{text}12:00:00".strip()


@pytest.mark.parametrize(("text", "seconds"), [
    ("12:34:56", 45296), ("1:02:03", 3723), ("00:00:00", 0), ("23:59:60", 86400), ("12:00:00.5", 43200.5),
    ("12:00:00,250", 43200.25), ("12:00:00:125", 43200.125), ("12:00:00 AM", 0), ("12:00:00 PM", 43200),
    ("1:00:00 pm", 46800), ("11:00:00 a.m.", 39600), ("12:30:00\u202fPM", 45000),
])  # fmt: skip # a table
def test_each_way_to_write_a_time_of_day(text: str, seconds: float) -> None:
    """In seconds since midnight, with what is less than a second; noon is 12 PM, midnight 12 AM."""
    assert Clock().read(f"{text} INFO x") == seconds


@pytest.mark.parametrize("text", ["", "INFO x", "24:00:00", "12:60:00", "12:00:61", "1.2.3:04:05:06", "112:00:00"])
def test_what_is_no_time(text: str) -> None:
    """There is none where the numbers are none of a clock."""
    clock = Clock()

    assert (clock.read(text), clock.understood, clock.length, clock.dated) == (None, "", 0, False)


@pytest.mark.parametrize(
    ("text", "after"), [("1512475200", 0), ("1512475200.5", 0.5), ("1512475200250", 0.25), ("[1512475200] ", 0)]
)
def test_seconds_since_1970(text: str, after: float) -> None:
    """With a fraction, or milliseconds behind them: 1512475200 is that noon in Greenwich."""
    clock = Clock()

    assert clock.read(f"{text} INFO x") == THE_FIFTH + NOON + after
    assert clock.dated


@pytest.mark.parametrize("text", ["2017-13-05 ", "31 Foo 2017 ", "2017-02-30 ", "version 1.2.3 "])
def test_what_is_no_date(text: str) -> None:
    """The time of day is read, and counts from the first day."""
    clock = Clock()

    assert (clock.read(f"{text}12:00:00"), clock.dated) == (NOON, False)


def test_days_that_pass_without_a_date() -> None:
    """A time that goes back by more than half a day is of the next day; by half a day or less, of the same."""
    clock = Clock()
    times = ["23:00:00 a", "10:59:59 b", "09:00:00 c", "21:30:00 d", "09:30:00 e"]

    assert [clock.read(each) for each in times] == [
        23 * 3600, DAY + 39599, DAY + 9 * 3600, DAY + 21.5 * 3600, DAY + 9.5 * 3600,
    ]  # fmt: skip


def test_the_date_of_each_line_is_its_own() -> None:
    """A head that was read before is not read again; another date is, and no date after one keeps the day."""
    clock = Clock()

    assert clock.read("17/12/05 12:00:00 INFO") == THE_FIFTH + NOON
    assert clock.read("17/12/05 12:00:00 WARN") == THE_FIFTH + NOON
    assert clock.length == len("17/12/05 12:00:00")
    assert clock.read("17/12/05 12:00:01 INFO") == THE_FIFTH + NOON + 1
    assert clock.read("17/12/06 12:00:00 INFO") == THE_FIFTH + DAY + NOON
    assert clock.read("nothing") is None
    assert clock.read("12:00:02 INFO") == THE_FIFTH + DAY + NOON + 2
    assert not clock.dated
    assert clock.understood == "17/12/05 12:00:00"


@pytest.mark.parametrize(("seconds", "text"), [
    (None, "--:--:--"), (0.0, "00:00:00"), (3723.9, "01:02:03"), (DAY + 45296, "12:34:56"), (DAY - 0.5, "23:59:59"),
])  # fmt: skip # a table
def test_a_time_of_day(seconds: float | None, text: str) -> None:
    """As a clock shows it, whatever the day."""
    assert time_of_day(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0 s"), (0.9, "900 ms"), (0.001, "1 ms"), (1, "1 s"), (59.4, "59 s"), (60, "1 min"), (61, "1 min 1 s"),
    (284.0, "4 min 44 s"), (119.6, "2 min"), (3599.4, "59 min 59 s"), (3599.6, "1 h 0 min"), (7384, "2 h 3 min"),
])  # fmt: skip # a table
def test_a_length_of_time(seconds: float, text: str) -> None:
    """As a person says it: in milliseconds, seconds, minutes or hours, and what is nothing is left out."""
    assert duration(seconds) == text
