"""Fixes of the sorters and maps of raw records."""

from __future__ import annotations

from spillproof.model.claim_names import (
    CHIEF,
    GUILTY,
    NO_ALLOCATION,
    NO_DEADLOCK,
    NO_EXCEPTION,
    REPORTS,
    SATISFIED,
    USE_AFTER_FREE,
)
from spillproof.model.spark.fixes.fix import NEVER, Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_12089 = "SPARK-12089"
SPARK_14363 = "SPARK-14363"
SPARK_17113 = "SPARK-17113"
SPARK_21907 = "SPARK-21907"
SPARK_26265 = "SPARK-26265"
SPARK_27338 = "SPARK-27338"
SPARK_27558 = "SPARK-27558"
SPARK_32900 = "SPARK-32900"
SPARK_32901 = "SPARK-32901"
SPARK_32911 = "SPARK-32911"
SPARK_39283 = "SPARK-39283"

COUNT_THE_ARRAY = "proposal-spill-counts-the-array"
DROP_THE_READER = "proposal-cleanup-drops-the-reader"

FIXES = (
    fix(
        SPARK_12089,
        "A forced spill keeps the page of the current record; it kept that of the last one.",
        ("1.6.0",),
        Bearing(
            f"spark:raw-sort@{NEWEST}+repaired",
            USE_AFTER_FREE,
            5,
            "Two inserts, a page each, read, load_next, acquire: the page that is kept is not the one that is read.",
        ),
    ),
    fix(
        SPARK_14363,
        "A sorter that spills gives its grown pointer array back; it kept it at its largest.",
        ("1.6.2", "2.0.0"),
        Bearing(
            f"spark:raw-sort@{NEWEST}",
            SATISFIED,
            2,
            "Two inserts: the array doubles, and a large page is missing for it.",
            {"array_grows": True},
        ),
        Bearing(
            "spark:shuffle@4.0.0",
            SATISFIED,
            3,
            "Three inserts: the array doubles, and stays when all is spilled to double it again: a page is missing.",
            {"pages": 1, "array_grows": True},
        ),
    ),
    fix(
        SPARK_17113,
        "Which page is in use is seen from its number; off the heap all pages were held to be in use.",
        ("2.0.1",),
        Bearing(
            f"spark:raw-sort@{NEWEST}+repaired",
            SATISFIED,
            5,
            "Two inserts, a page each, read, load_next, acquire: off the heap, none of the two is freed.",
            {"off_heap": True},
        ),
    ),
    fix(
        SPARK_21907,
        "A spill forgets the pointer array before it asks for a new one; a spill within it walked the freed array.",
        ("2.2.1",),
        Bearing(
            "spark:raw-sort@2.4.5",
            NO_EXCEPTION,
            2,
            "Two inserts: others take what the spill frees, and its new array makes it spill again.",
            {"pages": 1, "array_grows": True, "contended": True},
        ),
    ),
    fix(
        SPARK_26265,
        "A map's iterator frees a page after it has given its lock back; it waited for the manager's lock with it.",
        ("2.4.1",),
        Bearing(
            f"spark:locks-map-advances@{NEWEST}",
            NO_DEADLOCK,
            2,
            "One thread takes the iterator's lock, the other the manager's; each then wants the other's.",
        ),
        shown={"spark:locks-map-advances": {NO_DEADLOCK}},
    ),
    fix(
        SPARK_27338,
        "A sorter's iterator frees a page after it has given its lock back; it waited for the manager's lock with it.",
        ("2.3.4", "2.4.2"),
        Bearing(
            f"spark:locks-sorter-loads@{NEWEST}",
            NO_DEADLOCK,
            2,
            "One thread takes the iterator's lock, the other the manager's; each then wants the other's.",
        ),
        shown={"spark:locks-sorter-loads": {NO_DEADLOCK}},
    ),
    fix(
        SPARK_27558,
        "A sorter that has no pointer array says that it uses none; after a reset that was refused it failed.",
        ("2.4.5", "3.0.0"),
        Bearing(
            "spark:raw-sort@2.4.5",
            NO_EXCEPTION,
            3,
            "Two inserts, end_task: others take what the spill frees, its new array is refused, and is "
            "asked for its size.",
            {"pages": 1, "array_grows": True, "contended": True},
        ),
    ),
    fix(
        SPARK_32900,
        "An iterator over nulls and other keys can be force-spilled; it refused.",
        ("2.4.8", "3.0.2", "3.1.1"),
        Bearing(
            f"spark:raw-sort@{NEWEST}+repaired",
            SATISFIED,
            3,
            "Insert a record whose key is null, read, acquire.",
            {"pages": 1},
        ),
        shown={"spark:raw-sort": {SATISFIED}},
    ),
    fix(
        SPARK_32901,
        "A spill asks for no new pointer array, the next record does; it could run out of memory while spilling.",
        ("2.4.8", "3.0.2", "3.1.1"),
        Bearing(
            f"spark:raw-sort@{NEWEST}",
            NO_ALLOCATION,
            2,
            "Two inserts: the second spills, and the spill asks for a new array.",
            {"pages": 1, "array_grows": True, "contended": True},
        ),
        shown={"spark:raw-sort": {NO_ALLOCATION}},
    ),
    fix(
        SPARK_32911,
        "A sorter that is read to its end can be force-spilled, and its last page is freed in any case; it refused, "
        "and could lose that page.",
        ("3.1.1",),
        Bearing(
            f"spark:raw-sort@{NEWEST}+repaired",
            SATISFIED,
            4,
            "Insert, read, load_next of the only record, acquire.",
            {"pages": 1},
        ),
        shown={"spark:raw-sort": {SATISFIED}},
    ),
    fix(
        SPARK_39283,
        "A sorter is cleaned up with no lock of its own held; it waited for the manager's lock with one.",
        ("3.2.2", "3.3.0"),
        Bearing(
            f"spark:locks-sorter-cleans-up@{NEWEST}",
            NO_DEADLOCK,
            3,
            "One thread takes the sorter's lock; the other the manager's and the iterator's, and wants the sorter's.",
        ),
        shown={"spark:locks-sorter-cleans-up": {NO_DEADLOCK}},
    ),
)

PROPOSALS = (
    fix(
        COUNT_THE_ARRAY,
        "A sorter's own spill counts the pointer array in what it says that it freed.",
        NEVER,
        Bearing(
            f"spark:raw-sort@{NEWEST}+repaired",
            REPORTS,
            2,
            "Two inserts: the second needs a page, and spills.",
        ),
    ),
    fix(
        DROP_THE_READER,
        "A sorter that is cleaned up drops its iterator, and with it the array of the last page.",
        NEVER,
        Bearing(
            f"spark:raw-sort@{NEWEST}+repaired",
            CHIEF,
            4,
            "Insert, read, load_next, clean_up: the row is copied, and the iterator keeps the last page.",
            {"pages": 1},
        ),
        shown={"spark:raw-sort": {CHIEF, GUILTY}},
    ),
)
"""In no release."""
