"""What accounting leaves out by design, and the task of the report."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.collection import ACCOUNT_GROWTH
from spillproof.model.spark.releases import RELEASES, REPAIRED, since
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.sampled_task import SampledTask


def growth() -> Iterator[Entry]:
    """What accounting leaves out by design, and the task of the report."""
    for release in since("2.0.0"):
        yield of_spark(
            f"spark:sampled@{release}",
            f"A map that is accounted by thresholds and samples, in Spark {release}.",
            SampledTask,
            {"consumers": 1, "fixes": fixes_of(release)},
        )
    for release in RELEASES:
        yield _growing(release, fixes_of(release), f"A map that doubles its table, in Spark {release}.")
    for release in since(REPAIRED):
        name, fixes = f"{release}+account-growth", fixes_of(release) | {ACCOUNT_GROWTH}
        yield _growing(name, fixes, f"A map that doubles its table, in Spark {release} with our proposal.")
    for release in since("2.0.0"):
        yield of_spark(
            f"spark:page-rank@{release}",
            f"The report's join of a partition that does not fit, in Spark {release}.",
            PageRank,
            {"consumers": 2, "fixes": fixes_of(release)},
        )


def _growing(version: str, fixes: frozenset[str], summary: str) -> Entry:
    return of_spark(f"spark:growing@{version}", summary, GrowingTask, {"consumers": 1, "fixes": fixes})
