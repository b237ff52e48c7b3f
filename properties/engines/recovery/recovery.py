"""Claims that must always be recoverable, as safety claims: that no run leads to where no way back is known.

For each shape the sizes from which a run leads back are worked out first (`ways_back`). That every reachable state is
among them is then a claim like others, and the engines of the portfolio judge it: what they prove is proved, with the
ways back as the second half of the certificate. A run to somewhere else violates the claim if it is certain that there
is no way back from there, however long and whatever the sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from spillproof.model.names import counted
from spillproof.model.quantity import Field, Linear
from spillproof.model.state import NOTHING
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import evaluate
from spillproof.properties.engines.automaton.shapes import BEGIN, Automaton, Conjunction, Edge, Move
from spillproof.properties.engines.bounded import Found, Searched, edges_and_inputs
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.pending import Pending
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.proof.certificate import Certificate, Rejected, certify, check_unreachable
from spillproof.properties.engines.proof.houdini import strengthen
from spillproof.properties.engines.proof.inductive import inductive
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.residues import residues
from spillproof.properties.engines.proof.solver import Answer, Formula, Point
from spillproof.properties.engines.proof.spacer import invent
from spillproof.properties.engines.provers import Proofs
from spillproof.properties.engines.recovery.region import route
from spillproof.properties.engines.recovery.script import second_half
from spillproof.properties.engines.recovery.trap import is_stuck
from spillproof.properties.engines.recovery.ways_back import TooMany, WaysBack, ways_back
from spillproof.properties.engines.run import Moment
from spillproof.properties.engines.verdict import Unknown, Verdict, Violated
from spillproof.properties.engines.world import World

MOST_CASES = 200
"""Ways in which the sizes of a shape may be none that lead back; where there are more, all of them are suspected."""

AT_MOST = 40_000_000
"""What Spacer may spend on the proof that a state is a trap, in Z3's units: some 20 s, if it is to end at all."""

NO_SHORTER = (
    "over all sizes, every run of fewer steps leads to where a way back was found, and from here there is none, "
    "whatever the sizes and however long"
)

NOT_CERTAIN = "a run of {} leads to where no way back was found, and that there is none was not proved"

TOO_MANY = "the sizes of a state from which no run may lead back are too many cases to look at one by one"

DIVIDES = "it divides sizes (`//` or `%`), and from where a run leads to where it is true is not known for all sizes"


@dataclass(frozen=True)
class WithWaysBack(Certificate):
    """A certificate whose second half is that each way back can be taken and comes to its end."""

    ways: str = field(default="", compare=False, repr=False)

    def smtlib(self, automaton: Automaton) -> str:
        return f"{super().smtlib(automaton)}{self.ways}"


