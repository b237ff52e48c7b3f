"""What was measured on released Sparks, and what their suites assert, holds of the model."""

from dataclasses import dataclass

import pytest

from spillproof.model.heap import path_to, reachable_from
from spillproof.model.spark.collection.append_only_map import Table
from spillproof.model.spark.collection.completion_iterator import CompletionIterator
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap, NullPointerException
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.collection import (
    KEEP_NOTHING,
    NULL_READING_ITERATOR,
    NULL_UPSTREAM,
    SPARK_22713_EXHAUSTION,
    SPARK_22713_FORCED_SPILL,
)
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.data import no_record_lost_or_repeated

LEAKING = ["2.2.0", "2.3.4"]
REPAIRED = ["2.4.0", "2.4.1", "3.3.0", "4.0.0"]
EVERY = ["2.0.0", "2.1.3", *LEAKING, *REPAIRED]

RECORDS = 5
SIZE = 10


@dataclass
class Played:
    """A task in which E1 holds 5 records of 10 bytes, all that the pool has, and is being read."""

    task: SparkTask
    e1: ExternalAppendOnlyMap
    e2: ExternalAppendOnlyMap
    table: Table
    iterator: CompletionIterator

    def pull(self, times: int) -> None:
        for _ in range(times):
            self.task.pull(self.iterator)

    def force(self) -> None:
        """E2 needs memory, and there is none but E1's."""
        self.task.insert(self.e2, SIZE)

    def table_is_reachable(self) -> bool:
        return self.table in reachable_from(root.target for root in self.task.roots())


def play(fixes: frozenset[str], inserts: int = RECORDS) -> Played:
    """Insert records into E1 and begin to read it."""
    task = SparkTask(fixes=fixes, downstream=Downstream.ANY).start(capacity=RECORDS * SIZE)
    e1, e2 = task.downstream.building
    for _ in range(inserts):
        task.insert(e1, SIZE)
    assert e1.current_map is not None
    assert e1.current_map.data is not None
    table = e1.current_map.data
    task.iterator(e1)
    (iterator,) = task.downstream.rdd_iterators
    assert isinstance(iterator, CompletionIterator)
    return Played(task, e1, e2, table, iterator)


@pytest.mark.parametrize("pulls", [0, 2])
@pytest.mark.parametrize(
    ("release", "leaks"), [*((each, True) for each in ["2.0.0", *LEAKING]), *((each, False) for each in REPAIRED)]
)
def test_forced_spill_during_iteration(release: str, leaks: bool, pulls: int) -> None:  # noqa: FBT001 - a parameter
    """A forced spill while a map is read releases all its memory; until 2.4.0 the map stays reachable (SPARK-22713)."""
    played = play(fixes_of(release))
    played.pull(pulls)
    played.force()

    assert (played.e1.used, played.e2.used) == (0, SIZE)
    assert played.table_is_reachable() == leaks
    assert bool(free_is_unreachable(played.task)) == (not leaks)


@pytest.mark.parametrize("release", LEAKING)
def test_one_more_pull(release: str) -> None:
    """Before the fix, the next pull replaces upstream, and the map is free."""
    played = play(fixes_of(release))
    played.force()
    played.pull(1)

    assert not played.table_is_reachable()


@pytest.mark.parametrize(
    ("release", "leaks"), [*((each, True) for each in LEAKING), *((each, False) for each in REPAIRED)]
)
def test_exhaustion_without_spill(release: str, leaks: bool) -> None:  # noqa: FBT001 - a parameter
    """At the end of its iterator a map is released; until 2.4.0 it stays reachable although downstream dropped it."""
    played = play(fixes_of(release))
    played.pull(RECORDS + 1)

    assert (played.e1.used, len(played.task.downstream.rdd_iterators)) == (0, 0)
    assert played.table_is_reachable() == leaks


@pytest.mark.parametrize(
    ("half", "forced", "exhausted"),
    [
        (SPARK_22713_FORCED_SPILL, False, True),
        (SPARK_22713_EXHAUSTION, True, False),
    ],
)
def test_halves_of_the_fix(half: str, forced: bool, exhausted: bool) -> None:  # noqa: FBT001 - parameters
    """Each half of SPARK-22713 repairs its own leak and not the other."""
    spilled, read = (play(fixes_of("2.3.4") | {half}) for _ in range(2))
    spilled.force()
    read.pull(RECORDS + 1)

    assert (spilled.table_is_reachable(), read.table_is_reachable()) == (forced, exhausted)


