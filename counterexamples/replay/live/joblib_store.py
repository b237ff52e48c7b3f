"""The store of `joblib.Memory`: results of functions in files, which `reduce_size` counts and removes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from hashlib import md5
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter


class JoblibStore(Adapter):
    """Results on disk only; what `get_items` counts is the account."""

    packages = ("joblib",)
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        import joblib

        self.folder = folder
        self.memory: Any = joblib.Memory(str(folder), verbose=0)
        self.items = self.memory.store_backend

    def name(self, key: str) -> list[str]:
        """Return the name of an item: a function, and a hash of what it was given."""
        return ["function", md5(key.encode(), usedforsecurity=False).hexdigest()]

    def put(self, key: str, value: Any) -> None:
        from joblib._store_backends import CacheWarning

        with warnings.catch_warnings():
            warnings.simplefilter("error", CacheWarning)  # what goes wrong is told by a warning
            try:
                self.items.dump_item(self.name(key), value)
            except CacheWarning as warning:
                raise OSError(str(warning)) from None

    def get(self, key: str) -> Any:
        return self.items.load_item(self.name(key), verbose=0)

    def delete(self, key: str) -> None:
        self.items.clear_item(self.name(key))

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.items.contains_item(self.name(key))]

    def close(self) -> None:
        self.items.clear()

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        return sum(item.size for item in self.items.get_items())

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob("*.pkl*"))
