"""When a line was written, in whatever format its layout has.

A time of day is found in nearly every layout; the date before it is understood where it is written in one of the usual
ways. Without a date, a time of day that goes back by more than half a day is taken to be the next day's.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"

_TIME = re.compile(
    r"(?:(?<![\d:.])|(?<=[a-z][-/. ]\d{4}:))"  # a colon may part it from a date: 05/Dec/2017:12:00:00
    r"([01]?\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:[.,:](\d{1,9}))?(?![\d:])(?:[ \u202f]?([AaPp])\.?[Mm]\b)?"
)
_EPOCH = re.compile(r"^\W{0,2}(1[0-9]{9})(?:\.(\d+)|(\d{3}))?\b")
_SINCE_1970 = 719163
"""The day of the year 1 on which numbers of seconds begin."""
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d\d?)[-/.月](?P<d>\d\d?)[T \-_,日@]*$"),
    re.compile(r"(?<!\d)(?P<y>\d\d)[-/.](?P<m>\d\d)[-/.](?P<d>\d\d)[T ]*$"),  # Spark's own: yy/MM/dd
    re.compile(r"(?<!\d)(?P<d>\d\d?)[-/. ](?P<n>[A-Za-z]{3})[a-z]*[-/., ]+(?P<y>\d{4})[T :,]*$"),
    re.compile(r"(?P<n>[A-Za-z]{3})[a-z]*\.? (?P<d>\d\d?),? (?P<y>\d{4})[T ,@]*$"),
    re.compile(r"(?<![\d/])(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4}|\d\d),? *$"),  # as they write it in America
    re.compile(r"(?<!\d)(?P<d>\d\d?)[-/.](?P<m>\d\d?)[-/.](?P<y>\d{4})[T ]*$"),
    re.compile(r"(?<!\d)(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)[T ]*$"),
)
_DIGITS = {ord(digit): str(k) for ten in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९") for k, digit in enumerate(ten)}
"""As Java writes a date in Arabic, Persian and Marathi."""

DAY = 86400.0


class Clock:
    """Reads the times of lines, in seconds since some day; keeps to the format that it found."""

    def __init__(self) -> None:
        self.dated = False
        """Whether the last time was read with its date."""
        self.understood = ""
        """An example of what was read."""
        self.missed = ""
        """An example of a line's head in which no time was found."""
        self.length = 0
        """Where the time ended in the last line that had one."""
        self._head = ""
        self._day = 0.0
        self._last = 0.0
        self._seen: tuple[str, float | None] = ("", None)

    def read(self, head: str) -> float | None:
        """Return when a line was written, from what stands before its message; None where that is not understood."""
        seen, found = self._seen
        if seen and head.startswith(seen):
            return found
        found, length = self._read(head)
        if length:
            self._seen, self.length = (head[:length], found), length
        if found is not None and not self.understood:
            self.understood = head[:length].strip()
        return found

    def _read(self, head: str) -> tuple[float | None, int]:
        if not head.isascii():
            head = head.translate(_DIGITS)
        time = _TIME.search(head, 0, 160)
        if time is None:
            epoch = _EPOCH.search(head)
            if epoch is None:
                return None, 0
            self.dated = True
            since = float(epoch[1]) + float(f"0.{epoch[2] or epoch[3] or 0}")
            return _SINCE_1970 * DAY + since, epoch.end()
        hour, minute, second, fraction, half = time.groups()
        clock = _hours(hour, half) * 3600 + int(minute) * 60 + int(second) + float(f"0.{fraction or 0}")
        before = head[: time.start()]
        if before != self._head or not self.dated:
            self._day = self._date(before, clock)
            self._head = before
        self._last = clock
        return self._day + clock, time.end()

    def _date(self, before: str, clock: float) -> float:
        for form in _DATES:
            found = form.search(before)
            if found is not None and (day := _day(found.groupdict(""))) is not None:
                self.dated = True
                return day
        self.dated = False
        return self._day + (DAY if clock < self._last - DAY / 2 else 0.0)


def _hours(hour: str, half: str | None) -> int:
    """Return the hour of the day, of a clock with twelve hours too."""
    return int(hour) if half is None else int(hour) % 12 + (12 if half in "Pp" else 0)


def _day(parts: dict[str, str]) -> float | None:
    try:
        month = int(parts["m"]) if "m" in parts else _MONTHS.index(parts["n"].lower()) // 4 + 1
        year = int(parts["y"])
        return date(year + 2000 if year < 100 else year, month, int(parts["d"])).toordinal() * DAY  # noqa: PLR2004
    except ValueError:
        return None


def time_of_day(seconds: float | None) -> str:
    """Return a time as a clock shows it, or dashes where none is known.

    >>> time_of_day(42279.0)
    '11:44:39'
    """
    if seconds is None:
        return "--:--:--"
    whole = int(seconds % DAY)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def duration(seconds: float) -> str:
    """Return a length of time as a person says it.

    >>> duration(284.0)
    '4 min 44 s'
    """
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.0f} s" if seconds >= 1 or seconds == 0 else f"{1000 * seconds:.0f} ms"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
