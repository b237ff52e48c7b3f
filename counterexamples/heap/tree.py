"""The dominator tree, as far as it is worth showing: who retains most, and below each, who retains most of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from spillproof.counterexamples.heap.dominators import ROOT
from spillproof.counterexamples.heap.heap import Heap
from spillproof.counterexamples.heap.layout import WORD
from spillproof.counterexamples.heap.result import Branch

LARGEST = 3000
"""Objects of which the tree is made."""

WIDE, DEEP = 8, 24

Below = Mapping[int, Sequence[int]]
"""Which of the largest objects each of them dominates immediately, by their numbers."""


def tree(heap: Heap, wanted: Callable[[int], bool] = lambda _node: True, wide: int = WIDE) -> tuple[Branch, ...]:
    """Return the branches that retain most, of those wanted; a chain that retains the same is followed to its end."""
    made = heap.dominators
    count = len(made.words) - 2
    if count < 1:
        return ()
    most = min(LARGEST, count)
    largest = np.argpartition(made.words[2:], count - most)[count - most :] + 2
    below: dict[int, list[int]] = defaultdict(list)
    for each in largest.tolist():
        below[int(made.above[each])].append(each)
    for each in below.values():
        each.sort(key=lambda number: (-int(made.words[number]), number))
    tops = [each for each in below[ROOT] if wanted(int(made.reached.objects[each]))]
    return tuple(_branch(heap, each, below, 0) for each in tops[:wide])


def _branch(heap: Heap, number: int, below: Below, depth: int) -> Branch:
    made = heap.dominators
    node, above = int(made.reached.objects[number]), int(made.reached.objects[made.above[number]])
    name, by, size = heap.name(node), _edge(heap, above, node), int(made.words[number])
    last, times = _end(heap, number, below) if by else (number, 1)
    worth = _worth(heap, last, below)
    shown = worth[: 1 if depth > 3 else 3] if depth < DEEP else []  # noqa: PLR2004 - what can be taken in
    return Branch(
        name,
        by,
        heap.shallow(node),
        size * WORD,
        tuple(_branch(heap, each, below, depth + 1) for each in shown),
        len(below.get(last, ())) - len(shown),
        times,
        ends=last in below or int(made.words[last]) * WORD == heap.shallow(int(made.reached.objects[last])),
    )


def _worth(heap: Heap, number: int, below: Below) -> list[int]:
    """Return those below an object that retain a twentieth of what it does, and more."""
    words = heap.dominators.words
    return [each for each in below.get(number, ()) if int(words[each]) * 20 >= int(words[number])]


def _end(heap: Heap, number: int, below: Below) -> tuple[int, int]:
    """Return the last object of a chain of which each is all that is worth showing of the one before, and as many.

    Each is of the same class as the one before, which refers to it by the same field as to the first.
    """
    objects, above, times = heap.dominators.reached.objects, heap.dominators.above, 1

    def link(each: int) -> tuple[int, str]:
        node = int(objects[each])
        return int(heap.classes.types[node]), _edge(heap, int(objects[above[each]]), node)

    first = link(number)
    while len(worth := _worth(heap, number, below)) == 1 and link(worth[0]) == first:
        number, times = worth[0], times + 1
    return number, times


def _edge(heap: Heap, above: int, node: int) -> str:
    """Return by which field what dominates an object refers to it; nothing where it does so through others."""
    if above < 0:
        return ""
    found = heap.edge(above, node)
    return "" if found == "…" else found
