"""Claims that no safety claim can say: that what is taken can be given back, and whoever waits can be served.

That nothing bad happens is true of a pool that never gives anything back. These claims are not always true; it must
always be possible that they become true.
"""

from __future__ import annotations

from typing import Protocol

from spillproof.properties.claims import recoverable, sometimes


class GivingBack(Protocol):
    """A system that tells whether everything that was taken is given back: that must always be possible."""

    def nothing_is_taken(self) -> bool:
        """Return whether everything is given back."""
        ...


class Serving(Protocol):
    """A system that tells whether a request waits: it must always be possible that none does."""

    def nobody_waits(self) -> bool:
        """Return whether no request waits."""
        ...


@recoverable
def everything_can_be_given_back(now: GivingBack) -> bool:
    """Everything can be given back: from every state some run leads to one in which nothing is taken."""
    return now.nothing_is_taken()


@sometimes(beside=everything_can_be_given_back)
def something_is_taken(now: GivingBack) -> bool:
    """In some state something is taken, so that it matters whether it can be given back."""
    return not now.nothing_is_taken()


@recoverable
def whoever_waits_can_be_served(now: Serving) -> bool:
    """Whoever waits can be served: from every state some run leads to one in which nobody waits."""
    return now.nobody_waits()


@sometimes(beside=whoever_waits_can_be_served)
def somebody_has_to_wait(now: Serving) -> bool:
    """In some state a request waits, so that it matters whether it can be served."""
    return not now.nobody_waits()
