"""The models that this project comes with, by name: what each is, which fixes it knows, what is expected of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType

from spillproof.model.errors import ModelError
from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.spark.fixes import FIXES, HALVES, PAGES, POOLS, STORAGE
from spillproof.model.spark.fixes.collection import (
    ACCOUNT_GROWTH,
    KEEP_NOTHING,
    NULL_READING_ITERATOR,
    NULL_UPSTREAM,
    SPARK_4452,
    SPARK_11293,
    SPARK_18986,
    SPARK_22713_EXHAUSTION,
    SPARK_22713_FORCED_SPILL,
    SPARK_26114_COMPLETION,
)
from spillproof.model.spark.fixes.memory import (
    RELEASE_ON_FAILURE,
    SPARK_19244,
    SPARK_20250,
    SPARK_23306,
    SPARK_35486,
    SPARK_36933,
    SPARK_48642,
)
from spillproof.model.spark.fixes.raw_map import (
    DROP_LOCATIONS,
    SPARK_19839,
    SPARK_33756,
    SPILL_THE_ONLY_PAGE,
)
from spillproof.model.spark.fixes.shuffle import SPARK_56511_RESET
from spillproof.model.spark.fixes.sorter import SPARK_16873, SPARK_26114_STOP, SWAP_AT_ONCE
from spillproof.model.spark.fixes.storage import SPARK_17491_CLOSE, SPARK_17503, SPARK_18827
from spillproof.model.spark.fixes.unsafe import (
    COUNT_THE_ARRAY,
    DROP_THE_READER,
    SPARK_26265,
    SPARK_27338,
    SPARK_32900,
    SPARK_32901,
    SPARK_32911,
    SPARK_39283,
)
from spillproof.model.spark.releases import RELEASES, fixes_of
from spillproof.model.spark.scenario.executor import ExecutionTasks
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.incident import Incident
from spillproof.model.spark.scenario.lock_orders import LockOrders, Meeting
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.requesting_task import RequestingTask
from spillproof.model.spark.scenario.sampled_task import SampledTask
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.spark.scenario.spillers import FailingSpillers, PartialSpillers, Spillers, Victims
from spillproof.model.spark.scenario.unrolling import Level, Unrolling
from spillproof.model.system import Model

CHIEF = "free_is_unreachable"
GUILTY = "release_frees_what_it_says"
ALLOCATABLE = "acquired_can_be_allocated"
RECORDS = "no_record_lost_or_repeated"
NO_EXCEPTION = "no_exception"
BALANCE = "counters_balance"
HELD = "accounted_is_held"
PEAKS = "transient_peaks_are_accounted"
NO_SHORTAGE = "no_request_goes_short_of_spills"
NEEDED = "no_more_is_spilled_than_needed"
IN_VAIN = "nobody_is_asked_in_vain"
FAILURE = "a_failure_strands_no_bytes"
KILLED = "a_kill_is_no_shortage"
SATISFIED = "a_satisfiable_request_is_satisfied"
NO_ALLOCATION = "no_allocation_in_spill"
NO_DEADLOCK = "no_deadlock"
REPORTS = "a_spill_reports_what_it_freed"

LEAK = frozenset({CHIEF, GUILTY, ALLOCATABLE})
"""The claims that released and still reachable memory violates."""


@dataclass(frozen=True)
class Entry:
    """A model at a scope, under a name."""

    name: str
    summary: str
    model: type[Model]
    scope: Mapping[str, object] = field(default_factory=dict)
    knows_fixes: bool = False
    violated: frozenset[str] | None = frozenset()
    """The names of the claims that are expected to be violated at this scope; all others are expected to hold.
    None where fixes were put in or taken out, so that nothing is expected."""
    repaired: str = ""
    """The name of the same without its fault, for a model that has one and knows no fixes."""

    @property
    def fixes(self) -> tuple[str, ...]:
        """Return the names that `with_fix` and `without_fix` take."""
        return (*HALVES, *FIXES) if self.knows_fixes else ()

    def build(self, **scope: object) -> Model:
        """Return the model, at another scope than usual where one is given (`consumers=3`)."""
        return self.model(**{**self.scope, **scope})

    def with_fix(self, name: str) -> Entry:
        """Return the same with a fix put in. Raises `ModelError` for a fix that it does not know."""
        return self._fixed(f"{self.name} with {name}", self._present() | self._named(name))

    def without_fix(self, name: str) -> Entry:
        """Return the same with a fix taken out. Raises `ModelError` for a fix that it does not know."""
        return self._fixed(f"{self.name} without {name}", self._present() - self._named(name))

    def _present(self) -> frozenset[str]:
        fixes = self.scope.get("fixes", frozenset())
        assert isinstance(fixes, frozenset)
        return fixes

    def _named(self, name: str) -> frozenset[str]:
        if name not in self.fixes:
            raise ModelError(_unknown(f"fix of {self.name}", name, self.fixes))
        return HALVES.get(name, frozenset({name}))

    def _fixed(self, name: str, fixes: frozenset[str]) -> Entry:
        scope = MappingProxyType({**self.scope, "fixes": fixes})
        violated = expected(fixes) if self.model is SparkTask else None
        return Entry(name, self.summary, self.model, scope, knows_fixes=True, violated=violated)


def expected(fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that a Spark task with these fixes violates, at two consumers."""
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


