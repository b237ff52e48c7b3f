"""Which line of the model stored a reference: the run is taken again, and each field that is set says by whom."""

from __future__ import annotations

from collections.abc import Sequence

from spillproof.counterexamples.explain.explanation import Edge
from spillproof.counterexamples.trace import State, Trace
from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model
from spillproof.properties.engines.evidence.stores import Stores, listening
from spillproof.properties.engines.run import Playing


def where_stored(trace: Trace, model: Model, edges: Sequence[Edge]) -> tuple[str, ...]:
    """Return for each reference the step and the line that stored it: `step 2, map.py:81, in iterator`.

    Of one that was put into a list or a dict only the step is known.
    """
    lines = _lines(trace, model)
    places = [(edge.holder, edge.field.partition("[")[0], edge.target) for edge in edges]
    found = [(_step(edge, trace), lines.get(place, "")) for edge, place in zip(edges, places, strict=True)]
    return tuple(", ".join(filter(None, each)) for each in found)


def _step(edge: Edge, trace: Trace) -> str:
    """Return the step since which a reference was there, without a gap until the guilty one."""
    first = 0
    for step, state in enumerate(trace.states[: (trace.guilty or 0) + 1]):
        if not _has(state, edge):
            first = step + 1
    return f"step {first}" if first else "the beginning"


def _has(state: State, edge: Edge) -> bool:
    numbers = {each.name: each.number for each in state.heap}
    held = [each.references for each in state.heap if each.number == edge.holder]
    pairs = state.roots if edge.holder == -1 else held[0] if held else ()
    return any(name == edge.field and numbers.get(target) == edge.target for name, target in pairs)


def _lines(trace: Trace, model: Model) -> Stores:
    """Return the line that stored each reference, by numbers; nothing where the run does not fit the model."""
    stores: Stores = {}
    kept: list[object] = []
    try:
        run = trace.run(model)
        playing = Playing(run.model)
        with listening(stores, kept):
            playing.begin(run.opening, run.opening_picks)
            for step in run.steps[: trace.guilty]:
                playing.take(step)
    except ModelError:
        return {}
    numbers = {**playing.numbering.numbers, id(playing.state): -1}
    return {
        (numbers[holder], field, numbers[target]): line
        for (holder, field, target), line in _with_bags(stores, kept).items()
        if holder in numbers and target in numbers
    }


def _with_bags(stores: Stores, kept: Sequence[object]) -> Stores:
    """Return the stores with those into a bag as stores into the field that holds the bag."""
    bags = {
        id(value): (id(holder), field)
        for holder in kept
        if isinstance(holder, (HeapObject, Model))
        for field, value in vars(holder).items()
        if isinstance(value, Bag)
    }
    return {(*bags.get(holder, (holder, field)), target): line for (holder, field, target), line in stores.items()}
