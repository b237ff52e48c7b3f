"""Fixes of the sorter of objects, `ExternalSorter`."""

from __future__ import annotations

from spillproof.model.claim_names import CHIEF, GUILTY, LEAK, NO_EXCEPTION
from spillproof.model.spark.fixes.fix import NEVER, Bearing, fix
from spillproof.model.spark.releases import NEWEST

SPARK_16873 = "SPARK-16873"
SPARK_23040 = "SPARK-23040"
SPARK_26114_STOP = "SPARK-26114-stop"

SWAP_AT_ONCE = "proposal-sorter-swaps-at-once"

FIXES = (
    fix(
        SPARK_16873,
        "A sorter whose records are all read can be force-spilled; the reader of the empty file failed.",
        ("1.6.3", "2.0.1"),
        Bearing(
            f"spark:sorting@{NEWEST}+swap-at-once",
            NO_EXCEPTION,
            3,
            "Insert, iterator, insert into another sorter: the only record is read ahead, and there is "
            "nothing to write.",
        ),
        shown={"spark:sorting": {NO_EXCEPTION}},
    ),
    fix(
        SPARK_23040,
        "A sorter is stopped at task end whatever happened to its iterator; only one that was read to its end was.",
        ("2.3.1", "2.4.0"),
    ),
    fix(
        SPARK_26114_STOP,
        "A sorter that is stopped drops its reading iterator; it kept it until task end.",
        ("2.4.1",),
        Bearing(
            f"spark:sorting@{NEWEST}+swap-at-once",
            CHIEF,
            4,
            "Insert, iterator, the pull of the only record, the pull that finds the end.",
            {"sorters": 1},
        ),
        shown={"spark:sorting": {CHIEF, GUILTY}},
    ),
)

PROPOSALS = (
    fix(
        SWAP_AT_ONCE,
        "The repair of SPARK-22713, for the sorter: a forced spill replaces the iterator's upstream at once.",
        NEVER,
        Bearing(
            f"spark:sorting@{NEWEST}+swap-at-once",
            CHIEF,
            3,
            "Insert, iterator, insert into another sorter, which forces the first to spill.",
        ),
        shown={"spark:sorting": LEAK},
    ),
)
"""In no release."""
