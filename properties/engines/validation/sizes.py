"""Natural numbers that meet a conjunction of linear conditions: guessed and repaired; only what resists is solved.

Most guards are met by the first guess, and nearly all others after a few repairs, in a hundredth of the time that a
solver takes. That nothing was found by repairing says nothing: then the solver is asked.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import TypeAlias

import z3

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.solver import (
    QUICK,
    Answer,
    Formula,
    ask,
    formula,
    natural,
    new_solver,
    suppose,
    unknown,
)
from spillproof.properties.engines.validation.cores import Core, Cores
from spillproof.properties.engines.validation.words import key

Quotients: TypeAlias = tuple[tuple[int, Linear, int], ...]

FEW = 4
"""Repairs of a guess before it is seen whether it is known that there are none. Nearly all guards need one or two."""

REPAIRS = 10
"""Repairs of one guess before it is given up."""

TRACKED = "tracked"
"""How the solver's names of conditions begin."""

DEEP = 3
"""Quotients of quotients that a repair looks into."""

PRIMES = (5, 11, 3, 17, 7, 29, 13, 2, 23, 41, 19, 37, 31, 47, 43, 53)


AT_LEAST, NOT = Is.AT_LEAST_ZERO, Is.NOT_ZERO
"""At hand, as they are asked most of all."""


class Unsolved(Enum):
    """Why there are no numbers."""

    NONE = "no natural numbers meet the conditions"
    UNKNOWN = "the solver does not know"


class Scale(Enum):
    """How large the first guess is."""

    TYPICAL = "different small numbers"
    BOUNDARY = "as small as the conditions allow"
    LARGE = "from a million up to 2**40"


def guess(scale: Scale, symbols: int, chance: random.Random) -> list[int]:
    """Return a first value for each unknown."""
    if scale is Scale.TYPICAL:
        return [*_typical(symbols)]
    if scale is Scale.BOUNDARY:
        return [0] * symbols
    return [chance.randrange(10**6, 2 ** chance.choice((21, 24, 31, 33, 40))) for _ in range(symbols)]


def value_of(size: Size, values: Sequence[int]) -> int:
    """Return the value of an expression."""
    if type(size) is not Linear:
        return int(size)
    total = size.constant
    for symbol, factor in size.terms.items():
        total += factor * values[symbol]
    return total


