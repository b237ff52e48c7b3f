"""Caches of cachetools, controls: they account and drop, and have no disk, so that nothing should be found."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapping_cache import MappingCache
from spillproof.properties.live.measure import Ledger


class LruCache(MappingCache):
    """A cache that forgets what was used least recently."""

    packages = ("cachetools",)

    def make(self) -> Any:
        import cachetools

        return cachetools.LRUCache(self.capacity_of_pool(), getsizeof=len)

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
