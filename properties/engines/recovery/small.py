"""Every state with sizes up to k, and whether a run with sizes up to k leads back from it: a fact, and not a proof.

The automaton is walked on integers. What cannot be taken with such small sizes is not there: from a state without a way
back a larger size may still lead back.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, quotients_of
from spillproof.properties.engines.limits import UNLIMITED, Limits

State: TypeAlias = "tuple[int, tuple[int, ...]]"
"""A shape and its sizes."""

MOST_STATES = 20_000
"""More states than this are not looked at."""

LARGEST = 4
"""Sizes are looked at up to this."""

LARGER = (6, 8, 12, 16, 24, 32)
"""And up to these, one after the other, as long as there are few states: they grow with a power of the sizes."""

FEW = 1_000
"""States that are few."""


@dataclass(frozen=True)
class Small:
    """What there is with sizes up to some number."""

    largest: int
    """Sizes of arguments range over 1, 2, …, up to this."""
    states: int
    """States of the automaton: one that is met in two shapes, with 0 as a constant and as a size, counts twice."""
    traps: int
    """States from which no run with such sizes leads back."""
    negative: bool = False
    """Whether some step makes a counter negative: no run goes on from there, and nothing is said of where it leads."""


def as_far_as_known(automaton: Automaton, claim: Claim, limits: Limits = UNLIMITED) -> Small | None:
    """Return what there is at the least sizes with traps; where there are none, at the largest that were looked at."""
    found: Small | None = None
    for largest in (*range(1, LARGEST + 1), *LARGER):
        if largest > LARGEST and found is not None and found.states > FEW:
            return found
        small = at(automaton, claim, largest, limits)
        if small is None:
            return found
        found = small
        if small.traps or not any(edge.sizes for edge in automaton.edges):
            return found
    return found


def at(automaton: Automaton, claim: Claim, largest: int, limits: Limits = UNLIMITED) -> Small | None:
    """Return what there is with sizes up to some number; None where that is too much, or the time is up."""
    arriving: dict[State, list[State]] = {}
    negative = False
    for state in _beginnings(automaton, largest):
        if _is_natural(state):
            arriving.setdefault(state, [])
        else:
            negative = True
    waiting = deque(arriving)
    while waiting:
        state = waiting.popleft()
        if limits.left() <= 0:
            return None
        for after in _following(automaton, state, largest):
            if not _is_natural(after):
                negative = True
                continue
            if after not in arriving:
                if len(arriving) >= MOST_STATES:
                    return None
                arriving[after] = []
                waiting.append(after)
            arriving[after].append(state)
    good = deque(state for state in arriving if _is_good(automaton, claim, state))
    back = set(good)
    while good:
        for before in arriving[good.popleft()]:
            if before not in back:
                back.add(before)
                good.append(before)
    return Small(largest, len(arriving), len(arriving) - len(back), negative)


def _is_natural(state: State) -> bool:
    return all(size >= 0 for size in state[1])


def _is_good(automaton: Automaton, claim: Claim, state: State) -> bool:
    shape, sizes = state
    return any(_meets(ways, sizes) for ways in automaton.shapes[shape].kept.get(claim.name, ()))


def _beginnings(automaton: Automaton, largest: int) -> Iterator[State]:
    for edge in automaton.leaving[-1]:
        yield from _taken(edge, (), largest)


def _following(automaton: Automaton, state: State, largest: int) -> Iterator[State]:
    shape, sizes = state
    for edge in automaton.leaving[shape]:
        if edge.target >= 0:
            yield from _taken(edge, sizes, largest)


def _taken(edge: Edge, sizes: tuple[int, ...], largest: int) -> Iterator[State]:
    """Yield each state to which an edge leads with arguments of such sizes."""
    for given in itertools.product(range(largest), repeat=len(edge.sizes)):
        values = [*sizes, *given]
        for _, dividend, divisor in edge.quotients:
            values.append(evaluate(dividend, values) // divisor)
        if _meets(edge.guard, values):
            yield edge.target, tuple(evaluate(each, values) for each in edge.update)


def _meets(conditions: Conjunction, values: Sequence[int]) -> bool:
    known = [*values]
    for _, dividend, divisor in quotients_of(conditions):
        known.append(evaluate(dividend, known) // divisor)
    return all(holds(each, known) for each in conditions)
