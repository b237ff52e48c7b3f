"""Caches without a limit: nothing goes, and what they say of themselves is true."""

from __future__ import annotations

import math
from typing import Any

from spillproof.counterexamples.replay.live.cachelib_file import CachelibFiles
from spillproof.counterexamples.replay.live.cacheout_cache import CacheoutLfu
from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.counterexamples.replay.live.mapping_cache import CountedCache, Handled
from spillproof.properties.live.own import step


class Unlimited(Handled, CountedCache):
    """A cache that is never full."""

    faults = frozenset({"kept", "missing"})
    values = 1_000
    keys_used = ("a", "b", "c")

    @step
    def ask(self) -> None:
        """Ask it about itself: it is not full, and has as many as there are."""
        is_full = getattr(self.cache, "full", None) or getattr(self.cache, "is_full", None)
        ought(is_full is None or not is_full(), "it has no limit, and is said to be full")
        ought(len(self.cache) == len(list(self.cache.keys())), "another number is said to be there")
        repr(self.cache)


class CachetoolsUnlimited(Unlimited):
    """`cachetools.LRUCache`."""

    packages = ("cachetools",)

    def make(self) -> Any:
        import cachetools

        return cachetools.LRUCache(math.inf)


class CacheboxUnlimited(Unlimited):
    """`cachebox.LRUCache`."""

    packages = ("cachebox",)

    def make(self) -> Any:
        import cachebox

        return cachebox.LRUCache(0)


class CacheoutUnlimited(Unlimited, CacheoutLfu):
    """`cacheout.Cache`."""

    def make(self) -> Any:
        import cacheout

        return cacheout.Cache(maxsize=None)

    def copied(self) -> Any:
        return self.cache.copy()


class CachelibUnlimited(CachelibFiles):
    """`cachelib.FileSystemCache`."""

    faults = frozenset()
    threshold = 0
