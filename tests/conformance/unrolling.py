"""What checking finds of the models of unrolling, taken on Spark: whether a record fits is made so by its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spillproof.counterexamples.record import traces
from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace
from spillproof.model.catalogue import find
from spillproof.model.heap import reachable_from
from spillproof.model.spark.scenario.unrolling import Level, Unrolling
from spillproof.model.spark.storage.partially_unrolled_iterator import Unrolled
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import Moment
from tests.conformance.storage import History, Put, Storage

MODELS = (
    "spark:unroll-values@2.0.0",
    "spark:unroll-values@2.4.0",
    "spark:unroll-bytes@2.0.0",
    "spark:unroll-bytes@2.4.0",
)
"""Those that violate something that others prove."""

SMALL, LARGE = 8 * 16, 3000 * 16
"""Bytes of records that fit, and of records that do not."""


@cache
def runs() -> tuple[Trace, ...]:
    """Return every counterexample and witness of the models, each run once."""
    found = {}
    for name in MODELS:
        for trace in traces(check(find(name).build()), name):
            found[name.partition("@")[0], tuple(state.spelled for state in trace.states)] = trace
    return tuple(found.values())


@dataclass(frozen=True)
class Facts:
    """What a run is about, whatever its sizes."""

    reserved: bool
    """Whether the task has unroll memory."""
    alive: bool
    """Whether something that was unrolled, and did not fit, can be reached."""
    blocks: int
    """How many are kept."""


def of_model(state: Unrolling) -> Facts:
    """Return them in a state of the model."""
    found = reachable_from([*state.iterators, *state.listeners])
    return Facts(
        bool(state.on_heap.reserved() > 0), any(isinstance(each, Unrolled) for each in found), len(state.blocks)
    )


def of_storage(run: Storage) -> Facts:
    """Return them of a model that Spark agrees with."""
    return Facts(run.memory.reserved() > 0, bool(run.alive()), len(run.store.entries))


def take(worker: Worker, history: History, trace: Trace) -> Iterator[tuple[str, Facts, Facts]]:
    """Take a run on the model of a release and on the release; yield each step, and what is so in both."""
    found = find(trace.model).build()
    assert isinstance(found, Unrolling)
    retaken = retake(trace, Unrolling(**{**found.scope, "fixes": history.unrolling}))
    taking = Taking(Storage(worker, history, 20000, 10000), found.scope["level"])
    for before, after in zip(retaken.moments, retaken.moments[1:], strict=False):
        taking.step(before, after)
        if after is retaken.moments[-1]:
            taking.run.look()
        yield after.spelled, of_model(after.state), of_storage(taking.run)


class Taking:
    """Does on Spark what a step of the model does."""

    def __init__(self, run: Storage, level: object) -> None:
        self.run = run
        self.serialized = level is Level.BYTES

    @property
    def only(self) -> Put:
        """The put that there is."""
        [put] = self.run.puts.values()
        return put

    def step(self, before: Moment, after: Moment) -> None:
        """Take a step."""
        assert after.step is not None
        match after.step.action:
            case "put":
                self.run.open("none", self.serialized)
                self.run.batch(self.only, SMALL // 16)
            case "unroll":
                self.unroll(fits=bool(after.state.puts))
            case "finish":
                self.run.finish(self.only)
            case "pull":
                self.pull(before.state, after.state, asks=bool(after.step.arguments[-1]))
            case "end_task":
                self.run.end_task()
            case action:
                raise AssertionError(action)

    def unroll(self, *, fits: bool) -> None:
        """Unroll records that fit, or as many as it takes until one does not."""
        put = self.only
        self.run.batch(put, SMALL // 16)
        while not fits and not put.is_over:
            self.run.batch(put, LARGE // 16)
        if put.block is not None:
            self.run.values(put)

    def pull(self, before: Unrolling, after: Unrolling, *, asks: bool) -> None:
        """Read a record; where the model has read the last, all that are left."""
        put = self.only
        assert put.iterator is not None
        if asks:
            self.run.question(put)
        last = before.records_owed() != after.records_owed() and sum(after.records_owed()) == 0
        for _ in range(int(put.iterator.owed) if last else 1):
            self.run.pull(put)
