"""Fixes of the task's memory manager and of the pools."""

from __future__ import annotations

from spillproof.model.spark.fixes.fix import Fix

SPARK_15357 = "SPARK-15357"
SPARK_19244 = "SPARK-19244"
SPARK_20250 = "SPARK-20250"
SPARK_23306 = "SPARK-23306"
SPARK_34089 = "SPARK-34089"
SPARK_35486 = "SPARK-35486"
SPARK_36933 = "SPARK-36933"
SPARK_48642 = "SPARK-48642"

RELEASE_ON_FAILURE = "proposal-release-on-failure"

FIXES = (
    Fix(
        SPARK_15357,
        "A request asks those to spill whose memory is of its mode; it asked all, some of them for nothing.",
        ("2.0.0",),
    ),
    Fix(
        SPARK_19244,
        "The smallest consumer that suffices is spilled first, else the largest; it was hash-set order.",
        ("2.2.0",),
    ),
    Fix(
        SPARK_20250,
        "A task that is killed while it spills ends as killed; it ended as out of memory.",
        ("2.1.2", "2.2.0"),
    ),
    Fix(SPARK_23306, "A victim is asked to spill again until it frees nothing; it was asked once.", ("2.4.0",)),
    Fix(
        SPARK_34089,
        "A queue of rows says that its memory is where Tungsten's is; it said that it is on the heap.",
        ("3.2.0",),
    ),
    Fix(SPARK_35486, "The requester spills itself until it frees nothing; it was asked once.", ("3.2.0",)),
    Fix(
        SPARK_36933,
        "The requester is the last victim in one loop, and only if it uses memory; it was a step apart.",
        ("3.3.0",),
    ),
    Fix(
        SPARK_48642,
        "So does one that is killed while it spills to a stream; it ended as out of memory.",
        ("3.4.4", "3.5.2", "4.0.0"),
    ),
)

PROPOSALS = (
    Fix(RELEASE_ON_FAILURE, "Ours: give back what a request got before a victim failed; it stays until task end."),
)
"""What Spark does not have."""
