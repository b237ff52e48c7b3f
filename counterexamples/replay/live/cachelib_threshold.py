"""`cachelib.FileSystemCache` with a threshold: when there are more files than that, the next `set` removes some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spillproof.counterexamples.replay.live.cachelib_file import CachelibFiles
from spillproof.counterexamples.replay.live.expiring import LIFE, Expiring
from spillproof.properties.live.measure import Ledger
from spillproof.properties.live.own import step
from spillproof.properties.live.surroundings import instead

THRESHOLD = 2


class CachelibThreshold(CachelibFiles):
    """The same cache on disk, of as many files as its threshold allows, and one more."""

    faults = frozenset({"missing"})
    keys_used = ("a", "b", "c", "d", "e")
    most = 1
    drops = True
    threshold = THRESHOLD

    def fits(self, key: str, size: int) -> bool:
        """Return whether there are no more files than the threshold: it "starts deleting" when there are."""
        del key, size
        return len(list(self.keys())) <= THRESHOLD

    @step(loses=True)
    def empty(self) -> None:
        """Empty the cache, which goes on."""
        self.cache.clear()

    def disk_accounted(self) -> int:
        """Return a unit for each file that has a key."""
        names = [Path(self.cache._get_filename(key)) for key in self.keys_used]
        return sum(Ledger.unit for name in names if name.exists())

    def disk_used(self) -> int:
        """Return a unit for each file, but for the one that counts them: all values are of one size."""
        counting = Path(self.cache._get_filename(self.cache._fs_count_file))
        return sum(Ledger.unit for each in self.folder.iterdir() if each.name != counting.name)

    def capacity_of_disk(self) -> int:
        """Return what the threshold allows, and one more: what is too much goes when the next is set."""
        return (THRESHOLD + 1) * Ledger.unit


class CachelibThresholdTtl(Expiring, CachelibThreshold):
    """The same, where values have their time."""

    def begin(self, folder: Path) -> None:
        import cachelib.file

        super().begin(folder)
        instead(cachelib.file, "time", self.clock)

    def make(self) -> Any:
        cache = super().make()
        cache.default_timeout = int(LIFE)
        return cache
