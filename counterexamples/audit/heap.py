"""What a heap really held, beside the log: a class histogram of `jmap -histo`, or a dominator tree of Eclipse MAT.

An object's address in a dump is not the identity hash that a log prints, so that a map in the heap is matched to a
consumer by what it is held by and by its size; where their numbers differ, that is said and nothing is matched.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spillproof.counterexamples.audit.books import Task
from spillproof.counterexamples.audit.interval import SIZE, Interval, exactly, printed
from spillproof.counterexamples.audit.saying import plain
from spillproof.model.errors import ModelError

MAPS = frozenset({"SizeTrackingAppendOnlyMap", "AppendOnlyMap", "PartitionedAppendOnlyMap", "PartitionedPairBuffer"})
"""The collections in memory that a Spillable holds."""

ROWS = 200_000
"""Rows of a dominator tree that are read: the largest come first."""


@dataclass(frozen=True)
class InHeap:
    """A collection that is in the heap."""

    name: str
    """Its class, and where it is."""
    retained: Interval
    path: tuple[str, ...]
    """What holds it, the dominators first, and the array in it."""
    read: bool
    """Whether an iterator holds it."""
    label: str = ""
    """The consumer that it is taken to be of."""


@dataclass(frozen=True)
class Class:
    """A row of a histogram."""

    name: str
    instances: int
    bytes: int


@dataclass(frozen=True)
class Histogram:
    """A histogram of classes, the largest first."""

    classes: tuple[Class, ...]
    total: int

    def maps(self) -> int:
        """Return how many collections in memory there are."""
        return sum(each.instances for each in self.classes if simple(each.name) in MAPS)


def simple(name: str) -> str:
    """Return a class without its package."""
    return name.partition(" @ ")[0].rpartition(".")[2]


def histogram(path: Path) -> Histogram:
    """Return what `jmap -histo` wrote. Raises `ModelError` for what it did not."""
    rows = re.findall(r"^\s*\d+:\s+(\d+)\s+(\d+)\s+(\S+)", _text(path), re.MULTILINE)
    if not rows:
        raise ModelError(
            f"{path}: this is no histogram of jmap -histo: no row has a rank, instances, bytes and a class"
        )
    classes = tuple(Class(plain(name), int(count), int(size)) for count, size, name in rows)
    return Histogram(classes, sum(each.bytes for each in classes))


def dominators(path: Path) -> list[InHeap]:
    """Return the collections in a dominator tree that MAT exported. Raises `ModelError` for what it did not."""
    rows = list(_rows(path))
    found: list[InHeap] = []
    for index, (name, retained) in enumerate(rows):
        if simple(name) not in MAPS:
            continue
        above = _run(rows[:index][::-1], retained)[::-1]
        below = _run(rows[index + 1 :], retained, least=1)[:1]
        path_ = tuple(_step(each) for each in (*above, name, *below))
        read = any("Iterator" in each or "$anon$" in each for each in above)
        found.append(InHeap(plain(name), retained, path_, read))
    if not found:
        maps = ", ".join(sorted(MAPS))
        raise ModelError(f"{path}: no row of this dominator tree is a collection of Spark's ({maps}); expand its rows")
    return found


def _run(rows: Sequence[tuple[str, Interval]], retained: Interval, least: int = 0) -> list[str]:
    """Return the names of the first rows that retain the same, which is what a chain of dominators does."""
    names: list[str] = []
    for name, size in rows[:20]:
        if size != retained and not (len(names) < least and size.meets(retained)):
            break
        names.append(name)
    return names


def _step(name: str) -> str:
    return plain(simple(name), 60)


def matched(found: Sequence[InHeap], task: Task) -> list[InHeap]:
    """Return collections with the consumers that they are taken to be of: largest to largest, read to read."""
    given = sorted((each for each in task.windows if each.name), key=lambda each: -each.size.hi)
    labels = list(dict.fromkeys(each.who for each in given))
    held = task.error.holders if task.error else tuple((each.label, each.used) for each in task.consumers.values())
    holders = [label for label, used in sorted(held, key=lambda each: -each[1].hi) if used.hi > 0]
    large = sorted(found, key=lambda each: -each.retained.hi)
    of = {True: iter(labels), False: iter([each for each in holders if each not in labels])}
    return [InHeap(each.name, each.retained, each.path, each.read, next(of[each.read], "")) for each in large]


def _rows(path: Path) -> Iterator[tuple[str, Interval]]:
    text = _text(path)
    delimiter = max(",;\t", key=text[:2000].count)
    rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    column: int | None = None
    try:
        for number, row in enumerate(rows):
            if column is None:
                column = next((index for index, each in enumerate(row) if "retained" in each.lower()), None)
                if number > 20:  # noqa: PLR2004 - a heading stands at the head
                    break
            elif len(row) > column and (size := _size(row[column])) is not None:
                yield row[0].strip(" |+-\\'└├─\"").strip(), size
            if number > ROWS:
                break
    except csv.Error as error:
        raise ModelError(f"{path}: this is no CSV: {error}") from None
    if column is None:
        raise ModelError(f"{path}: no column is headed Retained Heap, as MAT's export of a dominator tree has one")


def _size(text: str) -> Interval | None:
    """Return a size as MAT writes it: in bytes, or with a unit."""
    text = text.strip().removeprefix(">=").strip()
    if re.fullmatch(SIZE, text):
        return printed(text)
    digits = re.sub(r"[.,'\s\u00a0\u202f]", "", text)
    return exactly(int(digits)) if digits.isdecimal() and len(digits) < 20 else None  # noqa: PLR2004 - of a long


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(1 << 26)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    if b"\0" in data[:1024]:
        raise ModelError(f"{path}: this is no text, but binary")
    return data.decode("utf-8", "replace")
