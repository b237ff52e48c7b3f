"""From a model to its automaton, layer by layer: every action from every shape, on unknown sizes.

Shapes are found breadth first: once every shape that runs of less than d steps come to was expanded, every run of d
steps is known, and whether more shapes come after it does not matter to whoever looks for a run of at most d steps.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from spillproof.model.clone import Template
from spillproof.model.errors import ModelError
from spillproof.model.identity import Identity
from spillproof.model.quantity import Condition, Field, Is, Linear, comparison, is_too_long
from spillproof.model.state import Key, Size, Slot, Snapshot, fill, put_sizes, slots, snapshot
from spillproof.model.step import Outcome, attempt, begin, bind, cannot_begin, ranges
from spillproof.model.system import Action, Kind, Model, Parameter, actions_of, open_parameters
from spillproof.properties import registry
from spillproof.properties.catalogue import BUILT_IN
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError
from spillproof.properties.engines.automaton.answers import After, Answers
from spillproof.properties.engines.automaton.growth import EndlessError, refuse_ever_new_values, refuse_growth
from spillproof.properties.engines.automaton.linear import value_key
from spillproof.properties.engines.automaton.path import Path, paths
from spillproof.properties.engines.automaton.shapes import (
    BEGIN,
    Automaton,
    Conjunction,
    Edge,
    Move,
    Refusal,
    Shape,
)
from spillproof.properties.engines.automaton.ways import Between, ways_of
from spillproof.properties.engines.only_look import changes, is_as_it_was

Stepped = tuple[Any, Outcome, list[int]]
"""A state after a step, what came of the step, and the unknowns that stand for the sizes of its arguments."""

Feasible = Callable[[Conjunction], bool]
Progress = Callable[[int, int, int], None]
"""Told now and then how many shapes were found, are done, and how many edges there are."""

MOST_SHAPES = 200_000


class Extraction:
    """One automaton in the making, for one choice of what is sliced away. Raises `Needed` where that is too much."""

    def __init__(
        self,
        model: Model,
        claims: tuple[Claim, ...],
        sliced: frozenset[Field],
        feasible: Feasible,
        progress: Progress | None = None,
        *,
        any_preference: bool,
    ) -> None:
        self.automaton = Automaton(model, claims, sliced, any_preference)
        self.any_preference = any_preference
        self.model = model
        self.actions = actions_of(type(model))
        self.sliced = sliced
        self.feasible = feasible
        self.progress = progress
        self.known: dict[Key, int] = {}
        self.state_claims = [claim for claim in claims if not claim.over_steps and claim not in BUILT_IN]
        self.step_claims = [claim for claim in claims if claim.over_steps]
        self.copies: list[Any] = []
        """The objects of the source shape in the step that is being taken."""
        self.expanded = 0
        """How many shapes there are of which each step is known: the first ones."""
        self.layers: list[tuple[int, int]] = []
        """For each number of steps, how many shapes and edges the runs of at most so many come to: the first ones."""

    def begin(self) -> None:
        """Find the beginnings: all runs of no step. Raises `ModelError` where there is none."""
        self.automaton.leaving[-1] = []
        for edge in self.beginnings():
            self.keep(edge)
        if not self.automaton.shapes:
            message = (
                f"{type(self.model).__name__} has no beginning: whatever its scope leaves open, `begin` requires "
                "what cannot be; claims about it would hold of nothing"
            )
            raise ModelError(message)
        self.end_layer()

    def end_layer(self) -> None:
        self.layers.append((len(self.automaton.shapes), len(self.automaton.edges)))

    @property
    def steps(self) -> int:
        """How many steps the runs have of which each is known."""
        return len(self.layers) - 1

    @property
    def is_whole(self) -> bool:
        """Whether there are no other shapes and edges."""
        return self.expanded == len(self.automaton.shapes) > 0

    def go_on(self) -> None:
        """Find the steps out of one more shape: of those that are known, the one that was found first."""
        shape = self.automaton.shapes[self.expanded]
        self.expand(shape)
        self.expanded += 1
        if self.expanded == self.layers[-1][0]:
            self.end_layer()
        if self.progress is not None and shape.index % 8 == 0:
            self.progress(len(self.automaton.shapes), shape.index + 1, len(self.automaton.edges))

    def expand(self, shape: Shape) -> None:
        """Find every step out of a shape."""
        self.automaton.leaving[shape.index] = []
        for action in self.actions:
            for arguments in self.instances(action, shape):
                edges = [*self.steps_of(shape, action, arguments)]
                for edge in _widest(edges) if self.any_preference else edges:
                    self.keep(edge)

    def known_so_far(self) -> Automaton:
        """Return the automaton of the runs of which each is known: everything, or whole layers."""
        if self.is_whole:
            return self.automaton
        shapes, edges = self.layers[-1]
        inner = self.layers[-2][0] if self.steps else 0
        frontier = range(inner, shapes)
        leaving = {source: self.automaton.leaving[source] for source in range(-1, inner)}
        return replace(
            self.automaton,
            shapes=self.automaton.shapes[:shapes],
            edges=self.automaton.edges[:edges],
            leaving=leaving | {source: [] for source in frontier},
            refusals=[each for each in self.automaton.refusals if each.source < inner],
            steps=self.steps,
            frontier=frozenset(frontier),
        )

    def keep(self, edge: Edge) -> None:
        self.judge_step(edge)
        edge.index = len(self.automaton.edges)
        self.automaton.edges.append(edge)
        self.automaton.leaving[edge.source].append(edge)

    # Steps

    def beginnings(self) -> Iterator[Edge]:
        parameters = open_parameters(self.model)
        for arguments in itertools.product(*ranges(parameters, ())):

            def start(path: Path, arguments: tuple[object, ...] = arguments) -> Stepped:
                values, sizes = _with_sizes(path, parameters, arguments)
                return *begin(self.model, values), sizes

            yield from self.edges(-1, Move(BEGIN, arguments), start, 0)

    def instances(self, action: Action, shape: Shape) -> Iterator[tuple[object, ...]]:
        """Yield the arguments of an action but for sizes: each object, each value."""
        yield from itertools.product(*ranges(action.parameters, shape.objects))

    def steps_of(self, shape: Shape, action: Action, arguments: tuple[object, ...]) -> Iterator[Edge]:
        names = _Names(shape.slots, action.parameters)

        def step(path: Path) -> Stepped:
            copies = self.copies = shape.template.copy()
            path.names = names
            values, sizes = _with_sizes(path, action.parameters, arguments)
            return copies[0], attempt(copies[0], action, bind(action.parameters, values, copies)), sizes

        yield from self.edges(shape.index, Move(action.name, arguments), step, len(shape.slots))

    def edges(self, source: int, move: Move, step: Callable[[Path], Stepped], width: int) -> Iterator[Edge]:
        def take(path: Path) -> Edge | None:
            state, outcome, sizes = step(path)
            if outcome.taken:
                return self.arrive(source, move, path, state, sizes)
            if outcome.refused:
                refusal = Refusal(source, _picked(move, path), tuple(path.guard), tuple(path.defined))
                self.automaton.refusals.append(refusal)
            if outcome.refused or not self.feasible(tuple(path.guard)):
                return None
            if source < 0:
                raise cannot_begin(self.model, outcome)
            return self.fail(source, move, path, outcome, width)

        for _, edge in paths(take, width, move.action, any_preference=self.any_preference):
            if edge is not None:
                yield edge

    def fail(self, source: int, move: Move, path: Path, outcome: Outcome, width: int) -> Edge:
        """Return the edge of a step that raises."""
        given = tuple(range(width, width + move.arguments.count(None)))
        return Edge(
            -1,
            source,
            _picked(move, path),
            tuple(path.guard),
            -1,
            (),
            width,
            path.symbols,
            given,
            tuple(path.defined),
            outcome.raised,
        )

    def arrive(self, source: int, move: Move, path: Path, state: Any, sizes: list[int]) -> Edge | None:
        width = len(self.automaton.shapes[source].slots) if source >= 0 else 0
        reached = self.read(state, path.zeros())
        if any(map(is_too_long, reached.sizes)):
            raise ModelError(f"after {move.action} a size has a number of more than 1,000 digits; no size has as many")
        guard = tuple(path.guard)
        target = self.known.get(reached.key)
        if target is None:
            if guard and not self.feasible(guard):
                return None
            target = self.new_shape(reached)
        return Edge(
            -1,
            source,
            _picked(move, path),
            guard,
            target,
            reached.sizes,
            width,
            path.symbols,
            tuple(sizes),
            tuple(path.defined),
            origins=() if source < 0 else self.origins(reached.objects),
        )

    def origins(self, objects: list[Any]) -> tuple[int, ...]:
        """Return for each object after a step its index in the source shape, or -1."""
        index = {id(each): number for number, each in enumerate(self.copies)}
        return tuple(index.get(id(each), -1) for each in objects)

    def read(self, state: Any, zeros: frozenset[int]) -> Snapshot:
        """Return the snapshot of a state, with 0 for the unknowns that the path forces to be 0."""
        reached = snapshot(state, self.sliced)
        if zeros:
            sizes = [_without(size, zeros) for size in reached.sizes]
            if any(size == 0 for size in sizes if type(size) is int):
                put_sizes(state, sizes, self.sliced)
                reached = snapshot(state, self.sliced)
        return reached

    def new_shape(self, reached: Snapshot) -> int:
        """Add the shape of a state that was reached, whose objects are those of the shape from now on."""
        index = self.known[reached.key] = len(self.automaton.shapes)
        if index >= MOST_SHAPES:
            message = f"{type(self.model).__name__} has more than {MOST_SHAPES} shapes at this scope"
            raise EndlessError(message)
        objects = reached.objects
        places = slots(objects, self.sliced)
        fill(objects, [Linear({number: 1}) for number in range(len(places))], self.sliced)
        copies = Template(objects)

        def sized(sizes: list[Size]) -> Any:
            copied = copies.copy()
            fill(copied, sizes, self.sliced)
            return copied[0]

        shape = Shape(index, objects[0], places, objects, copies, Answers(objects[0], len(places), sized))
        self.automaton.shapes.append(shape)
        refuse_growth(shape, len(reached.key))
        refuse_ever_new_values(self.automaton)
        self.judge_state(shape)
        self.look_at(shape, reached)
        return index

    # Claims

    def judge_state(self, shape: Shape) -> None:
        answering = After(shape.answers, None, lambda: shape.state)
        for claim in self.state_claims:
            kept = shape.kept[claim.name] = []
            state = answering if registry.is_own(claim.function) else shape.state
            if ways := self.ways(claim, (state,), len(shape.slots), (), kept=kept):
                shape.broken[claim.name] = ways

    def look_at(self, shape: Shape, reached: Snapshot) -> None:
        """Raise `ModelError` where what claims ask of the state, which is the model's own, has changed it."""
        sizes: tuple[Size, ...] = tuple(Linear({number: 1}) for number in range(len(shape.slots)))
        if not is_as_it_was(shape.state, Snapshot(reached.key, sizes, reached.objects), self.sliced):
            raise changes(type(self.model), self.automaton.claims, lambda: shape.answers.copy([1] * len(sizes)))

    def judge_step(self, edge: Edge) -> None:
        edge.negative = [*_negatives(edge)]
        if edge.source >= 0 and edge.target >= 0:
            asked = Between(self.automaton, edge)
            for claim in self.step_claims:
                kept = edge.kept[claim.name] = []
                if ways := self.ways(claim, asked.states(claim), edge.symbols, edge.guard, asked.identity, kept=kept):
                    edge.broken[claim.name] = ways

    def ways(
        self,
        claim: Claim,
        states: tuple[Any, ...],
        symbols: int,
        given: Conjunction,
        identity: Identity | None = None,
        *,
        kept: list[Conjunction],
    ) -> list[Conjunction]:
        """Return each way in which a claim is false; none once it has turned out that it cannot be asked."""
        if claim in self.automaton.refused:
            return []
        try:
            return ways_of(claim, states, symbols, given, identity, sliced=self.sliced, kept=kept)
        except ClaimChangedError:
            raise
        except ClaimError as error:
            self.automaton.refused[claim] = error
            return []


