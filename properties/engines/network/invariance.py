"""Whether a rest is a network invariant: every step of the model with two consumers, folded, is one of that with one.

The theorem is in docs/explanation/any-number-of-consumers.md. Here it is checked, shape by shape: for each edge of the
larger automaton, and for each way to fold its states, there are ways of at most `MOST_STEPS` edges of the smaller one
from the folded source to the folded target, one for all sizes that the guard admits. What is known of the source is
what the invariant of the smaller automaton says of its folds: by induction the smaller model comes to these states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.rest import WithRest
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.network.fold import Folded
from spillproof.properties.engines.network.images import Folding
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.network.stand_in_search import MOST_STEPS
from spillproof.properties.engines.network.stand_ins import StandIns
from spillproof.properties.engines.network.ways import Image, Way
from spillproof.properties.engines.proof.invariant import Invariant

Family = frozenset[Folded]
"""The ways in which one state is folded: one for each consumer that is looked at."""

BEGINNING: Family = frozenset({frozenset()})


@dataclass(frozen=True)
class FoldedShape:
    """A shape of the larger automaton, the ways in which it is folded, and what is known of it by these."""

    shape: int
    family: Family
    known: Conjunction

    @cached_property
    def folds(self) -> list[Folded]:
        """Return the ways in which it is folded, always in the same order."""
        return sorted(self.family, key=sorted)


@dataclass(frozen=True)
class Matched:
    """A step of the larger model that, folded, the smaller one can do: in one of these ways, whatever the sizes."""

    edge: Edge
    folded: Folded
    ways: tuple[Way, ...]
    """None where the step is never taken."""


class Invariance:
    """Checks one rest. `smaller` is the automaton with one consumer beside it; `larger` that with two, or of some
    without a rest.
    """

    def __init__(
        self,
        smaller: Automaton,
        invariant: Invariant,
        larger: Automaton,
        limits: Limits = UNLIMITED,
        most_steps: int = MOST_STEPS,
    ) -> None:
        self.smaller, self.invariant, self.larger, self.limits = smaller, invariant, larger, limits
        model = smaller.model
        assert isinstance(model, WithRest)
        self.folding = Folding(smaller, larger, type(model))
        self.stand_ins = StandIns(smaller, self.folding, self.facts, limits, most_steps)
        self.nodes: dict[tuple[int, Family], FoldedShape] = {}
        self.matched: dict[tuple[int, Family], list[Matched]] = {}
        self.arrived: dict[tuple[int, Family], Family] = {}
        """For an edge and how its source is folded, how its target is."""
        self.premises: dict[tuple[int, Family], Premise] = {}
        """For a shape and how it is folded, what is known there."""
        self.taken: dict[tuple[int, Family], Premise] = {}
        """For an edge and how its source is folded, what is known where it is taken, once it was asked for."""

    def check(self) -> None:
        """Ask of every edge. Raises `Unmatched` at the first that cannot be matched, `CannotFold`, or `OutOfTime`."""
        waiting = [FoldedShape(-1, BEGINNING, ())]
        for node in waiting:
            self.nodes[node.shape, node.family] = node
            found = self.matched[node.shape, node.family] = []
            self.premises[node.shape, node.family] = Premise(node.known)
            for edge in self.larger.leaving[node.shape]:
                self.limits.check()
                if edge.target >= 0:
                    family = frozenset(self.match(edge, node, found))
                    self.arrived[edge.index, node.family] = family
                    if (edge.target, family) not in self.nodes and not self.where_taken(edge, node.family).never:
                        after = FoldedShape(edge.target, family, self.known(edge.target, family))
                        self.nodes[edge.target, family] = after
                        waiting.append(after)
            self.limits.progress(f"the rest: {len(waiting)} folded shapes found, {len(self.matched)} done")

    def known(self, shape: int, family: Family) -> Conjunction:
        """Return what the smaller invariant says of the folds of a shape."""
        images = [self.folding.read(shape, folded).images for folded in sorted(family, key=sorted)]
        facts = {condition.key(): condition for each in images if each for condition in self.facts(each[0])}
        return tuple(facts.values())

    def facts(self, image: Image) -> Iterator[Condition]:
        """Yield what the smaller invariant says of an image."""
        yield from (Condition(each, Is.ZERO) for each in image.zeros)
        values = dict(enumerate(image.sizes))
        for condition in self.invariant.conditions(image.shape):
            left = substitute(condition.left, values)
            if isinstance(left, Linear):
                yield Condition(left, condition.holds)

    def where_taken(self, edge: Edge, family: Family) -> Premise:
        """Return what is known where an edge is taken. Most are done as others were, and it is not asked for."""
        key = edge.index, family
        if key not in self.taken:
            self.taken[key] = Premise(edge.guard, self.premises[edge.source, family])
        return self.taken[key]

    def match(self, edge: Edge, node: FoldedShape, found: list[Matched]) -> Iterator[Folded]:
        """Match an edge in each way of folding it. Yield what is folded after it."""
        premise = partial(self.where_taken, edge, node.family)
        seen: set[tuple[Folded, Folded]] = set()
        for before in node.folds:
            for after in self.folding.after(edge, before):
                if (before, after) not in seen:
                    seen.add((before, after))
                    found.append(Matched(edge, before, self.stand_ins.found(edge, before, after, premise)))
                    yield after
