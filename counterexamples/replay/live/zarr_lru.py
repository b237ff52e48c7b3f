"""`zarr.LRUStoreCache`, of releases before 3: what is read of a store is kept in memory, up to a size."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step


class ZarrLru(Adapter):
    """Files, with a cache in memory of what was read of them."""

    packages = ("zarr",)
    faults = frozenset({"missing"})
    drops = True

    def begin(self, folder: Path) -> None:
        from zarr.storage import DirectoryStore, LRUStoreCache

        self.files: Any = DirectoryStore(str(folder / "files"))  # which `clear` removes
        self.store: Any = LRUStoreCache(self.files, max_size=self.capacity_of_pool())

    def put(self, key: str, value: Any) -> None:
        self.store[key] = bytes(value.bytes)

    def get(self, key: str) -> bytes:
        return bytes(self.store[key])

    def delete(self, key: str) -> None:
        del self.store[key]

    def keys(self) -> Iterable[str]:
        return list(self.files)

    def fits(self, key: str, size: int) -> bool:
        """Return that everything does, on disk."""
        return True

    @step
    def look(self) -> None:
        """Look at the keys: those of the files."""
        ought({*self.store.keys()} == {*self.files.keys()}, "there are other keys than files")
        ought(len(self.store) == len(self.files), "another number is said to be there")
        ought(all(key in self.store for key in self.files), "a file is there, and is said not to be")

    @step
    def contains(self, key: str) -> None:
        """Ask whether a key is there: not all are listed for it."""
        self.store.invalidate()
        listed: list[str] = []
        files: Any = self.store._store

        def keys() -> Any:
            listed.append(key)
            return type(files).keys(files)

        files.keys = keys
        is_there = key in self.store
        del files.keys
        ought(is_there, "a key is there, and is said not to be")
        ought(not listed, "one asks for a key, and all are listed")

    @step
    def invalidate(self) -> None:
        """Have the cache forget all that it has in memory."""
        self.store.invalidate()
        ought(self.accounted() == self.in_memory() == 0, "something was forgotten, and is counted")

    @step
    def restore(self) -> None:
        """Pickle the store, and go on with what is read back."""
        import pickle

        self.store = pickle.loads(pickle.dumps(self.store))  # noqa: S301 - our own

    def close(self) -> None:
        for key in self.keys():
            del self.store[key]

    def in_memory(self) -> int:
        """Return what is in the table of values."""
        return sum(map(len, self.store._values_cache.values()))

    def accounted(self) -> int:
        return int(self.store._current_size)

    def reachable(self) -> int:
        return self.in_memory()

    def capacity_of_pool(self) -> int:
        return 6 * Ledger.unit
