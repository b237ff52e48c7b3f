"""`diskcache.Cache`: values in files, with a row for each in a table of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.clock import stand_in
from spillproof.properties.live.own import step
from spillproof.properties.live.surroundings import instead

SMALL: dict[str, Any] = {"disk_min_file_size": 0, "sqlite_synchronous": 0}
"""Every value has a file; and nobody waits until the table is on the disk, as no machine goes down here."""


class DiskCache(Adapter):
    """A cache on disk only; the sum of the sizes in its table is the account."""

    packages = ("diskcache",)
    faults = frozenset({"full_disk", "missing"})
    excused = (OSError, sqlite3.Error)

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.cache: Any = self.make()

    def make(self) -> Any:
        """Return a cache of what is in the folder."""
        import diskcache

        return diskcache.Cache(str(self.folder), **{**self.options(), **SMALL})

    def options(self) -> dict[str, Any]:
        """Return how the cache removes values: not at all."""
        return {"eviction_policy": "least-recently-stored", "cull_limit": 0}

    def put(self, key: str, value: Any) -> None:
        self.cache[key] = value

    def get(self, key: str) -> Any:
        return self.cache[key]

    def delete(self, key: str) -> None:
        del self.cache[key]

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Take a value out."""
        if self.cache.pop(key, None) is None:
            raise AssertionError(f"{key} is there, and nothing is taken out")

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

    def keys(self) -> Iterable[str]:
        return list(self.cache)

    def close(self) -> None:
        self.cache.clear()
        self.cache.close()

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        ((total,),) = self.cache._sql("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()
        return int(total)

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob("*.val"))


class DiskCacheTtl(Expiring, DiskCache):
    """The same, where values have their time."""

    faults = frozenset({"missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        import diskcache.core

        super().begin(folder)
        instead(diskcache.core, "time", stand_in(self.clock))

    def put(self, key: str, value: Any) -> None:
        self.cache.set(key, value, expire=LIFE)
        self.note(key)

    @step
    def touch(self, key: str) -> None:
        """Give a value its whole time again."""
        if self.cache.touch(key, expire=LIFE):
            self.note(key)

    def has(self, key: str) -> bool:
        return key in self.cache

    def expire(self) -> None:
        self.cache.expire()

    def fits(self, key: str, size: int) -> bool:
        """Return that everything does."""
        return True


class DiskCacheQueue(DiskCache):
    """Values that are pushed to one end of a queue, looked at, and pulled from the other: each waits under a number."""

    appends = True
    keys_used = ("a",)
    faults = frozenset()

    def put(self, key: str, value: Any) -> None:
        self.cache.push(value)

    def get(self, key: str) -> Any:
        return b"".join(bytes(self.cache[each].bytes) for each in self.cache)

    def delete(self, key: str) -> None:
        while self.cache.pull() != (None, None):
            pass

    @step(deletes=True)
    def take_out(self, key: str) -> None:
        """Pull all that is there."""
        self.delete(key)

    @step
    def look(self) -> None:
        """Look at what comes next, which stays where it is."""
        self.cache.peek()
        if len(self.cache):
            self.cache.peekitem()
