"""What each fix of unrolling carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue.claim_names import CHIEF, NO_EXCEPTION, OUTLIVES, RECORDS
from spillproof.model.spark.releases import NEWEST

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-17465",
        f"spark:unroll-values@{NEWEST}",
        OUTLIVES,
        3,
        "Put, finish, end of task: an entry of 0 bytes stays.",
        beside=("SPARK-10907",),
    ),
    Bearing(
        "SPARK-17491-close",
        f"spark:unroll-off-heap@{NEWEST}",
        RECORDS,
        2,
        "Put, a record that does not fit: what the serializer still had is lost when the block is read.",
    ),
    Bearing(
        "SPARK-17503",
        f"spark:unroll-values@{NEWEST}",
        CHIEF,
        5,
        "Put, a record that does not fit, both unrolled records, and the next: what was unrolled is released and kept.",
    ),
    Bearing(
        "SPARK-18827",
        f"spark:unroll-values@{NEWEST}",
        NO_EXCEPTION,
        5,
        "The same, and for whoever does not ask first there is no record after the unrolled ones.",
    ),
    Bearing(
        "proposal-drop-unrolled-buffer",
        f"spark:unroll-bytes@{NEWEST}+drop-unrolled-buffer",
        CHIEF,
        5,
        "Put, a record that does not fit, both records, and the question for more: the chunks are released and kept.",
    ),
)
