"""Where in an automaton a claim is false (or, for a `sometimes` claim, true): what an engine must reach or rule out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, quotients_of
from spillproof.properties.engines.automaton.ways import Between, ways_of


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

    def own(self) -> tuple[int, ...]:
        """Return the unknowns that are in its conditions alone: quotients, which are natural numbers."""
        return tuple(symbol for symbol, _, _ in quotients_of(self.also))


def goals(automaton: Automaton, claim: Claim) -> list[Goal]:
    """Return every way in which an `always` claim is false. The automaton must be extracted for it.

    Raises `ClaimError` where it could not be asked.
    """
    refuse_unanswered(automaton, (claim,))
    if claim is NO_EXCEPTION:
        return [Goal(edge.source, (), edge) for edge in automaton.edges if edge.raised]
    if claim is NEVER_NEGATIVE:
        return [Goal(edge.source, also, edge) for edge in automaton.edges for also in edge.negative]
    if claim.over_steps:
        return [Goal(edge.source, also, edge) for edge in automaton.edges for also in edge.broken.get(claim.name, ())]
    return [Goal(shape.index, also) for shape in automaton.shapes for also in shape.broken.get(claim.name, ())]


def refuse_unanswered(automaton: Automaton, claims: Iterable[Claim]) -> None:
    """Raise the `ClaimError` of a claim that could not be asked: that it is false nowhere proves nothing."""
    for claim in claims:
        if claim in automaton.refused:
            raise automaton.refused[claim]


def witnesses(automaton: Automaton, claim: Claim) -> Iterator[Goal]:
    """Yield each way in which a `sometimes` claim is true, roughly those near the beginning first."""
    if claim.over_steps:
        for edge in automaton.edges:
            if edge.source >= 0 and edge.target >= 0:
                asked = Between(automaton, edge)
                states = asked.states(claim)
                for also in ways_of(claim, states, edge.symbols, edge.guard, asked.identity, sliced=automaton.sliced):
                    yield Goal(edge.source, also, edge)
    else:
        for shape in automaton.shapes:
            for also in ways_of(claim, (shape.state,), len(shape.slots), (), sliced=automaton.sliced):
                yield Goal(shape.index, also)


def about(automaton: Automaton, claim: Claim) -> Automaton:
    """Return the same automaton with the ways of one `sometimes` claim, true and false, in the place of all others'."""
    edges = [replace(each, broken={}, kept={}, negative=[]) for each in automaton.edges]
    copy = replace(
        automaton,
        claims=(claim,),
        shapes=[replace(each, broken={}, kept={}) for each in automaton.shapes],
        edges=edges,
        leaving={source: [edges[each.index] for each in leaving] for source, leaving in automaton.leaving.items()},
    )
    for goal in witnesses(automaton, claim):
        place = copy.shapes[goal.shape] if goal.edge is None else copy.edges[goal.edge.index]
        place.broken.setdefault(claim.name, []).append(goal.also)
    return copy


def taken(automaton: Automaton, action: str) -> Iterator[Goal]:
    """Yield each way in which an action can be taken without raising, roughly those near the beginning first."""
    return (Goal(edge.source, (), edge) for edge in automaton.edges if edge.move.action == action and not edge.raised)
