"""Pools that tasks share, and blocks that are unrolled."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.claim_names import (
    NO_EXCEPTION,
)
from spillproof.model.spark.fixes import POOLS, STORAGE, fixes_of
from spillproof.model.spark.fixes.storage import DROP_UNROLLED_BUFFER, SPARK_17503, SPARK_18827
from spillproof.model.spark.releases import RELEASES, REPAIRED, since
from spillproof.model.spark.scenario.executor import BorrowingTasks, ExecutionTasks, Executor
from spillproof.model.spark.scenario.unrolling import Level, Unrolling

UNROLLED: dict[Level, str] = {
    Level.VALUES: "unroll-values",
    Level.BYTES: "unroll-bytes",
    Level.OFF_HEAP: "unroll-off-heap",
}
"""What the scenario of each storage level is called."""


def pools() -> Iterator[Entry]:
    """Tasks that share memory, beside blocks, and blocks that may not fit."""
    for release in RELEASES:
        scope = {"tasks": 2, "fixes": fixes_of(release, POOLS)}
        summary = f"Tasks of Spark {release} share execution memory: fair shares, and waiting for one."
        yield of_spark(f"spark:execution-pool@{release}", summary, ExecutionTasks, scope)
    for release in RELEASES:
        scope = {"tasks": 2, "fixes": fixes_of(release, POOLS)}
        summary = f"Tasks of Spark {release}, beside storage memory that can be borrowed."
        yield of_spark(f"spark:borrowing@{release}", summary, BorrowingTasks, scope)
    yield from _cached()
    for level in UNROLLED:
        for release in since("2.0.0"):
            yield _unroll(level, release, fixes_of(release, STORAGE), f"Spark {release}")
    for release in since(REPAIRED):
        repaired = fixes_of(release, STORAGE) | {DROP_UNROLLED_BUFFER}
        yield _unroll(Level.BYTES, f"{release}+drop-unrolled-buffer", repaired, f"Spark {release} with our proposal")


def _unroll(level: Level, version: str, fixes: frozenset[str], who: str) -> Entry:
    name, summary = f"spark:{UNROLLED[level]}@{version}", f"{who} puts a block ({level.value}) that may not fit."
    raises = {NO_EXCEPTION} if SPARK_17503 in fixes and SPARK_18827 not in fixes else frozenset()
    return of_spark(name, summary, Unrolling, {"level": level, "fixes": fixes}, raises)


def _cached() -> Iterator[Entry]:
    for name, drops_fail, where in (
        ("cached-block", False, ""),
        ("full-disk", True, ", and the disk may be full when it is to go there"),
    ):
        for release in RELEASES:
            fixes = fixes_of(release, POOLS)
            yield of_spark(
                f"spark:{name}@{release}",
                f"A task of Spark {release} beside a block that it can evict{where}.",
                Executor,
                {"tasks": 1, "blocks": 1, "fixes": fixes, "drops_fail": drops_fail},
            )
