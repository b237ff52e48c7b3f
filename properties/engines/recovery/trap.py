"""Whether a state on plain integers has a way back: the model is run from it, breadth first, until a claim is true.

The sizes of arguments are small ones, and those that the state itself has: what there is can then be released whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.model.clone import clone
from spillproof.model.state import snapshot
from spillproof.properties.claims import Claim
from spillproof.properties.engines.exploration.walk import Walk, is_negative
from spillproof.properties.engines.run import Step, sizes_of

SMALL = (1, 2)

MOST_SIZES = 6
"""So many different sizes are given to arguments at most."""

MOST_STEPS = 3_000
"""Steps that are taken before a search for a way back ends without an answer."""


@dataclass(frozen=True)
class WaySearch:
    """What a search for a way back came to."""

    way: tuple[Step, ...] | None
    """Steps to where the claim is true; None where none was found."""
    states: int
    """States that were looked at."""
    whole: bool
    """Whether these are all that can be reached with sizes such as were tried."""
    sizes: tuple[int, ...]
    """The sizes that arguments had."""


def search(claim: Claim, state: Any, most: int = MOST_STEPS) -> WaySearch:
    """Look for a way from a state to one in which a claim is true. The state stays as it is."""
    walk = Walk(state, 1, {})
    walk.sizes = sizes_for(state)
    if bool(claim(state)):
        return WaySearch((), 1, False, walk.sizes)
    seen = {_word(state)}
    waiting: deque[tuple[tuple[Step, ...], Any]] = deque([((), clone(state, {}))])
    for way, after in _steps(walk, waiting, most):
        word = _word(after)
        if word in seen:
            continue
        seen.add(word)
        if bool(claim(after)):
            return WaySearch(way, len(seen), False, walk.sizes)
        waiting.append((way, after))
    return WaySearch(None, len(seen), not waiting, walk.sizes)


def _steps(
    walk: Walk, waiting: deque[tuple[tuple[Step, ...], Any]], most: int
) -> Iterator[tuple[tuple[Step, ...], Any]]:
    """Yield the state after each step from what waits, with the steps to it, until so many were taken."""
    taken = 0
    while waiting:
        way, before = waiting[0]
        for each in walk.steps(before):
            taken += 1
            if not each.raised and not is_negative(each.after):
                yield (*way, each.step), each.after
            if taken >= most:
                return
        waiting.popleft()


def is_stuck(claim: Claim, state: Any) -> bool:
    """Return whether no way back was found from a state."""
    return search(claim, state).way is None


def sizes_for(state: Any) -> tuple[int, ...]:
    """Return the sizes that are tried from a state: small ones, those that it has, and all that it has together."""
    there = sorted({size for size in sizes_of(state) if size > 0})
    some: Iterable[int] = dict.fromkeys((*SMALL, *there, sum(there)))
    return tuple(each for each in [*some][:MOST_SIZES] if each > 0)


def _word(state: Any) -> tuple[object, ...]:
    taken = snapshot(state)
    return taken.key, *taken.sizes
