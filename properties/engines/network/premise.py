"""What is known where a step is taken: conditions over its unknowns, and what follows from them without a solver."""

from __future__ import annotations

from collections.abc import Iterable

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import contradicts, evaluate, substitute
from spillproof.properties.engines.automaton.path import follows

SUMMANDS = 2
"""How many facts are added up at most to see that a condition follows: what takes more is a solver's question."""


class Premise:
    """Conditions that all hold. Their equations are solved, and put into whatever is asked."""

    def __init__(self, conditions: Iterable[Condition], known: Premise | None = None) -> None:
        """Take conditions that hold besides what is `known`."""
        new = list(conditions)
        self.conditions: list[Condition] = [*(known.conditions if known else ()), *new]
        self.replacements: dict[int, Size] = dict(known.replacements) if known else {}
        before = len(self.replacements)
        eliminated([each.left for each in new if each.holds is Is.ZERO], self.replacements)
        self.never: bool = known.never if known else False
        """Whether it is plain that they cannot all hold."""
        self.facts: list[Condition] = []
        self.keys: set[object] = set()
        """What each fact is, to find an equal one at once."""
        self.answers: dict[object, bool] = {}
        """What was asked: many ways have conditions in common."""
        if known is not None and len(self.replacements) == before:
            self.facts, self.keys = list(known.facts), set(known.keys)
            self._collect(new)
        else:
            naturals = [Condition(Linear({symbol: 1}), Is.AT_LEAST_ZERO) for symbol in self.replacements]
            self._collect([*self.conditions, *naturals])

    def _collect(self, conditions: Iterable[Condition]) -> None:
        for each in conditions:
            left = substitute(each.left, self.replacements)
            known = truth(left, each.holds)
            if known is False:
                self.never = True
            elif known is None:
                assert isinstance(left, Linear)
                self._add(Condition(left, each.holds))

    def _add(self, fact: Condition) -> None:
        key = fact.key()
        if key in self.keys:
            return
        if any(follows(earlier, fact) is False for earlier in self._near(fact)):
            self.never = True
        self.keys.add(key)
        self.facts.append(fact)

    def _near(self, asked: Condition) -> list[Condition]:
        """Return the facts about any unknown of a condition."""
        terms = asked.left.terms.keys()
        return [fact for fact in self.facts if not terms.isdisjoint(fact.left.terms)]

    def completed(self, sizes: tuple[int, ...]) -> tuple[int, ...]:
        """Return sizes that meet the facts, with those put in that equations replaced."""
        return tuple(
            evaluate(self.replacements[symbol], sizes) if symbol in self.replacements else size
            for symbol, size in enumerate(sizes)
        )

    def rewritten(self, conditions: Iterable[Condition]) -> tuple[Condition, ...]:
        """Return conditions with the equations put in, without those that hold then; False is kept as 1 = 0."""
        found = []
        for each in conditions:
            left = substitute(each.left, self.replacements)
            known = truth(left, each.holds)
            if known is None:
                assert isinstance(left, Linear)
                found.append(Condition(left, each.holds))
            elif not known:
                found.append(Condition(Linear({}, 1), Is.ZERO))
        return tuple(found)

    def implies(self, condition: Condition) -> bool:
        """Return whether a condition follows, as far as that is plain. False says nothing."""
        key = condition.key()
        if key not in self.answers:
            self.answers[key] = self._implies(condition)
        return self.answers[key]

    def _implies(self, condition: Condition) -> bool:
        left = substitute(condition.left, self.replacements)
        known = truth(left, condition.holds)
        if known is not None:
            return known
        assert isinstance(left, Linear)
        asked = Condition(left, condition.holds)
        if asked.key() in self.keys or self._follows_from_one(asked):
            return True
        if condition.holds is Is.ZERO:
            return self.implies(Condition(left, Is.AT_LEAST_ZERO)) and self.implies(Condition(-left, Is.AT_LEAST_ZERO))
        return contradicts(~asked, self.facts, SUMMANDS)

    def _follows_from_one(self, asked: Condition) -> bool:
        """Return whether a condition follows from one fact. A loop, as this is asked most of all."""
        left, is_least = asked.left, asked.holds is Is.AT_LEAST_ZERO
        for fact in self.facts:
            if is_least and fact.holds is Is.AT_LEAST_ZERO and left.constant < fact.left.constant:
                continue  # what is less than what is known, by itself, does not follow from it
            if follows(fact, asked):
                return True
        return False


def eliminated(equations: Iterable[Size], found: dict[int, Size]) -> None:
    """Add to what unknowns are, over others, what equations say: of as many as have a factor of ±1."""
    for equation in equations:
        left = substitute(equation, found)
        if isinstance(left, Linear):
            symbol = max((each for each, factor in left.terms.items() if abs(factor) == 1), default=None)
            if symbol is not None:
                put_in(found, symbol, solved_for(left, symbol))


def solved_for(left: Linear, symbol: int) -> Size:
    """Return what an unknown with a factor of ±1 is where an expression is 0."""
    sign = -left.terms[symbol]
    rest = {other: factor * sign for other, factor in left.terms.items() if other != symbol}
    return Linear(rest, left.constant * sign) if rest else left.constant * sign


def put_in(found: dict[int, Size], symbol: int, value: Size) -> None:
    """Add a replacement, and put it into the others."""
    for other, known in found.items():
        found[other] = substitute(known, {symbol: value})
    found[symbol] = value
