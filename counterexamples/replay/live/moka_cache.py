"""`moka_py.Moka`, a control written in Rust: values below a sum of weights, which is kept by work in the background."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger


class MokaCache(Adapter):
    """A cache that is as it says once `run_pending_tasks` was called, as is documented: each step ends with that."""

    packages = ("moka-py",)
    faults = frozenset({"kept", "missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        from moka_py import Moka

        self.cache: Any = Moka(self.capacity_of_pool(), policy="lru", weigher=lambda _key, value: len(value))

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)
        self.settle()

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.remove(key)
        self.settle()

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache.get(key) is not None]

    def close(self) -> None:
        self.cache.clear()
        self.settle()

    def settle(self) -> None:
        """Have it do what is pending; what it drops then goes when it is next called."""
        for _ in range(3):
            self.cache.run_pending_tasks()

    def accounted(self) -> int:
        return int(self.cache.weighted_size())

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit
