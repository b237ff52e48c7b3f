"""In which encoding a text is, by its first bytes; and what is no text, by what it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

HEAD = 1 << 16
"""Bytes by which a file is judged."""

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

AGGREGATE = bytes.fromhex("d111d36891b5d7b639df414092bae150")
"""What Hadoop's TFile begins with, in which YARN keeps the logs of an application."""

KINDS = (
    (b"JAVA PROFILE", "a heap dump of Java's; ask it: spillproof heap FILE"),
    (AGGREGATE, "logs as YARN keeps them; have them written out: yarn logs -applicationId ID"),
    (b"SEQ\x06", "a file of Hadoop's (SequenceFile); have it written out: hadoop fs -text FILE"),
    (b"\x1f\x9d", "packed by compress; unpack it first: uncompress -c FILE | spillproof audit -"),
    (b"\x89LZO", "packed by lzop; unpack it first: lzop -dc FILE | spillproof audit -"),
    (b"\xd0\xcf\x11\xe0", "a document of Office; save its table as CSV, or its text"),
    (b"SQLite format 3\0", "a data base of SQLite"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"\x04\x22\x4d\x18", "compressed by lz4; unpack it first: lz4 -dc FILE | spillproof audit -"),
    (b"LZ4Block", "compressed by Spark's lz4; have Spark write it with spark.eventLog.compress=false, or with zstd"),
    (b"\x82SNAPPY", "compressed by snappy; have Spark write it with spark.eventLog.compress=false, or with zstd"),
    (b"\xff\x06\0\0sNaPpY", "compressed by snappy; unpack it first: snzip -dc FILE | spillproof audit -"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\xca\xfe\xba\xbe", "a class of Java's"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF; save its text"),
    (b"\x89PNG", "a picture; a log is read as text"),
    (b"\xff\xd8\xff", "a picture; a log is read as text"),
    (b"GIF8", "a picture; a log is read as text"),
    (b"\x7fELF", "a program"),
    (b"FLR\0", "a recording of Java's flight recorder"),
)


def encoding(first: bytes) -> str | None:
    """Return the encoding of a text by its beginning, "" for one that is bytes already, None for what is no text."""
    for mark, name in MARKS:
        if first.startswith(mark):
            return "" if name == "utf-8" else name
    head = first[:HEAD]
    if wide := _wide(head):
        return wide
    odd = sum(head.count(bytes([each])) for each in (*range(9), *range(14, 27), 28, 29, 30, 31))
    return None if odd > len(head) // 50 else ""


def _wide(head: bytes) -> str:
    """Return in which order of bytes a text without a mark is UTF-16: every other byte of Latin text is zero."""
    even, odd = head[0:2048:2], head[1:2048:2]
    if len(odd) < 2:  # noqa: PLR2004 - nothing to tell it by
        return ""
    zeros = even.count(0), odd.count(0)
    if zeros[1] * 10 > len(odd) * 7 and zeros[0] * 10 < len(even):
        return "utf-16-le"
    return "utf-16-be" if zeros[0] * 10 > len(even) * 7 and zeros[1] * 10 < len(odd) else ""


HOLE = 16
"""Zero bytes in a row that are a hole: no text and no binary format of ours begins with as many."""

_HOLE = re.compile(rb"\0{%d,}" % HOLE)

_ALONE = re.compile(rb"(?<=[\t\r\n -~])\0(?=[\t\r\n -~])")
"""A zero between two letters: one that got into a text, or UTF-16 that was appended to UTF-8, as PowerShell does."""

GAP = b"\n...\n"
"""What stands for lines that are missing."""


def solid(first: bytes) -> bytes:
    """Return the beginning of a file without its holes and lone zeros, to be judged by.

    A log that is truncated while its writer goes on begins with zeros; one that a machine wrote when it went down ends
    in them.
    """
    return first if first.startswith(MARKS[1][0]) else _ALONE.sub(b"", _HOLE.sub(b"", first))


def filled(chunks: Iterator[bytes], told: Callable[[], None]) -> Iterator[bytes]:
    """Yield a text without zeros: a hole in its middle becomes a line that says so. `told` hears of each hole."""
    begun, zeros = False, 0
    for chunk in chunks:
        body = chunk.lstrip(b"\0")
        zeros += len(chunk) - len(body)  # with those that the last chunk ended in
        if not body:
            continue
        gap, hole = GAP if zeros >= HOLE and begun else b"", zeros >= HOLE
        text = body.rstrip(b"\0")
        zeros, begun = len(body) - len(text), True
        if b"\0" in text:
            hole = hole or _HOLE.search(text) is not None
            text = _HOLE.sub(GAP, text).replace(b"\0", b"")
        if hole:
            told()
        yield gap + text if gap else text
    if zeros >= HOLE:
        told()


def kind(first: bytes) -> str:
    """Return what a file is that is no text, or nothing where that is not known."""
    return next((words for mark, words in KINDS if first.startswith(mark)), "")


def utf8(chunks: Iterator[bytes], encoding_: str) -> Iterator[bytes]:
    """Yield a text in UTF-8, whatever it was in."""
    if not encoding_:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding_)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")


def unmarked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a text in UTF-8 without the mark that it may begin with."""
    yield next(chunks, b"").removeprefix(b"\xef\xbb\xbf")
    yield from chunks


def old_mac(first: bytes) -> bool:
    """Return whether lines end in carriage returns alone."""
    return b"\r" in first and b"\n" not in first


def line_feeds(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a text of an old Mac with line feeds."""
    for chunk in chunks:
        yield chunk.replace(b"\r", b"\n")


def text(data: bytes) -> str | None:
    """Return a whole text that is in memory; None where it is none."""
    name = encoding(data[:HEAD])
    if name is None:
        return None
    found = data.decode(name or "utf-8", "replace").removeprefix("\ufeff")
    return found.replace("\r", "\n") if old_mac(data[:HEAD]) else found
