"""What caches that are read and written like a dictionary have in common."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any, ClassVar

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
        if len(self.cache) and hasattr(self.cache, "popitem"):
            self.cache.popitem()

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Take a value out. Some older releases cannot."""
        if not hasattr(self.cache, "pop"):
            self.delete(key)
        elif self.cache.pop(key, None) is None:
            raise AssertionError(f"{key} is there, and nothing is taken out")

    @step
    def walk(self, key: str) -> None:
        """Read a value while walking over the keys: each is met, or it is said that the cache has changed."""
        met = []
        try:
            for each in iter(self.cache.keys()):
                met.append(each)
                self.get(key)
        except RuntimeError:
            return
        if missed := sorted(set(self.keys()) - set(met)):
            raise AssertionError(f"{missed[0]} is there, and was not met")

    def keys(self) -> Iterable[str]:
        return list(self.cache.keys())

    def close(self) -> None:
        self.cache.clear()


class Handled:
    """What else is done with a cache. Beside an adapter, of which it is the first base: more steps reach less deep."""

    cache: Any
    faults: ClassVar[frozenset[str]]

    @step
    def put_falsy(self, key: str, value: Any) -> None:
        """Put a value for which `if value` is false."""
        value.falsy = True
        self.put(key, value)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] # of the adapter

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

    @step
    def copy(self) -> None:
        """Empty a copy, where there may be one: what is copied stays as it is."""
        copied = self.copied()
        if copied is None:
            return
        missed = sorted({*self.cache.keys()} ^ {*copied.keys()})
        if missed and "second_thread" not in self.faults:
            raise AssertionError(f"{missed[0]} is in one of a cache and its copy only")
        copied.clear()

    def copied(self) -> Any:
        """Return a copy of the cache; None where it has none to give."""
        return copy(self.cache)


class CountedCache(MappingCache):
    """A cache of so many values. All are of one size, so that counting them is accounting."""

    values: ClassVar[int] = 2
    keys_used: ClassVar[tuple[str, ...]] = ("a", "b", "c", "d")
    most = 1
    oversized = False

    def accounted(self) -> int:
        return len(self.cache) * Ledger.unit

    def capacity_of_pool(self) -> int:
        return self.values * Ledger.unit
