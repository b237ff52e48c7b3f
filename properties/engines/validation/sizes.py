"""Natural numbers that meet a conjunction of linear conditions: guessed and repaired; only what resists is solved.

Most guards are met by the first guess, and nearly all others after a few repairs, in a hundredth of the time that a
solver takes. That nothing was found by repairing says nothing: then the solver is asked.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TypeAlias

import z3

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import contradicts
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.proof.solver import formula, unknown

Quotients: TypeAlias = tuple[tuple[int, Linear, int], ...]

REPAIRS = 40
"""Repairs of one guess before it is given up."""

DEEP = 3
"""Quotients of quotients that a repair looks into."""

PATIENCE = 200_000
"""Units of the solver's work for one question; the answer does not depend on the machine."""


class Unsolved(Enum):
    """Why there are no numbers."""

    NONE = "no natural numbers meet the conditions"
    UNKNOWN = "the solver does not know"


class Scale(Enum):
    """How large the first guess is."""

    TYPICAL = "different small numbers"
    BOUNDARY = "as small as the conditions allow"
    LARGE = "about a million up to 2**40"
    MIXED = "some 0, some small, some large, by chance"


PRIMES = (5, 11, 3, 17, 7, 29, 13, 2, 23, 41, 19, 37, 31, 47, 43, 53)


def guess(scale: Scale, symbols: int, chance: random.Random) -> list[int]:
    """Return a first value for each unknown."""
    if scale is Scale.TYPICAL:
        return [PRIMES[place % len(PRIMES)] + 60 * (place // len(PRIMES)) for place in range(symbols)]
    if scale is Scale.BOUNDARY:
        return [0] * symbols
    if scale is Scale.LARGE:
        return [chance.randrange(10**6, 2 ** chance.choice((21, 24, 31, 33, 40))) for _ in range(symbols)]
    return [chance.randrange(2 ** chance.choice((0, 1, 1, 3, 5, 8, 20))) for _ in range(symbols)]


def value_of(size: Size, values: Sequence[int]) -> int:
    """Return the value of an expression."""
    if type(size) is not Linear:
        return int(size)
    total = size.constant
    for symbol, factor in size.terms.items():
        total += factor * values[symbol]
    return total


def meets(condition: Condition, values: Sequence[int]) -> bool:
    """Return whether a condition is true of these values."""
    left = value_of(condition.left, values)
    if condition.holds is Is.AT_LEAST_ZERO:
        return left >= 0
    return (left == 0) is (condition.holds is Is.ZERO)


def complete(values: list[int], quotients: Quotients) -> list[int]:
    """Return the values with those of the quotients, which come after the others, in their places."""
    if quotients:
        values = [*values, *[0] * (1 + max(symbol for symbol, _, _ in quotients) - len(values))]
        for symbol, dividend, divisor in quotients:
            values[symbol] = value_of(dividend, values) // divisor
    return values


class Repair:
    """Changes values until they meet conditions. Those of `fixed` unknowns stay as they are."""

    def __init__(self, conditions: Conjunction, quotients: Quotients, chance: random.Random, fixed: int = 0) -> None:
        self.conditions = conditions
        self.quotients = {symbol: (dividend, divisor) for symbol, dividend, divisor in quotients}
        self.order = quotients
        self.chance = chance
        self.fixed = fixed
        """The unknowns below this number keep their values."""

    def run(self, values: list[int]) -> list[int] | None:
        """Return values that meet every condition, or None where none were found."""
        values = complete(values, self.order)
        for _ in range(REPAIRS):
            broken = next((each for each in self.conditions if not meets(each, values)), None)
            if broken is None:
                return values
            if not self.mend(broken, values):
                return None
            values = complete(values, self.order)
        return None

    def mend(self, condition: Condition, values: list[int]) -> bool:
        """Change one value so that a condition becomes true, or nearly. Return whether there is one to change."""
        wanted = 1 if condition.holds is Is.NOT_ZERO else -value_of(condition.left, values)
        ways = [*self.ways(condition.left, wanted, values)]
        exact = [way for way in ways if values[way[0]] + way[1] >= 0]
        if not ways:
            return False
        symbol, change = self.chance.choice(exact or ways)
        values[symbol] = max(0, values[symbol] + change)
        return True

    def ways(self, left: Linear, wanted: int, values: list[int], depth: int = 0) -> Iterator[tuple[int, int]]:
        """Yield by how much to change which value so that an expression grows by at least `wanted`."""
        for symbol, factor in left.terms.items():
            change = -(-abs(wanted) // abs(factor)) * (1 if (wanted > 0) is (factor > 0) else -1)
            if symbol in self.quotients:
                dividend, divisor = self.quotients[symbol]
                if depth < DEEP:
                    yield from self.ways(dividend, change * divisor, values, depth + 1)
            elif symbol >= self.fixed:
                yield symbol, change


def solve(
    conditions: Conjunction, quotients: Quotients, symbols: int, scale: Scale, chance: random.Random
) -> list[int] | Unsolved:
    """Return values of `symbols` unknowns that meet conditions, of a scale if possible."""
    repair = Repair(conditions, quotients, chance)
    for _ in range(3):
        found = repair.run(guess(scale, symbols, chance))
        if found is not None:
            return found
    if any(contradicts(each, conditions[:place]) for place, each in enumerate(conditions)):
        return Unsolved.NONE
    return ask(conditions, symbols)


def ask(conditions: Conjunction, symbols: int) -> list[int] | Unsolved:
    """Return values that the solver found."""
    solver = z3.SolverFor("QF_LIA")
    solver.set("rlimit", PATIENCE)
    solver.add(*[unknown(symbol) >= 0 for symbol in range(symbols)], *map(formula, conditions))
    answer = solver.check()
    if answer == z3.sat:
        model = solver.model()
        return [int(str(model.eval(unknown(symbol), model_completion=True))) for symbol in range(symbols)]
    if answer == z3.unsat:
        return Unsolved.NONE
    if any(word in solver.reason_unknown() for word in ("interrupt", "cancel")):
        raise KeyboardInterrupt
    return Unsolved.UNKNOWN
