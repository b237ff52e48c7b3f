"""What the lecturer's page says of each lecture: for some minutes each, what to show, and what to ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "course" / "for-the-lecturer.md"
_ROW = re.compile(r"^\| (?P<minutes>\d+–\d+) \| (?P<show>.*?) \| (?P<ask>.*?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A row of the table of a lecture."""

    minutes: str
    show: str
    ask: str


@cache
def parts(minutes: int) -> tuple[Part, ...]:
    """Return the rows of the lecture that takes so many minutes. Raises `LookupError` where the page has none."""
    text = PAGE.read_text(encoding="utf-8")
    _, found, after = text.partition(f"\n## A lecture of {minutes} minutes\n")
    if not found:
        raise LookupError(f"{PAGE} has no lecture of {minutes} minutes")
    return tuple(Part(**each.groupdict()) for each in _ROW.finditer(after.partition("\n## ")[0]))
