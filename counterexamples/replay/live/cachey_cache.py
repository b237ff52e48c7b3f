"""`cachey.Cache`, of Dask: keeps what was dear to compute and is cheap to store, below a number of bytes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class CacheyCache(Adapter):
    """A cache that scores. All values cost the same here."""

    packages = ("cachey",)
    faults = frozenset({"missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        from cachey import Cache

        self.cache: Any = Cache(self.capacity_of_pool(), nbytes=len)

    def put(self, key: str, value: Any) -> None:
        self.cache.put(key, value, cost=1)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.retire(key)

    def keys(self) -> Iterable[str]:
        return list(self.cache.data)

    def fits(self, key: str, size: int) -> bool:
        """Return whether a value is less than what is left: "strictly", says its code."""
        return bool(size + self.cache.total_bytes < self.capacity_of_pool())

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

    @step
    def resize(self) -> None:
        """Have the cache be half as large, and then as large as before."""
        for size in (self.capacity_of_pool() // 2, self.capacity_of_pool()):
            if hasattr(self.cache, "resize"):
                self.cache.resize(size)
            else:  # as some older releases do
                self.cache.available_bytes = size
                self.cache.shrink()

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return int(self.cache.total_bytes)

    def accounts(self) -> list[int]:
        return [int(each) for each in self.cache.nbytes.values()]

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit
