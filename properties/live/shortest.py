"""From a script that breaks a claim to a shortest one: steps left out, sizes made small, and then every shorter one.

A script counts only if the claim is false again each time that it is taken on a new manager.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.operations import OPERATIONS, renamed
from spillproof.properties.live.session import Playing, false_at, hits, played

AGAIN = 3
"""So often a script must break the claim at its last step, on new managers, before it is reported."""

TRIED = 400
"""At most so many shorter scripts are taken to see whether one of them is enough."""

PAIRS = 12
"""In scripts of at most so many steps, two steps are left out at a time as well."""


def broken_by(adapter: type[Adapter], script: Script, claim: Claim) -> Script | None:
    """Return a script up to the step with which it breaks a claim, or None where it does not."""
    steps = played(adapter, script, [claim])
    at = None if steps is None else false_at(claim, steps)
    return None if at is None else script[:at]


def repeats(adapter: type[Adapter], script: Script, claim: Claim) -> bool:
    """Return whether a script breaks a claim at its last step, again and again."""
    return all(times(adapter, script, claim))


def times(adapter: type[Adapter], script: Script, claim: Claim) -> list[bool]:
    """Return for each time that a script is taken again whether it breaks a claim at its last step."""
    return [broken_by(adapter, script, claim) == script for _ in range(AGAIN)]


def shortened(adapter: type[Adapter], script: Script, claim: Claim) -> tuple[Script, str]:
    """Return a script that breaks a claim as well, and what is known of shorter ones."""
    reduced = _reduced(adapter, script, claim)
    short = next((each for each in (renamed(reduced), reduced) if repeats(adapter, each, claim)), script)
    first, tried, all_tried = _first(adapter, short, claim)
    while first is not None and first != short:  # now with its sizes only, so that what is said depends on it alone
        short = first
        first, tried, all_tried = _first(adapter, short, claim)
    words = f"each of the {tried} shorter runs with values of {_sizes_words(short)} was taken"
    return short, words if all_tried else ""


def _reduced(adapter: type[Adapter], script: Script, claim: Claim) -> Script:
    """Return a script of which no step, and no two, can be left out, and no size be made smaller."""
    found = broken_by(adapter, script, claim) or script
    changed = True
    while changed:
        changed = False
        for candidate in _smaller(found):
            better = broken_by(adapter, candidate, claim)
            if better is not None and _weight(better) < _weight(found):
                found, changed = better, True
                break
    return found


def _weight(script: Script) -> tuple[int, int, int]:
    return len(script), sum(1 for move in script if _simpler(move)), sum(move.units for move in script)


def _simpler(move: Move) -> str:
    """Return the step that may be enough in the place of one."""
    return OPERATIONS[move.action].simpler


def _smaller(script: Script) -> Iterator[Script]:
    places = range(len(script) - 1)  # the last step is the one that breaks the claim
    pairs = list(combinations(places, 2)) if len(script) <= PAIRS else []
    for left_out in [*((place,) for place in places), *pairs]:
        yield tuple(move for place, move in enumerate(script) if place not in left_out)
    for place, move in enumerate(script):
        if _simpler(move):
            simpler = replace(move, action=_simpler(move), name="")
            yield (*script[:place], simpler, *script[place + 1 :])
        for units in range(1, move.units):
            yield (*script[:place], replace(move, units=units), *script[place + 1 :])


def _sizes(script: Script) -> list[int]:
    return sorted({1, *(move.units for move in script if move.units)})


def _sizes_words(script: Script) -> str:
    return f"{' or '.join(map(str, _sizes(script)))} unit{'' if _sizes(script) == [1] else 's'}"


def _first(adapter: type[Adapter], script: Script, claim: Claim) -> tuple[Script | None, int, bool]:
    """Return the first of the shortest scripts that break a claim, and of the shorter ones how many, and whether all.

    Scripts of the same length are taken in order, so that the same one is found whatever was found before.
    """
    waiting: deque[Script] = deque([()])
    length, shorter, tried = 0, 0, 0
    while waiting:
        current = waiting.popleft()
        if len(current) >= length:
            length, shorter = len(current) + 1, tried
        if length > len(script):
            break
        for move in _next(adapter, current, claim, _sizes(script)):
            if tried >= TRIED:
                return None, shorter, length >= len(script)
            tried += 1
            longer = (*current, move)
            if broken_by(adapter, longer, claim) == longer and repeats(adapter, longer, claim):
                return longer, shorter, True
            waiting.append(longer)
    return None, shorter, True


def _next(adapter: type[Adapter], script: Script, claim: Claim, sizes: list[int]) -> list[Move]:
    with Playing(adapter, [claim], alone=True) as playing:
        for move in script:
            step = playing.take(move)
            if step.raised or hits(claim, playing.steps[-2], step):
                return []
        ending = [Move("close")] if playing.can(Move("close")) else []
        return [*playing.possible(sizes), *ending]
