"""Small conjunctions that no natural numbers meet. Whatever has all conditions of one of them is not met either.

Most guards that resist are impossible for one of a few reasons, which come back in every shape: "the pool has room" and
"the pool has none". A solver finds each reason once; after that, a look at the conditions is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from spillproof.model.quantity import Condition
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.validation.words import Key, key


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
        return any(core <= words for word in words if word in self.of_word for core in self.of_word[word])
