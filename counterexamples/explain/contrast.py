"""The same run on another model, and where the two part."""

from __future__ import annotations

from spillproof.counterexamples.explain.explanation import Contrast
from spillproof.counterexamples.explain.needed import holds
from spillproof.counterexamples.replay.parting import first_difference, heap_differences
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import Trace, trace
from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.run import false_at


def contrast(here: Trace, model: Model, name: str, claim: Claim) -> Contrast:
    """Return how a run goes on another model. Raises `ModelError` where that cannot begin as the run does."""
    taken = retake(here, model)
    there = trace(taken.run, name, here.claims, violation=False, guilty=false_at(claim, taken.moments))
    first = first_difference(here, there, taken.stopped)
    unobserved = tuple(heap_differences(here.states[-1], there.states[-1])) if first is None else ()
    return Contrast(name, there, holds(claim, taken.moments), first, unobserved, taken.stopped)
