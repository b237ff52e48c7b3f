"""The canonical order of the nodes of a graph, and its symmetries.

Nodes are coloured by what they look like, until each looks alike only with those that it cannot be told from by its
neighbours (colour refinement). If some still look alike, one of them is taken as the last, and what follows from that
is looked at: the tree of these choices ends in orders of all nodes, each of which spells the graph in words. The least
words are canonical.

Two orders with the same words differ by a symmetry, and what follows from one of two symmetric choices need not be
looked at if what follows from the other was. So 12 alike members of a bag take 12 choices, not 12! orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from spillproof.model.errors import ModelError
from spillproof.properties.engines.exploration.graph import Item, Members, Nodes, SizeAt, To, Word

Words: TypeAlias = tuple[str, ...]
Permutation: TypeAlias = tuple[int, ...]
"""For each node the one that it is moved to."""

MOST_ORDERS_TRIED = 5_000
"""Orders that are spelled before a graph is given up: regular graphs, in which neighbours tell nothing."""


class Labelling(NamedTuple):
    """A canonical order."""

    words: Words
    order: tuple[int, ...]
    """The nodes, in canonical order."""
    symmetries: tuple[Permutation, ...]
    """Symmetries that all others are made of."""


def label(nodes: Nodes) -> Labelling:
    """Return the canonical order of a graph in which all nodes can be reached from the first.

    Raises `ModelError` for a graph with more alternatives than `MOST_ORDERS_TRIED` that no symmetry relates.
    """
    return _Search(nodes).run()


# Colours

Colours: TypeAlias = list[int]
"""For each node the place of the first node of its colour, if nodes are ordered by colour."""

Cells: TypeAlias = dict[int, list[int]]
"""The colours that more than one node has, with these."""


class _Graph:
    """Who refers to whom, and at which of its items."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.texts = [tuple(_text(item) for item in node) for node in nodes]
        self.to = [[int(item) for item in node if isinstance(item, To)] for node in nodes]
        self.bags = [[tuple(item) for item in node if isinstance(item, Members)] for node in nodes]
        self.back: list[list[tuple[int, int]]] = [[] for _ in nodes]
        for node, items in enumerate(nodes):
            for place, item in enumerate(items):
                for target in (item,) if isinstance(item, To) else item if isinstance(item, Members) else ():
                    self.back[int(target)].append((node, place))

        self.neighbours = [
            {*self.to[node], *(each for bag in self.bags[node] for each in bag), *(each for each, _ in self.back[node])}
            for node in range(len(nodes))
        ]

    def look(self, node: int, colours: Colours) -> tuple[Any, ...]:
        """Return what a node looks like to those who see colours."""
        return (
            tuple([colours[each] for each in self.to[node]]),
            tuple([tuple(sorted([colours[each] for each in bag])) for bag in self.bags[node]]),
            tuple(sorted([(colours[each], place) for each, place in self.back[node]])),
        )

    def twins(self) -> list[int]:
        """Return for each node a number that it shares with those that refer to, and are referred to by, the same."""
        seen: dict[Any, int] = {}
        return [seen.setdefault(self.exact(node), node) for node in range(len(self.nodes))]

    def exact(self, node: int) -> Any:
        def named(each: int) -> int:
            return -1 if each == node else each

        return (
            self.texts[node],
            tuple(map(named, self.to[node])),
            tuple(tuple(sorted(map(named, bag))) for bag in self.bags[node]),
            tuple(sorted((named(each), place) for each, place in self.back[node])),
        )


def _text(item: object) -> str:
    """Return an item as far as it does not name nodes."""
    if isinstance(item, Word):
        return item
    if isinstance(item, SizeAt):
        return "#"
    return "to" if isinstance(item, To) else f"bag of {len(item)}"  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # Members


