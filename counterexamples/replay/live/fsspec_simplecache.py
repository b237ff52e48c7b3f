"""`simplecache` of fsspec: what is read of another file system is copied to a folder, and read from there."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.measure import Traced, folder_size
from spillproof.properties.live.own import step

BLOCK = 4096
"""Bytes of a block of a file that is asked for in parts."""


@cache
def remote_class() -> Any:
    """Return the class of the remote file systems, of which each is another: fsspec notes every class, so it is one."""
    from fsspec.implementations.memory import MemoryFileSystem

    return type("Remote", (MemoryFileSystem,), {"cachable": False})


class FsspecSimpleCache(Adapter):
    """A remote file system, which is in memory here, and copies on disk. Only the copies can meet a full disk."""

    packages = ("fsspec",)
    measured_by = Traced
    faults = frozenset({"full_disk"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        from fsspec.implementations.cached import SimpleCacheFileSystem

        self.paths: dict[str, str] = {}
        self.remote: Any = remote_class()()
        self.remote.store, self.remote.pseudo_dirs = {}, [""]
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


class FsspecTemporary(FsspecSimpleCache):
    """The same with a temporary folder, which is there as long as the file system is."""

    faults = frozenset()

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.reopen()

    @step
    def reopen(self) -> None:
        """Begin anew, with another folder. What there was is garbage, as it refers to itself."""
        from fsspec.implementations.cached import SimpleCacheFileSystem

        self.cached = None
        gc.collect()
        self.cached = SimpleCacheFileSystem(fs=self.remote, skip_instance_cache=True)

    def disk_accounted(self) -> int:
        return folder_size(Path(self.cached.storage[-1]))

    def disk_used(self) -> int:
        return folder_size(Path(gettempdir()))


class FsspecWritten(FsspecSimpleCache):
    """Files that are written through the cache. What it keeps of them is what can be read without the remote."""

    faults = frozenset()
    filesystem = "SimpleCacheFileSystem"

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.folder = folder
        self.cached = self.made_of(self.filesystem)

    def made_of(self, filesystem: str) -> Any:
        """Return a file system with a cache."""
        from fsspec.implementations import cached

        options: dict[str, Any] = {"cache_storage": str(self.folder), "skip_instance_cache": True}
        return getattr(cached, filesystem)(fs=self.remote, **options)

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


class FsspecFileCache(FsspecWritten):
    """`filecache`: what is read is copied, and noted in a table, which another process finds."""

    filesystem = "WholeFileCacheFileSystem"

    def put(self, key: str, value: bytes) -> None:
        self.made += 1  # a file that has changed is not looked at again, as is documented
        self.forget(key)
        self.paths[key] = f"/{key}-{self.made}"
        self.remote.pipe_file(self.paths[key], value)

    def forget(self, key: str) -> None:
        """Have the cache let go of a copy, and the remote of the file."""
        path = self.paths.pop(key, None)
        if path is not None:
            if self.cached._check_file(path):
                self.cached.pop_from_cache(path)
            self.remote.rm_file(path)

    def delete(self, key: str) -> None:
        self.forget(key)

    @step
    def reopen(self) -> None:
        """Begin anew with what is in the folder."""
        self.cached.save_cache()
        self.cached = self.made_of(self.filesystem)

    @step
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cached.clear_cache()

    @step
    def pop_missing(self) -> None:
        """Have the cache forget what it does not have."""
        self.cached.pop_from_cache("/nobody")

    @step
    def expire(self) -> None:
        """Have the cache remove what is too old: nothing."""
        there = [key for key, path in self.paths.items() if self.cached._check_file(path)]
        if hasattr(self.cached, "clear_expired_cache"):  # from 2022.11 on
            self.cached.clear_expired_cache()
        gone = [key for key in there if not self.cached._check_file(self.paths[key])]
        ought(not gone, f"{gone} is not old, and is gone")

    @step
    def read_part(self, key: str) -> None:
        """Read the beginning, the end and the middle of a file."""
        path = self.paths[key]
        whole = self.remote.cat_file(path)
        for start, end in ((0, 10), (5, 25)):
            ought(self.cached.cat_file(path, start=start, end=end) == whole[start:end], "another part is read")
        with self.cached.open(path) as file:
            file.seek(7)
            ought(file.read(9) == whole[7:16], "another part is read")

    def disk_used(self) -> int:
        return sum(each.stat().st_size for each in self.folder.iterdir() if each.is_file() and each.name != "cache")


class FsspecFileWritten(FsspecFileCache):
    """The same, where files are written through the cache."""

    def put(self, key: str, value: bytes) -> None:
        self.made += 1
        self.forget(key)
        path = f"/{key}-{self.made}"
        with self.cached.open(path, "wb") as file:
            file.write(value)
        self.paths[key] = path
        ought(self.remote.cat_file(path) == value, "what was written is not there")


class FsspecBlockwise(FsspecFileCache):
    """`blockcache`: of a file those blocks are on disk, in a file with holes, that were read."""

    filesystem = "CachingFileSystem"
    keys_used = ("a", "b")
    most = 1

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        from fsspec.spec import AbstractBufferedFile

        class Blocks(AbstractBufferedFile):  # type: ignore[misc] # it has no types
            """A file of which parts are asked for, as over a network."""

            def _fetch_range(self, start: int, end: int) -> bytes:
                return bytes(self.fs.store[self.path].getvalue()[start:end])

        opened = self.remote._open

        def open_(path: str, mode: str = "rb", **more: Any) -> Any:
            if "r" not in mode:
                return opened(path, mode, **more)
            size = self.remote.size(path)
            block = BLOCK if path.startswith("/a") else size  # another file is of one block
            more |= {"block_size": block, "size": size, "cache_type": "none"}
            return Blocks(self.remote, path, mode, **more)

        self.remote._open = open_

    def get(self, key: str) -> bytes:
        with self.cached.open(self.paths[key]) as file:
            return bytes(file.read())

    @step
    def read_part(self, key: str) -> None:
        """Read a part, of which another is read later."""
        path = self.paths[key]
        whole = self.remote.cat_file(path)
        with self.cached.open(path) as file:
            file.seek(self.made * BLOCK % len(whole))
            self.made += 1
            ought(file.read(9) in whole, "another part is read")

    @step
    def open_only(self, key: str) -> None:
        """Open a file, and read nothing."""
        self.cached.open(self.paths[key]).close()

    def disk_accounted(self) -> int:
        return self.disk_used()  # files with holes
