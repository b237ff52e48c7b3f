"""What is left of each size when it is divided: a pool that reserves whole megabytes has a whole number of them.

As P. Granger, "Static analysis of arithmetical congruences" (International Journal of Computer Mathematics 30, 1989),
for each size by itself: along every edge the new size is a sum of multiples of old ones, so that its residue modulo
the greatest common divisor of what these are multiples of is known. Guards are ignored, which can only lose something.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from math import gcd
from typing import TypeAlias

from spillproof.model.quantity import Linear
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.shapes import Automaton, Edge, Shape, quotients_of
from spillproof.properties.engines.limits import UNLIMITED, Limits

Residue: TypeAlias = tuple[int, int]
"""A modulus and what is left: `(8, 3)` for 3, 11, 19, …; modulus 0 for one number alone, 1 for any."""

ANY: Residue = (1, 0)


def residues(automaton: Automaton, limits: Limits = UNLIMITED) -> list[dict[int, Residue]]:
    """Return for each shape, by size, the modulus and residue of every size that is not any number.

    Holds in every state that the edges lead to. Raises `OutOfTime` at the deadline.
    """
    found: list[list[Residue] | None] = [None] * len(automaton.shapes)
    waiting = deque([-1])
    while waiting:
        limits.check()
        place = waiting.popleft()
        for edge in automaton.leaving[place]:
            if edge.target >= 0:
                before, arrives = found[edge.target], _after(edge, found[place] or [] if place >= 0 else [])
                joined = arrives if before is None else [_join(*pair) for pair in zip(before, arrives, strict=True)]
                if joined != before:
                    found[edge.target] = joined
                    waiting.append(edge.target)
    return [{size: each for size, each in enumerate(known or ()) if each != ANY} for known in found]


def divides(automaton: Automaton) -> bool:
    """Return whether a claim of the automaton divides sizes: else residues say nothing of interest."""
    parts: list[Shape | Edge] = [*automaton.shapes, *automaton.edges]
    return any(quotients_of(way) for part in parts for ways in part.broken.values() for way in ways)


def _after(edge: Edge, known: list[Residue]) -> list[Residue]:
    return [residue_of(size, dict(enumerate(known))) for size in edge.update]


def residue_of(size: Size, known: Mapping[int, Residue]) -> Residue:
    """Return what is left of a sum of sizes when it is divided, given that of some sizes."""
    if not isinstance(size, Linear):
        return 0, size
    modulus, rest = 0, size.constant
    for symbol, factor in size.terms.items():
        own, left = known.get(symbol, ANY)
        modulus, rest = gcd(modulus, factor * own), rest + factor * left
    return modulus, rest % modulus if modulus else rest


def _join(one: Residue, other: Residue) -> Residue:
    modulus = gcd(one[0], other[0], one[1] - other[1])
    return modulus, one[1] % modulus if modulus else one[1]
