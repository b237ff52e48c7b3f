"""Where in an automaton a claim is false (or, for a `sometimes` claim, true): what an engine must reach or rule out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.shapes import Automaton, Conjunction, Edge


@dataclass(frozen=True)
class Goal:
    """A shape with conditions on its sizes, or an edge with conditions on top of its guard."""

    shape: int
    """The shape to be in; for an edge, its source (-1 for a beginning)."""
    also: Conjunction
    """Over the sizes of the shape, or over the unknowns of the edge; its guard included."""
    edge: Edge | None = None

    def conditions(self) -> Conjunction:
        """Return everything that must hold, over the sizes of the shape or the unknowns of the edge."""
        return self.also if self.edge is None else (*self.edge.guard, *self.also)


def goals(automaton: Automaton, claim: Claim) -> list[Goal]:
    """Return every way in which a claim is false; for a `sometimes` claim, in which it is true."""
    if claim.name == NO_EXCEPTION.name:
        return [Goal(edge.source, (), edge) for edge in automaton.edges if edge.raised]
    if claim.name == NEVER_NEGATIVE.name:
        return [Goal(edge.source, also, edge) for edge in automaton.edges for also in edge.negative]
    if claim.over_steps:
        return [Goal(edge.source, also, edge) for edge in automaton.edges for also in _ways(edge, claim)]
    return [Goal(shape.index, also) for shape in automaton.shapes
            for also in (shape.broken if claim.mode is Mode.ALWAYS else shape.seen).get(claim.name, ())]


def taken(automaton: Automaton, action: str) -> list[Goal]:
    """Return every way in which an action can be taken."""
    return [Goal(edge.source, (), edge) for edge in automaton.edges if edge.move.action == action]


def _ways(edge: Edge, claim: Claim) -> Iterator[Conjunction]:
    yield from (edge.broken if claim.mode is Mode.ALWAYS else edge.seen).get(claim.name, ())
