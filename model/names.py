"""Words for what is not there (what was meant perhaps, and where to find it), and for how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

CLOSE = 3
"""At most so many names are suggested."""

FEW = 12
"""Names that a line can list."""


def unknown(kind: str, name: str, known: Iterable[str], command: str = "") -> str:
    """Return a line that says that there is nothing of that name, and what there is instead.

    `command` lists all of them; it is named where the line cannot.
    """
    return f"no {kind} is called {name!r}; {instead(name, known, command)}"


def instead(name: str, known: Iterable[str], command: str = "") -> str:
    """Return what there is instead of a name: what was meant perhaps; and all names, or how many and who lists them."""
    names = list(dict.fromkeys(known))
    close = _close(name.lower(), names)
    meant = [f"did you mean {_either(close)}?"] if close else []
    if not command or len(names) <= FEW:
        return " ".join([*meant, f"available: {', '.join(names) or 'none'}"])
    return " ".join([*meant, f"`{command}` lists all {len(names)}"])


def counted(number: int, what: str, plural: str = "s") -> str:
    """Return a number of things in words: `1 step`, `2,000 steps`."""
    return f"{number:,} {what}{'' if number == 1 else plural}"


def _close(name: str, names: list[str]) -> list[str]:
    """Return the names that are like one in lower case; else those that contain it; else those of which a part is.

    A name has parts: `spark:raw-map@2.0.0` has three.
    """
    lower, parts = dict[str, list[str]](), dict[str, list[str]]()
    for each in names:
        lower.setdefault(each.lower(), []).append(each)
        for part in re.split("[@:]", each.lower()):
            parts.setdefault(part, []).append(each)
    alike = [name] if name in lower else get_close_matches(name, lower, n=CLOSE)
    found = [each for one in alike for each in lower[one]]
    found = found or [each for each in names if name and name in each.lower()]
    found = found or [each for part in get_close_matches(name, parts, n=CLOSE) for each in parts[part]]
    return found[:CLOSE]


def _either(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
