"""A state as a value: its shape (the object graph with sizes blanked out) and its sizes.

Two states have the same shape when their graphs are the same up to the names of objects and the order in bags, and the
same quantities are the constant 0. What a quantity's value is, if not 0, is no part of the shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from spillproof.model.fields import (
    BAG,
    DICT,
    INSIDE,
    REFERENCE,
    SEQUENCE,
    SLICED,
    SLOT,
    Holds,
    fields_of,
    is_slot,
    kind_of,
    number_of,
    refuse_key,
    refuse_shared,
    refuse_size,
    refuse_value,
)
from spillproof.model.heap import Bag
from spillproof.model.quantity import Field, Linear, Needed, Opaque, is_natural, is_number
from spillproof.model.system import Model

Key: TypeAlias = tuple[int, ...]
"""A shape, spelled as numbers: equal for equal shapes, in every process."""

Size: TypeAlias = int | Linear

NOTHING: frozenset[Field] = frozenset()

_STRUCTURE = frozenset((Holds.CONSTANT, Holds.SEQUENCE, Holds.DICT))


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a quantity stands in a shape."""

    holder: int
    """The index of the object that holds it, in canonical order."""
    field: str
    where: str
    """How a person finds it: `pool.free`, `maps[1].used`."""


class Snapshot:
    """The shape of a state, its sizes in canonical order, and the objects in that order. Object 0 is the model."""

    __slots__ = ("key", "objects", "sizes")

    def __init__(self, key: Key, sizes: tuple[Size, ...], objects: list[Any]) -> None:
        self.key = key
        self.sizes = sizes
        self.objects = objects


def snapshot(state: Model, sliced: frozenset[Field] = NOTHING) -> Snapshot:
    """Return the shape and the sizes of a state, and bring its bags into canonical order.

    The fields in `sliced` are left out of both. Raises `ModelError` where the state holds what no engine can honour: a
    size in a field that is not declared as one, a set, a float, a function, an object that is no `HeapObject`.
    """
    return _Speller(state, sliced).walk()


class _Speller:
    """Walks a state from the model outward, breadth first, and spells what it meets as numbers."""

    def __init__(self, state: Model, sliced: frozenset[Field]) -> None:
        self.sliced = sliced
        self.key: list[int] = []
        self.sizes: list[Size] = []
        self.objects: list[Any] = [state]
        self.index: dict[int, int] = {id(state): 0}
        self.containers: set[int] = set()

    def walk(self) -> Snapshot:
        for each in self.objects:
            fields = fields_of(type(each))
            self.key.append(fields.number)
            values = vars(each)
            for name, is_size in fields.of(values):
                if not is_size:
                    self.spell(values[name], each, name)
                elif self.sliced and (fields.cls, name) in self.sliced:
                    self.slice(values[name], each, name)
                else:
                    self.spell_size(values[name], each, name)
        return Snapshot(tuple(self.key), tuple(self.sizes), self.objects)

    def spell_size(self, value: Any, holder: object, name: str) -> None:
        if is_slot(value):
            self.sizes.append(value)
            self.key.append(SLOT)
        else:
            self.spell(value, holder, name, self.spell_size)

    def spell(self, value: Any, holder: object, name: str, member: Any = None) -> None:
        kind = kind_of(value)
        if kind is Holds.CONSTANT:
            self.key.append(number_of(value))
        elif kind is Holds.OBJECT:
            self.key += (REFERENCE, self.reach(value))
        elif kind is Holds.BAG:
            self.own(value, holder, name)
            self.sort(value)
            self.key += (BAG, len(value), *map(self.reach, value.members))
        elif kind is Holds.SEQUENCE:
            self.own(value, holder, name)
            self.key += (SEQUENCE, len(value))
            for each in value:
                (member or self.spell)(each, holder, name)
        elif kind is Holds.DICT:
            self.own(value, holder, name)
            self.key += (DICT, len(value))
            for key, each in value.items():
                self.key.append(number_of(key) if kind_of(key) is Holds.CONSTANT else refuse_key(key, holder, name))
                (member or self.spell)(each, holder, name)
        elif kind is Holds.OPAQUE:
            raise Needed(value.fields)
        else:
            (refuse_size if kind is Holds.LINEAR else refuse_value)(holder, name, value)

    def slice(self, value: Any, holder: object, name: str) -> None:
        """Leave a quantity out, unless it might be negative here: then it matters.

        Whether there is one at all, and how many are in a list, stays part of the shape.
        """
        if is_natural(value):
            self.key.append(SLICED)
        elif kind_of(value) in _STRUCTURE and not isinstance(value, int):
            self.spell(value, holder, name, self.slice)
        else:
            raise Needed(frozenset({(type(holder), name)}))

    def own(self, container: Any, holder: object, name: str) -> None:
        if id(container) in self.containers and type(container) is not tuple:
            refuse_shared(holder, name, container)
        self.containers.add(id(container))

    def reach(self, target: Any) -> int:
        index = self.index.get(id(target))
        if index is None:
            index = self.index[id(target)] = len(self.objects)
            self.objects.append(target)
        return index

    def sort(self, bag: Bag[Any]) -> None:
        """Bring the members of a bag into an order that depends on nothing but their shapes."""
        if len(bag) > 1:
            bag.members.sort(key=lambda member: _Outline(self).of(member))


