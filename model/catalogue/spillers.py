"""Plain consumers that spill."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.memory import (
    RELEASE_ON_FAILURE,
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
    words = f"{summary}, in Spark {release}{' with our proposal' if proposal else ''}."
    return of_spark(f"spark:{family}@{version}", words, model, {"consumers": consumers, "fixes": fixes})
