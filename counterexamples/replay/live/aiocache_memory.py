"""`aiocache.SimpleMemoryCache`: values in a dictionary, each until a timer of the event loop removes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger

LONG = 1_000.0
"""Seconds to live: longer than any run."""


class AioMemory(Adapter):
    """A cache of one key, so that `clear` is what deletes it. It has no account; its values are taken as one."""

    packages = ("aiocache",)
    faults = frozenset({"missing"})
    keys_used = ("a",)

    def begin(self, folder: Path) -> None:
        from aiocache import SimpleMemoryCache

        self.loop: Any = asyncio.new_event_loop()
        self.cache: Any = SimpleMemoryCache()

    def put(self, key: str, value: Any) -> None:
        self.loop.run_until_complete(self.cache.set(key, value, ttl=LONG))

    def get(self, key: str) -> Any:
        return self.loop.run_until_complete(self.cache.get(key))

    def delete(self, key: str) -> None:
        self.loop.run_until_complete(self.cache.clear())

    def keys(self) -> Iterable[str]:
        return [] if self.cache is None else list(self.cache._cache)

    def close(self) -> None:
        """Let go of the cache, as its program does: what it has goes with it."""
        self.loop.run_until_complete(self.cache.close())
        self.loop.close()
        self.cache = self.loop = None

    def accounted(self) -> int:
        return 0 if self.cache is None else sum(map(len, self.cache._cache.values()))

    def capacity_of_pool(self) -> int:
        return 100 * Ledger.unit
