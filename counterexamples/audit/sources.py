"""Reading logs in constant memory: each file's text as blocks of whole lines, whatever it is packed or encoded in.

A line that is longer than any line of Spark's is cut: its beginning is kept, and that it was cut is counted. An empty
file is said and passed over; whatever is wrong with another is said in one line, unless what else there is is worth
an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from spillproof.counterexamples.audit import deaths, documents, encodings, paragraphs, partial
from spillproof.counterexamples.audit.archives import CHUNK, unpacked
from spillproof.counterexamples.audit.controls import steady, steady_text
from spillproof.counterexamples.audit.encodings import HEAD
from spillproof.counterexamples.audit.envelopes import Envelopes, of_beginning
from spillproof.counterexamples.audit.files import Input, in_order, inputs
from spillproof.counterexamples.audit.stamp import Clock
from spillproof.model.errors import ModelError

LONGEST = 1 << 14
"""Bytes of a line that are looked at. Spark's longest lines of interest take a few hundred."""

SAMPLE = 1 << 20
"""Bytes of all files' beginnings that are kept, to say what they look like if they are no logs of Spark's."""

Progress = Callable[[str], None]


@dataclass
class ReadSoFar:
    """What was read so far, in numbers."""

    files: list[str] = field(default_factory=list)
    bytes: int = 0
    """As they stand in the files, before packing is undone."""
    lines: int = 0
    cut: int = 0
    """Lines that were too long to be looked at as a whole."""
    unended: int = 0
    """Files whose last line has no end, so that they may be cut off."""
    troubles: list[str] = field(default_factory=list)
    """What went wrong in the middle of a file, or was passed over."""


@dataclass
class Text:
    """The text of one file."""

    name: str
    family: str
    """Which log it is a piece of."""
    blocks: Iterator[bytes]
    """Whole lines, about a megabyte at once."""
    envelopes: Envelopes
    head: bytes
    """Its beginning."""


def texts(paths: Sequence[Path], reading: ReadSoFar, progress: Progress) -> Iterator[Text]:
    """Yield the texts of logs, each log's in the order of their time. Raises `ModelError` where there is none at all."""  # noqa: E501 - one text
    with ExitStack() as stack:
        files = inputs(paths, stack)
        refused: list[str] = []
        read = 0
        for each in in_order(files, _first_time):
            reading.files.append(each.name)
            try:
                yield _text(each, reading, progress)
                read += 1
            except ModelError as error:
                refused.append(str(error))
                reading.files.pop()
        if not read:
            raise ModelError(refused[0])
        reading.troubles += [f"{words.partition(', so that')[0]}; it was passed over" for words in refused]


def _text(each: Input, reading: ReadSoFar, progress: Progress) -> Text:
    """Return the text of a file. Raises `ModelError` where it is empty, or none."""
    name = "standard input" if each.name == "-" else each.name
    chunks = _chunks(each, name, reading, progress)
    try:
        first = next(chunks, b"")
        while first and len(first) < HEAD and (more := next(chunks, b"")):  # a pipe gives as little as it has
            first += more
    except OSError as error:
        raise ModelError(f"{name}: {error.strerror or error}") from None
    first, chunks = _solid(first, chunks, name, reading)
    encoding = _encoding(first, name)
    chunks = encodings.unmarked(encodings.utf8(_chain(first, chunks), encoding))
    head = first[: HEAD - HEAD % 4].decode(encoding or "utf-8", "replace").removeprefix("\ufeff")
    if encodings.old_mac(head.encode("utf-8", "replace")):
        chunks, head = encodings.line_feeds(chunks), head.replace("\r", "\n")
    if (spread := paragraphs.reader(head)) is not None:
        chunks, head = paragraphs.records(chunks, *spread), ""
    elif documents.spread(head):
        chunks, head = documents.records(chunks), ""
    blocks: Iterator[bytes] = map(steady, _blocks(chunks, reading))
    head = steady_text(head)
    join = partial.joiner(head)
    if join is not None:
        blocks, head = partial.joined(blocks, join), join(head.encode("utf-8", "replace")).decode("utf-8", "replace")
    return Text(name, each.family, blocks, of_beginning(head), first[:HEAD])


