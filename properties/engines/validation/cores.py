"""Small conjunctions that no natural numbers meet. Whatever has all conditions of one of them is not met either.

Most guards that resist are impossible for one of a few reasons, which come back in every shape: "the pool has room" and
"the pool has none". One expression that would have to be at least 3 and at most 2 is seen at once; what takes more
conditions than two, a solver finds once: after that, a look at the conditions is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from spillproof.model.quantity import Condition, Is
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.validation.words import Key, key, negated


class Cores:
    """Remembers them."""

    def __init__(self) -> None:
        self.of_word: dict[Key, list[frozenset[Key]]] = defaultdict(list)
        """Under one of its conditions, each core."""

    def learn(self, core: Iterable[Condition]) -> None:
        """Remember that no naturals meet these conditions."""
        words = frozenset(map(key, core))
        self.of_word[next(iter(words))].append(words)

    def rule_out(self, conditions: Conjunction) -> bool:
        """Return whether it is known that no naturals meet these conditions."""
        words = frozenset(map(key, conditions))
        if _are_apart(words):
            return True
        return any(core <= words for word in words if word in self.of_word for core in self.of_word[word])


def _are_apart(words: Iterable[Key]) -> bool:
    """Return whether some expression would have to be larger than it may be."""
    least: dict[object, int] = {}
    for holds, constant, terms in words:
        if holds is not Is.NOT_ZERO:
            least[terms] = max(least.get(terms, -constant), -constant)
        if holds is Is.ZERO:
            other = negated(terms)
            least[other] = max(least.get(other, constant), constant)
    return any(least.get(negated(terms), -value) > -value for terms, value in least.items())
