"""Spark's releases since 1.6.0. Which fixes each has, `fixes_of` says.

A release belongs here once what it changes in the classes that are modelled was read: `docs/reference/releases.md` says
what that is, by the jars of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

RELEASES: tuple[str, ...] = (
    *(f"1.6.{patch}" for patch in range(4)),
    *(f"2.0.{patch}" for patch in range(3)),
    *(f"2.1.{patch}" for patch in range(4)),
    *(f"2.2.{patch}" for patch in range(4)),
    *(f"2.3.{patch}" for patch in range(5)),
    *(f"2.4.{patch}" for patch in range(9)),
    *(f"3.0.{patch}" for patch in range(4)),
    *(f"3.1.{patch}" for patch in range(1, 4)),  # 3.1.0 was never announced
    *(f"3.2.{patch}" for patch in range(5)),
    *(f"3.3.{patch}" for patch in range(5)),
    *(f"3.4.{patch}" for patch in range(5)),
    *(f"3.5.{patch}" for patch in range(10)),
    *(f"4.0.{patch}" for patch in range(6)),
    *(f"4.1.{patch}" for patch in range(5)),
    *(f"4.2.{patch}" for patch in range(2)),
    "4.3.0",
)
"""In the order of their numbers, which is not that of their dates; what tells them apart is the fixes that each has, of
which some were ported back to older lines: 2.3.4 has one that came too late for 2.4.0."""

NEWEST = RELEASES[-1]
"""What models are of, if no release is said."""

REPAIRED = "4.0.0"
"""From this release on, what current Spark violates can be had with our repairs."""


def spans(releases: Iterable[str], order: Sequence[str] = RELEASES, dash: str = "–") -> str:
    """Return releases with those that follow each other in an order drawn together: `2.4.0, 2.4.2–2.4.4`."""
    pairs = groupby(enumerate(releases), key=lambda pair: order.index(pair[1]) - pair[0])
    runs = [[release for _, release in pair] for _, pair in pairs]
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}{dash}{run[-1]}" for run in runs)


def since(first: str) -> tuple[str, ...]:
    """Return the releases from one on, by their numbers."""
    return RELEASES[RELEASES.index(first) :]