class _Partition:
    """The nodes by colour, and what was seen while they were told apart."""

    def __init__(self, graph: _Graph, colours: Colours, cells: Cells) -> None:
        self.graph = graph
        self.colours = colours
        self.cells = cells
        self.trace: list[Any] = []
        self.waiting: set[int] = set()
        """Nodes of which a neighbour has another colour since they were last looked at."""

    @staticmethod
    def of(graph: _Graph) -> _Partition:
        """Return the partition by what each node is, as fine as neighbours make it; the first node has its own."""
        every = range(len(graph.nodes))
        found = _Partition(graph, [0] * len(every), {0: [*every]})
        found.split(0, [], {node: (node != 0, graph.texts[node]) for node in every})
        found.waiting.update(every)
        found.refine()
        return found

    def with_last(self, node: int) -> _Partition:
        """Return the partition in which a node comes after those that it looks like."""
        found = _Partition(self.graph, [*self.colours], {**self.cells})
        start = self.colours[node]
        found.split(start, [each for each in self.cells[start] if each != node], {node: ()})
        found.refine()
        return found

    def with_order(self, start: int) -> _Partition:
        """Return the partition in which twins are told apart by any order, which tells nobody else apart."""
        cells = {each: cell for each, cell in self.cells.items() if each != start}
        found = _Partition(self.graph, [*self.colours], cells)
        for place, node in enumerate(self.cells[start]):
            found.colours[node] = start + place
        return found

    def refine(self) -> None:
        while self.waiting:
            by_cell: dict[int, list[int]] = {}
            for node in self.waiting:
                by_cell.setdefault(self.colours[node], []).append(node)
            start = min(by_cell)
            self.waiting.difference_update(by_cell[start])
            if start in self.cells:
                self.look_again(start, by_cell[start])

    def look_again(self, start: int, nodes: list[int]) -> None:
        """Tell the nodes of a cell apart. Those that are not in `nodes` look as they did: alike."""
        looks = {node: self.graph.look(node, self.colours) for node in nodes}
        same = [node for node in self.cells[start] if node not in looks]
        if same:
            look = self.graph.look(same[0], self.colours)
            same += [node for node in nodes if looks[node] == look]
            looks = {node: each for node, each in looks.items() if each != look}
        self.split(start, same, looks)

    def split(self, start: int, same: list[int], looks: dict[int, Any]) -> None:
        """Leave the colour of a cell to those that are the same, or else to the first look, and give others theirs."""
        groups: dict[Any, list[int]] = {}
        for node, look in looks.items():
            groups.setdefault(look, []).append(node)
        ordered = sorted(groups.items(), key=lambda pair: pair[0])
        self.trace.append((start, len(same), [(look, len(group)) for look, group in ordered]))
        first, *others = ([same] if same else []) + [group for _, group in ordered]
        self.keep(start, first)
        place = start + len(first)
        for group in others:
            for node in group:
                self.colours[node] = place
                self.waiting.update(self.graph.neighbours[node])
            self.keep(place, group)
            place += len(group)

    def keep(self, place: int, group: list[int]) -> None:
        self.cells.pop(place, None)
        if len(group) > 1:
            self.cells[place] = group


# The tree of choices


class _Leaf(NamedTuple):
    """An order of all nodes."""

    words: Words
    order: tuple[int, ...]
    chosen: tuple[int, ...]
    """The nodes that were taken out of those that they look like, one after the other."""


