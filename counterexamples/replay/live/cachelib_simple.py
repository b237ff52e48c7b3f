"""`cachelib.SimpleCache`, for one process: pickled values in a dictionary, of which some go when there are too many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from spillproof.counterexamples.replay.live.cachelib_several import Several
from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced
from spillproof.properties.live.surroundings import instead

THRESHOLD = 2


class CachelibSimple(Adapter):
    """As many values as its threshold allows, and one more. All are of one size."""

    packages = ("cachelib",)
    measured_by = Traced
    faults = frozenset({"missing"})
    keys_used: ClassVar[tuple[str, ...]] = ("a", "b", "c", "d")
    most = 1
    drops = True
    oversized = False
    threshold = THRESHOLD

    def begin(self, folder: Path) -> None:
        from cachelib.simple import SimpleCache

        self.cache: Any = SimpleCache(threshold=self.threshold, default_timeout=int(LIFE))

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        return [key for key in list(self.cache._cache) if self.cache.has(key)]

    def fits(self, key: str, size: int) -> bool:
        """Return whether no more values have time left than the threshold: what has had its time goes first."""
        return len(list(self.keys())) <= self.threshold

    def close(self) -> None:
        self.cache.clear()

    def accounted(self) -> int:
        return len(list(self.keys())) * Traced.unit

    def unclaimed(self) -> int:
        """Return what pickles have beside their values, and what has had its time: it goes when there are too many."""
        late = len(self.cache._cache) - len(list(self.keys()))
        return late * Traced.unit + (Traced.unit if self.cache._cache else 0)

    def capacity_of_pool(self) -> int:
        return (self.threshold + 1) * Traced.unit


class CachelibSimpleTtl(Expiring, CachelibSimple):
    """The same, where values have their time. They are put with `add`, where there is none of that name."""

    def begin(self, folder: Path) -> None:
        import cachelib.simple

        super().begin(folder)
        instead(cachelib.simple, "time", self.clock)

    def put(self, key: str, value: Any) -> None:
        add = self.cache.set if self.cache.has(key) else self.cache.add
        if not add(key, value):
            raise AssertionError(f"{key} is not there, and cannot be added")
        self.note(key)


class CachelibSimpleMapped(Several, CachelibSimple):
    """The same, where values come in other ways."""


class CachelibSimpleThreads(CachelibSimple):
    """The same for two threads, which put and delete, with less room. It has a lock, since 0.15."""

    faults = frozenset({"second_thread"})
    keys_used = ("a", "b", "c")
    threshold = 1
    get: Any = None
