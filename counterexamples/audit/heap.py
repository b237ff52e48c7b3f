"""What a heap really held, beside the log: a class histogram of `jmap -histo`, or a dominator tree of Eclipse MAT.

An object's address in a dump is not the identity hash that a log prints, so that a map in the heap is matched to a
consumer by what it is held by and by its size; where their numbers differ, that is said and nothing is matched.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from spillproof.counterexamples.audit import encodings
from spillproof.counterexamples.audit.archives import unpacked
from spillproof.counterexamples.audit.books import Task
from spillproof.counterexamples.audit.interval import SIZE, Interval, exactly, printed
from spillproof.counterexamples.audit.sentences import plain
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


class TreeRow(NamedTuple):
    """A row of a dominator tree."""

    name: str
    retained: Interval
    depth: int
    """How far it is indented."""


_MARKS = " |+-\\'└├─\"\t"
"""What an export draws its tree with."""

DEEPEST = 20
"""Dominators that are shown of a collection."""


@dataclass(frozen=True)
class HistogramRow:
    """A row of a histogram."""

    name: str
    instances: int
    bytes: int


@dataclass(frozen=True)
class Histogram:
    """A histogram of classes, the largest first."""

    classes: tuple[HistogramRow, ...]
    total: int

    def maps(self) -> int:
        """Return how many collections in memory there are."""
        return sum(each.instances for each in self.classes if simple(each.name) in MAPS)


def simple(name: str) -> str:
    """Return a class without its package."""
    return name.partition(" @ ")[0].rpartition(".")[2]


_ROW = re.compile(r"^\W*\d+[:.)]?\s+([\d.,' \u00a0]*\d)\s+([\d.,'\u00a0]*\d)\s+(\[*[\w$][^\s(]*)", re.MULTILINE)
_CELLS = re.compile(r"</t[dh]>\s*<t[dh][^>]*>")
_MARKUP = re.compile(r"<[^>]{0,400}>")


def histogram(path: Path) -> Histogram:
    """Return what `jmap -histo`, `jcmd … GC.class_histogram`, Spark's own UI or Eclipse MAT wrote.

    Raises `ModelError` for what none of them did.
    """
    text = _text(path)
    if "<" in text[:2000]:
        text = html.unescape(_MARKUP.sub("", _CELLS.sub("\t", text.replace("</tr>", "\n"))))
    rows = [(name, _count(count), _count(size)) for count, size, name in _ROW.findall(text)] or _of_mat(text)
    if not rows:
        tree = "; it has a column of retained sizes: give it with --dominators" if _has_retained(text) else ""
        raise ModelError(
            f"{path}: this is no histogram of jmap -histo: no row has a rank, instances, bytes and a class{tree}"
        )
    classes = tuple(HistogramRow(plain(name), count, size) for name, count, size in rows)
    return Histogram(classes, sum(each.bytes for each in classes))


def _has_retained(text: str) -> bool:
    return any(word in text[:2000].lower() for word in RETAINED)


def _count(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _of_mat(text: str) -> list[tuple[str, int, int]]:
    """Return the rows of a histogram that Eclipse MAT exported: a class, its objects, and their shallow bytes."""
    rows = _table(text)
    found: list[tuple[str, int, int]] = []
    for row in rows[1:]:
        sizes = [each for each in map(_size, row[1:]) if each is not None]
        if len(sizes) > 1 and re.fullmatch(r"[\w.$\[\]]+", row[0].strip()):
            found.append((row[0].strip(), sizes[0].middle(), sizes[1].middle()))
    return found


def dominators(path: Path) -> list[InHeap]:
    """Return the collections in a dominator tree that MAT exported. Raises `ModelError` for what it did not."""
    rows = list(_rows(path))
    nested = any(each.depth for each in rows)
    found: list[InHeap] = []
    for index, (name, retained, _) in enumerate(rows):
        if simple(name) not in MAPS:
            continue
        above = (_parents if nested else _chain)(rows, index)
        below = _run(rows[index + 1 :], retained, least=1)[:1]
        path_ = tuple(_step(each) for each in (*above, name, *below))
        read = any("Iterator" in each or "$anon$" in each for each in above)
        found.append(InHeap(plain(name), retained, path_, read))
    if not found:
        maps = ", ".join(sorted(MAPS))
        raise ModelError(f"{path}: no row of this dominator tree is a collection of Spark's ({maps}); expand its rows")
    return found


def _chain(rows: Sequence[TreeRow], index: int) -> list[str]:
    """Return what dominates a row of a tree that was flattened: the rows before it that retain the same."""
    return _run(rows[:index][::-1], rows[index].retained)[::-1]


def _parents(rows: Sequence[TreeRow], index: int) -> list[str]:
    """Return what dominates a row of a tree that is indented: the last rows before it that stand further out."""
    names: list[str] = []
    depth = rows[index].depth
    for row in rows[:index][::-1]:
        if row.depth < depth:
            names.append(row.name)
            depth = row.depth
        if not depth or len(names) == DEEPEST:
            break
    return names[::-1]


def _run(rows: Sequence[TreeRow], retained: Interval, least: int = 0) -> list[str]:
    """Return the names of the first rows that retain the same, which is what a chain of dominators does."""
    names: list[str] = []
    for name, size, _ in rows[:DEEPEST]:
        if size != retained and not (len(names) < least and size.meets(retained)):
            break
        names.append(name)
    return names


def _step(name: str) -> str:
    return plain(simple(name), 60)


def matched(found: Sequence[InHeap], task: Task) -> list[InHeap]:
    """Return collections with the consumers that they are taken to be of, the largest first.

    One that an iterator holds is of who was spilled while it was read; any other is of who is still accounted, unless
    it has more than twice as much as that: then it is of who was spilled, if it fits there.
    """
    spilled = {each.who: each.size.hi for each in sorted(task.windows, key=lambda each: each.size.hi) if each.name}
    held = task.error.holders if task.error else tuple((each.label, each.used) for each in task.consumers.values())
    holders = {label: used.hi for label, used in held if used.hi > 0 and label not in spilled}
    of = {True: _largest_first(spilled), False: _largest_first(holders)}
    return [replace(each, label=_taken(of, each)) for each in sorted(found, key=lambda each: -each.retained.hi)]


def _largest_first(sizes: dict[str, int]) -> dict[str, int]:
    return dict(sorted(sizes.items(), key=lambda each: -each[1]))


def _taken(of: dict[bool, dict[str, int]], each: InHeap) -> str:
    """Return, and take away, the consumer that a collection is taken to be of; nothing where none fits."""
    if each.read:
        fits = next(iter(of[True]), "")
    else:
        sizes = {**of[False], **of[True]}
        fits = next((label for label, size in sizes.items() if each.retained.lo <= TWICE * size), "")
    for sizes in of.values():
        sizes.pop(fits, None)
    return fits


TWICE = 2
"""How much more than its account a collection may have: sizes are estimates."""


def _rows(path: Path) -> Iterator[TreeRow]:
    """Yield the rows of a dominator tree, in whatever language MAT was."""
    text = _text(path)
    rows = _table(text)
    column = _retained(rows)
    if column is None:
        counts = "; this is a histogram: give it with --histogram" if _ROW.search(text) else ""
        raise ModelError(
            f"{path}: no column is headed Retained Heap, as MAT's export of a dominator tree has one{counts}"
        )
    for row in rows:
        if len(row) > column and (size := _size(row[column])) is not None:
            name = row[0].strip(_MARKS).strip()
            yield TreeRow(name, size, len(row[0]) - len(row[0].lstrip(_MARKS)))


def _table(text: str) -> list[list[str]]:
    """Return the rows of a table, whatever parts its columns; none where it is no table."""
    heading = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    try:
        rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
        return list(islice(rows, ROWS))
    except csv.Error:
        return []


RETAINED = ("retain", "beibehalt", "retenu", "retenid", "retido", "trattenut", "удерж", "保持", "保留", "유지", "保有")
"""What the column of retained sizes is headed by, in MAT's languages."""


