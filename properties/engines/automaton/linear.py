"""Linear expressions: putting them into each other, evaluating them, and contradictions that need no solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.model.state import Size


def substitute(value: Size, replacements: Mapping[int, Size]) -> Size:
    """Return an expression with some of its unknowns replaced."""
    if type(value) is not Linear:
        return value
    constant = value.constant
    if len(value.terms) == 1:  # of most expressions, and so before all else
        ((symbol, factor),) = value.terms.items()
        only = replacements.get(symbol)
        if only is None:
            return value
        if factor == 1 and constant == 0:
            return only
    elif replacements.keys().isdisjoint(value.terms):
        return value
    terms: dict[int, int] = {}
    for symbol, factor in value.terms.items():
        new = replacements.get(symbol)
        if new is None:
            terms[symbol] = terms[symbol] + factor if symbol in terms else factor
        elif type(new) is Linear:
            constant += factor * new.constant
            for other, inner in new.terms.items():
                terms[other] = terms[other] + factor * inner if other in terms else factor * inner
        else:
            constant += factor * new
    if 0 in terms.values():
        terms = {symbol: factor for symbol, factor in terms.items() if factor}
    return Linear(terms, constant) if terms else constant


def evaluate(size: Size, values: Sequence[int]) -> int:
    """Return the value of an expression, given one for each unknown."""
    if not isinstance(size, Linear):
        return size
    return size.constant + sum(factor * values[symbol] for symbol, factor in size.terms.items())


def holds(condition: Condition, values: Sequence[int]) -> bool:
    """Return whether a condition is true, given a value for each unknown."""
    return truth(evaluate(condition.left, values), condition.holds) is True


def left_open(conditions: Iterable[Condition], values: Mapping[int, Size]) -> list[Condition] | None:
    """Return conditions with values put in, those that are true then left out; None where one is false then."""
    found: list[Condition] = []
    for condition in conditions:
        left = substitute(condition.left, values)
        known = truth(left, condition.holds)
        if known is False:
            return None
        if known is None:
            assert isinstance(left, Linear)
            found.append(Condition(left, condition.holds))
    return found


def value_key(size: Size) -> object:
    """Return what is equal for equal expressions."""
    return (size.constant, frozenset(size.terms.items())) if isinstance(size, Linear) else size


MOST_SUMMANDS = 4
"""How many facts are added up at most to find a contradiction."""


def contradicts(asked: Condition, facts: Iterable[Condition], summands: int = MOST_SUMMANDS) -> bool:
    """Return whether `asked` and at most so many of the facts add up to something that is negative for all naturals.

    False says nothing: it is a solver's question then. This finds nine of ten contradictions in a tenth of the time.
    """
    usable = [left for fact in facts for left in nonnegative(fact)]
    return any(_sinks(left, usable, summands) for left in nonnegative(asked))


def nonnegative(condition: Condition) -> tuple[Linear, ...]:
    """Return the expressions that a condition holds to be at least 0."""
    if condition.holds is Is.AT_LEAST_ZERO:
        return (condition.left,)
    return (condition.left, -condition.left) if condition.holds is Is.ZERO else ()


def _sinks(left: Linear | int, facts: list[Linear], summands: int) -> bool:
    """Return whether adding facts to an expression makes every part of it negative or 0, and the constant negative."""
    if not isinstance(left, Linear):
        return left < 0
    rising = next((symbol for symbol, factor in left.terms.items() if factor > 0), None)
    if rising is None:
        return left.constant < 0
    if summands == 0:
        return False
    helping = (fact for fact in facts if fact.terms.get(rising, 0) < 0)
    if summands == 1:
        return any(_sink(left, fact) for fact in helping)
    return any(_sinks(left + fact, facts, summands - 1) for fact in helping)


def _sink(left: Linear, fact: Linear) -> bool:
    """Return whether the sum of two expressions has no part that is positive, and a constant that is negative.

    What is asked last, and so most of all: the sum is not made.
    """
    if left.constant + fact.constant >= 0:
        return False
    terms, others = left.terms, fact.terms
    for symbol, factor in terms.items():
        if factor + others.get(symbol, 0) > 0:
            return False
    for symbol, factor in others.items():  # noqa: SIM110 - `all` takes twice as long
        if factor > 0 and factor + terms.get(symbol, 0) > 0:
            return False
    return True
