"""Putting expressions into expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spillproof.model.quantity import Condition, Linear, truth
from spillproof.model.state import Size


def substitute(value: Size, replacements: Mapping[int, Size]) -> Size:
    """Return an expression with some of its unknowns replaced."""
    if not isinstance(value, Linear) or replacements.keys().isdisjoint(value.terms):
        return value
    terms: dict[int, int] = {}
    constant = value.constant
    for symbol, factor in value.terms.items():
        new = replacements.get(symbol)
        if new is None:
            terms[symbol] = terms.get(symbol, 0) + factor
        elif isinstance(new, int):
            constant += factor * new
        else:
            constant += factor * new.constant
            for other, inner in new.terms.items():
                terms[other] = terms.get(other, 0) + factor * inner
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
