"""A dump's bytes: the file itself, mapped into memory, or what was packed with gzip, unpacked to a temporary file."""

from __future__ import annotations

import mmap
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from spillproof.model.errors import ModelError

PIECE = 1 << 22
"""Bytes that are unpacked at once."""

GZIP = 31
"""What tells zlib that gzip's header comes first."""

MAGIC = b"JAVA PROFILE 1.0."


@dataclass(frozen=True)
class DumpBytes:
    """The bytes of a dump."""

    name: str
    data: Any
    """An array of bytes, not copied: its pages are the file's."""
    troubles: tuple[str, ...] = ()
    """What is missing of it, and why."""

    def __len__(self) -> int:
        return len(self.data)


@contextmanager
def opened(path: Path, progress: Callable[[str], None]) -> Iterator[DumpBytes]:
    """Give the bytes of a dump. Raises `ModelError` for what cannot be read, or is no heap dump of Java."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            if not packed:
                yield _mapped(path, stream)
                return
            stream.seek(0)
            with tempfile.TemporaryFile() as whole:
                troubles = _unpack(stream, whole, progress)
                yield _mapped(path, whole, troubles)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}") from None


def _mapped(path: Path, stream: IO[bytes], troubles: tuple[str, ...] = ()) -> DumpBytes:
    stream.seek(0)
    head = stream.read(len(MAGIC) + 3)
    if not head:
        raise ModelError(f"{path}: this file is empty; a JVM that was killed before it wrote a byte leaves such")
    if not head.startswith(MAGIC):
        raise ModelError(f"{path}: this is not a heap dump of Java: {_kind(head)}")
    if not head.startswith((MAGIC + b"1\0", MAGIC + b"2\0")):
        raise ModelError(
            f"{path}: this is a heap dump of version {head[13:18].decode('ascii', 'replace')!r}, as Android writes it; "
            "hprof-conv, which comes with Android's tools, makes one of version 1.0.2 of it"
        )
    mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    return DumpBytes(str(path), np.frombuffer(mapped, np.uint8), troubles)


def _kind(head: bytes) -> str:
    """Say what a file looks like that is no heap dump."""
    for magic, words in (
        (
            b"portable heap",
            "it is OpenJ9's portable heap dump; ask that JVM for one with -Xdump:java+heap:opts=CLASSIC",
        ),
        (b"\0\rportable", "it is OpenJ9's portable heap dump, which has no fields and so no accounts"),
        (b"PK\x03\x04", "it is a zip archive; unpack it first"),
        (b"\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it first (unzstd)"),
        (b"BZh", "it is packed with bzip2; unpack it first (bunzip2)"),
        (b"\xfd7zXZ", "it is packed with xz; unpack it first (unxz)"),
        (b"\x7fELF", "it is an ELF file; of a core dump, jhsdb jmap --binaryheap --core makes a heap dump"),
    ):
        if head.startswith(magic):
            return words
    return f"it begins with {head[:16]!r}, and a dump of jmap or jcmd with 'JAVA PROFILE 1.0.2'"


def _unpack(stream: IO[bytes], whole: IO[bytes], progress: Callable[[str], None]) -> tuple[str, ...]:
    """Unpack what gzip packed, in as many members as there are; return what is missing of it."""
    unpacker, begun = zlib.decompressobj(GZIP), False
    try:
        while waiting := stream.read(PIECE):
            while waiting:
                whole.write(unpacker.decompress(waiting, PIECE))
                begun = not unpacker.eof
                waiting = unpacker.unconsumed_tail if begun else unpacker.unused_data.lstrip(b"\0")
                unpacker = unpacker if begun else zlib.decompressobj(GZIP)
            progress(f"unpacking: {whole.tell() / 1e9:.1f} GB")
    except zlib.error as error:
        return (f"what gzip packed is damaged after {whole.tell():,} bytes ({error}); the rest is missing",)
    if begun:
        whole.write(unpacker.flush())
        return (f"what gzip packed is cut off after {whole.tell():,} bytes; the rest is missing",)
    return ()
