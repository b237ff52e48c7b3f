"""`cachelib.FileSystemCache` with a threshold: when there are more files than that, the next `set` removes some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.cachelib_file import CachelibFiles

THRESHOLD = 2


class CachelibThreshold(CachelibFiles):
    """The same cache on disk, of as many files as its threshold allows, and one more."""

    faults = frozenset({"missing"})
    keys_used = ("a", "b", "c", "d")
    most = 1
    drops = True

    def begin(self, folder: Path) -> None:
        from cachelib.file import FileSystemCache

        self.folder = folder
        self.cache: Any = FileSystemCache(str(folder), threshold=THRESHOLD)

    def fits(self, key: str, size: int) -> bool:
        """Return whether there are no more files than the threshold: it "starts deleting" when there are."""
        del key, size
        return len(list(self.keys())) <= THRESHOLD
