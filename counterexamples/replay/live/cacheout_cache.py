"""`cacheout.LFUCache`, a control: so many values, and the one used least often goes."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapping_cache import CountedCache


class CacheoutLfu(CountedCache):
    """A cache with methods in the stead of a dictionary's."""

    packages = ("cacheout",)
    faults = frozenset({"kept", "missing", "second_thread"})

    def make(self) -> Any:
        from cacheout import LFUCache

        return LFUCache(maxsize=2)

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.delete(key)