def _retained(rows: Sequence[Sequence[str]]) -> int | None:
    """Return which column has retained sizes: by its heading, or as the larger one of two that are sizes."""
    for row in rows[:20]:
        for index, each in enumerate(row):
            if any(word in each.lower() for word in RETAINED):
                return index
    sums: dict[int, int] = {}
    for row in rows:
        for index, each in enumerate(row[1:], 1):
            if (size := _size(each)) is not None:
                sums[index] = sums.get(index, 0) + size.hi
    return max(sums, key=lambda index: sums[index]) if len(sums) > 1 else None


def _size(text: str) -> Interval | None:
    """Return a size as MAT writes it: in bytes, or with a unit."""
    text = text.strip().removeprefix(">=").strip()
    if re.fullmatch(SIZE, text):
        return printed(text)
    digits = re.sub(r"[.,'’\s\u00a0\u202f]", "", text)
    return exactly(int(digits)) if digits.isdecimal() and len(digits) < 20 else None  # noqa: PLR2004 - of a long


MOST = 1 << 26
"""Bytes that are read: the largest come first."""


def _text(path: Path) -> str:
    """Return a text, whatever it is packed or encoded in. Raises `ModelError` for what is none."""
    try:
        with path.open("rb") as stream:
            data = b""
            for piece in unpacked(stream, lambda each: each, lambda _words: None):
                data += piece
                if len(data) >= MOST:
                    break
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    if data.startswith(b"PK\x03\x04"):
        data = _of_zip(path)
    text = encodings.text(data[:MOST])
    if text is None:
        kind = encodings.kind(data)
        raise ModelError(f"{path}: this is no text, but binary{f': {kind}' if kind else ''}")
    return text


def _of_zip(path: Path) -> bytes:
    """Return the first file of an archive: MAT exports into one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [each for each in archive.namelist() if not each.endswith("/")]
            return archive.read(names[0])[:MOST] if names else b""
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        raise ModelError(f"{path}: this archive is damaged: {error}") from None
