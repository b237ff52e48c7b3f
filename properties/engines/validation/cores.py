"""Small conjunctions that no natural numbers meet. Whatever has all conditions of one of them is not met either.

Most guards that resist are impossible for one of a few reasons, which come back in every shape: "the pool has room" and
"the pool has none". One expression that would have to be at least 3 and at most 2 is seen at once; what takes more
conditions than two, a solver finds once: after that, a look at the conditions is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import gcd

from spillproof.model.quantity import Condition, Is
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.validation.words import Key, Terms, key, negated

Core = frozenset[Key]

Bounds = dict[Terms, tuple[int, Core]]
"""Of each expression without its constant, the least that it has to be, and the conditions that say so."""


class Cores:
    """Remembers them."""

    def __init__(self) -> None:
        self.of_word: dict[Key, list[Core]] = defaultdict(list)
        """Under one of its conditions, each core."""

    def learn(self, core: Iterable[Condition]) -> None:
        """Remember that no naturals meet these conditions."""
        self.keep(frozenset(map(key, core)))

    def keep(self, words: Core) -> None:
        """Remember that no naturals meet conditions with these keys."""
        self.of_word[next(iter(words))].append(words)

    def rule_out(self, conditions: Conjunction) -> bool:
        """Return whether it is known that no naturals meet these conditions."""
        words = frozenset(map(key, conditions))
        if any(core <= words for word in words if word in self.of_word for core in self.of_word[word]):
            return True
        return _impossible(_bounds(words)) is not None

    def find(self, conditions: Conjunction) -> bool:
        """Return whether conditions contradict each other plainly, and remember which.

        That is so if two of them do, once the equations have taken unknowns out of the others. It takes longer than to
        look at pairs, and still far less than a solver takes.
        """
        found = _impossible(_with_sums(_without_equations(map(key, conditions))))
        if found:
            self.keep(found)
        return found is not None


@dataclass(frozen=True)
class Statement:
    """What conditions say together: an expression that stands so to zero."""

    holds: Is
    constant: int
    terms: dict[int, int]
    said_by: Core

    def without(self, symbol: int, equation: Statement) -> Statement:
        """Return what they say where an unknown, whose factor in the equation is 1 or -1, is what that says."""
        often = -self.terms.get(symbol, 0) * equation.terms[symbol]
        if not often:
            return self
        total = {each: self.terms.get(each, 0) + often * factor for each, factor in equation.terms.items()}
        left = {each: factor for each, factor in (self.terms | total).items() if factor}
        return Statement(self.holds, self.constant + often * equation.constant, left, self.said_by | equation.said_by)

    def alone(self, symbol: int) -> Statement:
        """Return what an equation says of all others than this unknown, as that is a natural: they are so, too."""
        sign = -self.terms[symbol]
        others = {each: sign * factor for each, factor in self.terms.items() if each != symbol}
        return Statement(Is.AT_LEAST_ZERO, sign * self.constant, others, self.said_by)


def _without_equations(words: Iterable[Key]) -> Bounds:
    """Return what conditions say of expressions after each equation has taken an unknown out of all others."""
    rows = [Statement(word[0], word[1], dict(word[2]), frozenset((word,))) for word in words]
    for place in range(len(rows)):
        equation = rows[place]
        symbol = next((each for each, factor in equation.terms.items() if abs(factor) == 1), None)
        if equation.holds is Is.ZERO and symbol is not None:
            rows = [each.without(symbol, equation) for each in rows]
            rows[place] = equation.alone(symbol)
    found: Bounds = {}
    for row in rows:
        _bound(found, row.holds, row.constant, frozenset(row.terms.items()), row.said_by)
    return found


def _bounds(words: Iterable[Key]) -> Bounds:
    """Return what conditions say of expressions; an equation bounds two."""
    found: Bounds = {}
    for word in words:
        _bound(found, *word, frozenset((word,)))
    return found


def _bound(bounds: Bounds, holds: Is, constant: int, terms: Terms, said_by: Core) -> None:
    """Note what a condition says; that something is not zero bounds nothing."""
    if holds is not Is.NOT_ZERO:
        _note(bounds, terms, -constant, said_by)
    if holds is Is.ZERO:
        _note(bounds, negated(terms), constant, said_by)


def _note(bounds: Bounds, terms: Terms, least: int, said_by: Core) -> None:
    """Note a bound, unless a larger one is known."""
    if terms not in bounds or bounds[terms][0] < least:
        bounds[terms] = (least, said_by)


def _impossible(bounds: Bounds) -> Core | None:
    """Return the conditions by which some expression would have to be larger than it may be: than zero, if no factor of
    it is positive.
    """
    for terms, (least, said_by) in bounds.items():
        if least > 0 and all(factor < 0 for _, factor in terms):
            return said_by
        other = bounds.get(negated(terms))
        if other is not None and least > -other[0]:
            return said_by | other[1]
    return None


def _with_sums(bounds: Bounds) -> Bounds:
    """Return bounds, and what two of them say together of expressions without an unknown that has opposite factors."""
    found = dict(bounds)
    for (one, (least, said_by)), (other, (also, by_other)) in combinations(bounds.items(), 2):
        factors = dict(other)
        for symbol, factor in one:
            if factor * factors.get(symbol, 0) < 0:
                often, times = abs(factor), abs(factors[symbol])
                terms, divisor = _sum(one, times, factors, often)
                _note(found, terms, -(-(least * times + also * often) // divisor), said_by | by_other)
    return found


def _sum(one: Terms, times: int, other: dict[int, int], often: int) -> tuple[Terms, int]:
    """Return so many times one expression and another, in lowest terms, and what it was divided by for that."""
    total = {symbol: factor * often for symbol, factor in other.items()}
    for symbol, factor in one:
        total[symbol] = total.get(symbol, 0) + factor * times
    divisor = gcd(*total.values()) or 1
    return frozenset((symbol, factor // divisor) for symbol, factor in total.items() if factor), divisor
