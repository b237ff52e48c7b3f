"""Reading logs in constant memory: files, gzipped or not, rolled ones in order, standard input.

A line that is longer than any line of Spark's is cut: its beginning is kept, and that it was cut is counted. Whatever
is wrong with a file is said in one line (`ModelError`), unless what was read of it before is worth an answer.
"""

from __future__ import annotations

import codecs
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from spillproof.counterexamples.audit.stamp import Clock
from spillproof.model.errors import ModelError

CHUNK = 1 << 20
LONGEST = 1 << 14
"""Bytes of a line that are looked at. Spark's longest lines of interest take a few hundred."""

HEAD = 1 << 16
"""Bytes by which a file is judged: whether it is text, and when it begins."""

GZIP = b"\x1f\x8b"
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

Progress = Callable[[str], None]


@dataclass
class Reading:
    """What was read so far, in numbers."""

    files: list[str] = field(default_factory=list)
    bytes: int = 0
    """As they stand in the files, before gzip is undone."""
    lines: int = 0
    cut: int = 0
    """Lines that were too long to be looked at as a whole."""
    unended: int = 0
    """Files whose last line has no end, so that they may be cut off."""
    troubles: list[str] = field(default_factory=list)
    """What went wrong in the middle of a file."""


def blocks(paths: Sequence[Path], reading: Reading, progress: Progress) -> Iterator[bytes]:
    """Yield the text of logs in the order of their time: whole lines, about a megabyte at once.

    Raises `ModelError` for what is no log.
    """
    for path in in_order(paths):
        reading.files.append(str(path))
        yield from _of_file(path, reading, progress)


def in_order(paths: Sequence[Path]) -> list[Path]:
    """Return rolled files in order: by the first time in each, where each has one; else by their roll numbers."""
    if len(paths) < 2:  # noqa: PLR2004 - nothing to order
        return list(paths)
    if any(str(path) == "-" for path in paths):
        raise ModelError("standard input (-) cannot be read together with files; give one or the other")
    times = [_first_time(path) for path in paths]
    if None not in times:
        order = sorted(range(len(paths)), key=lambda each: (times[each] or 0.0, -_roll(paths[each])))
        return [paths[each] for each in order]
    return sorted(paths, key=lambda path: -_roll(path)) if any(map(_roll, paths)) else list(paths)


def _roll(path: Path) -> int:
    """Return the number that a rolling appender gave a file: the higher, the older."""
    found = re.search(r"\.(\d{1,4})(?:\.(?:log|gz|txt))*$", path.name)
    return int(found[1]) if found else 0


def _first_time(path: Path) -> float | None:
    clock = Clock()
    reading = Reading()
    try:
        for line in next(_of_file(path, reading, lambda _words: None), b"").split(b"\n"):
            found = clock.read(line[:200].decode("utf-8", "replace"))
            if found is not None and clock.dated:
                return found
    except ModelError:
        return None
    return None


def _of_file(path: Path, reading: Reading, progress: Progress) -> Iterator[bytes]:
    if str(path) == "-":
        yield from _of_stream(sys.stdin.buffer, "standard input", reading, progress, 0)
        return
    try:
        if path.is_dir():
            raise ModelError(f"{path}: this is a folder; name the log files in it")
        with path.open("rb") as stream:
            yield from _of_stream(stream, str(path), reading, progress, path.stat().st_size)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None


def _of_stream(stream: BinaryIO, name: str, reading: Reading, progress: Progress, size: int) -> Iterator[bytes]:
    chunks = _chunks(stream, name, reading, progress, size)
    first = next(chunks, b"")
    while first and len(first) < HEAD and (more := next(chunks, b"")):  # a pipe gives as little as it has
        first += more
    chunks = _decoded(_chain(first, chunks), _encoding(first, name))
    rest = b""
    skipping = False
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if not end:
            rest = b"" if skipping else rest + chunk
            if len(rest) > CHUNK:
                yield rest[:LONGEST] + b"\n"
                reading.lines += 1
                reading.cut += 1
                rest, skipping = b"", True
            continue
        begin = chunk.find(b"\n") + 1 if skipping else 0
        block = rest + chunk[begin:end]
        rest, skipping = chunk[end:], False
        reading.lines += block.count(b"\n")
        if block:
            yield block
    if rest:
        reading.lines += 1
        reading.unended += 1
        yield rest[:LONGEST] + b"\n"


def _decoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield text in UTF-8, whatever it was in."""
    if not encoding:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _chunks(stream: BinaryIO, name: str, reading: Reading, progress: Progress, size: int) -> Iterator[bytes]:
    """Yield what is in a stream, with gzip undone."""
    first = stream.read(len(GZIP))
    unzip = _Gunzip(name, reading) if first == GZIP else None
    begun = reading.bytes
    chunk = first + stream.read(CHUNK) if first else b""
    while chunk:
        reading.bytes += len(chunk)
        done = reading.bytes - begun
        share = f"{100 * done // size} %" if size else f"{done >> 20} MB"
        progress(f"reading {name}: {share}, {reading.lines:,} lines")
        yield from unzip.texts(chunk) if unzip else [chunk]
        chunk = stream.read(CHUNK)
    if unzip:
        unzip.close()


class _Gunzip:
    """Undoes gzip a piece at a time; a file may be many gzipped ones in a row."""

    def __init__(self, name: str, reading: Reading) -> None:
        self.name = name
        self.reading = reading
        self.inner: zlib._Decompress | None = None
        self.damaged = False

    def texts(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a piece unpacks to, in pieces that are no larger than they have to be."""
        while chunk and not self.damaged:
            self.inner = self.inner or zlib.decompressobj(wbits=31)
            try:
                text = self.inner.decompress(chunk, CHUNK)
            except zlib.error:
                self.damaged = True
                self.reading.troubles.append(f"{self.name}: the gzipped file is damaged; the rest of it was not read")
                return
            if text:
                yield text
            chunk = self.inner.unconsumed_tail
            if self.inner.eof:
                chunk, self.inner = self.inner.unused_data, None

    def close(self) -> None:
        """Say so if the end is missing."""
        if self.inner is not None and not self.damaged:
            self.reading.troubles.append(f"{self.name}: the gzipped file is cut off; what there is of it was read")


def _encoding(first: bytes, name: str) -> str:
    """Return in which encoding other than bytes a text is. Raises `ModelError` for what is none."""
    if not first.strip():
        raise ModelError(f"{name}: it is empty, so that nothing can be said of it")
    for mark, encoding in MARKS:
        if first.startswith(mark):
            return "" if encoding == "utf-8" else encoding
    head = first[:HEAD]
    odd = sum(head.count(bytes([each])) for each in (*range(9), *range(14, 27), 28, 29, 30, 31))
    if b"\0" in head[:512] or odd > len(head) // 50:
        raise ModelError(f"{name}: this is no text but binary, so that nothing can be said of it")
    return ""
