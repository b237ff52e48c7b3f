"""Which claims of the models a Spark keeps: every run that breaks one of them somewhere, taken on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from spillproof.counterexamples.explain.explain import claim_of
from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.comparison import Compared, compare
from spillproof.counterexamples.replay.real.driver import Driver
from spillproof.counterexamples.replay.real.expectation import expectations
from spillproof.counterexamples.replay.real.library import Known, library
from spillproof.counterexamples.replay.real.session import scale
from spillproof.counterexamples.replay.real.worker import Worker, start
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace
from spillproof.model.system import Model
from spillproof.properties.engines.run import Moment, false_at

FAMILIES = {"spark": "maps", "spark:sorting": "sorters"}
"""By a model's name without its release, what its runs are of."""


WITNESSES = "witnesses"


@dataclass(frozen=True)
class Taken:
    """A run of the library, as it went."""

    known: Known
    compared: Compared
    violated: tuple[str, ...]
    """Those of its claims that it violates by the model of the release."""

    @property
    def family(self) -> str:
        """Return what the run is of: `maps`, `sorters`."""
        name = self.known.model.partition(" ")[0].partition("@")[0]
        return FAMILIES.get(name, name)

    @property
    def about(self) -> tuple[str, ...]:
        """Return the claims that it is about; of a run that violates none, that it is a witness."""
        return self.known.violates or (WITNESSES,)

    @property
    def parted(self) -> bool:
        """Return whether Spark did not do what the model says."""
        return self.compared.parted is not None


@dataclass(frozen=True)
class Row:
    """What became of a claim."""

    family: str
    claim: str
    runs: int
    parted: int
    """Runs in which Spark did not do what the model of its release says."""
    violated: int
    """Runs that violate it, on the model of the release and on Spark."""


@dataclass(frozen=True)
class Conformance:
    """What came of it."""

    spark: Build
    java: str
    taken: tuple[Taken, ...]

    def parted(self) -> list[Taken]:
        """Return the runs in which Spark did not do what the model says, those that part first in front."""
        parted = (each for each in self.taken if each.parted)
        return sorted(parted, key=lambda each: (each.compared.parted or 0, "+" in each.known.model))

    def rows(self) -> list[Row]:
        """Return the claims, and last the witnesses, which are one row: runs that show that claims are not vacuous."""
        found = []
        for family, claim in dict.fromkeys((each.family, claim) for each in self.taken for claim in each.about):
            about = [each for each in self.taken if each.family == family and claim in each.about]
            parted = sum(each.parted for each in about)
            violated = sum(claim in each.violated and not each.parted for each in about)
            found.append(Row(family, claim, len(about), parted, violated))
        return sorted(found, key=lambda row: (row.family, row.claim == WITNESSES))

    def exit_status(self) -> int:
        """Return 0 where Spark did what the model says in every run, and 1 where it did not."""
        return 1 if self.parted() else 0


def conformance(spark: Build, progress: Callable[[str], None] = lambda _: None) -> Conformance:
    """Take every run of the library on a Spark. Raises `ModelError` where it cannot be run."""
    runs = library()
    with start(spark, progress=progress) as worker:
        taken = []
        for number, each in enumerate(runs, 1):
            progress(f"run {number} of {len(runs)} on {spark.title}")
            taken.append(take(each, spark, worker))
        return Conformance(spark, str(worker.about["java"]), tuple(taken))


def take(known: Known, spark: Build, worker: Worker) -> Taken:
    """Take one run on a Spark, beside the model of its release."""
    asked, trace = known.asked(), known.trace()
    model = type(asked)(**{**asked.scope, "fixes": spark.fixes()})
    retaken = retake(trace, model)
    run = expectations(retaken.moments)
    compared = compare(Driver(worker, scale(run, retaken)), run)
    return Taken(known, compared, tuple(violated(known, trace, model, retaken.moments)))


def violated(known: Known, trace: Trace, model: Model, moments: Sequence[Moment]) -> Iterator[str]:
    """Yield the claims of a run that it violates on a model."""
    for name in known.violates:
        claim = claim_of(Trace(trace.model, trace.scope, (name,), violation=True, states=trace.states), model)
        if claim is not None and false_at(claim, moments) is not None:
            yield name
