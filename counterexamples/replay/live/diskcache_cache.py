"""`diskcache.Cache`: values in files, with a row for each in a table of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter


class DiskCache(Adapter):
    """A cache on disk only; the sum of the sizes in its table is the account."""

    packages = ("diskcache",)
    faults = frozenset({"full_disk", "missing"})
    excused = (OSError, sqlite3.Error)

    def begin(self, folder: Path) -> None:
        import diskcache

        self.folder = folder
        options: dict[str, Any] = {"disk_min_file_size": 0, "eviction_policy": "none", "cull_limit": 0}
        self.cache: Any = diskcache.Cache(str(folder), **options)

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
        self.cache.close()

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        ((total,),) = self.cache._sql("SELECT COALESCE(SUM(size), 0) FROM Cache").fetchall()
        return int(total)

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob("*.val"))
