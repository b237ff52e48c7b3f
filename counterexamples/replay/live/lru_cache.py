"""Caches of cachetools, controls: they account and drop, and have no disk, so that nothing should be found."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.counterexamples.replay.live.mapped import Mapped, Restored, Weighed
from spillproof.counterexamples.replay.live.mapping_cache import Handled, MappingCache
from spillproof.counterexamples.replay.live.ordered import Chosen
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


class FifoCache(Handled, LruCache):
    """A cache that forgets what was put first."""

    def make(self) -> Any:
        import cachetools

        return cachetools.FIFOCache(self.capacity_of_pool(), getsizeof=len)


class RrCache(LruCache):
    """A cache that forgets what is chosen: at random as a rule, and here the last."""

    def make(self) -> Any:
        import cachetools

        return cachetools.RRCache(self.capacity_of_pool(), choice=lambda keys: keys[-1], getsizeof=len)


class TtlCache(Expiring, LruCache):
    """A cache that forgets what was used least recently, and each value after a time."""

    def make(self) -> Any:
        import cachetools

        return cachetools.TTLCache(self.capacity_of_pool(), ttl=LIFE, timer=self.clock, getsizeof=len)

    def expire(self) -> None:
        self.cache.expire()


class TlruCache(TtlCache):
    """The same, of which each value says when its time is over: one of three units has had it when it comes."""

    def make(self) -> Any:
        import cachetools

        most = self.capacity_of_pool()
        return cachetools.TLRUCache(most, ttu=time_of, timer=self.clock, getsizeof=len)

    def fits(self, key: str, size: int) -> bool:
        """Return whether a value has any time, and finds room beside what has another key."""
        same = len(self.cache[key]) if key in self.cache else 0
        return size != LATE and self.accounted() - same + size <= self.capacity_of_pool()


class LruMapped(Mapped, Restored, Weighed, LruCache):
    """What was used least recently goes; all that a dictionary can is done with it."""


class LfuMapped(Mapped, Restored, Weighed, LfuCache):
    """The same, where what was used least often goes."""


class TtlMapped(Expiring, Mapped, Restored, LruCache):
    """The same, where each value has its time."""

    def make(self) -> Any:
        import cachetools

        return cachetools.TTLCache(self.capacity_of_pool(), ttl=LIFE, timer=self.clock, getsizeof=len)

    def expire(self) -> None:
        self.cache.expire()


LATE = 3 * Ledger.unit
"""Of this size are values that have had their time when they come."""


def time_of(_key: str, value: Any, now: float) -> float:
    """Return when a value is to go."""
    return now - 1 if len(value) == LATE else now + LIFE


class LruOrdered(Chosen, Handled, LruCache):
    """What was used least recently goes, and is watched as it goes; the cache is emptied and copied."""


class LfuOrdered(Chosen, Handled, LfuCache):
    """The same, where what was used least often goes."""

    policy = "least often used"


class FifoOrdered(Chosen, FifoCache):
    """The same, where what was put first goes."""

    policy = "put first"


class RrHandled(Handled, RrCache):
    """What is chosen goes; the cache is emptied and copied."""


class TtlHandled(Handled, TtlCache):
    """A cache of values with their time, which is emptied and copied."""


class TlruHandled(Handled, TlruCache):
    """The same, where each value says when its time is over."""
