"""Conjunctions as the leaves of a tree of decisions: what is missing between them, and where two of them overlap.

Every way to run a piece of a model ends in a leaf; where one ends with a condition, another ends with its opposite. So
whatever was lost or damaged on the way shows as a gap or as an overlap, without a look at the model. Where there may be
one, numbers are found that lie in it, and a step on integers shows what is true there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.validation.sizes import Quotients
from spillproof.properties.engines.validation.words import Key, key, opposite

FURTHER = 5
"""Bytes from a border."""

MOST_LEAVES = 60
"""Leaves of one tree of which each pair is looked at."""


def are_halves(leaves: Sequence[Conjunction]) -> bool:
    """Return whether leaves are a condition and its opposite, as most are: nothing is missing between them."""
    return [*map(len, leaves)] == [1, 1] and key(leaves[0][0]) == opposite(leaves[1][0])


def gaps(leaves: Sequence[Conjunction], quotients: Iterable[Quotients] = ()) -> Iterator[tuple[int, Conjunction]]:
    """Yield for each leaf where its neighbour is missing: the leaf, and a conjunction right beyond its border."""
    spelled = [tuple(map(key, leaf)) for leaf in leaves]
    prefixes = {each[:place] for each in spelled for place in range(len(each) + 1)}
    bounds = {key(each) for defined in quotients for each in _bounds(defined)}
    seen: set[tuple[Key, ...]] = set()
    done: set[tuple[Key, ...]] = set()
    for number, (leaf, words) in enumerate(zip(leaves, spelled, strict=True)):
        for place, condition in enumerate(leaf):
            if words[: place + 1] in done:
                continue
            done.add(words[: place + 1])
            beyond = (*words[:place], opposite(condition))
            if words[place] not in bounds and beyond not in prefixes and beyond not in seen:
                seen.add(beyond)
                for border in _beyond(condition):
                    yield number, (*leaf[:place], border)
                    if place + 1 < len(leaf):
                        yield number, (*leaf[:place], border, *leaf[place + 1 :])


def overlaps(leaves: Sequence[Conjunction]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of leaves of which it is not evident that nothing meets both."""
    if not 1 < len(leaves) <= MOST_LEAVES:
        return
    words = [frozenset(map(key, leaf)) for leaf in leaves]
    against = [frozenset(map(opposite, leaf)) for leaf in leaves]
    for one in range(len(leaves)):
        for other in range(one):
            if words[one].isdisjoint(against[other]):
                yield one, other


def inside(conditions: Conjunction) -> Conjunction:
    """Return conditions that are met only further from the borders of these."""
    return tuple(
        Condition(each.left - FURTHER, each.holds) if each.holds is Is.AT_LEAST_ZERO else each for each in conditions
    )


def _beyond(condition: Condition) -> Iterator[Condition]:
    """Yield the conditions that are met right beyond the border of one."""
    left = condition.left
    if condition.holds is Is.NOT_ZERO:
        yield Condition(left, Is.ZERO)
        return
    yield Condition(Linear(left.terms, left.constant + 1), Is.ZERO)
    if condition.holds is Is.ZERO:
        yield Condition(Linear(left.terms, left.constant - 1), Is.ZERO)


def _bounds(quotients: Quotients) -> Iterator[Condition]:
    """Yield what is true of quotients by their definition."""
    for symbol, dividend, divisor in quotients:
        multiple = Linear({symbol: divisor})
        for left in (dividend - multiple, multiple - dividend + (divisor - 1)):
            yield Condition(left, Is.AT_LEAST_ZERO)
