"""The same run on another model, and where the two part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spillproof.counterexamples.explain.explanation import Contrast, Edge, Path
from spillproof.counterexamples.explain.needed import holds
from spillproof.counterexamples.replay.divergence import first_difference, heap_differences
from spillproof.counterexamples.replay.variant import retake
from spillproof.counterexamples.trace import State, Trace, trace
from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.run import false_at


def contrast(here: Trace, name: str, model: Model, claim: Claim, paths: Sequence[Path] = ()) -> Contrast:
    """Return how a run goes on another model. Raises `ModelError` where that cannot begin as the run does.

    `paths` are those that keep what is counted free here, to see which of their references are not there.
    """
    taken = retake(here, model)
    there = trace(taken.run, name, here.claims, violation=False, guilty=false_at(claim, taken.moments))
    first = first_difference(here, there, taken.stopped)
    unobserved = tuple(heap_differences(here.states[-1], there.states[-1])) if first is None else ()
    at = here.guilty
    cuts = () if at is None or at >= len(there.states) else tuple(cut_there(there.states[at], paths))
    return Contrast(name, there, holds(claim, taken.moments), first, unobserved, cuts, taken.stopped)


def cut_there(there: State, paths: Sequence[Path]) -> Iterator[Edge]:
    """Yield the references of paths that are not there, though what held them is."""
    heap = {each.number: each for each in there.heap}
    numbers = {each.name: each.number for each in there.heap}
    for edge in dict.fromkeys(edge for path in paths for edge in path.edges):
        held = there.roots if edge.holder == -1 else heap[edge.holder].references if edge.holder in heap else None
        if held is not None and (edge.field, edge.target) not in [(name, numbers[target]) for name, target in held]:
            yield edge
