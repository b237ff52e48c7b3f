"""From the page of a lesson to slides: what stands out goes on the slide, and the prose is what the lecturer says.

A paragraph gives its first sentences to the slide; lists, quotations and programs stand there as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

COURSE = Path(__file__).resolve().parents[1] / "course"
MOST_LINES = 14
"""Of a program; more cannot be read from the last row."""
ROOM = 460
"""Letters on a slide, beyond which a paragraph gives fewer sentences."""

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_SENTENCE = re.compile(r"(?<=[.?!:])\*{0,2}\s+(?=[A-Z`*(])")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


@cache
def lesson(number: int) -> str:
    """Return the text of a lesson's page, without its links."""
    (file,) = COURSE.glob(f"{number}-*.md")
    return _LINK.sub(r"\1", file.read_text(encoding="utf-8"))


def title(number: int) -> str:
    """Return the title of a lesson."""
    return lesson(number).partition("\n")[0].removeprefix("# ").partition(". ")[2]


def section(number: int, heading: str) -> str:
    """Return what stands under a heading of a lesson. Raises `LookupError` where there is none."""
    _, found, after = lesson(number).partition(f"\n## {heading}\n")
    if not found:
        raise LookupError(f"lesson {number} has no heading {heading!r}")
    return after.partition("\n## ")[0].partition("\n**To think about.**")[0].strip()


def shown(text: str) -> str:
    """Return what of a section goes on the slide: of each paragraph as many sentences as there is room for."""
    tried = ["\n\n".join(_shown(each, sentences) for each in blocks(text)) for sentences in (4, 3, 2, 1)]
    return next((each for each in tried if len(each) <= ROOM), tried[-1])


def said(text: str) -> str:
    """Return what of a section the lecturer says: its prose, without programs."""
    return "\n\n".join(" ".join(each.split()) for each in blocks(text) if not each.startswith("```"))


def blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs, lists, quotations and programs of a text."""
    end = 0
    for fence in _FENCE.finditer(text):
        yield from filter(None, text[end : fence.start()].strip().split("\n\n"))
        yield fence[0]
        end = fence.end()
    yield from filter(None, text[end:].strip().split("\n\n"))


def _shown(block: str, most: int) -> str:
    if block.startswith("```"):
        return _program(block)
    if block.startswith(("- ", "> ", "1. ")):
        return block
    sentences = _SENTENCE.split(" ".join(block.split()))
    leads = sentences[0].startswith("**") and not sentences[0].endswith("**")
    if leads and len(sentences) > 1:
        sentences[:2] = [f"{sentences[0]}** {sentences[1]}"]
    return " ".join(sentences[:most]).removesuffix(":")


def _program(block: str) -> str:
    head, *lines = block.splitlines()
    kept = [each for each in lines[:-1] if not each.startswith(("Wrote ", "…"))]
    return "\n".join([head, *kept[:MOST_LINES], "```"])


def holes(exercise: str) -> str:
    """Return what students are to change in the file of an exercise, without docstrings and empty lines."""
    text = files("spillproof.counterexamples.course.given").joinpath(f"{exercise}.py").read_text(encoding="utf-8")
    _, _, after = text.partition("    # Your turn")
    inside = after.partition("\n")[2].partition("    # To here.")[0]
    lines = [each.removeprefix("    ") for each in inside.splitlines() if each.strip() and '"""' not in each]
    return "\n".join(lines)
