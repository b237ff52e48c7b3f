"""Claims about those who share memory: each gets its share, and nobody sleeps too long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.claims import always, sometimes
from spillproof.properties.requests import Answered


class Asked(Answered, Protocol):
    """A request for a share of what there is, and what became of it."""

    granted: Bytes
    holds: Bytes
    """What the asking task has."""
    largest: Bytes
    """What all tasks together may have."""
    pool_size: Bytes
    """What they share at present."""
    active: int
    """How many share it. 0 where there are no shares."""


class Sharing(Protocol):
    """A system that answers requests for memory by shares."""

    def shares(self) -> Sequence[Asked]:
        """Return the requests that the last step answered, each with the share of who asked."""
        ...


class Queueing(Protocol):
    """A system in which requests may wait."""

    def sleeping(self) -> Sequence[Asked]:
        """Return the requests that wait and were not woken, as they would stand if they were made now."""
        ...


@always
def nobody_waits_in_vain(now: Queueing) -> bool:
    """Nobody waits in vain: what a sleeping request asks for is not to be had."""
    return not any(each.satisfiable for each in now.sleeping())


@sometimes(beside=nobody_waits_in_vain)
def somebody_waits(now: Queueing) -> bool:
    """In some state a request waits."""
    return len(now.sleeping()) > 0


@always
def a_share_is_not_exceeded(now: Sharing) -> bool:
    """Nobody is granted more than a share: who is granted something has at most 1/N of what all may have."""
    return all(each.granted <= 0 or each.holds * each.active <= each.largest for each in now.shares() if each.active)


@sometimes(beside=a_share_is_not_exceeded)
def a_share_is_full(now: Sharing) -> bool:
    """In some state somebody is refused something because the share is full."""
    return any(not each.whole and (each.holds + 1) * each.active > each.largest for each in now.shares() if each.active)


@always
def half_a_share_is_ensured(now: Sharing) -> bool:
    """Nobody is refused below half a share: who is refused something has at least 1/2N of the pool, up to rounding."""
    return all(
        each.whole or (each.holds + 1) * 2 * each.active > each.pool_size for each in now.shares() if each.active
    )


@sometimes(beside=half_a_share_is_ensured)
def a_sharer_is_refused(now: Sharing) -> bool:
    """In some state a request of one of several that share got less than it asked for."""
    return any(not each.whole and each.active > 1 for each in now.shares())