def find(name: str) -> Entry:
    """Return the entry of that name. Raises `ModelError` that says what there is for one that does not exist."""
    if name not in CATALOGUE:
        raise ModelError(_unknown("model", name, CATALOGUE))
    return CATALOGUE[name]


def _unknown(kind: str, name: str, available: Iterable[str]) -> str:
    names = list(available)
    close = get_close_matches(name, names, n=5)
    if close:
        return f"no {kind} is called {name!r}; did you mean {', '.join(close)}?"
    return f"no {kind} is called {name!r}; available: {', '.join(names) or 'none'}"


READINGS: dict[str, tuple[frozenset[str], str]] = {
    "null-reading-iterator": (frozenset({NULL_READING_ITERATOR}), "readingIterator = null"),
    "null-upstream": (frozenset({NULL_UPSTREAM}), "upstream = null, keeping nextUpstream"),
    "null-both": (frozenset({NULL_READING_ITERATOR, NULL_UPSTREAM}), "both null, keeping nextUpstream"),
    "keep-nothing": (frozenset({KEEP_NOTHING}), "upstream = null, keeping nothing"),
}
"""The report's proposal, "setting the upstream/readingIterator to null after the forceSpill() action", in its readings.

Each is a fix of forced spills only. Beside `+exhaustion`, the other half of SPARK-22713, the verdict is on it alone.
"""


LESSONS: tuple[tuple[str, type[Model], str, bool, str, frozenset[str]], ...] = (
    ("pool", PoolThatForgetsToCheck, "checks", False, "A pool that forgets to check", frozenset({ALLOCATABLE})),
    (
        "release",
        ReleaseThatForgetsAReference,
        "forgets",
        True,
        "A release that forgets a reference",
        frozenset({CHIEF, GUILTY}),
    ),
    ("grant", PartialGrant, "looks", False, "A consumer that takes a partial grant for the whole", LEAK),
)
"""Name, model, the switch in its scope and the value that breaks it, summary, and what is violated then."""


def _entries() -> Iterator[Entry]:
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
    yield from _spillable()
    yield from _spillable_more()
    yield from _pools()
    yield from _sorters()
    yield from _raw_sorters()
    yield from _raw_maps()
    yield from _shuffles()
    yield from _locks()
    for forgets in Forgets:
        broken_claims = frozenset[str]() if forgets is Forgets.NEVER else frozenset({CHIEF, GUILTY})
        yield Entry(
            f"yardstick:{forgets.value}",
            f"The yardstick that is written for many tools ({forgets.value}).",
            Yardstick,
            {"consumers": 2, "forgets": forgets},
            violated=broken_claims,
            repaired="" if forgets is Forgets.NEVER else f"yardstick:{Forgets.NEVER.value}",
        )
    for lesson, model, switch, broken, summary, violated in LESSONS:
        repaired = f"lesson:{lesson}+repaired"
        yield Entry(f"lesson:{lesson}", f"{summary}.", model, {switch: broken}, violated=violated, repaired=repaired)
        yield Entry(repaired, f"{summary}, repaired.", model, {switch: not broken})


def _spark(version: str, fixes: frozenset[str], summary: str) -> Entry:
    return Entry(
        f"spark@{version}",
        summary,
        SparkTask,
        {"consumers": 2, "fixes": fixes},
        knows_fixes=True,
        violated=expected(fixes),
    )


