"""ExternalSorter: its two repairs are load-bearing, and the repair that it never got would be."""

import pytest

from spillproof.model.catalogue import find
from spillproof.model.heap import path_to, reachable_from
from spillproof.model.spark.collection.append_only_map import Table
from spillproof.model.spark.collection.completion_iterator import CompletionIterator
from spillproof.model.spark.collection.external_sorter import ExternalSorter, MergedIterator, NullPointerException
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.sorter import SWAP_AT_ONCE
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved

CURRENT = ("3.5.7", "4.0.0")
REPAIRED = fixes_of("4.0.0") | {SWAP_AT_ONCE}


# Every fix is load-bearing


@pytest.mark.parametrize(
    "downstream",
    [pytest.param(each, marks=[] if each is Downstream.ANY else [pytest.mark.thorough]) for each in Downstream],
)
@pytest.mark.thorough
def test_repaired(downstream: Downstream) -> None:
    """With SPARK-22713's repair carried over, every claim is proved, in whatever order iterators are pulled."""
    report = check(SortingTask(sorters=2, fixes=REPAIRED, downstream=downstream))

    assert all(isinstance(result.verdict, Proved) for result in report.results)


@pytest.mark.parametrize("aggregator", [False, True])
@pytest.mark.parametrize("release", [pytest.param(CURRENT[0], marks=pytest.mark.slow), *CURRENT[1:]])
@pytest.mark.thorough
def test_current_releases(release: str, aggregator: bool) -> None:  # noqa: FBT001 - a parameter
    """Spark 3.5 and 4.0 release the memory of a sorter that stays reachable, with an aggregator or without."""
    report = check(SortingTask(sorters=2, fixes=fixes_of(release), aggregator=aggregator), witnesses=False)

    assert frozenset(result.claim.name for result in report.violated()) == find(f"spark:sorting@{release}").violated


# Step by step

SIZE = 10


def filled(fixes: frozenset[str], records: int, capacity: int) -> tuple[SortingTask, ExternalSorter, ExternalSorter]:
    """A task with two sorters, of which the first has got records of 10 bytes and is about to be read."""
    task = SortingTask(sorters=2, fixes=fixes, downstream=Downstream.ANY).start(capacity=capacity)
    s1, s2 = task.downstream.building
    for _ in range(records):
        task.insert(s1, SIZE)
    return task, s1, s2


def begun(task: SortingTask, sorter: ExternalSorter) -> CompletionIterator:
    """The iterator over a sorter that is read from now on."""
    before = set(task.downstream.iterators)
    task.iterator(sorter)
    (iterator,) = set(task.downstream.iterators) - before
    return iterator


def read(task: SortingTask, iterator: CompletionIterator) -> None:
    """Pull until the end was found."""
    while not iterator.completed:
        task.pull(iterator)


def table_of(sorter: ExternalSorter) -> Table:
    """The array with the records in memory."""
    assert sorter.collection is not None
    assert sorter.collection.data is not None
    return sorter.collection.data


def is_reachable(task: SortingTask, table: Table) -> bool:
    """Whether an array is still reachable from the roots."""
    return table in reachable_from(root.target for root in task.roots())


@pytest.mark.parametrize("release", CURRENT)
def test_the_reference_path(release: str) -> None:
    """After a forced spill the task's memory manager leads to the array that was declared free, until the next pull."""
    task, s1, s2 = filled(fixes_of(release), records=3, capacity=30)
    table = table_of(s1)
    iterator = begun(task, s1)
    task.insert(s2, SIZE)
    path = path_to(table, task.roots())

    assert (s1.used, s2.used) == (0, SIZE)
    assert path is not None
    assert [each.name for each in path] == [
        "task_memory_manager",
        "consumers",
        "reading_iterator",
        "upstream",
        "outer",
        "data",
    ]
    assert not free_is_unreachable(task)
    task.pull(iterator)
    assert free_is_unreachable(task)


