"""Caches on disk whose files somebody else cuts short or removes, as a crash or a cleaner does: what is lost is not
there, and whoever asks for it is told so, or it is made again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.cachelib_file import CachelibFiles
from spillproof.counterexamples.replay.live.fsspec_simplecache import FsspecFileCache, FsspecSimpleCache
from spillproof.counterexamples.replay.live.joblib_store import JoblibCached
from spillproof.counterexamples.replay.live.mapped import NOBODY, Stranger, ought
from spillproof.properties.live.own import step


def damages(file: Path) -> Iterator[None]:
    """Cut a file short, to half, to some bytes and to none, and then remove it."""
    whole = file.read_bytes()
    for size in (len(whole) // 2, 3, 0):
        file.write_bytes(whole[:size])
        yield
    file.unlink(missing_ok=True)
    yield


class CachelibDamaged(CachelibFiles):
    """`cachelib.FileSystemCache`."""

    faults = frozenset()

    @step(deletes=True)
    def damage(self, key: str) -> None:
        """Damage the file of a value: it is not there, and the others are."""
        for _ in damages(Path(self.cache._get_filename(key))):
            ought(self.cache.get(key) is None, f"the file of {key} is damaged, and something is given")
            ought(self.cache.set(NOBODY, 7) and self.cache.get(NOBODY) == 7, "another cannot be set")  # noqa: PLR2004
            self.cache.delete(NOBODY)
        self.cache.delete(key)


class CachelibDamagedFull(CachelibDamaged):
    """The same, where files are looked through to make room for each."""

    drops = True
    threshold = 1

    def fits(self, key: str, size: int) -> bool:
        """Return that nothing does beside another."""
        return False


class JoblibDamaged(JoblibCached):
    """`joblib.Memory.cache`: what cannot be read is computed again."""

    @step
    def damage(self) -> None:
        """Damage the file of a result of its own: the function is asked again."""
        self.failed += 1
        key, before = f"{NOBODY} {self.failed}", {*self.folder.rglob("output.pkl")}
        for size in (None, 40, 0):
            for file in {*self.folder.rglob("output.pkl")} - before:
                file.write_bytes(file.read_bytes()[:size])
            self.fresh[key] = Stranger()
            found = self.call(key)
            ought(isinstance(found, Stranger) and not self.fresh, "a file is damaged, and the function is not asked")
        self.forget(key)


class ReadTogether:
    """Files of which several are read at once, whole and in parts."""

    cached: Any
    remote: Any
    paths: dict[str, str]
    folder: Path

    @step
    def read_several(self) -> None:
        """Read all files at once: each is whole, and so are their parts."""
        paths = list(self.paths.values())
        whole = {path: self.remote.cat_file(path) for path in paths}
        if not paths:
            return
        ought(self.cached.cat([*paths]) == whole, "several are read, and are others")
        if hasattr(self.remote, "cat_ranges"):  # from 2021.8 on
            parts = self.cached.cat_ranges(paths, [3] * len(paths), [30] * len(paths))
            ought(parts == [each[3:30] for each in whole.values()], "parts of several are read, and are others")
        for path, content in whole.items():
            ought(self.cached.head(path, 5) == content[:5], "another beginning is read")

    @step
    def sweep(self) -> None:
        """Have somebody remove all copies, with their folder."""
        for each in list(self.folder.iterdir()):
            shutil.rmtree(each) if each.is_dir() else each.unlink()


class FsspecSeveral(ReadTogether, FsspecSimpleCache):
    """`simplecache`, in a folder that somebody empties."""

    faults = frozenset()

    def begin(self, folder: Path) -> None:
        super().begin(folder)
        self.folder = folder


class FsspecFileSeveral(ReadTogether, FsspecFileCache):
    """`filecache`, in a folder that somebody empties."""

    expire: Any = None
    pop_missing: Any = None
