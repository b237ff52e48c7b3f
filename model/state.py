"""A state as a value: its shape (the object graph with sizes blanked out) and its sizes.

Two states have the same shape when their graphs are the same up to the names of objects and the order in bags, and the
same quantities are the constant 0. What a quantity's value is, if not 0, is no part of the shape.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Any, NoReturn, TypeAlias

from spillproof.model.errors import ModelError
from spillproof.model.fields import (
    BAG,
    DICT,
    INSIDE,
    LIST,
    PLAIN,
    REFERENCE,
    SLICED,
    SLOT,
    TUPLE,
    Holds,
    Unfit,
    fields_of,
    has_odd_store,
    is_another_model,
    is_in_a_bag,
    is_size,
    is_slot,
    is_too_deep,
    keyed,
    kind_of,
    number_of,
    shared,
    shown,
    undeclared,
)
from spillproof.model.heap import Bag
from spillproof.model.quantity import Field, Linear, Needed, Opaque, is_natural
from spillproof.model.system import SCOPE, Constants, Model

Key: TypeAlias = tuple[int, ...]
"""A shape, spelled as numbers: equal for equal shapes, in every process."""

Size: TypeAlias = int | Linear

NOTHING: frozenset[Field] = frozenset()

_STRUCTURE = frozenset((Holds.CONSTANT, Holds.SEQUENCE, Holds.DICT))


class _Places:
    """How to write each object of a state. Only messages ask, so that it is worked out when one does."""

    def __init__(self, objects: list[Any]) -> None:
        self.objects = objects

    @cached_property
    def known(self) -> dict[int, str]:
        return _places(self.objects[0], self.objects)

    def of(self, holder: int) -> str:
        return self.known[id(self.objects[holder])]


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a quantity stands in a shape."""

    holder: int
    """The index of the object that holds it, in canonical order."""
    field: str
    inside: str
    """Where it stands in the field, if that is a container: `[1]`."""
    places: _Places = dataclass_field(compare=False, repr=False)

    @property
    def where(self) -> str:
        """Return how a person finds it: `pool.free`, `maps[1].used`."""
        return f"{self.places.of(self.holder)}{self.field}{self.inside}"


class Snapshot:
    """The shape of a state, its sizes in canonical order, and the objects in that order. Object 0 is the model."""

    __slots__ = ("key", "objects", "sizes")

    def __init__(self, key: Key, sizes: tuple[Size, ...], objects: list[Any]) -> None:
        self.key = key
        self.sizes = sizes
        self.objects = objects


