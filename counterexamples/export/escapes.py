"""Names of a trace made harmless for where they are written: they may hold anything, a line of a program among it."""

from __future__ import annotations

import re

UNSEEN = "\N{REPLACEMENT CHARACTER}"
"""Stands for what would not be seen, or would move what is: control characters, line ends, overrides of direction."""

LONG = 200
"""Characters of a name that are shown. No model of ours has a longer one."""


def one_line(text: object, most: int = LONG) -> str:
    """Return a text that is one line, and shows what it is."""
    words = str(text)
    short = words if len(words) <= most else f"{words[: most - 1]}…"
    return "".join(each if each.isprintable() else " " if each in "\n\t\r" else UNSEEN for each in short)


def lines(text: str) -> list[str]:
    """Return the lines of a program or a log, each of which is one."""
    return [one_line(line.expandtabs(4)) for line in text.split("\n")]


def mermaid(text: object, most: int = 80) -> str:
    """Return a text for a message or a note: what Mermaid might read as its own is written as its code."""
    return re.sub(r"[^\w .,:=+()≤≥▶–…→-]", lambda found: f"#{ord(found.group())};", one_line(text, most))


def code(text: object, most: int = LONG) -> str:
    """Return a text as code in a line or a table of Markdown."""
    words = one_line(text, most).replace("|", "\\|")
    fence = "`" * (1 + max((len(each) for each in re.findall(r"`+", words)), default=0))
    space = " " if words[:1] == "`" or words[-1:] == "`" else ""
    return f"{fence}{space}{words}{space}{fence}" if words.strip() else ""


def prose(text: object, most: int = LONG) -> str:
    """Return a text as words of Markdown: what would be a mark, a link or a tag is what it looks like."""
    return re.sub(r"([\\`*_{}\[\]<>#|&~$])", r"\\\1", one_line(text, most))


def fenced(language: str, text: str) -> list[str]:
    """Return the lines of a block of Markdown that nothing in the text can end."""
    body = lines(text.rstrip("\n"))
    fence = "`" * max(3, 1 + max((len(each) for line in body for each in re.findall(r"`+", line)), default=0))
    return [f"{fence}{language}", *body, fence]


def dot(text: object, most: int = 60) -> str:
    """Return a text as a quoted string of Graphviz: a backslash is one, and ends nothing."""
    return '"' + one_line(text, most).replace("\\", "\\\\").replace('"', '\\"') + '"'
