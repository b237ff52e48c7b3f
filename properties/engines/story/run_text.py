"""A run, told a step a line: the bytes after each step in columns, and below it what it announced."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby

from spillproof.model.heap import HeapObject
from spillproof.properties.engines.run import Moment
from spillproof.properties.engines.story.evidence_text import Column
from spillproof.properties.engines.story.holders import measured
from spillproof.properties.engines.story.phrases import WIDTH, exactly, number, wrapped

GUILTY = "▶"


def titles_of(moments: list[Moment]) -> list[str]:
    """Return the titles of the columns of bytes, as far as the model can say."""
    measures = [measured(moment) for moment in moments]
    return [title for title in ("accounted", "reachable", "free") if any(title in each for each in measures)]


def room(moments: list[Moment]) -> int:
    """Return how many characters of a line are free beside the steps and the columns of bytes."""
    longest = max(len(each.spelled) for each in moments) + len(str(len(moments))) + 7
    return WIDTH - 1 - max(WIDTH // 3, longest) - sum(width + 2 for width in widths_of(moments))


def widths_of(moments: list[Moment]) -> list[int]:
    """Return how wide each column of bytes is."""
    measures = [measured(moment) for moment in moments]
    return [max(len(title), *(len(number(each.get(title))) for each in measures)) for title in titles_of(moments)]


def told_run(moments: list[Moment], guilty: int, beside: Sequence[Column] = ()) -> list[str]:
    """Return a run, a step a line, with bytes in columns and what each step announced below it.

    `beside` are further columns, of what a claim reads.
    """
    measures = [measured(moment) for moment in moments]
    known = titles_of(moments)
    titles = [*known, *(each.title for each in beside)]
    widths = [*widths_of(moments), *(each.width for each in beside)]
    left = max(WIDTH // 3, WIDTH - 1 - sum(widths) - 2 * len(widths))
    rows = [
        [*(number(each.get(title)) for title in known), *(column.cells[at] for column in beside)]
        for at, each in enumerate(measures)
    ]
    cells = ["".join(f"  {cell:>{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines = [" " * left + "".join(f"  {title:>{width}}" for title, width in zip(titles, widths, strict=True))]
    digits = len(str(len(moments) - 1))
    for index, moment in enumerate(moments):
        mark = GUILTY if index == guilty else " "
        start = f"  {mark} {str(index) if index else '':>{digits}}  "
        step = textwrap.wrap(moment.spelled, left - len(start)) or [""]
        lines.append(f"{start}{step[0]}".ljust(left) + cells[index])
        lines += [" " * len(start) + "  " + more for more in step[1:]]
        if said := _announced(moment):
            lines.append(wrapped(said, " " * (len(start) + 4), " " * (len(start) + 2)))
    return [line.rstrip() for line in lines]


def in_a_line(moment: Moment) -> str:
    """Return a step, the bytes after it, and what became of it if it was not taken."""
    found = measured(moment)
    said = [f"{title} {number(found[title])}" for title in ("accounted", "reachable", "free") if title in found]
    return ": ".join([moment.spelled, *filter(None, [", ".join([*said, *_ended(moment)])])])


def _ended(moment: Moment) -> list[str]:
    """Return why a step was not taken to its end; nothing where it was."""
    said = [f"raises {moment.raised}"] if moment.raised else []
    return said + ([f"refused: {moment.guard} is false"] if moment.refused else [])


def _announced(moment: Moment) -> str:
    events = [(_event(moment, event, details), details.get("size")) for event, details in moment.events]
    said = [
        _with_size(words, [size for _, size in group if isinstance(size, int)])
        for words, group in groupby(events, key=lambda each: each[0])
    ]
    return "; ".join([*said, *_ended(moment)])


def _event(moment: Moment, event: str, details: dict[str, object]) -> str:
    words = [event]
    for key, value in details.items():
        if isinstance(value, HeapObject):
            words.append(moment.names[id(value)])
        elif value is True:
            words.insert(0, key)
        elif value is not False and key != "size":
            words.append(f"{key}={value}" if key else str(value))
    return " ".join(words)


def _with_size(words: str, sizes: list[int]) -> str:
    """Add the sizes of equal events in a row: a map that grows asks again and again."""
    times = f" in {len(sizes)} parts" if len(sizes) > 1 else ""
    return f"{words} {exactly(sum(sizes))}{times}" if sizes else words
