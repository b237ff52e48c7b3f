"""Tasks with pages: a map that aggregates raw records, a sorter that writes them for a shuffle, and the page table."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.claim_names import BALANCE, HELD, NO_EXCEPTION
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.fixes.pages import SPARK_13210, SPARK_57242
from spillproof.model.spark.fixes.raw_map import (
    DROP_LOCATIONS,
    FREE_THE_SORTERS_ARRAY,
    SPARK_23376,
    SPARK_32872,
    SPILL_THE_ONLY_PAGE,
)
from spillproof.model.spark.releases import RELEASES, REPAIRED, since
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.scenario.paging_task import PagingTask
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask


def raw_maps() -> Iterator[Entry]:
    """Maps of raw records."""
    for release in since("2.0.0"):
        summary = f"A task of Spark {release}: a map of raw records, filled, reset, read, force-spilled."
        yield _raw_map(release, fixes_of(release, PAGES), summary)
    for release in since(REPAIRED):
        yield _raw_map(
            f"{release}+repaired",
            fixes_of(release, PAGES) | {DROP_LOCATIONS, SPILL_THE_ONLY_PAGE},
            f"Spark {release} with a map that forgets where its records were, and spills its only page.",
        )


def _raw_map(version: str, fixes: frozenset[str], summary: str) -> Entry:
    scope = {"pages": 2, "fixes": fixes, "array_grows": False, "contended": False}
    return of_spark(f"spark:raw-map@{version}", summary, RawMapTask, scope)


def aggregates() -> Iterator[Entry]:
    """Maps of raw records that are sorted and written when there is no room for more."""
    for release in since("2.0.0"):
        summary = f"A task of Spark {release} aggregates: maps of raw records are sorted, written, merged."
        yield _aggregate(release, fixes_of(release, PAGES), summary)
    for release in since(REPAIRED):
        repairs = {DROP_LOCATIONS, SPILL_THE_ONLY_PAGE, FREE_THE_SORTERS_ARRAY}
        yield _aggregate(
            f"{release}+repaired",
            fixes_of(release, PAGES) | repairs,
            f"Spark {release} with the map's repairs, and a sorter that frees the array that it asked for.",
        )


def _aggregate(version: str, fixes: frozenset[str], summary: str) -> Entry:
    scope = {"pages": 1, "fixes": fixes}
    return of_spark(f"spark:aggregate@{version}", summary, AggregateTask, scope, _overfull(fixes))


def _overfull(fixes: frozenset[str]) -> frozenset[str]:
    """Return what is violated where a map may have more records than there is room to sort."""
    if SPARK_32872 in fixes or {SPARK_23376, FREE_THE_SORTERS_ARRAY} <= fixes:
        return frozenset()
    return frozenset({HELD if SPARK_23376 in fixes else NO_EXCEPTION})


def shuffles() -> Iterator[Entry]:
    """Sorters that write a shuffle."""
    for release in since("2.0.0"):
        yield of_spark(
            f"spark:shuffle@{release}",
            f"A task of Spark {release} that writes a shuffle: pages of raw records, sorted, spilled, merged.",
            ShuffleTask,
            {"pages": 2, "fixes": fixes_of(release, PAGES), "array_grows": False, "contended": False},
        )


def page_tables() -> Iterator[Entry]:
    """Page tables, where there is less memory than the memory manager believes."""
    for release in RELEASES:
        fixes = fixes_of(release, PAGES)
        yield of_spark(
            f"spark:page-table@{release}",
            f"A task of Spark {release} allocates pages, and there is less memory than was granted.",
            PagingTask,
            {"consumers": 1, "fixes": fixes},
            _page_table(fixes),
        )


def _page_table(fixes: frozenset[str]) -> frozenset[str]:
    if SPARK_13210 not in fixes:
        return frozenset({BALANCE, HELD})
    return frozenset() if SPARK_57242 in fixes else frozenset({NO_EXCEPTION})
