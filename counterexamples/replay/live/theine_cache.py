"""`theine.Cache`: so many values, chosen by how often they are used; a thread of its own removes what has expired."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from inspect import signature
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.clock import stand_in
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step
from spillproof.properties.live.surroundings import instead


def cache_of(size: int) -> Any:
    """Return a cache of so many values. Releases before 2.0 ask for its policy."""
    from theine import Cache

    return Cache("tlfu", size) if "policy" in signature(Cache).parameters else Cache(size)


class TheineCache(Adapter):
    """A cache that is let go of at the end: `__del__` says that it is then cleared, and closed."""

    packages = ("theine",)
    faults = frozenset({"kept", "missing"})
    drops = True
    most = 1
    oversized = False

    def begin(self, folder: Path) -> None:
        self.cache: Any = cache_of(100)

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def get(self, key: str) -> Any:
        return self.found(key)[0]

    def found(self, key: str) -> tuple[Any, bool]:
        """Return what is under a key, and whether there is anything."""
        found = self.cache.get(key)
        return found if isinstance(found, tuple) else (found, found is not None)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache is not None and self.found(key)[1]]

    def close(self) -> None:
        self.cache = None

    def accounted(self) -> int:
        return 0 if self.cache is None else len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return 100 * Ledger.unit


class TheineFull(TheineCache):
    """A cache of so few values, each for a time, that its policy chooses. It is cleared and closed at the end, as its
    maintainer asks.
    """

    size = 2
    keys_used = ("a", "b", "c", "d", "e")

    def begin(self, folder: Path) -> None:
        self.cache: Any = cache_of(self.size)

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value, timedelta(seconds=LIFE))
        if hasattr(self.cache, "_force_drain_write"):
            self.cache._force_drain_write()

    def close(self) -> None:
        self.cache.clear()
        if hasattr(self.cache, "close"):
            self.cache.close()
        self.cache = None

    def capacity_of_pool(self) -> int:
        return self.size * Ledger.unit


class TheineEmptied(TheineFull):
    """The same, where it is emptied, and goes on."""

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

    @step
    def touch(self, key: str) -> None:
        """Give a value its whole time again."""
        self.cache._access(key, timedelta(seconds=LIFE))


class TheineTimed(Expiring, TheineFull):
    """The same, where values have their time. What removes them by itself has a clock of its own, and does not."""

    def begin(self, folder: Path) -> None:
        import theine.theine

        super().begin(folder)
        instead(theine.theine, "time", stand_in(self.clock))

    def has(self, key: str) -> bool:
        return self.found(key)[1]

    def may_go(self, key: str) -> bool:
        """Return that any may: which goes is its policy's choice."""
        return True
