"""Fixes of the sorter that writes a shuffle's files, `ShuffleExternalSorter`. SPARK-14363 was in it, too."""

from __future__ import annotations

from spillproof.model.claim_names import BALANCE, FILES, NO_ALLOCATION, NO_EXCEPTION, REPORTS
from spillproof.model.spark.fixes.fix import Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_21033 = "SPARK-21033"
SPARK_25081 = "SPARK-25081"
SPARK_56511_USAGE = "SPARK-56511-usage"
SPARK_56511_RESET = "SPARK-56511-reset"

FIXES = (
    fix(
        SPARK_21033,
        "A sorter whose pointer array would be larger than a page can be spills; it failed.",
        ("2.3.0",),
        Bearing(
            "spark:shuffle@4.0.0",
            NO_EXCEPTION,
            2,
            "Two inserts: the array is full, and as large as a page can be.",
            {"pages": 1, "array_grows": True},
        ),
    ),
    fix(
        SPARK_25081,
        "A spill forgets its records before it asks for a new pointer array; a spill within it read freed memory.",
        ("2.2.3", "2.3.2"),
        Bearing(
            "spark:shuffle@2.3.2",
            NO_EXCEPTION,
            2,
            "Two inserts: others take what the spill frees, and its new array makes it spill again.",
            {"pages": 1, "array_grows": True, "contended": True},
        ),
    ),
    fix(
        SPARK_56511_USAGE,
        "A sorter without a pointer array is cleaned up; that failed, and left its files on disk.",
        ("4.2.0",),
        Bearing(
            f"spark:shuffle@{NEWEST}",
            FILES,
            3,
            "Two inserts, end_task: others take what the spill frees, the new array is refused, and the file stays.",
            {"pages": 1, "array_grows": True, "contended": True},
            beside=("SPARK-56511-reset",),
        ),
    ),
    fix(
        SPARK_56511_RESET,
        "A spill asks for no new pointer array, the next record does, and it says that it freed the array; it could "
        "run out of memory while spilling.",
        ("4.2.1",),
        Bearing(
            f"spark:shuffle@{NEWEST}",
            NO_ALLOCATION,
            2,
            "Two inserts: the second needs a page and spills, and the spill asks for a new array.",
        ),
        Bearing(
            f"spark:shuffle@{NEWEST}",
            BALANCE,
            2,
            "Two inserts: a part of a larger array is granted, and the spill for the rest is refused its own array.",
            {"pages": 1, "array_grows": True, "contended": True},
        ),
        Bearing(
            f"spark:shuffle@{NEWEST}",
            REPORTS,
            3,
            "Three inserts: the array doubles, and the spill for its next doubling does not count it.",
            {"pages": 1, "array_grows": True},
        ),
        shown={"spark:shuffle": {NO_ALLOCATION}},
    ),
)
"""The last two are known from the classes only: the first is in those of 4.2.0, the second in those of 4.2.1."""
