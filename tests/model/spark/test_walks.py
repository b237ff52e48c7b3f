"""What holds after every step of random runs of Spark's scenarios: what was announced adds up, and ends are ends."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.alike import distinct
from spillproof.model.catalogue.entry import Entry
from spillproof.model.clone import clone
from spillproof.model.errors import Require
from spillproof.model.identity import Identity
from spillproof.model.oracle import Oracle, consulting
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.scenario.aggregate_task import AggregateTask
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.growing_task import GrowingTask
from spillproof.model.spark.scenario.numbered_task import NumberedTask
from spillproof.model.spark.scenario.page_rank import PageRank
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.raw_task import RawTask, Requester
from spillproof.model.spark.scenario.requesting_task import RequestingTask
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.spark.scenario.spillers import PartialSpillers, Spillers
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from spillproof.model.state import snapshot
from spillproof.model.step import attempt, bind, ranges
from spillproof.model.system import Kind, actions_of, open_parameters
from spillproof.properties.catalogue import BUILT_IN, CLAIMS, NO_EXCEPTION
from spillproof.properties.claims import Mode, applicable
from spillproof.properties.engines.exploration.walk import is_negative
from tests.model.spark.beside import other_of
from tests.model.spark.may import may

LENGTH, LARGEST = 20, 3
LATE = 0.95
"""How often a task does not end though it could."""
ANY = Downstream.ANY
NOW, OLD = fixes_of("4.3.0"), fixes_of("2.3.4")

TASKS: dict[str, tuple[Any, dict[str, int]]] = {
    "maps": (SparkTask(downstream=ANY, fixes=NOW), {"capacity": 9}),
    "maps of 2.3.4": (SparkTask(downstream=ANY, fixes=OLD), {"capacity": 9}),
    "merged maps": (SparkTask(downstream=ANY, fixes=NOW, merges=True), {"capacity": 9}),
    "requests": (RequestingTask(downstream=ANY, fixes=OLD), {"capacity": 7}),
    "maps with a number": (NumberedTask(downstream=ANY, spill_after=2), {"capacity": 9}),
    "maps that grow": (GrowingTask(fixes=NOW, consumers=2), {"capacity": 9}),
    "sorters": (SortingTask(downstream=ANY), {"capacity": 9}),
    "sorters of 2.3.4": (SortingTask(downstream=ANY, fixes=OLD), {"capacity": 9}),
    "sorters with a number": (SortingTask(downstream=ANY, aggregator=True, spill_after=2), {"capacity": 9}),
    "a cached partition": (PageRank(), {"capacity": 9}),
    "plain consumers": (Spillers(), {"capacity": 9}),
    "consumers that spill a part": (PartialSpillers(), {"capacity": 9}),
}
RELEASES = ("2.0.0", "2.4.0", "3.0.0", "4.3.0")
RAW: dict[str, tuple[Any, dict[str, int]]] = {
    f"{model.__name__} of {release}": (
        model(pages=2, fixes=fixes_of(release, PAGES), contended=True, array_grows=True),
        {"capacity": 14, "initial_size": 2},
    )
    for model in (RawMapTask, AggregateTask, ShuffleTask, RawSortTask)
    for release in RELEASES
    if (model, release) != (ShuffleTask, "2.0.0")
}


class Hearing(Oracle):
    """Chooses at random, and keeps what is announced."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.heard: list[tuple[str, dict[str, object]]] = []

    def choose(self, options: int) -> int:
        return self.chance.randrange(options)

    def note(self, event: str, details: dict[str, object]) -> None:
        self.heard.append((event, dict(details)))


class Run:
    """A random run, and for each consumer what it has acquired and not released, as announced."""

    def __init__(self, model: Any, opening: dict[str, int], seed: int) -> None:
        self.chance = random.Random(seed)
        self.ears = Hearing(self.chance)
        with consulting(self.ears):
            self.state: Any = model.start(**opening)
        self.announced: dict[int, int] = {}
        self.raised = ""
        self.add_up()

    def add_up(self) -> None:
        """Add what was announced since."""
        for event, details in self.ears.heard:
            if event in ("acquire", "release"):
                sign = 1 if event == "acquire" else -1
                known = self.announced.get(id(details["consumer"]), 0)
                self.announced[id(details["consumer"])] = known + sign * int(str(details["size"]))
        self.ears.heard.clear()

    def steps(self, length: int = LENGTH) -> Iterator[str]:
        """Take steps, and yield the action of each; end where none can be taken, or one raises."""
        for _ in range(length):
            objects = snapshot(self.state).objects
            taken = next(filter(None, (self.step(objects) for _ in range(60))), "")
            if not taken:
                return
            yield taken

    def step(self, objects: list[Any]) -> str:
        """Try some step on a copy; return its action if it was taken."""
        action = self.chance.choice(actions_of(type(self.state)))
        options = ranges(action.parameters, objects, tuple(range(1, LARGEST + 1)))
        if not all(options) or (action.name == "end_task" and self.chance.random() < LATE):
            return ""
        copies: dict[int, Any] = {}
        after = clone(self.state, copies)
        picked = [self.chance.choice(each) for each in options]
        copied = [copies[id(each)] for each in objects]
        with consulting(self.ears):
            outcome = attempt(after, action, bind(action.parameters, picked, copied))
        self.raised = self.raised or outcome.raised
        if not outcome.taken:
            self.ears.heard.clear()
            return ""
        self.announced = {id(copies[each]): size for each, size in self.announced.items() if each in copies}
        self.before, self.state = self.state, after
        self.identity = Identity(zip(copied, objects, strict=True))
        self.add_up()
        return action.name


