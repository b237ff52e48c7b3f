"""Claims about whoever is given up so that others can have memory: a query that is aborted, a request preempted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.claims import always, sometimes


class Sacrificing(Protocol):
    """A system that gives up some of its work where memory is short."""

    def victims(self) -> Sequence[tuple[Bytes, Bytes]]:
        """Return for each victim of the last step what was there, or promised, without it, and what was needed."""
        ...


@always
def nobody_is_given_up_in_vain(now: Sacrificing) -> bool:
    """Nobody is given up in vain: at each choice of a victim there was less than what was needed."""
    return all(there < needed for there, needed in now.victims())


@sometimes(beside=nobody_is_given_up_in_vain)
def somebody_is_given_up(now: Sacrificing) -> bool:
    """In some state somebody was given up."""
    return len(now.victims()) > 0
