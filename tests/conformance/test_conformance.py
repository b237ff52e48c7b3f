"""The models of Spark do what Spark does: the released classes, driven step by step, on each of several releases.

`make conformance-quick` takes two releases, `make conformance` all of them; without either, these tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from docs.pages.releases import executed
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.replay.real.comparison import Compared, compare
from spillproof.counterexamples.replay.real.driver import Driver
from spillproof.counterexamples.replay.real.expectation import expectations
from spillproof.counterexamples.replay.real.library import GALLERY, find_all, library
from spillproof.counterexamples.replay.real.session import Wanted, scale, take
from spillproof.counterexamples.replay.real.spark_text import short
from spillproof.counterexamples.replay.variant import retake
from spillproof.model.spark.fixes import HALVES, PAGES, POOLS, STORAGE, TASK
from spillproof.model.spark.fixes.raw_map import FREE_THE_SORTERS_ARRAY as FREE
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.system import Model
from tests.conformance import unrolling
from tests.conformance.byte_task import MANNERS, ByteTask
from tests.conformance.conftest import WANTED, Release, Tally
from tests.conformance.lockstep import Lockstep, fits
from tests.conformance.paged import PAGE
from tests.conformance.raw_map import ARRAY, RawMap
from tests.conformance.raw_sorter import ARRAY as POINTERS
from tests.conformance.raw_sorter import RawSorter, ShuffleSorter
from tests.conformance.shared_memory import TASKS, SharedMemory
from tests.conformance.sharing import TASKS as SHARING
from tests.conformance.sharing import Sharing
from tests.conformance.storage import RDDS, History, Storage, history_of

pytestmark = pytest.mark.conformance

FULL = WANTED == "full"

quick_only = pytest.mark.skipif(FULL, reason="make conformance-quick does it")


# From the model to Spark


def test_each_run_of_the_library_goes_as_the_model_says(release: Release) -> None:
    """Every counterexample and witness, on the model of the release and on the release, step by step: accounting,
    exceptions, and what is released and reachable, which is there on the releases of which the model says so only.
    """
    parted = []
    for found in taken_library(release, release.spark.fixes()):
        release.tally.count("library", len(found.real) - 1)
        if found.parted is not None:
            release.tally.disagree("library")
            parted.append(([each.spelled for each in found.model[: found.parted + 1]], found.words))

    assert parted == []
    assert release.tally.runs["library"] == len(library()) > 40


def test_a_date_is_what_a_release_does(release: Release) -> None:
    """Where a release is a neighbour of a date, running it anew gives what is kept."""
    name = release.spark.release
    kept = executed.executed().get(name, {})

    assert {fix: executed.outcome(release.worker, fix) for fix in kept} == kept


@pytest.mark.slow
def test_the_library_is_what_the_checker_finds() -> None:
    """The runs that are kept are those that checking finds anew."""
    assert find_all() == library()


def taken_library(release: Release, fixes: frozenset[str]) -> Iterator[Compared]:
    """Yield each run of the library, taken on a release and held against a model with these fixes."""
    for known in library():
        model = known.asked()
        retaken = retake(known.trace(), type(model)(**{**model.scope, "fixes": fixes}))
        run = expectations(retaken.moments)
        yield compare(Driver(release.worker, scale(run, retaken)), run)


@pytest.mark.parametrize(
    "fix", ["SPARK-18986", *sorted(HALVES["SPARK-22713"]), "SPARK-26114", "proposal-sorter-swaps-at-once"]
)
def test_a_model_with_another_history_is_caught(fix: str, release: Release) -> None:
    """The model with a fix that the release has not, or without one that it has, does not do what the release does:
    some run of the library shows it, so that agreement says something.
    """
    fixes = release.spark.fixes() ^ HALVES.get(fix, frozenset({fix}))

    assert any(found.parted is not None for found in taken_library(release, fixes))


def test_the_heap_overflows_where_the_model_says(release: Release) -> None:
    """E1 and E2 really allocate what they are granted: the heap overflows on releases whose model keeps E1, and only
    there.
    """
    spark = release.spark
    taken = take(itf.read(GALLERY / "spark-22713-forced-spill" / "run.itf.json"), Wanted(spark, "300m", allocate=True))
    assert taken.allocated is not None
    release.tally.count("overflow", len(taken.compared.real) - 1)
    if not taken.agree:
        release.tally.disagree("overflow")

    expected = 3 if "SPARK-22713-forced-spill" not in spark.fixes() else None
    assert (taken.allocated.plan.overflows, taken.allocated.raised) == (expected, expected)


def test_the_references_are_those_of_the_heap_dump(release: Release) -> None:
    """What keeps E1 on releases before 2.4.0 is what the report's heap dump shows, and the chain through downstream."""
    spark = release.spark
    taken = take(itf.read(GALLERY / "spark-22713-forced-spill" / "run.itf.json"), Wanted(spark, evidence=True))
    told = [[short(link) for link in links] for _, links in taken.compared.real[-1].chains]

    ends = ["ExternalAppendOnlyMap$SpillableIterator.upstream", "SizeTrackingAppendOnlyMap"]
    if "SPARK-22713-forced-spill" in spark.fixes():
        assert told == []
    else:
        assert [links[0] for links in told] == ["task memory manager", "downstream's iterator over E1"]
        assert all(each in links for links in told for each in ends)
        assert "ExternalAppendOnlyMap.readingIterator" in told[0]