class _Search:
    def __init__(self, nodes: Nodes) -> None:
        self.graph = _Graph(nodes)
        self.twin = self.graph.twins()
        self.symmetries: list[Permutation] = [*self.exchanges()]
        self.leaves: dict[Words, _Leaf] = {}
        self.back_to: int | None = None
        """After a symmetry was found: how many choices stay, as what follows from the next one is known."""

    def run(self) -> Labelling:
        least = self.least(_Partition.of(self.graph), ())
        assert least is not None
        return Labelling(least.words, least.order, tuple(self.symmetries))

    def exchanges(self) -> Iterator[Permutation]:
        """Yield the exchange of each node with the first of its twins."""
        for node, first in enumerate(self.twin):
            if node != first:
                moved = [*range(len(self.twin))]
                moved[node], moved[first] = first, node
                yield tuple(moved)

    def least(self, partition: _Partition, chosen: tuple[int, ...]) -> _Leaf | None:
        """Return the least order that follows from some choices; None if a symmetry says that it is known."""
        partition = self.without_twins(partition)
        if not partition.cells:
            return self.leaf(partition, chosen)
        best: tuple[list[Any], _Leaf] | None = None
        for node in self.candidates(partition.cells[min(partition.cells)], chosen):
            after = partition.with_last(node)
            if best is not None and after.trace > best[0]:
                continue
            leaf = self.least(after, (*chosen, node))
            if self.back_to is not None:
                if self.back_to < len(chosen):
                    return None
                self.back_to = None
            elif leaf is not None and (best is None or (after.trace, leaf.words) < (best[0], best[1].words)):
                best = after.trace, leaf
        return best[1] if best else None

    def candidates(self, cell: list[int], chosen: tuple[int, ...]) -> Iterator[int]:
        """Yield the nodes of a cell to try: none that a symmetry which keeps what was chosen moves one tried to."""
        tried: list[int] = []
        known: set[int] = set()
        for node in cell:
            if tried and not known:
                known = self.orbit(tried, chosen)
            if node not in known:
                tried.append(node)
                known = set()  # as symmetries may be found while it is tried
                yield node

    def without_twins(self, partition: _Partition) -> _Partition:
        """Return the partition with each cell of twins put in order, as far as such a cell comes next."""
        while partition.cells:
            start = min(partition.cells)
            if len({self.twin[node] for node in partition.cells[start]}) > 1:
                break
            trace = partition.trace
            partition = partition.with_order(start)
            partition.trace = trace
        return partition

    def orbit(self, nodes: list[int], chosen: tuple[int, ...]) -> set[int]:
        """Return where symmetries that keep what was chosen move some nodes."""
        kept = [each for each in self.symmetries if all(each[fixed] == fixed for fixed in chosen)]
        twins = {self.twin[each] for each in nodes}
        found = {each for each, first in enumerate(self.twin) if first in twins and each not in chosen}
        waiting = [*found]
        for each in waiting:
            for symmetry in kept:
                if symmetry[each] not in found:
                    found.add(symmetry[each])
                    waiting.append(symmetry[each])
        return found

    def leaf(self, partition: _Partition, chosen: tuple[int, ...]) -> _Leaf | None:
        """Return the order of a partition without cells; None where it shows a symmetry."""
        words, order = spell(self.graph.nodes, partition.colours)
        known = self.leaves.get(words)
        if known is None:
            if len(self.leaves) >= MOST_ORDERS_TRIED:
                raise ModelError(_TOO_REGULAR)
            found = self.leaves[words] = _Leaf(words, order, chosen)
            return found
        moved = [0] * len(order)
        for before, after in zip(known.order, order, strict=True):
            moved[before] = after
        self.symmetries.append(tuple(moved))
        self.back_to = next(
            (at for at, (one, other) in enumerate(zip(known.chosen, chosen, strict=True)) if one != other), len(chosen)
        )
        return None


_TOO_REGULAR = (
    f"a state has objects that refer to each other so regularly that more than {MOST_ORDERS_TRIED} orders of them "
    "look different; bound by the scope how many there may be"
)


def spell(nodes: Nodes, colours: Colours) -> tuple[Words, tuple[int, ...]]:
    """Return a graph in words, its nodes by their colours, of which each has its own; and the nodes in that order."""
    order = sorted(range(len(nodes)), key=colours.__getitem__)
    words = [_word(item, colours) for node in order for item in nodes[node]]
    return tuple(words), tuple(order)


def _word(item: Item, colours: Colours) -> str:
    if isinstance(item, Word):
        return item
    if isinstance(item, SizeAt):
        return "#"
    return f"to {colours[item]}" if isinstance(item, To) else f"bag {sorted([colours[each] for each in item])}"
