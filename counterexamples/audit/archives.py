"""Undoing compression a piece at a time, known by its first bytes: gzip, bzip2, xz, Zstandard; in constant memory.

A file may be several packed ones in a row. What is damaged or cut off is said, and what came before it was read.
"""

from __future__ import annotations

import bz2
import lzma
import shutil
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any, BinaryIO

from spillproof.model.errors import ModelError

CHUNK = 1 << 20

DEEP = 3
"""Times that a file is unpacked, where it was packed as often."""

PACKED = {b"\x1f\x8b": "gzipped", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"]\0\0": "lzma", b"\x28\xb5\x2f\xfd": "zstd"}
"""By their first bytes."""

SKIPPED = b"\x2a\x4d\x18"
"""Behind its first byte, how a frame begins that is to be skipped; pzstd writes one before each of its frames."""

Trouble = Callable[[str], None]


def packing(first: bytes) -> str:
    """Return how a file is packed by its first bytes, or nothing."""
    if first[1:4] == SKIPPED and first[0] >> 4 == 5:  # noqa: PLR2004 - of sixteen marks each begins a frame to skip
        return "zstd"
    return next((name for mark, name in PACKED.items() if first.startswith(mark)), "")


class _Gzip:
    """zlib's decompressor, with the face of bz2's and lzma's."""

    def __init__(self) -> None:
        self.inner = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, most: int) -> bytes:
        return self.inner.decompress(self.inner.unconsumed_tail + data, most)

    @property
    def needs_input(self) -> bool:
        return not self.inner.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self.inner.eof

    @property
    def unused_data(self) -> bytes:
        return self.inner.unused_data


_MAKE: dict[str, Callable[[], Any]] = {
    "gzipped": _Gzip,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "lzma": lzma.LZMADecompressor,
}


def unpacked(stream: BinaryIO, read: Callable[[bytes], bytes], trouble: Trouble) -> Iterator[bytes]:
    """Yield what is in a stream, unpacked. `read` is told of each piece as it stands in the file, and returns it.

    What was packed twice is unpacked twice.
    """
    pieces = _pieces(stream.read(8), stream, read)
    for _ in range(DEEP):
        first = next(pieces, b"")
        how = packing(first[:8])
        pieces = _after(first, pieces)
        if not how:
            break
        pieces = _zstd(pieces, trouble) if how == "zstd" else _unpack(pieces, how, trouble)
    yield from pieces


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from pieces


def _pieces(first: bytes, stream: BinaryIO, read: Callable[[bytes], bytes]) -> Iterator[bytes]:
    chunk = first + stream.read(CHUNK) if first else b""
    while chunk:
        yield read(chunk)
        chunk = stream.read(CHUNK)


def _unpack(pieces: Iterator[bytes], how: str, trouble: Trouble) -> Iterator[bytes]:
    inner, begun = _MAKE[how](), False
    for piece in pieces:
        data = piece if begun else piece.lstrip(b"\0")  # between two in a row there may be zeros
        while data or not inner.needs_input:
            begun = True
            try:
                text = inner.decompress(data, CHUNK)
            except (zlib.error, OSError, lzma.LZMAError, EOFError):
                trouble(f"the {how} file is damaged; the rest of it was not read")
                return
            if text:
                yield text
            data = b""
            if inner.eof:
                data, inner, begun = inner.unused_data.lstrip(b"\0"), _MAKE[how](), False
    if begun:
        trouble(f"the {how} file is cut off; what there is of it was read")


def _zstd(pieces: Iterator[bytes], trouble: Trouble) -> Iterator[bytes]:
    """Unpack Zstandard by the package of that name, or by the program."""
    if find_spec("zstandard") is not None:
        yield from _zstd_by_package(pieces, trouble)
    elif program := shutil.which("zstd"):
        yield from _zstd_by_program(program, pieces, trouble)
    else:
        raise ModelError("it is packed by Zstandard: install the package zstandard, or the program zstd")


def _zstd_by_package(pieces: Iterator[bytes], trouble: Trouble) -> Iterator[bytes]:
    package: Any = import_module("zstandard")
    inner = package.ZstdDecompressor().decompressobj(read_across_frames=True)
    for piece in pieces:
        try:
            text = inner.decompress(piece)
        except package.ZstdError:
            trouble("the zstd file is damaged; the rest of it was not read")
            return
        if text:
            yield text


def _zstd_by_program(program: str, pieces: Iterator[bytes], trouble: Trouble) -> Iterator[bytes]:
    """A thread feeds the program while its output is read."""
    from threading import Thread

    process = subprocess.Popen(  # noqa: S603 - found on the path, no shell
        [program, "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )

    def feed() -> None:
        assert process.stdin is not None
        with suppress(OSError), process.stdin:  # whoever reads may have had enough
            for piece in pieces:
                process.stdin.write(piece)

    feeder = Thread(target=feed, daemon=True)
    feeder.start()
    assert process.stdout is not None
    try:
        while text := process.stdout.read(CHUNK):
            yield text
        feeder.join()
        if process.wait():
            trouble("the zstd file is damaged or cut off; what there is of it was read")
    finally:
        process.kill()
        process.stdout.close()
        feeder.join()
        process.wait()