class _Outline:
    """Spells what can be reached from a member of a bag, as far as it has no index yet."""

    def __init__(self, speller: _Speller) -> None:
        self.known = speller.index
        self.sliced = speller.sliced
        self.inside: dict[int, int] = {}
        self.key: list[int] = []

    def of(self, member: Any) -> list[int]:
        self.add(member)
        return self.key

    def add(self, value: Any, size: int | None = None) -> None:
        """Spell a value; where it is a size (not the constant 0), spell `size` in its place."""
        kind = kind_of(value)
        if size is not None and (size == SLICED or is_slot(value)) and is_number(value):
            self.key.append(size)
        elif kind is Holds.OBJECT:
            self.add_object(value)
        elif kind is Holds.CONSTANT:
            self.key.append(number_of(value))
        elif kind is Holds.BAG:
            self.key += (BAG, len(value))
        elif kind is Holds.SEQUENCE or kind is Holds.DICT:
            self.key += (SEQUENCE, len(value))
            for each in value.values() if kind is Holds.DICT else value:
                self.add(each, size)

    def add_object(self, value: Any) -> None:
        if id(value) in self.known:
            self.key += (REFERENCE, self.known[id(value)])
        elif id(value) in self.inside:
            self.key += (INSIDE, self.inside[id(value)])
        else:
            self.inside[id(value)] = len(self.inside)
            fields = fields_of(type(value))
            self.key.append(fields.number)
            values = vars(value)
            for name, is_size in fields.of(values):
                sliced = is_size and self.sliced and (fields.cls, name) in self.sliced
                self.add(values[name], SLICED if sliced else SLOT if is_size else None)


# Where sizes stand, and putting others there


def slots(state: Model, sliced: frozenset[Field] = NOTHING) -> list[Slot]:
    """Return where each size of a state stands, in the order of `Snapshot.sizes`."""
    objects = snapshot(state, sliced).objects
    places = _places(state, objects)
    return [
        Slot(index, name, f"{places[id(each)]}{name}{where}")
        for index, each in enumerate(objects)
        for name, is_size in fields_of(type(each)).of(vars(each))
        if is_size and (type(each), name) not in sliced
        for where in _slots_in(vars(each)[name])
    ]


def _slots_in(value: Any) -> Iterator[str]:
    if is_slot(value):
        yield ""
    elif kind_of(value) is Holds.SEQUENCE or kind_of(value) is Holds.DICT:
        for key, member in value.items() if kind_of(value) is Holds.DICT else enumerate(value):
            yield from (f"[{key!r}]{where}" for where in _slots_in(member))


def _places(state: Model, objects: list[Any]) -> dict[int, str]:
    """Return for each object the shortest way to write it, with a dot at the end."""
    places = {id(state): ""}
    for each in objects:
        for name, value in vars(each).items():
            for where, member in _members(value):
                places.setdefault(id(member), f"{places[id(each)]}{name}{where}.")
    return places


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    kind = kind_of(value)
    if kind is Holds.OBJECT:
        yield "", value
    elif kind in (Holds.SEQUENCE, Holds.BAG, Holds.DICT):
        for key, member in value.items() if kind is Holds.DICT else enumerate(value):
            yield from ((f"[{key!r}]{where}", inner) for where, inner in _members(member))


def put_sizes(state: Model, sizes: Iterable[Size], sliced: frozenset[Field] = NOTHING) -> None:
    """Replace the sizes of a state, in canonical order, and make opaque what is sliced away."""
    remaining = iter(sizes)
    for each in snapshot(state, sliced).objects:
        values = vars(each)
        for name, is_size in fields_of(type(each)).of(values):
            if is_size:
                field = (type(each), name)
                values[name] = _hide(values[name], field) if field in sliced else _put(values[name], remaining)


def _put(value: Any, sizes: Iterator[Size]) -> Any:
    kind = kind_of(value)
    if kind is Holds.SEQUENCE:
        return type(value)([_put(member, sizes) for member in value])
    if kind is Holds.DICT:
        return {key: _put(member, sizes) for key, member in value.items()}
    return next(sizes) if is_slot(value) else value


def _hide(value: Any, field: Field) -> Any:
    kind = kind_of(value)
    if kind is Holds.SEQUENCE:
        return type(value)([_hide(member, field) for member in value])
    if kind is Holds.DICT:
        return {key: _hide(member, field) for key, member in value.items()}
    return Opaque(frozenset({field})) if is_number(value) else value
