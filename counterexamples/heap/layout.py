"""How many bytes an object takes in its JVM: as HotSpot lays objects out, by the evidence of where they lie.

A dump has an object's fields and its address, but neither the JVM's switches (compressed references, compressed class
pointers, compact headers) nor the fields and the padding that HotSpot adds itself. Each layout that HotSpot has had is
tried on the distances between neighbours, which are the size of the first of the two wherever the heap has no hole: a
layout that makes an object larger than the distance to its neighbour is not the JVM's; of the others that one is which
explains most neighbours. Where a heap has next to no holes, the least distance that the objects of a class have is
their size, whatever HotSpot added to them.

After HotSpot's `classFileParser.cpp` (up to Java 14), `fieldLayoutBuilder.cpp` (from 15 on) and `javaClasses.hpp`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from spillproof.counterexamples.heap import tags
from spillproof.counterexamples.heap.bytes import Data, u4, whole
from spillproof.counterexamples.heap.classes import Class, Classes
from spillproof.counterexamples.heap.compiler import compiled
from spillproof.counterexamples.heap.tags import CLASS, INSTANCE, OBJECTS

POINTER = 8
"""Bytes of a pointer that HotSpot adds to an object, and of a reference that is not compressed."""

WORD = 8
"""What sizes are multiples of, and what they are counted in here."""

INJECTED: dict[str, tuple[int, ...]] = {
    "java.lang.ClassLoader": (POINTER,),
    "java.lang.invoke.ResolvedMethodName": (POINTER, POINTER),
    "java.lang.invoke.MemberName": (POINTER,),
    "java.lang.invoke.MethodHandleNatives$CallSiteContext": (POINTER, POINTER),
    "java.lang.Module": (POINTER,),
    "java.lang.StackFrameInfo": (2,),
    "java.lang.String": (1,),
}
"""Sizes of the fields that HotSpot adds to classes, on 64 bits."""

MOST_ADDED = 1024
"""Bytes that HotSpot may have added to an object: padding against false sharing is 256."""

NEAR = 16
"""Bytes that padding may add to a class."""

DENSE = 0.95
"""How sure it must be that a least distance is a size."""


class Gap(NamedTuple):
    """A hole in an object."""

    at: int
    size: int


@dataclass(frozen=True)
class ObjectLayout:
    """How a JVM lays out its objects."""

    reference: int
    """Bytes of a reference."""
    header: int
    """Bytes before the first field."""
    array: int
    """Bytes before the length of an array."""
    alignment: int = WORD
    fills: bool = True
    """Whether fields are put into the holes of the super's, as from Java 15 on."""
    tight: bool = False
    """Whether elements of an array follow its length without padding to a word, as from Java 23 on."""
    known: dict[int, tuple[int, tuple[Gap, ...]]] = field(default_factory=dict, compare=False, repr=False)

    def told(self) -> str:
        """Say what was found."""
        references = "compressed references" if self.reference < POINTER else "references of 8 bytes"
        return f"{references}, headers of {self.header} bytes, objects on {self.alignment} bytes"

    def size(self, of: Class) -> int:
        """Return the bytes of an instance of a class."""
        return _up(self._laid(of)[0], self.alignment)

    def first(self, width: int) -> int:
        """Return where the first element of an array is."""
        return _up(self.array + 4, max(width, 4 if self.tight else POINTER))

    def size_of_array(self, length: int, width: int) -> int:
        """Return the bytes of an array."""
        return _up(self.first(width) + length * width, self.alignment)

    def _laid(self, of: Class) -> tuple[int, tuple[Gap, ...]]:
        """Return where the fields of a class end, and the holes before."""
        chain = [of, *of.supers]
        end = self.header
        gaps: tuple[Gap, ...] = ()
        for each in reversed(chain):
            if each.number not in self.known:
                put = self._filled if self.fills else self._grouped
                self.known[each.number] = put(each, end, list(gaps))
            end, gaps = self.known[each.number]
        return end, gaps

    def _sizes(self, of: Class) -> tuple[list[int], int]:
        """Return the sizes of the primitive fields that a class declares, the largest first, and its references."""
        sizes = [tags.width(kind, 0) for _, kind in of.declared if kind != tags.OBJECT]
        sizes += INJECTED.get(of.name, ())
        return sorted(sizes, reverse=True), sum(kind == tags.OBJECT for _, kind in of.declared)

    def _filled(self, of: Class, end: int, gaps: list[Gap]) -> tuple[int, tuple[Gap, ...]]:
        """Put each field into the smallest hole that it fits in, or at the end."""
        sizes, references = self._sizes(of)
        for size in (*sizes, *[self.reference] * references):
            fitting = [each for each in gaps if _up(each.at, size) + size <= each.at + each.size]
            if not fitting:
                at = _up(end, size)
                if at > end:
                    gaps.append(Gap(end, at - end))
                end = at + size
                continue
            gap = min(fitting, key=lambda each: (each.size, -each.at))
            at = _up(gap.at, size)
            gaps.remove(gap)
            gaps += [Gap(gap.at, at - gap.at)] if at > gap.at else []
            rest = gap.at + gap.size - at - size
            gaps += [Gap(at + size, rest)] if rest else []
        return end, tuple(gaps)

    def _grouped(self, of: Class, end: int, _gaps: list[Gap]) -> tuple[int, tuple[Gap, ...]]:
        """Put the fields after the super's, the longs first; what fits goes before them where they must be aligned."""
        sizes, references = self._sizes(of)
        end = _up(end, self.reference)
        if sizes and sizes[0] == POINTER and end % POINTER:
            room, end = POINTER - end % POINTER, _up(end, POINTER)
            for size in [each for each in sizes if each < POINTER]:
                if size <= room:
                    room -= size
                    sizes.remove(size)
            if references and self.reference <= room:
                references -= 1
        end += sum(sizes)
        if references:
            end = _up(end, self.reference) + references * self.reference
        return _up(end, self.reference), ()


