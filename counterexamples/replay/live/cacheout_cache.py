"""`cacheout.LFUCache`, a control: so many values, and the one used least often goes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class CacheoutLfu(Adapter):
    """A cache of at most two values, of one size each."""

    packages = ("cacheout",)
    faults = frozenset({"kept", "missing", "second_thread"})
    drops = True
    most = 1
    oversized = False

    def begin(self, folder: Path) -> None:
        from cacheout import LFUCache

        self.cache: Any = LFUCache(maxsize=2)

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    @step
    def pop(self) -> None:
        """Have the cache choose what goes."""
        if len(self.cache):
            self.cache.popitem()

    def keys(self) -> Iterable[str]:
        return list(self.cache.keys())

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return 2 * Ledger.unit
