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
    small = range(1, kind.most + 1)
    if not kind.oversized or not hasattr(kind, "capacity_of_pool"):
        return tuple(small)
    with Session(kind) as playing:
        whole = playing.steps[0].now.seen["capacity_of_pool"] // kind.measured_by.unit
    around = {whole, whole + 1} if 0 < whole < LARGEST else set()
    return tuple(sorted({*small, *around}))


def in_words(sizes: tuple[int, ...]) -> str:
    """Return sizes as a person writes them: `1, 2 or 7 units`."""
    words = [str(size) for size in sizes]
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    return f"{listed} unit{'' if sizes == (1,) else 's'}"
