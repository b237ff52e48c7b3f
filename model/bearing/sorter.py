"""What each fix of the sorter of objects carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue.claim_names import CHIEF, NO_EXCEPTION
from spillproof.model.spark.releases import NEWEST

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-16873",
        f"spark:sorting@{NEWEST}+swap-at-once",
        NO_EXCEPTION,
        3,
        "Insert, iterator, insert into another sorter: the only record is read ahead, and there is nothing to write.",
    ),
    Bearing(
        "SPARK-26114-stop",
        f"spark:sorting@{NEWEST}+swap-at-once",
        CHIEF,
        4,
        "Insert, iterator, the pull of the only record, the pull that finds the end.",
        {"sorters": 1},
    ),
    Bearing(
        "SPARK-26114-completion",
        f"spark:sorting@{NEWEST}+swap-at-once",
        CHIEF,
        4,
        "The same: the iterator that is at its end keeps what it wrapped.",
        {"sorters": 1},
    ),
    Bearing(
        "proposal-sorter-swaps-at-once",
        f"spark:sorting@{NEWEST}+swap-at-once",
        CHIEF,
        3,
        "Insert, iterator, insert into another sorter, which forces the first to spill.",
    ),
)
