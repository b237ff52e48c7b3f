"""`cachelib.FileSystemCache`, of Flask-Caching and others: a file for each value, and one that counts them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.cachelib_several import Several
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import folder_size
from spillproof.properties.live.own import step


class CachelibFiles(Adapter):
    """A cache on disk only. `set` says whether it has set; what is then in files is taken as its account."""

    packages = ("cachelib",)
    faults = frozenset({"full_disk", "missing"})
    excused = (OSError,)
    threshold = 100

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.cache: Any = self.make()

    def make(self) -> Any:
        """Return a cache of what is in the folder."""
        from cachelib.file import FileSystemCache

        return FileSystemCache(str(self.folder), threshold=self.threshold)

    def put(self, key: str, value: Any) -> None:
        if not self.cache.set(key, value):
            raise OSError("not set")

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def keys(self) -> Iterable[str]:
        return [key for key in self.keys_used if self.cache.has(key)]

    def accounted(self) -> int:
        return 0

    def disk_accounted(self) -> int:
        names = [self.cache._fs_count_file, *self.keys_used]
        files = [Path(self.cache._get_filename(name)) for name in names]
        return sum(file.stat().st_size for file in files if file.exists())

    def disk_used(self) -> int:
        return folder_size(self.folder)

    @step
    def reopen(self) -> None:
        """Begin anew with what is in the folder."""
        self.cache = self.make()


class CachelibFilesMapped(Several, CachelibFiles):
    """The same, where values come in other ways. The disk is not full."""

    faults = frozenset({"missing"})
    keys_used = ("a", "b", "c")

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()
