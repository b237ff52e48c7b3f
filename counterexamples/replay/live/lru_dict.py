"""`lru.LRU` of lru-dict, written in C: so many values, and the one used least recently goes."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapping_cache import CountedCache


class LruDict(CountedCache):
    """A dictionary of at most two values."""

    packages = ("lru-dict",)

    def make(self) -> Any:
        from lru import LRU

        return LRU(2)
