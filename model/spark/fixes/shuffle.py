"""Fixes of the sorter that writes a shuffle's files, `ShuffleExternalSorter`. SPARK-14363 was in it, too."""

from __future__ import annotations

from spillproof.model.spark.fixes.fix import Fix

SPARK_21033 = "SPARK-21033"
SPARK_25081 = "SPARK-25081"
SPARK_56511_USAGE = "SPARK-56511-usage"
SPARK_56511_RESET = "SPARK-56511-reset"

FIXES = (
    Fix(
        SPARK_21033,
        "A sorter whose pointer array would be larger than a page can be spills; it failed.",
        ("2.3.0",),
    ),
    Fix(
        SPARK_25081,
        "A spill forgets its records before it asks for a new pointer array; a spill within it read freed memory.",
        ("2.2.3", "2.3.2"),
    ),
    Fix(
        SPARK_56511_USAGE,
        "A sorter without a pointer array is cleaned up; that failed, and left its files on disk.",
        ("4.2.0",),
    ),
    Fix(
        SPARK_56511_RESET,
        "A spill asks for no new pointer array, the next record does, and it says that it freed the array; it could "
        "run out of memory while spilling.",
        ("4.2.1",),
    ),
)
"""The last two are known from the classes only: the first is in those of 4.2.0, the second in those of 4.2.1."""
