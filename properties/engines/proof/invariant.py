"""What is known of the sizes in each shape: conditions that every reachable state meets, and what they rule out."""

from __future__ import annotations

from dataclasses import dataclass, field

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import contradicts, substitute
from spillproof.properties.engines.automaton.path import follows
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.affine import affine_hulls
from spillproof.properties.engines.proof.exact import confirmed, solved
from spillproof.properties.engines.proof.residues import Residue, divides, residues
from spillproof.properties.engines.proof.solver import Feasibility


@dataclass
class Invariant:
    """For each shape, conditions on its sizes; that every size is a natural number goes without saying.

    Only a proof when a certificate made of it is accepted: see `certificate`.
    """

    equations: list[list[Linear]]
    """Expressions that are 0. Most have an unknown of their own that can be replaced by the others."""
    further: list[list[Condition]] = field(default_factory=list)
    """Inequalities."""
    residues: list[dict[int, Residue]] = field(default_factory=list)
    """For sizes of which it is known what is left when they are divided: the divisor, and that."""

    def __post_init__(self) -> None:
        self.further = self.further or [[] for _ in self.equations]
        self.residues = self.residues or [{} for _ in self.equations]
        self.replacements = [solved(equations) for equations in self.equations]
        self.unreachable = frozenset(
            shape for shape, equations in enumerate(self.equations) if any(not equation.terms for equation in equations)
        )
        self._facts: dict[int, list[Condition]] = {}

    def conditions(self, shape: int) -> Conjunction:
        """Return the conditions of a shape. None for -1, the moment before the beginning."""
        if shape < 0:
            return ()
        return (*(Condition(each, Is.ZERO) for each in self.equations[shape]), *self.further[shape])

    def simplified(self) -> Invariant:
        """Return one that says the same. Where conditions of a shape contradict one another, it is not reached."""
        never = [shape for shape in range(len(self.equations)) if self.rewrite(shape, self.conditions(shape)) is None]
        equations, further = list(self.equations), list(self.further)
        for shape in never:
            equations[shape], further[shape] = [Linear({}, 1)], []
        return Invariant(equations, further, self.residues) if never else self

    def refutes(self, goal: Goal, feasible: Feasibility) -> bool:
        """Return whether no state that meets the invariant meets the goal's conditions."""
        if goal.shape < 0:
            return not feasible(goal.conditions())
        asked = self.rewrite(goal.shape, goal.conditions())
        if asked is None:
            return True
        facts = (*asked, *self.about(goal.shape, asked))
        return any(contradicts(each, facts) for each in reversed(asked)) or not feasible(facts)

    def rewrite(self, shape: int, asked: Conjunction) -> list[Condition] | None:
        """Return conditions with the equations put in, or None where one or two of them cannot hold."""
        if shape in self.unreachable:
            return None
        kept: list[Condition] = []
        for condition in asked:
            left = substitute(condition.left, self.replacements[shape])
            known = truth(left, condition.holds)
            if known is False:
                return None
            if known is None:
                assert isinstance(left, Linear)
                rewritten = Condition(left, condition.holds)
                if any(follows(earlier, rewritten) is False for earlier in kept):
                    return None
                kept.append(rewritten)
        return kept

    def about(self, shape: int, asked: list[Condition]) -> list[Condition]:
        """Return what the invariant says further of the unknowns in rewritten conditions: only what touches them."""
        known = self._facts.get(shape)
        if known is None:
            known = self._facts[shape] = self._collect(shape)
        touched = {symbol for condition in asked for symbol in condition.left.terms}
        found: list[Condition] = []
        waiting = known
        while True:
            near = [fact for fact in waiting if not touched.isdisjoint(fact.left.terms)]
            if not near:
                return found
            found += near
            waiting = [fact for fact in waiting if touched.isdisjoint(fact.left.terms)]
            touched.update(symbol for fact in near for symbol in fact.left.terms)

    def _collect(self, shape: int) -> list[Condition]:
        """Return all but the equations that were put in: that what they replaced is natural, and the inequalities."""
        replaced = self.replacements[shape]
        facts = [
            Condition(value, Is.AT_LEAST_ZERO)
            for value in replaced.values()
            if isinstance(value, Linear) and truth(value, Is.AT_LEAST_ZERO) is None
        ]
        rest = self.rewrite(shape, (*self.conditions(shape), *map(_multiple, self.residues[shape].items())))
        return facts if rest is None else [*facts, *rest]


WITHIN = 1_000_000
"""Unknowns from here on say how often a divisor goes into a size; no shape has as many sizes."""


def _multiple(known: tuple[int, Residue]) -> Condition:
    """Return that a size is what is left when it is divided, and some natural number of divisors."""
    size, (modulus, rest) = known
    return Condition(Linear({size: 1, WITHIN + size: -modulus} if modulus else {size: 1}, -rest), Is.ZERO)


def find_equations(automaton: Automaton, feasible: Feasibility | None = None, limits: Limits = UNLIMITED) -> Invariant:
    """Return the invariant that consists of the affine hull of each shape, confirmed over the integers.

    Where a claim divides sizes, what is left of each size is part of it. Raises `OutOfTime` at the deadline.
    """
    candidates = affine_hulls(automaton, limits)
    equations = confirmed(automaton, candidates, feasible or Feasibility(limits), limits)
    return Invariant(equations, residues=residues(automaton, limits) if divides(automaton) else [])
