"""How far a model is known: its automaton, extracted as far as it is asked for, and further when asked again.

A quantity that no comparison and no claim depends on is sliced away. Which ones these are is found out, not declared:
all start out sliced, and the extraction begins again whenever one turns out to be needed.
"""

from __future__ import annotations

from collections.abc import Iterable

from spillproof.model.quantity import Field, Needed
from spillproof.model.state import NOTHING
from spillproof.model.system import Model
from spillproof.properties.catalogue import BUILT_IN
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, named_apart
from spillproof.properties.engines.automaton.extraction import Extraction, Feasible, Progress
from spillproof.properties.engines.automaton.quantities import quantities
from spillproof.properties.engines.automaton.shapes import Automaton


class Frontier:
    """An automaton in the making."""

    def __init__(
        self,
        model: Model,
        claims: Iterable[Claim],
        feasible: Feasible,
        progress: Progress | None = None,
        *,
        any_preference: bool = False,
        needed: frozenset[Field] | None = None,
    ) -> None:
        """Take what `extract` takes. Nothing is extracted yet."""
        self.model = model
        self.claims = named_apart((*claims, *BUILT_IN))
        self.feasible = feasible
        self.progress = progress
        self.any_preference = any_preference
        self.sliced = NOTHING if needed is None else quantities(model) - needed
        self.refused: dict[Claim, ClaimError] = {}
        self.extraction = self.anew()

    def anew(self) -> Extraction:
        asked = tuple(claim for claim in self.claims if claim not in self.refused)
        return Extraction(
            self.model, asked, self.sliced, self.feasible, self.progress, any_preference=self.any_preference
        )

    @property
    def is_whole(self) -> bool:
        """Whether everything is known."""
        return self.extraction.is_whole

    @property
    def steps(self) -> int:
        """How many steps the runs have of which each is known; -1 where not even the beginnings are."""
        return self.extraction.steps

    @property
    def edges(self) -> int:
        """How many edges are known."""
        return len(self.extraction.automaton.edges)

    def advance(self, *, edges: int | None = None, steps: int | None = None) -> None:
        """Extract until all is known, or so many edges, or every run of so many steps.

        Raises `ModelError` for what an engine cannot honour.
        """
        while not self.is_whole and self.is_short_of(edges, steps):
            try:
                self.extraction.go_on() if self.extraction.layers else self.extraction.begin()
            except Needed as turned_out:
                self.sliced -= turned_out.fields
                self.extraction = self.anew()
            except ClaimChangedError as error:  # whatever was read from that state since
                self.refused[error.claim] = error
                self.extraction = self.anew()

    def is_short_of(self, edges: int | None, steps: int | None) -> bool:
        """Return whether there are less edges than these, and runs of so many steps that are not known."""
        return (edges is None or self.edges < edges) and (steps is None or self.steps < steps)

    def automaton(self) -> Automaton:
        """Return what is known: the automaton, or where there is more, that of all runs of `steps` steps."""
        known = self.extraction.known_so_far()
        known.refused |= self.refused
        return known


def extract(
    model: Model,
    claims: Iterable[Claim],
    feasible: Feasible,
    progress: Progress | None = None,
    *,
    any_preference: bool = False,
    needed: frozenset[Field] | None = None,
) -> Automaton:
    """Return the automaton of a model for a set of claims, all sizes and unbounded steps.

    The claims that are seen in every step, whatever the model, are always among them.
    `feasible` says whether natural numbers meet a conjunction; it is asked before a new shape is believed in. With
    `any_preference`, each option of a heuristic (`preferred`) is possible: fewer cases, more runs than the model has.
    `needed` are quantities that must not be sliced away; None slices nothing. Raises `ModelError` for what an engine
    cannot honour.
    """
    frontier = Frontier(model, claims, feasible, progress, any_preference=any_preference, needed=needed)
    frontier.advance()
    return frontier.automaton()
