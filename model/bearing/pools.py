"""What each fix of the pools that tasks share carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue.claim_names import LOCKED, NEVER_NEGATIVE, SATISFIED

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-4715",
        "spark:execution-pool@4.0.0",
        NEVER_NEGATIVE,
        4,
        "One has all, another waits, which makes two shares; the first asks again, and is granted less than nothing.",
    ),
    Bearing(
        "SPARK-12155",
        "spark:borrowing@4.0.0",
        SATISFIED,
        3,
        "One task asks for a byte, and leaves; another for more than half of the pool, but not of what there is.",
    ),
    Bearing(
        "SPARK-12165",
        "spark:cached-block@4.0.0",
        SATISFIED,
        2,
        "A block beyond storage's region; a request for more than is free evicts nothing, as so much seems to be free.",
    ),
    Bearing(
        "SPARK-22083",
        "spark:full-disk@4.0.0",
        LOCKED,
        2,
        "A block; a request that evicts it fails on the disk, and the block stays locked.",
    ),
)