@pytest.mark.slow
def test_each_run_of_unrolling_goes_as_the_model_says(release: Release) -> None:
    """Every counterexample and witness of the models of unrolling, on the model of the release and on the release: what
    is reserved, what can be reached, and what is kept.
    """
    history = history_of(release.spark)
    for trace in unrolling.runs():
        for step, model, spark in unrolling.take(release.worker, history, trace):
            release.tally.count("storage in the heap", 1)
            assert model == spark, (trace.model, trace.claims, step)

    assert len(unrolling.runs()) > 10


# At random, in both


KINDS = (
    "bytes",
    "modes",
    "tasks",
    "managed tasks",
    "raw maps",
    "raw maps in the heap",
    "sorted maps",
    "sorted maps in the heap",
    "raw sorters",
    "raw sorters in the heap",
    "shuffle sorters",
    "storage",
    "storage in the heap",
    "maps",
    "maps in the heap",
    "maps by number",
    "sorters",
    "sorters in the heap",
    "sorters by number",
)


PAGES_IN_THE_HEAP = ("raw maps in the heap", "sorted maps in the heap", "raw sorters in the heap")
"""A page that was freed has its bytes until 2.3.0, which the models leave out."""


@pytest.mark.parametrize("kind", KINDS)
def test_random_runs_go_alike(kind: str, release: Release) -> None:
    """Hypothesis takes steps in the model and on Spark, and looks at both after each; it shrinks what differs."""
    if kind in PAGES_IN_THE_HEAP and release.spark.release < "2.3":
        pytest.skip("a page that was freed has its bytes")
    fixes = release.spark.fixes(FAMILIES.get(kind, TASK))
    try:
        _random_runs(kind, release, fixes, [Phase.generate, Phase.shrink])
    except AssertionError:
        release.tally.disagree(kind)
        raise


@quick_only
def test_how_often_a_victim_is_asked_is_seen(release: Release) -> None:
    """A model in which a victim is asked as often as in the other half of Spark's history does not do the same."""
    fixes = release.spark.fixes() ^ {"SPARK-23306"}

    with pytest.raises(AssertionError, match="the model has"):
        _random_runs("bytes", Release(release.worker, Tally(), release.spark), fixes, [Phase.generate])


def of_one_release(release: Release, wanted: str) -> None:
    """Skip what takes many runs in the other releases, where it would show the same."""
    if release.tally.release != wanted:
        pytest.skip(f"seen in {wanted}")


@quick_only
@pytest.mark.parametrize("fix", ["SPARK-12155", "SPARK-4715"])
def test_how_tasks_share_is_seen(fix: str, release: Release) -> None:
    """A model of the pool with one fix less does not do the same."""
    of_one_release(release, "2.3.4")
    fixes = release.spark.fixes(POOLS) ^ {fix}

    with pytest.raises(AssertionError, match="the model has"):
        _random_runs("tasks", Release(release.worker, Tally(), release.spark), fixes, [Phase.generate])


def wait_for_storage(release: Release, fixes: frozenset[str]) -> SharedMemory:
    """One task has all that storage leaves, another waits; storage is given up, and the first gives back a byte."""
    shared = SharedMemory(release.worker, fixes, 40, 20)
    shared.store(20)
    shared.acquire(0, 20)
    shared.acquire(1, 10)
    shared.drop(20)
    assert shared.waits(1)
    shared.release(0, 1)
    return shared


