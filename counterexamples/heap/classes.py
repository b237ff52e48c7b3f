"""The classes of a dump: their fields, statics and supers, and the class of each object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.bytes import Data, identifier, whole
from spillproof.counterexamples.heap.compiler import compiled
from spillproof.counterexamples.heap.index import Index
from spillproof.counterexamples.heap.tags import CLASS, INSTANCE, PRIMITIVES

STRONG, SOFT, WEAK = 0, 1, 2
"""How a reference holds what it refers to. A finalizer's holds it, until it has run."""

WEAK_CLASSES = {
    "java.lang.ref.SoftReference": SOFT,
    "java.lang.ref.WeakReference": WEAK,
    "java.lang.ref.PhantomReference": WEAK,
}

DEEPEST = 1000
"""Classes that one may extend: more are a cycle."""


class Field(NamedTuple):
    """A field that an object has."""

    name: str
    kind: int
    """Its type, as in `tags`."""
    at: int
    """Where it is in what the dump has of the object."""
    owner: str
    """The class that declares it."""


class Static(NamedTuple):
    """A static field."""

    name: str
    kind: int
    at: int
    """Where its value is in the file."""


@dataclass(eq=False)
class Class:
    """A class, as the dump describes it."""

    number: int
    name: str
    address: int = 0
    node: int = -1
    """The object that is this class; -1 for what the dump does not have."""
    super_address: int = 0
    loader: int = 0
    """The address of its loader; 0 is the JVM's own."""
    held: tuple[int, ...] = ()
    """Addresses that it refers to besides its statics: loader, signers, protection domain, constants."""
    declared: tuple[tuple[str, int], ...] = ()
    """Names and types of the fields that it declares, in the order of the dump."""
    statics: tuple[Static, ...] = ()
    supers: tuple[Class, ...] = ()
    """The classes that it extends, the nearest first."""
    fields: tuple[Field, ...] = ()
    """The fields of its objects as they follow each other in the dump: its own, then its super's."""

    @property
    def strength(self) -> int:
        """How its `referent` is held, if it is a reference."""
        return next((WEAK_CLASSES[each.name] for each in (self, *self.supers) if each.name in WEAK_CLASSES), STRONG)

    def extends(self, name: str) -> bool:
        """Return whether it is, or extends, a class of that name."""
        return self.name == name or any(each.name == name for each in self.supers)


@dataclass(eq=False)
class Classes:
    """All classes, and which is of each object."""

    index: Index
    all: list[Class]
    types: Any = None
    """Of each object, the number of its class."""
    by_address: dict[int, Class] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> dict[str, list[Class]]:
        """The classes of each name: several loaders may have one of the same."""
        found: dict[str, list[Class]] = {}
        for each in self.all:
            found.setdefault(each.name, []).append(each)
        return found

    def named(self, name: str) -> list[Class]:
        """Return the classes of that name."""
        return self.by_name.get(name, [])

    def extending(self, name: str) -> list[Class]:
        """Return the classes that are, or extend, one of that name."""
        return [each for each in self.all if each.extends(name)]

    def of(self, node: int) -> Class:
        """Return the class of an object."""
        return self.all[int(self.types[node])]

    def same(self, node: int) -> Class | None:
        """Return the class that an object is, if it is one."""
        return self.by_address.get(self.index.address(node)) if self.index.tag(node) == tags.CLASS else None

    def instances(self, classes: Sequence[Class]) -> list[int]:
        """Return the objects of some classes, by address."""
        if not classes:
            return []
        wanted = np.zeros(len(self.all), np.bool_)
        wanted[[each.number for each in classes]] = True
        return [int(each) for each in np.flatnonzero(wanted[self.types])]


# Reading them


