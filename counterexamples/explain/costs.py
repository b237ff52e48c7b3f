"""Which references a repair could clear, and which only who rewrites the program: what a cut costs.

A cut is the one that a maintainer would make. Nobody drops the manager to free a page: what was there at the beginning
is cut where nothing else helps. Among what a repair could clear, fewer references are better, and of as many those
whose field can be empty. Where that is not enough comes a root that was stored in the run. What nobody clears, such as
the map that an iterator of it belongs to, or the field by which a structure holds its own bytes, comes after that.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from spillproof.counterexamples.explain.explanation import Edge
from spillproof.counterexamples.trace import State, Trace

CLEARED = 1_000
"""A reference that a repair could clear."""
EXCHANGED = CLEARED + 1
"""One that is never empty, but is set to another object by some line of the model."""
ROOT = 100_000
"""One from outside the heap, such as a variable of whoever called: dearer than any number of those."""
FINAL = ROOT + 1
"""One that stays what it was when its holder was made."""
OWN = ROOT + 2
"""One by which a structure holds its own bytes."""
GIVEN = 1_000_000_000
"""One that was there at the beginning: dearer than any number of others."""

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
        if self.step and place in self._first:
            return GIVEN
        if edge.holder == -1:
            return ROOT
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
    held = [(each.number, name, numbers[target]) for each in state.heap[1:] for name, target in each.references]
    return [*((-1, name, numbers[target]) for name, target in state.roots), *held]
