"""An automaton as other checkers take it: stations with named sizes, steps between them, claims about both.

A station is a skeleton of the heap (`exploration/canonical`): one state on integers is in one station with one value
for each size, whatever shape it was extracted in and whatever order its bags are in. So what another checker counts are
the states that our own exploration counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spillproof.counterexamples.export.checkers.names import Names
from spillproof.counterexamples.trace import constant, leaves
from spillproof.model.errors import ModelError
from spillproof.model.fields import fields_of
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.state import Size
from spillproof.model.system import Action, Kind, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import BEGIN, Automaton, Conjunction, Edge, Shape, quotients_of
from spillproof.properties.engines.exploration.canonical import Canon, Form, form_of
from spillproof.properties.engines.exploration.graph import Nodes, SizeAt

Quotients = Sequence[tuple[int, Linear, int]]


@dataclass(frozen=True)
class Station:
    """A heap without its sizes."""

    name: str
    sizes: tuple[str, ...]
    """The names of its sizes."""
    orders: tuple[tuple[int, ...], ...]
    """The orders of the sizes that a symmetry of the heap makes of them; the least of them represents a state."""
    description: tuple[str, ...]
    """The objects and what they refer to, a line each."""


@dataclass(frozen=True)
class Region:
    """Conditions on the sizes of a station (None: before the beginning), or on the unknowns of a step."""

    station: Station | None
    conditions: Conjunction
    names: Mapping[int, str]
    """What the unknowns are called."""
    quotients: Quotients = ()
    """Unknowns that are a dividend // a divisor."""


@dataclass(frozen=True)
class Transition:
    """One way that a step can go."""

    region: Region
    """Where, and for which sizes, it can be taken."""
    goes_on: Conjunction
    """On top of that: no counter becomes negative."""
    target: Station | None
    """None where it leads nowhere: the action raises, or a counter is negative for certain."""
    update: tuple[Size, ...]
    """The sizes of the target over the unknowns."""
    breaks: tuple[tuple[str, Region], ...]
    """Claims, and where this step breaks them."""


@dataclass
class Choice:
    """An action with its arguments but for sizes, from one station: the ways that it can go."""

    action: str
    source: Station | None
    words: str
    """As a person writes it: `insert(Map1, size)`."""
    arguments: tuple[str, ...]
    """The names of the sizes that are chosen."""
    ways: list[Transition] = field(default_factory=list)


@dataclass(frozen=True)
class Claimed:
    """A claim, and where it is false."""

    name: str
    sentence: str
    false: tuple[Region, ...]
    """For a claim about states. One about steps is in the transitions."""
    about_steps: bool


@dataclass(frozen=True)
class Program:
    """A model for other checkers."""

    title: str
    stations: tuple[Station, ...]
    choices: tuple[Choice, ...]
    """Beginnings first."""
    claims: tuple[Claimed, ...]
    unasked: tuple[tuple[str, str], ...]
    """Claims that cannot be asked, and why."""

    def sizes(self) -> list[str]:
        """Return the names of all sizes, each once."""
        return list(dict.fromkeys(name for station in self.stations for name in station.sizes))

    def arguments(self) -> list[str]:
        """Return the names of all sizes that are chosen, each once."""
        return list(dict.fromkeys(name for choice in self.choices for name in choice.arguments))

    def actions(self) -> dict[str, list[Choice]]:
        """Return the choices by action, `begin` first."""
        found: dict[str, list[Choice]] = {}
        for each in self.choices:
            found.setdefault(each.action, []).append(each)
        return found


def program(automaton: Automaton, title: str, only: Iterable[str] = ()) -> Program:
    """Return an automaton, nothing of which is sliced away, as other checkers take it; `only` are claims by name.

    Raises `ModelError` where a shape has more symmetries than can be listed, and for a claim of `only` that cannot be
    asked.
    """
    return _Maker(automaton, title, frozenset(only)).made()


