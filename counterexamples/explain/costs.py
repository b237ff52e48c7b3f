"""Which references a repair could clear, and which only who rewrites the program: what a cut costs.

A cut is the one that a maintainer would make. Nobody drops the manager to free a page: a root, and a reference that was
there at the beginning, are cut where nothing else helps. Among what is left, fewer references are better. Of as many,
nobody clears a field that can never be empty, such as the map that an iterator of it belongs to; nor the field by which
a structure holds its own bytes, since it is the structure that was forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from spillproof.counterexamples.explain.explanation import Edge
from spillproof.counterexamples.trace import State, Trace

CLEARED = 1_000
"""A reference that a repair could clear. The next three are cut where as many of those would not be enough."""
EXCHANGED = CLEARED + 1
"""One that is never empty, but is set to another object by some line of the model."""
FINAL = CLEARED + 2
"""One that stays what it was when its holder was made."""
OWN = CLEARED + 3
"""One by which a structure holds its own bytes."""
GIVEN = 1_000_000
"""A root, or one that was there at the beginning: dearer than any number of those."""

Place = tuple[int, str, int]
"""A reference by the numbers of its ends and its field."""


@dataclass(frozen=True)
class Costs:
    """What it costs to cut each reference of a state of a run."""

    trace: Trace
    step: int
    counted_free: tuple[int, ...] = ()

    def __call__(self, edge: Edge) -> int:
        """Return the cost of a reference."""
        place = (edge.holder, edge.field, edge.target)
        if edge.holder == -1 or (self.step and place in self._first):
            return GIVEN
        if edge.target in self.counted_free and self._is_owner(place):
            return OWN
        field = self._kinds.get(edge.holder, ""), edge.field.partition("[")[0]
        if field not in self.trace.never_empty:
            return CLEARED
        return FINAL if field in self.trace.final else EXCHANGED

    @cached_property
    def _first(self) -> frozenset[Place]:
        return frozenset(_references(self.trace.states[0]))

    @cached_property
    def _kinds(self) -> dict[int, str]:
        return {each.number: each.kind for each in self.trace.states[self.step].heap}

    def _is_owner(self, place: Place) -> bool:
        """Return whether an object was made with this reference, and no other, to it: a table of its map."""
        for state in self.trace.states[: self.step + 1]:
            to_it = [each for each in _references(state) if each[2] == place[2]]
            if to_it:
                return to_it == [place]
        return False


def _references(state: State) -> list[Place]:
    numbers = {each.name: each.number for each in state.heap}
    return [(each.number, name, numbers[target]) for each in state.heap[1:] for name, target in each.references]
