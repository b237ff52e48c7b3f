"""Challenges to verdicts on claims that must always be recoverable: traps on integers, and ways out of others.

A trap is a state from which every state that can be reached with some sizes was looked at, and in none is the claim
true. With larger sizes there might be a way out: before a proof is contradicted, sizes are tried that the trap itself
suggests, such as all that it has, and large ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from types import CodeType, FunctionType

from spillproof.properties.claims import Claim
from spillproof.properties.engines.challenge.scratch import Scratch, ScratchRun, Spent
from spillproof.properties.engines.challenge.words import is_negative
from spillproof.properties.engines.verdict import Holds, Never, Proved, Unknown, Verdict, Violated

FIRST = (1, 2)
"""Sizes with which traps are looked for."""

LARGE = (13, 1000)

MOST_SIZES = 12
"""So many sizes are tried at most before a trap is believed in."""

EXPONENTS = range(64, 256)
"""Smaller powers of 2 are computed as Python reads the code."""

MOST_WRITTEN = 6
"""And so many, the largest, of those that stand in the code."""


@dataclass
class Region:
    """States on integers that were looked at, and which step leads from which to which."""

    claim: Claim
    states: list[ScratchRun] = field(default_factory=list)
    before: list[list[int]] = field(default_factory=list)
    """For each state those out of which a step leads to it."""
    number: dict[object, int] = field(default_factory=dict)
    expanded: int = 0
    """So many states, the first ones, are known with all that follows."""

    def add(self, taken: ScratchRun, source: int = -1) -> None:
        words = taken.spelling.words
        if words not in self.number:
            self.number[words] = len(self.states)
            self.states.append(taken)
            self.before.append([])
        if source >= 0:
            self.before[self.number[words]].append(source)

    def good(self) -> Iterator[int]:
        """Yield the states in which the claim is true, in the order in which they were met."""
        return (place for place, each in enumerate(self.states) if bool(self.claim(each.state)))

    def traps(self) -> list[ScratchRun]:
        """Return the states out of which no step leads to where the claim is true, or to what is not known."""
        waiting = [*self.good(), *range(self.expanded, len(self.states))]
        out = set(waiting)
        while waiting:
            new = [each for each in self.before[waiting.pop()] if each not in out]
            out.update(new)
            waiting += new
        return [each for place, each in enumerate(self.states) if place not in out]


def region(scratch: Scratch, claim: Claim, starts: Iterable[ScratchRun], sizes: Sequence[int]) -> Region:
    """Return the states that can be reached with some sizes, as far as the work that is allowed goes."""
    found = Region(claim)
    with suppress(Spent):
        for each in starts:
            if not is_negative(each.spelling):
                found.add(each)
        while found.expanded < len(found.states):
            place = found.expanded
            history = found.states[place].history
            for taken in scratch.steps(history, scratch.spell(scratch.at(history)), sizes):
                if not taken.raised and not is_negative(taken.spelling):
                    found.add(taken, place)
            found.expanded += 1
    return found


def trap(scratch: Scratch, claim: Claim, verdict: Verdict) -> ScratchRun | None:
    """Return the end of a run that contradicts a verdict: a trap where none should be, or after fewer steps.

    None where none was found.
    """
    most, sizes = _speaks_of(verdict)
    if most < 0:
        return None
    found = region(scratch, claim, scratch.beginnings(sizes or FIRST), sizes or FIRST)
    for each in found.traps():
        if len(each.history) <= most:
            return each if sizes or _is_one(scratch, claim, each) else None
    return None


def way_out(scratch: Scratch, claim: Claim, ends: Iterable[ScratchRun]) -> ScratchRun | None:
    """Return a run to where a claim is true that goes on from what is said to be a trap; None where none was found.

    The run that was reported has one of these `ends`, and it is not known which: each must have a way out.
    """
    out: ScratchRun | None = None
    for each in ends:
        found = region(scratch, claim, [each], _suggested(each, claim))
        if (good := next(found.good(), None)) is None:
            return None
        out = out or found.states[good]
    return out


def _is_one(scratch: Scratch, claim: Claim, taken: ScratchRun) -> bool:
    """Return whether a trap is one with the sizes that it suggests, too."""
    return taken in region(scratch, claim, [taken], _suggested(taken, claim)).traps()


def _speaks_of(verdict: Verdict) -> tuple[float, tuple[int, ...]]:
    """Return how many steps lead at most to a trap that contradicts, and with which sizes alone; none for any."""
    match verdict:
        case Proved():
            return inf, ()
        case Holds(bounds=bounds) if small := re.search(r"sizes up to (\d+)", bounds):
            return inf, tuple(range(1, int(small[1]) + 1))
        case Holds(bounds=bounds) if steps := re.search(r"at most (\d+) steps", bounds):
            return int(steps[1]), ()
        case Violated(run=run, minimal=minimal) if minimal:
            return len(run) - 1, ()
        case Unknown(depth=depth):
            return depth, ()
        case Never() | _:
            return -1, ()


def _suggested(taken: ScratchRun, claim: Claim) -> tuple[int, ...]:
    """Return sizes with which a way out could be taken.

    Small ones, what there is, all of it, and large ones; and those that stand in the code, and one more than they are.
    """
    values = [
        value for each in taken.spelling.objects for value in vars(each).values() if type(value) is int and value > 0
    ]
    total = sum(values)
    near = [more for value in (*values, total) for more in (value, value - 1, value + 1)]
    found = dict.fromkeys((*FIRST, *near[::3], total, *LARGE, *near, 2 * total))
    tried = [each for each in found if each > 0][:MOST_SIZES]
    written = sorted({more for each in _written(taken, claim) for more in (each, each + 1)} - {*tried})
    return (*tried, *written[-MOST_WRITTEN:])


def _written(taken: ScratchRun, claim: Claim) -> Iterator[int]:
    """Yield the whole numbers above 2 that stand in the code of a claim and of the classes of a state's objects.

    With one that may stand for a power of 2 which Python does not compute beforehand (`2**70`), that power.
    """
    classes = {cls for each in taken.spelling.objects for cls in type(each).__mro__}
    of_classes = [value for cls in classes for value in vars(cls).values()]
    functions = [value for value in (claim.function, *of_classes) if isinstance(value, FunctionType)]
    waiting: list[object] = [*of_classes, *(each.__code__ for each in functions)]
    waiting += [each.__globals__.get(name) for each in functions for name in each.__code__.co_names]
    while waiting:
        value = waiting.pop()
        if isinstance(value, CodeType):
            waiting += value.co_consts
        elif type(value) is int and value > max(FIRST):
            yield from (value, 2**value) if value in EXPONENTS else (value,)
