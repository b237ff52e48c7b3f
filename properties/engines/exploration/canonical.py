"""States up to what does not matter: which objects they are, and the order of the members of a bag.

Two states on integers are the same when a renaming of their objects makes them the same, bags taken without order.
Engines that count states need one representative for each such class, whatever order their objects happen to be in,
and whether a 0 is a constant of the shape or the value of an unknown.

A *skeleton* is a graph with all its sizes blanked out, zeros too. Of all ways to write it down, breadth first and with
every order of bag members that look alike, the least is taken. The ways that give this least one differ by a symmetry
of the graph; each orders the sizes differently, and the least order of the sizes represents the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from spillproof.model.fields import fields_of
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Field, Linear
from spillproof.model.state import NOTHING, Key, Snapshot, snapshot
from spillproof.model.system import Model

Skeleton: TypeAlias = tuple[str, ...]
"""A graph with its sizes blanked out, in words: equal and in the same order on every machine."""


class State(NamedTuple):
    """A state up to the order of bags. States are ordered by skeleton, then by values."""

    skeleton: Skeleton
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """How the states of one shape are brought into canonical form."""

    skeleton: Skeleton
    orders: tuple[tuple[int, ...], ...]
    """For each symmetry: which of the shape's sizes stands at each place of the skeleton; -1 for the constant 0."""

    def canonical(self, sizes: Sequence[int]) -> State:
        """Return the canonical form of the state with these sizes."""
        values = (tuple(sizes[each] if each >= 0 else 0 for each in order) for order in self.orders)
        return State(self.skeleton, min(values))


class Canon:
    """Brings states into canonical form, and remembers how for each shape. Quantities in `sliced` are left out."""

    def __init__(self, sliced: frozenset[Field] = NOTHING) -> None:
        self.sliced = sliced
        self.forms: dict[Key, Form] = {}

    def form(self, state: Any, taken: Snapshot | None = None) -> Form:
        """Return how the states with the shape of this one are brought into canonical form."""
        taken = taken or snapshot(state, self.sliced)
        form = self.forms.get(taken.key)
        if form is None:
            form = self.forms[taken.key] = _form(taken, self.sliced)
        return form

    def canonical(self, state: Any) -> tuple[State, Snapshot]:
        """Return the canonical form of a state on integers, and its snapshot."""
        taken = snapshot(state, self.sliced)
        sizes = [size for size in taken.sizes if isinstance(size, int)]
        return self.form(state, taken).canonical(sizes), taken


# The graph, without Python's objects


class _Word(str):
    """A constant."""

    __slots__ = ()


class _Size(int):
    """A size: its index in the snapshot, or -1."""


class _To(int):
    """A reference to a node."""


class _Members(tuple[int, ...]):
    """References to nodes, in no order."""

    __slots__ = ()


_Item: TypeAlias = "_Word | _Size | _To | _Members"


class _Reader:
    """Reads a snapshot into nodes: for each object its items, in the order of its fields."""

    def __init__(self, taken: Snapshot, sliced: frozenset[Field]) -> None:
        self.sliced = sliced
        self.index = {id(each): number for number, each in enumerate(taken.objects)}
        self.sizes = 0
        self.nodes = [list(self.node(each)) for each in taken.objects]

    def node(self, each: Any) -> Iterator[_Item]:
        cls, values = type(each), vars(each)
        fields = fields_of(cls).of(values)
        yield _Word(f"{cls.__module__}.{cls.__qualname__} {' '.join(name for name, _ in fields)}")
        for name, is_size in fields:
            if not (is_size and (cls, name) in self.sliced):
                yield from self.items(values[name], is_size)

    def items(self, value: Any, is_size: bool) -> Iterator[_Item]:  # noqa: FBT001 - private, as in state.py
        kind = type(value)
        if kind is Linear or (is_size and kind is int):
            yield self.size(value)
        elif isinstance(value, (HeapObject, Model)):
            yield _To(self.index[id(value)])
        elif kind is Bag:
            yield _Members(self.index[id(member)] for member in value)
        elif kind is list or kind is tuple:
            yield _Word(f"{len(value)} of")
            for member in value:
                yield from self.items(member, is_size)
        elif kind is dict:
            yield _Word(f"{len(value)} by {' '.join(map(_word, value))}")
            for member in value.values():
                yield from self.items(member, is_size)
        else:
            yield _Word(_word(value))

    def size(self, value: object) -> _Size:
        if type(value) is int and value == 0:
            return _Size(-1)
        self.sizes += 1
        return _Size(self.sizes - 1)


