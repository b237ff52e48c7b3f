"""Caches of cacheout, controls: so many values, and one of them goes, as the class says."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.counterexamples.replay.live.mapping_cache import CountedCache, Handled
from spillproof.properties.live.own import step


class CacheoutLfu(CountedCache):
    """A cache with methods in the stead of a dictionary's. What was used least often goes."""

    packages = ("cacheout",)
    faults = frozenset({"kept", "missing", "second_thread"})

    def make(self) -> Any:
        from cacheout import LFUCache

        return LFUCache(maxsize=self.values)

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        self.cache.delete_many([key])


class CacheoutLru(Handled, CacheoutLfu):
    """What was used least recently goes. Several are read at once."""

    def make(self) -> Any:
        from cacheout import LRUCache

        return LRUCache(maxsize=self.values)

    def get(self, key: str) -> Any:
        return self.cache.get_many([key]).get(key)

    def copied(self) -> Any:
        return self.cache.copy()


class CacheoutTtl(Expiring, CacheoutLfu):
    """What was put first goes, and each value after a time. Several are read at once."""

    faults = frozenset({"kept", "missing"})

    def make(self) -> Any:
        from cacheout import Cache

        return Cache(maxsize=self.values, ttl=LIFE, timer=self.clock)

    def get(self, key: str) -> Any:
        return self.cache.get_many([key]).get(key)

    def has(self, key: str) -> bool:
        return key in self.cache

    def expire(self) -> None:
        self.cache.delete_expired()


class CacheoutSearched(CacheoutTtl):
    """The same, where keys are searched for: what has had its time is met, and goes meanwhile."""

    def has(self, key: str) -> bool:
        return key in self.cache.get_many("*")