@dataclass(frozen=True)
class _Embedding:
    """How the states of a station are instances of a shape."""

    shape: Shape
    places: tuple[int, ...]
    """For each size of the shape its place in the skeleton."""
    zeros: frozenset[int]
    """The places that are 0 in every instance."""


class _Maker:
    def __init__(self, automaton: Automaton, title: str, only: frozenset[str]) -> None:
        self.automaton = automaton
        self.title = title
        self.names = Names()
        canon = Canon(automaton.sliced)
        self.forms = [canon.form(shape.state) for shape in automaton.shapes]
        if not all(form.is_listed for form in self.forms):
            raise ModelError(
                f"{title} has states with more alike objects than are told apart one by one; use a smaller scope"
            )
        self.claims = [
            each for each in automaton.claims if each.mode is Mode.ALWAYS and (not only or each.name in only)
        ]
        for claim in automaton.refused:
            if claim.name in only:
                raise automaton.refused[claim]
        self.actions = {each.name: each for each in actions_of(type(automaton.model))}
        self.actions[BEGIN] = Action(BEGIN, open_parameters(automaton.model))
        self.called = {each: self.names.of("action", each) for each in self.actions}
        self.words = {each.name: self.names.of("claim", each.name) for each in self.claims}
        self.embeddings = _embeddings(self.forms, automaton.shapes)
        self.kept: dict[Any, tuple[int, ...]] = {
            skeleton: tuple(sorted({place for each in found for place in each.places}))
            for skeleton, found in self.embeddings.items()
        }
        first = {edge.target: edge.move.action for edge in reversed(automaton.edges) if edge.target >= 0}
        self.stations = {
            skeleton: self.station(number, first[min(each.shape.index for each in found)], skeleton)
            for number, (skeleton, found) in enumerate(self.embeddings.items())
        }

    def made(self) -> Program:
        choices: dict[Any, Choice] = {}
        for edge in self.automaton.leaving[-1]:
            self.add(choices, edge, None, ())
        for skeleton, found in self.embeddings.items():
            for number, embedding in enumerate(found):
                for edge in self.automaton.leaving[embedding.shape.index]:
                    self.add(choices, edge, (skeleton, number), found[:number])
        return Program(
            self.title,
            tuple(self.stations.values()),
            tuple(choices.values()),
            tuple(map(self.claimed, self.claims)),
            tuple((claim.name, str(why)) for claim, why in self.automaton.refused.items()),
        )

    # Stations

    def station(self, number: int, reached: str, skeleton: Any) -> Station:
        name = self.names.new(f"S{number}_{self.called[reached]}")
        kept = self.kept[skeleton]
        called: dict[int, str] = {}
        for embedding in self.embeddings[skeleton]:
            for slot, place in zip(embedding.shape.slots, embedding.places, strict=True):
                if place not in called:
                    where = slot.where
                    while (size := self.names.of("size", where)) in called.values():
                        where += "'"
                    called[place] = size
        shape = self.embeddings[skeleton][0].shape
        index = {place: at for at, place in enumerate(kept)}
        orders = {tuple(index[order[place]] for place in kept) for order in _symmetries(self.forms[shape.index].nodes)}
        return Station(name, tuple(called[place] for place in kept), tuple(sorted(orders)), tuple(_described(shape)))

    def of(self, shape: int) -> Station:
        return self.stations[self.forms[shape].skeleton]

    # Steps

    def add(
        self, choices: dict[Any, Choice], edge: Edge, at: tuple[Any, int] | None, before: Sequence[_Embedding]
    ) -> None:
        """Add an edge to the choice that it is a way of."""
        action = self.actions[edge.move.action]
        objects = [] if at is None else _called(self.embeddings[at[0]][at[1]].shape)
        words = _words(action, edge.move.arguments, objects)
        sizes = [each.name for each in action.parameters if each.kind is Kind.SIZE]
        arguments = tuple(self.names.of("argument", each) for each in sizes)
        source = None if at is None else self.stations[at[0]]
        key = (action.name, at, edge.move.arguments)
        choice = choices.setdefault(key, Choice(self.called[action.name], source, words, arguments))
        choice.ways.append(self.way(edge, at, before, arguments))

    def way(
        self, edge: Edge, at: tuple[Any, int] | None, before: Sequence[_Embedding], arguments: tuple[str, ...]
    ) -> Transition:
        names, instance = ({}, ()) if at is None else self.instance(at, before, edge.symbols)
        names |= dict(zip(edge.sizes, arguments, strict=True))
        given = {symbol: Linear({symbol: 1}, -1) for symbol in edge.sizes}
        guard = (*instance, *_rewritten(edge.guard, given))
        quotients = _quotients(edge.quotients, given)
        region = Region(None if at is None else self.stations[at[0]], guard, names, quotients)
        negative = [_rewritten(way, given) for way in edge.negative]
        stops = edge.target < 0 or not all(negative)
        return Transition(
            region,
            tuple(~way[0] for way in negative if way),
            None if stops else self.of(edge.target),
            () if stops else tuple(substitute(each, given) for each in self.landing(edge)),
            tuple(self.broken(edge, region, given, negative)),
        )

    def broken(
        self, edge: Edge, region: Region, given: Mapping[int, Size], negative: list[Conjunction]
    ) -> Iterator[tuple[str, Region]]:
        """Yield the claims that a step breaks, and where."""
        ways: list[tuple[str, Conjunction]] = [(NO_EXCEPTION.name, ())] if edge.raised else []
        ways += [(NEVER_NEGATIVE.name, way) for way in negative]
        for name, each in ways:
            if name in self.words:
                yield (
                    self.words[name],
                    Region(region.station, (*region.conditions, *each), region.names, region.quotients),
                )
        for name, found in edge.broken.items():
            for also in found if name in self.words else ():
                own = _quotients(quotients_of(also), given)
                conditions = (*region.conditions, *_rewritten(also, given))
                yield self.words[name], Region(region.station, conditions, region.names, (*region.quotients, *own))

    def landing(self, edge: Edge) -> Iterator[Size]:
        """Yield the sizes of the station that an edge reaches."""
        form = self.forms[edge.target]
        for place in self.kept[form.skeleton]:
            slot = form.orders[0][place]
            yield edge.update[slot] if slot >= 0 else 0

    def instance(
        self, at: tuple[Any, int], before: Sequence[_Embedding], free: int
    ) -> tuple[dict[int, str], Conjunction]:
        """Return the names of a shape's sizes in its station, and which of the station's states are instances.

        `free` is the first number of an unknown that is not in use. A state is an instance of the first shape that it
        can be one of.
        """
        skeleton, number = at
        embedding, station = self.embeddings[skeleton][number], self.stations[skeleton]
        name = dict(zip(self.kept[skeleton], station.sizes, strict=True))
        names = {slot: name[place] for slot, place in enumerate(embedding.places)}
        unknowns = {place: slot for slot, place in enumerate(embedding.places)}
        for place in self.kept[skeleton]:
            if place not in unknowns:
                unknowns[place] = free + len(unknowns)
                names[unknowns[place]] = name[place]
        zeros = [
            Condition(Linear({unknowns[place]: 1}), Is.ZERO) for place in sorted(embedding.zeros & unknowns.keys())
        ]
        others = [{unknowns[place]: 1 for place in sorted(each.zeros & unknowns.keys())} for each in before]
        return names, (*zeros, *(Condition(Linear(each, -1), Is.AT_LEAST_ZERO) for each in others))

    # Claims

    def claimed(self, claim: Claim) -> Claimed:
        about_steps = claim.over_steps or claim in (NO_EXCEPTION, NEVER_NEGATIVE)
        false = () if about_steps else tuple(self.false(claim.name))
        return Claimed(self.words[claim.name], claim.sentence, false, about_steps)

    def false(self, name: str) -> Iterator[Region]:
        for skeleton, found in self.embeddings.items():
            for number, embedding in enumerate(found):
                for way in embedding.shape.broken.get(name, ()):
                    own = quotients_of(way)
                    free = 1 + max((symbol for symbol, _, _ in own), default=len(embedding.shape.slots))
                    names, instance = self.instance((skeleton, number), found[:number], free)
                    yield Region(self.stations[skeleton], (*instance, *way), names, own)


