"""From a chain of edges with a number for each input to a run on integers."""

from __future__ import annotations

from typing import Any

from spillproof.model import oracle
from spillproof.model.errors import Require
from spillproof.model.state import snapshot
from spillproof.model.system import Kind, actions_of, open_parameters
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.bounded import Found, edges_and_inputs
from spillproof.properties.engines.run import Run, Script, Step


def concrete(automaton: Automaton, found: Found) -> Run:
    """Return the run on integers that takes these edges.

    The indices of objects are translated: an edge counts in the canonical order of the automaton, which leaves out the
    quantities that were sliced away; a run counts in the order of the whole state.
    """
    model = automaton.model
    (first, given), *rest = edges_and_inputs(found)
    opening = _arguments(first, given)
    names = [each.name for each in open_parameters(model)]
    with oracle.consulting(Script(first.move.picks, "begin")):
        state = model.start(**dict(zip(names, opening, strict=True)))
    steps = []
    actions = {action.name: action for action in actions_of(type(model))}
    for edge, inputs in rest:
        action = actions[edge.move.action]
        kinds = [each.kind for each in action.parameters]
        arguments = _arguments(edge, inputs)
        named = snapshot(state, automaton.sliced).objects
        places = {id(each): index for index, each in enumerate(snapshot(state).objects)}
        steps.append(
            Step(
                action.name,
                tuple(
                    places[id(named[each])] if kind is Kind.OBJECT else each
                    for kind, each in zip(kinds, arguments, strict=True)
                ),
                edge.move.picks,
            )
        )
        if edge.target >= 0:
            objects = (
                named[each] if kind is Kind.OBJECT else each for kind, each in zip(kinds, arguments, strict=True)
            )
            try:
                with oracle.consulting(Script(edge.move.picks, action.name)):
                    action.take(state, tuple(objects))
            except Require:  # a heuristic of the model excludes this step: replayed, the run ends with it
                break
    return Run(model, opening, tuple(steps), first.move.picks)


def _arguments(edge: Edge, inputs: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the arguments of an edge's move, with the sizes put in."""
    sizes = iter(edge.sizes)
    return tuple(1 + inputs[next(sizes) - edge.width] if each is None else each for each in edge.move.arguments)
