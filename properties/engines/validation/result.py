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
    """Edges that were compared, or that nothing meets."""
    of_edges: int
    scales: int
    """How many of three times an edge were compared: with typical, with boundary and with large sizes."""
    ways: int
    """Ways in which a claim is true or false that were compared."""
    of_ways: int
    steps: int
    """Steps that were compared, those of the random runs included."""
    random_steps: int
    """Steps of random runs, each of which is an edge."""
    seconds: float = 0.0
    """Processor time that it took."""
    failure: str = ""
    """What went wrong within the validation itself."""

    @property
    def once(self) -> bool:
        """Whether every edge and every way was compared at least once."""
        return (self.edges, self.ways) == (self.of_edges, self.of_ways) and not self.failure

    @property
    def complete(self) -> bool:
        """Whether nothing was left out: typical, boundary and large sizes of every edge, and every way."""
        return self.once and self.scales == 3 * self.of_edges

    def __add__(self, other: Validated) -> Validated:
        """Return both together: of two automata of one model."""
        return Validated(
            self.edges + other.edges,
            self.of_edges + other.of_edges,
            self.scales + other.scales,
            self.ways + other.ways,
            self.of_ways + other.of_ways,
            self.steps + other.steps,
            self.random_steps + other.random_steps,
            self.seconds + other.seconds,
            self.failure or other.failure,
        )

    def sentence(self) -> str:
        """Return it in one line."""
        words = f"validated: {self.edges:,} of {self.of_edges:,} edges, {self.ways:,} of {self.of_ways:,} ways"
        if self.failure:
            return f"{words}; {self.failure}"
        return f"{words}, {self.random_steps:,} random steps on plain integers"
