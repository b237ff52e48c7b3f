"""`aiocache.SimpleMemoryCache`: values in a dictionary, each until a timer of the event loop removes it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class AioMemory(Adapter):
    """A cache of one key, so that `clear` is what deletes it. It has no account; its values are taken as one."""

    packages = ("aiocache",)
    faults = frozenset({"missing"})
    keys_used: ClassVar[tuple[str, ...]] = ("a",)

    def begin(self, folder: Path) -> None:
        from aiocache import SimpleMemoryCache

        self.loop: Any = asyncio.new_event_loop()
        self.cache: Any = SimpleMemoryCache()

    def put(self, key: str, value: Any) -> None:
        self.loop.run_until_complete(self.cache.set(key, value, ttl=LIFE))

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


class AioMemoryKeys(AioMemory):
    """A cache of several keys, each deleted by itself. It is used for locks as well."""

    keys_used = ("a", "b", "c")

    def delete(self, key: str) -> None:
        self.loop.run_until_complete(self.cache.delete(key))

    @step
    def put_falsy(self, key: str, value: Any) -> None:
        """Put a value for which `if value` is false."""
        value.falsy = True
        self.put(key, value)

    @step
    def lock(self, key: str) -> None:
        """Take the lock of a key, and give it back."""
        self.loop.run_until_complete(self.locked(key))

    async def locked(self, key: str) -> None:
        """Hold a lock for a moment."""
        from aiocache.lock import RedLock

        async with RedLock(self.cache, key, lease=LIFE):
            pass


class AioMemoryTtl(Expiring, AioMemoryKeys):
    """The same, where values have their time: the clock of the event loop goes on with a step."""

    drops = True

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.loop.time = self.clock

    def expire(self) -> None:
        """Have the loop do what is due."""
        for _ in range(2):
            self.loop.run_until_complete(asyncio.sleep(0))

    def has(self, key: str) -> bool:
        """Return nothing: what is due goes when the loop is next run."""
        return False
