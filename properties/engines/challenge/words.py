"""A state on integers as a value that can be compared, spelled independently of `model.state`.

Two states that are spelled alike behave alike. The reverse is not promised: bags whose members look alike may be
spelled in two orders, which costs time and nothing else. So whatever there is goes into the spelling: names of
attributes in their order, slots, `True` apart from `1`, members of enums and classes by identity, which containers are
one and the same. A value that cannot be spelled makes the state unlike every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias, get_type_hints

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model, is_quantity

Word: TypeAlias = Any
"""Part of a spelling: hashable, and equal only to what is spelled alike."""


_PLAIN = frozenset((int, str, type(None)))
"""What stands for itself."""

_slots_of: dict[type, tuple[str, ...]] = {}
_quantities_of: dict[type, frozenset[str]] = {}


class Same:
    """Compares what it holds by identity, and keeps it alive so that no other thing gets its id."""

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it


_classes: dict[int, Same] = {}


def _same(cls: type) -> Same:
    """Return the word of a class: by identity, as classes of a metaclass may be equal."""
    if id(cls) not in _classes:
        _classes[id(cls)] = Same(cls)
    return _classes[id(cls)]


@dataclass(frozen=True, slots=True)
class Spelling:
    """A state: its words, and the objects in the order in which they were met, the model first."""

    words: tuple[Word, ...]
    objects: list[Any]
    whole: bool
    """Whether everything in the state could be spelled."""


def spell(state: Model, scope: object) -> Spelling:
    """Return the spelling of a state. `scope` is the mapping that every state of the model shares, and is left out."""
    return _Walk(state, scope).run()


class _Walk:
    """Meets the objects of a state breadth first."""

    def __init__(self, state: Model, scope: object) -> None:
        self.scope = scope
        self.objects: list[Any] = [state]
        self.numbers = {id(state): 0}
        self.containers: dict[int, int] = {}
        self.whole = True

    def run(self) -> Spelling:
        words = [tuple(self.said(each)) for each in self.objects]
        return Spelling(tuple(words), self.objects, self.whole)

    def said(self, holder: Any) -> list[Word]:
        """Return the class of an object, and the name and the word of each attribute in turn."""
        said: list[Word] = [_same(type(holder))]
        for name, value in fields(holder):
            if type(value) in _PLAIN:
                said += name, value
            elif value is not self.scope:
                said += name, self.word(value)
        return said

    def word(self, value: Any) -> Word:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if isinstance(value, (HeapObject, Model)):
            return ("object", self.number(value))
        if kind in (list, dict, Bag):
            return self.container(value)
        if kind is tuple:
            return ("tuple", *map(self.word, value))
        if kind in (bool, float, complex, bytes):
            return (Same(kind), repr(value))
        if kind is frozenset:
            return ("frozenset", frozenset(map(self.word, value)))
        if isinstance(value, (Enum, type)):
            return Same(value)
        self.whole = False
        return Same(object())

    def number(self, target: Any) -> int:
        number = self.numbers.get(id(target))
        if number is None:
            number = self.numbers[id(target)] = len(self.objects)
            self.objects.append(target)
        return number

    def container(self, value: Any) -> Word:
        if id(value) in self.containers:
            return ("again", self.containers[id(value)])
        self.containers[id(value)] = len(self.containers)
        if type(value) is dict:
            return ("dict", *((self.word(key), self.word(member)) for key, member in value.items()))
        if type(value) is Bag:
            return ("bag", *map(self.word, sorted(value, key=_outline) if len(value) > 1 else value))
        return ("list", *map(self.word, value))


_HOLDERS = (list, tuple, dict, Bag)


def _outline(member: Any) -> list[str]:
    """Return what orders the members of a bag: what they are by themselves, and how much they hold.

    Not what an object reads as: that has its address in it, which is another one in the same run taken again.
    """
    values = [value for _, value in fields(member) if not isinstance(value, HeapObject)]
    return [type(member).__name__, *(str(len(each) if isinstance(each, _HOLDERS) else each) for each in values)]


def fields(holder: Any) -> Iterable[tuple[str, Any]]:
    """Return the attributes of an object, slots included."""
    slots = _slots(type(holder))
    named = vars(holder).items()
    return [*named, *((name, getattr(holder, name)) for name in slots if hasattr(holder, name))] if slots else named


def _slots(cls: type) -> tuple[str, ...]:
    if cls not in _slots_of:
        _slots_of[cls] = tuple(_find_slots(cls))
    return _slots_of[cls]


def _find_slots(cls: type) -> Iterator[str]:
    declared = [vars(ancestor).get("__slots__", ()) for ancestor in cls.__mro__]
    for each in declared:
        yield from (name for name in ([each] if isinstance(each, str) else each) if not name.startswith("__"))


def is_negative(spelling: Spelling) -> bool:
    """Return whether a field that is declared to hold sizes holds one below 0."""
    return any(_below_zero(value) for each in spelling.objects for name, value in vars(each).items()
               if name in _quantities(type(each)))  # fmt: skip


def _quantities(cls: type) -> frozenset[str]:
    if cls not in _quantities_of:
        hints = get_type_hints(cls, include_extras=True)
        _quantities_of[cls] = frozenset(name for name, hint in hints.items() if is_quantity(hint))
    return _quantities_of[cls]


def _below_zero(value: Any) -> bool:
    if type(value) is int:
        return value < 0
    if isinstance(value, (list, tuple)):
        return any(map(_below_zero, value))
    return isinstance(value, dict) and any(map(_below_zero, value.values()))
