"""A run in which consumers really allocate what they were granted: where the model says so, the heap overflows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spillproof.counterexamples.replay.real.comparison import Compared, differences
from spillproof.counterexamples.replay.real.driver import Driver, Seen
from spillproof.counterexamples.replay.real.expectation import After
from spillproof.counterexamples.replay.real.units import Units
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError
from spillproof.properties.engines.run import Moment

OUT_OF_MEMORY = "OutOfMemoryError"

USUAL, MOST, OVER = 0.55, 0.7, 1.08
"""The pool's part of the heap, usually and at most; and how much of the heap a run must need for it to overflow."""

SPARE = 0.02
"""Estimates of large records are exact."""

SMALLEST = 128 << 20
"""Spark itself does not fit into less with room for anything else."""


@dataclass(frozen=True)
class Plan:
    """How large to make things, so that the heap tells whether released bytes are there."""

    units: Units
    heap: int
    young: str
    overflows: int | None
    """The first step at which the model of the release has more reachable than the heap has room for."""


@dataclass(frozen=True)
class Allocated:
    """What came of it."""

    compared: Compared
    plan: Plan
    raised: int | None
    """The step at which the heap overflowed."""

    @property
    def agrees(self) -> bool:
        """Return whether it overflowed where the model says so, and nowhere else."""
        return self.raised == self.plan.overflows


def bytes_of(heap: str) -> int:
    """Return the size that Java understands: 300m, 2g. Raises `ModelError` for anything else."""
    found = re.fullmatch(r"(\d{1,6})([mMgG])", heap)
    if found is None or (size := int(found[1]) << (20 if found[2] in "mM" else 30)) < SMALLEST:
        raise ModelError(f"--heap {heap}: a heap is written like 300m or 2g, and has at least {SMALLEST >> 20}m")
    return size


def planned(trace: Trace, heap: str, moments: Sequence[Moment]) -> Plan:
    """Return how to take a run in a heap. The trace decides the sizes, so that they are the same on every release."""
    size = bytes_of(heap)
    capacity = moments[0].state.task_memory_manager.pool.pool_size
    most = max(state.reachable or 0 for state in trace.states)
    part = max(USUAL, OVER * capacity / most) if most > capacity else USUAL
    if part > MOST:
        raise ModelError(
            f"the run has at most {most} bytes reachable in a pool of {capacity}: too little more for a heap to tell"
        )
    units = Units(part * size / capacity, capacity, SPARE)
    needed = [units.of(int(moment.state.reachable())) for moment in moments]
    overflows = next((index for index, each in enumerate(needed) if each > size), None)
    return Plan(units, size, f"{size >> 23}m", overflows)


def allocated(driver: Driver, run: Sequence[After], plan: Plan) -> Allocated:
    """Take a run, consumers filling what they are granted, until it ends or the heap overflows."""
    seen: list[Seen] = []
    for expected, each in zip(run, driver.drive(run), strict=False):
        seen.append(each)
        if OUT_OF_MEMORY in each.raised:
            return Allocated(_as_far(run, seen, plan), plan, len(seen) - 1)
        if words := tuple(differences(expected, each, plan.units)):
            compared = Compared(tuple(run), tuple(seen), plan.units, len(seen) - 1, words)
            return Allocated(compared, plan, None)
    return Allocated(_as_far(run, seen, plan), plan, None)


def _as_far(run: Sequence[After], seen: Sequence[Seen], plan: Plan) -> Compared:
    return Compared(tuple(run), tuple(seen), plan.units)
