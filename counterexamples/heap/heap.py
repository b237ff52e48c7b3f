"""A dump that was read: its objects, what each takes and retains, and a way to look into them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spillproof.counterexamples.heap import classes as classes_
from spillproof.counterexamples.heap import graph as graph_
from spillproof.counterexamples.heap import index as index_
from spillproof.counterexamples.heap import layout, records, roots, source, tags
from spillproof.counterexamples.heap.classes import Class, Classes, Field
from spillproof.counterexamples.heap.dominators import Dominators, dominators
from spillproof.counterexamples.heap.index import Index
from spillproof.counterexamples.heap.layout import WORD, Sizes
from spillproof.counterexamples.heap.roots import Roots

LONGEST = 300
"""Characters of a string that are looked at."""

FORMATS = {
    tags.BOOLEAN: ">?", tags.CHAR: ">H", tags.FLOAT: ">f", tags.DOUBLE: ">d", tags.BYTE: ">b", tags.SHORT: ">h",
    tags.INT: ">i", tags.LONG: ">q",
}  # fmt: skip

Value = int | float | bool


@dataclass
class Heap:
    """A dump that was read. Objects are numbers, in the order of their addresses."""

    index: Index
    classes: Classes
    sizes: Sizes
    roots: Roots
    dominators: Dominators
    references: int
    missing: int
    """References to what is not in the dump."""

    # Objects

    def number(self, node: int) -> int:
        """Return an object's number among what is strongly reachable, or 0."""
        number = int(self.dominators.reached.numbers[node])
        return number if number < self.dominators.reached.strong else 0

    def is_reachable(self, node: int) -> bool:
        """Return whether an object is strongly reachable."""
        return self.number(node) > 0

    def shallow(self, node: int) -> int:
        """Return the bytes of an object itself."""
        return self.sizes.of(node)

    def retained(self, node: int) -> int:
        """Return the bytes that would go with an object; 0 for what is not reachable."""
        number = self.number(node)
        return int(self.dominators.words[number]) * WORD if number else 0

    @property
    def live(self) -> int:
        """The bytes of all that is reachable."""
        return int(self.dominators.words[1]) * WORD

    @property
    def total(self) -> int:
        """The bytes of all that is in the dump."""
        return int(self.sizes.words.sum(dtype=np.int64)) * WORD

    def above(self, node: int) -> int:
        """Return the object that immediately dominates another, or -1 for the roots together."""
        return int(self.dominators.reached.objects[self.dominators.above[self.number(node)]])

    def name(self, node: int) -> str:
        """Return the class of an object; of a class, which it is."""
        same = self.classes.same(node)
        return f"class {same.name}" if same is not None else self.classes.of(node).name

    # Fields

    def fields(self, node: int) -> tuple[Field, ...]:
        """Return the fields of an instance."""
        return self.classes.of(node).fields if self.index.tag(node) == tags.INSTANCE else ()

    def field(self, node: int, name: str) -> Field | None:
        """Return the field of that name, which Scala may have lengthened: some$Class$$name."""
        fields = self.fields(node)
        for each in fields:
            if each.name == name:
                return each
        return next((each for each in fields if each.name.endswith(f"$${name}")), None)

    def has(self, node: int, name: str) -> bool:
        """Return whether an object has a field of that name."""
        return self.field(node, name) is not None

    def value(self, node: int, name: str) -> Value | None:
        """Return the primitive value of a field."""
        found = self.field(node, name)
        if found is None or found.kind not in FORMATS:
            return None
        return self._primitive(found.kind, self._inside(node, found))

    def get(self, node: int, name: str) -> int:
        """Return what a field refers to, or -1 for null, for no such field, and for what is not in the dump."""
        found = self.field(node, name)
        if found is None or found.kind != tags.OBJECT:
            return -1
        return self._at(self._inside(node, found))

    def is_null(self, node: int, name: str) -> bool:
        """Return whether there is such a field and it is null."""
        found = self.field(node, name)
        return (
            found is not None
            and found.kind == tags.OBJECT
            and self.index.records.number(self._inside(node, found), self.index.wide) == 0
        )

    def _inside(self, node: int, found: Field) -> int:
        return self.index.place(node) + 9 + 2 * self.index.wide + found.at

    def _at(self, place: int) -> int:
        address = self.index.records.number(place, self.index.wide)
        return self.index.find(address & (2**63 - 1)) if address else -1

    def _primitive(self, kind: int, place: int) -> Value | None:
        data = bytes(self.index.data[place : place + struct.calcsize(FORMATS[kind])])
        try:
            value: Value = struct.unpack(FORMATS[kind], data)[0]
        except struct.error:
            return None
        return value

    def elements(self, node: int, most: int | None = None) -> Iterator[int]:
        """Yield what an array of objects refers to, but nulls."""
        if self.index.tag(node) != tags.OBJECTS:
            return
        begins = self.index.place(node) + 9 + 2 * self.index.wide
        count = self.length(node)
        for k in range(count if most is None else min(count, most)):
            found = self._at(begins + k * self.index.wide)
            if found >= 0:
                yield found

    def length(self, node: int) -> int:
        """Return the length of an array."""
        return self.index.records.number(self.index.place(node) + 5 + self.index.wide)

    def referred(self, node: int, most: int = 100_000) -> Iterator[tuple[str, int]]:
        """Yield what an object strongly refers to, and by which field."""
        tag = self.index.tag(node)
        if tag == tags.OBJECTS:
            for k, each in enumerate(self.elements(node, most)):
                yield f"[{k}]", each
        elif tag == tags.INSTANCE:
            of = self.classes.of(node)
            for at in of.fields:
                if at.kind == tags.OBJECT and not graph_.is_weak(of, at.owner, at.name):
                    found = self._at(self._inside(node, at))
                    if found >= 0:
                        yield short(at.name), found
        elif tag == tags.CLASS and (same := self.classes.same(node)) is not None:
            for static in same.statics:
                found = self._at(static.at) if static.kind == tags.OBJECT else -1
                if found >= 0:
                    yield short(static.name), found

    def edge(self, holder: int, to: int) -> str:
        """Return by which field an object refers to another."""
        if self.index.tag(holder) == tags.OBJECTS:
            return "[…]"
        return next((name for name, found in self.referred(holder) if found == to), "…")

    def referrers(self, node: int, most: int = 1000) -> list[int]:
        """Return the reachable objects that refer to another; -1 among them where it is a root."""
        number, made = self.number(node), self.dominators
        if not number:
            return []
        begins, ends = int(made.starts[number]), int(made.starts[number + 1])
        return [int(made.reached.objects[each]) for each in made.froms[begins : min(ends, begins + most)]]

    # What Java knows as a value

    def text(self, node: int) -> str | None:
        """Return the text of a String, or None for what is none."""
        if node < 0 or self.classes.of(node).name != "java.lang.String":
            return None
        letters = self.get(node, "value")
        if letters < 0 or self.index.tag(letters) != tags.PRIMITIVES:
            return None
        begins, wide = self.index.place(letters) + 10 + self.index.wide, self.classes.of(letters).name == "char[]"
        size = self.length(letters) * (2 if wide else 1)
        data = bytes(self.index.data[begins : begins + min(size, 2 * LONGEST)])
        if wide:
            first, count = self.value(node, "offset") or 0, self.value(node, "count")
            text = data.decode("utf-16-be", "replace")
            return text[int(first) : int(first) + int(count)] if count is not None else text
        return data.decode("utf-16-le", "replace") if self.value(node, "coder") else data.decode("latin-1")

    def amount(self, node: int) -> Value | None:
        """Return the number in an object that has one: a Long, an AtomicLong, a LongAdder, a Scala LongRef."""
        for name in ("value", "elem", "base"):
            if (found := self.value(node, name)) is not None:
                return found + self._cells(node) if name == "base" else found
        return None

    def _cells(self, node: int) -> Value:
        """Return what threads that were in each other's way have added to a LongAdder."""
        cells = self.get(node, "cells")
        return sum(self.value(each, "value") or 0 for each in self.elements(cells)) if cells >= 0 else 0

    @property
    def java(self) -> str:
        """The version of Java, as its own classes have it."""
        for of, name in (("java.lang.VersionProps", "java_version"), ("sun.misc.Version", "java_version")):
            for each in self.classes.named(of):
                for static in each.statics:
                    if static.name == name and static.kind == tags.OBJECT:
                        return self.text(self._at(static.at)) or ""
        return ""


def short(name: str) -> str:
    """Return the name of a field without what Scala put before it.

    >>> short("org$apache$spark$util$ExternalSorter$$map"), short("$outer"), short("this$0")
    ('map', '$outer', 'this$0')
    """
    return name.rpartition("$$")[2] if "$$" in name else name


@contextmanager
def opened(path: Path, progress: Callable[[str], None]) -> Iterator[Heap]:
    """Give a dump that was read. Raises `ModelError` for what is not one."""
    with source.opened(path, progress) as bytes_:
        yield _read(records.read(bytes_, progress), progress)


def _read(told: records.Records, progress: Callable[[str], None]) -> Heap:
    index = index_.index(told, progress)
    classes = classes_.classes(index, progress)
    sizes = layout.sizes(classes, progress)
    graph = graph_.graph(classes, progress)
    begun, reached = roots.reached(classes, graph, progress)
    count = len(graph.targets)
    made = dominators(graph, reached, begun.nodes, sizes.words, progress)
    return Heap(index, classes, sizes, begun, made, count, graph.missing)


def instances(heap: Heap, classes: list[Class]) -> list[int]:
    """Return the reachable objects of some classes."""
    return [each for each in heap.classes.instances(classes) if heap.is_reachable(each)]
