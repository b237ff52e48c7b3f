"""`lru.LRU` of lru-dict, written in C: so many values, and the one used least recently goes."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapping_cache import CountedCache
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
