"""Targets of keys, files and limits as they would be if what was found in them were repaired."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.files_lost import FsspecFileSeveral
from spillproof.counterexamples.replay.live.fsspec_between import (
    FsspecChecked,
    FsspecFileBetween,
    FsspecSimpleBetween,
)
from spillproof.counterexamples.replay.live.fsspec_blocks import FsspecFirst, FsspecMapped
from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.counterexamples.replay.live.memoized_calls import CacheboxHeard, CacheoutCalls
from spillproof.counterexamples.replay.live.zarr_memory import ZarrMemory
from spillproof.properties.live.own import step
from tests.live.judged.repaired_caches import FsspecFileCacheRepaired


class FsspecFileSeveralRepaired(FsspecFileSeveral, FsspecFileCacheRepaired):
    """What is forgotten is forgotten in the table on disk first, and an empty one goes."""


class Sized:
    """What needs the size of a file reads the file, of which it has the size then."""

    cached: Any

    def begin(self, folder: Path) -> None:
        super().begin(folder)  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue] # of the adapter
        self.cached.__class__ = type("Repaired", (type(self.cached),), {"read_block": block_of, "cat_file": part_of})


def part_of(system: Any, path: str, start: Any = None, end: Any = None) -> Any:
    """Return a part of a file."""
    with system.open(path) as file:
        return file.read()[start:end]


def block_of(system: Any, path: str, offset: int, length: Any, delimiter: Any = None) -> Any:
    """Return a block of a file."""
    from fsspec.utils import read_block

    return read_block(BytesIO(part_of(system, path)), offset, length, delimiter)


class FsspecSimpleBetweenRepaired(Sized, FsspecSimpleBetween):
    """The same."""


class FsspecFileBetweenRepaired(Sized, FsspecFileBetween, FsspecFileCacheRepaired):
    """The same, and what is forgotten is forgotten in the table on disk first."""


class FsspecCheckedRepaired(FsspecChecked, FsspecFileCacheRepaired):
    """What is forgotten is forgotten in the table on disk first."""


class CacheboxHeardRepaired(CacheboxHeard):
    """What the callback raises is no KeyError for the decorator."""

    def hear(self, *given: Any) -> None:
        try:
            super().hear(*given)
        except KeyError as error:
            raise RuntimeError from error

    @step
    def hear_in_vain(self) -> None:
        with suppress(RuntimeError):
            super().hear_in_vain()
        self.fails = False
        ought(self.heard == 2, f"of two calls is told {self.heard} times")


class CacheoutCallsRepaired(CacheoutCalls):
    """What is given by name is given with its name."""

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        call = super().decorated(lambda given, more: function(*given, **dict(more)))
        return lambda *given, **more: call(given, tuple(sorted(more.items())))


class ZarrMemoryRepaired(ZarrMemory):
    """What is handed over is copied."""

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        put = self.store.set

        async def copied(key: str, value: Any) -> None:
            await put(key, type(value).from_bytes(value.to_bytes()))

        self.store.set = copied


class AsksForBytes:
    """What has no bytes is not asked for."""

    cache: Any

    def put(self, key: str, value: bytes) -> None:
        super().put(key, value)  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter
        self.cache.fetcher = partial(bytes_of, self.cache.fetcher)


def bytes_of(fetch: Callable[[int, int], bytes], start: int, end: int) -> bytes:
    """Return a part of a file, or nothing, which is not asked for."""
    return fetch(start, end) if start < end else b""


class FsspecMappedRepaired(AsksForBytes, FsspecMapped):
    """Blocks that are mapped into memory."""


class FsspecFirstRepaired(AsksForBytes, FsspecFirst):
    """The first block only."""
