"""`lru.LRU` of lru-dict, written in C: so many values, and the one used least recently goes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class LruDict(Adapter):
    """A dictionary of at most two values. All are of one size, so that counting them is accounting."""

    packages = ("lru-dict",)
    faults = frozenset({"kept", "missing"})
    drops = True
    most = 1
    oversized = False

    def begin(self, folder: Path) -> None:
        from lru import LRU

        self.cache: Any = LRU(2)

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    @step
    def pop(self) -> None:
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
