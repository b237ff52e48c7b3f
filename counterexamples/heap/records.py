"""A dump's records outside of its heap: names, classes, stacks; and where its heap is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.source import DumpBytes
from spillproof.model.errors import ModelError

LONGEST = 400
"""Bytes of a name that are looked at."""


@dataclass
class Records:
    """What a dump says outside of its heap."""

    source: DumpBytes
    wide: int
    """Bytes of an identifier: 4 or 8."""
    written: datetime
    names: dict[int, tuple[int, int]] = field(default_factory=dict)
    """For each name, where its bytes are and how many."""
    classes: dict[int, int] = field(default_factory=dict)
    """For the address of each class, the identifier of its name."""
    serials: dict[int, int] = field(default_factory=dict)
    """For the serial number of each class, its address."""
    frames: dict[int, int] = field(default_factory=dict)
    """For the identifier of each frame of a stack, where its record is."""
    traces: dict[int, int] = field(default_factory=dict)
    """For the serial number of each stack trace, where its record is."""
    segments: list[tuple[int, int]] = field(default_factory=list)
    """Where the heap is: from and to which offset."""
    ended: bool = False
    """Whether the dump says that it is at its end."""
    troubles: list[str] = field(default_factory=list)
    """What is missing or damaged."""

    def name(self, identifier: int) -> str:
        """Return a name, as it is in the dump; it may hold anything."""
        at, length = self.names.get(identifier, (0, 0))
        return bytes(self.source.data[at : at + min(length, LONGEST)]).decode("utf-8", "replace")

    def number(self, at: int, size: int = 4) -> int:
        """Return a number at an offset, or 0 beyond the end."""
        return int.from_bytes(bytes(self.source.data[at : at + size]))

    def class_name(self, address: int) -> str:
        """Return the name of a class in Java's spelling: java.lang.String, int[]."""
        return spelled(self.name(self.classes[address])) if address in self.classes else f"class@{address:x}"

    def frame(self, identifier: int) -> str:
        """Return a frame of a stack: org.example.Reader.next(Reader.java:12)."""
        at = self.frames.get(identifier)
        if at is None:
            return ""
        method, source = (self.name(self.number(at + k * self.wide, self.wide)) for k in (1, 3))
        owner = self.class_name(self.serials.get(self.number(at + 4 * self.wide), 0))
        line = self.number(at + 4 * self.wide + 4)
        place = f"{source}:{line}" if 0 < line < 1 << 31 else source
        return f"{owner}.{method}({place})"

    def frames_of(self, trace: int, most: int = 1000) -> list[int]:
        """Return the identifiers of the frames of a stack trace, the innermost first."""
        at = self.traces.get(trace)
        if at is None:
            return []
        count = min(self.number(at + 8), most)
        return [self.number(at + 12 + k * self.wide, self.wide) for k in range(count)]


def spelled(name: str) -> str:
    """Return a class's name as Java spells it.

    >>> spelled("[Ljava/lang/String;"), spelled("[[I"), spelled("java/util/Map$Entry")
    ('java.lang.String[]', 'int[][]', 'java.util.Map$Entry')
    """
    depth = len(name) - len(name.lstrip("["))
    inner = name[depth:]
    if depth and inner.startswith("L"):
        inner = inner[1:].removesuffix(";")
    elif depth and inner in tags.LETTERS:
        inner = tags.PRIMITIVE_NAMES[tags.LETTERS[inner]]
    return re.sub(r"\+(0x[0-9a-f]+)$", r"/\1", inner.replace("/", ".")) + "[]" * depth


def read(source: DumpBytes, progress: Callable[[str], None]) -> Records:
    """Read the records outside of the heap. Raises `ModelError` where there is nothing to begin with."""
    at = bytes(source.data[:32]).index(b"\0") + 1
    if len(source) < at + 12:
        raise ModelError(f"{source.name}: this heap dump ends within its header, after {len(source):,} bytes")
    wide = int.from_bytes(bytes(source.data[at : at + 4]))
    if wide not in (4, 8):
        raise ModelError(f"{source.name}: this heap dump is damaged: its identifiers have {wide:,} bytes, not 4 or 8")
    millis = int.from_bytes(bytes(source.data[at + 4 : at + 12]))
    records = Records(source, wide, _moment(millis), troubles=list(source.troubles))
    for number, (tag, begins, length) in enumerate(_top(records, at + 12)):
        _keep(records, tag, begins, length)
        if not number % 65536:
            progress("reading the names and classes")
    if not records.ended:
        records.troubles.append(f"the dump does not say that it ends: it was cut off at {len(source):,} bytes")
    return records


def _moment(millis: int) -> datetime:
    try:
        return datetime.fromtimestamp(millis / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _top(records: Records, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield the records: a tag, where what is in it begins, and its length, which lies within the file."""
    end = len(records.source)
    view = memoryview(records.source.data)
    while at + 9 <= end:
        tag, length = view[at], int.from_bytes(view[at + 5 : at + 9])
        if tag not in KNOWN:
            records.troubles.append(
                f"at byte {at:,} there is a record of kind {tag}, which HPROF has not: damaged there"
            )
            return
        begins = at + 9
        if tag in (tags.DUMP, tags.SEGMENT) and (length == 0 or begins + length > end):
            yield tag, begins, end - begins
            return
        if begins + length > end:
            return
        yield tag, begins, length
        at = begins + length
    if at < end and not records.ended:
        records.troubles.append(f"{end - at} bytes at the end are no record")


KNOWN = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x1C, 0x2C}


def _keep(records: Records, tag: int, at: int, length: int) -> None:
    wide = records.wide
    if tag == tags.UTF8 and length >= wide:
        records.names[records.number(at, wide)] = (at + wide, length - wide)
    elif tag == tags.LOAD_CLASS and length >= 8 + 2 * wide:
        address = records.number(at + 4, wide)
        records.classes[address] = records.number(at + 8 + wide, wide)
        records.serials[records.number(at)] = address
    elif tag == tags.FRAME and length >= 4 * wide + 8:
        records.frames[records.number(at, wide)] = at
    elif tag == tags.TRACE and length >= 12:  # noqa: PLR2004 - three numbers
        records.traces[records.number(at)] = at
    elif tag in (tags.DUMP, tags.SEGMENT):
        records.segments.append((at, at + length))
    elif tag == tags.END:
        records.ended = True
