"""The object graph of a state without Python's objects: for each object its items, in the order of its fields.

An item is a word (a constant), a size, a reference, or the members of a bag, which have no order. Words are those of
`fields`, so that what is one constant to a key is one here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from spillproof.model.fields import Holds, fields_of, is_size, kind_of, word_of
from spillproof.model.quantity import Field
from spillproof.model.state import Snapshot


class Word(str):
    """A constant."""

    __slots__ = ()


class SizeAt(int):
    """A size: its index in the snapshot, or -1 for the constant 0."""


class To(int):
    """A reference to a node."""


class Members(tuple[int, ...]):
    """References to nodes, in no order."""

    __slots__ = ()


Item: TypeAlias = "Word | SizeAt | To | Members"
Nodes: TypeAlias = "list[list[Item]]"
"""For each object, the model first, its items."""

SLICED = Word("~")
"""A size that was sliced away."""


def nodes_of(taken: Snapshot, sliced: frozenset[Field]) -> Nodes:
    """Return the graph of a snapshot, its sizes by their index. Quantities in `sliced` are not told apart."""
    return _Reader(taken, sliced).nodes


def with_values(nodes: Nodes, sizes: tuple[Any, ...]) -> Nodes:
    """Return a graph in which each size is a word that says its value."""
    return [
        [Word(f"= {sizes[item] if item >= 0 else 0}") if isinstance(item, SizeAt) else item for item in node]
        for node in nodes
    ]


class _Reader:
    def __init__(self, taken: Snapshot, sliced: frozenset[Field]) -> None:
        self.sliced = sliced
        self.index = {id(each): number for number, each in enumerate(taken.objects)}
        self.sizes = 0
        self.nodes = [[*self.node(each)] for each in taken.objects]

    def node(self, each: Any) -> Iterator[Item]:
        values = vars(each)
        layout = fields_of(type(each)).layout(values)
        yield Word(layout.word)
        for name, holds_sizes in layout.names:
            yield from self.items(values[name], holds_sizes, (layout.cls, name) in self.sliced)

    def items(self, value: Any, holds_sizes: bool, is_sliced: bool) -> Iterator[Item]:  # noqa: FBT001 - of the field
        kind = kind_of(value)
        if holds_sizes and is_size(value):
            yield SLICED if is_sliced else self.size(value)
        elif kind is Holds.OBJECT:
            yield To(self.index[id(value)])
        elif kind is Holds.BAG:
            yield Members(self.index[id(member)] for member in value)
        elif kind is Holds.SEQUENCE:
            yield Word(f"{type(value).__name__} of {len(value)}")
            for member in value:
                yield from self.items(member, holds_sizes, is_sliced)
        elif kind is Holds.DICT:
            yield Word(f"dict by {[*map(word_of, value)]}")
            for member in value.values():
                yield from self.items(member, holds_sizes, is_sliced)
        else:
            yield Word(word_of(value))

    def size(self, value: object) -> SizeAt:
        if type(value) is int and value == 0:
            return SizeAt(-1)
        self.sizes += 1
        return SizeAt(self.sizes - 1)
