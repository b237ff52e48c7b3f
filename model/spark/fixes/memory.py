"""Fixes of the task's memory manager and of the pools."""

from __future__ import annotations

from spillproof.model.claim_names import BALANCE, CHIEF, FAILURE, GUILTY, IN_VAIN, KILLED, NEEDED, NO_SHORTAGE
from spillproof.model.spark.fixes.fix import NEVER, Bearing, fix
from spillproof.model.spark.releases import NEWEST

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
    fix(
        SPARK_15357,
        "A request asks those to spill whose memory is of its mode; it asked all, some of them for nothing.",
        ("2.0.0",),
        Bearing(
            f"spark:modes@{NEWEST}",
            IN_VAIN,
            2,
            "One takes memory on the heap, another asks for more than there is off it: the first is spilled "
            "for nothing.",
        ),
        shown={"spark:modes": {IN_VAIN}},
    ),
    fix(
        SPARK_19244,
        "The smallest consumer that suffices is spilled first, else the largest; it was hash-set order.",
        ("2.2.0",),
        Bearing(
            "spark:victims@3.5.7",
            NEEDED,
            3,
            "Three acquire: for the last, a small victim is spilled before the one that suffices by itself.",
        ),
        shown={"spark:victims": {NEEDED}},
    ),
    fix(
        SPARK_20250,
        "A task that is killed while it spills ends as killed; it ended as out of memory.",
        ("2.1.2", "2.2.0"),
        Bearing(
            f"spark:failing-spills@{NEWEST}",
            KILLED,
            2,
            "A consumer takes the pool, asks for more, and is killed while it writes to a file.",
        ),
        shown={"spark:failing-spills": {KILLED}},
    ),
    fix(
        SPARK_23306,
        "A victim is asked to spill again until it frees nothing; it was asked once.",
        ("2.4.0",),
        Bearing(
            "spark:partial-spills@3.2.0",
            NO_SHORTAGE,
            3,
            "One takes the pool, another task waits, a second asks: what is spilled for it goes to the other task.",
        ),
        shown={"spark:partial-spills": {NO_SHORTAGE}},
    ),
    fix(
        SPARK_34089,
        "A queue of rows says that its memory is where Tungsten's is; it said that it is on the heap.",
        ("3.2.0",),
        Bearing(
            f"spark:modes@{NEWEST}",
            CHIEF,
            1,
            "A queue of rows takes memory off the heap, and it is accounted on it.",
        ),
        shown={"spark:modes": {CHIEF, GUILTY}},
    ),
    fix(
        SPARK_35486,
        "The requester spills itself until it frees nothing; it was asked once.",
        ("3.2.0",),
        Bearing(
            "spark:partial-spills@3.2.0",
            NO_SHORTAGE,
            3,
            "One takes the pool, another task waits, the one asks again: what it spills goes to the other task.",
            {"consumers": 1},
        ),
        shown={"spark:partial-spills": {NO_SHORTAGE}},
    ),
    fix(
        SPARK_36933,
        "The requester is the last victim in one loop, and only if it uses memory; it was a step apart.",
        ("3.3.0",),
        Bearing(
            "spark:victims@3.5.7",
            IN_VAIN,
            1,
            "The first request is for more than the pool: the requester, which holds nothing, is asked to spill.",
            {"consumers": 1},
        ),
        shown={f"spark:{each}": {IN_VAIN} for each in ("victims", "partial-spills", "modes", "failing-spills")},
    ),
    fix(
        SPARK_48642,
        "So does one that is killed while it spills to a stream; it ended as out of memory.",
        ("3.4.4", "3.5.2", "4.0.0"),
        Bearing(
            f"spark:failing-spills@{NEWEST}",
            KILLED,
            2,
            "A consumer takes the pool, asks for more, and is killed while it writes to a stream.",
        ),
        shown={"spark:failing-spills": {KILLED}},
    ),
)

PROPOSALS = (
    fix(
        RELEASE_ON_FAILURE,
        "Ours: give back what a request got before a victim failed; it stays until task end.",
        NEVER,
        Bearing(
            f"spark:failing-spills@{NEWEST}+release-on-failure",
            FAILURE,
            2,
            "A consumer takes a part of the pool, and asks for more than the rest: it gets the rest, and "
            "fails to spill.",
        ),
        shown={"spark:failing-spills": {BALANCE, FAILURE}},
    ),
)
"""What Spark does not have."""
