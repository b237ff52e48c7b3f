"""Whether a claim that holds of one consumer and the rest holds of two and the rest: so by induction of any number.

A claim may look at what no fold shows, such as whether two consumers are alike. So it is asked of the larger model as
well, where its folds are known to be states of the smaller one: a state or a step that makes it false must be ruled out
by what the smaller invariant says of its folds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.linear import left_open
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.network.invariance import Family, FoldedShape, Invariance
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.proof.solver import Feasibility


@dataclass(frozen=True)
class Excluded:
    """A way in which a claim is false of the larger model, and what rules it out."""

    node: FoldedShape
    symbols: int
    conditions: Conjunction


def excluded(invariance: Invariance, claim: Claim, feasible: Feasibility) -> list[Excluded] | None:
    """Return every way in which a claim is false with two consumers, each of which cannot be; None where one can."""
    found = []
    by_shape: dict[int, list[Goal]] = {}
    for goal in goals(invariance.larger, claim):
        by_shape.setdefault(goal.shape, []).append(goal)
    for node in invariance.nodes.values():
        for goal in by_shape.get(node.shape, ()):
            known = _known(invariance, node, goal)
            for arriving in _arriving(invariance, node, goal):
                further = (*goal.also, *arriving)
                each = Excluded(node, _symbols(invariance, goal), (*goal.conditions(), *arriving))
                if not Premise(further, known).never and feasible((*node.known, *each.conditions)):
                    return None
                found.append(each)
    return found


def _known(invariance: Invariance, node: FoldedShape, goal: Goal) -> Premise:
    """Return what is known at a node, or where the step of a goal is taken from there."""
    if goal.edge is None:
        return invariance.premises[node.shape, node.family]
    return invariance.where_taken(goal.edge, node.family)


def _symbols(invariance: Invariance, goal: Goal) -> int:
    """Return how many unknowns a goal speaks of."""
    return len(invariance.larger.shapes[goal.shape].slots) if goal.edge is None else goal.edge.symbols


def _arriving(invariance: Invariance, node: FoldedShape, goal: Goal) -> Iterator[Conjunction]:
    """Yield what is known of the state that a step arrives in, in each way in which it does; else nothing, once."""
    after = [*_after(invariance, node, goal)]
    update = {} if goal.edge is None else dict(enumerate(goal.edge.update))
    for known in [left_open(each.known, update) for each in after] or [[]]:
        if known is not None:
            yield tuple(known)


def _after(invariance: Invariance, node: FoldedShape, goal: Goal) -> Iterator[FoldedShape]:
    """Yield the node that a step arrives at, but for one that raises or makes a counter negative."""
    edge = goal.edge
    if edge is None or edge.negative:
        return
    family: Family = invariance.arrived.get((edge.index, node.family), frozenset())
    if (edge.target, family) in invariance.nodes:
        yield invariance.nodes[edge.target, family]
