"""Which sizes of values are tried: small ones, one that fills the capacity, and one that is larger than it."""

from __future__ import annotations

from functools import cache

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.session import Session

LARGEST = 64
"""In units; a capacity that is larger is not tried as a size."""


@cache
def sizes_of(kind: type[Adapter]) -> tuple[int, ...]:
    """Return the sizes of the values that are put, in units."""
    small, whole = range(1, kind.most + 1), whole_of(kind)
    around = {whole, whole + 1} if kind.oversized and 0 < whole < LARGEST else set()
    return tuple(sorted({*small, *around, *kind.larger}))


@cache
def whole_of(kind: type[Adapter]) -> int:
    """Return the capacity of a manager, in units; 0 where it has none."""
    if not hasattr(kind, "capacity_of_pool"):
        return 0
    with Session(kind) as playing:
        return int(playing.steps[0].now.seen["capacity_of_pool"] // kind.measured_by.unit)


def extremes_of(kind: type[Adapter]) -> tuple[int, ...]:
    """Return the smallest size and the one that fills the capacity: with these two, runs reach deep where it is full.

    Where there is no capacity, or one that is not tried as a size, the largest instead, and the largest that goes no
    other way than small ones; nothing where there are no other sizes anyway.
    """
    sizes, whole = sizes_of(kind), whole_of(kind)
    others = {whole} if whole in sizes else {kind.most, max(sizes)}
    return () if {1, *others} >= {*sizes} else tuple(sorted({1, *others}))


def in_words(sizes: tuple[int, ...]) -> str:
    """Return sizes as a person writes them: `1, 2 or 7 units`."""
    words = [str(size) for size in sizes]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f"{listed} unit{'' if sizes == (1,) else 's'}"
