"""Pools that tasks share, and blocks that are unrolled."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.claim_names import CHIEF, GUILTY, NO_EXCEPTION, RECORDS
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes import POOLS, STORAGE
from spillproof.model.spark.fixes.storage import DROP_UNROLLED_BUFFER, SPARK_17491_CLOSE, SPARK_17503, SPARK_18827
from spillproof.model.spark.releases import fixes_of
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
    fixes = fixes_of("4.0.0", POOLS)
    summary = "Tasks of Spark 4.0.0 share execution memory: fair shares, and waiting for one."
    yield Entry("spark:execution-pool@4.0.0", summary, ExecutionTasks, {"tasks": 2, "fixes": fixes}, knows_fixes=True)
    summary = "The same, beside storage memory that can be borrowed."
    yield Entry("spark:borrowing@4.0.0", summary, BorrowingTasks, {"tasks": 2, "fixes": fixes}, knows_fixes=True)
    yield from _cached(fixes)
    for level in UNROLLED:
        for release in ("2.0.1", "2.1.1", "3.5.7", "4.0.0"):
            yield _unroll(level, release, fixes_of(release, STORAGE), f"Spark {release}")
    repaired = fixes_of("4.0.0", STORAGE) | {DROP_UNROLLED_BUFFER}
    yield _unroll(Level.BYTES, "4.0.0+drop-unrolled-buffer", repaired, "Spark 4.0.0 with our proposal")


def _unroll(level: Level, version: str, fixes: frozenset[str], who: str) -> Entry:
    return Entry(
        f"spark:{UNROLLED[level]}@{version}",
        f"{who} puts a block ({level.value}) that may not fit.",
        Unrolling,
        {"level": level, "fixes": fixes},
        knows_fixes=True,
        violated=_unrolling(level, fixes),
    )


def _cached(fixes: frozenset[str]) -> Iterator[Entry]:
    for name, drops_fail, summary in (
        ("cached-block", False, "A task of Spark 4.0.0 beside a block that it can evict."),
        ("full-disk", True, "The same, where the disk may be full when the block is to go there."),
    ):
        scope = {"tasks": 1, "blocks": 1, "fixes": fixes, "drops_fail": drops_fail}
        yield Entry(
            f"spark:{name}@4.0.0",
            summary,
            Executor,
            scope,
            knows_fixes=True,
        )


def _unrolling(level: Level, fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that one put at a storage level violates."""
    violated: frozenset[str] = frozenset()
    keeps_buffer = level is Level.BYTES and DROP_UNROLLED_BUFFER not in fixes
    if keeps_buffer or (level is Level.VALUES and SPARK_17503 not in fixes):
        violated |= {CHIEF, GUILTY}
    if level is not Level.VALUES and SPARK_17491_CLOSE not in fixes:
        violated |= {RECORDS}
    if SPARK_17503 in fixes and SPARK_18827 not in fixes:
        violated |= {NO_EXCEPTION}
    return violated
