"""Fixes of how blocks are unrolled into memory, and of what is kept of those that did not fit."""

from __future__ import annotations

from spillproof.model.spark.fixes.fix import Fix

SPARK_10907 = "SPARK-10907"
SPARK_13122 = "SPARK-13122"
SPARK_17465 = "SPARK-17465"
SPARK_17491_MODE = "SPARK-17491-mode"
SPARK_17491_CLOSE = "SPARK-17491-close"
SPARK_17503 = "SPARK-17503"
SPARK_18827 = "SPARK-18827"
DROP_UNROLLED_BUFFER = "proposal-drop-unrolled-buffer"

FIXES = (
    Fix(
        SPARK_10907,
        "Unroll memory becomes storage memory in one go; it was first subtracted, and left an entry of 0 bytes.",
        ("2.0.0",),
    ),
    Fix(
        SPARK_13122,
        "A put counts what it reserved itself; it took the difference of a counter that its task's threads share.",
        ("1.6.1", "2.0.0"),
    ),
    Fix(
        SPARK_17465,
        "A task's entry is removed when it is 0; it stayed if it was 0 already.",
        ("1.6.3", "2.0.1"),
    ),
    Fix(
        SPARK_17491_MODE,
        "Unroll memory is released once, in its own mode; it was released a second time, on-heap, whatever the mode.",
        ("2.0.1",),
    ),
    Fix(
        SPARK_17491_CLOSE,
        "The serializer is closed before what it wrote is read; what it had buffered was lost.",
        ("2.0.1",),
    ),
    Fix(
        SPARK_17503,
        "What was unrolled is dropped when it is read to its end; it was kept until all was read.",
        ("2.0.1",),
    ),
    Fix(
        SPARK_18827,
        "The next record after what was unrolled comes from the rest; without asking first, there was none.",
        ("2.1.1",),
    ),
)

PROPOSALS = (
    Fix(
        DROP_UNROLLED_BUFFER,
        "A partially serialized block drops its buffer when it is read; it keeps it until task end.",
    ),
)
"""Proposed by this project only."""
