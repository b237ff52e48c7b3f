"""The evidence of a violation told at a terminal: which comparison is false, and what the claims read on both sides."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spillproof.properties.engines.evidence.evidence import Evidence, Reading

MEASURED = {"accounted()": "accounted", "reachable()": "reachable"}
"""What has a column beside the run anyway, and its title."""

QUIET = frozenset({"unclaimed()"})
"""What has no column as long as it is 0, which it is in most models."""

WIDEST = 14
"""Characters of a value that can have a column beside the run."""
MOST_INNER = 8
"""Fields that the model's answers are made of; those that the step changed come first, then those that any did."""
NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """A value that a claim reads, beside each step of the run."""

    title: str
    cells: tuple[str, ...]
    reading: Reading

    @property
    def width(self) -> int:
        """Return how many characters it takes."""
        return max(map(len, (self.title, *self.cells)))


def columns(found: Iterable[Evidence], room: int, shown: Iterable[str]) -> list[Column]:
    """Return what the claims read that is short enough for columns of `room` characters; all of it or nothing.

    `shown` are the titles of the columns that are there already.
    """
    left = [each for each in _read(found) if MEASURED.get(each.words) not in {*shown} and not _is_quiet(each)]
    made = [_column(each) for each in left]
    fits = all(each.width <= max(WIDEST, len(each.title)) for each in made)
    return made if fits and sum(each.width + 2 for each in made) <= room else []


def _is_quiet(reading: Reading) -> bool:
    return reading.words in QUIET and {*reading.values} <= {"0", None}


def _column(reading: Reading) -> Column:
    title = reading.words.removesuffix("()").replace("_", " ")
    return Column(title, tuple(NOTHING if value is None else value for value in reading.values), reading)


def _read(found: Iterable[Evidence], *, inner: bool = False) -> list[Reading]:
    """Return what several claims read, each once."""
    readings = (each for evidence in found for each in evidence.readings if each.inner is inner)
    return list({each.words: each for each in readings}.values())


def told_evidence(
    found: Sequence[Evidence], shown: Iterable[str] = (), width: int = 80, steps: Sequence[str] = ()
) -> list[str]:
    """Return what is false of each claim, and what the claims read that is not `shown` beside the run already.

    `steps` are the steps as a person writes them, by number.
    """
    lines: list[str] = []
    for at in sorted({each.step for each in found}):
        after = f"after step {at}, {steps[at]}" if at and at < len(steps) else f"after step {at}" if at else "at first"
        told = both_sides([each for each in found if each.step == at], shown, width - 4)
        lines += ["", f"  What decides {after}:", "", *(f"    {line}".rstrip() for line in told)] if told else []
    return lines


def both_sides(found: Sequence[Evidence], shown: Iterable[str] = (), width: int = 76) -> list[str]:
    """Return what decides claims at one step, and below it what they read before the step and after it."""
    compared, table = list(_compared(found, width)), list(_table(found, found[0].step, {*shown}, width))
    return [*compared, *([""] if compared and table else []), *table]


def _compared(found: Sequence[Evidence], width: int) -> Iterator[str]:
    alone = len(found) == 1
    for each in found:
        if not each.compared:
            continue
        if not alone:
            yield each.claim
        start = "" if alone else "  "
        one = f"{start}{each.compared}:  {each.values}"
        if len(one) <= width:
            yield one
        else:
            yield from _wrapped(f"{each.compared}:", start, width)
            yield from _wrapped(each.values, f"{start}  ", width)


def _table(found: Sequence[Evidence], at: int, shown: set[str], width: int) -> Iterator[str]:
    """Yield what was read, before the step and after it; what changed is marked."""
    new = [each for each in _read(found) if each.words not in shown and MEASURED.get(each.words) not in shown]
    read = [each for each in new if not (shown and _is_told(each, found))]
    inner = sorted(_read(found, inner=True), key=lambda each: (not each.changes(at), not each.varies))[:MOST_INNER]
    rows = [(each.words, each) for each in read] + [(f"  {each.words}", each) for each in inner]
    if not rows:
        return
    left = min(max(len(words) for words, _ in rows), width // 2)
    cells = [(words, _cell(each.before(at)), _cell(each.after(at)), each.changes(at)) for words, each in rows]
    before = max(len("before"), *(len(cell) for _, cell, _, _ in cells))
    if left + before + max(len(cell) for _, _, cell, _ in cells) + 6 > width or not at:
        yield from _one_below_the_other(cells, width, beginning=not at)
        return
    yield f"{'':<{left}}  {'before':<{before}}  after"
    for words, then, now, changed in cells:
        yield f"{words:<{left}}  {then:<{before}}  {now}{'  *' if changed else ''}".rstrip()


def _is_told(reading: Reading, found: Sequence[Evidence]) -> bool:
    """Return whether a reading is a number that no step changes, so that what is compared tells it already."""
    value = (reading.values[-1] or "").replace(",", "").removeprefix("-")
    return value.isdecimal() and not reading.varies and all(each.compared for each in found)


def _one_below_the_other(cells: list[tuple[str, str, str, bool]], width: int, *, beginning: bool) -> Iterator[str]:
    for words, then, now, changed in cells:
        start = " " * (len(words) - len(words.lstrip()))
        if not changed:
            yield from _wrapped(f"{words.strip()}  {now}", start, width)
        else:
            yield words
            yield from [] if beginning else _wrapped(f"before  {then}", f"{start}  ", width)
            yield from _wrapped(f"after   {now}", f"{start}  ", width)


def _cell(value: str | None) -> str:
    return NOTHING if value is None else value


def _wrapped(text: str, start: str, width: int) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=start,
        subsequent_indent=f"{start}  ",
        break_long_words=False,
        break_on_hyphens=False,
    ) or [start]
