"""`LRUSizeCache` of dulwich, which keeps the objects of a Git repository: values below a sum of sizes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from spillproof.counterexamples.replay.live.mapped import NOBODY, ought
from spillproof.counterexamples.replay.live.ordered import Ordered
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

    @step
    def resize(self) -> None:
        """Have the cache be half as large, and then as large as before."""
        most = self.capacity_of_pool()
        for size in (most // 2, most):
            self.cache.resize(size, size)
            ought(self.accounted() <= size, "there is more than there may be")

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

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


class DulwichMapped(DulwichLruCounted):
    """The same, where all is done with it that it can."""

    @step
    def add(self, key: str, value: Any) -> None:
        """Put a value with `add`."""
        self.cache.add(key, value)

    @step
    def ask_with_default(self) -> None:
        """Ask for what is not there: the default is given."""
        ought(self.cache.get(NOBODY, 7) == 7, "another than the default is given")  # noqa: PLR2004
        ought(NOBODY not in self.cache, "what is not there is said to be there")

    @step
    def look(self) -> None:
        """Look at the keys and the items: they are of one state, and as many as are said to be there."""
        keys = list(self.cache.keys())
        found: Any = self.cache.items()
        items = dict(cast("Any", found)() if callable(found) else found)
        ought(set(items) == set(keys), "items have other keys than there are")
        ought(len(self.cache) == len(keys), "another number is said to be there")
        ought(all(key in self.cache for key in keys), "a key is there, and is said not to be")

    @step
    def clean(self) -> None:
        """Have the cache remove what is too much: nothing."""
        before = set(self.keys())
        self.cache.cleanup()
        ought(set(self.keys()) == before, "something went, and there was room")


class DulwichOrdered(Ordered, DulwichLruCounted):
    """What was used least recently goes, and is watched as it goes."""
