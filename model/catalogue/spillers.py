"""Plain consumers that spill."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry
from spillproof.model.claim_names import BALANCE, CHIEF, FAILURE, GUILTY, IN_VAIN, KILLED, NEEDED, NO_SHORTAGE
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.memory import (
    RELEASE_ON_FAILURE,
    SPARK_15357,
    SPARK_19244,
    SPARK_20250,
    SPARK_23306,
    SPARK_34089,
    SPARK_35486,
    SPARK_36933,
    SPARK_48642,
)
from spillproof.model.spark.releases import REPAIRED, since
from spillproof.model.spark.scenario.modes import Modes
from spillproof.model.spark.scenario.spillers import FailingSpillers, PartialSpillers, Spillers, Victims


def spillers() -> Iterator[Entry]:
    """Plain consumers that spill, and the task's manager that asks them to."""
    for release in since("2.0.0"):
        yield _spillers("victims", Victims, 3, release, "Consumers that spill all")
    for release in since("2.0.0"):
        yield _spillers("partial-spills", PartialSpillers, 2, release, "Another task takes what is spilled")
    for release in since("2.2.0"):  # the first with a queue of rows
        yield _spillers("modes", Modes, 1, release, "Consumers on the heap and off it")
    for release in (*since("2.0.0"), *(f"{each}+release-on-failure" for each in since(REPAIRED))):
        yield _spillers("failing-spills", FailingSpillers, 1, release, "Spills that fail")


def _spillers(family: str, model: type[Spillers], consumers: int, version: str, summary: str) -> Entry:
    release, _, proposal = version.partition("+")
    fixes = fixes_of(release) | ({RELEASE_ON_FAILURE} if proposal else frozenset())
    return Entry(
        f"spark:{family}@{version}",
        f"{summary}, in Spark {release}{' with our proposal' if proposal else ''}.",
        model,
        {"consumers": consumers, "fixes": fixes},
        knows_fixes=True,
        violated=expected_of_spillers(model, fixes),
    )


def expected_of_spillers(model: type[Spillers], fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that plain consumers violate."""
    violated: frozenset[str] = frozenset()
    if model is Modes and SPARK_34089 not in fixes:
        violated |= {CHIEF, GUILTY}
    if SPARK_36933 not in fixes or (model is Modes and SPARK_15357 not in fixes):
        violated |= {IN_VAIN}
    if model is Victims and SPARK_19244 not in fixes:
        violated |= {NEEDED}
    if model is PartialSpillers and not {SPARK_23306, SPARK_35486} <= fixes:
        violated |= {NO_SHORTAGE}
    if model is FailingSpillers and RELEASE_ON_FAILURE not in fixes:
        violated |= {BALANCE, FAILURE}
    if model is FailingSpillers and not {SPARK_20250, SPARK_48642} <= fixes:
        violated |= {KILLED}
    return violated