def _embeddings(forms: Sequence[Form], shapes: Sequence[Shape]) -> dict[Any, list[_Embedding]]:
    """Return for each skeleton the shapes that between them cover its states, the most general first."""
    found: dict[Any, list[_Embedding]] = {form.skeleton: [] for form in forms}
    every = [_embedding(shape, order) for shape, form in zip(shapes, forms, strict=True) for order in form.orders]
    for each in sorted(every, key=lambda one: (len(one.zeros), one.shape.index)):
        known = found[forms[each.shape.index].skeleton]
        if not any(other.zeros <= each.zeros for other in known):
            known.append(each)
    return found


def _embedding(shape: Shape, order: tuple[int, ...]) -> _Embedding:
    places = {slot: place for place, slot in enumerate(order) if slot >= 0}
    zeros = frozenset(place for place, slot in enumerate(order) if slot < 0)
    return _Embedding(shape, tuple(places[slot] for slot in sorted(places)), zeros)


def _symmetries(nodes: Nodes) -> list[tuple[int, ...]]:
    """Return how the symmetries of a graph permute the places of its sizes, constants 0 among them."""
    count = 0
    apart: Nodes = []
    for node in nodes:
        apart.append([])
        for item in node:
            apart[-1].append(SizeAt(count) if isinstance(item, SizeAt) else item)
            count += isinstance(item, SizeAt)
    orders = form_of(apart).orders
    if not orders:
        return [tuple(range(count))]
    place = {size: at for at, size in enumerate(orders[0])}
    return [tuple(place[size] for size in order) for order in orders]


