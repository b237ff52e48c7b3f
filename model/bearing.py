"""What each fix carries: the claim that falls without it, at the least scope that shows it, and in how many steps.

A test holds every line against the checker: violated without the fix in a shortest run of so many steps, proved with
it. A fix that cures one claim and breaks another says so, and that is checked as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spillproof.model.catalogue import (
    CHIEF,
    FAILURE,
    HELD,
    IN_VAIN,
    KILLED,
    NEEDED,
    NO_EXCEPTION,
    NO_SHORTAGE,
    PEAKS,
)


@dataclass(frozen=True)
class Break:
    """A claim that is violated with a fix, in so many steps, and proved without."""

    claim: str
    steps: int
    beside: str = ""
    """A later fix that is there in both cases, where a defect of its own would hide the difference."""


@dataclass(frozen=True)
class Bearing:
    """A claim that is violated without a fix, in so many steps, and proved with it."""

    fix: str
    model: str
    """The name of the entry of the catalogue that has the fix."""
    claim: str
    steps: int
    run: str
    """The shortest run, in words."""
    scope: Mapping[str, object] = field(default_factory=dict)
    """The least scope that shows it, where it is not the entry's own."""
    breaks: tuple[Break, ...] = ()


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
        "SPARK-19244",
        "spark:victims@3.5.7",
        NEEDED,
        3,
        "Three acquire: for the last, a small victim is spilled before the one that suffices by itself.",
    ),
    Bearing(
        "SPARK-20250",
        "spark:failing-spills@4.0.0",
        KILLED,
        2,
        "A consumer takes the pool, asks for more, and is killed while it writes to a file.",
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
        "SPARK-23306",
        "spark:partial-spills@3.2.0",
        NO_SHORTAGE,
        3,
        "One takes the pool, another task waits, a second asks: what is spilled for it goes to the other task.",
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
        "spark:failing-spills@4.0.0",
        KILLED,
        2,
        "A consumer takes the pool, asks for more, and is killed while it writes to a stream.",
    ),
    Bearing(
        "proposal-release-on-failure",
        "spark:failing-spills@4.0.0+release-on-failure",
        FAILURE,
        2,
        "A consumer takes a part of the pool, and asks for more than the rest: it gets the rest, and fails to spill.",
    ),
    Bearing(
        "proposal-account-growth",
        "spark:growing@4.0.0+account-growth",
        PEAKS,
        2,
        "Insert, grow: the new array is there beside the old one, and nobody was asked for it.",
    ),
    Bearing(
        "proposal-null-upstream",
        "spark@2.3.4+null-upstream+exhaustion",
        CHIEF,
        3,
        "As without the fix of forced spills.",
    ),
)
"""In the order of the fixes' numbers."""
