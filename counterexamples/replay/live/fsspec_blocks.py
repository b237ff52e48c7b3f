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
        from fsspec.caching import caches

        self.delete(key)
        self.content = value
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
        """Read some at the beginning, in the middle and at the end, and beyond it."""
        end = len(self.content)
        for start in (0, 1, self.block - 1, end // 2, end - 10, end):
            got = bytes(self.cache._fetch(start, min(start + size // 3, end)))
            ought(got == self.content[start : start + size // 3], f"from {start} on, something else is read")
        for asked in ((7, None), (None, end), (None, None)):
            got = bytes(self.cache._fetch(*asked))
            ought(got == self.content[slice(*asked)], "to an end that is not said, something else is read")
        for more in (5, 3 * self.block):
            got = bytes(self.cache._fetch(end - 5, end + more))
            ought(got == self.content[end - 5 :], "beyond the end is something else")

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


def part_of(content: bytes, start: int, end: int) -> bytes:
    """Return a part of a file, as a file system does."""
    return content[start:end]
