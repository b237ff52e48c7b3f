"""The small language in which a file says where a number is: fields, one after the other, from an object on.

`memoryManager.maxHeapMemory` follows fields; at its end is a number, or an object that has one (a Long, an AtomicLong).
`sum(pool.memoryForTask)` adds up the values of a map, or the numbers in a collection; `user + revocable` adds up those
of the numbers that there are. `mode is OFF_HEAP` says whether
there is an enum's value of that name, a text that is so, or a flag that is `true`. What begins with a class begins with
its static field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.classes import Class
from spillproof.counterexamples.heap.heap import Heap, Value

INSIDE = (
    "java.util.",
    "scala.collection.",
    "scala.Some",
    "scala.Tuple2",
    "it.unimi.dsi.fastutil.",
    "com.google.common.collect.",
)
"""Packages of collections: what is in them is passed through on the way to what a collection holds."""

MOST = 1_000_000
"""Objects inside of a collection that are looked at."""


def number(heap: Heap, node: int, expression: str) -> int | None:
    """Return the number that an expression leads to from an object, or None where there is none."""
    if expression.isdecimal():
        return int(expression)
    if " + " in expression:
        told = [number(heap, node, each.strip()) for each in expression.split(" + ")]
        known = [each for each in told if each is not None]
        return sum(known) if known else None
    if found := re.fullmatch(r"sum\((.*)\)", expression):
        inner = follow(heap, node, found[1])
        return None if inner < 0 else sum(_amounts(heap, inner))
    owner, _, name = expression.rpartition(".")
    at = follow(heap, node, owner)
    if at < 0:
        return None
    value = heap.value(at, name)
    if value is None:
        inner = heap.get(at, name)
        value = heap.amount(inner) if inner >= 0 else None
    return None if value is None else int(value)


def is_so(heap: Heap, node: int, expression: str) -> bool:
    """Return whether an expression is so: `mode is OFF_HEAP`, or the name of a flag."""
    path, _, wanted = expression.partition(" is ")
    owner, _, name = path.strip().rpartition(".")
    at = follow(heap, node, owner)
    if at < 0:
        return False
    value = heap.value(at, name)
    if value is not None:
        return str(value).lower() == (wanted.strip() or "true")
    inner = heap.get(at, name)
    return inner >= 0 and wanted.strip() in (heap.text(heap.get(inner, "name")), heap.text(inner))


def follow(heap: Heap, node: int, path: str) -> int:
    """Return the object that fields lead to, or -1."""
    for name in filter(None, path.split(".")):
        if node < 0:
            return -1
        found = heap.get(node, name)
        node = found if found >= 0 or heap.has(node, name) else _static(heap, heap.classes.of(node), name)
    return node


def _static(heap: Heap, of: Class, name: str) -> int:
    """Return what a static field of a class refers to, or -1: Scala 2.12 and later have an object's fields there."""
    for field in of.statics:
        if field.name == name and field.kind == tags.OBJECT:
            address = heap.index.records.number(field.at, heap.index.wide)
            return heap.index.find(address) if address else -1
    return -1


def static(heap: Heap, expression: str) -> int:
    """Return the object that `some.Class.FIELD.field` leads to, or -1."""
    words = expression.split(".")
    for count in range(len(words) - 1, 0, -1):
        for each in heap.classes.named(".".join(words[:count])):
            if (found := _static(heap, each, words[count])) >= 0:
                return follow(heap, found, ".".join(words[count + 1 :]))
    return -1


def label(heap: Heap, node: int, words: str) -> str:
    """Return words in which each name in braces is what that field has."""

    def value(found: re.Match[str]) -> str:
        amount = number(heap, node, found[1])
        if amount is not None:
            return str(amount)
        owner, _, name = found[1].rpartition(".")
        at = follow(heap, node, owner)
        return (heap.text(heap.get(at, name)) if at >= 0 else None) or "?"

    return re.sub(r"\{([^{}]*)\}", value, words)


def members(heap: Heap, collection: int, wanted: set[int], own: Sequence[str] = ()) -> list[int]:
    """Return the objects of some classes that a collection holds, in the order in which they are met.

    `own`: further classes that collections are made of.
    """
    found = [each for each in _inside(heap, collection, wanted, own) if int(heap.classes.types[each]) in wanted]
    return list(dict.fromkeys(found))


def _inside(heap: Heap, collection: int, wanted: set[int], own: Sequence[str] = ()) -> Iterator[int]:
    """Yield what is in a collection, and the objects that it is made of."""
    made_of = {each.number for name in own for each in heap.classes.extending(name)}
    seen, waiting = {collection}, [collection]
    for each in waiting:
        yield each
        if len(seen) > MOST or (int(heap.classes.types[each]) in wanted and each != collection):
            continue
        passed = heap.name(each).startswith(INSIDE) or int(heap.classes.types[each]) in made_of
        if heap.index.tag(each) == tags.OBJECTS or passed:
            below = [to for _, to in heap.referred(each, MOST) if heap.index.tag(to) != tags.CLASS]
        else:
            below = []
        fresh = [to for to in dict.fromkeys((*below, *_weakly(heap, each))) if to not in seen]
        seen.update(fresh)
        waiting += fresh


def _weakly(heap: Heap, node: int) -> Iterator[int]:
    """Yield what a weak reference refers to, if others hold it: who tracks consumers weakly accounts for them, too."""
    referent = heap.get(node, "referent")
    if referent >= 0 and heap.is_reachable(referent):
        yield referent


def _amounts(heap: Heap, collection: int) -> Iterator[int]:
    """Yield the values of a map, or the numbers that a collection holds."""
    numbers, values, keys = [], [], set()
    for each in _inside(heap, collection, set()):
        for name in ("value", "_value"):
            if heap.has(each, "key") or heap.has(each, "_key"):
                keys.add(heap.get(each, "key"))
                inner = heap.get(each, name)
                if inner >= 0 and (amount := heap.amount(inner)) is not None:
                    values.append(int(amount))
        if heap.name(each).startswith("java.lang.") and (amount := heap.amount(each)) is not None:
            numbers.append(int(amount))
    yield from values if keys else numbers


__all__ = ["Value", "follow", "is_so", "label", "members", "number", "static"]
