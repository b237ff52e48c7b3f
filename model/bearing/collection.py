"""What each fix of the map that spills carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing, Break
from spillproof.model.catalogue.claim_names import CHIEF, HELD, NO_EXCEPTION, NO_SHORTAGE, PEAKS
from spillproof.model.spark.releases import NEWEST

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-4452",
        "spark:requests@2.0.0",
        NO_SHORTAGE,
        2,
        "Two inserts: the first map has the whole pool, and the second gets nothing.",
        breaks=(Break(NO_EXCEPTION, 2), Break(CHIEF, 3, "SPARK-26114")),
    ),
    Bearing(
        "SPARK-11293",
        "spark@1.6.0",
        HELD,
        4,
        "Insert, iterator, the pull of the only record, the pull that finds the end: it stays accounted.",
        {"consumers": 1},
    ),
    Bearing(
        "SPARK-18986",
        "spark@2.2.0",
        NO_EXCEPTION,
        2,
        "Two inserts: a map is forced to spill before anybody reads it.",
    ),
    Bearing(
        "SPARK-22713-forced-spill",
        "spark@2.4.0",
        CHIEF,
        3,
        "Insert, iterator, insert into another map, which forces the first to spill.",
    ),
    Bearing(
        "SPARK-22713-forced-spill",
        "spark:page-rank@2.4.0",
        CHIEF,
        3,
        "Insert, cache, for which there is no room, insert into the map that computes it again.",
    ),
    Bearing(
        "SPARK-22713-exhaustion",
        "spark@2.4.0",
        CHIEF,
        4,
        "Insert, iterator, the pull of the only record, the pull that finds the end.",
        {"consumers": 1},
    ),
    Bearing(
        "SPARK-22713-exhaustion",
        "spark:sampled@2.4.0",
        CHIEF,
        4,
        "Two inserts, the first of which is spilled unaccounted, iterator, the pull that ends the map in memory.",
    ),
    Bearing(
        "SPARK-26114-completion",
        "spark@1.6.0+SPARK-26114",
        CHIEF,
        3,
        "Two inserts, the first of which is spilled, and iterator: the merge keeps the map that it has read.",
        {"consumers": 1},
    ),
    Bearing(
        "proposal-account-growth",
        f"spark:growing@{NEWEST}+account-growth",
        PEAKS,
        2,
        "Insert, grow: the new array is there beside the old one, and nobody was asked for it.",
    ),
    Bearing(
        "proposal-spill-beside-off-heap",
        f"spark:off-heap@{NEWEST}+spills",
        NO_SHORTAGE,
        2,
        "Two inserts: the first map has the pool, and refuses to spill for the second.",
    ),
    Bearing(
        "proposal-null-upstream",
        "spark@2.3.4+null-upstream+exhaustion",
        CHIEF,
        3,
        "As without the fix of forced spills.",
    ),
)
