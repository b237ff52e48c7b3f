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

KINDS = (
    (b"JAVA PROFILE", "a heap dump of Java's; ask it: spillproof heap FILE"),
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
    return None if b"\0" in head[:512] or odd > len(head) // 50 else ""


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

GAP = b"\n...\n"
"""What stands for lines that are missing."""


def solid(first: bytes) -> bytes:
    """Return the beginning of a file without its holes, to be judged by.

    A log that is truncated while its writer goes on begins with zeros; one that a machine wrote when it went down ends
    in them.
    """
    return _HOLE.sub(b"", first) if b"\0" * HOLE in first and not first.startswith(MARKS[1][0]) else first


def filled(chunks: Iterator[bytes], told: Callable[[int], None]) -> Iterator[bytes]:
    """Yield a text without its holes: one in the middle becomes a line that says so. `told` hears of the zeros."""
    begun, hole = False, 0
    for chunk in chunks:
        if b"\0" not in chunk:
            yield GAP + chunk if hole and begun else chunk
            begun, hole = True, 0
            continue
        told(chunk.count(b"\0"))
        body = chunk.strip(b"\0")
        hole += not chunk or chunk[0] == 0
        if body:
            yield (GAP if hole and begun else b"") + re.sub(rb"\0+", GAP, body)
            begun, hole = True, chunk[-1] == 0


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
