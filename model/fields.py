"""What the fields of a model and of its heap objects may hold, and which of them hold sizes."""

from __future__ import annotations

from enum import Enum, IntEnum
from hashlib import blake2b
from typing import Any, NoReturn, get_type_hints

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import CLOSES_SIZE, OPENS_SIZE, Condition, Linear, Opaque
from spillproof.model.system import Model, is_quantity


class Holds(IntEnum):
    """What kind of value a field holds."""

    CONSTANT = 0
    OBJECT = 1
    BAG = 2
    SEQUENCE = 3
    DICT = 4
    LINEAR = 5
    OPAQUE = 6
    FOREIGN = 7


_BY_TYPE: dict[type, Holds] = {
    bool: Holds.CONSTANT,
    int: Holds.CONSTANT,
    str: Holds.CONSTANT,
    bytes: Holds.CONSTANT,
    type(None): Holds.CONSTANT,
    frozenset: Holds.CONSTANT,
    Bag: Holds.BAG,
    list: Holds.SEQUENCE,
    tuple: Holds.SEQUENCE,
    dict: Holds.DICT,
    Linear: Holds.LINEAR,
    Opaque: Holds.OPAQUE,
}


def kind_of(value: object) -> Holds:
    """Return what kind of value this is."""
    cls = type(value)
    kind = _BY_TYPE.get(cls)
    if kind is None:
        kind = _BY_TYPE[cls] = _classify(cls)
    return kind


def _classify(cls: type) -> Holds:
    if issubclass(cls, (HeapObject, Model)):
        return Holds.OBJECT
    return Holds.CONSTANT if issubclass(cls, Enum) else Holds.FOREIGN


def is_slot(value: object) -> bool:
    """Return whether a quantity with this value is a slot of its shape: any but the constant 0."""
    cls = type(value)
    return cls is Linear or (cls is int and value != 0)


class Fields:
    """How the fields of one class are spelled: in order of name, and which of them hold sizes."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.number = number_of(cls)
        self.skipped = Model.not_state if issubclass(cls, Model) else frozenset()
        self.quantities = _quantities(cls)
        self.known: dict[tuple[str, ...], tuple[tuple[str, bool], ...]] = {}

    def of(self, values: dict[str, Any]) -> tuple[tuple[str, bool], ...]:
        """Return the names of the fields that an object has, in order, and whether each holds sizes."""
        present = tuple(values)
        found = self.known.get(present)
        if found is None:
            names = sorted(name for name in present if name not in self.skipped)
            found = self.known[present] = tuple((name, name in self.quantities) for name in names)
        return found


_fields: dict[type, Fields] = {}


def fields_of(cls: type) -> Fields:
    """Return how the fields of a class are spelled."""
    found = _fields.get(cls)
    if found is None:
        found = _fields[cls] = Fields(cls)
    return found


def _quantities(cls: type) -> frozenset[str]:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except NameError as error:
        message = f"{cls.__name__}: {error}; import the annotation's class outside of `if TYPE_CHECKING`"
        raise ModelError(message) from None
    return frozenset(name for name, hint in hints.items() if is_quantity(hint))


# Constants as numbers

SLOT, REFERENCE, INSIDE, SEQUENCE, BAG, DICT, SLICED, _FIRST = range(8)
"""Marks in the spelling of a shape; numbers of constants come after them."""

_numbers: dict[object, int] = {}


def number_of(constant: object) -> int:
    """Return a number for a constant: the same in every process, and another for another constant or type."""
    key = (type(constant), constant)
    number = _numbers.get(key)
    if number is None:
        if isinstance(constant, str) and OPENS_SIZE in constant:
            refuse_text(constant)
        digest = blake2b(_spelled(constant).encode(), digest_size=7).digest()
        number = _numbers[key] = _FIRST + int.from_bytes(digest)
    return number


def _spelled(constant: object) -> str:
    if isinstance(constant, type):
        return f"class {constant.__module__}.{constant.__qualname__}"
    if isinstance(constant, frozenset):
        return f"frozenset {sorted(map(_spelled, constant))}"
    return f"{type(constant).__qualname__} {constant!r}"


# Refusals


def refuse_key(key: object, holder: object, name: str) -> NoReturn:
    """Raise `ModelError` for a dict that is keyed by what no engine can honour."""
    message = (
        f"{type(holder).__name__}.{name} is keyed by {type(key).__name__}; "
        "key a dict by constants, and keep heap objects in a Bag or a list"
    )
    raise ModelError(message)


def refuse_text(text: str) -> NoReturn:
    """Raise `ModelError` for text in a state that was made from a size."""
    message = (
        f"the state holds the text {text!r}, which depends on a size ({OPENS_SIZE}{CLOSES_SIZE} mark it); "
        "keep the size itself in a field declared as Bytes, and make text of it for messages only"
    )
    raise ModelError(message)


def refuse_shared(holder: object, name: str, value: object) -> NoReturn:
    """Raise `ModelError` for a container that two fields share: a copy of the state would have two of them."""
    message = (
        f"{type(holder).__name__}.{name} shares its {type(value).__name__} with another field; "
        "give each its own, or put the one that is shared into a HeapObject that both refer to"
    )
    raise ModelError(message)


def refuse_size(holder: object, name: str, value: object) -> NoReturn:
    """Raise `ModelError` for a size in a field that is not declared to hold one."""
    message = (
        f"{type(holder).__name__}.{name} holds the size {value!r} but is not declared as one; "
        f"write `{name}: Bytes` (or Count) in the body of class {type(holder).__name__}"
    )
    raise ModelError(message)


def refuse_value(holder: object, name: str, value: object) -> NoReturn:
    """Raise `ModelError` for a value that no engine can honour."""
    instead = {
        set: "keep heap objects in a Bag, constants in a frozenset",
        float: "sizes are whole bytes",
        Condition: "write bool(…) around the comparison",
    }.get(type(value), "the state is heap objects, sizes, constants, lists, tuples, dicts and Bags of them")
    message = (
        f"{type(holder).__name__}.{name} holds {value!r}, a {type(value).__name__}, which no engine can honour; "
        f"{instead}"
    )
    raise ModelError(message)