def test_who_is_woken_takes_what_storage_gave_up(release: Release) -> None:
    """Storage that is given up wakes nobody; who is woken by a task looks at storage again, and gets all it wants."""
    assert wait_for_storage(release, release.spark.fixes(POOLS)).used(1) == 10


@pytest.mark.parametrize("fix", ["SPARK-12253", "proposal-wake-on-storage-release"])
def test_a_pool_that_wakes_otherwise_is_caught(fix: str, release: Release) -> None:
    """A model that does not look at storage again, or is woken by storage, does not do the same."""
    with pytest.raises(AssertionError, match="the model has"):
        wait_for_storage(release, release.spark.fixes(POOLS) ^ {fix})


def take_what_is_spilled(release: Release, fixes: frozenset[str]) -> Sharing:
    """A task has all, another waits; a consumer of the first makes another one spill, half of what it has at a time."""
    run = Sharing(release.worker, fixes, 100)
    run.acquire(0, 1, 100)
    run.acquire(1, 0, 40)
    assert run.waits(1)
    run.acquire(0, 2, 10)
    return run


def test_another_task_takes_what_is_spilled(release: Release) -> None:
    """Of 50 bytes that are spilled for 10 the other task gets its 40, and by its share the first gets nothing. Since
    SPARK-23306 another 25 are spilled, for the 10.
    """
    fixes = release.spark.fixes((*TASK, *POOLS))
    run = take_what_is_spilled(release, fixes)

    left, got = (25, 10) if "SPARK-23306" in fixes else (50, 0)
    assert (run.used(1, 0), run.used(0, 1), run.used(0, 2)) == (40, left, got)


def test_a_manager_that_asks_otherwise_is_caught(release: Release) -> None:
    """A model in which a victim is asked as often as in the other half of Spark's history does not do the same."""
    with pytest.raises(AssertionError, match="the model has"):
        take_what_is_spilled(release, release.spark.fixes((*TASK, *POOLS)) ^ {"SPARK-23306"})


def fill_and_read(release: Release, fixes: frozenset[str]) -> None:
    """A map grows its array, is reset, is filled again, and read."""
    run = RawMap(release.worker, fixes, 8 * ARRAY + 100 * PAGE)
    for _ in range(60):
        run.append()
    run.reset()
    run.append()
    run.read()


@pytest.mark.parametrize("fix", ["SPARK-18208", "SPARK-19839"])
def test_when_a_raw_map_frees_its_array_is_seen(fix: str, release: Release) -> None:
    """A model that keeps its array when it is reset, or when it is read, where the release does not, or the other way
    round, does not do the same.
    """
    fixes = release.spark.fixes(PAGES)
    fill_and_read(release, fixes)

    with pytest.raises(AssertionError, match="the model has"):
        fill_and_read(release, fixes ^ {fix})


def refuse_and_free(release: Release, fixes: frozenset[str]) -> None:
    """A map is reset while others wait for its array, and then freed."""
    run = RawMap(release.worker, fixes, ARRAY + PAGE)
    run.append()
    run.wait(others=True)
    run.reset()
    assert not run.is_open
    run.end()


def test_a_map_that_frees_its_array_twice_is_caught(release: Release) -> None:
    """Where a release frees its array once more, a model that does not is caught; where it does not, both go alike."""
    fixes = release.spark.fixes(PAGES) | {"SPARK-29244"}

    if "SPARK-29244" in release.spark.fixes(PAGES):
        refuse_and_free(release, fixes)
    else:
        with pytest.raises(AssertionError, match="free: the model"):
            refuse_and_free(release, fixes)


def free_while_it_is_read(release: Release, fixes: frozenset[str]) -> None:
    """A map of two pages is freed while the first is read."""
    run = RawMap(release.worker, fixes, ARRAY + 2 * PAGE, looking=True)
    run.append()
    run.append()
    run.read()
    run.next()
    run.free()


def test_the_place_of_an_iterator_is_seen(release: Release) -> None:
    """A model in which an iterator has a place of its own where in the release it has the map's, or the other way
    round, does not keep the same bytes. Before 2.3.0 pages keep theirs.
    """
    if release.spark.release < "2.3":
        pytest.skip("a page that was freed has its bytes")
    fixes = release.spark.fixes(PAGES)
    free_while_it_is_read(release, fixes)

    with pytest.raises(AssertionError, match="free: the model has"):
        free_while_it_is_read(release, fixes ^ {"SPARK-31511"})