def _up(number: int, to: int) -> int:
    return -(-number // to) * to


def candidates(wide: int, alignments: Iterable[int] = (WORD,)) -> Iterator[ObjectLayout]:
    """Yield the layouts that HotSpot has, the most usual first."""
    if wide == 4:  # noqa: PLR2004 - of 32 bits
        yield from (ObjectLayout(4, 8, 8, fills=fills) for fills in (True, False))
        return
    for alignment in alignments:
        for reference, header, array, tight in (
            (4, 12, 12, False), (8, 12, 12, False), (8, 16, 16, False), (4, 16, 16, False),
            (4, 8, 8, True), (8, 8, 8, True), (8, 12, 12, True), (8, 16, 16, True), (4, 12, 12, True),
            (4, 16, 16, True),
        ):  # fmt: skip
            for fills in (True, False):
                yield ObjectLayout(reference, header, array, alignment, fills, tight)


# The evidence


WRONG = 3
"""How many that a layout explains outweigh one that it contradicts, which may be a field that HotSpot took away."""

LENGTHS = 64
"""Arrays up to this length are looked at."""


@dataclass
class Evidence:
    """The least distances between neighbours, in bytes; 0 where none was seen."""

    classes: Classes
    instances: Any
    """Of the objects of each class."""
    arrays: Any
    """Of arrays: rows for the types of elements (2: references), columns for lengths."""
    counts: Any
    """Objects of each class."""

    def explained(self, layout: ObjectLayout) -> tuple[int, int]:
        """Return how much a layout contradicts, and how much it explains; in classes, and lengths of arrays."""
        wrong = right = 0
        for least, size in self._pairs(layout):
            wrong += size > least
            right += size == least
        return wrong, right

    def _pairs(self, layout: ObjectLayout) -> Iterator[tuple[int, int]]:
        for each in self.classes.all:
            least = int(self.instances[each.number])
            if least and each.supers and each.supers[-1].name == "java.lang.Object":
                yield least, layout.size(each)
        for kind, length in zip(*np.nonzero(self.arrays), strict=True):
            width = layout.reference if kind == tags.OBJECT else tags.width(int(kind), 0)
            yield int(self.arrays[kind, length]), layout.size_of_array(int(length), width)


def evidence(classes: Classes) -> Evidence:
    """Look at the distances between all neighbours."""
    index = classes.index
    found = Evidence(
        classes,
        np.zeros(len(classes.all), np.int64),
        np.zeros((12, LENGTHS), np.int64),
        np.bincount(classes.types, minlength=len(classes.all)),
    )
    _distances(
        index.data, index.places, index.addresses, classes.types, index.wide, index.unit,
        found.instances, found.arrays.reshape(-1),
    )  # fmt: skip
    return found


def choose(found: Evidence) -> ObjectLayout:
    """Return the layout that the evidence is for; the most usual one where there is none."""

    def worth(layout: ObjectLayout) -> int:
        wrong, right = found.explained(layout)
        return right - WRONG * wrong

    index = found.classes.index
    common = int(np.bitwise_or.reduce(index.addresses)) * index.unit
    alignments = sorted({WORD, min(common & -common, 256)} if common else {WORD})
    return max(candidates(index.wide, alignments), key=worth)


@compiled
def _distances(
    data: Data, places: Any, addresses: Any, types: Any, wide: int, unit: int, instances: Any, arrays: Any
) -> None:
    """Write the least distance that objects of each class, and arrays of each length, have to what comes next."""
    for node in range(len(places) - 1):
        at = whole(places[node])
        tag = whole(data[at])
        distance = (whole(addresses[node + 1]) - whole(addresses[node])) * unit
        if tag == INSTANCE:
            number = whole(types[node])
            if instances[number] == 0 or distance < instances[number]:
                instances[number] = distance
        elif tag != CLASS:
            length = u4(data, at + 5 + wide)
            if length < LENGTHS:
                cell = (2 if tag == OBJECTS else whole(data[at + 9 + wide])) * LENGTHS + length
                if arrays[cell] == 0 or distance < arrays[cell]:
                    arrays[cell] = distance


# The sizes


@dataclass(frozen=True)
class Sizes:
    """The shallow size of each object, in units of WORD bytes, and what they rest on."""

    layout: ObjectLayout
    words: Any
    wrong: int
    """Of classes and lengths of arrays, how many the layout contradicts."""

    def of(self, node: int) -> int:
        """Return the shallow size of an object."""
        return int(self.words[node]) * WORD


def sizes(classes: Classes, progress: Callable[[str], None]) -> Sizes:
    """Find how large each object is."""
    progress("measuring the objects")
    found = evidence(classes)
    layout = choose(found)
    by_class = np.array([layout.size(each) for each in classes.all], np.int64)
    np.minimum(by_class, found.instances, out=by_class, where=found.instances > 0)
    words = np.empty(len(classes.index), np.uint32)
    density = _measure(classes, layout, by_class, words)
    if _added(found, by_class, density):
        _measure(classes, layout, by_class, words)
    _mirrors(classes, layout, words, dense=density >= DENSE)
    return Sizes(layout, words, found.explained(layout)[0])


def _measure(classes: Classes, layout: ObjectLayout, by_class: Any, words: Any) -> float:
    """Write the size of each object; return how many neighbours have no hole between them."""
    index = classes.index
    widths = np.array([layout.reference if k == tags.OBJECT else tags.width(k, 0) for k in range(12)], np.int64)
    firsts = np.array([layout.first(max(1, int(each))) for each in widths], np.int64)
    close = _shallow(
        index.data, index.places, index.addresses, classes.types, index.wide, index.unit,
        by_class, widths, firsts, layout.alignment, words,
    )  # fmt: skip
    return float(close) / max(1, len(words) - 1)


def _added(found: Evidence, by_class: Any, density: float) -> bool:
    """Correct the sizes of classes to whose objects HotSpot added something, and return whether there are any."""
    more = found.instances - by_class
    sure = (1 - density) ** np.minimum(found.counts, 1000) < 1 - DENSE
    wrong = (found.instances > 0) & (more > 0) & (more <= MOST_ADDED) & sure
    by_class[wrong] = found.instances[wrong]
    return bool(wrong.any())


@compiled
def _shallow(
    data: Data, places: Any, addresses: Any, types: Any, wide: int, unit: int,
    by_class: Any, widths: Any, firsts: Any, alignment: int, words: Any,
) -> int:  # fmt: skip
    """Write the size of each object but classes; return how many touch the next one, or are classes."""
    close = 0
    last = len(places) - 1
    for node in range(len(places)):
        at = whole(places[node])
        tag = whole(data[at])
        if tag in (INSTANCE, CLASS):
            size = whole(by_class[whole(types[node])])
        else:
            kind = 2 if tag == OBJECTS else whole(data[at + 9 + wide])
            size = whole(firsts[kind]) + u4(data, at + 5 + wide) * whole(widths[kind])
        size = (size + alignment - 1) // alignment * alignment
        words[node] = size // 8
        if node < last:
            touches = (whole(addresses[node + 1]) - whole(addresses[node])) * unit == size
            close += 1 if touches or tag == CLASS else 0
    return close


def _mirrors(classes: Classes, layout: ObjectLayout, words: Any, *, dense: bool) -> None:
    """Write the size of each class: that of an object of java.lang.Class, and its statics behind."""
    found = [each for each in classes.all if each.node >= 0]
    statics = {each.number: _statics(each, layout) for each in found}
    base = min((d - statics[each.number] for each in found if (d := _distance(classes, each.node)) > 0), default=0)
    mirror = next(iter(classes.named("java.lang.Class")), None)
    least = layout.size(mirror) if mirror is not None else 0
    base = base if least <= base <= least + MOST_ADDED else least
    for each in found:
        size = _up(base + statics[each.number], layout.alignment)
        apart = _distance(classes, each.node) if dense else 0
        words[each.node] = (apart if size < apart <= size + NEAR else size) // WORD


def _statics(of: Class, layout: ObjectLayout) -> int:
    """Return the bytes of a class's statics; those whose name HotSpot made up are not in it."""
    kinds = [each.kind for each in of.statics if not each.name.startswith("<")]
    references = kinds.count(tags.OBJECT)
    plain = sum(tags.width(each, 0) for each in kinds)
    return _up((_up(plain, layout.reference) if references else plain) + references * layout.reference, WORD)


def _distance(classes: Classes, node: int) -> int:
    index = classes.index
    return index.address(node + 1) - index.address(node) if node + 1 < len(index) else 0
