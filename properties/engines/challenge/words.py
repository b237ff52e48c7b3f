"""A state on integers as a value that can be compared, spelled independently of `model.state`.

Two states that are spelled alike behave alike. The reverse is not promised: bags whose members look alike may be
spelled in two orders, which costs time and nothing else. So whatever there is goes into the spelling: names of
attributes in their order, slots, `True` apart from `1`, members of enums and classes by identity, which containers are
one and the same. A value that cannot be spelled makes the state unlike every other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, TypeAlias, get_type_hints

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model, is_quantity

Word: TypeAlias = Any
"""Part of a spelling: hashable, and equal only to what is spelled alike."""


_PLAIN = frozenset((int, str, type(None)))
"""What stands for itself."""

_slots_of: dict[type, tuple[str, ...]] = {}
_quantities_of: dict[type, tuple[str, ...]] = {}


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


class Spelling:
    """A state: the objects in the order in which they are met, the model first; and its words, once they are asked for.

    Most states are compared with no other one. Words are to be asked for before the state changes.
    """

    __slots__ = ("objects", "said", "scope")

    def __init__(self, state: Model, scope: object) -> None:
        self.scope = scope
        self.objects = met(state, scope)
        self.said: _Words | None = None

    def spelled(self) -> _Words:
        if self.said is None:
            self.said = _Words(self.objects, self.scope)
        return self.said

    @property
    def words(self) -> tuple[Word, ...]:
        return self.spelled().words

    @property
    def whole(self) -> bool:
        """Return whether everything in the state could be spelled."""
        return self.spelled().whole


def spell(state: Model, scope: object) -> Spelling:
    """Return the spelling of a state. `scope` is the mapping that every state of the model shares, and is left out."""
    return Spelling(state, scope)


def met(state: Model, scope: object) -> list[Any]:
    """Return the objects of a state, breadth first, in the order in which they are met."""
    return _Meeting(state, scope).objects


class _Meeting:
    """Meets the objects of a state."""

    def __init__(self, state: Model, scope: object) -> None:
        self.objects: list[Any] = [state]
        self.known = {id(state), id(scope)}
        """The ids of what was met: objects and containers, and what is left out."""
        for each in self.objects:
            self.meet(value for _, value in fields(each))

    def meet(self, values: Iterable[Any]) -> None:
        """Meet what stands in values, directly or in containers."""
        for value in values:
            leads = _leads[type(value)]
            if leads == _NOWHERE or id(value) in self.known:
                continue
            if leads == _TUPLE:
                self.meet(value)
                continue
            self.known.add(id(value))
            if leads == _OBJECT:
                self.objects.append(value)
            else:
                self.meet(_members(value))


_NOWHERE, _OBJECT, _CONTAINER, _TUPLE = range(4)
"""What a value leads to."""


class _Leads(dict[type, int]):
    """What values of each class lead to: asked of every value of every state."""

    def __missing__(self, cls: type) -> int:
        found = _OBJECT if issubclass(cls, (HeapObject, Model)) else _NOWHERE
        return self.setdefault(cls, found)


_leads = _Leads({list: _CONTAINER, dict: _CONTAINER, Bag: _CONTAINER, tuple: _TUPLE, frozenset: _TUPLE})


def _members(container: Any) -> Iterable[Any]:
    """Return what stands in a container, in order."""
    if type(container) is dict:
        return [each for pair in container.items() for each in pair]
    return in_order(container) if type(container) is Bag else container


class _Words:
    """The words of a state whose objects were met."""

    def __init__(self, objects: list[Any], scope: object) -> None:
        self.scope = scope
        self.numbers = {id(each): number for number, each in enumerate(objects)}
        self.containers: dict[int, int] = {}
        self.whole = True
        self.words: tuple[Word, ...] = tuple([tuple(self.said(each)) for each in objects])

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
            return ("object", self.numbers[id(value)])
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

    def container(self, value: Any) -> Word:
        if id(value) in self.containers:
            return ("again", self.containers[id(value)])
        self.containers[id(value)] = len(self.containers)
        if type(value) is dict:
            return ("dict", *((self.word(key), self.word(member)) for key, member in value.items()))
        if type(value) is Bag:
            return ("bag", *map(self.word, sorted(value.members, key=self.number)))
        return ("list", *map(self.word, value))

    def number(self, member: Any) -> int:
        """Return what a member of a bag stands in order by; what is no object cannot."""
        return self.numbers.get(id(member), -1)


def in_order(bag: Bag[Any]) -> Iterable[Any]:
    """Return the members of a bag in the order of what they are by themselves."""
    return sorted(bag.members, key=_outline) if len(bag.members) > 1 else bag.members


def _outline(member: Any) -> list[str]:
    """Return what orders the members of a bag: what they are by themselves, and how much they hold.

    Not what an object reads as: that has its address in it, which is another one in the same run taken again.
    """
    said = [type(member).__name__]
    for _, value in fields(member):
        leads = _leads[type(value)]
        if leads != _OBJECT:
            said.append(str(value if leads == _NOWHERE else len(value)))
    return said


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
    for each in spelling.objects:
        values = vars(each)
        for name in _quantities(type(each)):
            value = values.get(name, 0)
            if value < 0 if type(value) is int else _below_zero(value):
                return True
    return False


def _quantities(cls: type) -> tuple[str, ...]:
    if cls not in _quantities_of:
        hints = get_type_hints(cls, include_extras=True)
        _quantities_of[cls] = tuple(name for name, hint in hints.items() if is_quantity(hint))
    return _quantities_of[cls]


def _below_zero(value: Any) -> bool:
    if type(value) is int:
        return value < 0
    if isinstance(value, (list, tuple)):
        return any(map(_below_zero, value))
    return isinstance(value, dict) and any(map(_below_zero, value.values()))
