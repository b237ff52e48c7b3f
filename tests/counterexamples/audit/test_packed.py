"""What packs a file, how far it is unpacked, and what is told meanwhile."""

from __future__ import annotations

import gzip
import io
import shutil
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples.audit import archives, sources
from spillproof.counterexamples.audit.envelopes import Envelopes
from spillproof.counterexamples.audit.sources import ReadSoFar, texts
from spillproof.model.errors import ModelError
from tests.counterexamples.audit.logs import CALM, OOM
from tests.counterexamples.audit.test_hearing import heard

SKIPPED = archives.SKIPPED


@pytest.mark.parametrize(
    ("first", "how"),
    [
        (b"\x1f\x8b\x08", "gzipped"), (b"BZh9", "bzip2"), (b"\xfd7zXZ\0", "xz"), (b"]\0\0", "lzma"),
        (b"\x28\xb5\x2f\xfd", "zstd"), (b"\x50" + SKIPPED, "zstd"), (b"\x5f" + SKIPPED, "zstd"),
        (b"\x4f" + SKIPPED, ""),
        (b"\x60" + SKIPPED, ""), (b"\x50\x2a\x4d\x19", ""), (b"17/12/05", ""), (b"", ""), (b"B", ""),
    ],
)  # fmt: skip # a table
def test_how_a_file_is_packed(first: bytes, how: str) -> None:
    """Its first bytes say it; Zstandard's frames to skip have sixteen marks."""
    assert archives.packing(first) == how


@pytest.mark.parametrize("times", range(5))
def test_how_often_a_file_is_unpacked(times: int) -> None:
    """Three times; what is packed more often is no text."""
    data = b"".join(each.encode() for each in CALM)
    packed = data
    for _ in range(times):
        packed = gzip.compress(packed)
    found = b"".join(archives.unpacked(io.BytesIO(packed), bytes, pytest.fail))

    assert found == (data if times <= archives.DEEP else gzip.compress(data))


def test_where_nothing_unpacks_zstandard(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what to install."""
    monkeypatch.setattr(archives, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(ModelError, match="install the package zstandard, or the program zstd"):
        list(archives._zstd(iter([b"x"]), pytest.fail))


def test_how_far_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In percent of what it has; of standard input, in megabytes; and how many lines there were."""
    (tmp_path / "a.log").write_text("x\n" * 1000)
    monkeypatch.setattr(archives, "CHUNK", 992)
    told: list[str] = []
    reading = ReadSoFar()
    for text in texts([tmp_path / "a.log"], reading, told.append):
        assert b"".join(text.blocks).count(b"\n") == 1000
    assert [each.partition(": ")[2].partition(",")[0] for each in told] == ["50 %", "99 %", "100 %"]
    assert (reading.bytes, reading.lines) == (2000, 1000)

    class Pipe:
        buffer = io.BytesIO(b"x\n" * (1 << 20))

    monkeypatch.setattr(sys, "stdin", Pipe)
    monkeypatch.setattr(archives, "CHUNK", 1 << 20)
    monkeypatch.setattr(sources, "SAMPLE", 9)
    told.clear()
    for text in texts([Path("-")], ReadSoFar(), told.append):
        assert len(b"".join(text.blocks)) == 1 << 21
    assert told[0].startswith("reading standard input: 1 MB, ")
    assert told[-1].startswith("reading standard input: 2 MB, ")


def test_times_of_a_wrapping() -> None:
    """They are looked at until a line that has its own is in one with a time: then each line has its own."""
    own, without = "17/12/05 10:00:00 INFO X: a", '{"ts": "2017-12-05T10:00:01Z", "level": "INFO", "message": "b"}'
    envelopes = Envelopes()
    assert envelopes.open(f'{{"message": "{own}"}}').lines == [own]
    assert envelopes.open(without).lines == ["2017-12-05T10:00:01Z INFO b"]
    assert envelopes.open(f'{{"ts": "2017-12-05T10:00:01Z", "message": "{own}"}}').lines == [own]
    assert envelopes.timed
    assert envelopes.open(without).lines == ["INFO b"]


def test_a_long_line_with_two_signs() -> None:
    """The one that is looked at first counts; what stands far back is looked for where there is none."""
    far = "x " * sources.LONGEST
    (first,) = heard(f"{OOM.rstrip()} {far} Killed by external signal\n").deaths
    assert first.phrase.startswith("java.lang.OutOfMemoryError")
    assert [each.phrase for each in heard(f"{far} Killed by external signal\n").deaths] == ["Killed by external signal"]
    assert heard(f"{far}\n").deaths == []
