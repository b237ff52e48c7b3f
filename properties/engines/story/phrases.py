"""Words for sizes, numbers and paragraphs, as every text has them."""

from __future__ import annotations

import textwrap

from spillproof.model.names import counted

WIDTH = 80
"""Every line fits into so many columns, on every terminal: the same text everywhere."""

MEGABYTE = 1024 * 1024

FLOATS = 1 << 1000
"""Below this a float is near to every number."""


def exactly(size: int) -> str:
    """Return a size with all its digits, and its order of magnitude if it is large."""
    return f"{size:,} B" if abs(size) < MEGABYTE else f"{size:,} B ({roughly(size)})"


def roughly(size: int) -> str:
    """Return a size as a heap-dump tool prints it: `1 B`, `3.3 GB`."""
    for unit, name in ((1024 * MEGABYTE, "GB"), (MEGABYTE, "MB")):
        if abs(size) >= unit:
            return f"{size / unit:.1f} {name}" if abs(size) < FLOATS else f"{size // unit:,} {name}"
    return f"{size:,} B"


def number(size: int | None) -> str:
    """Return a size, or a dash where there is none."""
    return "–" if size is None else f"{size:,}"


def steps(count: int) -> str:
    """Return how many steps, in words."""
    return counted(count, "step")


def paragraph(text: str, first: str = "  ", later: str = "  ") -> list[str]:
    """Return the lines of a paragraph, each with what it begins with. What has no room in a line is broken."""
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


def wrapped(text: str, later: str, first: str = "") -> str:
    """Return a paragraph in lines, the first and the later ones with what they begin with."""
    return "\n".join(
        textwrap.wrap(
            text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
        )
    )
