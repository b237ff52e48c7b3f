"""Why each step of a run is needed: what becomes of the claim when it is left out."""

from __future__ import annotations

from spillproof.counterexamples.explain.explanation import Left
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.run import Moment, false_at

MOST_STEPS = 30
"""Of a longer run this is not asked: a run is taken again for each of its steps, which took half of an export of 50."""


def needed(trace: Trace, model: Model, claim: Claim) -> tuple[Left, ...]:
    """Return for each step the run without it. Steps that can then not be taken are left out as well."""
    steps = range(1, len(trace.states)) if len(trace.states) <= MOST_STEPS else ()
    return tuple(_left(step, trace, model, claim) for step in steps)


def _left(step: int, trace: Trace, model: Model, claim: Claim) -> Left:
    rest = retake(trace, model, without={step}, go_on=True)
    why = next(iter(rest.skipped.values()), "")
    return Left(step, trace.states[step].spelled, tuple(rest.skipped), why, holds(claim, rest.moments))


def holds(claim: Claim, moments: list[Moment]) -> bool:
    """Return whether a claim is true throughout a run; for a `sometimes` claim, whether the run shows it."""
    return (false_at(claim, moments) is None) is (claim.mode is not Mode.SOMETIMES)
