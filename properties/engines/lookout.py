"""The search for violations while the automaton is still being extracted: whoever has a short run need not wait.

Whole layers of an automaton have every run of so many steps. What is found in them is therefore as short as in the
whole, and what is ruled out there is ruled out, whether or not there are more shapes. One looks when there is four
times as much as the last time, so that all looks together cost little beside the extraction, and not before there is
something to wait for.

Where shapes have no end, nothing is proved; once something is violated, the other claims are searched a while longer,
and no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spillproof.model.names import counted
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.automaton.frontier import Frontier
from spillproof.properties.engines.automaton.growth import EndlessError
from spillproof.properties.engines.automaton.probe import is_endless

if TYPE_CHECKING:
    from spillproof.properties.engines.violations import Violations

FIRST = 600
"""Edges before which nobody looks: many a model has less in all."""

FIRST_STEPS = 16
"""Layers after which one looks all the same, as few models have more."""

AGAIN = 4
"""How many times as many edges as at the last look there must be at the next."""

AFTERWARDS = 1_200
AFTERWARDS_STEPS = 64
"""Edges, or layers, that are looked at for other violations once one is found, in shapes without end: few seconds."""


class Lookout:
    """Extracts the automaton of a portfolio, and looks for violations meanwhile."""

    def __init__(self, portfolio: Violations, frontier: Frontier) -> None:
        self.portfolio = portfolio
        self.frontier = frontier
        self.limits = portfolio.limits
        self.exact: Frontier | None = None
        """The same where heuristics count: for claims whose violations they may exclude."""
        self.looked = -1
        """Steps up to which was searched."""
        self.found = False
        """Whether something is violated."""
        self.endless = False
        """Whether shapes seem to have no end, by what is known of them."""
        self.why = ""
        """Why the extraction ended before all was known."""

    def run(self) -> None:
        """Extract until all is known, or enough. Raises `OutOfTime` at the deadline."""
        try:
            self.extract()
        except EndlessError as error:
            self.why = str(error)
            self.look()
            if not self.found:
                raise

    def extract(self) -> None:
        most = self.portfolio.limits.max_steps if self.portfolio.searches else None
        self.frontier.advance(edges=FIRST, steps=FIRST_STEPS)
        while not self.frontier.is_whole:
            if self.frontier.steps <= self.looked:
                self.frontier.advance(steps=self.looked + 1)
            self.look()
            if most is not None and self.frontier.steps >= most:
                self.why = f"the limit of {counted(most, 'step')}"
                return
            if self.has_enough():
                return
            self.frontier.advance(edges=AGAIN * self.frontier.edges, steps=most or AGAIN * self.frontier.steps)

    def has_enough(self) -> bool:
        """Return whether nothing is left to be asked, or shapes seem to have no end and something is violated."""
        if not self.found:
            return False
        self.endless = self.endless or is_endless(self.frontier.extraction)
        if self.endless:
            self.why = ENDLESS
        return self.endless and (self.frontier.edges >= AFTERWARDS or self.frontier.steps >= AFTERWARDS_STEPS)

    def look(self) -> None:
        """Search all runs that are known and were not searched."""
        if not self.portfolio.searches or self.frontier.steps <= self.looked:
            return
        left = self.search(self.frontier, self.portfolio.undecided())
        if left:
            if self.exact is None:
                self.exact = self.portfolio.frontier(left, any_preference=False)
            self.exact.advance(steps=self.frontier.steps)
            self.search(self.exact, left)
        self.looked = self.frontier.steps

    def search(self, frontier: Frontier, claims: list[Claim]) -> list[Claim]:
        """Search for violations of claims. Return those of which only runs were found that heuristics exclude."""
        world = self.portfolio.world_of(frontier.automaton())
        spurious: list[Claim] = []
        for claim in claims:
            try:
                pending = self.portfolio.pending(claim, world)
                found = self.portfolio.look(pending, frontier.edges // 4, self.limits)
            except ClaimError as error:
                self.portfolio.refuse(error)
                continue
            if pending.spurious:
                spurious.append(claim)
            if found or pending.candidate is not None:
                self.found = True
        return spurious


ENDLESS = "its shapes seem to have no end"
