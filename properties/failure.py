"""Claims about what is refused or fails: it leaves things as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.accounting import Accounting, gap
from spillproof.properties.claims import always, sometimes


class Failing(Accounting, Protocol):
    """A system whose requests may be refused, or fail."""

    def gave_up(self) -> bool:
        """Return whether the last step's request ended with nothing."""
        ...

    def sizes_of_pools(self) -> list[Bytes]:
        """Return how the memory is divided."""
        ...


class Locking(Protocol):
    """A system that locks what it is about to give up."""

    def locked_by_nobody(self) -> Sequence[object]:
        """Return what is locked although nobody works on it."""
        ...

    def gave_up(self) -> bool:
        """Return whether the last step's request ended with nothing."""
        ...


class DividedMemory(Protocol):
    """A system that divides a memory among pools."""

    def sizes_of_pools(self) -> list[Bytes]:
        """Return how the memory is divided."""
        ...

    def capacity_of_pool(self) -> Bytes:
        """Return what there is."""
        ...


@always
def failure_leaves_accounting_unchanged(before: Failing, after: Failing) -> bool:
    """A failure leaves the accounting unchanged: pools lose nothing, and accounts change by what was freed."""
    if not after.gave_up():
        return True
    return sum(after.sizes_of_pools()) == sum(before.sizes_of_pools()) and gap(after) == gap(before)


@sometimes(beside=failure_leaves_accounting_unchanged)
def a_request_fails(now: Failing) -> bool:
    """In some state the last request ended with nothing."""
    return now.gave_up()


@always
def pools_add_up(now: DividedMemory) -> bool:
    """The pools add up: together they are what there is."""
    return sum(now.sizes_of_pools()) == now.capacity_of_pool()


@sometimes(beside=pools_add_up)
def a_pool_grows(before: DividedMemory, after: DividedMemory) -> bool:
    """In some step one pool grows at another's cost."""
    return any(now > then for then, now in zip(before.sizes_of_pools(), after.sizes_of_pools(), strict=True))


@always
def nothing_stays_locked(now: Locking) -> bool:
    """Nothing stays locked: when nobody works on it, it can be given up again."""
    return not now.locked_by_nobody()


@sometimes(beside=nothing_stays_locked)
def a_lock_is_given_back(now: Locking) -> bool:
    """In some state a request has failed, and nothing is locked any more."""
    return now.gave_up() and not now.locked_by_nobody()
