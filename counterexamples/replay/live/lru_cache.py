"""`cachetools.LRUCache`, a control: it accounts and drops, and has no disk, so that nothing should be found."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger


class LruCache(Adapter):
    """A cache that forgets what was used least recently."""

    packages = ("cachetools",)
    faults = frozenset({"kept"})
    drops = True

    def begin(self, folder: Path) -> None:
        import cachetools

        self.cache: Any = cachetools.LRUCache(self.capacity_of_pool(), getsizeof=len)

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    def keys(self) -> Iterable[str]:
        return list(self.cache)

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return int(self.cache.currsize)

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit
