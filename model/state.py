"""A state as a value: copy it, read its shape (the object graph with sizes blanked out) and its sizes.

Two states have the same shape when their graphs are the same up to the names of objects and the order in bags, and the
same quantities are the constant 0. What a quantity's value is, if not 0, is no part of the shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import Any, TypeAlias, get_type_hints

from collections.abc import Iterable

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Field, Linear, Needed, Opaque, is_natural
from spillproof.model.system import Model, is_quantity

Key: TypeAlias = tuple[int, ...]
"""A shape, spelled as numbers. Equal for equal shapes within one process."""

Size: TypeAlias = "int | Linear"


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

    def live(self, wanted: type) -> list[int]:
        """Return the indices of the instances of a class."""
        return [index for index, each in enumerate(self.objects) if isinstance(each, wanted)]


# Spelling a graph as numbers

_SLOT, _REFERENCE, _OPEN, _LIST, _BAG, _DICT, _SLICED, _FIRST = range(8)
_names: dict[object, int] = {}


def _number(constant: object) -> int:
    """Return a number for a constant: the same in every process, and another for another constant or type."""
    number = _names.get((type(constant), constant))
    if number is None:
        number = _names[type(constant), constant] = _FIRST + _digest(_spelled(constant))
    return number


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest())


def _spelled(constant: object) -> str:
    if isinstance(constant, type):
        return f"class {constant.__module__}.{constant.__qualname__}"
    if isinstance(constant, frozenset):
        return f"frozenset {sorted(map(_spelled, constant))}"
    return f"{type(constant).__qualname__} {constant!r}"


_ATOMS = frozenset({bool, int, str, type(None), frozenset, bytes})


class _Speller:
    """Walks a state from the model outward, breadth first, and spells what it meets."""

    def __init__(self, state: Model, sliced: frozenset[Field]) -> None:
        self.sliced = sliced
        self.key: list[int] = []
        self.sizes: list[Size] = []
        self.objects: list[Any] = [state]
        self.index: dict[int, int] = {id(state): 0}

    def walk(self) -> Snapshot:
        for each in self.objects:
            spelling = fields_of(type(each))
            self.key.append(spelling.number)
            values = vars(each)
            for name, is_size in spelling.of(values):
                if is_size and (spelling.cls, name) in self.sliced:
                    self.slice(values[name], (spelling.cls, name))
                else:
                    self.spell(values[name], is_size, each, name)
        return Snapshot(tuple(self.key), tuple(self.sizes), self.objects)

    def slice(self, value: Any, field: Field) -> None:
        """Leave a quantity out, unless it might be negative here: then it matters."""
        for each in value if type(value) is list or type(value) is tuple else (value,):
            if each is not None and not is_natural(each):
                raise Needed(frozenset({field}))
        self.key.append(_SLICED)

    def spell(self, value: Any, is_size: bool, holder: object, name: str) -> None:  # noqa: FBT001 - private, positional for speed
        kind = type(value)
        if kind is Linear or (is_size and kind is int and value != 0):
            if not is_size:
                _refuse_field(holder, name, value)
            self.sizes.append(value)
            self.key.append(_SLOT)
        elif kind in _ATOMS:
            self.key.append(_number(value))
        elif kind is Opaque:
            raise Needed(value.fields)
        elif isinstance(value, (HeapObject, Model)):
            self.key.append(_REFERENCE)
            self.key.append(self.reach(value))
        elif kind is Bag:
            self.sort(value)
            self.key.extend((_BAG, len(value.members)))
            for member in value.members:
                self.key.append(self.reach(member))
        elif kind is list or kind is tuple:
            self.key.extend((_LIST, len(value)))
            for member in value:
                self.spell(member, is_size, holder, name)
        elif kind is dict:
            self.key.extend((_DICT, len(value)))
            for key in value:
                self.key.append(_number(_constant_key(key, holder, name)))
                self.spell(value[key], is_size, holder, name)
        elif isinstance(value, Enum):
            self.key.append(_number(value))
        else:
            _refuse_value(holder, name, value)

    def reach(self, target: Any) -> int:
        index = self.index.get(id(target))
        if index is None:
            index = self.index[id(target)] = len(self.objects)
            self.objects.append(target)
        return index

    def sort(self, bag: Bag[Any]) -> None:
        """Bring the members of a bag into an order that depends on nothing but their shapes."""
        if len(bag.members) > 1:
            bag.members.sort(key=self.outline)

    def outline(self, member: Any) -> list[int]:
        """Spell what can be reached from a member, as far as it has no index yet."""
        if id(member) in self.index:
            return [_SLOT, self.index[id(member)]]
        outline: list[int] = []
        self._outline(member, outline, {})
        return outline

    def _outline(self, value: Any, outline: list[int], inside: dict[int, int]) -> None:
        kind = type(value)
        if isinstance(value, (HeapObject, Model)):
            known = self.index.get(id(value))
            if known is not None:
                outline.extend((_REFERENCE, known))
            elif id(value) in inside:
                outline.extend((_OPEN, inside[id(value)]))
            else:
                inside[id(value)] = len(inside)
                spelling = fields_of(kind)
                values = vars(value)
                outline.append(spelling.number)
                for name, is_size in spelling.of(values):
                    field = values[name]
                    if is_size and (spelling.cls, name) in self.sliced:
                        outline.append(_SLICED)
                    elif is_size and (type(field) is Linear or (type(field) is int and field != 0)):
                        outline.append(_SLOT)
                    else:
                        self._outline(field, outline, inside)
        elif kind in _ATOMS or isinstance(value, Enum):
            outline.append(_number(value))
        elif kind is Bag:
            outline.extend((_BAG, len(value.members)))
        elif kind is list or kind is tuple:
            outline.extend((_LIST, len(value)))
            for member in value:
                self._outline(member, outline, inside)
        elif kind is dict:
            outline.extend((_DICT, len(value)))
            for member in value.values():
                self._outline(member, outline, inside)
        elif kind is Linear:
            outline.append(_SLOT)


def snapshot(state: Model, sliced: frozenset[Field] = frozenset()) -> Snapshot:
    """Return the shape and the sizes of a state, and bring its bags into canonical order.

    The fields in `sliced` are left out of both. Raises `ModelError` where the state holds what no engine can honour: a size in a field that is not declared as one,
    a set, a float, a function, an object that is no `HeapObject`.
    """
    return _Speller(state, sliced).walk()


def slots(state: Model, sliced: frozenset[Field] = frozenset()) -> list[Slot]:
    """Return where each size of a state stands, in the order of `Snapshot.sizes`."""
    objects = snapshot(state, sliced).objects
    places = _places(state, objects)
    found: list[Slot] = []
    for index, each in enumerate(objects):
        values = vars(each)
        for name, is_size in fields_of(type(each)).of(values):
            if is_size and (type(each), name) not in sliced:
                _slots_in(values[name], index, name, f"{places[id(each)]}{name}", found)
    return found


def _slots_in(value: Any, holder: int, field: str, where: str, found: list[Slot]) -> None:
    if type(value) is Linear or (type(value) is int and value != 0):
        found.append(Slot(holder, field, where))
    elif type(value) in (list, tuple):
        for index, member in enumerate(value):
            _slots_in(member, holder, field, f"{where}[{index}]", found)
    elif type(value) is dict:
        for key, member in value.items():
            _slots_in(member, holder, field, f"{where}[{key!r}]", found)


def _places(state: Model, objects: list[Any]) -> dict[int, str]:
    """Return for each object the shortest way to write it, with a dot at the end."""
    places = {id(state): ""}
    for each in objects:
        for name, value in vars(each).items():
            for where, member in _members(value):
                places.setdefault(id(member), f"{places[id(each)]}{name}{where}.")
    return places


def _members(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, HeapObject):
        return [("", value)]
    if type(value) is Bag:
        value = value.members
    if type(value) in (list, tuple):
        return [(f"[{index}]{where}", inner) for index, each in enumerate(value) for where, inner in _members(each)]
    if type(value) is dict:
        return [(f"[{key!r}]{where}", inner) for key, each in value.items() for where, inner in _members(each)]
    return []


# Copies

def clone(state: Any, known: dict[int, Any] | None = None) -> Any:
    """Return a copy of a state that shares no object with it. Sizes and constants are immutable and shared."""
    return _copy(state, {} if known is None else known)


def _copy(original: Any, known: dict[int, Any]) -> Any:
    copy = known.get(id(original))
    if copy is not None:
        return copy
    copy = known[id(original)] = object.__new__(type(original))
    fields = vars(copy)
    for name, value in vars(original).items():
        kind = type(value)
        fields[name] = value if kind in _SHARED else _copy_value(value, kind, known)
    return copy


_SHARED = _ATOMS | {Linear, Opaque}


def _copy_value(value: Any, kind: type, known: dict[int, Any]) -> Any:
    if isinstance(value, (HeapObject, Model)):
        return _copy(value, known)
    if kind is Bag:
        bag: Bag[Any] = Bag()
        bag.members = [_copy(member, known) for member in value.members]
        return bag
    if kind is list:
        return [each if type(each) in _SHARED else _copy_value(each, type(each), known) for each in value]
    if kind is tuple:
        return tuple(each if type(each) in _SHARED else _copy_value(each, type(each), known) for each in value)
    if kind is dict:
        return {key: each if type(each) in _SHARED else _copy_value(each, type(each), known)
                for key, each in value.items()}
    return value


def put_sizes(state: Model, sizes: Iterable[Size], sliced: frozenset[Field] = frozenset()) -> None:
    """Replace the sizes of a state, in canonical order, and make opaque what is sliced away."""
    remaining = iter(sizes)
    for each in snapshot(state, sliced).objects:
        values = vars(each)
        for name, is_size in fields_of(type(each)).of(values):
            if is_size:
                field = (type(each), name)
                values[name] = _hide(values[name], field) if field in sliced else _put(values[name], remaining)


def _hide(value: Any, field: Field) -> Any:
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(_hide(member, field) for member in value)
    if kind is dict:
        return {key: _hide(member, field) for key, member in value.items()}
    return value if value is None else Opaque(frozenset({field}))


def _put(value: Any, sizes: Any) -> Any:
    kind = type(value)
    if kind is Linear or (kind is int and value != 0):
        return next(sizes)
    if kind is list or kind is tuple:
        return kind(_put(member, sizes) for member in value)
    if kind is dict:
        return {key: _put(member, sizes) for key, member in value.items()}
    return value


# The fields of a class

class _Fields:
    """How the fields of one class are spelled: in order of name, and which of them hold sizes."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.number = _number(cls)
        self.skipped = Model.not_state if issubclass(cls, Model) else frozenset()
        self.quantities = _quantities(cls)
        self.known: dict[tuple[str, ...], tuple[tuple[str, bool], ...]] = {}

    def of(self, values: dict[str, Any]) -> tuple[tuple[str, bool], ...]:
        present = tuple(values)
        found = self.known.get(present)
        if found is None:
            names = sorted(name for name in present if name not in self.skipped)
            found = self.known[present] = tuple((name, name in self.quantities) for name in names)
        return found


@cache
def fields_of(cls: type) -> _Fields:
    """Return how the fields of a class are spelled."""
    return _Fields(cls)


def _quantities(cls: type) -> frozenset[str]:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as error:
        message = f"{cls.__name__}: {error}; import the annotation's class outside of `if TYPE_CHECKING`"
        raise ModelError(message) from None
    return frozenset(name for name, hint in hints.items() if is_quantity(hint))


def _constant_key(key: object, holder: object, name: str) -> object:
    if type(key) in _ATOMS or isinstance(key, Enum):
        return key
    message = (f"{type(holder).__name__}.{name} is keyed by {type(key).__name__}; "
               "key a dict by constants, and keep heap objects in a Bag or a list")
    raise ModelError(message)


def _refuse_field(holder: object, name: str, value: object) -> None:
    message = (f"{type(holder).__name__}.{name} holds the size {value!r} but is not declared as one; "
               f"write `{name}: Bytes` (or Count) in the body of class {type(holder).__name__}")
    raise ModelError(message)


def _refuse_value(holder: object, name: str, value: object) -> None:
    instead = {
        set: "keep heap objects in a Bag, constants in a frozenset",
        float: "sizes are whole bytes",
    }.get(type(value), "the state is heap objects, sizes, constants, lists, tuples, dicts and Bags of them")
    message = f"{type(holder).__name__}.{name} holds {value!r}, a {type(value).__name__}, which no engine can honour; {instead}"
    raise ModelError(message)
