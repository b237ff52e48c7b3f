"""A few consumers as they are, without a rest, at all sizes: what they do is held against one and the rest, too.

The theorem about two consumers and the rest speaks of any number where consumers are treated one by one. What depends
on three of them (`a.size + b.size == 7 * c.size`) no step of two shows, and hardly a step at random. So the model is
extracted as it stands, with one, two and three of them, and so on as far as a few edges go. By induction over the
steps of a run each is one of the smaller automaton, and what its invariant says is true of them; so claims are proved
of these numbers as of two, and nothing is assumed of how they are treated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Field
from spillproof.model.rest import WithRest
from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.frontier import Frontier
from spillproof.properties.engines.automaton.quantities import quantities
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.portfolio import Portfolio
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.run import Moment, Run, replay
from spillproof.properties.engines.verdict import Violated

NUMBERS = (1, 2, 3, 4, 5, 6)
"""How many consumers are looked at as they are, as far as `MOST_EDGES` go."""

BESIDE_A_REST = 2
"""So many are matched beside a rest, and not once more as they are where they are proved."""

MOST_EDGES = 700
"""Edges of their automata, in all. The last one is known for all runs of so many steps as that comes to."""

MOST_SECONDS = 10.0
"""For a run that shows what is wrong of a few."""


@dataclass(frozen=True)
class Unlike(Exception):
    """So many consumers ask what fewer do not, and what no engine can honour."""

    number: int
    why: str


@dataclass(frozen=True)
class FewAsTheyAre:
    """Extracts a model as it stands."""

    many: type[WithRest]
    model: Model
    """With the number that is proved already."""
    feasible: Feasibility
    limits: Limits

    @property
    def own(self) -> int:
        """Return how many consumers the model has."""
        number = self.model.scope[self.many.counted_by]
        assert isinstance(number, int)
        return number

    def automata(self, claims: list[Claim], like: Automaton) -> Iterator[tuple[int, Automaton]]:
        """Yield how many consumers there are, and the automaton of so many: the last one perhaps of short runs only.

        With the same quantities sliced away as `like`, as far as that can be. Raises `Unlike` for a number with which
        the model does not begin, or asks what no engine can honour.
        """
        left = MOST_EDGES
        for number in NUMBERS:
            if number == self.own <= BESIDE_A_REST:
                continue
            found = self.automaton(number, claims, like, left)
            yield number, found
            left -= len(found.edges)
            if left <= 0 or found.steps is not None:
                return

    def automaton(self, number: int, claims: list[Claim], like: Automaton, most: int) -> Automaton:
        """Return that of so many consumers, as far as so many edges go. Raises `Unlike`."""
        try:
            model = self.with_number(number)
            frontier = Frontier(
                model,
                claims,
                self.feasible,
                lambda found, done, edges: self.told(f"{number}: {found} shapes found, {done} done, {edges} edges"),
                any_preference=like.any_preference,
                needed=quantities(model) - self.of_model(like.sliced),
            )
            frontier.advance(edges=most)
            return frontier.automaton()
        except ModelError as error:
            raise Unlike(number, str(error)) from error

    def with_number(self, number: int) -> Model:
        """Return the model with so many consumers."""
        return type(self.model)(**{**self.model.scope, self.many.counted_by: number})

    def of_model(self, sliced: frozenset[Field]) -> frozenset[Field]:
        """Return quantities of the model with a rest as those of the model that it is about."""
        return frozenset((type(self.model) if cls is self.many else cls, name) for cls, name in sliced)

    def told(self, words: str) -> None:
        self.limits.check()
        self.limits.progress(f"{self.many.counted_by}={words}")

    def shown_false(self, doubted: Mapping[Claim, int]) -> dict[str, str]:
        """Return for the name of each claim that is false of so many consumers a run that shows it."""
        found: dict[str, str] = {}
        for number in sorted({*doubted.values()}):
            claims = [claim for claim, doubtful in doubted.items() if doubtful == number]
            for name, run in self.violations(number, claims):
                spelled = ", ".join(map(_told, replay(run)))
                found[name] = f"with {self.many.counted_by}={number} it is false: {spelled}"
        return found

    def violations(self, number: int, claims: list[Claim]) -> Iterator[tuple[str, Run]]:
        """Yield the names of claims that so many make false, with shortest runs; none where that cannot be asked."""
        limits = self.limits.within(min(MOST_SECONDS, self.limits.left() / 2))
        with suppress(ModelError):
            for each in Portfolio(self.with_number(number), claims, [], limits).run().results:
                if isinstance(each.verdict, Violated):
                    yield each.claim.name, each.verdict.run


def _told(moment: Moment) -> str:
    return f"{moment.spelled} raises {moment.raised}" if moment.raised else moment.spelled