def test_the_window_may_never_close() -> None:
    """If the part in memory is read to its end and files are not, no further pull reaches its iterator before the end.

    Two records go to a file (the third does not fit), the fourth stays in memory; it is read, then the sorter is
    force-spilled, and while the file is read the array stays.
    """
    task, s1, s2 = filled(fixes_of("4.0.0"), records=4, capacity=25)
    table = table_of(s1)
    iterator = begun(task, s1)
    assert isinstance(iterator.sub, MergedIterator)
    task.pull(iterator)
    task.insert(s2, 2 * SIZE)
    assert (s1.used, s2.used) == (0, 2 * SIZE)
    seen = []
    while not iterator.completed:
        seen.append(is_reachable(task, table))
        task.pull(iterator)

    assert seen == [True] * 4
    assert not is_reachable(task, table)


def test_a_sorter_is_not_forced_before_it_is_read() -> None:
    """While it is filled a sorter frees nothing for others: whoever asks spills itself."""
    task, s1, s2 = filled(fixes_of("4.0.0"), records=3, capacity=30)
    task.insert(s2, SIZE)

    assert (s1.used, s2.used) == (30, 0)
    assert s2.spills is not None


# ExternalSorterSuite and CompletionIteratorSuite


@pytest.mark.parametrize("aggregator", [False, True])
@pytest.mark.parametrize("release", ["2.0.0", "2.4.0", "2.4.1", "4.0.0"])
def test_spilling(release: str, aggregator: bool) -> None:  # noqa: FBT001 - a parameter
    """Ten records through a pool for three: it has spilled, and all ten are read (ExternalSorterSuite "spilling")."""
    task = SortingTask(sorters=1, fixes=fixes_of(release), aggregator=aggregator).start(capacity=30)
    (sorter,) = task.downstream.building
    for _ in range(10):
        task.insert(sorter, SIZE)
    spilled = sorter.spills is not None
    read(task, begun(task, sorter))

    assert spilled
    assert (sorter.owed, task.accounted()) == (0, 0)


@pytest.mark.parametrize("release", ["2.0.1", "2.4.0", "4.0.0"])
@pytest.mark.parametrize("pulls", range(4))
def test_force_to_spill(release: str, pulls: int) -> None:
    """Forced to spill at any point of reading, every record is read once ("force to spill for external sorter")."""
    task, s1, s2 = filled(fixes_of(release), records=3, capacity=30)
    iterator = begun(task, s1)
    for _ in range(pulls):
        task.pull(iterator)
    task.insert(s2, SIZE)
    read(task, iterator)

    assert (s1.owed, s1.used) == (0, 0)


def test_empty_rest() -> None:
    """Until SPARK-16873 a forced spill with all records read failed; then it frees the memory."""
    for fixes, fails in ((fixes_of("2.0.0"), True), (fixes_of("2.0.1"), False)):
        task, s1, s2 = filled(fixes, records=1, capacity=10)
        begun(task, s1)
        if fails:
            with pytest.raises(NullPointerException):
                task.insert(s2, SIZE)
        else:
            task.insert(s2, SIZE)
            assert (s1.used, s2.used) == (0, SIZE)


@pytest.mark.parametrize(("release", "keeps"), [("2.4.0", True), ("2.4.1", False), ("4.0.0", False)])
def test_completion_drops_what_it_wrapped(release: str, keeps: bool) -> None:  # noqa: FBT001 - a parameter
    """After completion what was iterated is unreachable (CompletionIteratorSuite); it was not before SPARK-26114."""
    task, s1, _ = filled(fixes_of(release), records=2, capacity=30)
    table = table_of(s1)
    iterator = begun(task, s1)
    read(task, iterator)

    assert is_reachable(task, table) == keeps
    assert (iterator.sub is None) == (not keeps)


def test_listeners_stop_what_is_not_read() -> None:
    """A task that ends before a sorter is read stops it by its listener, and again does no harm."""
    task, s1, _ = filled(fixes_of("4.0.0"), records=2, capacity=30)
    begun(task, s1)
    task.end_task()
    s1.stop()

    assert (s1.used, task.accounted(), task.reachable()) == (0, 0, 0)


def test_a_sorter_is_forced_once() -> None:
    """What has spilled has nothing to give the next time, and releases nothing."""
    task, s1, s2 = filled(fixes_of("4.0.0"), 2, 100)
    task.iterator(s1)

    assert s1.spill(SIZE, s2) == 2 * SIZE
    assert not s1.force_spill()
    assert (s1.spill(SIZE, s2), s1.used) == (0, 0)