@quick_only
@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        ("raw sorters", "SPARK-21907"),
        ("raw sorters", "SPARK-27558"),
        ("raw sorters", "SPARK-32900"),
        ("raw sorters", "SPARK-32911"),
        ("shuffle sorters", "SPARK-25081"),
        ("shuffle sorters", "SPARK-56511-usage"),
        ("shuffle sorters", "SPARK-14363"),
    ],
)
def test_a_consumer_of_pages_with_another_history_is_caught(kind: str, fix: str, release: Release) -> None:
    """With a fix that the release has not, or without one that it has, the model does not do the same."""
    of_one_release(release, "2.4.0")
    fixes = release.spark.fixes(PAGES) ^ {fix}

    with pytest.raises(AssertionError, match="the model"):
        _random_runs(kind, Release(release.worker, Tally(), release.spark), fixes, [Phase.generate])


def ask_beside_a_map(release: Release, fixes: frozenset[str]) -> None:
    """A map that has its number of records takes one more, for which there is no room beside another map."""
    model = NumberedTask(fixes=fixes, downstream=Downstream.ANY, consumers=2, spill_after=1)
    run = Lockstep(release.worker, model, 4, looking=False)
    for which, size in ((0, 1), (0, 1), (1, 1), (0, 2)):
        assert run.step("insert", run.consumer(which), size)


def ask_beside_a_sorter(release: Release, fixes: frozenset[str]) -> None:
    """A sorter comes to its number with a record for which there is no room beside another, which is being read."""
    model = SortingTask(fixes=fixes, downstream=Downstream.ANY, sorters=2, spill_after=1)
    run = Lockstep(release.worker, model, 3, looking=False)
    assert run.step("insert", run.consumer(1), 1)
    assert run.step("iterator", run.consumer(1))
    assert run.step("insert", run.consumer(0), 1)
    assert run.step("insert", run.consumer(0), 2)


def force_and_go_on(release: Release, fixes: frozenset[str]) -> None:
    """A map is forced to spill its only record, and takes two more: together they are more than its number."""
    model = NumberedTask(fixes=fixes, downstream=Downstream.ANY, consumers=2, spill_after=1)
    run = Lockstep(release.worker, model, 4, looking=False)
    for which, size in ((0, 1), (1, 4), (0, 1), (0, 1)):
        assert run.step("insert", run.consumer(which), size)


def sort_what_is_too_much(release: Release, fixes: frozenset[str]) -> None:
    """A map has more records than its array has room for in a sort, as a key repeats; it is sorted, and freed."""
    run = RawMap(release.worker, fixes, 4 * ARRAY + 60 * PAGE)
    run.append()
    while not run.map.is_overfull:
        run.repeat()
    run.sort()
    if run.is_open:
        assert run.used() == ARRAY + (0 if FREE in fixes else run.larger)
    run.end()


NUMBERED = {
    "SPARK-49386": (ask_beside_a_map, ask_beside_a_sorter),
    "proposal-count-anew": (force_and_go_on,),
    FREE: (sort_what_is_too_much,),
}


@pytest.mark.parametrize("fix", NUMBERED)
def test_a_number_and_a_sort_are_as_in_the_release(fix: str, release: Release) -> None:
    """The runs that the next test takes with another history go alike."""
    for run in NUMBERED[fix]:
        if run is force_and_go_on and release.spark.release < "2.2":
            continue  # a map that is filled cannot be forced to spill (SPARK-18986)
        run(release, release.spark.fixes((*TASK, *PAGES)))


@pytest.mark.parametrize("fix", NUMBERED)
def test_a_number_or_a_sort_with_another_history_is_caught(fix: str, release: Release) -> None:
    """With the fix, where the release has it not, or the other way round, the model does not do the same: it asks for
    what it gives back at once, goes on counting what is gone, or keeps an array that nobody frees.
    """
    for run in NUMBERED[fix]:
        if release.spark.release < "2.2.2" and run in (force_and_go_on, sort_what_is_too_much):
            continue  # the first fails otherwise, and the second has no larger array
        with pytest.raises(AssertionError):
            run(release, release.spark.fixes((*TASK, *PAGES)) ^ {fix})


