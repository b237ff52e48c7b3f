"""What each fix of the pools that tasks share carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue.claim_names import LOCKED, NEVER_NEGATIVE, SATISFIED
from spillproof.model.spark.releases import NEWEST

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-4715",
        f"spark:execution-pool@{NEWEST}",
        NEVER_NEGATIVE,
        4,
        "One has all, another waits, which makes two shares; the first asks again, and is granted less than nothing.",
    ),
    Bearing(
        "SPARK-12155",
        f"spark:borrowing@{NEWEST}",
        SATISFIED,
        3,
        "One task asks for a byte, and leaves; another for more than half of the pool, but not of what there is.",
    ),
    Bearing(
        "SPARK-12165",
        f"spark:cached-block@{NEWEST}",
        SATISFIED,
        2,
        "A block beyond storage's region; a request for more than is free evicts nothing, as so much seems to be free.",
    ),
    Bearing(
        "SPARK-22083",
        f"spark:full-disk@{NEWEST}",
        LOCKED,
        2,
        "A block; a request that evicts it fails on the disk, and the block stays locked.",
    ),
)
