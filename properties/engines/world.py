"""An automaton, what is known of it, and its goals: they belong together, and none is ever judged with another's.

A witness may ask for a quantity that was sliced away; then there is another world, and what was found out in the first
one stays there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility


@dataclass(frozen=True)
class World:
    """A model as an automaton, and an invariant that was checked or needs no check."""

    automaton: Automaton
    invariant: Invariant
    feasible: Feasibility
    needed: frozenset[Field] = NOTHING
    """Quantities that were not to be sliced away."""

    def with_(self, invariant: Invariant) -> World:
        """Return the same world, of which more is known."""
        return replace(self, invariant=invariant)

    def open(self, claim: Claim) -> list[Goal]:
        """Return the ways in which an `always` claim is false that the invariant does not rule out."""
        return self.remaining(goals(self.automaton, claim), self.invariant)

    def remaining(self, found: Iterable[Goal], invariant: Invariant) -> list[Goal]:
        """Return the goals of this world that an invariant does not rule out."""
        return [goal for goal in found if not invariant.refutes(goal, self.feasible)]
