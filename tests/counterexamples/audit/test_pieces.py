"""A text is read in pieces, which may end anywhere: what comes out does not hang on where."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, cast

import pytest

from spillproof.counterexamples.audit import archives, documents, encodings, paragraphs, partial, sources
from spillproof.counterexamples.audit.encodings import GAP, HOLE
from spillproof.counterexamples.audit.sources import ReadSoFar

Reads = Callable[[Iterator[bytes]], Iterator[bytes]]

SIZES = (1, 2, 3, 5, 7, 16, 1000)
"""Bytes of a piece."""


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """The data in pieces of that size; the last may be shorter."""
    return (data[place : place + size] for place in range(0, len(data), size))


def comes_out(reads: Reads, data: bytes) -> bytes:
    """What comes out of it, the same for pieces of all sizes."""
    (whole,) = {b"".join(reads(pieces(data, size))) for size in SIZES}
    return whole


# Holes


@pytest.mark.parametrize(
    ("data", "text", "has_holes"),
    [
        (b"a\nb\n", b"a\nb\n", False),
        (b"a\0b\n", b"ab\n", False),
        (b"a\n" + bytes(HOLE - 1) + b"b\n", b"a\nb\n", False),
        (b"a\n" + bytes(HOLE) + b"b\n", b"a\n" + GAP + b"b\n", True),
        (b"a\n" + bytes(3 * HOLE) + b"b\0c\n", b"a\n" + GAP + b"bc\n", True),
        (b"a" + bytes(HOLE) + b"b" + bytes(HOLE) + b"c", b"a" + GAP + b"b" + GAP + b"c", True),
        (bytes(HOLE) + b"a\n", b"a\n", True),
        (bytes(HOLE - 1) + b"a\n", b"a\n", False),
        (b"a\n" + bytes(HOLE), b"a\n", True),
        (b"a\n" + bytes(HOLE - 1), b"a\n", False),
        (b"", b"", False),
    ],
)
def test_a_hole_in_a_text(data: bytes, text: bytes, *, has_holes: bool) -> None:
    """Sixteen zeros or more in a row are a hole, and a line stands for it, but at an end; fewer are left out."""
    told: list[int] = []

    assert comes_out(lambda chunks: encodings.filled(chunks, lambda: told.append(1)), data) == text
    assert len(told) == 0 if not has_holes else len(told) >= len(SIZES)


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_letters_of_many_bytes(name: str) -> None:
    """A letter whose bytes are in two pieces is whole."""
    text = "Grüße, 无法分配内存 😀\n"

    assert comes_out(lambda chunks: encodings.utf8(chunks, name), text.encode(name)).decode() == text
    assert comes_out(lambda chunks: encodings.utf8(chunks, ""), text.encode()).decode() == text


@pytest.mark.parametrize(
    ("text", "is_old"), [(b"a\rb\r", True), (b"a\r\nb\r\n", False), (b"a\nb", False), (b"ab", False)]
)
def test_lines_of_an_old_mac(text: bytes, *, is_old: bool) -> None:
    """They end in carriage returns, and no line feed is there."""
    assert encodings.old_mac(text) is is_old
    assert encodings.text(text) == (text.replace(b"\r", b"\n") if is_old else text).decode()
    assert comes_out(encodings.line_feeds, text) == text.replace(b"\r", b"\n")


# Records


RECORDS = {
    "Google's YAML": "---\ntextPayload: Grüße\ntimestamp: 1\n---\ntextPayload: other\n",
    "Ruby's notation": '{\n  "textPayload" => "Grüße",\n  "timestamp" => 1\n}\n{\n  "textPayload" => "other"\n}\n',
    "a journal's export": "__CURSOR=x\ntextPayload=Grüße\ntimestamp=1\n\ntextPayload=other\n\n",
}


@pytest.mark.parametrize("text", RECORDS.values(), ids=RECORDS)
def test_records_that_are_spread_over_lines(text: str) -> None:
    """Each becomes a line of JSON, the last one without an end as well."""
    found = paragraphs.reader(text)
    assert found is not None
    lines = comes_out(lambda chunks: paragraphs.records(chunks, *found), text.encode()).decode().splitlines()

    assert [json.loads(each)["textPayload"] for each in lines] == ["Grüße", "other"]
    assert "timestamp" in json.loads(lines[0])


def test_a_record_of_too_many_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends when it has more lines than a record may have; what is left of it is one by itself."""
    monkeypatch.setattr(paragraphs, "LONGEST", 2)
    data = b"a: 1\nb: 2\nc: 3\nd: 4\n---\n"
    lines = comes_out(lambda chunks: paragraphs.records(chunks, "---", paragraphs.of_yaml), data).splitlines()

    assert [json.loads(each) for each in lines] == [{"a": "1", "b": "2", "c": "3"}, {"d": "4"}]


