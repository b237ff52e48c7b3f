"""Fixes of the pools that tasks and cached blocks share, and of who gives way to whom."""

from __future__ import annotations

from spillproof.model.claim_names import ADD_UP, LOCKED, NEVER_NEGATIVE, NO_EXCEPTION, SATISFIED, UNCHANGED
from spillproof.model.spark.fixes.fix import NEVER, Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_4715 = "SPARK-4715"
SPARK_12155 = "SPARK-12155"
SPARK_12253 = "SPARK-12253"
SPARK_12165 = "SPARK-12165"
SPARK_12189 = "SPARK-12189"
SPARK_15260 = "SPARK-15260"
SPARK_22083 = "SPARK-22083"
SPARK_59444 = "SPARK-59444"
WAKE_ON_STORAGE_RELEASE = "proposal-wake-on-storage-release"

FIXES = (
    fix(
        SPARK_4715,
        "A task that has more than its share is granted nothing; it was granted a negative number of bytes.",
        ("1.2.0",),
        Bearing(
            f"spark:execution-pool@{NEWEST}",
            NEVER_NEGATIVE,
            4,
            "One has all, another waits, which makes two shares; the first asks again, and is granted less "
            "than nothing.",
        ),
    ),
    fix(
        SPARK_12155,
        "A task's share is one of the pool with what storage could give up; it was one of the pool as it is.",
        ("1.6.0",),
        Bearing(
            f"spark:borrowing@{NEWEST}",
            SATISFIED,
            3,
            "One task asks for a byte, and leaves; another for more than half of the pool, but not of what there is.",
        ),
    ),
    fix(
        SPARK_12165,
        "Execution evicts as many blocks as it needs; it counted free bytes twice, and evicted too few.",
        ("1.6.0",),
        Bearing(
            f"spark:cached-block@{NEWEST}",
            SATISFIED,
            2,
            "A block beyond storage's region; a request for more than is free evicts nothing, as so much "
            "seems to be free.",
        ),
    ),
    fix(
        SPARK_12189,
        "An evicted block is subtracted from storage's use once; it was twice when execution evicted it.",
        ("1.6.0",),
    ),
    fix(
        SPARK_12253,
        "A request that waited takes from storage again when it wakes; it took from it only before it waited.",
        ("1.6.0",),
    ),
    fix(
        SPARK_15260,
        "Both pools are resized after an eviction; storage's was before it, and stayed so if the eviction failed.",
        ("1.6.2", "2.0.0"),
        shown={"spark:full-disk": {UNCHANGED, ADD_UP, NO_EXCEPTION}},
    ),
    fix(
        SPARK_22083,
        "An eviction that fails unlocks the blocks that are left; they stayed locked, and could not be evicted.",
        ("2.1.2", "2.2.1", "2.3.0"),
        Bearing(
            f"spark:full-disk@{NEWEST}",
            LOCKED,
            2,
            "A block; a request that evicts it fails on the disk, and the block stays locked.",
        ),
        shown={"spark:full-disk": {LOCKED, SATISFIED}},
    ),
    fix(
        SPARK_59444,
        "A request that waits registers its task again; it failed if the task released its last bytes meanwhile.",
        NEVER,
    ),
)
"""SPARK-59444 was proposed in 2026, and is in no release."""

PROPOSALS = (
    fix(WAKE_ON_STORAGE_RELEASE, "Storage that is released wakes the tasks that wait for execution memory.", NEVER),
)
"""Proposed by this project only."""
