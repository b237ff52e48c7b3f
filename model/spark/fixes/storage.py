"""Fixes of how blocks are unrolled into memory, and of what is kept of those that did not fit."""

from __future__ import annotations

from spillproof.model.claim_names import CHIEF, GUILTY, NO_EXCEPTION, OUTLIVES, RECORDS
from spillproof.model.spark.fixes.fix import NEVER, Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_4777 = "SPARK-4777"
SPARK_10907 = "SPARK-10907"
SPARK_13122 = "SPARK-13122"
SPARK_17465 = "SPARK-17465"
SPARK_17491_MODE = "SPARK-17491-mode"
SPARK_17491_CLOSE = "SPARK-17491-close"
SPARK_17503 = "SPARK-17503"
SPARK_18827 = "SPARK-18827"
DROP_UNROLLED_BUFFER = "proposal-drop-unrolled-buffer"

FIXES = (
    fix(
        SPARK_4777,
        "What was unrolled is accounted until it is a block; it was released first, and for a while in no account.",
        ("1.4.0",),
        Bearing(
            f"spark:unroll-values@{NEWEST}",
            CHIEF,
            2,
            "Put, finish: all records are there, and their memory is free for any other thread.",
        ),
    ),
    fix(
        SPARK_10907,
        "Unroll memory becomes storage memory in one go; it was first subtracted, and left an entry of 0 bytes.",
        ("2.0.0",),
    ),
    fix(
        SPARK_13122,
        "A put counts what it reserved itself; it took the difference of a counter that its task's threads share.",
        ("1.6.1", "2.0.0"),
    ),
    fix(
        SPARK_17465,
        "A task's entry is removed when it is 0; it stayed if it was 0 already.",
        ("1.6.3", "2.0.1"),
        Bearing(
            f"spark:unroll-values@{NEWEST}",
            OUTLIVES,
            3,
            "Put, finish, end of task: an entry of 0 bytes stays.",
            beside=("SPARK-10907",),
        ),
    ),
    fix(
        SPARK_17491_MODE,
        "Unroll memory is released once, in its own mode; it was released a second time, on-heap, whatever the mode.",
        ("2.0.1",),
    ),
    fix(
        SPARK_17491_CLOSE,
        "The serializer is closed before what it wrote is read; what it had buffered was lost.",
        ("2.0.1",),
        Bearing(
            f"spark:unroll-off-heap@{NEWEST}",
            RECORDS,
            2,
            "Put, a record that does not fit: what the serializer still had is lost when the block is read.",
        ),
        shown={"spark:unroll-bytes": {RECORDS}, "spark:unroll-off-heap": {RECORDS}},
    ),
    fix(
        SPARK_17503,
        "What was unrolled is dropped when it is read to its end; it was kept until all was read.",
        ("2.0.1",),
        Bearing(
            f"spark:unroll-values@{NEWEST}",
            CHIEF,
            5,
            "Put, a record that does not fit, both unrolled records, and the next: what was unrolled is "
            "released and kept.",
        ),
        shown={"spark:unroll-values": {CHIEF, GUILTY}},
    ),
    fix(
        SPARK_18827,
        "The next record after what was unrolled comes from the rest; without asking first, there was none.",
        ("2.1.1",),
        Bearing(
            f"spark:unroll-values@{NEWEST}",
            NO_EXCEPTION,
            5,
            "The same, and for whoever does not ask first there is no record after the unrolled ones.",
        ),
    ),
)

PROPOSALS = (
    fix(
        DROP_UNROLLED_BUFFER,
        "A partially serialized block drops its buffer when it is read; it keeps it until task end.",
        NEVER,
        Bearing(
            f"spark:unroll-bytes@{NEWEST}+drop-unrolled-buffer",
            CHIEF,
            5,
            "Put, a record that does not fit, both records, and the question for more: the chunks are "
            "released and kept.",
        ),
        shown={"spark:unroll-bytes": {CHIEF, GUILTY}},
    ),
)
"""Proposed by this project only."""
