"""What may happen in a state of a model: how many steps each action has there, with sizes from 1 up."""

from __future__ import annotations

from collections import Counter

from spillproof.model.oracle import Oracle
from spillproof.model.system import Model
from spillproof.properties.engines.exploration.walk import Walk

LARGEST = 3


def may(state: Model, largest: int = LARGEST) -> dict[str, int]:
    """Return how many steps there are by action: one for each choice of objects, of sizes and of what else varies."""
    return dict(Counter(taken.step.action for taken in Walk(type(state)(), largest, {}).steps(state)))


class First(Oracle):
    """Takes the first of whatever can be chosen from."""

    def choose(self, options: int) -> int:
        del options
        return 0


class Last(Oracle):
    """Takes the last of whatever can be chosen from."""

    def choose(self, options: int) -> int:
        return options - 1
