"""What accounting leaves out by design, and the task of the report."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.claim_names import LEAK, PEAKS
from spillproof.model.catalogue.entry import Entry
from spillproof.model.spark.fixes.collection import ACCOUNT_GROWTH, SPARK_22713_EXHAUSTION, SPARK_22713_FORCED_SPILL
from spillproof.model.spark.releases import fixes_of
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.sampled_task import SampledTask


def growth() -> Iterator[Entry]:
    """What accounting leaves out by design, and the task of the report."""
    for release in ("2.3.4", "2.4.0", "3.5.7", "4.0.0"):
        fixes = fixes_of(release)
        yield Entry(
            f"spark:sampled@{release}",
            f"A map that is accounted by thresholds and samples, in Spark {release}.",
            SampledTask,
            {"consumers": 1, "fixes": fixes},
            knows_fixes=True,
            violated=frozenset() if SPARK_22713_EXHAUSTION in fixes else LEAK,
        )
    for release in ("1.6.0", "3.5.7", "4.0.0"):
        yield _growing(release, fixes_of(release), f"A map that doubles its table, in Spark {release}.")
    name, fixes = "4.0.0+account-growth", fixes_of("4.0.0") | {ACCOUNT_GROWTH}
    yield _growing(name, fixes, "A map that doubles its table, in Spark 4.0.0 with our proposal.")
    for release in ("2.0.0", "2.1.2", "2.3.4", "2.4.0", "3.5.7", "4.0.0"):
        fixes = fixes_of(release)
        yield Entry(
            f"spark:page-rank@{release}",
            f"The report's join of a partition that does not fit, in Spark {release}.",
            PageRank,
            {"consumers": 2, "fixes": fixes},
            knows_fixes=True,
            violated=frozenset() if SPARK_22713_FORCED_SPILL in fixes else LEAK,
        )


def _growing(version: str, fixes: frozenset[str], summary: str) -> Entry:
    return Entry(
        f"spark:growing@{version}",
        summary,
        GrowingTask,
        {"consumers": 1, "fixes": fixes},
        knows_fixes=True,
        violated=frozenset() if ACCOUNT_GROWTH in fixes else frozenset({PEAKS}),
    )
