"""Tasks that sort: objects, and raw records in pages."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.claim_names import REPORTS
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.sorter import SWAP_AT_ONCE
from spillproof.model.spark.fixes.unsafe import COUNT_THE_ARRAY, DROP_THE_READER, SPARK_32901
from spillproof.model.spark.releases import REPAIRED, since
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.sorting_task import SortingTask


def sorters() -> Iterator[Entry]:
    """Sorters of objects."""
    for release in since("2.0.0"):
        yield _sorter(release, fixes_of(release), f"A task of Spark {release}: sorters, iterators, forced spills.")
    for release in since(REPAIRED):
        yield _sorter(
            f"{release}+swap-at-once",
            fixes_of(release) | {SWAP_AT_ONCE},
            f"Spark {release} with the sorter repaired as SPARK-22713 repaired the map.",
        )


def _sorter(version: str, fixes: frozenset[str], summary: str) -> Entry:
    return of_spark(f"spark:sorting@{version}", summary, SortingTask, {"sorters": 2, "fixes": fixes})


def raw_sorters() -> Iterator[Entry]:
    """Sorters of raw records."""
    for release in since("2.0.0"):
        summary = f"A task of Spark {release}: pages of raw records, sorted, read, force-spilled."
        yield _raw_sorter(release, fixes_of(release), summary)
    for release in since(REPAIRED):
        yield _raw_sorter(
            f"{release}+repaired",
            fixes_of(release) | {COUNT_THE_ARRAY, DROP_THE_READER},
            f"Spark {release} with a sorter that drops its reader, and counts the array that it frees.",
        )


def _raw_sorter(version: str, fixes: frozenset[str], summary: str) -> Entry:
    # before SPARK-32901, an array of the same size took the place of the one that was freed
    misreports = {REPORTS} if SPARK_32901 in fixes and COUNT_THE_ARRAY not in fixes else frozenset()
    scope = {"pages": 2, "fixes": fixes, "array_grows": False, "contended": False}
    return of_spark(f"spark:raw-sort@{version}", summary, RawSortTask, scope, misreports)