@pytest.mark.parametrize(
    ("reading", "leaks", "records"),
    [
        ({NULL_READING_ITERATOR}, True, RECORDS),
        ({NULL_UPSTREAM}, False, RECORDS),
        ({NULL_READING_ITERATOR, NULL_UPSTREAM}, False, RECORDS),
        ({KEEP_NOTHING}, False, 1),
    ],
)
def test_readings_of_the_proposal(reading: set[str], leaks: bool, records: int) -> None:  # noqa: FBT001 - a parameter
    """Only `upstream = null` frees the map, and only if what was spilled is kept for the next pull."""
    played = play(fixes_of("2.3.4") | reading)
    played.force()

    assert played.table_is_reachable() == leaks
    assert bool(no_record_lost_or_repeated(played.task)) == (records == RECORDS)
    assert delivered(played) == records


@pytest.mark.parametrize(("reading", "expected"), [({NULL_UPSTREAM}, 0), (set(), 0)])
def test_second_forced_spill(reading: set[str], expected: int) -> None:
    """A second forced spill finds nothing to spill and says so."""
    played = play(fixes_of("2.3.4") | reading)
    played.force()

    assert played.e1.spill(SIZE, played.e2) == expected


def test_second_forced_spill_without_reading_iterator() -> None:
    """With readingIterator null, a second forced spill would be a NullPointerException."""
    played = play(fixes_of("2.3.4") | {NULL_READING_ITERATOR})
    played.force()

    with pytest.raises(NullPointerException, match="currentMap"):
        played.e1.spill(SIZE, played.e2)


def delivered(played: Played) -> int:
    """How many records E1's iterator still delivers."""
    count = 0
    while played.iterator in played.task.downstream.rdd_iterators:
        owed = played.e1.owed
        played.pull(1)
        count += owed - played.e1.owed
    return count


@pytest.mark.parametrize("release", EVERY)
@pytest.mark.parametrize("pulls", range(RECORDS + 2))
def test_every_record_once(release: str, pulls: int) -> None:
    """Whenever a forced spill comes, each record is delivered once."""
    played = play(fixes_of(release))
    played.pull(pulls)
    played.force()

    assert min(pulls, RECORDS) + delivered(played) == RECORDS


@pytest.mark.parametrize("release", EVERY)
def test_every_record_once_after_self_spill(release: str) -> None:
    """Records that were spilled while the map was built are delivered after those in memory, each once."""
    played = play(fixes_of(release), inserts=3 * RECORDS)
    before = played.e1.owed
    played.pull(2)
    played.force()

    assert (before, 2 + delivered(played)) == (3 * RECORDS, 3 * RECORDS)


def test_record_bigger_than_the_pool() -> None:
    """A record that no pool could hold goes to disk, and everything is released."""
    task = SparkTask(fixes=fixes_of("4.0.0")).start(capacity=1)
    e1, _ = task.downstream.building
    task.insert(e1, 2)

    assert (task.accounted(), task.reachable(), e1.remaining()) == (0, 0, 1)


@pytest.mark.parametrize("release", ["2.0.0", "2.1.3"])
def test_forced_spill_before_iterator_fails(release: str) -> None:
    """Until SPARK-18986, a forced spill of a map that is not read yet fails an assertion."""
    task, e1, e2 = two_maps(release)
    task.insert(e1, 1)

    with pytest.raises(AssertionError, match="readingIterator"):
        task.insert(e2, 1)


@pytest.mark.parametrize("release", [*LEAKING, *REPAIRED])
def test_forced_spill_before_iterator(release: str) -> None:
    """Since SPARK-18986 a map that is not read yet is spilled, released and free, and can be built on."""
    task, e1, e2 = two_maps(release)
    task.insert(e1, 1)
    task.insert(e2, 1)
    after = (e1.used, e2.used, task.reachable(), e1.remaining())
    task.insert(e1, 1)

    assert after == (0, 1, 1, 1)
    assert (e1.used, e1.remaining()) == (1, 2)


def test_self_trigger_frees_nothing() -> None:
    """A map is never force-spilled for its own sake: the suite asserts that spill then returns 0."""
    task, e1, _ = two_maps("4.0.0")
    task.insert(e1, 1)

    assert e1.spill(10_000, e1) == 0


def two_maps(release: str) -> tuple[SparkTask, ExternalAppendOnlyMap, ExternalAppendOnlyMap]:
    """Begin a task with two empty maps and room for one byte."""
    task = SparkTask(fixes=fixes_of(release)).start(capacity=1)
    e1, e2 = task.downstream.building
    return task, e1, e2


def test_path_to_gc_roots() -> None:
    """The path to the leaked table is the one in the report's heap dump."""
    played = play(fixes_of("2.3.4"))
    played.force()
    path = path_to(played.table, played.task.roots())
    assert path is not None
    names = " ▸ ".join(reference.name for reference in path)

    assert names == "task_memory_manager ▸ consumers ▸ reading_iterator ▸ upstream ▸ outer ▸ data"
