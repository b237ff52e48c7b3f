"""Caches of cachebox, controls written in Rust: values below a sum of sizes, and one of them goes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from spillproof.counterexamples.replay.live.expiring import LIFE
from spillproof.counterexamples.replay.live.lru_cache import LruCache
from spillproof.counterexamples.replay.live.mapped import (
    Circled,
    Mapped,
    Restored,
    Weighed,
    ought,
)
from spillproof.counterexamples.replay.live.mapping_cache import CountedCache, Handled
from spillproof.counterexamples.replay.live.ordered import Chosen
from spillproof.properties.live.own import step


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


class CacheboxMapped(Mapped, Restored, Weighed, CacheboxLru):
    """What was used least recently goes; all that a dictionary can is done with it."""

    def make(self) -> Any:
        import cachebox

        return getattr(cachebox, self.kind)(self.capacity_of_pool(), getsizeof=weight)


class CacheboxLfuMapped(CacheboxMapped):
    """The same, where what was used least often goes."""

    kind = "LFUCache"


class CacheboxFifoMapped(CacheboxMapped):
    """The same, where what was put first goes. What is first and last is looked at."""

    kind = "FIFOCache"

    @step
    def ends(self) -> None:
        """Look at what was put first and last."""
        if len(self.cache):
            keys = list(self.cache.keys())
            ought([self.cache.first(), self.cache.last()] == [keys[0], keys[-1]], "another is the first, or the last")


class CacheboxTimed(CacheboxMapped):
    """The same, where each value may have its time, and some have very little."""

    kind = "VTTLCache"

    def put(self, key: str, value: Any) -> None:
        self.cache.insert(key, value, ttl=LIFE)

    @step(deletes=True)
    def outlive(self, key: str) -> None:
        """Give a value so little time that it is gone."""
        if key in self.cache:
            self.cache.insert(key, self.cache[key], ttl=0.001)
            time.sleep(0.002)
            ought(key not in self.cache, f"{key} has lived its time, and is there")
            self.cache.expire()


class CacheboxFull(Circled, Mapped, CacheboxLru):
    """A cache that drops nothing, and says that it is full. It is let go of, and not emptied."""

    kind = "Cache"
    drops = False
    refuses = (OverflowError,)
    pop: Any = None

    def accounted(self) -> int:
        return 0 if self.cache is None else super().accounted()

    def keys(self) -> Iterable[str]:
        return [] if self.cache is None else super().keys()


class CacheboxCircled(Handled, Circled, CacheboxLru):
    """What was used least recently goes. It is let go of, and not emptied."""

    def accounted(self) -> int:
        return 0 if self.cache is None else super().accounted()

    def keys(self) -> Iterable[str]:
        return [] if self.cache is None else super().keys()


class CacheboxCounted(Mapped, Restored, CountedCache):
    """So many values, of any size: what releases before 6.0 know only."""

    packages = ("cachebox",)
    kind = "LRUCache"

    def make(self) -> Any:
        import cachebox

        return getattr(cachebox, self.kind)(self.values)


class CacheboxLfuCounted(CacheboxCounted):
    """The same, where what was used least often goes."""

    kind = "LFUCache"


class CacheboxTtlCounted(CacheboxCounted):
    """The same, where each value has its time, which is long."""

    kind = "TTLCache"

    def make(self) -> Any:
        import cachebox

        return cachebox.TTLCache(self.values, LIFE)


def weight(_key: str, value: Any) -> int:
    """Return what a value weighs."""
    return len(value)


class CacheboxLruOrdered(Chosen, CacheboxLru):
    """What was used least recently goes, and is watched as it goes."""

    @step
    def ends(self) -> None:
        """Look at what was used least and most recently."""
        rank = {key: life.used for key, life in self.lives.items() if key in self.keys()}
        if rank and hasattr(self.cache, "least_recently_used"):
            ought(self.cache.least_recently_used() == min(rank, key=rank.__getitem__), "another was used last")
            ought(self.cache.most_recently_used() == max(rank, key=rank.__getitem__), "another was used first")


class CacheboxLfuOrdered(Chosen, Handled, CacheboxLfu):
    """The same, where what was used least often goes."""

    policy = "least often used"


class CacheboxFifoOrdered(Chosen, CacheboxFifo):
    """The same, where what was put first goes."""

    policy = "put first"


class CacheboxRrHandled(Handled, CacheboxRr):
    """Any value goes; the cache is emptied and copied, and some are drained."""

    @step
    def drain(self) -> None:
        """Have the cache drop one."""
        before = len(self.cache)
        ought(self.cache.drain(1) == min(1, before), "another number is said to have gone")
        ought(len(self.cache) == max(0, before - 1), "another number has gone")
        self.cache.shrink_to_fit()


class CacheboxTtlHandled(Handled, CacheboxLru):
    """What was put first goes, and each value after a time, which is long; the cache is emptied and copied."""

    kind = "TTLCache"

    def make(self) -> Any:
        import cachebox

        return cachebox.TTLCache(self.capacity_of_pool(), LIFE, getsizeof=weight)
