"""Caches of boltons, controls: a dictionary of so many values beside a linked list, under a lock."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapping_cache import CountedCache, Handled


class BoltonsLru(CountedCache):
    """A cache that forgets what was used least recently."""

    packages = ("boltons",)
    faults = frozenset({"kept", "missing", "second_thread"})

    def make(self) -> Any:
        from boltons.cacheutils import LRU

        return LRU(max_size=self.values)


class BoltonsLruOfThree(BoltonsLru):
    """The same for one thread, and of three values: one of them is neither the first nor the last."""

    faults = frozenset({"kept", "missing"})
    values = 3


class BoltonsLri(Handled, BoltonsLruOfThree):
    """A cache that forgets what was put least recently."""

    def make(self) -> Any:
        from boltons.cacheutils import LRI

        return LRI(max_size=self.values)

    def copied(self) -> Any:
        return self.cache.copy()
