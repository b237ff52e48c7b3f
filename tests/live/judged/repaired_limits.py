"""Targets of keys, files and limits as they would be if what was found in them were repaired."""

from spillproof.counterexamples.replay.live.files_lost import FsspecFileSeveral
from tests.live.judged.repaired_caches import FsspecFileCacheRepaired


class FsspecFileSeveralRepaired(FsspecFileSeveral, FsspecFileCacheRepaired):
    """What is forgotten is forgotten in the table on disk first, and an empty one goes."""
