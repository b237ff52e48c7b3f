"""`theine.Cache`: so many values, chosen by how often they are used; a thread of its own removes what has expired."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger


class TheineCache(Adapter):
    """A cache that is let go of at the end: `__del__` says that it is then cleared, and closed."""

    packages = ("theine",)
    faults = frozenset({"kept", "missing"})
    drops = True
    most = 1
    oversized = False

    def begin(self, folder: Path) -> None:
        from theine import Cache

        self.cache: Any = Cache(100)

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def get(self, key: str) -> Any:
        return self.cache.get(key)[0]

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache is not None and self.cache.get(key)[1]]

    def close(self) -> None:
        self.cache = None

    def accounted(self) -> int:
        return 0 if self.cache is None else len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return 100 * Ledger.unit
