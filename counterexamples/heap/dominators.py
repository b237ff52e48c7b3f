"""What is reachable from the roots, and who dominates whom: with each object's retained size.

An object retains what would go with it: itself, and all that is reached only through it. Dominators are found by the
method of semidominators and nearest common ancestors (Georgiadis and Tarjan), on objects numbered in the order of a
depth-first search from the roots: 1 is the roots together, 0 is nothing. Arrays of 4 bytes an object throughout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from spillproof.counterexamples.heap.bytes import whole
from spillproof.counterexamples.heap.compiler import compiled, inner
from spillproof.counterexamples.heap.graph import Graph

ROOT = 1
"""The number of the roots together."""


@dataclass
class Reached:
    """What is reachable, in the order in which a depth-first search meets it."""

    numbers: Any
    """Of each object its number in that order, from 2; 0 for what is not reachable."""
    objects: Any
    """The object of each number; -1 for the roots together."""
    parents: Any
    """The number from which each was first met; used up when the dominators are found."""

    met: int
    """The number after the last."""
    strong: int = 0
    """The number after the last that is strongly reachable."""
    soft: int = 0
    """The number after the last that is so, or is held by soft references; what comes after is held by weak ones."""
    next_: Any = None
    """How far the search has come in each object's references."""

    def __len__(self) -> int:
        return self.strong - 2

    def trim(self) -> None:
        """Give back what was not needed: the search is at its end."""
        self.next_ = None
        self.objects.resize(self.met, refcheck=False)
        self.parents.resize(self.met, refcheck=False)


@dataclass(frozen=True)
class Dominators:
    """Who dominates whom, by numbers, and what each retains."""

    reached: Reached
    above: Any
    """Of each number the one that immediately dominates it."""
    words: Any
    """Of each number, what it retains."""
    starts: Any
    froms: Any
    """Who refers to number k: `froms[starts[k]:starts[k + 1]]`."""


def search(graph: Graph, roots: Any, progress: Callable[[str], None]) -> Reached:
    """Search from the roots, depth first."""
    progress("finding what is reachable")
    count = len(graph.starts) - 1
    objects, parents = np.empty(count + 2, np.int32), np.empty(count + 2, np.int32)
    objects[:2], parents[:2] = -1, (0, ROOT)
    found = Reached(np.zeros(count, np.int32), objects, parents, 2, next_=graph.starts[:-1].copy())
    more(graph, roots, found)
    return found


def more(graph: Graph, roots: Any, found: Reached) -> None:
    """Go on from more roots."""
    found.met = _search(
        graph.starts, graph.targets, roots, found.next_, found.numbers, found.objects, found.parents, found.met
    )


@compiled
def _search(
    starts: Any, targets: Any, roots: Any, next_: Any, numbers: Any, objects: Any, parents: Any, met: int
) -> int:
    """Number what is reachable; return the number after the last."""
    for k in range(len(roots)):
        root = whole(roots[k])
        if numbers[root] != 0:
            continue
        numbers[root] = met
        objects[met] = root
        parents[met] = 1
        current = met
        met += 1
        while current != 1:
            node = whole(objects[current])
            at = whole(next_[node])
            end = whole(starts[node + 1])
            while at < end and numbers[targets[at]] != 0:
                at += 1
            if at == end:
                next_[node] = at
                current = whole(parents[current])
            else:
                next_[node] = at + 1
                to = whole(targets[at])
                numbers[to] = met
                objects[met] = to
                parents[met] = current
                current = met
                met += 1
    return met


def dominators(graph: Graph, reached: Reached, roots: Any, words: Any, progress: Callable[[str], None]) -> Dominators:
    """Find the dominators of what is reachable, and what each retains. The graph is given back to save memory."""
    progress("turning the references round")
    count, objects = reached.strong, reached.objects[: reached.strong]
    starts = np.zeros(count + 1, np.int32)
    _count_froms(graph.starts, graph.targets, reached.numbers, objects, roots, starts)
    froms = np.empty(int(starts[count]), np.int32)
    _fill_froms(graph.starts, graph.targets, reached.numbers, objects, roots, starts, froms)
    graph.forget()
    progress("finding the dominators")
    above = reached.parents[:count].copy()
    least, label = np.arange(count, dtype=np.int32), np.arange(count, dtype=np.int32)
    _dominate(starts, froms, reached.parents, least, label, above)
    reached.parents = None
    del least, label
    progress("adding up what is retained")
    total = int(words.sum())
    retained = np.zeros(count, np.uint32 if total < 1 << 32 else np.int64)
    retained[2:] = words[objects[2:]]
    _retain(above, retained)
    return Dominators(reached, above, retained, starts, froms)


@compiled
def _count_froms(starts: Any, targets: Any, numbers: Any, objects: Any, roots: Any, froms: Any) -> None:
    """Write where the references to each number begin, one place too far on; the last is how many there are."""
    for k in range(len(roots)):
        froms[numbers[roots[k]]] += 1
    for number in range(2, len(objects)):
        node = whole(objects[number])
        for at in range(whole(starts[node]), whole(starts[node + 1])):
            froms[numbers[targets[at]]] += 1
    total = 0
    for number in range(len(froms)):
        total += whole(froms[number])
        froms[number] = total


@compiled
def _fill_froms(starts: Any, targets: Any, numbers: Any, objects: Any, roots: Any, ends: Any, froms: Any) -> None:
    """Write who refers to each number, from the end of its place to the beginning."""
    for number in range(len(objects) - 1, 1, -1):
        node = whole(objects[number])
        for at in range(whole(starts[node]), whole(starts[node + 1])):
            to = whole(numbers[targets[at]])
            place = whole(ends[to]) - 1
            ends[to] = place
            froms[place] = number
    for k in range(len(roots)):
        to = whole(numbers[roots[k]])
        place = whole(ends[to]) - 1
        ends[to] = place
        froms[place] = 1


@inner
def _shorten(number: int, current: int, ancestors: Any, least: Any, label: Any) -> None:
    """Let the ancestors of a number, beyond the current one, all be next to the top, with the least label on the way.

    The way up is remembered in the ancestors themselves, so that a way of any length takes no memory.
    """
    below, at = 0, number
    while whole(ancestors[at]) > current:
        up = whole(ancestors[at])
        ancestors[at] = below
        below = at
        at = up
    top = whole(ancestors[at])
    while below != 0:
        here = below
        below = whole(ancestors[here])
        if whole(least[label[at]]) < whole(least[label[here]]):
            label[here] = label[at]
        ancestors[here] = top
        at = here


@compiled
def _dominate(starts: Any, froms: Any, ancestors: Any, least: Any, label: Any, above: Any) -> None:
    """Turn the parents in `above` into immediate dominators; `ancestors` are the parents, too, and are used up."""
    for number in range(len(above) - 1, 1, -1):
        lowest = whole(above[number])
        for at in range(whole(starts[number]), whole(starts[number + 1])):
            here = whole(froms[at])
            if here > number:
                _shorten(here, number, ancestors, least, label)
                here = whole(least[label[here]])
            lowest = min(lowest, here)
        least[number] = lowest
    for number in range(2, len(above)):
        up = whole(above[number])
        while up > whole(least[number]):
            up = whole(above[up])
        above[number] = up


@compiled
def _retain(above: Any, retained: Any) -> None:
    """Add what each number takes to what dominates it."""
    for number in range(len(above) - 1, 1, -1):
        retained[above[number]] += retained[number]
