"""The caches of `fsspec.caching`: what is read of a file in blocks."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced
from spillproof.properties.live.own import step

OLDER = {"blockcache": "block"}
"""What releases before 2023.3 call it."""


class FsspecBlocks(Adapter):
    """What is read of a file in blocks, of which a few stay in memory: the caches of `fsspec.caching`."""

    packages = ("fsspec",)
    measured_by = Traced
    keys_used = ("a",)
    most = 3
    oversized = False
    kind = "readahead"
    block = Traced.unit // 4

    def begin(self, folder: Path) -> None:
        self.content = b""
        self.cache: Any = None

    def put(self, key: str, value: bytes) -> None:
        self.delete(key)
        self.content = value
        caches = all_caches()
        kind: Any = caches.get(self.kind) or caches[OLDER[self.kind]]
        self.cache = kind(self.block, partial(part_of, value), len(value))

    def get(self, key: str) -> bytes:
        return bytes(self.cache._fetch(0, len(self.content)))

    def delete(self, key: str) -> None:
        self.let_go()
        self.content, self.cache = b"", None

    def let_go(self) -> None:
        """Have the cache end, as its file is closed."""
        if hasattr(self.cache, "close"):  # from 2026.7 on
            self.cache.close()

    @step
    def read(self, key: str, size: int) -> None:
        """Read some at the beginning, in the middle and at the end."""
        end = len(self.content)
        for start in (0, 1, self.block - 1, end // 2, end - 10, end):
            self.read_part(start, min(start + size // 3, end))

    @step
    def read_on(self, key: str) -> None:
        """Read to an end that is not said."""
        for start, end in ((7, None), (None, len(self.content)), (None, None)):
            self.read_part(start, end)

    @step
    def read_beyond(self, key: str) -> None:
        """Read beyond the end of the file, as whoever reads until there is no more: there is nothing."""
        end = len(self.content)
        for start in (end - 5, end, end + 5):
            for more in (9, 3 * self.block):
                self.read_part(start, end + more)

    def read_part(self, start: int | None, end: int | None) -> None:
        """Read from one place to another."""
        got = bytes(self.cache._fetch(start, end))
        ought(got == self.content[slice(start, end)], f"from {start} to {end}, something else is read")

    @step
    def restore(self) -> None:
        """Pickle the cache, and go on with what is read back."""
        if self.cache is not None:
            pickled = pickle.dumps(self.cache)
            self.let_go()
            self.cache = pickle.loads(pickled)  # noqa: S301 - our own

    def accounted(self) -> int:
        return len(self.content)

    def unclaimed(self) -> int:
        """Return what a cache may have of its file: all, twice, and what is read back from a pickle once more."""
        return 3 * len(self.content) + 8 * self.block if self.content else 0


class FsspecBytes(FsspecBlocks):
    """One piece that grows."""

    kind = "bytes"


class FsspecBlockCache(FsspecBlocks):
    """Blocks, of which those used least recently go."""

    kind = "blockcache"


class FsspecFirst(FsspecBlocks):
    """The first block only."""

    kind = "first"


class FsspecBackground(FsspecBlocks):
    """Blocks, of which the next is read in another thread."""

    kind = "background"


class FsspecAll(FsspecBlocks):
    """All at once."""

    kind = "all"


class FsspecMapped(FsspecBlocks):
    """A file that is mapped into memory, and has holes."""

    kind = "mmap"


def all_caches() -> dict[Any, Any]:
    """Return the classes of caches by name. Before 0.6 they are in another module."""
    try:
        from fsspec import caching as module
    except ImportError:
        from fsspec import core as module
    found: dict[Any, Any] = {**module.caches}
    return found


def part_of(content: bytes, start: int, end: int) -> bytes:
    """Return a part of a file, as a server does, which refuses what begins where the file has ended."""
    if start >= len(content):
        message = f"416 Range Not Satisfiable: from {start} on, and the file has {len(content)} bytes"
        raise OSError(message)
    return content[start:end]
