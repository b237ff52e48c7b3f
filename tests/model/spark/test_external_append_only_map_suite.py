"""ExternalAppendOnlyMapSuite of Spark, and the second window of SPARK-22713, replayed with what they assert."""

from dataclasses import dataclass

import pytest

from spillproof.model.heap import reachable_from
from spillproof.model.oracle import Oracle, consulting
from spillproof.model.spark.collection.append_only_map import Table
from spillproof.model.spark.collection.completion_iterator import CompletionIterator, RecordIterator
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap, ExternalIterator, Stream
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.sampled_task import SampledTask
from spillproof.model.spark.scenario.spark_task import SparkTask

MB = 1 << 20
EVERY = ["1.6.3", "2.0.0", "2.1.3", "2.2.3", "2.3.4", "2.4.0", "3.5.7", "4.0.0"]
SINCE_18986 = EVERY[3:]
KEYS = 100


class Order(Oracle):
    """Takes streams in a fixed order, over and over."""

    def __init__(self, *order: int) -> None:
        self.order = order
        self.taken = 0

    def choose(self, options: int) -> int:
        self.taken += 1
        return min(self.order[self.taken % len(self.order)], options - 1)


@dataclass
class Built:
    """A map with records of one byte, and its iterator."""

    task: SparkTask
    map: ExternalAppendOnlyMap
    iterator: RecordIterator
    table: Table | None

    def pull(self, times: int) -> int:
        """Pull so often, and return how many records came."""
        owed = self.map.owed
        for _ in range(times):
            self.task.pull(self.iterator)
        return owed - self.map.owed

    def is_there(self) -> bool:
        """Whether the table that was built is reachable."""
        return self.table in reachable_from(root.target for root in self.task.roots())


def built(release: str, records: int, capacity: int) -> Built:
    """A map that was built of so many records, of which the pool can hold `capacity`."""
    task = SparkTask(fixes=fixes_of(release), downstream=Downstream.ANY, merges=True).start(capacity=capacity)
    into, _ = task.downstream.building
    for _ in range(records):
        task.insert(into, 1)
    table = into.current_map.data
    task.iterator(into)
    (iterator,) = task.downstream.rdd_iterators
    return Built(task, into, iterator, table)


@pytest.mark.parametrize("release", EVERY)
@pytest.mark.parametrize("records", [1, 3])
def test_inserts(release: str, records: int) -> None:
    """What is put in comes out, and then nothing (single insert, multiple insert)."""
    played = built(release, records, KEYS)

    assert played.pull(records) == records
    assert not played.iterator.has_next()


@pytest.mark.parametrize("release", EVERY)
@pytest.mark.parametrize("order", [(0,), (1,), (0, 1), (1, 1, 0)])
def test_spilling(release: str, order: tuple[int, ...]) -> None:
    """A map that spilled delivers each record once, in whatever order the merge reads its streams (spilling)."""
    played = built(release, 5 * KEYS, KEYS)
    assert isinstance(played.iterator, ExternalIterator)

    with consulting(Order(*order)):
        assert played.pull(5 * KEYS) == 5 * KEYS
    assert (played.iterator.has_next(), played.task.accounted()) == (False, 0)


@pytest.mark.parametrize("release", SINCE_18986)
def test_forced_before_its_iterator(release: str) -> None:
    """A small map that is forced to spill writes its records and says 0: it had asked for nothing (SPARK-18986)."""
    task = SampledTask(fixes=fixes_of(release)).start(capacity=100 * MB, initial_memory_threshold=5 * MB)
    into, consumer = task.downstream.building
    task.insert(into, 50_000)

    assert into.spill(10_000, consumer) == 0
    assert (into.live(), into.remaining(), task.reachable()) == (0, 1, 0)


def test_forced_before_its_iterator_failed() -> None:
    """Until 2.2.0 the same was a failed assertion, in the middle of somebody else's request."""
    task = SampledTask(fixes=fixes_of("2.1.3")).start(capacity=100 * MB, initial_memory_threshold=5 * MB)
    into, consumer = task.downstream.building
    task.insert(into, 50_000)

    with pytest.raises(AssertionError, match="readingIterator"):
        into.spill(10_000, consumer)


@pytest.mark.parametrize(
    ("release", "leaks"), [("2.2.3", True), ("2.3.4", True), ("2.4.0", False), ("3.5.7", False), ("4.0.0", False)]
)
def test_spill_during_iteration(release: str, leaks: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A forced spill after 50 of 100 keys leaves no way to the map, and the other 50 (the test of SPARK-22713)."""
    played = built(release, KEYS, KEYS)
    assert isinstance(played.iterator, CompletionIterator)
    first = played.pull(50)
    played.map.spill(1 << 63, None)

    assert played.is_there() == leaks
    assert (first, played.pull(50), played.iterator.has_next()) == (50, 50, False)


@pytest.mark.parametrize(("release", "leaks"), [("2.2.3", True), ("2.3.4", True), ("2.4.0", False), ("4.0.0", False)])
def test_exhausted(release: str, leaks: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An exhausted map that never spilled is dropped by its owner, and by all else (the other test of SPARK-22713)."""
    played = built(release, KEYS, KEYS)
    played.pull(KEYS + 1)

    assert (played.map.current_map, played.map.spilled_maps, played.iterator.has_next()) == (None, None, False)
    assert played.is_there() == leaks


@pytest.mark.parametrize("release", SINCE_18986)
def test_two_aggregations_in_one_task(release: str) -> None:
    """Two maps that force each other to spill complete without an error (force to spill for external aggregation)."""
    task = SparkTask(fixes=fixes_of(release), downstream=Downstream.ANY, merges=True).start(capacity=KEYS)
    first, second = task.downstream.building
    for each in (first, second, first, second):
        for _ in range(KEYS // 2 + 1):
            task.insert(each, 1)
    task.iterator(first)
    for _ in range(KEYS):
        task.insert(second, 1)
    task.iterator(second)
    with consulting(Order(0, 1)):
        while task.downstream.rdd_iterators:
            task.pull(next(iter(task.downstream.rdd_iterators)))

    assert (first.owed, second.owed, task.accounted()) == (0, 0, 0)


# The second window: a map that had spilled before


@pytest.mark.parametrize(
    ("release", "after_spill", "after_files", "after_map"),
    [("2.2.3", True, True, False), ("2.3.4", True, True, False), ("2.4.0", False, False, False)],
)
def test_second_window(release: str, after_spill: bool, after_files: bool, after_map: bool) -> None:  # noqa: FBT001 - parameters
    """After a merge's map was force-spilled, it stays until that one stream advances, however many files are read."""
    played = built(release, 5 * KEYS, KEYS)
    assert isinstance(played.iterator, ExternalIterator)
    played.map.spill(1, None)
    seen = [played.is_there()]
    for _ in range(KEYS):
        played.iterator.take(Stream.FILES)
    seen.append(played.is_there())
    played.iterator.take(Stream.MAP)
    seen.append(played.is_there())

    assert seen == [after_spill, after_files, after_map]