def _spillable() -> Iterator[Entry]:
    """The consumers that spill, and the task's manager that asks them to."""
    for release in ("1.6.0", "2.0.0", "2.2.0", "2.3.4", "2.4.0", "3.5.7", "4.0.0"):
        fixes = fixes_of(release)
        starving = frozenset() if SPARK_4452 in fixes else frozenset({NO_SHORTAGE})
        yield Entry(
            f"spark:requests@{release}",
            f"What maps ask for and get, in Spark {release}.",
            RequestingTask,
            {"consumers": 2, "fixes": fixes},
            knows_fixes=True,
            violated=expected(fixes) | starving,
        )
    for release in ("2.4.0", "3.5.7", "4.0.0"):
        yield Entry(
            f"spark:merge@{release}",
            f"Maps that are merged with what they spilled before, in Spark {release}.",
            SparkTask,
            {"consumers": 2, "fixes": fixes_of(release), "merges": True},
            knows_fixes=True,
        )
    for release in ("2.0.0", "2.2.0", "3.3.0", "3.5.7", "4.0.0"):
        yield _spillers("victims", Victims, 3, release, "Consumers that spill all")
    for release in ("2.3.4", "2.4.0", "3.2.0", "3.5.7", "4.0.0"):
        yield _spillers("partial-spills", PartialSpillers, 2, release, "Another task takes what is spilled")
    for release in ("2.1.1", "2.1.2", "3.5.7", "4.0.0", "4.0.0+release-on-failure"):
        yield _spillers("failing-spills", FailingSpillers, 1, release, "Spills that fail")


def _spillable_more() -> Iterator[Entry]:
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
    if SPARK_36933 not in fixes:
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


def _incident(release: str) -> Entry:
    fixes = fixes_of(release)
    violated = frozenset() if SPARK_22713_FORCED_SPILL in fixes else LEAK | {NO_EXCEPTION}
    return Entry(
        f"incident@{release}",
        f"The incident's sizes and steps, as Spark {release} takes them.",
        Incident,
        {"fixes": fixes},
        knows_fixes=True,
        violated=violated,
    )


UNROLLED: dict[Level, str] = {
    Level.VALUES: "unroll-values",
    Level.BYTES: "unroll-bytes",
    Level.OFF_HEAP: "unroll-off-heap",
}
"""What the scenario of each storage level is called."""


def _pools() -> Iterator[Entry]:
    fixes = fixes_of("4.0.0", POOLS)
    summary = "Tasks of Spark 4.0.0 share execution memory: fair shares, and waiting for one."
    yield Entry("spark:execution-pool@4.0.0", summary, ExecutionTasks, {"tasks": 2, "fixes": fixes}, knows_fixes=True)
    for level, name in UNROLLED.items():
        for release in ("2.0.1", "2.1.1", "3.5.7", "4.0.0"):
            fixes = fixes_of(release, STORAGE)
            yield Entry(
                f"spark:{name}@{release}",
                f"Spark {release} puts a block ({level.value}) that may not fit.",
                Unrolling,
                {"level": level, "fixes": fixes},
                knows_fixes=True,
                violated=_unrolling(level, fixes),
            )


def _unrolling(level: Level, fixes: frozenset[str]) -> frozenset[str]:
    """Return the claims that one put at a storage level violates."""
    violated: frozenset[str] = frozenset()
    if level is Level.BYTES or (level is Level.VALUES and SPARK_17503 not in fixes):
        violated |= {CHIEF, GUILTY}
    if level is not Level.VALUES and SPARK_17491_CLOSE not in fixes:
        violated |= {RECORDS}
    if SPARK_17503 in fixes and SPARK_18827 not in fixes:
        violated |= {NO_EXCEPTION}
    return violated


def _sorters() -> Iterator[Entry]:
    for release in ("2.0.0", "2.0.1", "2.4.1", "3.5.7", "4.0.0"):
        yield _sorter(release, fixes_of(release), f"A task of Spark {release}: sorters, iterators, forced spills.")
    yield _sorter(
        "4.0.0+swap-at-once",
        fixes_of("4.0.0") | {SWAP_AT_ONCE},
        "Spark 4.0.0 with the sorter repaired as SPARK-22713 repaired the map.",
    )


def _sorter(version: str, fixes: frozenset[str], summary: str) -> Entry:
    violated = frozenset() if SWAP_AT_ONCE in fixes else LEAK
    if not {SPARK_26114_COMPLETION, SPARK_26114_STOP} <= fixes:
        violated |= {CHIEF, GUILTY}
    if SPARK_16873 not in fixes:
        violated |= {NO_EXCEPTION}
    return Entry(
        f"spark:sorting@{version}",
        summary,
        SortingTask,
        {"sorters": 2, "fixes": fixes},
        knows_fixes=True,
        violated=violated,
    )


