"""The store of `joblib.Memory`: results of functions in files, which `reduce_size` counts and removes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from hashlib import md5
from inspect import signature
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.counterexamples.replay.live.memoized import Memoized, result_of
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.own import step


class JoblibStore(Adapter):
    """Results on disk only; what `get_items` counts is the account."""

    packages = ("joblib",)
    faults = frozenset({"full_disk", "unpicklable"})
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
        from joblib import _store_backends

        told: Any = getattr(_store_backends, "CacheWarning", UserWarning)  # by what older releases tell of it
        with warnings.catch_warnings():
            warnings.simplefilter("error", told)  # what goes wrong is told by a warning
            try:
                self.items.dump_item(self.name(key), value)
            except told as warning:
                raise OSError(str(warning)) from None

    def get(self, key: str) -> Any:
        return self.items.load_item(self.name(key), verbose=0)

    def delete(self, key: str) -> None:
        self.items.clear_item(self.name(key))

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.items.contains_item(self.name(key))]

    @step
    def reopen(self) -> None:
        """Begin anew with what is in the folder."""
        self.begin(self.folder)

    @step
    def reduce(self) -> None:
        """Have the store remove what is more than there can be: nothing."""
        self.memory.reduce_size(**self.limits())

    def limits(self) -> dict[str, Any]:
        """Return limits that nothing exceeds, as far as a release knows them."""
        known = signature(self.memory.reduce_size).parameters
        most = {"bytes_limit": "1G", "items_limit": 1_000, "age_limit": timedelta(days=1_000)}
        return {name: limit for name, limit in most.items() if name in known}

    def close(self) -> None:
        self.items.clear()

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        return sum(item.size for item in self.items.get_items())

    def disk_used(self) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob("*.pkl*"))


class JoblibReduced(JoblibStore):
    """The same, where the store is reduced: what was used least recently goes."""

    faults = frozenset()
    drops = True

    @step(loses=True)
    def reduce_to_one(self) -> None:
        """Have the store keep one item only."""
        if "items_limit" in signature(self.memory.reduce_size).parameters:
            self.memory.reduce_size(items_limit=1)
            ought(len(self.items.get_items()) <= 1, "more are there than may be")

    @step(loses=True)
    def reduce_to_half(self) -> None:
        """Have the store keep half of the bytes that it has."""
        most = self.disk_accounted() // 2
        if "bytes_limit" in signature(self.memory.reduce_size).parameters:
            self.memory.reduce_size(bytes_limit=most)
            ought(self.disk_accounted() <= most, "more is there than may be")

    @step(loses=True)
    def empty(self) -> None:
        """Empty the store, which goes on."""
        self.memory.clear(warn=False)

    def fits(self, key: str, size: int) -> bool:
        """Return that everything does."""
        return True


class JoblibCached(Memoized):
    """`Memory.cache`: a function whose results are in files."""

    packages = ("joblib",)
    faults = frozenset()

    def begin(self, folder: Path) -> None:
        self.folder = getattr(self, "folder", folder)
        super().begin(folder)

    def decorated(self, function: Callable[[str], Any]) -> Callable[[str], Any]:
        import joblib

        self.memory: Any = joblib.Memory(str(self.folder), verbose=0)

        def named(key: str) -> Any:
            return function(key)

        self.cached: Any = self.memory.cache(named)
        call: Any = self.cached
        return call  # type: ignore[no-any-return]

    def forget(self, key: str) -> None:
        self.cached.call_and_shelve(key).clear()

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cached.check_call_in_cache(key)]

    @step(loses=True)
    def empty(self) -> None:
        """Empty the store, which goes on."""
        self.memory.clear(warn=False)

    @step
    def reopen(self) -> None:
        """Begin anew with what is in the folder, as another process does."""
        self.call = self.decorated(partial(result_of, self.fresh))

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        return sum(item.size for item in self.memory.store_backend.get_items())

    def disk_used(self) -> int:
        """Return what is in the folders of results: what is beside them is the function's."""
        folders = {file.parent for file in self.folder.rglob("output.pkl")}
        return sum(file.stat().st_size for folder in folders for file in folder.iterdir())
