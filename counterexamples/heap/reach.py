"""What is reached from an object without passing through what is not its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spillproof.counterexamples.heap.bytes import Data, identifier, u4, whole
from spillproof.counterexamples.heap.compiler import compiled
from spillproof.counterexamples.heap.graph import plan
from spillproof.counterexamples.heap.heap import Heap
from spillproof.counterexamples.heap.index import seek
from spillproof.counterexamples.heap.layout import WORD
from spillproof.counterexamples.heap.tags import INSTANCE, OBJECTS

MOST = (1 << 16) - 2
"""How often one can ask before what was visited is forgotten."""


@dataclass(frozen=True)
class Held:
    """What is held."""

    objects: int
    bytes: int
    new: int
    """The bytes of it that nobody before held."""


class Reach:
    """Asks what objects hold, one after the other, and keeps what all of them hold."""

    def __init__(self, heap: Heap, stops: Iterable[int], links: Collection[tuple[str, str]] = ()) -> None:
        """Take the numbers of the classes through whose objects it does not go, and fields that it does not follow."""
        self.heap = heap
        self.plan = plan(heap.classes, links)
        self.stops = np.zeros(len(heap.classes.all), np.uint8)
        self.stops[list(stops)] = 1
        self.seen = np.zeros(len(heap.index), np.uint16)
        self.all = np.zeros(len(heap.index), np.uint8)
        self.queue = np.empty(len(heap.index), np.int32)
        self.asked = 0

    def of(self, begins: Iterable[int]) -> Held:
        """Return what some objects hold: themselves, and what is strongly reached from them."""
        self.asked += 1
        if self.asked > MOST:
            self.asked = 1
            self.seen[:] = 0
        fresh = 0
        for each in begins:
            if each >= 0 and self.seen[each] != self.asked:
                self.seen[each] = self.asked
                self.queue[fresh] = each
                fresh += 1
        index = self.heap.index
        count, words, new = _reach(
            index.data, index.places, self.heap.classes.types, index.wide, self.plan.first, self.plan.offsets,
            index.addresses, index.buckets, index.base, index.unit, index.shift,
            self.stops, self.heap.sizes.words, self.seen, self.asked, self.all, self.queue, fresh,
        )  # fmt: skip
        return Held(int(count), int(words) * WORD, int(new) * WORD)

    def holds(self, node: int) -> bool:
        """Return whether what was asked last holds an object."""
        return bool(self.seen[node] == self.asked)

    def is_held(self, node: int) -> bool:
        """Return whether anything that was asked holds an object."""
        return bool(self.all[node])


@compiled
def _reach(
    data: Data, places: Any, types: Any, wide: int, first: Any, offsets: Any,
    addresses: Any, buckets: Any, base: int, unit: int, shift: int,
    stops: Any, words: Any, seen: Any, stamp: int, everyone: Any, queue: Any, waiting: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Visit what is in the queue, and what is reached from it; return objects, words, and words that are new."""
    done, total, new = 0, 0, 0
    while done < waiting:
        node = whole(queue[done])
        done += 1
        total += whole(words[node])
        if everyone[node] == 0:
            everyone[node] = 1
            new += whole(words[node])
        at = whole(places[node])
        tag = whole(data[at])
        number = whole(types[node])
        many, table = 0, 0
        if tag == INSTANCE:
            table = whole(first[number])
            many = whole(first[number + 1]) - table
            size = u4(data, at + 5 + 2 * wide)
        elif tag == OBJECTS:
            many = u4(data, at + 5 + wide)
            size = many * wide
        else:
            size = 0
        for k in range(many):
            place = whole(offsets[table + k]) if tag == INSTANCE else k * wide
            if place + wide > size:
                continue
            address = identifier(data, at + 9 + 2 * wide + place, wide)
            if address == 0:
                continue
            to = seek(address, addresses, buckets, base, unit, shift)
            if to >= 0 and seen[to] != stamp and stops[types[to]] == 0:
                seen[to] = stamp
                queue[waiting] = to
                waiting += 1
    return done, total, new
