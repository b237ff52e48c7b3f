"""How large a byte of the model is on real Spark.

A model's bytes are abstract: its runs use the smallest sizes that do. Real maps have overheads, estimate what they
hold, and look at every 32nd record only. So a byte of the model stands for many of Spark's, and its pool for as many
times as many and a half more: what fits in the model fits there, and what is one byte too much there is too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spillproof.model.errors import ModelError

USUAL = 64 << 10
LARGEST_POOL = 64 << 20
SMALLEST_REQUEST = 16 << 10
"""Below that, Spark's estimates say little."""
FURTHEST = 64
"""The most that sizes of one run may differ by, for an estimate to tell them apart."""


@dataclass(frozen=True)
class Units:
    """A scale."""

    each: float
    """Bytes of Spark for one of the model."""
    capacity: int
    """Of the model's pool."""
    spare: float = 0.5
    """By so many bytes of the model the real pool is larger."""

    @property
    def pool(self) -> int:
        """Return the size of the real pool."""
        return int(self.each * (self.capacity + self.spare))

    def of(self, size: int) -> int:
        """Return what a size of the model is on Spark."""
        return int(self.each * size)

    def same(self, size: int, seen: int) -> bool:
        """Return whether a real size is that of the model, as far as estimates go."""
        return abs(seen - self.of(size)) <= self.each / 4 + 0.02 * self.of(size)

    def counts(self, seen: int) -> bool:
        """Return whether so many bytes in the heap are more than a collection that is empty."""
        return seen > self.smallest / 4

    @property
    def smallest(self) -> float:
        """Return the least that is asked for."""
        return max(self.each, SMALLEST_REQUEST)


def units_of(capacity: int, sizes: Sequence[int]) -> Units:
    """Return the scale for a run. Raises `ModelError` where its sizes differ by too much for Spark's estimates."""
    least, most = min(sizes, default=1), max(sizes, default=1)
    units = Units(min(USUAL, LARGEST_POOL / max(capacity, 1)), capacity)
    if units.of(least) < SMALLEST_REQUEST or most > FURTHEST * least:
        raise ModelError(
            f"sizes from {least:,} to {most:,} in a pool of {capacity:,} are too far apart for Spark, which estimates "
            "them; shorter runs come with smaller sizes"
        )
    return units
