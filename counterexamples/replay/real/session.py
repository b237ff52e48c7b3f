"""A trace taken on a release of real Spark: what is asked, what came of it, and what that says of the trace's claim."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from spillproof.counterexamples.explain.explain import claim_of
from spillproof.counterexamples.replay.real.allocation import Allocated, allocated, bytes_of, planned
from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.comparison import Compared, compare
from spillproof.counterexamples.replay.real.driver import Driver
from spillproof.counterexamples.replay.real.expectation import After, expectations
from spillproof.counterexamples.replay.real.units import Units, units_of
from spillproof.counterexamples.replay.real.worker import HEAP, start
from spillproof.counterexamples.replay.variant import Retaken, retake
from spillproof.counterexamples.trace import Trace
from spillproof.counterexamples.variants import asked_of, fitting
from spillproof.model.errors import ModelError
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.run import false_at


@dataclass(frozen=True)
class Wanted:
    """What is asked: a Spark, and how to look at it."""

    spark: Build
    heap: str = HEAP
    allocate: bool = False
    evidence: bool = False
    dump: Path | None = None
    """Where to write a heap dump of the moment at which something is released and still reachable."""


@dataclass(frozen=True)
class Taken:
    """What came of it."""

    trace: Trace
    wanted: Wanted
    java: str
    claim: Claim
    compared: Compared
    stopped: str
    """Why the model of the release did not go to the end of the trace. Empty where it did."""
    at: int | None
    """The first step of which the claim is false by the model of the release (or which shows it, for a witness)."""
    allocated: Allocated | None = None

    @property
    def agree(self) -> bool:
        """Return whether Spark did what the model says, as far as the model went."""
        return self.compared.parted is None and (self.allocated is None or self.allocated.agrees)

    @property
    def violated(self) -> bool:
        """Return whether the run violates the claim, on the model and on Spark."""
        return self.agree and self.claim.mode is Mode.ALWAYS and self.at is not None

    def exit_status(self) -> int:
        """Return 0 where the claim holds there, 1 where it is violated, 3 where they part or the run ended early."""
        if self.violated:
            return 1
        return 0 if self.agree and not self.stopped else 3


def model_of(trace: Trace, spark: Build) -> Model:
    """Return the model of a Spark at the scope of a trace. Raises `ModelError` where there is none."""
    asked = asked_of(trace)
    if not asked.entry().knows_fixes or asked.entry().own is not None:
        raise ModelError(f"{trace.model} is no model of Spark, so that its runs cannot be taken on real Spark")
    fitting(trace, asked)
    return asked.entry().build(**{**asked.scope, "fixes": spark.fixes()})


def take(trace: Trace, wanted: Wanted, progress: Callable[[str], None] = lambda _: None) -> Taken:
    """Take a trace on real Spark. Raises `ModelError` where that is not possible, before anything is fetched."""
    bytes_of(wanted.heap)
    model = model_of(trace, wanted.spark)
    claim = claim_of(trace, model)
    if claim is None:
        raise ModelError(f"the model is not what the claim {', '.join(trace.claims) or '(none)'} is about")
    retaken = retake(trace, model)
    run = expectations(retaken.moments)
    plan = planned(trace, wanted.heap, retaken.moments) if wanted.allocate else None
    units = scale(run, retaken) if plan is None else plan.units
    with start(wanted.spark, wanted.heap, "" if plan is None else plan.young, progress) as worker:
        progress(f"taking the run on {wanted.spark.title}")
        looking = plan is None
        driver = Driver(worker, units, looking, wanted.evidence, wanted.allocate, wanted.dump)
        found = compare(driver, run) if plan is None else allocated(driver, run, plan)
    compared, overflow = (found, None) if isinstance(found, Compared) else (found.compared, found)
    stopped = "" if retaken.moments[-1].raised else retaken.stopped
    at = false_at(claim, retaken.moments)
    return Taken(trace, wanted, str(worker.about["java"]), claim, compared, stopped, at, overflow)


def dump_file(spark: Build, folder: Path) -> Path:
    """Return a file in a folder for a heap dump that is not there yet. Raises `ModelError` where none can be made."""
    if not os.access(folder, os.W_OK):
        raise ModelError(f"--evidence writes a heap dump into {folder.absolute()}, and nothing can be written there")
    suffixes = chain([""], (f"-{number}" for number in count(2)))
    names = (f"spark-{spark.version or spark.release}{suffix}.hprof" for suffix in suffixes)
    return next(folder / name for name in names if not (folder / name).exists())


def scale(run: list[After], retaken: Retaken) -> Units:
    """Return how large a byte of the model is for a run."""
    capacity = retaken.moments[0].state.task_memory_manager.pool.pool_size
    return units_of(capacity, [each.deed.size for each in run if each.deed is not None and each.deed.size])
