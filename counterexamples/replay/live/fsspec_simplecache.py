"""`simplecache` of fsspec: what is read of another file system is copied to a folder, and read from there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced, folder_size


class FsspecSimpleCache(Adapter):
    """A remote file system, which is in memory here, and copies on disk. Only the copies can meet a full disk."""

    packages = ("fsspec",)
    measured_by = Traced
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        from fsspec.implementations.cached import SimpleCacheFileSystem
        from fsspec.implementations.memory import MemoryFileSystem

        self.paths: dict[str, str] = {}
        self.remote: Any = type("Remote", (MemoryFileSystem,), {"store": {}, "cachable": False})()
        options: dict[str, Any] = {"cache_storage": str(folder), "skip_instance_cache": True}
        self.cached: Any = SimpleCacheFileSystem(fs=self.remote, **options)
        self.made = 0

    def put(self, key: str, value: bytes) -> None:
        if key in self.paths:
            self.remote.rm_file(self.paths.pop(key))
        self.made += 1  # a file that has changed is not copied again, as is documented
        self.paths[key] = f"/{key}-{self.made}"
        self.remote.pipe_file(self.paths[key], value)

    def get(self, key: str) -> bytes:
        return bytes(self.cached.cat_file(self.paths[key]))

    def keys(self) -> Iterable[str]:
        return list(self.paths)

    def accounted(self) -> int:
        return sum(self.remote.size(path) for path in self.paths.values())


class FsspecWritten(FsspecSimpleCache):
    """Files that are written through the cache. What it keeps of them is what can be read without the remote."""

    faults = frozenset()
    filesystem = "SimpleCacheFileSystem"

    def begin(self, folder: Path) -> None:
        from fsspec.implementations import cached

        super().begin(folder)
        self.folder = folder
        options: dict[str, Any] = {"cache_storage": str(folder), "skip_instance_cache": True}
        self.cached = getattr(cached, self.filesystem)(fs=self.remote, **options)

    def put(self, key: str, value: bytes) -> None:
        self.paths[key] = f"/{key}"
        with self.cached.open(self.paths[key], "wb") as file:
            file.write(value)

    def delete(self, key: str) -> None:
        self.cached.rm(self.paths.pop(key))

    def disk_accounted(self) -> int:
        """Return the bytes of the copies that are found by the names of their files."""
        known = [self.cached._check_file(path) for path in self.paths.values()]
        names = [each[-1] if isinstance(each, tuple) else each for each in known]
        return sum(Path(each).stat().st_size for each in names if each)

    def disk_used(self) -> int:
        return folder_size(self.folder)
