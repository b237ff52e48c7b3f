"""Which object refers to which: the strong references of all objects, in arrays, and the weak ones told apart.

The references of object `k` are `targets[starts[k]:starts[k + 1]]`. What a soft, weak or phantom reference refers to is
not among them: such a reference holds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.bytes import Data, identifier, u4, whole
from spillproof.counterexamples.heap.classes import STRONG, Class, Classes
from spillproof.counterexamples.heap.compiler import compiled, inner
from spillproof.counterexamples.heap.index import seek
from spillproof.counterexamples.heap.tags import CLASS, INSTANCE, OBJECTS
from spillproof.model.errors import ModelError

PIECE = 1 << 22
"""Objects whose references are looked up before progress is said."""

MOST = (1 << 31) - 2
"""Objects and references that there is room for."""


@dataclass
class Graph:
    """The strong references."""

    starts: Any
    targets: Any
    missing: int
    """References to what is not in the dump."""

    def forget(self) -> None:
        """Give the memory back: what refers to what is known the other way round."""
        self.starts = self.targets = None


@dataclass(frozen=True)
class ReferencePlan:
    """Where the references of an instance are, by its class."""

    first: Any
    """Of each class, its first entry."""
    offsets: Any


def plan(classes: Classes, without: Collection[tuple[str, str]] = ()) -> ReferencePlan:
    """Return where the strong references of each class's objects are; `without` some fields of some classes."""
    first, offsets = [0], []
    for each in classes.all:
        fields = [at for at in each.fields if at.kind == tags.OBJECT and (at.owner, at.name) not in without]
        offsets += [at.at for at in fields if not is_weak(each, at.owner, at.name)]
        first.append(len(offsets))
    return ReferencePlan(np.array(first, np.int64), np.array(offsets or [0], np.int64))


def is_weak(of: Class, owner: str, name: str) -> bool:
    """Return whether a field of a class's objects holds nothing: the referent of a soft, weak or phantom reference."""
    return name == "referent" and owner == "java.lang.ref.Reference" and of.strength != STRONG


def graph(classes: Classes, progress: Callable[[str], None]) -> Graph:
    """Look up all strong references. Raises `ModelError` for more than there is room for."""
    index, where = classes.index, plan(classes)
    count = len(index)
    if count > MOST:
        raise ModelError(f"{index.records.source.name}: {count:,} objects are more than the {MOST:,} there is room for")
    progress("counting the references")
    total = _count(index.data, index.places, classes.types, index.wide, where.first)
    of_classes = [np.array([*_of_class(classes, each)], np.int64) for each in classes.all]
    total += sum(map(len, of_classes))
    if total > MOST:
        raise ModelError(f"{index.records.source.name}: {total:,} references are more than there is room for")
    starts, targets = np.empty(count + 1, np.int32), np.empty(total, np.int32)
    ends = np.cumsum([0, *map(len, of_classes)])
    of_all = np.concatenate([*of_classes, np.zeros(1, np.int64)])
    nodes = np.array([each.node for each in classes.all if each.node >= 0], np.int64)
    rows = np.array([each.number for each in classes.all if each.node >= 0], np.int64)
    order = np.argsort(nodes)
    used = missing = 0
    for begins in range(0, count, PIECE):
        until = min(count, begins + PIECE)
        used, more = _fill(
            index.data, index.places, classes.types, index.wide, where.first, where.offsets,
            index.addresses, index.buckets, index.base, index.unit, index.shift,
            nodes[order], rows[order], ends, of_all, begins, until, used, starts, targets,
        )  # fmt: skip
        missing += more
        progress(f"following the references: {until / count:.0%}")
    starts[count] = used
    targets.resize(used, refcheck=False)
    return Graph(starts, targets, missing)


def _of_class(classes: Classes, of: Class) -> list[int]:
    """Return the addresses that a class refers to, its statics among them."""
    records = classes.index.records
    found = [of.super_address, *of.held]
    found += [records.number(each.at, records.wide) for each in of.statics if each.kind == tags.OBJECT]
    return [each & (2**63 - 1) for each in found if each]


@compiled
def _count(data: Data, places: Any, types: Any, wide: int, first: Any) -> int:
    """Return how many references instances and arrays have at most."""
    total = 0
    for node in range(len(places)):
        at = whole(places[node])
        tag = whole(data[at])
        if tag == INSTANCE:
            number = whole(types[node])
            total += whole(first[number + 1]) - whole(first[number])
        elif tag == OBJECTS:
            begins = at + 9 + 2 * wide
            for k in range(u4(data, at + 5 + wide)):
                total += 1 if identifier(data, begins + k * wide, wide) != 0 else 0
    return total


@inner
def _put(address: int, used: int, targets: Any, addresses: Any, buckets: Any, base: int, unit: int, shift: int) -> int:
    """Write the object at an address behind the others; return how many there are now."""
    found = seek(address, addresses, buckets, base, unit, shift)
    if found >= 0:
        targets[used] = found
        return used + 1
    return used


@compiled
def _fill(
    data: Data, places: Any, types: Any, wide: int, first: Any, offsets: Any,
    addresses: Any, buckets: Any, base: int, unit: int, shift: int,
    mirrors: Any, rows: Any, ends: Any, held: Any,
    begins: int, until: int, used: int, starts: Any, targets: Any,
) -> tuple[int, int]:  # fmt: skip
    """Write the references of some objects; return how many there are now, and how many lead nowhere."""
    missing = 0
    mirror = 0
    for node in range(begins, until):
        starts[node] = used
        at = whole(places[node])
        tag = whole(data[at])
        asked = 0
        before = used
        if tag == INSTANCE:
            number = whole(types[node])
            size = u4(data, at + 5 + 2 * wide)
            for k in range(whole(first[number]), whole(first[number + 1])):
                place = whole(offsets[k])
                if place + wide <= size:
                    address = identifier(data, at + 9 + 2 * wide + place, wide)
                    if address != 0:
                        asked += 1
                        used = _put(address, used, targets, addresses, buckets, base, unit, shift)
        elif tag == OBJECTS:
            for k in range(u4(data, at + 5 + wide)):
                address = identifier(data, at + 9 + 2 * wide + k * wide, wide)
                if address != 0:
                    asked += 1
                    used = _put(address, used, targets, addresses, buckets, base, unit, shift)
        elif tag == CLASS:
            while mirror < len(mirrors) and whole(mirrors[mirror]) < node:
                mirror += 1
            row = whole(rows[mirror])
            for k in range(whole(ends[row]), whole(ends[row + 1])):
                asked += 1
                used = _put(whole(held[k]), used, targets, addresses, buckets, base, unit, shift)
        missing += asked - (used - before)
    return used, missing
