"""The sizes at which a step, or a claim after it, changes its answer: those that are worth offering.

The step is taken on one unknown size. Comparisons are decided as for some number, and each says at which other number
it would come out otherwise; these are tried in turn, as far as there is room.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any

from spillproof.model import oracle
from spillproof.model.errors import ModelError
from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.properties.engines.automaton.path import Path

MOST = 12
"""So many sizes are tried for an argument."""

LARGEST = 10**12

SIZE = Linear({0: 1}, 1)
"""The unknown one: a natural number, and 1."""


def boundaries(ask: Callable[[Any], object]) -> list[int]:
    """Return sizes from 1, in their order: with 1, those next to which `ask`, given a size, goes another way."""
    waiting, known = [1], {1}
    for size in waiting:
        for near in sorted(_turns(ask, size)):
            if near not in known and 1 <= near <= LARGEST and len(known) < MOST:
                known.add(near)
                waiting.append(near)
    return sorted(known)


def _turns(ask: Callable[[Any], object], size: int) -> set[int]:
    """Return the sizes next to which the comparisons that are made with this one turn out otherwise."""
    feeler = _Feeler(size)
    try:
        with oracle.consulting(feeler):
            ask(SIZE)
    except ModelError:  # what no unknown size can honour; with a number it may be well
        return set()
    return feeler.turns


class _Feeler(Path):
    """Decides every comparison as for one size."""

    def __init__(self, size: int) -> None:
        super().__init__((), 1, (), "feeling for sizes")
        self.values = [size - 1]
        self.slopes = [(Fraction(0), Fraction(1))]
        """Each unknown as constant and slope over the size less 1, quotients as if they were exact."""
        self.turns: set[int] = set()

    def decide(self, condition: Condition) -> bool:
        self._note(condition)
        value = condition.left.constant + sum(by * self.values[of] for of, by in condition.left.terms.items())
        return truth(value, condition.holds) is True

    def _natural_quotient(self, dividend: Linear, divisor: int) -> Linear:
        value = dividend.constant + sum(by * self.values[of] for of, by in dividend.terms.items())
        constant, slope = self._line(dividend)
        self.values.append(value // divisor)
        self.slopes.append((constant / divisor, slope / divisor))
        return Linear({self.fresh(): 1})

    def _line(self, left: Linear) -> tuple[Fraction, Fraction]:
        constant = left.constant + sum((by * self.slopes[of][0] for of, by in left.terms.items()), Fraction(0))
        return constant, sum((by * self.slopes[of][1] for of, by in left.terms.items()), Fraction(0))

    def _note(self, condition: Condition) -> None:
        constant, slope = self._line(condition.left)
        if slope == 0:
            return
        root = 1 - constant / slope
        if condition.holds is not Is.AT_LEAST_ZERO:
            self.turns |= {floor(root) - 1, floor(root), floor(root) + 1, ceil(root)}
        elif slope < 0:
            self.turns |= {floor(root), floor(root) + 1}
        else:
            self.turns |= {ceil(root) - 1, ceil(root)}
