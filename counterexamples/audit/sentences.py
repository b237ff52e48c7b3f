"""What a line of a log says: the events in it, of which one line may have several."""

from __future__ import annotations

import re
from typing import NamedTuple

from spillproof.counterexamples.audit import deaths, families
from spillproof.counterexamples.audit.families import PATTERNS, SPEAKERS, Pattern, What
from spillproof.counterexamples.audit.finder import Finder, Hit
from spillproof.counterexamples.audit.interval import ZERO, Interval, printed
from spillproof.counterexamples.audit.tongues import decoded

__all__ = ["Memory", "Said", "What", "gap", "plain", "said_in", "speaks", "text_of", "understand", "worth_hearing"]


class Said(NamedTuple):
    """What a line says. What a pattern has no part for is empty."""

    what: What
    pattern: Pattern
    start: int
    """Where the message begins in the text."""
    task: int | None = None
    who: str = ""
    whom: str = ""
    """For whom, where that is another consumer."""
    size: Interval = ZERO
    more: Interval = ZERO
    text: str = ""


_TRIED = tuple((each.needle, each.regex.search, each) for each in PATTERNS)

WORDS = (
    b"emory", b"Task ", b"Running task", b"Finished task", b"killed task", b"on in task", b"Lost task", b"/2N of",
    b" spill", b"version ", b"SIGNAL", b"shutdown", b"ecommission", b"Container: ", b"Heap", b"Full",
)  # fmt: skip
"""A line with none of these says nothing here, unless it has a sign of death or stands for lines that are missing.

A thread's name is not among them: many layouts have it in each line.
"""

OF_GAPS = (b"snip", b" lines ", b"messages ", b"repeated ", b"howing ", b"mitted", b"ppressed")

_FINDER = Finder((*WORDS, *OF_GAPS), deaths.NEEDLES, b".[\xe2-<")

REMEMBERED = 1 << 13
"""Lines that are remembered."""


def worth_hearing(block: bytes) -> tuple[list[Hit], int]:
    """Return the lines of a block that may say something, and whether they may say that something died; and all lines.

    This is all that most lines of a log are looked at: the block is searched as a whole, which costs little a line.
    """
    return _FINDER.lines(block)


def gap(text: str) -> Said | None:
    """Return what says that lines are missing, or None where nothing does."""
    counts = families.COUNTED.search(text) is not None
    for each in families.GAPS:
        if (each.needle or counts) and each.needle in text and (found := each.regex.search(text)) is not None:
            return _said(each, found)
    return None


def speaks(text: str) -> bool:
    """Return whether a line is of a logger that speaks of memory."""
    return any(each in text for each in families.NAMES) and SPEAKERS.search(text, 0, 300) is not None


def text_of(line: bytes) -> str:
    """Return a line as text."""
    return decoded(line).rstrip()


def understand(text: str) -> Said | None:
    """Return the first thing that a text says, or None for what no pattern fits."""
    for needle, search, pattern in _TRIED:
        if needle in text and (found := search(text)) is not None:
            return _said(pattern, found)
    return _error(text)


def said_in(text: str, *, suspected: bool) -> list[Said]:
    """Return all that a text says: what Spark says, and an error or a kill that stands in the same line."""
    first = understand(text)
    if not suspected or first is None or first.what is What.ERROR:
        return [first] if first is not None else _kill(text) if suspected else []
    error = _error(text)
    return [first, error] if error is not None else [first, *_kill(text)]


def _error(text: str) -> Said | None:
    if families.ERROR.needle in text and (found := families.ERROR.regex.search(text)) is not None:
        return _said(families.ERROR, found)
    return None


def _kill(text: str) -> list[Said]:
    found = deaths.sign(text)
    return [] if found is None else [Said(What.KILL, families.KILL, text.find(found[1]), text=found[1], who=found[0])]


def _said(pattern: Pattern, found: re.Match[str]) -> Said:
    parts = (*found.groups(""), "")
    task, who, whom, size, more, text = pattern.places
    task_, size_, more_ = parts[task], parts[size], parts[more]
    return Said(
        pattern.what,
        pattern,
        found.start(),
        int(task_) if task_ else None,
        parts[who],
        parts[whom],
        _size(size_) if size_ else ZERO,
        _size(more_) if more_ else ZERO,
        parts[text],
    )


def _size(text: str) -> Interval:
    """Return a printed size; the garbage collector leaves the B out, and Gluten the unit."""
    return printed(text if text[-1] in "Bbs" else f"{text}B")


class Memory:
    """What was understood of lines before, by what stands after their time: many a line says the same again."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[Said, str]] = {}

    def recall(self, text: str, clock: int) -> tuple[Said, str] | None:
        """Return what a line says and the head before it, where it was understood before."""
        known = self.known.get(text[clock:])
        if known is None:
            return None
        said, rest = known
        return said, text[:clock] + rest

    def keep(self, text: str, clock: int, said: Said) -> None:
        """Remember what a line says, whose time ends at `clock`, as in the line before."""
        if 0 < clock <= said.start:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[text[clock:]] = said, text[clock : said.start]


def plain(text: str, most: int = 100) -> str:
    """Return text of a log so that it can be shown: one line of characters that do nothing to a terminal."""
    shown = "".join(each if each.isprintable() else "?" for each in text[: most + 1])
    return shown if len(text) <= most else f"{shown[: most - 1]}…"
