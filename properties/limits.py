"""Claims about limits that are set for one among several: a consumer's share, a query's part, a group's quota."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.claims import always, sometimes


class LimitedGrants(Protocol):
    """A system that grants memory up to a limit for each who asks."""

    def limits(self) -> Sequence[tuple[Bytes, Bytes]]:
        """Return for each request that the last step granted what the asker holds with it, and what it may hold."""
        ...


@always
def no_limit_is_exceeded(now: LimitedGrants) -> bool:
    """No limit is exceeded: who is granted something holds with it no more than is allowed to it at that moment."""
    return all(held <= allowed for held, allowed in now.limits())


@sometimes(beside=no_limit_is_exceeded)
def a_limit_is_reached(now: LimitedGrants) -> bool:
    """In some state who was granted something holds all that is allowed, so that the limit is put to the test."""
    return any(held == allowed for held, allowed in now.limits())
