"""What a fix is, and whether a release has it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fix:
    """A change to Spark, or one that was only proposed."""

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


def order(release: str) -> tuple[int, ...]:
    """Return what sorts releases by age."""
    return tuple(map(int, release.split(".")))
