"""Small conjunctions that no natural numbers meet. Whatever has all conditions of one of them is not met either.

Most guards that resist are impossible for one of a few reasons, which come back in every shape: "the pool has room" and
"the pool has none". One expression that would have to be at least 3 and at most 2 is seen at once; what takes more
conditions than two, a solver finds once: after that, a look at the conditions is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
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
        """Return whether three or four conditions contradict each other plainly, and remember which.

        That takes longer than to look at pairs, and still far less than a solver takes.
        """
        bounds = _bounds(map(key, conditions))
        found = _impossible(_with_sums(bounds))
        if found:
            self.keep(found)
        return found is not None


def _bounds(words: Iterable[Key]) -> Bounds:
    """Return what conditions say of expressions; an equation bounds two."""
    found: Bounds = {}
    for word in words:
        holds, constant, terms = word
        if holds is not Is.NOT_ZERO:
            _note(found, terms, -constant, frozenset((word,)))
        if holds is Is.ZERO:
            _note(found, negated(terms), constant, frozenset((word,)))
    return found


def _note(bounds: Bounds, terms: Terms, least: int, said_by: Core) -> None:
    """Note a bound, unless a larger one is known."""
    if terms not in bounds or bounds[terms][0] < least:
        bounds[terms] = (least, said_by)


def _impossible(bounds: Bounds) -> Core | None:
    """Return the conditions by which some expression would have to be larger than it may be."""
    for terms, (least, said_by) in bounds.items():
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
