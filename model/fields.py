"""What the fields of a model and of its heap objects may hold, how each value is spelled, and which fields hold sizes.

A value is spelled as a word, and the word as a number: both say the type as well as the value, and two values have one
word exactly when no step could tell them apart. Classes and members of enums are told apart by identity: what their
text says is only where the word comes from, and the second with the same text gets a number of its own.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum, Flag, IntEnum
from functools import cached_property
from hashlib import blake2b
from inspect import getattr_static
from typing import Any, NamedTuple, get_type_hints

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import CLOSES_SIZE, OPENS_SIZE, Condition, Linear, Opaque, SizeText
from spillproof.model.slips import a, is_method, refuse_class, refuse_hidden
from spillproof.model.system import SCOPE, Model, is_quantity


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


_SIZES = frozenset((int, Linear, Opaque))


def is_size(value: object) -> bool:
    """Return whether a value in a field of sizes is one: a bool or a member of an enum there is a constant."""
    return type(value) in _SIZES


# The fields of a class

Names = tuple[tuple[str, bool], ...]
"""The names of fields, sorted, and whether each holds sizes."""


class Layout:
    """Which fields an object of a class has: they may differ from object to object."""

    __slots__ = ("cls", "is_model", "names", "number", "word")

    def __init__(self, fields: Fields, present: tuple[str, ...]) -> None:
        refuse_class(fields.cls)
        if fields.fault:
            raise ModelError(fields.fault)
        self.cls = fields.cls
        self.is_model = issubclass(fields.cls, Model)
        kept = [name for name in present if not (self.is_model and name == SCOPE)]
        _refuse_names(fields.cls, kept)
        self.names: Names = tuple((name, name in fields.quantities) for name in sorted(kept))
        written = " ".join(map(_quoted, kept))
        self.word = f"{fields.word} {written}"
        self.number = _number(self.word, f"{_class_text(fields.cls)} {written}")


class Fields:
    """How the fields of one class are spelled: in order of name, and which of them hold sizes."""

    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.word = _free_word(_class_text(cls))
        self.number = _number(self.word, _class_text(cls))
        self.quantities: frozenset[str] = frozenset()
        self.fault = ""
        """Why the annotations cannot be read. It matters only where a state has an object of the class."""
        try:
            self.quantities = _quantities(cls)
        except ModelError as error:
            self.fault = str(error)
        self.known: dict[tuple[str, ...], Layout] = {}

    def layout(self, values: dict[str, Any]) -> Layout:
        """Return which fields an object has.

        Raises `ModelError` for a class that keeps state elsewhere, and for a field that hides a method.
        """
        present = tuple(values)
        found = self.known.get(present)
        if found is None:
            found = self.known[present] = Layout(self, present)
        return found

    def of(self, values: dict[str, Any]) -> Names:
        """Return the names of the fields that an object has, in order, and whether each holds sizes."""
        return self.layout(values).names


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
    except Exception as error:  # noqa: BLE001 - an annotation may be any expression
        message = f"{cls.__name__} has an annotation that cannot be read: {type(error).__name__}: {error}"
        raise ModelError(message) from None
    return frozenset(name for name, hint in hints.items() if is_quantity(hint))


def _refuse_names(cls: type, names: list[str]) -> None:
    for name in names:
        if type(name) is not str:
            raise Unfit(name, has_odd_name(name))
        if is_method(cls, name):
            refuse_hidden(cls, name)


def _class_text(cls: type) -> str:
    return f"class {cls.__module__}.{cls.__qualname__}"


def _quoted(name: str) -> str:
    return name if name.isidentifier() else repr(name)


# Constants as words and numbers

SLOT, REFERENCE, INSIDE, LIST, BAG, DICT, SLICED, TUPLE, _FIRST = range(9)
"""Marks in the spelling of a shape; numbers of constants come after them."""


class _Known(NamedTuple):
    """A constant that is known by identity."""

    constant: Any
    word: str
    number: int
    carried: dict[str, Any]
    """What a member of an enum has in its `vars`, when it was met first."""


PLAIN: dict[type, dict[Any, int]] = {bool: {}, int: {}, str: {}, bytes: {}, type(None): {}}
"""The numbers of constants whose text says all, by their exact type: `1 == True`, but they are no equal states."""

_members: dict[int, _Known] = {}
"""Members of enums by identity: an enum may say of itself, or of equality, what it likes. They are kept alive."""

_frozen: dict[int, _Known] = {}
"""Frozen sets met lately, by identity: those that are equal may have members of other types. They are kept alive."""

MOST_FROZEN = 4096

_words: set[str] = set()
_numbers: dict[int, str] = {}


def number_of(constant: Any) -> int:
    """Return a number for a constant: the same in every process, and another for another constant or type.

    Raises `Unfit` for what is no constant.
    """
    cls = type(constant)
    table = PLAIN.get(cls)
    if table is not None:
        number = table.get(constant)
        if number is None:
            number = table[constant] = _number(_plain_word(constant))
        return number
    return _known(constant).number


def word_of(constant: Any) -> str:
    """Return the word that is spelled as `number_of`. Raises `Unfit` for what is no constant."""
    return _plain_word(constant) if type(constant) in PLAIN else _known(constant).word


def _known(constant: Any) -> _Known:
    known = _members.get(id(constant))
    if known is None:
        return _frozen.get(id(constant)) or _learn(constant)
    if known.carried != constant.__dict__:
        _refuse_change(known)
    return known


def _learn(constant: Any) -> _Known:
    cls = type(constant)
    if cls is frozenset:
        if len(_frozen) >= MOST_FROZEN:
            _frozen.clear()
        word = f"frozenset {sorted(_word_in(constant, each) for each in constant)}"
        found = _frozen[id(constant)] = _Known(constant, word, _number(word), {})
    elif issubclass(cls, Enum):
        _refuse_incomparable(constant)
        _refuse_carrier(constant)
        text = _member_text(constant)
        word = _free_word(text)
        found = _members[id(constant)] = _Known(constant, word, _number(word, text), {**constant.__dict__})
    else:
        raise Unfit(constant)
    return found


def _word_in(frozen: Any, member: Any) -> str:
    """Return the word of a member of a frozenset. A heap object is fit for a state, and not for a place in this one."""
    try:
        return _inner_word(member)
    except Unfit as unfit:
        if isinstance(unfit.value, HeapObject):
            raise Unfit(frozen, is_in_a_frozenset(unfit.value)) from None
        raise


def _inner_word(member: Any) -> str:
    """Return the word of a member of a frozenset, which may be a tuple of constants."""
    return f"tuple {[*map(_inner_word, member)]}" if type(member) is tuple else word_of(member)


def _plain_word(constant: Any) -> str:
    if type(constant) is str and OPENS_SIZE in constant:
        raise Unfit(constant, depends_on_a_size(constant))
    if type(constant) is int and constant.bit_length() > 1000:  # noqa: PLR2004 - Python refuses to write long ones
        return f"int {constant:#x}"
    return f"{type(constant).__qualname__} {constant!r}"


def _member_text(member: Enum) -> str:
    cls, name = type(member), member._name_
    bits = f" {member._value_!r}" if isinstance(member, Flag) else ""
    return f"member {cls.__module__}.{cls.__qualname__}.{name}{bits}"


def _free_word(text: str) -> str:
    """Return a text that no other class and no other member has: the second with the same text is `text #2`."""
    word, ordinal = text, 1
    while word in _words:
        ordinal += 1
        word = f"{text} #{ordinal}"
    _words.add(word)
    return word


def _number(word: str, text: str = "") -> int:
    """Return the number of a word: by the digest of its text, and the next free one if another word has that."""
    number = _FIRST + int.from_bytes(blake2b((text or word).encode(), digest_size=7).digest())
    while _numbers.setdefault(number, word) != word:
        number += 1
    return number


INVERTED = "_inverted_"
"""Where Python keeps what `~` made of a flag, once it was asked."""

_MUTABLE = (list, dict, set, bytearray, HeapObject, Model, Bag)


def _refuse_carrier(member: Enum) -> None:
    for name, value in member.__dict__.items():
        if any(isinstance(each, _MUTABLE) for each in _flat(value)):
            raise Unfit(member, carries(member, name))


def _refuse_incomparable(member: Enum) -> None:
    try:
        hash(member)
        bool(member == member)  # noqa: PLR0124 - it may raise
    except Exception:  # noqa: BLE001 - the enum is not ours
        raise Unfit(member, is_incomparable(member)) from None


def _refuse_change(known: _Known) -> None:
    """Raise `Unfit` for a member of an enum that carries something else than when it was met first."""
    now = known.constant.__dict__
    for name in now.keys() | known.carried.keys():
        is_cached = name == INVERTED or isinstance(getattr_static(type(known.constant), name, None), cached_property)
        if now.get(name, known) is not known.carried.get(name, known) and not is_cached:
            raise Unfit(known.constant, carries(known.constant, name))


def _flat(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for each in value:
            yield from _flat(each)
    else:
        yield value


# Refusals

Said = Callable[[object, str], str]
"""What to say of a value after its place, given who holds it and in which field."""


class Unfit(Exception):
    """A state holds what cannot be part of its key. Whoever knows the place turns it into a `ModelError`."""

    def __init__(self, value: object, said: Said | None = None) -> None:
        super().__init__()
        self.value = value
        self.said = said or (lambda holder, name: was_made_of(holder, name) or cannot_be_spelled(value))


def was_made_of(holder: object, name: str) -> str:
    """Return what to say of an object in which `typing` has kept by which generic alias it was made; else nothing."""
    cls = type(holder).__name__
    return f"was kept when the object was made by `{cls}[…](…)`; write `{cls}(…)`" if name == "__orig_class__" else ""


def cannot_be_spelled(value: object) -> str:
    """Return what to say of a value that no engine can honour."""
    instead = {
        set: "keep heap objects in a Bag, constants in a frozenset",
        deque: "keep a list, of which `pop(0)` takes the first",
        float: "sizes are whole bytes",
        Condition: "write bool(…) around the comparison",
    }.get(type(value), _instead_of_subclass(value))
    return f"holds {shown(value)}, {a(type(value).__name__)}, which no engine can honour; {instead}"


def _instead_of_subclass(value: object) -> str:
    for plain in (Bag, tuple, list, dict, int, str):
        if isinstance(value, plain) and type(value) is not SizeText:
            return f"keep a plain {plain.__name__}, or a HeapObject: of a subclass engines see no fields"
    return "the state is heap objects, sizes, constants, lists, tuples, dicts and Bags of them"


def keyed(key: object) -> Said:
    """Return what to say of a dict that is keyed by what no engine can honour."""
    return lambda *_: (
        f"is keyed by {type(key).__name__}; key a dict by constants, and keep heap objects in a Bag or a list"
    )


def is_in_a_bag(member: object) -> Said:
    """Return what to say of a Bag with a member that is no heap object."""
    return lambda *_: (
        f"is {shown(member)}, {a(type(member).__name__)}, in a Bag; its members are heap objects: "
        "keep constants in a frozenset, and sizes in a list"
    )


def is_in_a_frozenset(member: object) -> Said:
    """Return what to say of a frozenset with a heap object."""
    what = a(type(member).__name__)
    return lambda *_: f"holds {what} in a frozenset, which is for constants; keep heap objects in a Bag"


def has_odd_name(name: object) -> Said:
    """Return what to say of an object with an attribute that has no name."""
    return lambda *_: f"has an attribute named {shown(name)}, {a(type(name).__name__)}; the name of a field is a str"


def carries(member: Enum, name: str) -> Said:
    """Return what to say of a member of an enum that holds what can change."""
    return lambda *_: (
        f"holds {_member_text(member).removeprefix('member ')}, whose {name} changes, or can, outside of the state; "
        "let a member carry constants, and keep the rest in a HeapObject"
    )


def is_incomparable(member: Enum) -> Said:
    """Return what to say of a member of an enum that cannot be hashed or compared."""
    return lambda *_: (
        f"holds {_member_text(member).removeprefix('member ')}, whose class has an `__eq__` or a `__hash__` that "
        "fails; leave them out: members are told apart by identity"
    )


def is_too_deep(_holder: object, _name: str) -> str:
    """Return what to say of a field whose containers nest deeper than Python can follow."""
    return "holds containers in containers, too deep to follow; bound by the scope how deep they go"


def is_another_model(_holder: object, _name: str) -> str:
    """Return what to say of a model within the state of another."""
    return "is a model of its own, whose heap would not be seen from here; make what is in it a HeapObject"


def has_odd_store(_holder: object, _name: str) -> str:
    """Return what to say of an object whose `vars` are not its own."""
    return (
        "has a `__dict__` that is not its own, or that a field holds as well; set fields by their names, and leave "
        "`__dict__` and `vars` alone"
    )


def depends_on_a_size(text: str) -> Said:
    """Return what to say of text in a state that was made from a size."""
    return lambda *_: (
        f"holds the text {text!r}, which depends on a size ({OPENS_SIZE}{CLOSES_SIZE} mark it); "
        "keep the size itself in a field declared as Bytes, and make text of it for messages only"
    )


def shared(value: object) -> Said:
    """Return what to say of a container that two fields share: a copy of the state would have two of them."""
    return lambda *_: (
        f"shares its {type(value).__name__} with another field; "
        "give each its own, or put the one that is shared into a HeapObject that both refer to"
    )


def undeclared(value: object) -> Said:
    """Return what to say of a size in a field that is not declared to hold one."""
    return lambda holder, name: (
        f"holds the size {value!r} but is not declared as one; write "
        f"`{name}: {_hint(vars(holder).get(name))}` (or Count) in the body of class {type(holder).__name__}"
    )


def _hint(value: object) -> str:
    """Return how a field is declared that holds a size, or a container of them."""
    match value:
        case list() if value:
            return f"list[{_hint(value[-1])}]"
        case tuple() if value:
            return f"tuple[{_hint(value[-1])}, ...]"
        case dict() if value:
            key, last = [*value.items()][-1]
            return f"dict[{type(key).__name__}, {_hint(last)}]"
        case _:
            return "Bytes"


MOST_SHOWN = 80


def shown(value: object) -> str:
    """Return a value as text in one short line, whatever its class makes of `repr`; an address is no part of it."""
    try:
        text = re.sub(r" at 0x[0-9a-fA-F]+", "", " ".join(repr(value).split()))
    except Exception:  # noqa: BLE001 - the class is not ours
        return f"{a(type(value).__name__)} whose repr raises"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
