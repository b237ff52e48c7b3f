"""What was validated, as data; and what is raised where the automaton is not the model."""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.model.errors import ModelError


class Disagreement(ModelError):
    """The model on plain integers does something else than the automaton says: no verdict can be trusted."""


@dataclass(frozen=True)
class Validated:
    """How much of what the verdicts rest on was compared with the model on plain integers."""

    edges: int
    """Edges of which every size that was solved for (typical, boundary, large) was compared."""
    of_edges: int
    ways: int
    """Ways in which a claim is true or false that were compared."""
    of_ways: int
    steps: int
    """Steps that were compared, those of the random runs included."""
    random_steps: int
    """Steps of random runs, each of which is an edge."""

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return (self.edges, self.ways) == (self.of_edges, self.of_ways)

    def __add__(self, other: Validated) -> Validated:
        """Return both together: of two automata of one model."""
        return Validated(
            self.edges + other.edges,
            self.of_edges + other.of_edges,
            self.ways + other.ways,
            self.of_ways + other.of_ways,
            self.steps + other.steps,
            self.random_steps + other.random_steps,
        )

    def sentence(self) -> str:
        """Return it in one line."""
        return (
            f"validated on plain integers: {self.edges:,} of {self.of_edges:,} edges, "
            f"{self.ways:,} of {self.of_ways:,} ways, {self.random_steps:,} random steps"
        )
