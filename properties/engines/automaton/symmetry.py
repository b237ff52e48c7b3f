"""Lists of alike objects whose order may mean nothing: a `Bag` of them has fewer shapes, and the author is asked.

Whether the order matters, only the author knows: whoever looks at `readers[0]` first would notice. How many shapes it
costs can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Field
from spillproof.model.state import snapshot
from spillproof.properties.engines.automaton.shapes import Automaton, Shape

MANY = 200
"""Shapes from which on it is worth asking."""

MOST = 1_000
"""Shapes that are counted, the first ones."""

WORTH = 2
"""How many times as many shapes as a Bag would have a list must have to be worth asking."""


def fewer_shapes(automaton: Automaton) -> Iterator[str]:
    """Yield for each list whose order costs many shapes what to do about it, in one sentence."""
    if len(automaton.shapes) < MANY:
        return
    shapes = [*islice(automaton.shapes, MOST)]
    for field in sorted(_lists(shapes), key=lambda each: (each[0].__name__, each[1])):
        bags = len({_with_bags(shape, field, automaton.sliced) for shape in shapes})
        if bags * WORTH <= len(shapes):
            owner, name = field
            yield (
                f"{owner.__name__}.{name} is a list of alike objects: if their order means nothing, a Bag has "
                f"{bags:,} shapes instead of {'the first ' if len(shapes) == MOST else ''}{len(shapes):,}"
            )


def _lists(shapes: Sequence[Shape]) -> set[Field]:
    """Return the fields that hold a list of several objects of one class, each once."""
    return {
        (type(each), name)
        for shape in shapes
        for each in shape.objects
        for name, value in vars(each).items()
        if type(value) is list and _is_alike(value)
    }


def _is_alike(members: list[object]) -> bool:
    different = len({*map(id, members)}) == len(members) > 1 == len({*map(type, members)})
    return different and isinstance(members[0], HeapObject)


def _with_bags(shape: Shape, field: Field, sliced: frozenset[Field]) -> tuple[int, ...]:
    """Return the shape that a state has where the list is a bag."""
    state = clone(shape.state)
    owner, name = field
    for each in snapshot(state, sliced).objects:
        value = vars(each).get(name)
        if type(each) is owner and type(value) is list and all(isinstance(member, HeapObject) for member in value):
            vars(each)[name] = Bag(value)
    return snapshot(state, sliced).key