def _solid(first: bytes, chunks: Iterator[bytes], name: str, reading: ReadSoFar) -> tuple[bytes, Iterator[bytes]]:
    """Return the beginning of a file and its rest without holes, where it is text that has any."""
    while first and not first.strip(b"\0") and (more := next(chunks, b"")):  # it begins with a hole
        reading.troubles += [f"{name}: {HOLES}"] if f"{name}: {HOLES}" not in reading.troubles else []
        first = more
    if encodings.kind(first):
        return first, chunks
    if b"\0" not in first and first:
        return first, _filled(chunks, name, reading)
    if encodings.encoding(first) or encodings.encoding(encodings.solid(first)) != "":
        return first, chunks
    filled = _filled(_chain(first, chunks), name, reading)
    return next(filled, b""), filled


HOLES = "it has zero bytes where lines were lost, as a file has that is truncated while it is written"


def _filled(chunks: Iterator[bytes], name: str, reading: ReadSoFar) -> Iterator[bytes]:
    def told() -> None:
        if f"{name}: {HOLES}" not in reading.troubles:
            reading.troubles.append(f"{name}: {HOLES}")

    return encodings.filled(chunks, told)


def _first_time(each: Input) -> float | None:
    clock = Clock()
    try:
        text = _text(each, ReadSoFar(), lambda _words: None)
        for line in next(text.blocks, b"").split(b"\n")[:2000]:
            found = clock.read(text.envelopes.open(line[:LONGEST].decode("utf-8", "replace").rstrip()).lines[0][:200])
            if found is not None and clock.dated:
                return found
    except ModelError:
        return None
    return None


def _blocks(chunks: Iterator[bytes], reading: ReadSoFar) -> Iterator[bytes]:
    rest = b""
    skipping = False
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if not end and not skipping:
            rest += chunk
            if len(rest) > CHUNK:
                yield rest[:LONGEST] + b"\n" + _sign(rest[LONGEST:])
                reading.lines += 1
                reading.cut += 1
                rest, skipping = b"", True
            continue
        begin = chunk.find(b"\n") + 1 if skipping else 0
        if skipping and (found := _sign(chunk[: begin or len(chunk)])):
            yield found
        if not end:
            continue
        block = rest + chunk[begin:end]
        rest, skipping = chunk[end:], False
        reading.lines += block.count(b"\n")
        if block:
            yield block
    if rest:
        reading.lines += 1
        reading.unended += 1
        yield rest + b"\n"


def _sign(skipped: bytes) -> bytes:
    """Return as a line what says that something died of memory in the part of a line that is skipped."""
    found = deaths.anywhere(skipped)
    return b"" if found is None else found[1][:LONGEST].encode("utf-8", "replace") + b"\n"


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _chunks(each: Input, name: str, reading: ReadSoFar, progress: Progress) -> Iterator[bytes]:
    """Yield what is in a file, unpacked."""
    begun = reading.bytes

    def read(chunk: bytes) -> bytes:
        reading.bytes += len(chunk)
        done = reading.bytes - begun
        share = f"{100 * done // each.size} %" if each.size else f"{done >> 20} MB"
        progress(f"reading {name}: {share}, {reading.lines:,} lines")
        return chunk

    stream = each.open()
    try:
        yield from unpacked(stream, read, lambda words: reading.troubles.append(f"{name}: {words}"))
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from None
    finally:
        if each.name != "-":
            stream.close()


def _encoding(first: bytes, name: str) -> str:
    """Return in which encoding other than bytes a text is. Raises `ModelError` for what is none."""
    if not first.strip():
        raise ModelError(f"{name}: it is empty, so that nothing can be said of it")
    kind = encodings.kind(first)
    found = None if kind else encodings.encoding(first)
    if found is None:
        raise ModelError(
            f"{name}: this is no text but binary{f': {kind}' if kind else ''}, so that nothing can be said of it"
        )
    return found
