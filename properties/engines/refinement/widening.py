"""The same comparison with larger and larger sizes, as long as that is cheap: what differs may need room for more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import inf

from spillproof.model.system import Model
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.refinement.observation import NothingComparedError
from spillproof.properties.engines.refinement.refinement import Refinement, refinement

SIZES = range(2, 13)
"""The largest size, from comparison to comparison."""

ENOUGH = 1_000
"""After so many pairs in all, no larger sizes are begun with."""


def widest(
    one: Model,
    other: Model,
    *,
    observed: Collection[str] = (),
    max_steps: float = inf,
    limits: Limits = UNLIMITED,
) -> Refinement:
    """Return what `refinement` does with the largest sizes for which all was compared, or a run that it found.

    Such a run is a shortest one for its sizes; with smaller ones no run tells the two apart. Raises `ModelError` as
    `refinement` does.
    """
    found: Refinement | None = None
    pairs = 0
    for largest in SIZES:
        try:
            now = refinement(one, other, largest=largest, observed=observed, max_steps=max_steps, limits=limits)
        except NothingComparedError:
            if largest == SIZES[-1]:
                raise
            continue
        except KeyboardInterrupt:
            if found is None:
                raise
            return replace(found, interrupted=True)
        if found is not None and not (now.run or _is_whole(now, max_steps)):
            return replace(found, interrupted=now.interrupted)
        found, pairs = now, pairs + now.pairs
        if now.run or pairs >= ENOUGH or not _is_whole(now, max_steps):
            break
    assert found is not None
    return found


def _is_whole(found: Refinement, max_steps: float) -> bool:
    """Return whether all was compared that was to be."""
    return found.complete or found.depth >= max_steps
