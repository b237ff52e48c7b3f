"""Fixes of the collections that go to disk, and of the iterators that read them."""

from __future__ import annotations

from spillproof.model.spark.fixes.fix import Fix

SPARK_4452 = "SPARK-4452"
SPARK_11293 = "SPARK-11293"
SPARK_18986 = "SPARK-18986"
SPARK_22713_FORCED_SPILL = "SPARK-22713-forced-spill"
SPARK_22713_EXHAUSTION = "SPARK-22713-exhaustion"
SPARK_26114_COMPLETION = "SPARK-26114-completion"

NULL_READING_ITERATOR = "proposal-null-reading-iterator"
NULL_UPSTREAM = "proposal-null-upstream"
KEEP_NOTHING = "proposal-keep-nothing"
ACCOUNT_GROWTH = "proposal-account-growth"
SPILL_BESIDE_OFF_HEAP = "proposal-spill-beside-off-heap"

FIXES = (
    Fix(
        SPARK_4452,
        "A map is a consumer, so that it can be forced to spill for others; they starved while it kept everything.",
        ("2.0.0",),
    ),
    Fix(
        SPARK_11293,
        "A map is released when its iterator comes to the end; it stayed accounted until task end.",
        ("1.6.0",),
    ),
    Fix(
        SPARK_18986,
        "A map can be force-spilled before its iterator exists; it was an assertion failure.",
        ("2.2.0",),
    ),
    Fix(
        SPARK_22713_FORCED_SPILL,
        "A forced spill replaces the iterator's upstream at once; it was at the next pull.",
        ("2.4.0",),
    ),
    Fix(
        SPARK_22713_EXHAUSTION,
        "An exhausted iterator drops its upstream; it kept the map until task end.",
        ("2.4.0",),
    ),
    Fix(
        SPARK_26114_COMPLETION,
        "A completed CompletionIterator drops what it wrapped; it kept it for ever.",
        ("2.4.1",),
    ),
)

PROPOSALS = (
    Fix(ACCOUNT_GROWTH, "Ours: acquire the larger array of a map before it is allocated; nobody is asked."),
    Fix(
        SPILL_BESIDE_OFF_HEAP,
        "Ours: a collection spills for others whatever memory Tungsten uses; it refuses where that is off the heap.",
    ),
    Fix(NULL_READING_ITERATOR, "The report's proposal: set readingIterator to null after a forced spill."),
    Fix(NULL_UPSTREAM, "The report's proposal: set upstream to null after a forced spill, and keep nextUpstream."),
    Fix(KEEP_NOTHING, "The report's proposal, misread: set upstream to null after a forced spill, and keep nothing."),
)
"""Readings of what the report proposed, after two of ours. None was merged."""