def unroll_and_evict(release: Release, history: History) -> None:
    """Blocks give way to execution and to each other; two puts do not fit, and what they unrolled is read."""
    run = Storage(release.worker, history, 20000, 10000)
    for _ in range(4):
        run.put(4000, "none")
    run.acquire(9000)
    run.acquire(7000)
    run.release(16000)
    for serialized in (False, True):
        for _ in range(2):
            run.open("none", serialized)
        one, other = run.puts.values()
        while not one.is_over:
            run.batch(one, 300)
        if serialized:
            run.values(one)
        for _ in range(one.given + 1):
            run.pull(one)
        run.question(one)
        run.look()
        run.fail(other)
        run.end_task()


FLIPS = (
    *("SPARK-12165", "SPARK-12189"),
    *("SPARK-17491-mode", "SPARK-17491-close", "SPARK-17503", "SPARK-18827", "proposal-drop-unrolled-buffer"),
)


def test_blocks_give_way_and_are_read(release: Release) -> None:
    """The run that the next test takes with another history goes alike."""
    unroll_and_evict(release, history_of(release.spark))


@quick_only
@pytest.mark.parametrize("fix", FLIPS)
def test_a_store_with_another_history_is_caught(fix: str, release: Release) -> None:
    """With a fix less, or with our proposal, the model of the store does not do the same."""
    history = history_of(release.spark)

    with pytest.raises(AssertionError):
        unroll_and_evict(release, history.with_fixes((history.unrolling | history.pools) ^ {fix}))


@quick_only
def test_the_mode_of_a_victim_is_seen(release: Release) -> None:
    """A model in which requests ask consumers of both modes, as before SPARK-15357, does not do the same."""
    fixes = release.spark.fixes() - {"SPARK-15357"}

    with pytest.raises(AssertionError, match="the model has"):
        _random_runs("modes", Release(release.worker, Tally(), release.spark), fixes, [Phase.generate])


