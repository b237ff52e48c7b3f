"""Fixes of the collections that go to disk, and of the iterators that read them."""

from __future__ import annotations

from spillproof.model.claim_names import (
    CHIEF,
    GUILTY,
    HAS_ITS_NUMBER,
    HELD,
    LEAK,
    NO_EXCEPTION,
    NO_SHORTAGE,
    PEAKS,
    SPILLS_ANYWAY,
)
from spillproof.model.spark.fixes.fix import NEVER, Bearing, Break, fix
from spillproof.model.spark.releases import NEWEST

SPARK_4452 = "SPARK-4452"
SPARK_11293 = "SPARK-11293"
SPARK_18986 = "SPARK-18986"
SPARK_22713_FORCED_SPILL = "SPARK-22713-forced-spill"
SPARK_22713_EXHAUSTION = "SPARK-22713-exhaustion"
SPARK_26114_COMPLETION = "SPARK-26114-completion"
SPARK_49386 = "SPARK-49386"

NULL_READING_ITERATOR = "proposal-null-reading-iterator"
NULL_UPSTREAM = "proposal-null-upstream"
KEEP_NOTHING = "proposal-keep-nothing"
ACCOUNT_GROWTH = "proposal-account-growth"
SPILL_BESIDE_OFF_HEAP = "proposal-spill-beside-off-heap"
COUNT_ANEW = "proposal-count-anew"

FIXES = (
    fix(
        SPARK_4452,
        "A map is a consumer, so that it can be forced to spill for others; they starved while it kept everything.",
        ("2.0.0",),
        Bearing(
            "spark:requests@2.0.0",
            NO_SHORTAGE,
            2,
            "Two inserts: the first map has the whole pool, and the second gets nothing.",
            breaks=(Break(NO_EXCEPTION, 2), Break(CHIEF, 3, "SPARK-26114")),
        ),
        shown={"spark:requests": {NO_SHORTAGE}},
    ),
    fix(
        SPARK_11293,
        "A map is released when its iterator comes to the end; it stayed accounted until task end.",
        ("1.6.0",),
        Bearing(
            "spark@1.6.0",
            HELD,
            4,
            "Insert, iterator, the pull of the only record, the pull that finds the end: it stays accounted.",
            {"consumers": 1},
        ),
    ),
    fix(
        SPARK_18986,
        "A map can be force-spilled before its iterator exists; it was an assertion failure.",
        ("2.2.0",),
        Bearing(
            "spark@2.2.0",
            NO_EXCEPTION,
            2,
            "Two inserts: a map is forced to spill before anybody reads it.",
        ),
    ),
    fix(
        SPARK_22713_FORCED_SPILL,
        "A forced spill replaces the iterator's upstream at once; it was at the next pull.",
        ("2.4.0",),
        Bearing(
            "spark@2.4.0",
            CHIEF,
            3,
            "Insert, iterator, insert into another map, which forces the first to spill.",
        ),
        Bearing(
            "spark:page-rank@2.4.0",
            CHIEF,
            3,
            "Insert, cache, for which there is no room, insert into the map that computes it again.",
        ),
        shown={"spark:page-rank": LEAK, "incident": {*LEAK, NO_EXCEPTION}},
    ),
    fix(
        SPARK_22713_EXHAUSTION,
        "An exhausted iterator drops its upstream; it kept the map until task end.",
        ("2.4.0",),
        Bearing(
            "spark@2.4.0",
            CHIEF,
            4,
            "Insert, iterator, the pull of the only record, the pull that finds the end.",
            {"consumers": 1},
        ),
        Bearing(
            "spark:sampled@2.4.0",
            CHIEF,
            4,
            "Two inserts, the first of which is spilled unaccounted, iterator, the pull that ends the map in memory.",
        ),
        shown={"spark:sampled": LEAK, "spark:off-heap": {CHIEF, GUILTY}},
    ),
    fix(
        SPARK_26114_COMPLETION,
        "A completed CompletionIterator drops what it wrapped; it kept it for ever.",
        ("2.4.1",),
        Bearing(
            "spark@1.6.0+SPARK-26114",
            CHIEF,
            3,
            "Two inserts, the first of which is spilled, and iterator: the merge keeps the map that it has read.",
            {"consumers": 1},
        ),
        Bearing(
            f"spark:sorting@{NEWEST}+swap-at-once",
            CHIEF,
            4,
            "The same: the iterator that is at its end keeps what it wrapped.",
            {"sorters": 1},
        ),
        shown={"spark:sorting": {CHIEF, GUILTY}},
    ),
    fix(
        SPARK_49386,
        "A collection that has its number of records spills, and asks for nothing; it asked first, so that others "
        "spilled for what it then gave back.",
        ("4.1.0",),
        Bearing(
            f"spark:by-number@{NEWEST}+count-anew",
            SPILLS_ANYWAY,
            4,
            "Two inserts into one map, which has its number then, one into another, and one more into the first: "
            "the other is spilled for it.",
        ),
        shown={"spark:by-number": {SPILLS_ANYWAY}},
    ),
)

PROPOSALS = (
    fix(
        ACCOUNT_GROWTH,
        "Ours: acquire the larger array of a map before it is allocated; nobody is asked.",
        NEVER,
        Bearing(
            f"spark:growing@{NEWEST}+account-growth",
            PEAKS,
            2,
            "Insert, grow: the new array is there beside the old one, and nobody was asked for it.",
        ),
        shown={"spark:growing": {PEAKS}},
    ),
    fix(
        SPILL_BESIDE_OFF_HEAP,
        "Ours: a collection spills for others whatever memory Tungsten uses; it refuses where that is off the heap.",
        NEVER,
        Bearing(
            f"spark:off-heap@{NEWEST}+spills",
            NO_SHORTAGE,
            2,
            "Two inserts: the first map has the pool, and refuses to spill for the second.",
        ),
        shown={"spark:off-heap": {NO_SHORTAGE}},
    ),
    fix(
        COUNT_ANEW,
        "Ours: a collection that is forced to spill counts its records anew; it goes on counting those that are gone, "
        "and soon spills a few.",
        NEVER,
        Bearing(
            f"spark:by-number@{NEWEST}+count-anew",
            HAS_ITS_NUMBER,
            4,
            "Insert, insert into another map, which forces the first to spill, and two more into the first: the "
            "second of them spills the one before, which is alone.",
        ),
    ),
    fix(NULL_READING_ITERATOR, "The report's proposal: set readingIterator to null after a forced spill.", NEVER),
    fix(
        NULL_UPSTREAM,
        "The report's proposal: set upstream to null after a forced spill, and keep nextUpstream.",
        NEVER,
        Bearing(
            "spark@2.3.4+null-upstream+exhaustion",
            CHIEF,
            3,
            "As without the fix of forced spills.",
        ),
    ),
    fix(
        KEEP_NOTHING,
        "The report's proposal, misread: set upstream to null after a forced spill, and keep nothing.",
        NEVER,
    ),
)
"""Readings of what the report proposed, after three of ours. None was merged."""
