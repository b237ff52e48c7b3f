"""What a fix is, whether a release has it, and what it carries: the claim that falls without it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Break:
    """A claim that is violated with a fix, in so many steps, and proved without."""

    claim: str
    steps: int
    beside: str = ""
    """A later fix that is there in both cases, where a defect of its own would hide the difference."""


@dataclass(frozen=True)
class Bearing:
    """A claim that is violated without a fix, in so many steps, and proved with it.

    A test holds each against the checker: no shorter run violates it, and with the fix it is proved.
    """

    model: str
    """The name of the entry of the catalogue that has the fix."""
    claim: str
    steps: int
    run: str
    """The shortest run, in words."""
    scope: Mapping[str, object] = field(default_factory=dict)
    """The least scope that shows it, where it is not the entry's own."""
    breaks: tuple[Break, ...] = ()
    beside: tuple[str, ...] = ()
    """Later fixes that are left out in both cases, because they hide the defect."""
    fix: str = ""
    """The name of the fix; in the table of all of them."""


@dataclass(frozen=True)
class Change:
    """A change to what is modelled, or one that was only proposed."""

    name: str
    sentence: str
    """What happens with it; and after a semicolon, what happened without it."""
    since: tuple[str, ...] = ()
    """The first release that has it, in each minor line that it was merged into. Empty for what was never merged."""

    def is_in(self, release: str) -> bool:
        """Return whether a release has it: its own minor line got it in time, or every line that it was merged into is
        older.
        """
        for first in self.since:
            if order(first)[:2] == order(release)[:2]:
                return order(first) <= order(release)
        return bool(self.since) and max(map(order, self.since)) <= order(release)


@dataclass(frozen=True)
class Fix(Change):
    """A change to Spark, or one that was only proposed."""

    bearings: tuple[Bearing, ...] = field(default=(), hash=False)
    shown: Mapping[str, AbstractSet[str]] = field(default_factory=dict, hash=False)
    """By family of the catalogue, the claims that its entries violate without the fix, each at its own scope."""


NEVER: tuple[str, ...] = ()
"""In no release: it was only proposed."""


def fix(
    name: str,
    sentence: str,
    since: tuple[str, ...],
    *bearings: Bearing,
    shown: Mapping[str, AbstractSet[str]] | None = None,
) -> Fix:
    """Return a fix, as the tables of this folder have it."""
    return Fix(name, sentence, since, bearings, shown or {})


def order(release: str) -> tuple[int, ...]:
    """Return what sorts releases by age."""
    return tuple(map(int, release.split(".")))
