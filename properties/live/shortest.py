"""From a script that breaks a claim to a shorter one: steps left out, sizes made small or large.

A script counts only if the claim is false again each time that it is taken on a new manager. Whether it is a shortest,
the frontier says (`frontier.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import operations_of, renamed
from spillproof.properties.live.session import false_at, played
from spillproof.properties.live.sizes import sizes_of

AGAIN = 3
"""So often a script must break the claim at its last step, on new managers, before it is reported."""

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


def reduced(adapter: type[Adapter], script: Script, claim: Claim) -> Script:
    """Return a script of which no step, and no two, can be left out, and no size be made smaller."""
    found = smallest(adapter, script, lambda each: broken_by(adapter, each, claim))
    return next((each for each in (renamed(adapter, found), found) if repeats(adapter, each, claim)), script)


def smallest(adapter: type[Adapter], script: Script, breaks: Callable[[Script], Script | None]) -> Script:
    """Return a script that still breaks something, as `breaks` says by the part of a script that does, and of which
    nothing can be left out.
    """
    found = breaks(script) or script
    changed = True
    while changed:
        changed = False
        for candidate in _smaller(adapter, found):
            better = breaks(candidate)
            if better is not None and _weight(adapter, better) < _weight(adapter, found):
                found, changed = better, True
                break
    return found


def _weight(adapter: type[Adapter], script: Script) -> tuple[int, int, int, int]:
    special = sum(1 for move in script if _simpler(adapter, move))
    return len(script), special, sum(move.units for move in script), sum(move.at for move in script)


def _simpler(adapter: type[Adapter], move: Move) -> str:
    """Return the step that may be enough in the place of one."""
    return operations_of(adapter)[move.action].simpler


def _smaller(adapter: type[Adapter], script: Script) -> Iterator[Script]:
    yield from _without_a_piece(script)
    yield from _without_a_key(script)
    places = range(len(script) - 1)  # the last step is the one that breaks the claim
    pairs = list(combinations(places, 2)) if len(script) <= PAIRS else []
    for left_out in [*((place,) for place in places), *pairs]:
        yield tuple(move for place, move in enumerate(script) if place not in left_out)
    for place, move in enumerate(script):
        if simpler := _simpler(adapter, move):
            yield (*script[:place], replace(move, action=simpler, name=""), *script[place + 1 :])
        for units in range(1, move.units):
            yield (*script[:place], replace(move, units=units), *script[place + 1 :])
        for at in range(1, move.at):
            yield (*script[:place], replace(move, at=at), *script[place + 1 :])
    yield from _with_a_larger_value(adapter, script)


def _without_a_piece(script: Script) -> Iterator[Script]:
    """Yield a long script without its first half, its second half, each quarter, and so on: most of it is idle."""
    size = (len(script) - 1) // 2
    while size > 2:  # noqa: PLR2004 - one step and two are left out one by one
        for begin in range(0, len(script) - 1, size):
            yield (*script[:begin], *script[min(begin + size, len(script) - 1) :])
        size //= 2


def _without_a_key(script: Script) -> Iterator[Script]:
    """Yield a script without all that it does with a key: what was put there need not be deleted."""
    for key in sorted({move.key for move in script} - {""}):
        if rest := tuple(move for move in script if key not in (move.key, move.other)):
            yield rest


def _with_a_larger_value(adapter: type[Adapter], script: Script) -> Iterator[Script]:
    """Yield the scripts in which one step is left out, and a value is larger instead."""
    if len(script) > PAIRS:
        return
    for left_out in range(len(script) - 1):
        shorter = tuple(move for place, move in enumerate(script) if place != left_out)
        for place, move in enumerate(shorter):
            larger = [units for units in sizes_of(adapter) if units > move.units > 0]
            yield from ((*shorter[:place], replace(move, units=units), *shorter[place + 1 :]) for units in larger)