class Recovery(Portfolio):
    """Gives a verdict on each claim that must always be recoverable. Use it once."""

    ways: dict[str, WaysBack]
    """For each claim from where a way back is known."""
    closed: dict[str, bool]
    """For each claim whether it is certain that from nowhere else there is one."""

    def first_world(self) -> World:
        return self.extract(any_preference=False)

    def extract(
        self,
        *,
        any_preference: bool,  # noqa: ARG002 - a way back that a heuristic excludes is none
        needed: frozenset[Field] = NOTHING,
        claims: list[Claim] | None = None,  # noqa: ARG002 - of each world all ways back are asked
        validated: bool = True,
    ) -> World:
        return super().extract(any_preference=False, needed=needed, validated=validated)

    def world_of(self, automaton: Automaton, needed: frozenset[Field] = NOTHING, *, validated: bool = False) -> World:
        world = super().world_of(automaton, needed, validated=validated)
        world = world.with_(
            self.with_residues(world.automaton, world.invariant)
        )  # it may have to give back whole quanta
        self.ways, self.closed = {}, {}
        for claim in self.asked(self.claims):
            self.limits.progress(f"{claim.name}: ways back")
            half = self.limits.half()  # the other is for the search, and for proofs with these
            self.ways[claim.name] = ways_back(world.automaton, claim, world.invariant, half)
        return replace(world, automaton=self.suspicious(world.automaton))

    def with_residues(self, automaton: Automaton, invariant: Invariant) -> Invariant:
        """Return an invariant that says what is left of sizes which go by quanta."""
        if not any(map(_goes_by_quanta, automaton.edges)):
            return invariant
        return replace(invariant, residues=residues(automaton, self.limits))

    def look_at_small_sizes(self, pending: list[Pending]) -> None:
        """Do nothing: at small sizes a way back may be missing that larger ones have."""

    def suspicious(self, automaton: Automaton) -> Automaton:
        """Return the automaton in which a claim is false where no way back is known."""
        shapes = [
            replace(shape, broken={name: self.suspected(ways, shape.index) for name, ways in self.ways.items()})
            for shape in automaton.shapes
        ]
        return replace(automaton, shapes=shapes)

    def suspected(self, ways: WaysBack, shape: int) -> list[Conjunction]:
        try:
            return ways.missing(shape, MOST_CASES, self.limits)
        except TooMany:
            return [()]

    # Proofs

    def certificate(self, proofs: Proofs) -> Certificate:
        claims = [each.claim for each in proofs.pending]
        text = "".join(second_half(self.ways[claim.name]) for claim in claims if claim.name in self.ways)
        first, automaton = super().certificate(proofs), proofs.world.automaton
        return WithWaysBack(first.claims, first.fingerprint, first.invariants, automaton=automaton, ways=text)

    # Violations

    def violated(self, pending: Pending, searched: Searched) -> Verdict | None:
        """Return that the claim is violated, if it is certain that the run that was found ends in a trap."""
        assert searched.found is not None
        shape, sizes = _end(searched.found)
        known = self.ways.get(pending.claim.name)
        if known is not None and known.has(shape, sizes):  # all of a shape is suspected where cases are too many
            return Unknown(TOO_MANY, searched.found.steps - 1)
        if not self.is_closed(pending.claim) and not self.is_trap(pending, shape, sizes):
            steps = counted(searched.found.steps, "step")
            why = DIVIDES if self.ways[pending.claim.name].elsewhere else NOT_CERTAIN.format(steps)
            return Unknown(why, searched.found.steps - 1)
        verdict = super().violated(pending, searched)
        if isinstance(verdict, Violated) and verdict.minimal:
            return replace(verdict, minimal=NO_SHORTER)
        return verdict

    def false_at(self, claim: Claim, moments: Sequence[Moment]) -> int | None:
        """Return the last moment if no way back is found from it on integers: that is the one which is proved a trap.

        From an earlier one a way back may take a size that is not among those which are tried on integers.
        """
        last = moments[-1]
        return len(moments) - 1 if not last.refused and is_stuck(claim, last.state) else None

    def is_closed(self, claim: Claim) -> bool:
        """Return whether no step leads from where no way back is known to where one is."""
        if claim.name not in self.closed:
            self.limits.progress(f"{claim.name}: that there are no other ways back")
            ways = self.ways.get(claim.name)
            self.closed[claim.name] = ways is not None and is_closed(ways, self.limits)
        return self.closed[claim.name]

    def is_trap(self, pending: Pending, shape: int, sizes: tuple[int, ...]) -> bool:
        """Return whether it is proved that no run from a state leads to where the claim is true."""
        ways = self.ways.get(pending.claim.name)
        if ways is None:
            return False
        automaton = _beginning_at(ways.automaton, shape, sizes)
        good = [Goal(each.index, also) for each in automaton.shapes for also in each.kept.get(pending.claim.name, ())]
        invariant = self.with_residues(automaton, find_equations(automaton, self.feasible, self.limits))
        left = [goal for goal in good if not invariant.refutes(goal, self.feasible)]
        invariant = strengthen(automaton, invariant, left, self.feasible, widely=False, limits=self.limits)
        left = [goal for goal in left if not invariant.refutes(goal, self.feasible)]
        invented = self.denied(automaton, left, invariant) if left else None
        if left and invented is None:
            return False
        certificate = certify(automaton, (), invariant, invented)
        try:
            check_unreachable(certificate, automaton, good, self.limits)
        except Rejected:
            return False
        return True

    def denied(self, automaton: Automaton, good: list[Goal], known: Invariant) -> list[Formula] | None:
        """Return what each step keeps and rules some goals out, by itself or as Spacer invents it; None for nothing."""
        kept = inductive(automaton, good, known, self.limits)
        if kept.denies(good):
            return kept.formulas
        return invent(automaton, good, self.limits.half(), AT_MOST).formulas


def is_closed(ways: WaysBack, limits: Limits) -> bool:
    """Return whether no edge leads from where no way back is known to where one is."""
    automaton = ways.automaton
    return not ways.elsewhere and not any(
        _leads_in(ways, edge, limits)
        for edge in automaton.edges
        if edge.source >= 0 and edge.target >= 0 and edge.source not in ways.everywhere
    )


def _leads_in(ways: WaysBack, edge: Edge, limits: Limits) -> bool:
    """Return whether an edge may lead from where no way back is known to where one is."""
    taken = route((edge,))
    if taken is None or edge.source in ways.invariant.unreachable:
        return False
    for region in ways.regions(edge.target):
        conditions = taken.to(region)
        if conditions is None:
            continue
        known = ways.invariant.conditions(edge.source)
        with Point(edge.symbols, (*known, *conditions), limits) as point:
            for each in ways.regions(edge.source):
                point.exclude(each)
            if point.ask() is not Answer.NO:
                return True
    return False


def _goes_by_quanta(edge: Edge) -> bool:
    """Return whether a step divides sizes, multiplies one, or adds more than 1."""
    changed = [each for each in edge.update if isinstance(each, Linear)]
    return bool(edge.quotients) or any(
        abs(factor) > 1 for each in changed for factor in (*each.terms.values(), each.constant)
    )


def _end(found: Found) -> tuple[int, tuple[int, ...]]:
    """Return the shape and the sizes at the end of a chain of edges."""
    sizes: list[int] = []
    shape = -1
    for edge, inputs in edges_and_inputs(found):
        values: list[Any] = [*sizes, *inputs]
        sizes = [evaluate(each, values) for each in edge.update]
        shape = edge.target
    return shape, tuple(sizes)


def _beginning_at(automaton: Automaton, shape: int, sizes: Iterable[int]) -> Automaton:
    """Return the automaton whose only beginning is one state of another."""
    first = Edge(0, -1, Move(BEGIN, ()), (), shape, tuple(sizes), 0, 0, ())
    others = [replace(each, index=number) for number, each in enumerate(automaton.edges, 1) if each.source >= 0]
    edges = [replace(each, index=number) for number, each in enumerate([first, *others])]
    leaving: dict[int, list[Edge]] = {-1: [], **{each.index: [] for each in automaton.shapes}}
    for edge in edges:
        leaving[edge.source].append(edge)
    return replace(automaton, edges=edges, leaving=leaving)
