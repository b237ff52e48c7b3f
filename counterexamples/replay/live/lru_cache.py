"""Caches of cachetools, controls: they account and drop, and have no disk, so that nothing should be found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class LruCache(Adapter):
    """A cache that forgets what was used least recently."""

    packages = ("cachetools",)
    faults = frozenset({"kept", "missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        self.cache: Any = self.make()

    def make(self) -> Any:
        """Return a new cache."""
        import cachetools

        return cachetools.LRUCache(self.capacity_of_pool(), getsizeof=len)

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    @step
    def pop(self) -> None:
        """Have the cache choose what goes."""
        if self.cache:
            self.cache.popitem()

    def keys(self) -> Iterable[str]:
        return list(self.cache)

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return int(self.cache.currsize)

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit


class LfuCache(LruCache):
    """A cache that forgets what was used least often."""

    def make(self) -> Any:
        import cachetools

        return cachetools.LFUCache(self.capacity_of_pool(), getsizeof=len)


class TtlCache(LruCache):
    """A cache that forgets what was used least recently, and each value after a time: longer than any run."""

    def make(self) -> Any:
        import cachetools

        return cachetools.TTLCache(self.capacity_of_pool(), ttl=10_000, getsizeof=len)
