"""`LRU` of boltons, a control: a dictionary of so many values beside a linked list, under a lock."""

from __future__ import annotations

from typing import Any

from spillproof.counterexamples.replay.live.mapping_cache import CountedCache


class BoltonsLru(CountedCache):
    """A cache that forgets what was used least recently."""

    packages = ("boltons",)
    faults = frozenset({"kept", "missing", "second_thread"})

    def make(self) -> Any:
        from boltons.cacheutils import LRU

        return LRU(max_size=2)
