"""`LRUSizeCache` of dulwich, which keeps the objects of a Git repository: values below a sum of sizes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class DulwichLru(Adapter):
    """A cache that forgets what was used least recently. What is as large as the whole is not kept."""

    packages = ("dulwich",)
    faults = frozenset({"kept", "missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        from dulwich.lru_cache import LRUSizeCache

        most = self.capacity_of_pool()
        self.cache: Any = LRUSizeCache(max_size=most, after_cleanup_size=most, compute_size=len)

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def keys(self) -> Iterable[str]:
        return list(self.cache.keys())

    def fits(self, key: str, size: int) -> bool:
        """Return whether a value is less than the whole, and leaves the others their room."""
        most = self.capacity_of_pool()
        return size < most and self.cache._value_size + size <= most

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return int(self.cache._value_size)

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit


class DulwichLruCounted(Adapter):
    """Its base, `LRUCache`, which counts values. What is put under a key that is there takes the old one's place."""

    packages = ("dulwich",)
    faults = frozenset({"kept", "missing"})
    drops = True
    most = 1
    oversized = False
    values = 3
    keys_used = ("a", "b", "c", "d")

    def begin(self, folder: Path) -> None:
        from dulwich.lru_cache import LRUCache

        self.cache: Any = LRUCache(max_cache=self.values, after_cleanup_count=self.values)

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def keys(self) -> Iterable[str]:
        return list(self.cache.keys())

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

    @step
    def resize(self) -> None:
        """Have the cache keep one value only, and then as many as before."""
        self.cache.resize(1, 1)
        self.cache.resize(self.values, self.values)

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return self.values * Ledger.unit