def _widest(edges: list[Edge]) -> list[Edge]:
    """Return edges without those that another one covers: the same target and update, under fewer conditions."""
    kept: list[tuple[Edge, object, frozenset[object]]] = []
    for edge in edges:
        does = (edge.target, edge.raised, edge.origins, *map(value_key, edge.update))
        under = frozenset(condition.key() for condition in edge.guard)
        if not any(does == known and under >= wider for _, known, wider in kept):
            kept = [each for each in kept if not (each[1] == does and each[2] >= under)]
            kept.append((edge, does, under))
    return [edge for edge, _, _ in kept]


@dataclass(frozen=True)
class _Names:
    """Calls unknowns what the model calls them: `pool.free` for a size of the state, `size` for one of an argument."""

    slots: list[Slot]
    parameters: tuple[Parameter, ...]

    def __call__(self, symbol: int) -> tuple[str, int]:
        if symbol < len(self.slots):
            return self.slots[symbol].where, 0
        sizes = [each.name for each in self.parameters if each.kind is Kind.SIZE]
        given = symbol - len(self.slots)
        return (sizes[given], 1) if given < len(sizes) else (f"quotient{given - len(sizes)}", 0)


def _with_sizes(
    path: Path, parameters: tuple[Parameter, ...], arguments: tuple[Any, ...]
) -> tuple[tuple[Any, ...], list[int]]:
    """Return the arguments with `1 + a new unknown` for each size, and the unknowns."""
    sizes: list[int] = []
    values: list[Any] = []
    for each, value in zip(parameters, arguments, strict=True):
        if each.kind is Kind.SIZE:
            sizes.append(path.fresh())
            values.append(Linear({sizes[-1]: 1}, 1))
        else:
            values.append(value)
    return tuple(values), sizes


def _picked(move: Move, path: Path) -> Move:
    return Move(move.action, move.arguments, tuple(path.picks))


def _negatives(edge: Edge) -> Iterator[Conjunction]:
    for value in edge.update:
        below = comparison(-1 - value, Is.AT_LEAST_ZERO)
        if below is not False:
            yield (below,) if isinstance(below, Condition) else ()


def _without(size: Size, zeros: frozenset[int]) -> Size:
    if type(size) is not Linear or zeros.isdisjoint(size.terms):
        return size
    terms = {symbol: factor for symbol, factor in size.terms.items() if symbol not in zeros}
    return Linear(terms, size.constant) if terms else size.constant
