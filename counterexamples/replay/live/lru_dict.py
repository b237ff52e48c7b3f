"""`lru.LRU` of lru-dict, written in C: so many values, and the one used least recently goes."""

from __future__ import annotations

from functools import partial
from typing import Any

from spillproof.counterexamples.replay.live.mapped import NOBODY, Mapped, Stranger, ought
from spillproof.counterexamples.replay.live.mapping_cache import CountedCache
from spillproof.counterexamples.replay.live.ordered import Ordered
from spillproof.properties.live.own import step


class LruDict(CountedCache):
    """A dictionary of at most two values."""

    packages = ("lru-dict",)

    def make(self) -> Any:
        from lru import LRU

        return LRU(self.values)

    @step
    def resize(self) -> None:
        """Have the cache keep one value only, and then as many as before."""
        self.cache.set_size(1)
        self.cache.set_size(self.values)

    @step
    def peek(self) -> None:
        """Look at what was used first and last."""
        if len(self.cache) and hasattr(self.cache, "peek_first_item"):
            self.cache.peek_first_item()
            self.cache.peek_last_item()


class LruDictMapped(Mapped, LruDict):
    """All that a dictionary can is done with it, and it tells of each value that goes for another."""

    values = 3

    def make(self) -> Any:
        from lru import LRU

        self.told = [0]
        return LRU(self.values, callback=partial(told, self.told))

    @step
    def put_too_much(self) -> None:
        """Put a value where there is no room: one goes, which is told of, and then what was put is taken out."""
        before, there = self.told[0], len(self.cache)
        self.cache[NOBODY] = Stranger()
        goes = there == self.values
        ought(self.told[0] - before == goes, f"{self.told[0] - before} are told of as gone, and {int(goes)} are")
        del self.cache[NOBODY]

    @step
    def ends(self) -> None:
        """Look at what was used first and last, and at the size."""
        keys = list(self.cache.keys())
        if keys:
            ought(self.cache.peek_first_item()[0] == keys[0], "another is said to be used last")
            ought(self.cache.peek_last_item()[0] == keys[-1], "another is said to be used first")
        ought(self.cache.get_size() == self.values, "another size is said")


class LruDictAsked(LruDict):
    """A dictionary that tells of what goes to somebody who puts another value meanwhile, which is then taken out."""

    keys_used = ("a", "b", "c")

    def make(self) -> Any:
        from lru import LRU

        self.is_asking = False
        self.cache = LRU(self.values, callback=self.asked)
        return self.cache

    def asked(self, _key: str, _value: Any) -> None:
        """Put something where a value goes, once."""
        if not self.is_asking:
            self.is_asking = True
            self.cache[NOBODY] = Stranger()
            self.is_asking = False

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value
        if NOBODY in self.cache:
            del self.cache[NOBODY]

    def fits(self, key: str, size: int) -> bool:
        """Return whether there is room, so that nothing is put meanwhile."""
        return key in self.cache or len(self.cache) < self.values


def told(count: list[int], _key: str, _value: Any) -> None:
    """Count what goes."""
    count[0] += 1


class LruDictOrdered(Ordered, LruDict):
    """What was used least recently goes, and is watched as it goes; the cache is emptied."""

    values = 3

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()
