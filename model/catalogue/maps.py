"""Tasks with maps that spill."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.catalogue.entry import Entry, of_spark
from spillproof.model.claim_names import (
    BALANCE,
    CHIEF,
    GUILTY,
    HAS_ITS_NUMBER,
    HELD,
    LEAK,
    NO_EXCEPTION,
    RECORDS,
)
from spillproof.model.spark.fixes import HALVES, fixes_of, shown
from spillproof.model.spark.fixes.collection import (
    COUNT_ANEW,
    KEEP_NOTHING,
    NULL_READING_ITERATOR,
    NULL_UPSTREAM,
    SPARK_4452,
    SPARK_11293,
    SPARK_18986,
    SPARK_22713_EXHAUSTION,
    SPARK_22713_FORCED_SPILL,
    SPARK_26114_COMPLETION,
    SPILL_BESIDE_OFF_HEAP,
)
from spillproof.model.spark.releases import RELEASES, REPAIRED, since
from spillproof.model.spark.scenario.incident import Incident
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.requesting_task import RequestingTask, TaskBesideOffHeap
from spillproof.model.spark.scenario.spark_task import SparkTask

READINGS: dict[str, tuple[frozenset[str], str]] = {
    "null-reading-iterator": (frozenset({NULL_READING_ITERATOR}), "readingIterator = null"),
    "null-upstream": (frozenset({NULL_UPSTREAM}), "upstream = null, keeping nextUpstream"),
    "null-both": (frozenset({NULL_READING_ITERATOR, NULL_UPSTREAM}), "both null, keeping nextUpstream"),
    "keep-nothing": (frozenset({KEEP_NOTHING}), "upstream = null, keeping nothing"),
}
"""The report's proposal, "setting the upstream/readingIterator to null after the forceSpill() action", in its readings.

Each is a fix of forced spills only. Beside `+exhaustion`, the other half of SPARK-22713, the verdict is on it alone.
"""


def expected(fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that a Spark task with these fixes violates, at two consumers."""
    return shown("spark", fixes) | _expected(fixes)


def _expected(fixes: frozenset[str]) -> frozenset[str]:
    """Return what is violated where fixes hide each other's absence."""
    if SPARK_4452 not in fixes:
        return expected_of_16(fixes)
    violated: frozenset[str] = frozenset()
    if not {SPARK_22713_FORCED_SPILL, NULL_UPSTREAM, KEEP_NOTHING} & fixes:
        violated |= LEAK
    if SPARK_22713_EXHAUSTION not in fixes:
        violated |= {CHIEF, GUILTY}  # nothing is acquired any more when iterators come to their end
    if KEEP_NOTHING in fixes and SPARK_22713_FORCED_SPILL not in fixes:
        violated |= {RECORDS}
    if SPARK_18986 not in fixes:
        violated |= {NO_EXCEPTION}
    return violated


def expected_of_16(fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that a task violates whose maps cannot be forced to spill."""
    if SPARK_11293 not in fixes:
        return frozenset({BALANCE, HELD})  # nothing is released at the end of an iterator, so that nothing leaks there
    return (
        frozenset() if SPARK_26114_COMPLETION in fixes else LEAK
    )  # a merge keeps the iterator of the map that it has read


def maps() -> Iterator[Entry]:
    """Tasks with maps: each release, the report's proposal in its readings, the incident, and what lies around."""
    for release in RELEASES:
        yield _spark(release, fixes_of(release), f"A task of Spark {release}: maps, iterators, forced spills.")
    yield _spark(
        "1.6.0+SPARK-26114", fixes_of("1.6.0") | HALVES["SPARK-26114"], "Spark 1.6.0 with a fix that came later."
    )
    for reading, (fixes, words) in READINGS.items():
        before = fixes_of("2.3.4") | fixes
        yield _spark(f"2.3.4+{reading}", before, f"Spark 2.3.4 with the report's proposal read as: {words}.")
        yield _spark(
            f"2.3.4+{reading}+exhaustion",
            before | {SPARK_22713_EXHAUSTION},
            f"The same ({words}) with the exhaustion half of SPARK-22713.",
        )
    for release in RELEASES:
        if SPARK_4452 in fixes_of(release):  # what happened is a forced spill
            yield _incident(release)
    yield from _requests()


def _spark(version: str, fixes: frozenset[str], summary: str) -> Entry:
    return Entry(
        f"spark@{version}",
        summary,
        SparkTask,
        {"consumers": 2, "fixes": fixes},
        knows_fixes=True,
        violated=expected(fixes),
        expected=expected,
    )


def _incident(release: str) -> Entry:
    summary = f"The incident's sizes and steps, as Spark {release} takes them."
    return of_spark(f"incident@{release}", summary, Incident, {"fixes": fixes_of(release)})


def _requests() -> Iterator[Entry]:
    """What maps ask for, and maps that are merged."""
    for release in RELEASES:
        fixes = fixes_of(release)
        yield of_spark(
            f"spark:requests@{release}",
            f"What maps ask for and get, in Spark {release}.",
            RequestingTask,
            {"consumers": 2, "fixes": fixes},
            expected(fixes),
        )
    yield from _off_heap()
    yield from _by_number()
    for release in since("2.4.0"):
        yield of_spark(
            f"spark:merge@{release}",
            f"Maps that are merged with what they spilled before, in Spark {release}.",
            SparkTask,
            {"consumers": 2, "fixes": fixes_of(release), "merges": True},
        )


def _off_heap() -> Iterator[Entry]:
    """What maps ask for and get where they do not spill for each other."""
    for release in since("2.0.0"):
        summary = f"What maps get in Spark {release}, where Tungsten's memory is off the heap."
        yield _beside(release, fixes_of(release), summary)
    for release in since(REPAIRED):
        fixes = fixes_of(release) | {SPILL_BESIDE_OFF_HEAP}
        yield _beside(f"{release}+spills", fixes, f"The same in Spark {release} with our proposal.")


def _beside(version: str, fixes: frozenset[str], summary: str) -> Entry:
    return of_spark(f"spark:off-heap@{version}", summary, TaskBesideOffHeap, {"consumers": 2, "fixes": fixes})


def _by_number() -> Iterator[Entry]:
    """Maps that spill when they have a number of records."""
    for release in since("2.0.0"):
        summary = f"Maps of Spark {release} that spill when they have more than a number of records."
        yield _numbered(release, fixes_of(release), summary)
    for release in since(REPAIRED):
        summary = f"The same in Spark {release} with our proposal: a forced spill counts anew."
        yield _numbered(f"{release}+count-anew", fixes_of(release) | {COUNT_ANEW}, summary)


def _numbered(version: str, fixes: frozenset[str], summary: str) -> Entry:
    scope = {"consumers": 2, "spill_after": 1, "fixes": fixes}
    can_be_forced = SPARK_18986 in fixes  # before it is read, that is while its records are counted
    forgets = {HAS_ITS_NUMBER} if can_be_forced and COUNT_ANEW not in fixes else frozenset()
    return of_spark(f"spark:by-number@{version}", summary, NumberedTask, scope, expected(fixes) | forgets)
