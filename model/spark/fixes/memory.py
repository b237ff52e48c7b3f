"""Fixes of the task's memory manager and of the pools."""

from __future__ import annotations

from spillproof.model.spark.fixes.fix import Fix

SPARK_19244 = "SPARK-19244"
SPARK_23306 = "SPARK-23306"
SPARK_35486 = "SPARK-35486"
SPARK_36933 = "SPARK-36933"

FIXES = (
    Fix(
        SPARK_19244,
        "The smallest consumer that suffices is spilled first, else the largest; it was hash-set order.",
        ("2.2.0",),
    ),
    Fix(SPARK_23306, "A victim is asked to spill again until it frees nothing; it was asked once.", ("2.4.0",)),
    Fix(SPARK_35486, "The requester spills itself until it frees nothing; it was asked once.", ("3.2.0",)),
    Fix(
        SPARK_36933,
        "The requester is the last victim in one loop, and only if it uses memory; it was a step apart.",
        ("3.3.0",),
    ),
)
