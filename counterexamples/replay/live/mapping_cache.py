"""What caches that are read and written like a dictionary have in common."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class MappingCache(Adapter):
    """A dictionary that forgets values by itself, to keep to its size."""

    faults = frozenset({"kept", "missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        self.cache: Any = self.make()

    def make(self) -> Any:
        """Return a new cache."""
        raise NotImplementedError

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    @step
    def pop(self) -> None:
        """Have the cache choose what goes."""
        if len(self.cache):
            self.cache.popitem()

    def keys(self) -> Iterable[str]:
        return list(self.cache.keys())

    def close(self) -> None:
        self.cache.clear()


class CountedCache(MappingCache):
    """A cache of at most two values. All are of one size, so that counting them is accounting."""

    most = 1
    oversized = False

    def accounted(self) -> int:
        return len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return 2 * Ledger.unit
