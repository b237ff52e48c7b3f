"""`LRU` of boltons, a control: a dictionary of so many values beside a linked list, under a lock."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class BoltonsLru(Adapter):
    """A cache of at most two values, of one size each."""

    packages = ("boltons",)
    faults = frozenset({"kept", "missing", "second_thread"})
    drops = True
    most = 1
    oversized = False

    def begin(self, folder: Path) -> None:
        from boltons.cacheutils import LRU

        self.cache: Any = LRU(max_size=2)

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    @step
    def pop(self) -> None:
        if self.cache:
            self.cache.popitem()

    def keys(self) -> Iterable[str]:
        return list(self.cache.keys())

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return 2 * Ledger.unit
