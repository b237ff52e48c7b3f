"""Two steps at once: one thread spills, and another works meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from spillproof.properties.live.meanwhile import second_thread
from spillproof.properties.live.move import Move
from spillproof.properties.live.operations.operation import NOTHING, Effect, Operation, Situation, Text


class SpillAnd(Operation):
    """Spill, and take another step in a second thread, while the first is inside pickling.

    What the spill claims to have freed is not looked at: who freed or put what cannot be told apart.
    """

    fault, needs_objects = "second_thread", True

    def __init__(self, other: Operation) -> None:
        self.other = other
        self.name = f"spill_and_{other.name}"
        self.needs = ("spill", *other.needs, "keys")
        self.puts = other.puts

    def can(self, playing: Situation, move: Move) -> bool:
        return self.other.can(playing, move)

    def choices(self, playing: Situation, sizes: Iterable[int]) -> list[Move]:
        """Return the ways to take it: on what is there."""
        return [Move(self.name, key, size) for key in playing.held for size in (sizes if self.puts else [0])]

    def act(self, playing: Situation, move: Move) -> Effect:
        seen: list[Effect] = []
        with second_thread(playing.adapter.measure, lambda: seen.append(self.other.act(playing, move))):
            playing.adapter.spill()
        return seen[0] if seen else NOTHING

    def spelled(self, move: Move, unit: int) -> str:
        return f"spill() ‖ {self.other.spelled(move, unit)}"

    def line(self, text: Text) -> str:
        del text
        return "manager.spill()"

    def beside(self, text: Text) -> str:
        """Return the line of Python that the second thread does."""
        return self.other.line(text)