def _word(constant: Any) -> str:
    if isinstance(constant, Enum):
        return f"{type(constant).__qualname__}.{constant.name}"
    if isinstance(constant, frozenset):
        return f"{{{', '.join(sorted(map(_word, constant)))}}}"
    return f"{type(constant).__name__} {constant!r}"


# Writing it down in the least way


def _form(taken: Snapshot, sliced: frozenset[Field]) -> Form:
    nodes = _Reader(taken, sliced).nodes
    spellings = list(_spellings(nodes, _colours(nodes)))
    least = min(each.words for each in spellings)
    orders = {tuple(each.places) for each in spellings if each.words == least}
    return Form(tuple(least), tuple(sorted(orders)))


def _spellings(nodes: list[list[_Item]], colours: list[int]) -> Iterator[_Spelling]:
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        script = waiting.pop()
        spelling = _Spelling(nodes, colours, script)
        yield spelling
        for position in range(len(script), len(spelling.ways)):
            before = (*script, *[0] * (position - len(script)))
            waiting.extend((*before, way) for way in range(1, spelling.ways[position]))


class _Spelling:
    """One way to write nodes down, breadth first. `script` says which of the bag members that look alike comes next."""

    def __init__(self, nodes: list[list[_Item]], colours: list[int], script: tuple[int, ...]) -> None:
        self.colours = colours
        self.script = script
        self.ways: list[int] = []
        self.words: list[str] = []
        self.places: list[int] = []
        self.index = {0: 0}
        self.order = [0]
        for node in self.order:
            for item in nodes[node]:
                self.write(item)

    def write(self, item: _Item) -> None:
        if isinstance(item, _Word):
            self.words.append(item)
        elif isinstance(item, _Size):
            self.words.append("#")
            self.places.append(int(item))
        elif isinstance(item, _To):
            self.words.append(f"to {self.reach(int(item))}")
        else:
            known = sorted(self.index[member] for member in item if member in self.index)
            new = [self.reach(member) for member in self.sort([each for each in item if each not in self.index])]
            self.words.append(f"bag {known + new}")

    def reach(self, node: int) -> int:
        if node not in self.index:
            self.index[node] = len(self.order)
            self.order.append(node)
        return self.index[node]

    def sort(self, members: list[int]) -> Iterator[int]:
        members.sort(key=self.colours.__getitem__)
        while members:
            alike = sum(1 for each in members if self.colours[each] == self.colours[members[0]])
            yield members.pop(self.pick(alike))

    def pick(self, ways: int) -> int:
        if ways == 1:
            return 0
        position = len(self.ways)
        self.ways.append(ways)
        return self.script[position] if position < len(self.script) else 0


ROUNDS = 3
"""How far around a node its colour looks. More would try fewer orders, and change nothing else."""


def _colours(nodes: list[list[_Item]]) -> list[int]:
    """Return a number for each node, equal for those that look alike, the same however the nodes are numbered."""
    colours = [0] * len(nodes)
    for _ in range(ROUNDS):
        looks = [
            [str(colour), *(_look(item, colours) for item in node)] for colour, node in zip(colours, nodes, strict=True)
        ]
        ranks = {tuple(look): rank for rank, look in enumerate(sorted(looks))}
        colours = [ranks[tuple(look)] for look in looks]
    return colours


def _look(item: _Item, colours: list[int]) -> str:
    if isinstance(item, _Word):
        return item
    if isinstance(item, _Size):
        return "#"
    if isinstance(item, _To):
        return f"to {colours[item]}"
    return f"bag {sorted(colours[member] for member in item)}"
