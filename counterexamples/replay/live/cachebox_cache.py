"""Caches of cachebox, controls written in Rust: values below a sum of sizes, and one of them goes."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.lru_cache import LruCache
from spillproof.counterexamples.replay.live.mapping_cache import Handled


class CacheboxLru(LruCache):
    """The same as of cachetools, by another hand: what was used least recently goes."""

    packages = ("cachebox",)
    kind = "LRUCache"

    def make(self) -> Any:
        import cachebox

        return getattr(cachebox, self.kind)(self.capacity_of_pool(), getsizeof=lambda _key, value: len(value))

    def accounted(self) -> int:
        return int(self.cache.current_size())


class CacheboxLfu(CacheboxLru):
    """What was used least often goes."""

    kind = "LFUCache"


class CacheboxFifo(Handled, CacheboxLru):
    """What was put first goes."""

    kind = "FIFOCache"


class CacheboxRr(CacheboxLru):
    """Any value goes."""

    kind = "RRCache"