class Guard:
    """A conjunction, ready to be asked often. The unknowns of quotients come after the others, in their order."""

    __slots__ = ("conditions", "lefts", "quotients")

    def __init__(self, conditions: Conjunction, quotients: Quotients = ()) -> None:
        self.conditions = conditions
        self.quotients = quotients
        self.lefts = [
            (each.holds is AT_LEAST, each.holds is NOT, each.left.constant, [*each.left.terms.items()])
            for each in conditions
        ]
        """Of each condition: whether it bounds, whether it is no equation; its constant and its terms."""

    def with_also(self, more: Guard) -> Guard:
        """Return the guard of the conditions of both, with the quotients of this one."""
        both = Guard((), self.quotients)
        both.conditions = (*self.conditions, *more.conditions)
        both.lefts = [*self.lefts, *more.lefts]
        return both

    def complete(self, values: Sequence[int]) -> list[int]:
        """Return the values of all unknowns, given those that are no quotients."""
        known = [*values]
        if self.quotients:
            known += [0] * (1 + max(symbol for symbol, _, _ in self.quotients) - len(known))
            self.divide(known)
        return known

    def divide(self, values: list[int]) -> None:
        """Put the quotients in their places."""
        for symbol, dividend, divisor in self.quotients:
            values[symbol] = value_of(dividend, values) // divisor

    def meets(self, values: Sequence[int]) -> bool:
        """Return whether values of those that are no quotients, or of all unknowns, meet every condition."""
        if not self.lefts:
            return True
        return self.broken(self.complete(values) if self.quotients else values) < 0

    def broken(self, values: Sequence[int]) -> int:
        """Return the first condition that values of all unknowns do not meet, or -1."""
        for place, (bounds, differs, left, terms) in enumerate(self.lefts):
            for symbol, factor in terms:
                left += factor * values[symbol]  # noqa: PLW2901 - the sum
            if left < 0 if bounds else (left == 0) is differs:
                return place
        return -1

    def repair(
        self, values: Sequence[int], chance: random.Random, fixed: int = 0, repairs: int = REPAIRS
    ) -> list[int] | None:
        """Return all values after changes that make them meet every condition, or None where none were found.

        The unknowns below `fixed` keep their values.
        """
        known = self.complete(values)
        for _ in range(repairs):
            place = self.broken(known)
            if place < 0:
                return known
            if not self.mend(self.conditions[place], known, chance, fixed):
                return None
            self.divide(known)
        return None

    def mend(self, condition: Condition, values: list[int], chance: random.Random, fixed: int) -> bool:
        """Change one value so that a condition becomes true, or nearly. Return whether there is one to change."""
        wanted = 1 if condition.holds is Is.NOT_ZERO else -value_of(condition.left, values)
        ways = [way for way in self.ways(condition.left, wanted) if way[0] >= fixed]
        if not ways:
            return False
        exact = [way for way in ways if values[way[0]] + way[1] >= 0]
        symbol, change = chance.choice(exact or ways)
        values[symbol] = max(0, values[symbol] + change)
        return True

    def ways(self, left: Linear, wanted: int, depth: int = 0) -> Iterator[tuple[int, int]]:
        """Yield by how much to change which value so that an expression grows by at least `wanted`."""
        for symbol, factor in left.terms.items():
            change = -(-abs(wanted) // abs(factor)) * (1 if (wanted > 0) is (factor > 0) else -1)
            divided = next(((dividend, by) for known, dividend, by in self.quotients if known == symbol), None)
            if divided is None:
                yield symbol, change
            elif depth < DEEP:
                yield from self.ways(divided[0], change * divided[1], depth + 1)


@dataclass
class Learned:
    """What was found out about conjunctions, in whatever automaton: most come back on other edges, and in others."""

    cores: Cores = field(default_factory=Cores)
    typical: dict[tuple[Core, int], list[int] | Unsolved] = field(default_factory=dict)
    """For the conditions of one, and so many unknowns, typical sizes that meet it, or that there are none."""


class Sizes:
    """Finds numbers that meet guards."""

    def __init__(self, chance: random.Random, limits: Limits = UNLIMITED, known: Learned | None = None) -> None:
        self.chance = chance
        self.limits = limits
        self.solver = new_solver()
        self.solver.set("core.minimize", True)
        self.naturals = 0
        """So many unknowns are known to the solver as naturals; those that a question does not have do no harm."""
        self.known = known or Learned()
        self.cores = self.known.cores

    def solve(self, guard: Guard, symbols: int, scale: Scale, *, doubtful: bool = False) -> list[int] | Unsolved:
        """Return values of `symbols` unknowns that meet a guard, of a scale if that is easy.

        Of one that is `doubtful`, as most like it are met by nothing, what is known of such is asked first.
        """
        if scale is not Scale.TYPICAL or guard.quotients or not guard.lefts:
            return self.found(guard, symbols, scale, doubtful=doubtful)
        which = frozenset(map(key, guard.conditions)), symbols
        if which not in self.known.typical:
            found = self.found(guard, symbols, scale, doubtful=doubtful)
            if found is Unsolved.UNKNOWN:
                return found
            self.known.typical[which] = found
        known = self.known.typical[which]
        return known if isinstance(known, Unsolved) else [*known]

    def found(self, guard: Guard, symbols: int, scale: Scale, *, doubtful: bool) -> list[int] | Unsolved:
        """Do so without a look at what is known of this very one."""
        if doubtful and self.cores.rule_out(guard.conditions):
            return Unsolved.NONE
        first = guess(scale, symbols - len(guard.quotients), self.chance)
        if not guard.lefts:
            return guard.complete(first)
        found = guard.repair(first, self.chance, repairs=FEW)
        if found is not None:
            return found
        if (not doubtful and self.cores.rule_out(guard.conditions)) or self.cores.find(guard.conditions):
            return Unsolved.NONE
        for again in (first, [0] * len(first), first, [1] * len(first)):
            found = found or guard.repair(again, self.chance)
        return self.ask(guard.conditions, symbols) if found is None else found

    def widen(self, guard: Guard, values: list[int], wishes: Iterable[Guard]) -> list[int]:
        """Return values that meet a guard, as these do, and as many of the wishes as is easy: the first ones first."""
        for wish in wishes:
            wider = guard.with_also(wish)
            found = wider.repair(values[: len(values) - len(guard.quotients)], self.chance, repairs=FEW)
            if found is not None:
                guard, values = wider, found
        return values

    def ask(self, conditions: Conjunction, symbols: int) -> list[int] | Unsolved:
        """Return values that the solver found. Raises `OutOfTime` at the deadline."""
        if self.naturals < symbols:
            suppose(self.solver, map(natural, range(self.naturals, symbols)))
            self.naturals = symbols
        self.solver.push()
        try:
            for place, condition in enumerate(conditions):
                self.solver.assert_and_track(formula(condition), _name(place))
            return self.answered(conditions, symbols)
        finally:
            self.solver.pop()

    def answered(self, conditions: Conjunction, symbols: int) -> list[int] | Unsolved:
        """Return what the solver says of what it supposes now, and remember why nothing meets it."""
        answer = ask(self.solver, self.limits, effort=QUICK)
        if answer is Answer.YES:
            model = self.solver.model()
            return [int(str(model.eval(unknown(symbol), model_completion=True))) for symbol in range(symbols)]
        if answer is Answer.UNKNOWN:
            return Unsolved.UNKNOWN
        self.cores.learn(conditions[int(name.decl().name()[len(TRACKED) :])] for name in self.solver.unsat_core())
        return Unsolved.NONE


@cache
def _typical(symbols: int) -> tuple[int, ...]:
    return tuple(PRIMES[place % len(PRIMES)] + 60 * (place // len(PRIMES)) for place in range(symbols))


@cache
def _name(place: int) -> Formula:
    return z3.Bool(f"{TRACKED}{place}")
