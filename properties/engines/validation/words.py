"""Conditions spelled so that those that say the same are equal, and so that opposite ones are known as such."""

from __future__ import annotations

from functools import lru_cache

from spillproof.model.quantity import Condition, ConditionKey, Is

Terms = frozenset[tuple[int, int]]
"""The terms of an expression: unknowns with their factors."""

Key = tuple[Is, int, Terms]
"""How an expression stands to zero: how it holds, the constant, the terms."""

KNOWN = 1 << 14
"""So many conditions are kept with their keys: the same few come back on every edge of a shape."""


def key(condition: Condition) -> Key:
    """Return what is equal for conditions that say the same."""
    return _key_of(condition.key())


def opposite(condition: Condition) -> Key:
    """Return the key of the opposite condition."""
    return _opposite_of(condition.key())


@lru_cache(KNOWN)
def negated(terms: Terms) -> Terms:
    """Return the terms of the opposite expression."""
    return frozenset((symbol, -factor) for symbol, factor in terms)


@lru_cache(KNOWN)
def _key_of(said: ConditionKey) -> Key:
    holds, constant, terms = said
    return _key(dict(terms), constant, holds)


@lru_cache(KNOWN)
def _opposite_of(said: ConditionKey) -> Key:
    holds, constant, terms = said
    if holds is Is.AT_LEAST_ZERO:
        return _key({symbol: -factor for symbol, factor in terms}, -constant - 1, holds)
    return _key(dict(terms), constant, Is.NOT_ZERO if holds is Is.ZERO else Is.ZERO)


def _key(terms: dict[int, int], constant: int, holds: Is) -> Key:
    """Spell a condition over naturals: x != 0 as x >= 1, -x >= 0 as x == 0, the first term of an equation positive."""
    if constant == 0 and all(factor < 0 for factor in terms.values()):
        terms, constant = {symbol: -factor for symbol, factor in terms.items()}, 0
        holds = Is.ZERO if holds is Is.AT_LEAST_ZERO else holds
    if holds is Is.NOT_ZERO and constant == 0 and all(factor > 0 for factor in terms.values()):
        constant, holds = -1, Is.AT_LEAST_ZERO
    if holds is not Is.AT_LEAST_ZERO and terms[min(terms)] < 0:
        terms, constant = {symbol: -factor for symbol, factor in terms.items()}, -constant
    return (holds, constant, frozenset(terms.items()))
