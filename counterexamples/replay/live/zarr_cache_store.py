"""`zarr.experimental.cache_store.CacheStore`: a store in memory before one on disk, with a size that it keeps to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger, folder_size
from spillproof.properties.live.own import step

PART = 100
"""Where the part ends that is read of a value."""


class ZarrCacheStore(Adapter):
    """Files with a cache in memory. "Individual values larger than max_size will not be cached"."""

    packages = ("zarr",)

    def begin(self, folder: Path) -> None:
        from zarr.storage import LocalStore, MemoryStore

        self.memory: Any = MemoryStore()
        self.store: Any = self.make(LocalStore(folder))

    def make(self, files: Any) -> Any:
        """Return a store with a cache."""
        from zarr.experimental.cache_store import CacheStore

        return CacheStore(files, cache_store=self.memory, max_size=self.capacity_of_pool())

    def put(self, key: str, value: Any) -> None:
        from zarr.core.buffer.cpu import Buffer

        buffer, ledger = Buffer.from_bytes(bytes(value.bytes)), cast("Any", self.measure)
        ledger.born(buffer, len(value))
        asyncio.run(self.store.set(key, buffer))

    def get(self, key: str) -> bytes:
        from zarr.core.buffer.core import default_buffer_prototype

        found = asyncio.run(self.store.get(key, default_buffer_prototype()))
        return b"" if found is None else bytes(found.to_bytes())

    def delete(self, key: str) -> None:
        asyncio.run(self.store.delete(key))

    def keys(self) -> Iterable[str]:
        return asyncio.run(self._keys())

    async def _keys(self) -> list[str]:
        return [key async for key in self.store.list()]

    def close(self) -> None:
        asyncio.run(self.store.clear_cache())

    def accounted(self) -> int:
        return int(self.store.cache_info()["current_size"])

    def accounts(self) -> list[int]:
        return list(self.sizes().values())

    def sizes(self) -> dict[Any, int]:
        """Return what is counted, by key. Releases before 3.1.6 have it in the store itself."""
        state, old = getattr(self.store, "_state", None), getattr(self.store, "_key_sizes", {})
        sizes: dict[Any, int] = old if state is None else state.key_sizes
        return sizes

    def capacity_of_pool(self) -> int:
        return 3 * Ledger.unit


class ZarrPersistentCache(ZarrCacheStore):
    """The same with a cache on disk, "which provides persistent caching", as another process would find it."""

    larger = ()
    most = 2
    oversized = False

    def begin(self, folder: Path) -> None:
        from zarr.storage import LocalStore, MemoryStore

        self.folder = folder
        self.memory: Any = LocalStore(folder)
        self.files: Any = MemoryStore()
        self.store: Any = self.make(self.files)

    def put(self, key: str, value: Any) -> None:
        from zarr.core.buffer.cpu import Buffer

        asyncio.run(self.store.set(key, Buffer.from_bytes(bytes(value.bytes))))

    @step
    def reopen(self) -> None:
        """Begin anew with the cache that is there."""
        self.store = self.make(self.files)

    @step
    def read_part(self, key: str) -> None:
        """Read a part of a value."""
        from zarr.abc.store import RangeByteRequest
        from zarr.core.buffer.core import default_buffer_prototype

        part = asyncio.run(self.store.get(key, default_buffer_prototype(), RangeByteRequest(1, PART)))
        whole = asyncio.run(self.files.get(key, default_buffer_prototype()))
        ought(part.to_bytes() == whole.to_bytes()[1:PART], "another part is read")

    def accounted(self) -> int:
        return 0

    def accounts(self) -> list[int]:
        return []

    def disk_accounted(self) -> int:
        """Return what is counted, but for parts that were read: they are in memory."""
        parts = sum(size for key, size in self.sizes().items() if not isinstance(key, str))
        return int(self.store.cache_info()["current_size"]) - parts

    def disk_used(self) -> int:
        return folder_size(self.folder)

    def capacity_of_disk(self) -> int:
        """Return the size that the cache is given."""
        return self.capacity_of_pool()