def _raw_sorters() -> Iterator[Entry]:
    for release in ("2.0.0", "2.0.1", "3.0.0", "3.1.1", "3.5.7", "4.0.0"):
        summary = f"A task of Spark {release}: pages of raw records, sorted, read, force-spilled."
        yield _raw_sorter(release, fixes_of(release), summary)
    yield _raw_sorter(
        "4.0.0+repaired",
        fixes_of("4.0.0") | {COUNT_THE_ARRAY, DROP_THE_READER},
        "Spark 4.0.0 with a sorter that drops its reader, and counts the array that it frees.",
    )


def _raw_sorter(version: str, fixes: frozenset[str], summary: str) -> Entry:
    violated = frozenset() if DROP_THE_READER in fixes else frozenset({CHIEF, GUILTY})
    if not {SPARK_32900, SPARK_32911} <= fixes:
        violated |= {SATISFIED}
    if SPARK_32901 not in fixes:
        violated |= {NO_ALLOCATION}
    elif COUNT_THE_ARRAY not in fixes:
        violated |= {REPORTS}  # before, an array of the same size took the place of the one that was freed
    return Entry(
        f"spark:raw-sort@{version}",
        summary,
        RawSortTask,
        {"pages": 2, "fixes": fixes, "array_grows": False, "contended": False},
        knows_fixes=True,
        violated=violated,
    )


def _raw_maps() -> Iterator[Entry]:
    for release in ("2.0.0", "3.0.1", "3.5.7", "4.0.0"):
        summary = f"A task of Spark {release}: a map of raw records, filled, reset, read, force-spilled."
        yield _raw_map(release, fixes_of(release, PAGES), summary)
    yield _raw_map(
        "4.0.0+repaired",
        fixes_of("4.0.0", PAGES) | {DROP_LOCATIONS, SPILL_THE_ONLY_PAGE},
        "Spark 4.0.0 with a map that forgets where its records were, and spills its only page.",
    )


def _raw_map(version: str, fixes: frozenset[str], summary: str) -> Entry:
    violated = frozenset() if DROP_LOCATIONS in fixes else frozenset({CHIEF, GUILTY})
    if not {SPARK_19839, SPILL_THE_ONLY_PAGE} <= fixes:
        violated |= {SATISFIED}
    if SPARK_33756 not in fixes:
        violated |= {NO_EXCEPTION}
    return Entry(
        f"spark:raw-map@{version}",
        summary,
        RawMapTask,
        {"pages": 2, "fixes": fixes, "array_grows": False, "contended": False},
        knows_fixes=True,
        violated=violated,
    )


def _shuffles() -> Iterator[Entry]:
    for release in ("2.0.0", "2.3.2", "3.5.7", "4.0.0", "4.3.0"):
        fixes = fixes_of(release, PAGES)
        yield Entry(
            f"spark:shuffle@{release}",
            f"A task of Spark {release} that writes a shuffle: pages of raw records, sorted, spilled, merged.",
            ShuffleTask,
            {"pages": 2, "fixes": fixes, "array_grows": False, "contended": False},
            knows_fixes=True,
            violated=frozenset() if SPARK_56511_RESET in fixes else frozenset({NO_ALLOCATION}),
        )


MEETINGS = {
    Meeting.MAP_ADVANCES: ("map-advances", SPARK_26265),
    Meeting.SORTER_LOADS: ("sorter-loads", SPARK_27338),
    Meeting.SORTER_CLEANS_UP: ("sorter-cleans-up", SPARK_39283),
}
"""For each meeting of threads, what to call it, and the fix that lets them pass."""


def _locks() -> Iterator[Entry]:
    for meeting, (word, fix) in MEETINGS.items():
        for release in ("2.0.0", "2.4.1", "2.4.2", "3.5.7", "4.0.0"):
            fixes = fixes_of(release)
            yield Entry(
                f"spark:locks-{word}@{release}",
                f"Two threads of a task of Spark {release}: one acquires memory while {meeting.value}.",
                LockOrders,
                {"meeting": meeting, "fixes": fixes},
                knows_fixes=True,
                violated=frozenset() if fix in fixes else frozenset({NO_DEADLOCK}),
            )


CATALOGUE: dict[str, Entry] = {entry.name: entry for entry in _entries()}
"""Every entry by name, in the order in which to list them."""
