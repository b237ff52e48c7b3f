"""From a chain of edges with a number for each input to a run on integers.

The model is run on integers while the chain is followed, the same way as a run is replayed. Which object an edge speaks
of, and which member of a bag the environment chose, is carried over by what the object is, never by where it stands in
an order: the order of a shape is not that of its states.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.heap import Bag
from spillproof.model.state import fill, snapshot
from spillproof.model.step import Outcome, attempt, begin, bind
from spillproof.model.system import Action, Kind, actions_of
from spillproof.properties.engines.automaton.correspondence import Known, correspondence
from spillproof.properties.engines.automaton.linear import evaluate
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.bounded import Found, edges_and_inputs
from spillproof.properties.engines.run import Run, Script, Step

MOST_TRIES = 500
"""Ways to choose within one step that are tried."""


def concrete(automaton: Automaton, found: Found) -> Run:
    """Return the run on integers that takes these edges; one that a heuristic of the model excludes ends early."""
    return _Chain(automaton).run(found)


class _Chain:
    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.model = automaton.model
        self.actions = {action.name: action for action in actions_of(type(self.model))}
        self.state: Any = None
        self.sizes: list[int] = []
        """Those of the present shape."""

    def run(self, found: Found) -> Run:
        (first, given), *rest = edges_and_inputs(found)
        opening = _arguments(first, given)
        with oracle.consulting(Script(first.move.picks, "begin")):
            self.state, _ = begin(self.model, opening)
        self.sizes = _after(first, [], given)
        steps = []
        for edge, inputs in rest:
            steps.append(self.step(edge, inputs))
            script = Script(steps[-1].picks, edge.move.action)
            if not _act(self.state, self.actions[edge.move.action], self.objects(steps[-1]), script).taken:
                break
            self.sizes = _after(edge, self.sizes, inputs)
        return Run(self.model, opening, tuple(steps), first.move.picks)

    def step(self, edge: Edge, inputs: tuple[int, ...]) -> Step:
        """Return the step on integers that an edge is here."""
        objects = snapshot(self.state).objects
        action = self.actions[edge.move.action]
        arguments = _arguments(edge, inputs)
        shape, known = self.known(edge.source)
        places = {id(each): index for index, each in enumerate(objects)}
        translated = tuple(
            places[id(known[id(shape[each])])] if parameter.kind is Kind.OBJECT else each
            for parameter, each in zip(action.parameters, arguments, strict=True)
        )
        step = Step(action.name, translated, edge.move.picks)
        return Step(action.name, translated, self.picks(step, known, shape)) if edge.move.picks else step

    def known(self, source: int) -> tuple[list[Any], Known]:
        """Return the objects of a shape, with the present sizes, and for each by its id the one of the state.

        Where the two differ, the order decides: replayed, the run will show that it is not one.
        """
        shape = self.automaton.shapes[source].template.copy()
        fill(shape, self.sizes, self.automaton.sliced)
        known = correspondence(shape[0], self.state, self.automaton.sliced)
        if known is None:
            ordered = snapshot(self.state, self.automaton.sliced).objects
            known = {id(each): ordered[min(place, len(ordered) - 1)] for place, each in enumerate(shape)}
        return shape, known

    def objects(self, step: Step) -> tuple[Any, ...]:
        """Return the arguments of a step, objects for indices."""
        return bind(self.actions[step.action].parameters, step.arguments, snapshot(self.state).objects)

    def picks(self, step: Step, known: Known, shape: list[Any]) -> tuple[int, ...]:
        """Return the choices that do in this state, its bags in their own order, what the step does in the shape's."""
        expected, ended = self.tried(
            step, Script(step.picks, step.action), lambda copies: _arrange(shape, known, copies)
        )
        for picks in itertools.islice(self.alternatives(step), MOST_TRIES):
            here, how = self.tried(step, Script(picks, step.action))
            if _alike(how, ended) and (not how.taken or correspondence(expected, here) is not None):
                return picks
        return step.picks

    def tried(
        self, step: Step, script: Script, arrange: Callable[[dict[int, Any]], None] = lambda _copies: None
    ) -> tuple[Any, Outcome]:
        """Take a step on a copy of the state. Return the state after it, and what came of it."""
        arguments = self.objects(step)
        copies: dict[int, Any] = {}
        copy = clone(self.state, copies)
        arrange(copies)
        given = tuple(copies.get(id(each), each) for each in arguments)
        return copy, _act(copy, self.actions[step.action], given, script)

    def alternatives(self, step: Step) -> Iterator[tuple[int, ...]]:
        """Yield the choices of the step itself, then all others that can be made in it."""
        yield step.picks
        waiting: list[tuple[int, ...]] = [()]
        while waiting:
            picks = waiting.pop()
            asked = _Asked(picks, step.action)
            self.tried(step, asked)
            if len(asked.options) <= len(picks):
                yield picks
            else:
                waiting += [(*picks, pick) for pick in reversed(range(asked.options[len(picks)]))]


def _alike(one: Outcome, other: Outcome) -> bool:
    return (one.refused, one.raised) == (other.refused, other.raised)


class _Asked(Script):
    """Makes given choices, then the first of each, and keeps how many there were."""

    def __init__(self, picks: tuple[int, ...], doing: str) -> None:
        super().__init__(picks, doing)
        self.options: list[int] = []

    def choose(self, options: int) -> int:
        self.options.append(options)
        return super().choose(options)


def _act(state: Any, action: Action, arguments: tuple[object, ...], script: Script) -> Outcome:
    with oracle.consulting(script):
        return attempt(state, action, arguments)


def _arrange(shape: list[Any], known: Known, copies: dict[int, Any]) -> None:
    """Bring the bags of a copied state into the order that they have in the shape."""
    for each in shape:
        twin = copies.get(id(known.get(id(each))))
        for name, value in vars(each).items() if twin is not None else ():
            theirs = getattr(twin, name, None)
            if isinstance(value, Bag) and isinstance(theirs, Bag):
                ordered = [copies.get(id(known.get(id(member)))) for member in value.members]
                if {id(member) for member in ordered} == {id(member) for member in theirs.members}:
                    theirs.members = ordered


def _after(edge: Edge, sizes: list[int], inputs: tuple[int, ...]) -> list[int]:
    """Return the sizes after an edge."""
    values = [*sizes, *inputs]
    return [evaluate(size, values) for size in edge.update]


def _arguments(edge: Edge, inputs: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the arguments of an edge's move, with the sizes put in."""
    sizes = iter(edge.sizes)
    return tuple(1 + inputs[next(sizes) - edge.width] if each is None else each for each in edge.move.arguments)
