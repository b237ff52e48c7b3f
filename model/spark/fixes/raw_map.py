"""Fixes of the hash map of raw records, `BytesToBytesMap`."""

from __future__ import annotations

from spillproof.model.claim_names import CHIEF, GUILTY, HELD, NO_EXCEPTION, SATISFIED
from spillproof.model.spark.fixes.fix import NEVER, Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_18208 = "SPARK-18208"
SPARK_19839 = "SPARK-19839"
SPARK_23376 = "SPARK-23376"
SPARK_29244 = "SPARK-29244"
SPARK_31511 = "SPARK-31511"
SPARK_32872 = "SPARK-32872"
SPARK_33756 = "SPARK-33756"

DROP_LOCATIONS = "proposal-map-drops-its-locations"
SPILL_THE_ONLY_PAGE = "proposal-map-spills-its-only-page"
FREE_THE_SORTERS_ARRAY = "proposal-free-the-sorters-array"

FIXES = (
    fix(
        SPARK_18208,
        "A map that is reset has an array of its first size; it kept the array that had grown.",
        ("2.1.0",),
        Bearing(
            f"spark:raw-map@{NEWEST}+repaired",
            SATISFIED,
            3,
            "Append, which doubles the array, reset, append: the array is still there, and a page is missing.",
            {"pages": 1, "array_grows": True},
        ),
    ),
    fix(
        SPARK_19839,
        "A map that is read destructively frees its array at once; it kept it until the end.",
        ("2.3.0",),
        Bearing(
            f"spark:raw-map@{NEWEST}+repaired",
            SATISFIED,
            3,
            "Append, read, acquire: the page is spilled, and the array stays.",
            {"pages": 1},
        ),
        shown={"spark:raw-map": {SATISFIED}},
    ),
    fix(
        SPARK_23376,
        "A sorter of a map with more records than the map's array has room for asks for a larger one; it failed.",
        ("2.2.2", "2.3.0"),
        Bearing(
            f"spark:aggregate@{NEWEST}+repaired",
            NO_EXCEPTION,
            3,
            "Two appends, the second beyond what the largest array is for, and sort: there is no room for it.",
            beside=("SPARK-32872",),
        ),
    ),
    fix(
        SPARK_29244,
        "A map that is refused an array when it is reset has none; it kept the one that it had freed, and freed it "
        "again.",
        ("2.4.5", "3.0.0"),
        Bearing(
            f"spark:raw-map@{NEWEST}",
            NO_EXCEPTION,
            2,
            "Reset, end_task: others take the array that the reset frees, and it is freed again.",
            {"pages": 1, "contended": True},
        ),
    ),
    fix(
        SPARK_31511,
        "An iterator over a map has a place of its own in it; it moved the map's, which all iterators shared.",
        ("2.4.7", "3.0.2"),
    ),
    fix(
        SPARK_32872,
        "A map whose array has the largest size there is takes no more keys than that is meant for; it took more, and "
        "to sort them needs a larger array, when memory is short.",
        ("2.4.8", "3.0.2", "3.1.1"),
        Bearing(
            f"spark:aggregate@{NEWEST}",
            HELD,
            3,
            "Two appends, the second beyond what the largest array is for, and sort: a larger array is granted, "
            "and stays.",
        ),
    ),
    fix(
        SPARK_33756,
        "A map's iterator at its end can be asked for more again and again; the second time it failed.",
        ("2.4.8", "3.0.2", "3.1.1"),
        Bearing(
            f"spark:raw-map@{NEWEST}",
            NO_EXCEPTION,
            8,
            "Two appends, a page each, read, acquire, which spills both, next_page, next_page, and find_end twice.",
        ),
        shown={"spark:raw-map": {NO_EXCEPTION}},
    ),
)

PROPOSALS = (
    fix(
        DROP_LOCATIONS,
        "A map forgets where its last record was when it frees that page; it keeps the page's bytes reachable.",
        NEVER,
        Bearing(
            f"spark:raw-map@{NEWEST}+repaired",
            CHIEF,
            2,
            "Append, free: the map keeps the place of the record, and with it the page.",
            {"pages": 1},
        ),
        shown={"spark:raw-map": {CHIEF, GUILTY}, "spark:aggregate": {CHIEF, GUILTY}},
    ),
    fix(
        SPILL_THE_ONLY_PAGE,
        "A map with one page that nobody has read yet can be force-spilled; it takes that page for the current one.",
        NEVER,
        Bearing(
            f"spark:raw-map@{NEWEST}+repaired",
            SATISFIED,
            3,
            "Append, read, acquire: nobody has read the page yet, and it stays.",
            {"pages": 1},
        ),
        shown={"spark:raw-map": {SATISFIED}},
    ),
    fix(
        FREE_THE_SORTERS_ARRAY,
        "A sorter of a map frees the array that it asked for when the records are written; it stays accounted to the "
        "map until task end.",
        NEVER,
        Bearing(
            f"spark:aggregate@{NEWEST}+repaired",
            HELD,
            3,
            "The same: the larger array is accounted to the map, which does not refer to it.",
            beside=("SPARK-32872",),
        ),
    ),
)
"""In no release."""