def _random_runs(kind: str, release: Release, fixes: frozenset[str], phases: list[Phase]) -> None:
    machine, examples, steps = MACHINES[kind]
    planted = phases == [Phase.generate]  # ends with the first run that shows it
    examples = 4 * examples if planted else examples if FULL else max(4, min(examples // 4, 20))
    begin: Any = partial(machine, release, kind, fixes)
    run_state_machine_as_test(
        begin,
        settings=settings(max_examples=examples, stateful_step_count=steps, phases=phases, report_multiple_bugs=False),
    )


class Machine(RuleBasedStateMachine):
    """What the machines have in common: they count."""

    def __init__(self, release: Release, kind: str, fixes: frozenset[str]) -> None:
        super().__init__()
        self.fixes = fixes
        self.release = release
        self.kind = kind
        self.steps = 0

    def teardown(self) -> None:
        """Count the run."""
        self.release.tally.count(self.kind, self.steps)


class Bytes(Machine):
    """Consumers that only account, and spill all, half or nothing."""

    @initialize(pool=st.integers(1, 64))
    def begin(self, pool: int) -> None:
        """A task with nothing in use."""
        self.task = ByteTask(self.release.worker, self.fixes, pool)

    @rule(which=st.integers(0, len(MANNERS) - 1), size=st.integers(1, 32))
    def acquire(self, which: int, size: int) -> None:
        """A consumer asks."""
        self.task.acquire(which, size)
        self.steps += 1

    @rule(which=st.integers(0, len(MANNERS) - 1), size=st.integers(1, 32))
    def free(self, which: int, size: int) -> None:
        """A consumer releases."""
        if self.task.used(which) > 0:
            self.task.free(which, size)
            self.steps += 1


class Modes(Bytes):
    """The same consumers, some on the heap and some off it."""

    @initialize(pool=st.integers(8, 64), off_heap=st.integers(8, 64))
    def begin(self, pool: int, off_heap: int) -> None:
        """A pool for each mode."""
        self.task = ByteTask(self.release.worker, self.fixes, pool, off_heap)


class Tasks(Machine):
    """Tasks that share an executor's memory, and wait for it; and blocks that borrow of it."""

    run: SharedMemory

    @initialize(size=st.integers(4, 60), region=st.integers(0, 3))
    def begin(self, size: int, region: int) -> None:
        """Nothing is in use. The region of storage is a part of the memory, or none."""
        self.run = SharedMemory(self.release.worker, self.fixes, size, size * region // 4)

    @rule(task=st.integers(0, TASKS - 1), size=st.integers(1, 30))
    def acquire(self, task: int, size: int) -> None:
        """A task asks."""
        if not self.run.waits(task):
            self.run.acquire(task, size)
            self.steps += 1

    @rule(task=st.integers(0, TASKS - 1), size=st.integers(1, 30), all_of_it=st.booleans())
    def give_back(self, task: int, size: int, *, all_of_it: bool) -> None:
        """A task that does not wait releases a part, or ends."""
        if self.run.used(task) == 0 or self.run.waits(task):
            return
        if all_of_it:
            self.run.leave(task)
        else:
            self.run.release(task, min(size, self.run.used(task)))
        self.steps += 1

    @rule(size=st.integers(1, 30))
    def store(self, size: int) -> None:
        """A block is stored, where none has to give way."""
        if self.run.can_store(size):
            self.run.store(size)
            self.steps += 1

    @rule(size=st.integers(1, 30))
    def drop(self, size: int) -> None:
        """A block is dropped, which wakes nobody."""
        self.run.drop(size)
        self.steps += 1


NUMBERS = st.sampled_from([0, 0, 1, 3, 8])
"""Of records, at which a sorter of pages spills; 0: at none."""


class ManagedTasks(Machine):
    """Tasks with a manager and consumers each, that share a pool, spill for each other's requests, and wait."""

    run: Sharing

    @initialize(size=st.integers(4, 60))
    def begin(self, size: int) -> None:
        """Nothing is in use."""
        self.run = Sharing(self.release.worker, self.fixes, size)

    @rule(task=st.integers(0, SHARING - 1), which=st.integers(0, 2), size=st.integers(1, 30))
    def acquire(self, task: int, which: int, size: int) -> None:
        """A consumer asks."""
        if not self.run.waits(task):
            self.run.acquire(task, which, size)
            self.steps += 1

    @rule(task=st.integers(0, SHARING - 1), which=st.integers(0, 2), size=st.integers(1, 30), ends=st.booleans())
    def give_back(self, task: int, which: int, size: int, *, ends: bool) -> None:
        """A consumer of a task that does not wait releases a part, or the task ends."""
        if self.run.waits(task) or (self.run.used(task, which) == 0 and not ends):
            return
        if ends:
            self.run.end(task)
        else:
            self.run.release(task, which, min(size, self.run.used(task, which)))
        self.steps += 1


class Pages(Machine):
    """A consumer of pages beside another consumer, and others who wait for what is released."""

    run: Any  # each kind has its own

    def teardown(self) -> None:
        """Clean up, as a task does at its end, whatever has failed."""
        if hasattr(self, "run"):
            self.run.end()
        super().teardown()

    @property
    def looking(self) -> bool:
        """Whether the heap is looked into."""
        return "heap" in self.kind

    def begin_again(self) -> None:
        """Another consumer in the same room."""
        raise NotImplementedError

    def act(self, what: str) -> None:
        """Take a step. What has failed, or is over, gives way to another."""
        getattr(self.run, what)()
        self.steps += 1
        if not self.run.is_open:
            self.run.end()
            self.begin_again()

    @rule(pages=st.integers(1, 40))
    def acquire(self, pages: int) -> None:
        """The other one asks."""
        self.run.acquire(pages * PAGE)
        self.steps += 1

    @rule(pages=st.integers(1, 40))
    def give_back(self, pages: int) -> None:
        """The other one releases."""
        self.run.release(pages * PAGE)
        self.steps += 1

    @rule(others=st.booleans())
    def wait(self, *, others: bool) -> None:
        """Others wait for what is released, or do no more."""
        self.run.wait(others=others)
        self.steps += 1


class RawMaps(Pages):
    """A map of raw records that is filled, reset, read, spilled and freed."""

    run: RawMap

    @initialize(pages=st.integers(0, 100))
    def begin(self, pages: int) -> None:
        """A map with an empty array, and room for so many pages."""
        self.pool = ARRAY + pages * PAGE
        self.begin_again()

    def begin_again(self) -> None:
        self.run = RawMap(self.release.worker, self.fixes, self.pool, looking=self.looking)

    @rule(records=st.integers(1, 40))
    def append(self, records: int) -> None:
        """Records are put in, as long as the map takes them."""
        for _ in range(records):
            if self.run.iterator is None and self.run.map.can_grow_array:
                self.act("append")

    @rule(what=st.sampled_from(["reset", "read", "next", "next", "next", "free"]))
    def go_on(self, what: str) -> None:
        """The map is reset, read or freed."""
        possible = {
            "reset": self.run.iterator is None,
            "read": self.run.iterator is None and self.run.map.has_records,
            "next": self.run.has_page(),
            "free": True,
        }
        if possible[what]:
            self.act(what)


class SortedMaps(RawMaps):
    """A map of raw records that is sorted and written again and again. Keys may repeat, which fills its array."""

    @rule(records=st.integers(1, 40))
    def repeat(self, records: int) -> None:
        """Records with a key that is there are put in."""
        for _ in range(records):
            if self.run.iterator is None and self.run.map.can_grow_array:
                self.act("repeat")

    @rule()
    def sort(self) -> None:
        """What is in the map is sorted and written."""
        if self.run.iterator is None and self.run.map.has_records:
            self.act("sort")


class RawSorters(Pages):
    """A sorter of raw records, with nulls or without, that is filled, read, spilled and cleaned up."""

    run: RawSorter

    @initialize(pages=st.integers(0, 20), nulls=st.booleans(), number=NUMBERS)
    def begin(self, pages: int, number: int, *, nulls: bool) -> None:
        """A sorter with an empty array, and room for so many pages; it may spill at a number of records."""
        self.pool, self.nulls, self.number = POINTERS + pages * PAGE, nulls, number
        self.begin_again()

    def begin_again(self) -> None:
        self.run = RawSorter(
            self.release.worker, self.fixes, self.pool, nulls=self.nulls, looking=self.looking, number=self.number
        )

    @rule(records=st.integers(1, 6))
    def insert(self, records: int) -> None:
        """Records are put in, or read."""
        for _ in range(records):
            if self.run.can_insert():
                self.act("insert")
            elif self.run.can_go_on():
                self.act("next")

    @rule(what=st.sampled_from(["read", "read", "next", "free"]))
    def go_on(self, what: str) -> None:
        """The sorter is read, or cleaned up."""
        possible = {"read": self.run.can_read(), "next": self.run.can_go_on(), "free": True}
        if possible[what]:
            self.act(what)


class ShuffleSorters(Pages):
    """A sorter of a shuffle, that is filled, spills, and is closed or cleaned up."""

    run: ShuffleSorter

    @initialize(pages=st.integers(0, 20), number=NUMBERS)
    def begin(self, pages: int, number: int) -> None:
        """A sorter with an empty array, and room for so many pages; it may spill at a number of records."""
        self.pool, self.number = POINTERS + pages * PAGE, number
        self.begin_again()

    def begin_again(self) -> None:
        self.run = ShuffleSorter(self.release.worker, self.fixes, self.pool, looking=self.looking, number=self.number)

    @rule(records=st.integers(1, 20))
    def insert(self, records: int) -> None:
        """Records are put in."""
        for _ in range(records):
            self.act("insert")

    @rule(what=st.sampled_from(["close", "free"]))
    def go_on(self, what: str) -> None:
        """It is closed, or the writer has failed."""
        self.act(what)


LOOKS = st.integers(0, 3)
"""0: one looks into the heap."""


class StoredBlocks(Machine):
    """Blocks that are put, unrolled by several threads of a task, read where they did not fit, and evicted."""

    run: Storage

    @initialize(size=st.integers(1000, 20000), region=st.integers(0, 3))
    def begin(self, size: int, region: int) -> None:
        """An empty store. The region of storage is a part of the memory, or none."""
        history = history_of(self.release.spark).with_fixes(self.fixes)
        self.run = Storage(self.release.worker, history, size, size * region // 4)

    @rule(which=st.integers(0, 999), size=st.integers(160, 8000), rdd=st.sampled_from(sorted(RDDS)), look=LOOKS)
    def act(self, which: int, size: int, rdd: str, look: int) -> None:
        """Take one of the steps that can be taken. Into the heap one looks after some of them: that takes long."""
        possible = list(self.run.possible(size, rdd))
        step, given = possible[which % len(possible)]
        step(*given)
        in_heap = "heap" in self.kind
        if in_heap and look == 0:
            self.run.look()
        self.steps += look == 0 or not in_heap


class Collections(Machine):
    """Maps or sorters that are filled, read, and spill each other. After a task that has ended comes another."""

    run: Lockstep

    def begin_task(self, model: type[Model], capacity: int, order: Downstream, **scope: object) -> None:
        """Begin a run in both, and keep how."""
        self.built = model(fixes=self.fixes, downstream=order, **scope)
        self.capacity = capacity
        self.begin_again()

    def begin_again(self) -> None:
        """Begin a run in both as before."""
        self.run = Lockstep(self.release.worker, self.built, self.capacity, looking="heap" in self.kind)

    def step(self, action: str, target: Any = None, *arguments: int) -> None:
        """Take a step, if the model allows it."""
        self.steps += self.run.step(action, target, *arguments)
        if self.run.ended:
            self.begin_again()

    @rule(which=st.integers(0, 59), size=st.integers(1, 3), all_of_it=st.booleans())
    def act(self, which: int, size: int, *, all_of_it: bool) -> None:
        """Take one of the steps that can be taken. No draw depends on the state, which Spark's ties decide as well."""
        possible = list(self.possible(self.capacity if all_of_it else size))
        self.step(*possible[which % len(possible)])

    def possible(self, size: int) -> Iterator[tuple[Any, ...]]:
        """Yield the steps that can be taken: a record is put in, perhaps of the whole pool; one is read; the end."""
        building = [
            each for each in map(self.run.consumer, range(3)) if each in self.run.playing.state.downstream.building
        ]
        yield from (("insert", each, fits(each, size)) for each in building)
        yield from (("pull", each) for each in self.run.iterators())
        yield from (("insert", each, fits(each, size)) for each in building)
        yield from (("iterator", each) for each in building if each.has_memory())
        yield ("end_task",)


ORDERS = st.sampled_from([Downstream.ANY, Downstream.COGROUP])


class Maps(Collections):
    """Maps: E1 and E2 of the report, and one more."""

    @initialize(capacity=st.integers(1, 6), order=ORDERS)
    def begin(self, capacity: int, order: Downstream) -> None:
        """A task with three empty maps."""
        self.begin_task(SparkTask, capacity, order, consumers=3)


class Sorters(Collections):
    """Sorters of objects, with an aggregator or without."""

    @initialize(capacity=st.integers(1, 6), order=ORDERS, aggregator=st.booleans())
    def begin(self, capacity: int, order: Downstream, *, aggregator: bool) -> None:
        """A task with three empty sorters."""
        self.begin_task(SortingTask, capacity, order, sorters=3, aggregator=aggregator)


class NumberedMaps(Collections):
    """Maps that spill when they have a number of records."""

    @initialize(capacity=st.integers(2, 6), order=ORDERS, number=st.integers(1, 3))
    def begin(self, capacity: int, order: Downstream, number: int) -> None:
        """A task with three empty maps."""
        self.begin_task(NumberedTask, capacity, order, consumers=3, spill_after=number)


class NumberedSorters(Collections):
    """Sorters of objects that spill when they have a number of records."""

    @initialize(capacity=st.integers(2, 6), order=ORDERS, aggregator=st.booleans(), number=st.integers(1, 3))
    def begin(self, capacity: int, order: Downstream, number: int, *, aggregator: bool) -> None:
        """A task with three empty sorters."""
        self.begin_task(SortingTask, capacity, order, sorters=3, aggregator=aggregator, spill_after=number)


MACHINES: dict[str, tuple[type[Machine], int, int]] = {
    "bytes": (Bytes, 150, 40),
    "modes": (Modes, 60, 40),
    "tasks": (Tasks, 200, 50),
    "managed tasks": (ManagedTasks, 60, 40),
    "raw maps": (RawMaps, 80, 30),
    "raw maps in the heap": (RawMaps, 10, 15),
    "sorted maps": (SortedMaps, 60, 30),
    "sorted maps in the heap": (SortedMaps, 10, 15),
    "raw sorters": (RawSorters, 60, 40),
    "raw sorters in the heap": (RawSorters, 12, 20),
    "shuffle sorters": (ShuffleSorters, 60, 20),
    "storage": (StoredBlocks, 60, 50),
    "storage in the heap": (StoredBlocks, 40, 25),
    "maps": (Maps, 120, 20),
    "maps in the heap": (Maps, 24, 14),
    "maps by number": (NumberedMaps, 60, 20),
    "sorters": (Sorters, 80, 20),
    "sorters in the heap": (Sorters, 24, 14),
    "sorters by number": (NumberedSorters, 60, 20),
}
"""What is compared; how many runs, and of how many steps at most."""

FAMILIES = {
    "tasks": POOLS,
    "managed tasks": (*TASK, *POOLS),
    **{kind: (*STORAGE, *POOLS) for kind in KINDS if kind.startswith("storage")},
    **{kind: PAGES for kind in KINDS if kind.startswith(("raw", "shuffle", "sorted"))},
}
"""By what is compared, the fixes that its model knows, where they are not those of a task."""