@pytest.mark.parametrize("name", [*TASKS, *RAW])
def test_what_is_announced_adds_up(name: str) -> None:
    """To what each consumer holds itself to be using: as long as the task goes on, nobody takes or gives unheard."""
    for seed in range(3):
        run = Run(*(TASKS | RAW)[name], seed=seed)
        actions = []
        for action in run.steps():
            actions.append(action)
            consumers = [each for each in snapshot(run.state).objects if isinstance(each, MemoryConsumer)]
            assert {each.short_name: each.used - run.announced.get(id(each), 0) for each in consumers} == {
                each.short_name: 0 for each in consumers
            }, (seed, actions)
            if getattr(run.state, "ended", False):
                assert may(run.state) == {}
                assert sum(run.state.accounts()) == 0


@pytest.mark.parametrize("name", [name for name, (model, _) in TASKS.items() if hasattr(model, "records_owed")])
def test_no_record_is_lost(name: str) -> None:
    """However little memory there is: what was put in and not delivered can be read, of each collection."""
    model, _ = TASKS[name]
    for seed in range(4):
        run, actions = Run(model, {"capacity": 4}, seed=200 + seed), []
        for action in run.steps():
            actions.append(action)
            assert run.state.records_owed() == run.state.records_readable() or run.state.ended, (seed, actions)


def blocks(state: Any) -> int:
    """The bytes in the pages of a consumer, and in its array."""
    paged = state.paged()
    if isinstance(paged, BytesToBytesMap):
        arrays, pages = [paged.long_array], list(paged.data_pages)
    else:
        sorter = paged.in_mem_sorter
        arrays, pages = [None if sorter is None else sorter.array], list(paged.allocated_pages)
        reading = paged.reading_iterator if isinstance(paged, UnsafeExternalSorter) else None
        if reading is not None and reading.last_page is not None and reading.last_page not in pages:
            pages.append(reading.last_page)
    return sum(int(each.size) for each in (*arrays, *pages) if each is not None and not each.is_freed)


def still(state: Any) -> set[str]:
    """What an operator may do about a request of its map that was refused: sort what is in it, or begin anew."""
    if state.requester is Requester.OTHER or not getattr(state, "is_open", False):
        return {"end_task"}
    return {"end_task", "reset", "sort"}


@pytest.mark.parametrize("name", [name for name in RAW if "4.3.0" in name or "Map" in name or "Shuffle" in name])
def test_what_holds_of_consumers_of_pages(name: str) -> None:
    """What they use is in pages and an array; after a refusal little can be done; nobody waits between steps.

    Not of older sorters: before SPARK-32901 what a spill was granted whose array was then refused was nobody's, and
    before SPARK-32872 a map that was sorted had a second array that nobody freed.
    """
    for seed in range(4):
        run, actions = Run(*RAW[name], seed=100 + seed), []
        for action in run.steps():
            actions.append(action)
            state: Any = run.state
            assert isinstance(state, RawTask)
            assert (state.pool.others_wait, state.unclaimed()) == (False, 0)
            if state.ended:
                break
            assert state.paged().used == blocks(state), (seed, actions)
            assert state.pool.used == state.paged().used + other_of(state).used
            if state.requester is not None:
                assert set(may(state)) <= still(state), (seed, actions)


SPARK = [
    CATALOGUE[name]
    for name in distinct(each for each in CATALOGUE.values() if each.name.startswith(("spark", "incident")))
    if CATALOGUE[name].violated is not None
]
"""One entry of the catalogue for each set of fixes that makes a difference."""


@pytest.mark.parametrize("part", range(4))
def test_what_is_expected_to_hold_holds_on_walks(part: int) -> None:
    """Every claim that no release of a scenario is expected to violate is true after each step of a random run."""
    for entry in SPARK[part::4]:
        holds_on_a_walk(entry)


def holds_on_a_walk(entry: Entry) -> None:
    """Take some steps, and ask every claim that is expected to hold."""
    model = entry.build()
    chance = random.Random(entry.name)
    opening = {each.name: chance.randint(3, 9) for each in open_parameters(model) if each.kind is Kind.SIZE}
    claims = [each for each in applicable(CLAIMS, type(model)) if each.mode is Mode.ALWAYS and each not in BUILT_IN]
    claims = [each for each in claims if each.name not in (entry.violated or ())]
    try:
        run = Run(model, opening, seed=chance.randrange(1000))
    except Require:
        return
    actions = []
    for action in run.steps(10):
        actions.append(action)
        for claim in claims:
            asked = (run.before, run.state) if claim.over_steps else (run.state,)
            assert claim(*asked, identity=run.identity if claim.over_steps else None), (entry.name, claim.name, actions)
        assert not is_negative(run.state)
    assert not run.raised or NO_EXCEPTION.name in (entry.violated or ()), (entry.name, run.raised, actions)