def snapshot(state: Model, sliced: frozenset[Field] = NOTHING) -> Snapshot:
    """Return the shape and the sizes of a state, and bring its bags into canonical order.

    The fields in `sliced` are left out of both. Raises `ModelError`, with the place, where the state holds what no
    engine can honour: a size in a field that is not declared as one, a set, a float, a function, an object that is no
    `HeapObject`.
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
        self.stores: list[dict[str, Any]] = []
        self.holder: Any = state
        self.name = ""
        """The object and the field that are being spelled, for whoever has to say where."""

    def walk(self) -> Snapshot:
        try:
            for each in self.objects:
                self.spell_object(each)
            self.refuse_shared_stores()
        except Unfit as unfit:
            raise ModelError(_refusal(self.objects, self.holder, self.name, unfit)) from None
        except RecursionError:
            raise ModelError(_refusal(self.objects, self.holder, self.name, Unfit(None, is_too_deep))) from None
        return Snapshot(tuple(self.key), tuple(self.sizes), self.objects)

    def spell_object(self, each: Any) -> None:
        self.holder, self.name = each, ""
        values = vars(each)
        layout = fields_of(type(each)).layout(values)
        if layout.is_model:
            self.check_model(values)
        self.stores.append(values)
        self.key.append(layout.number)
        for name, holds_sizes in layout.names:
            value = values[name]
            plain = None if holds_sizes else PLAIN.get(type(value))
            if plain is not None and value in plain:  # as `spell` does, which is asked of what is rarer
                self.key.append(plain[value])
                continue
            self.name = name
            if not holds_sizes:
                self.spell(value)
            elif self.sliced and (layout.cls, name) in self.sliced:
                self.slice(value)
            else:
                self.spell_size(value)

    def check_model(self, values: dict[str, Any]) -> None:
        if self.stores:
            raise Unfit(None, is_another_model)
        if type(values.get(SCOPE)) is not Constants:
            raise Unfit(None, has_odd_store)

    def spell_size(self, value: Any) -> None:
        cls = type(value)
        if cls is Linear or (cls is int and value != 0):
            self.sizes.append(value)
            self.key.append(SLOT)
        else:
            self.spell(value, self.spell_size)

    def spell(self, value: Any, member: Any = None) -> None:
        cls = type(value)
        table = PLAIN.get(cls)
        if table is not None:
            number = table.get(value)
            self.key.append(number_of(value) if number is None else number)
            return
        kind = kind_of(value)
        if kind is Holds.OBJECT:
            self.key += (REFERENCE, self.reach(value))
        elif kind is Holds.CONSTANT:
            self.key.append(number_of(value))
        elif kind is Holds.BAG:
            self.spell_bag(value)
        elif kind is Holds.SEQUENCE:
            if cls is list:
                self.own(value, value)
            self.key += (LIST if cls is list else TUPLE, len(value))
            spell = member or self.spell
            for each in value:
                spell(each)
        elif kind is Holds.DICT:
            self.own(value, value)
            self.key += (DICT, len(value))
            spell = member or self.spell
            for key, each in value.items():
                if kind_of(key) is not Holds.CONSTANT:
                    raise Unfit(value, keyed(key))
                self.key.append(number_of(key))
                spell(each)
        elif kind is Holds.OPAQUE:
            raise Needed(value.fields)
        else:
            raise Unfit(value, undeclared(value) if kind is Holds.LINEAR else None)

    def spell_bag(self, bag: Bag[Any]) -> None:
        members: Any = bag.members
        if type(members) is not list:
            raise Unfit(members)
        self.own(bag, members)
        for each in members:
            if kind_of(each) is not Holds.OBJECT:
                raise Unfit(each, is_in_a_bag(each))
        self.sort(bag)
        self.key += (BAG, len(members), *map(self.reach, bag.members))

    def slice(self, value: Any) -> None:
        """Leave a quantity out, unless it might be negative here: then it matters.

        Whether there is one at all, and how many are in a list, stays part of the shape; so does a bool.
        """
        if is_size(value):
            if not is_natural(value):
                self.need()
            self.key.append(SLICED)
        elif kind_of(value) in _STRUCTURE:
            self.spell(value, self.slice)
        else:
            self.need()

    def need(self) -> NoReturn:
        raise Needed(frozenset({(type(self.holder), self.name)}))

    def own(self, container: Any, store: Any) -> None:
        if id(store) in self.containers:
            raise Unfit(container, shared(container))
        self.containers.add(id(store))

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

    def refuse_shared_stores(self) -> None:
        """Raise `Unfit` where objects share their `vars`, or a field holds the `vars` of an object."""
        own = len(self.containers.union(map(id, self.stores))) == len(self.containers) + len(self.stores)
        if own and {*map(type, self.stores)} == {dict}:
            return
        seen = {*self.containers}
        for holder, store in zip(self.objects, self.stores, strict=True):
            if id(store) in seen or type(store) is not dict:
                self.holder, self.name = holder, ""
                raise Unfit(None, has_odd_store)
            seen.add(id(store))


def _refusal(objects: list[Any], holder: Any, name: str, unfit: Unfit) -> str:
    """Return what is wrong with a state, and where: `M.pages[0].size holds …`."""
    state = objects[0]
    place = f"{type(state).__name__}.{_places(state, objects).get(id(holder), '')}{name}".rstrip(".")
    inside = next((where for where, each in _within(vars(holder).get(name)) if each is unfit.value), "") if name else ""
    owner = "" if holder is state else f" ({type(holder).__name__}.{name})" if name else f" ({type(holder).__name__})"
    return f"{place}{inside}{owner} {unfit.said(holder, name)}"


class _Outline:
    """Spells what can be reached from a member of a bag, as far as it has no index yet."""

    def __init__(self, speller: _Speller) -> None:
        self.known = speller.index
        self.sliced = speller.sliced
        self.inside: dict[int, int] = {}
        self.key: list[int] = []

    def of(self, member: Any) -> list[int]:
        with suppress(Unfit):  # whoever walks on to it says where it is
            self.add(member)
        return self.key

    def add(self, value: Any, size: int | None = None) -> None:
        """Spell a value; where it is a size (not the constant 0), spell `size` in its place."""
        if size is not None and (is_slot(value) if size == SLOT else is_size(value)):
            self.key.append(size)
            return
        table = PLAIN.get(type(value))
        if table is not None:
            number = table.get(value)
            self.key.append(number_of(value) if number is None else number)
            return
        kind = kind_of(value)
        if kind is Holds.OBJECT:
            self.add_object(value)
        elif kind is Holds.CONSTANT:
            self.key.append(number_of(value))
        elif kind is Holds.BAG:
            self.key += (BAG, len(value))
        elif kind is Holds.SEQUENCE or kind is Holds.DICT:
            self.key += (LIST, len(value))
            for each in value.values() if kind is Holds.DICT else value:
                self.add(each, size)

    def add_object(self, value: Any) -> None:
        known = self.known.get(id(value))
        inside = self.inside.get(id(value))
        if known is not None:
            self.key += (REFERENCE, known)
        elif inside is not None:
            self.key += (INSIDE, inside)
        else:
            self.inside[id(value)] = len(self.inside)
            self.add_fields(value)

    def add_fields(self, value: Any) -> None:
        fields, values, sliced = fields_of(type(value)), vars(value), self.sliced
        self.key.append(fields.number)
        for name, holds_sizes in fields.of(values):
            held = values[name]
            plain = None if holds_sizes else PLAIN.get(type(held))
            if plain is not None and held in plain:  # as `add` does, which is asked of what is rarer
                self.key.append(plain[held])
            elif not holds_sizes:
                self.add(held)
            else:
                self.add(held, SLICED if sliced and (fields.cls, name) in sliced else SLOT)


# Where sizes stand, and putting others there


def slots(objects: list[Any], sliced: frozenset[Field] = NOTHING) -> list[Slot]:
    """Return where each size stands in the objects of a state, which are in canonical order."""
    places = _Places(objects)
    return [
        Slot(index, name, where, places)
        for index, each in enumerate(objects)
        for name, holds_sizes in fields_of(type(each)).of(vars(each))
        if holds_sizes and (type(each), name) not in sliced
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
            for where, member in _within(value):
                if kind_of(member) is Holds.OBJECT:
                    places.setdefault(id(member), f"{places.get(id(each), '')}{name}{where}.")
    return places


def _within(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value and what is in it, the nearest first, each with where it stands: `[0]['a']`."""
    seen: set[int] = set()
    waiting = deque([("", value)])
    while waiting:
        where, each = waiting.popleft()
        yield where, each
        kind = kind_of(each)
        if kind in (Holds.SEQUENCE, Holds.DICT, Holds.BAG) and id(each) not in seen:
            seen.add(id(each))
            members = each.items() if kind is Holds.DICT else enumerate(each)
            waiting.extend((f"{where}[{shown(key)}]", member) for key, member in members)


def put_sizes(state: Model, sizes: Iterable[Size], sliced: frozenset[Field] = NOTHING) -> None:
    """Replace the sizes of a state, in canonical order, and make opaque what is sliced away."""
    fill(snapshot(state, sliced).objects, sizes, sliced)


def fill(objects: list[Any], sizes: Iterable[Size], sliced: frozenset[Field] = NOTHING) -> None:
    """Do the same to the objects of a state, which are in canonical order."""
    remaining = iter(sizes)
    for each in objects:
        values = vars(each)
        for name, holds_sizes in fields_of(type(each)).of(values):
            if holds_sizes:
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
    return Opaque(frozenset({field})) if is_size(value) else value
