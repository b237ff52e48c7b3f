"""Keys that read alike, and are others: `1`, `"1"` and `("1",)`. Written down they must differ."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.diskcache_cache import SMALL
from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.counterexamples.replay.live.spill_buffer import DaskSpillBuffer
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step

ODD: tuple[Any, ...] = (
    int,
    ValueError,
    None,
    ...,
    (),
    frozenset(),
    -1,
    -2,
    2**70,
    1.5,
    "",
    "\0",
    "é",
    "a/b",
    "a" * 300,
)
"""What may be a key and a value, and is neither a word nor a number as others are; some have one hash."""

LETTERS: dict[type, str] = {int: "a", str: "b", tuple: "c"}
"""By what a key is, the letter of those that stand for it."""


def meant(key: str) -> Any:
    """Return what a key stands for. Those of a repetition are numbered, and others than those before."""
    digits = f"1{key[1:]}"
    return {"a": int(digits), "b": digits, "c": (digits,)}[key[0]]


def name_of(key: Any) -> str:
    """Return the key that stands for one."""
    digits = str(key[0] if isinstance(key, tuple) else key)
    return LETTERS[type(key)] + digits[1:]


class ToldApart(Adapter):
    """A dictionary whose keys read alike."""

    faults = frozenset({"kept", "missing"})
    most = 1
    oversized = False
    odd = ODD

    def begin(self, folder: Path) -> None:
        self.cache: Any = self.make(folder)

    def make(self, folder: Path) -> Any:
        """Return a new one, with room for all."""
        raise NotImplementedError

    def put(self, key: str, value: Any) -> None:
        self.cache[meant(key)] = value

    def get(self, key: str) -> Any:
        return self.cache[meant(key)]

    def delete(self, key: str) -> None:
        del self.cache[meant(key)]

    def keys(self) -> Iterable[str]:
        return [name_of(each) for each in list(self.cache)]

    @step
    def put_odd(self) -> None:
        """Put odd things under themselves, which are then all there, and are deleted."""
        for each in self.odd:
            self.cache[each] = each
        wrong = [each for each in self.odd if each not in self.cache or self.cache[each] != each]
        ought(not wrong, f"of what was put, there are others than {wrong}")
        for each in self.odd:
            del self.cache[each]
        ought(not [each for each in self.odd if each in self.cache], "what was deleted is there")

    def accounted(self) -> int:
        return len(self.cache) * Ledger.unit


class CachetoolsApart(ToldApart):
    """`cachetools.LRUCache`."""

    packages = ("cachetools",)

    def make(self, folder: Path) -> Any:
        import cachetools

        return cachetools.LRUCache(100)


class CacheboxApart(ToldApart):
    """`cachebox.LRUCache`."""

    packages = ("cachebox",)

    def make(self, folder: Path) -> Any:
        import cachebox

        return cachebox.LRUCache(100)


class BoltonsApart(ToldApart):
    """`boltons.cacheutils.LRU`."""

    packages = ("boltons",)

    def make(self, folder: Path) -> Any:
        from boltons.cacheutils import LRU

        return LRU(100)


class DiskApart(ToldApart):
    """`diskcache.Cache`, which has its keys in a table of SQLite."""

    packages = ("diskcache",)
    faults = frozenset({"missing"})

    def make(self, folder: Path) -> Any:
        import diskcache

        return diskcache.Cache(str(folder), **SMALL)

    def accounted(self) -> int:
        return 0

    def close(self) -> None:
        self.cache.clear()
        self.cache.close()


class DaskSpillApart(DaskSpillBuffer):
    """`distributed.spill.SpillBuffer`, which has a file for each key."""

    faults = frozenset({"kept", "missing"})

    def put(self, key: str, value: Any) -> None:
        self.buffer[meant(key)] = value

    def get(self, key: str) -> Any:
        return self.buffer[meant(key)]

    def delete(self, key: str) -> None:
        del self.buffer[meant(key)]

    def keys(self) -> Iterable[str]:
        return [name_of(each) for each in self.buffer]