def test_records_are_given_out_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block for more bytes than that, and the rest; not one for each record, nor all at the end."""
    one, data = len(b'{"a": "1"}\n'), b"a: 1\n---\n" * 5
    for most, blocks in ((one, [2, 2, 1]), (2 * one - 1, [2, 2, 1]), (2 * one, [3, 2]), (9 * one, [5])):
        monkeypatch.setattr(paragraphs, "AT_ONCE", most)
        made = list(paragraphs.records(iter([data]), "---", paragraphs.of_yaml))
        assert [each.count(b"\n") for each in made] == blocks


@pytest.mark.parametrize(
    "text",
    [
        '[\n  {"message": "Grüße", "ts": 1},\n  {"message": "other"}\n]\n',
        '{"hits": [{"message": "Grüße", "ts": 1}, {"message": "other"}]}',
        '{\n "message": "Grüße",\n "ts": 1\n}\n{\n "message": "other"\n}\n',
        '{"columns": ["message", "ts"], "rows": [["Grüße", 1], ["other", 2]]}',
    ],
)
def test_json_that_is_spread_over_lines(text: str) -> None:
    """Each record becomes a line, wherever a piece ends: within a letter, a text or an object."""
    assert documents.spread(text)
    lines = comes_out(documents.records, text.encode()).decode().split("\n")

    assert [json.loads(each)["message"] for each in lines if each] == ["Grüße", "other"]


def test_rows_of_an_object_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stepped into: each row of a table is a record, whose it is as the labels say that came last."""
    monkeypatch.setattr(documents, "LONGEST", 40)
    table = [{"stream": {"pod": pod}, "values": [[str(each), f"line {each}"] for each in rows]}
             for pod, rows in (("a", (1, 2, 3)), ("b", (4, 5)))]  # fmt: skip
    text = b"".join(documents.records(iter([json.dumps({"data": table}).encode()]))).decode()
    found = [json.loads(each) for each in text.splitlines() if each.startswith("{")]

    assert [(each["time"], each["line"], each["stream"]["pod"]) for each in found] == [
        ("1", "line 1", "a"), ("2", "line 2", "a"), ("3", "line 3", "a"), ("4", "line 4", "b"), ("5", "line 5", "b"),
    ]  # fmt: skip


def by_lines(data: bytes, size: int) -> Iterator[bytes]:
    """The data in blocks of so many lines."""
    lines = data.splitlines(keepends=True)
    return (b"".join(lines[place : place + size]) for place in range(0, len(lines), size))


@pytest.mark.parametrize(
    ("join", "wrap"),
    [
        (partial.docker, lambda text, end: b'{"log":"%s","stream":"stderr"}\n' % (text + (b"\\n" if end else b""))),
        (partial.cri, lambda text, end: b"2018-03-01T10:00:00Z stderr %s %s\n" % (b"F" if end else b"P", text)),
    ],
)
def test_pieces_that_a_runtime_made(join: partial.Join, wrap: Callable[[bytes, bool], bytes]) -> None:
    """Three pieces of a line are one, on whichever side of a block they are; whole lines stay what they are."""
    whole, other = wrap(b"one two three", True), wrap(b"other", True)
    parts = [wrap(b"one ", False), wrap(b"two ", False), wrap(b"three", True)]
    data, joined = b"".join([other, *parts, other, *parts]), other + whole + other + whole

    for size in range(1, 9):
        assert b"".join(partial.joined(by_lines(data, size), join)) == joined, size


# Blocks of lines


