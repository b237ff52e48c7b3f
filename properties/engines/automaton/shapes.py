"""From a model to a finite automaton: shapes of the heap, and the steps between them for all sizes at once.

A shape is the object graph with its sizes blanked out. From each shape every action is run on unknown sizes; each way
that its comparisons can come out is an edge, with the comparisons as its guard and the new sizes as linear expressions
over the old ones. What the solvers and the kernels do, they do on this automaton: there is no second encoding.

Unknowns are natural numbers. Unknown i of an edge is size i of its source shape; those after them are the sizes of the
arguments (less 1, as they are positive) and quotients.

A quantity that no comparison and no claim depends on is sliced away. Which ones these are is found out, not declared:
all start out sliced, and the extraction begins again whenever one turns out to be needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from spillproof.model.clone import Template, clone
from spillproof.model.errors import ModelError
from spillproof.model.fields import Holds, fields_of, kind_of
from spillproof.model.heap import HeapObject
from spillproof.model.identity import Identity
from spillproof.model.quantity import Condition, Field, Is, Linear, Needed, comparison
from spillproof.model.state import NOTHING, Key, Size, Slot, Snapshot, fill, put_sizes, slots, snapshot
from spillproof.model.step import Outcome, attempt, begin, bind, ranges
from spillproof.model.system import Action, Kind, Model, Parameter, actions_of, open_parameters
from spillproof.properties import registry
from spillproof.properties.catalogue import BUILT_IN
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, ClaimRaisedError, Mode, named_apart
from spillproof.properties.engines.automaton.answers import After, Answers
from spillproof.properties.engines.automaton.path import Path, paths

Conjunction = tuple[Condition, ...]
"""Conditions that must all hold. The empty one holds always."""

BEGIN = "begin"


@dataclass(frozen=True)
class Move:
    """A step without its sizes: the action, its arguments, what the environment chose within it.

    A size stands as None, an object as its index in the canonical order of the source shape, another value as itself.
    """

    action: str
    arguments: tuple[object, ...]
    picks: tuple[int, ...] = ()


@dataclass
class Shape:
    """One shape: a state with an unknown for each size, and the claims that are false in it for some sizes."""

    index: int
    state: Any
    slots: list[Slot]
    objects: list[Any]
    """The objects of the state in canonical order; the model is object 0."""
    template: Template
    """For copies of the state."""
    answers: Answers
    """What the state answers when claims ask."""
    broken: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim, each way in which it is false here."""
    kept: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim, each way in which it is true here. Only the validation needs them."""


@dataclass
class Edge:
    """One way that a step can go, for all sizes that meet its guard."""

    index: int
    source: int
    """The shape it leaves, or -1 for the beginning."""
    move: Move
    guard: Conjunction
    target: int
    """The shape it reaches, or -1 where the action raised."""
    update: tuple[Size, ...]
    """The sizes of the target shape over the unknowns of this edge."""
    width: int
    """How many sizes the source shape has: they are the first unknowns."""
    symbols: int
    """How many unknowns there are."""
    sizes: tuple[int, ...]
    """The unknowns that stand for the sizes of the arguments, less 1."""
    quotients: tuple[tuple[int, Linear, int], ...] = ()
    """Unknowns that are a dividend // a divisor, in the order in which to compute them."""
    raised: str = ""
    """What the action raised, and where, for an error edge."""
    origins: tuple[int, ...] = ()
    """For each object of the target shape the object of the source shape that it was; -1 for a new one."""
    broken: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim over steps, each way in which this step makes it false (on top of the guard)."""
    kept: dict[str, list[Conjunction]] = field(default_factory=dict)
    """For a claim over steps, each way in which this step leaves it true. Only the validation needs them."""
    negative: list[Conjunction] = field(default_factory=list)
    """Each way in which this step makes a counter negative."""


@dataclass(frozen=True)
class Refusal:
    """One way in which a step is refused: a guard of the model is false for all sizes that meet these conditions."""

    source: int
    move: Move
    guard: Conjunction
    quotients: tuple[tuple[int, Linear, int], ...]


@dataclass
class Automaton:
    """All shapes of a model at its scope, and all edges between them."""

    model: Model
    claims: tuple[Claim, ...]
    sliced: frozenset[Field]
    any_preference: bool = False
    """Whether each option of a heuristic is possible, so that it has more runs than the model."""
    shapes: list[Shape] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    leaving: dict[int, list[Edge]] = field(default_factory=dict)
    """The edges that leave a shape, in the order of actions and arguments; -1 has the beginnings."""
    refused: dict[Claim, ClaimError] = field(default_factory=dict)
    """The claims that cannot be asked on unknown sizes, and why."""
    refusals: list[Refusal] = field(default_factory=list)
    """The ways in which steps are refused. No engine needs them, but for the validation of the edges."""

    def widths(self) -> list[int]:
        """Return how many sizes each shape has."""
        return [len(shape.slots) for shape in self.shapes]


Stepped = tuple[Any, Outcome, list[int]]
"""A state after a step, what came of the step, and the unknowns that stand for the sizes of its arguments."""

Feasible = Callable[[Conjunction], bool]
Progress = Callable[[int, int, int], None]
"""Told now and then how many shapes were found, are done, and how many edges there are."""

MOST_SHAPES = 200_000


def extract(
    model: Model,
    claims: Iterable[Claim],
    feasible: Feasible,
    progress: Progress | None = None,
    *,
    any_preference: bool = False,
    needed: frozenset[Field] | None = None,
) -> Automaton:
    """Return the automaton of a model for a set of claims, all sizes and unbounded steps.

    The claims that are seen in every step, whatever the model, are always among them.
    `feasible` says whether natural numbers meet a conjunction; it is asked before a new shape is believed in. With
    `any_preference`, each option of a heuristic (`preferred`) is possible: fewer cases, more runs than the model has.
    `needed` are quantities that must not be sliced away; None slices nothing. Raises `ModelError` for what an engine
    cannot honour.
    """
    claims = named_apart((*claims, *BUILT_IN))
    sliced = NOTHING if needed is None else quantities(model) - needed
    refused: dict[Claim, ClaimError] = {}
    while True:
        asked = tuple(claim for claim in claims if claim not in refused)
        try:
            automaton = _Extraction(model, asked, sliced, feasible, progress, any_preference=any_preference).run()
        except Needed as turned_out:
            sliced -= turned_out.fields
        except ClaimChangedError as error:  # whatever was read from that state since
            refused[error.claim] = error
        else:
            automaton.refused |= refused
            return automaton


class _Extraction:
    def __init__(
        self,
        model: Model,
        claims: tuple[Claim, ...],
        sliced: frozenset[Field],
        feasible: Feasible,
        progress: Progress | None,
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

    def run(self) -> Automaton:
        automaton = self.automaton
        automaton.leaving[-1] = []
        for edge in self.beginnings():
            self.keep(edge)
        if not automaton.shapes:
            message = (
                f"{type(self.model).__name__} has no beginning: whatever its scope leaves open, `begin` requires "
                "what cannot be; claims about it would hold of nothing"
            )
            raise ModelError(message)
        for shape in automaton.shapes:
            automaton.leaving[shape.index] = []
            for action in self.actions:
                for arguments in self.instances(action, shape):
                    edges = [*self.steps(shape, action, arguments)]
                    for edge in _widest(edges) if self.any_preference else edges:
                        self.keep(edge)
            if self.progress is not None and shape.index % 8 == 0:
                self.progress(len(automaton.shapes), shape.index + 1, len(automaton.edges))
        return automaton

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

    def steps(self, shape: Shape, action: Action, arguments: tuple[object, ...]) -> Iterator[Edge]:
        def step(path: Path) -> Stepped:
            copies = self.copies = shape.template.copy()
            path.names = _Names(shape.slots, action.parameters)
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
                name = type(self.model).__name__
                message = f"{name}.begin raises {outcome.raised}; say with require what it cannot begin with"
                raise ModelError(message)
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
        guard = tuple(path.guard)
        target = self.known.get(reached.key)
        if target is None:
            if guard and not self.feasible(guard):
                return None
            target = self.new_shape(reached.key, state)
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

    def new_shape(self, key: Key, state: Any) -> int:
        index = self.known[key] = len(self.automaton.shapes)
        if index >= MOST_SHAPES:
            message = f"{type(self.model).__name__} has more than {MOST_SHAPES} shapes at this scope"
            raise ModelError(message)
        template = clone(state)
        objects = snapshot(template, self.sliced).objects
        places = slots(objects, self.sliced)
        fill(objects, [Linear({number: 1}) for number in range(len(places))], self.sliced)
        shape = Shape(index, template, places, objects, Template(objects), Answers(template))
        self.automaton.shapes.append(shape)
        _refuse_growth(shape, len(key))
        _refuse_ever_new_values(self.automaton)
        self.judge_state(shape)
        return index

    # Claims

    def judge_state(self, shape: Shape) -> None:
        for claim in self.state_claims:
            kept = shape.kept[claim.name] = []
            if ways := self.ways(claim, (shape.state,), len(shape.slots), (), kept=kept):
                shape.broken[claim.name] = ways

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


class Between:
    """The states before and after an edge, as claims may ask them, and which objects are the same in both."""

    def __init__(self, automaton: Automaton, edge: Edge) -> None:
        self.automaton = automaton
        self.edge = edge
        self.before, self.after = automaton.shapes[edge.source], automaton.shapes[edge.target]
        self.identity = Identity()
        self._built: Any = None

    def states(self, claim: Claim) -> tuple[Any, Any]:
        """Return both states; a claim that comes with this project is given what answers for them.

        What a shape answers holds of naturals; where a counter becomes negative, the state itself is asked.
        """
        if self.edge.negative or not registry.is_own(claim.function):
            return self.before.state, self.built()
        return self._answering

    @cached_property
    def _answering(self) -> tuple[Any, Any]:
        before = After(self.before.answers, None, lambda: self.before.state)
        return before, After(self.after.answers, self.edge.update, self.built)

    def built(self) -> Any:
        """Return the whole state after the edge."""
        if self._built is None:
            objects = self.after.template.copy()
            self.identity.add(
                (each, self.before.objects[origin])
                for each, origin in zip(objects, self.edge.origins, strict=True)
                if origin >= 0
            )
            fill(objects, self.edge.update, self.automaton.sliced)
            self._built = objects[0]
        return self._built


def ways_of(
    claim: Claim,
    states: tuple[Any, ...],
    symbols: int,
    given: Conjunction,
    identity: Identity | None = None,
    *,
    sliced: frozenset[Field] = NOTHING,
    kept: list[Conjunction] | None = None,
) -> list[Conjunction]:
    """Return each way in which a claim is false of some states (for a `sometimes` claim: true), on top of `given`.

    Where it raises is among them: if a run leads there, its replay says so. The ways in which it is true are put into
    `kept`. Raises `ClaimError` where it cannot be asked on unknown sizes.
    """
    looks = registry.is_own(claim.function)
    before = [] if looks else [_spelled(each, sliced) for each in states]
    refused: ModelError | None = None
    ways: list[Conjunction] = []
    try:
        ways = list(_ways(claim, states, symbols, given, identity, kept=[] if kept is None else kept))
    except ModelError as error:
        refused = error
    if not looks and before != _spelled_again(states, sliced):  # whatever it answered, or could not
        raise ClaimChangedError(claim) from refused
    if isinstance(refused, ClaimError):
        raise refused
    if refused is not None:
        raise ClaimError(claim, f"{claim.called} cannot be asked: {refused}") from refused
    return ways


def _spelled_again(states: tuple[Any, ...], sliced: frozenset[Field]) -> list[tuple[object, ...]] | None:
    """Return states as values; None where a claim has left something in them that is no part of a state."""
    try:
        return [_spelled(each, sliced) for each in states]
    except ModelError:
        return None


def _ways(
    claim: Claim,
    states: tuple[Any, ...],
    symbols: int,
    given: Conjunction,
    identity: Identity | None,
    *,
    kept: list[Conjunction],
) -> Iterator[Conjunction]:
    wanted = claim.mode is Mode.SOMETIMES

    def ask(path: Path) -> bool:
        raised: BaseException | None = None
        answer = wanted
        try:
            answer = claim(*states, identity=identity)
        except ClaimRaisedError as error:
            raised = error.__cause__
        path.end_step(raised)  # what an engine has to know survives whatever the claim catches
        return answer

    for path, answer in paths(ask, symbols, f"the claim {claim.name}", given):
        if path.defined:
            message = (
                f"{claim.called} divides an unknown size, which a claim cannot; multiply the other side instead: "
                "`2 * b <= a` for `b <= a // 2`"
            )
            raise ClaimError(claim, message)
        if answer is wanted:
            yield tuple(path.guard)
        else:
            kept.append(tuple(path.guard))


def _spelled(state: Any, sliced: frozenset[Field]) -> tuple[object, ...]:
    """Return a state as a value, its unknown sizes too."""
    taken = snapshot(state, sliced)
    return taken.key, *map(_value_key, taken.sizes)


def _widest(edges: list[Edge]) -> list[Edge]:
    """Return edges without those that another one covers: the same target and update, under fewer conditions."""
    kept: list[tuple[Edge, object, frozenset[object]]] = []
    for edge in edges:
        does = (edge.target, edge.raised, edge.origins, *map(_value_key, edge.update))
        under = frozenset(condition.key() for condition in edge.guard)
        if not any(does == known and under >= wider for _, known, wider in kept):
            kept = [each for each in kept if not (each[1] == does and each[2] >= under)]
            kept.append((edge, does, under))
    return [edge for edge, _, _ in kept]


def _value_key(size: Size) -> object:
    return (size.constant, frozenset(size.terms.items())) if isinstance(size, Linear) else size


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


def quantities(model: Model) -> frozenset[Field]:
    """Return every field that holds sizes, of a model and of all heap classes."""
    return _quantities_of(type(model)) | frozenset(
        found for cls in _subclasses(HeapObject) for found in _quantities_of(cls)
    )


def _quantities_of(cls: type) -> frozenset[Field]:
    return frozenset((cls, name) for name in fields_of(cls).quantities)


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = cls.__subclasses__()
    for each in found:
        yield each
        yield from _subclasses(each)


MANY_SHAPES = 2_000
TOO_MANY_VALUES = 200
MOST_OBJECTS = 200
MOST_SIZES = 200
LONGEST_SHAPE = 800
"""The most values that one state may hold in all."""


def _refuse_growth(shape: Shape, length: int) -> None:
    """Raise `ModelError` for a state that is too large to be one of finitely many."""
    if len(shape.objects) > MOST_OBJECTS:
        message = (
            f"the object graph grows without bound (more than {MOST_OBJECTS} objects in one state); "
            "bound by the scope how many objects there may be"
        )
        raise ModelError(message)
    if len(shape.slots) > MOST_SIZES or length > LONGEST_SHAPE:
        message = (
            f"the state grows without bound ({len(shape.slots)} sizes, {length} values in all in one state); "
            "bound by the scope how many members a list, a tuple or a dict may have"
        )
        raise ModelError(message)


def _refuse_ever_new_values(automaton: Automaton) -> None:
    """Raise `ModelError` when the shapes differ in ever new constants of one field."""
    if len(automaton.shapes) % MANY_SHAPES:
        return
    constants: dict[tuple[str, str], set[object]] = {}
    for shape in automaton.shapes[-MANY_SHAPES:]:
        for each in shape.objects:
            for name, value in vars(each).items():
                if kind_of(value) is Holds.CONSTANT:
                    constants.setdefault((type(each).__name__, name), set()).add(value)
    for (owner, name), values in constants.items():
        if len(values) > TOO_MANY_VALUES:
            instead = (
                f"declare it as a quantity (`{name}: Count`) or " if all(type(each) is int for each in values) else ""
            )
            message = (
                f"{owner}.{name} takes ever new values ({len(values)} so far), so that there are shapes without "
                f"end; {instead}bound it by the scope"
            )
            raise ModelError(message)
