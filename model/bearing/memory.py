"""What each fix of a task's memory manager carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue.claim_names import CHIEF, FAILURE, IN_VAIN, KILLED, NEEDED, NO_SHORTAGE
from spillproof.model.spark.releases import NEWEST

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-15357",
        f"spark:modes@{NEWEST}",
        IN_VAIN,
        2,
        "One takes memory on the heap, another asks for more than there is off it: the first is spilled for nothing.",
    ),
    Bearing(
        "SPARK-19244",
        "spark:victims@3.5.7",
        NEEDED,
        3,
        "Three acquire: for the last, a small victim is spilled before the one that suffices by itself.",
    ),
    Bearing(
        "SPARK-20250",
        f"spark:failing-spills@{NEWEST}",
        KILLED,
        2,
        "A consumer takes the pool, asks for more, and is killed while it writes to a file.",
    ),
    Bearing(
        "SPARK-23306",
        "spark:partial-spills@3.2.0",
        NO_SHORTAGE,
        3,
        "One takes the pool, another task waits, a second asks: what is spilled for it goes to the other task.",
    ),
    Bearing(
        "SPARK-34089",
        f"spark:modes@{NEWEST}",
        CHIEF,
        1,
        "A queue of rows takes memory off the heap, and it is accounted on it.",
    ),
    Bearing(
        "SPARK-35486",
        "spark:partial-spills@3.2.0",
        NO_SHORTAGE,
        3,
        "One takes the pool, another task waits, the one asks again: what it spills goes to the other task.",
        {"consumers": 1},
    ),
    Bearing(
        "SPARK-36933",
        "spark:victims@3.5.7",
        IN_VAIN,
        1,
        "The first request is for more than the pool: the requester, which holds nothing, is asked to spill.",
        {"consumers": 1},
    ),
    Bearing(
        "SPARK-48642",
        f"spark:failing-spills@{NEWEST}",
        KILLED,
        2,
        "A consumer takes the pool, asks for more, and is killed while it writes to a stream.",
    ),
    Bearing(
        "proposal-release-on-failure",
        f"spark:failing-spills@{NEWEST}+release-on-failure",
        FAILURE,
        2,
        "A consumer takes a part of the pool, and asks for more than the rest: it gets the rest, and fails to spill.",
    ),
)
