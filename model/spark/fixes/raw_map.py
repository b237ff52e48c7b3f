"""Fixes of the hash map of raw records, `BytesToBytesMap`."""

from __future__ import annotations

from spillproof.model.spark.fixes.fix import Fix

SPARK_18208 = "SPARK-18208"
SPARK_19839 = "SPARK-19839"
SPARK_29244 = "SPARK-29244"
SPARK_33756 = "SPARK-33756"

DROP_LOCATIONS = "proposal-map-drops-its-locations"
SPILL_THE_ONLY_PAGE = "proposal-map-spills-its-only-page"

FIXES = (
    Fix(
        SPARK_18208,
        "A map that is reset has an array of its first size; it kept the array that had grown.",
        ("2.1.0",),
    ),
    Fix(
        SPARK_19839,
        "A map that is read destructively frees its array at once; it kept it until the end.",
        ("2.3.0",),
    ),
    Fix(
        SPARK_29244,
        "A map that is refused an array when it is reset has none; it kept the one that it had freed, and freed it "
        "again.",
        ("2.4.5", "3.0.0"),
    ),
    Fix(
        SPARK_33756,
        "A map's iterator at its end can be asked for more again and again; the second time it failed.",
        ("2.4.8", "3.0.2", "3.1.1"),
    ),
)

PROPOSALS = (
    Fix(
        DROP_LOCATIONS,
        "A map forgets where its last record was when it frees that page; it keeps the page's bytes reachable.",
    ),
    Fix(
        SPILL_THE_ONLY_PAGE,
        "A map with one page that nobody has read yet can be force-spilled; it takes that page for the current one.",
    ),
)
"""In no release."""
