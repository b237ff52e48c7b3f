"""Pools that tasks share, and blocks that are unrolled."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry
from spillproof.model.claim_names import (
    ADD_UP,
    CHIEF,
    GUILTY,
    LOCKED,
    NO_EXCEPTION,
    RECORDS,
    SATISFIED,
    UNCHANGED,
)
from spillproof.model.spark.fixes import POOLS, STORAGE, fixes_of
from spillproof.model.spark.fixes.pools import SPARK_15260, SPARK_22083
from spillproof.model.spark.fixes.storage import DROP_UNROLLED_BUFFER, SPARK_17491_CLOSE, SPARK_17503, SPARK_18827
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
        yield Entry(f"spark:execution-pool@{release}", summary, ExecutionTasks, scope, knows_fixes=True)
    for release in RELEASES:
        scope = {"tasks": 2, "fixes": fixes_of(release, POOLS)}
        summary = f"Tasks of Spark {release}, beside storage memory that can be borrowed."
        yield Entry(f"spark:borrowing@{release}", summary, BorrowingTasks, scope, knows_fixes=True)
    yield from _cached()
    for level in UNROLLED:
        for release in since("2.0.0"):
            yield _unroll(level, release, fixes_of(release, STORAGE), f"Spark {release}")
    for release in since(REPAIRED):
        repaired = fixes_of(release, STORAGE) | {DROP_UNROLLED_BUFFER}
        yield _unroll(Level.BYTES, f"{release}+drop-unrolled-buffer", repaired, f"Spark {release} with our proposal")


def _unroll(level: Level, version: str, fixes: frozenset[str], who: str) -> Entry:
    return Entry(
        f"spark:{UNROLLED[level]}@{version}",
        f"{who} puts a block ({level.value}) that may not fit.",
        Unrolling,
        {"level": level, "fixes": fixes},
        knows_fixes=True,
        violated=_unrolling(level, fixes),
    )


def _cached() -> Iterator[Entry]:
    for name, drops_fail, where in (
        ("cached-block", False, ""),
        ("full-disk", True, ", and the disk may be full when it is to go there"),
    ):
        for release in RELEASES:
            fixes = fixes_of(release, POOLS)
            yield Entry(
                f"spark:{name}@{release}",
                f"A task of Spark {release} beside a block that it can evict{where}.",
                Executor,
                {"tasks": 1, "blocks": 1, "fixes": fixes, "drops_fail": drops_fail},
                knows_fixes=True,
                violated=_full_disk(fixes) if drops_fail else frozenset(),
            )


def _full_disk(fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that an eviction violates that fails on the disk."""
    violated: frozenset[str] = frozenset()
    if SPARK_22083 not in fixes:
        violated |= {LOCKED, SATISFIED}
    if SPARK_15260 not in fixes:
        violated |= {UNCHANGED, ADD_UP, NO_EXCEPTION}
    return violated


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
