"""States up to what does not matter: which objects they are, and the order of the members of a bag.

Two states on integers are the same when a renaming of their objects makes them the same, bags taken without order.
Engines that count states need one representative for each such class, whatever order their objects happen to be in,
and whether a 0 is a constant of the shape or the value of an unknown.

A *skeleton* is a graph with all its sizes blanked out, zeros too, written down in canonical order (`labelling`). The
orders that write it alike differ by a symmetry of the graph; each orders the sizes differently, and the least order of
the sizes represents the state.

A skeleton may have too many symmetries to list: n alike members of a bag have n!. Then its states are put into
canonical order one by one, with their sizes as words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING, Key, Snapshot, snapshot
from spillproof.properties.engines.exploration.graph import Nodes, SizeAt, nodes_of, with_values
from spillproof.properties.engines.exploration.labels import Labelling, Permutation, label

Skeleton: TypeAlias = tuple[str, ...]
"""A graph with its sizes blanked out, in words: equal and in the same order on every machine."""


MOST_SYMMETRIES = 1_000
"""Orders of sizes that are listed for a shape; 6 alike members have 720."""


class State(NamedTuple):
    """A state up to the order of bags. States are ordered by skeleton, then by values."""

    skeleton: Skeleton
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """How the states of one shape are brought into canonical form."""

    skeleton: Skeleton
    orders: tuple[tuple[int, ...], ...]
    """For each symmetry: which of the shape's sizes stands at each place of the skeleton; -1 for the constant 0.

    Empty if there are more than `MOST_SYMMETRIES`: whether there are is a matter of the skeleton alone.
    """
    nodes: Nodes
    """The graph of the shape."""

    @property
    def is_listed(self) -> bool:
        """Return whether the symmetries are few enough to be listed."""
        return bool(self.orders)

    def canonical(self, sizes: Sequence[int]) -> State:
        """Return the canonical form of the state with these sizes."""
        if self.orders:
            values = (tuple([sizes[each] if each >= 0 else 0 for each in order]) for order in self.orders)
            return State(self.skeleton, min(values))
        labelling = label(with_values(self.nodes, tuple(sizes)))
        places = _places(self.nodes, labelling.order)
        return State(labelling.words, tuple(sizes[each] if each >= 0 else 0 for each in places))


class Canon:
    """Brings states into canonical form, and remembers how for each shape. Quantities in `sliced` are left out."""

    def __init__(self, sliced: frozenset[Field] = NOTHING) -> None:
        self.sliced = sliced
        self.forms: dict[Key, Form] = {}

    def form(self, state: Any, taken: Snapshot | None = None) -> Form:
        """Return how the states with the shape of this one are brought into canonical form."""
        taken = taken or snapshot(state, self.sliced)
        form = self.forms.get(taken.key)
        if form is None:
            form = self.forms[taken.key] = form_of(nodes_of(taken, self.sliced))
        return form

    def reached(self, state: Any) -> State | None:
        """Return the canonical form of a state on integers; None where a counter is below 0, and nobody goes on."""
        found, taken = self.canonical(state)
        whole = snapshot(state) if self.sliced else taken
        return None if any(size < 0 for size in whole.sizes) else found

    def canonical(self, state: Any) -> tuple[State, Snapshot]:
        """Return the canonical form of a state on integers, and its snapshot."""
        taken = snapshot(state, self.sliced)
        sizes = [size for size in taken.sizes if isinstance(size, int)]
        return self.form(state, taken).canonical(sizes), taken


def form_of(nodes: Nodes) -> Form:
    """Return how the states with a graph are brought into canonical form."""
    labelling = label(nodes)
    orders = {_places(nodes, order) for order in _orders(nodes, labelling)}
    return Form(labelling.words, tuple(sorted(orders)), nodes)


def _places(nodes: Nodes, order: Iterable[int]) -> tuple[int, ...]:
    """Return which size stands at each place, if the nodes are written in an order."""
    return tuple(int(item) for node in order for item in nodes[node] if isinstance(item, SizeAt))


def _orders(nodes: Nodes, labelling: Labelling) -> set[Permutation]:
    """Return the orders of the nodes with sizes that a symmetry makes of the canonical one; none if they are too many.

    What a symmetry does to other nodes does not matter, and is not told apart.
    """
    first = tuple(node for node in labelling.order if any(isinstance(item, SizeAt) for item in nodes[node]))
    found = {first}
    waiting = [first]
    for order in waiting:
        for symmetry in labelling.symmetries:
            moved = tuple([symmetry[node] for node in order])
            if moved not in found:
                found.add(moved)
                waiting.append(moved)
        if len(found) > MOST_SYMMETRIES:
            return set()
    return found