def _rewritten(conditions: Conjunction, given: Mapping[int, Size]) -> Conjunction:
    rewritten = ((substitute(each.left, given), each.holds) for each in conditions)
    return tuple(Condition(left, holds) for left, holds in rewritten if isinstance(left, Linear))


def _quotients(quotients: Quotients, given: Mapping[int, Size]) -> Quotients:
    rewritten = ((symbol, substitute(dividend, given), divisor) for symbol, dividend, divisor in quotients)
    return tuple((symbol, left, divisor) for symbol, left, divisor in rewritten if isinstance(left, Linear))


# Words


def _called(shape: Shape) -> list[str]:
    """Return what the objects of a shape are called: by class, and numbered."""
    counts: dict[str, int] = {}
    names = []
    for each in shape.objects:
        kind = type(each).__name__
        counts[kind] = counts.get(kind, 0) + 1
        names.append(f"{kind}{counts[kind]}")
    return names


def _words(action: Action, arguments: tuple[object, ...], objects: Sequence[str]) -> str:
    told = []
    for parameter, value in zip(action.parameters, arguments, strict=True):
        if parameter.kind is Kind.OBJECT:
            assert isinstance(value, int)
            told.append(objects[value])
        else:
            told.append(parameter.name if value is None else f"{parameter.name}={constant(value)}")
    return f"{action.name}({', '.join(told)})"


def _described(shape: Shape) -> Iterator[str]:
    names = _called(shape)
    index = {id(each): at for at, each in enumerate(shape.objects)}
    for name, each in zip(names, shape.objects, strict=True):
        told = []
        for place, is_size in fields_of(type(each)).of(vars(each)):
            for where, value in leaves(place, vars(each)[place]):
                if isinstance(value, HeapObject):
                    told.append(f"{where} -> {names[index[id(value)]]}")
                elif not (is_size and value is not None):
                    told.append(f"{where} = {constant(value)}")
        yield f"{name}: {', '.join(told) or '-'}"
