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
        known = Premise(node.known)
        for goal in by_shape.get(node.shape, ()):
            for each in _ways(invariance, node, goal):
                premise = Premise(each.conditions, known)
                if not premise.never and feasible((*node.known, *each.conditions)):
                    return None
                found.append(each)
    return found


def _ways(invariance: Invariance, node: FoldedShape, goal: Goal) -> Iterator[Excluded]:
    """Yield what a goal asks at a node; of a step, with what is known of the state that it arrives in."""
    if goal.edge is None:
        yield Excluded(node, len(invariance.larger.shapes[goal.shape].slots), goal.conditions())
        return
    edge = goal.edge
    arrives = [left_open(after.known, dict(enumerate(edge.update))) for after in _after(invariance, node, goal)] or [[]]
    for known in arrives:
        if known is not None:
            yield Excluded(node, edge.symbols, (*goal.conditions(), *known))


def _after(invariance: Invariance, node: FoldedShape, goal: Goal) -> Iterator[FoldedShape]:
    """Yield the node that a step arrives at, but for one that raises or makes a counter negative."""
    edge = goal.edge
    if edge is None or edge.target < 0 or edge.negative:
        return
    family: Family = invariance.arrived.get((edge.index, node.family), frozenset())
    if (edge.target, family) in invariance.nodes:
        yield invariance.nodes[edge.target, family]