def classes(index: Index, progress: Callable[[str], None]) -> Classes:
    """Read the classes, and find the class of each object."""
    progress("reading the classes")
    found = [_class(index, number, int(node)) for number, node in enumerate(_mirrors(index))]
    made = Classes(index, found, by_address={each.address: each for each in found})
    for each in found:
        each.supers = _supers(each, made.by_address)
    for each in found:
        each.fields = _fields(each, index.wide)
    primitives = [_primitive(made, kind) for kind in range(12)]
    unknown = Class(len(found), "an unknown class")
    found.append(unknown)
    mirror = next((each for each in found if each.name == "java.lang.Class"), unknown)
    progress("finding the class of each object")
    made.types = np.empty(len(index), np.uint16 if len(found) < 1 << 16 else np.int32)
    known = sorted(made.by_address)
    numbers = np.array([made.by_address[each].number for each in known], np.int64)
    _types(
        index.data, index.places, index.wide, np.array(known, np.int64), numbers,
        np.array([each.number for each in primitives], np.int64), mirror.number, unknown.number, made.types,
    )  # fmt: skip
    return made


def _mirrors(index: Index) -> Any:
    """Return the objects that are classes."""
    found = np.empty(len(index), np.bool_)
    for begins in range(0, len(index), 1 << 20):
        ends = begins + (1 << 20)
        found[begins:ends] = index.data[index.places[begins:ends]] == tags.CLASS
    return np.flatnonzero(found)


def _class(index: Index, number: int, node: int) -> Class:
    """Read the record of a class, whose lengths the scan has looked at."""
    records, wide, at = index.records, index.wide, index.place(node)
    address = index.address(node)
    above, *held = (records.number(at + 5 + (k + 1) * wide, wide) for k in range(4))
    made = Class(number, records.class_name(address), address, node, above, held[0], tuple(held))
    at += 1 + 7 * wide + 8
    constants = []
    count, at = records.number(at, 2), at + 2
    for _ in range(count):
        kind = int(index.data[at + 2])
        if kind == tags.OBJECT:
            constants.append(records.number(at + 3, wide))
        at += 3 + tags.width(kind, wide)
    made.held += tuple(constants)
    statics = []
    count, at = records.number(at, 2), at + 2
    for _ in range(count):
        kind = int(index.data[at + wide])
        statics.append(Static(records.name(records.number(at, wide)), kind, at + wide + 1))
        at += wide + 1 + tags.width(kind, wide)
    made.statics = tuple(statics)
    count, at = records.number(at, 2), at + 2
    places = range(at, at + count * (wide + 1), wide + 1)
    made.declared = tuple((records.name(records.number(k, wide)), int(index.data[k + wide])) for k in places)
    return made


def _supers(of: Class, known: dict[int, Class]) -> tuple[Class, ...]:
    found: list[Class] = []
    above = known.get(of.super_address)
    while above is not None and above is not of and len(found) < DEEPEST:
        found.append(above)
        above = known.get(above.super_address)
    return tuple(found)


def _fields(of: Class, wide: int) -> tuple[Field, ...]:
    found, at = [], 0
    for each in (of, *of.supers):
        for name, kind in each.declared:
            found.append(Field(name, kind, at, each.name))
            at += tags.width(kind, wide)
    return tuple(found)


def _primitive(made: Classes, kind: int) -> Class:
    """Return the class of an array of primitives, which is in the dump of most JVMs."""
    name = f"{tags.PRIMITIVE_NAMES.get(kind, 'byte')}[]"
    found = next((each for each in made.all if each.name == name), None)
    if found is None:
        found = Class(len(made.all), name)
        made.all.append(found)
    return found


@compiled
def _types(
    data: Data, places: Any, wide: int, known: Any, numbers: Any, primitives: Any, mirror: int, unknown: int, types: Any
) -> None:
    """Write the number of each object's class."""
    last, number = 0, unknown
    for node in range(len(places)):
        at = whole(places[node])
        tag = whole(data[at])
        if tag == CLASS:
            types[node] = mirror
        elif tag == PRIMITIVES:
            types[node] = primitives[whole(data[at + 9 + wide])]
        else:
            address = identifier(data, at + 5 + wide + (0 if tag == INSTANCE else 4), wide)
            if address != last:
                low, high = 0, len(known)
                while low < high:
                    middle = (low + high) >> 1
                    if whole(known[middle]) < address:
                        low = middle + 1
                    else:
                        high = middle
                last = address
                number = whole(numbers[low]) if low < len(known) and whole(known[low]) == address else unknown
            types[node] = number