def test_blocks_are_of_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their lines are counted, and whether the last has an end; of a line that is too long there is its beginning."""
    monkeypatch.setattr(sources, "LONGEST", 4)
    monkeypatch.setattr(sources, "CHUNK", 8)
    for data, lines, unended, cut in (
        (b"one\ntwo\n", [b"one", b"two"], 0, 0),
        (b"one\n\ntwo", [b"one", b"", b"two"], 1, 0),
        (b"one\n" + b"x" * 50 + b"\ntwo\n", [b"one", b"xxxx", b"two"], 0, 1),
        (b"x" * 50 + b"\n" + b"y" * 50 + b"\n", [b"xxxx", b"yyyy"], 0, 2),
        (b"", [], 0, 0),
    ):
        for size in (1, 2, 3, 5):
            reading = ReadSoFar()
            blocks = list(sources._blocks(pieces(data, size), reading))
            assert all(each.endswith(b"\n") for each in blocks)
            assert b"".join(blocks).splitlines() == lines, size
            assert (reading.lines, reading.unended, reading.cut) == (len(lines), unended, cut)


def test_what_is_skipped_of_a_line_may_say_that_something_died(monkeypatch: pytest.MonkeyPatch) -> None:
    """It becomes a line of its own, from the part where the line is cut and from what comes after it."""
    monkeypatch.setattr(sources, "LONGEST", 40)
    monkeypatch.setattr(sources, "CHUNK", 80)
    died = b" java.lang.OutOfMemoryError: Java heap space "
    for data in (b"x" * 45 + died + b"x" * 90 + b"\nend\n", b"x" * 100 + died + b"\nend\n"):
        lines = b"".join(sources._blocks(pieces(data, 100), ReadSoFar())).splitlines()
        assert (len(lines), lines[0], lines[-1]) == (3, b"x" * 40, b"end")
        assert b"OutOfMemoryError" in lines[1]


# Packed files

DATA = b"".join(b"line %d of a log\n" % number for number in range(99))
PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
}


def unpacked(data: bytes) -> tuple[bytes, list[str]]:
    """What is in a packed file, and what is said of it."""
    read: list[bytes] = []
    troubles: list[str] = []

    def seen(chunk: bytes) -> bytes:
        read.append(chunk)
        return chunk

    text = b"".join(archives.unpacked(io.BytesIO(data), seen, troubles.append))
    assert b"".join(read) == data[: sum(map(len, read))]
    return text, troubles


@pytest.mark.parametrize("size", [8, 50, 1 << 20])
@pytest.mark.parametrize("name", PACKS)
def test_packed_files(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed once, twice, in several pieces in a row, with zeros between; nothing is said where nothing is wrong."""
    monkeypatch.setattr(archives, "CHUNK", size)
    packed = PACKS[name](DATA)

    assert unpacked(packed) == (DATA, [])
    if size > 8:  # by so many bytes it is known what it is
        assert unpacked(gzip.compress(packed)) == (DATA, [])
    assert unpacked(packed[:-1])[1] == [f"the {archives.packing(packed)} file is cut off; what there is of it was read"]
    if name != "lzma":  # of which the end says nothing of another
        assert unpacked(packed + packed) == (DATA + DATA, [])
        assert unpacked(packed + bytes(12) + packed) == (DATA + DATA, [])


@pytest.mark.parametrize("size", [8, 1 << 20])
def test_a_packed_file_that_is_damaged(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came before is read, and the damage is said once."""
    monkeypatch.setattr(archives, "CHUNK", size)
    packed = gzip.compress(DATA)
    text, troubles = unpacked(packed + b"\x1f\x8b no more")

    assert (text, troubles) == (DATA, ["the gzipped file is damaged; the rest of it was not read"])
    assert unpacked(DATA) == (DATA, [])


class Unpacks:
    """What a decompressor of the package zstandard does, on texts of small letters instead of packed ones."""

    def decompress(self, piece: bytes) -> bytes:
        if b"!" in piece:
            raise ZstdError
        return piece.upper().replace(b"-", b"")


class ZstdError(Exception):
    """The package's."""


class ZstdDecompressor:
    """Makes it, for all frames of a file."""

    def decompressobj(self, *, read_across_frames: bool) -> Unpacks:
        assert read_across_frames
        return Unpacks()


def test_the_package_of_zstandard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is installed it unpacks piece by piece; nothing comes of a piece that completes none."""
    package = cast("Any", ModuleType("zstandard"))
    package.__spec__ = ModuleSpec("zstandard", None)
    package.ZstdError, package.ZstdDecompressor = ZstdError, ZstdDecompressor
    monkeypatch.setitem(sys.modules, "zstandard", package)
    troubles: list[str] = []

    assert list(archives._zstd(iter([b"one", b"--", b"two"]), troubles.append)) == [b"ONE", b"TWO"]
    assert troubles == []
    assert list(archives._zstd(iter([b"one", b"!", b"two"]), troubles.append)) == [b"ONE"]
    assert troubles == ["the zstd file is damaged; the rest of it was not read"]
