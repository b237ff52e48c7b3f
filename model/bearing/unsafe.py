"""What each fix of raw memory, and of its locks, carries."""

from __future__ import annotations

from spillproof.model.bearing.line import Bearing
from spillproof.model.catalogue.claim_names import (
    CHIEF,
    NO_ALLOCATION,
    NO_DEADLOCK,
    NO_EXCEPTION,
    REPORTS,
    SATISFIED,
    USE_AFTER_FREE,
)
from spillproof.model.spark.releases import NEWEST

BEARINGS: tuple[Bearing, ...] = (
    Bearing(
        "SPARK-12089",
        f"spark:raw-sort@{NEWEST}+repaired",
        USE_AFTER_FREE,
        5,
        "Two inserts, a page each, read, load_next, acquire: the page that is kept is not the one that is read.",
    ),
    Bearing(
        "SPARK-14363",
        f"spark:raw-sort@{NEWEST}",
        SATISFIED,
        2,
        "Two inserts: the array doubles, and a large page is missing for it.",
        {"array_grows": True},
    ),
    Bearing(
        "SPARK-17113",
        f"spark:raw-sort@{NEWEST}+repaired",
        SATISFIED,
        5,
        "Two inserts, a page each, read, load_next, acquire: off the heap, none of the two is freed.",
        {"off_heap": True},
    ),
    Bearing(
        "SPARK-21907",
        "spark:raw-sort@2.4.5",
        NO_EXCEPTION,
        2,
        "Two inserts: others take what the spill frees, and its new array makes it spill again.",
        {"pages": 1, "array_grows": True, "contended": True},
    ),
    Bearing(
        "SPARK-26265",
        f"spark:locks-map-advances@{NEWEST}",
        NO_DEADLOCK,
        2,
        "One thread takes the iterator's lock, the other the manager's; each then wants the other's.",
    ),
    Bearing(
        "SPARK-27338",
        f"spark:locks-sorter-loads@{NEWEST}",
        NO_DEADLOCK,
        2,
        "One thread takes the iterator's lock, the other the manager's; each then wants the other's.",
    ),
    Bearing(
        "SPARK-27558",
        "spark:raw-sort@2.4.5",
        NO_EXCEPTION,
        3,
        "Two inserts, end_task: others take what the spill frees, its new array is refused, and is asked for its size.",
        {"pages": 1, "array_grows": True, "contended": True},
    ),
    Bearing(
        "SPARK-32900",
        f"spark:raw-sort@{NEWEST}+repaired",
        SATISFIED,
        3,
        "Insert a record whose key is null, read, acquire.",
        {"pages": 1},
    ),
    Bearing(
        "SPARK-32901",
        f"spark:raw-sort@{NEWEST}",
        NO_ALLOCATION,
        2,
        "Two inserts: the second spills, and the spill asks for a new array.",
        {"pages": 1, "array_grows": True, "contended": True},
    ),
    Bearing(
        "SPARK-32911",
        f"spark:raw-sort@{NEWEST}+repaired",
        SATISFIED,
        4,
        "Insert, read, load_next of the only record, acquire.",
        {"pages": 1},
    ),
    Bearing(
        "SPARK-39283",
        f"spark:locks-sorter-cleans-up@{NEWEST}",
        NO_DEADLOCK,
        3,
        "One thread takes the sorter's lock; the other the manager's and the iterator's, and wants the sorter's.",
    ),
    Bearing(
        "proposal-spill-counts-the-array",
        f"spark:raw-sort@{NEWEST}+repaired",
        REPORTS,
        2,
        "Two inserts: the second needs a page, and spills.",
    ),
    Bearing(
        "proposal-cleanup-drops-the-reader",
        f"spark:raw-sort@{NEWEST}+repaired",
        CHIEF,
        4,
        "Insert, read, load_next, clean_up: the row is copied, and the iterator keeps the last page.",
        {"pages": 1},
    ),
)
