"""Claims about the ledger: what is accounted, what is reachable, and what a release promises."""

from __future__ import annotations

from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.claims import always, sometimes


class Accounting(Protocol):
    """A system that keeps account of bytes, and whose reachable bytes can be measured."""

    def accounted(self) -> Bytes:
        """Return the bytes that the accountant holds to be in use."""
        ...

    def reachable(self) -> Bytes:
        """Return the bytes that are reachable."""
        ...

    def unclaimed(self) -> Bytes:
        """Return what consumers' own live structures hold beyond what they have claimed, by design."""
        ...


class Pooled(Accounting, Protocol):
    """A system that promises no more than a capacity."""

    def capacity_of_pool(self) -> Bytes:
        """Return the bytes that the accountant may give out in all."""
        ...


class Ledgers(Accounting, Protocol):
    """A system whose account is the sum of its consumers' accounts."""

    def accounts(self) -> list[Bytes]:
        """Return what each consumer is accounted for."""
        ...


class Ending(Accounting, Protocol):
    """A system whose work ends."""

    def has_ended(self) -> bool:
        """Return whether the task is over."""
        ...


def gap(now: Accounting) -> Bytes:
    """Return by how much reachable bytes exceed what is accounted or declared unclaimed."""
    return now.reachable() - now.accounted() - now.unclaimed()


@always
def free_is_unreachable(now: Accounting) -> bool:
    """Accounted free memory is at most the memory actually unreachable: reachable ≤ accounted + unclaimed."""
    return now.reachable() <= now.accounted() + now.unclaimed()


@sometimes(beside=free_is_unreachable)
def something_is_released(before: Accounting, after: Accounting) -> bool:
    """In some step the accounted bytes fall, so that there is free memory to make a claim about."""
    return after.accounted() < before.accounted()


@always
def release_frees_what_it_says(before: Accounting, after: Accounting) -> bool:
    """A release frees what it says: no step widens the gap between what is reachable and what is accounted."""
    widened = gap(after)
    return widened <= 0 or widened <= gap(before)


@sometimes(beside=release_frees_what_it_says)
def something_becomes_unreachable(before: Accounting, after: Accounting) -> bool:
    """In some step the reachable bytes fall, so that a release can keep its word."""
    return after.reachable() < before.reachable()


@always
def acquired_can_be_allocated(now: Pooled) -> bool:
    """An acquired byte can be allocated: what is reachable fits into the pool.

    Otherwise there is an OutOfMemoryError while the pool says free.
    """
    return now.reachable() <= now.capacity_of_pool() + now.unclaimed()


@sometimes(beside=acquired_can_be_allocated)
def the_pool_is_full(now: Pooled) -> bool:
    """In some state every byte of the pool is accounted, so that the limit is put to the test."""
    return now.accounted() == now.capacity_of_pool()


@always
def counters_balance(now: Ledgers) -> bool:
    """Counters balance: the account of the pool is the sum of its consumers' accounts."""
    return now.accounted() == sum(now.accounts())


@sometimes(beside=counters_balance)
def an_account_is_open(now: Ledgers) -> bool:
    """In some state a consumer is accounted for memory, so that there is something to balance."""
    return sum(now.accounts()) > 0


@always
def nothing_left_at_end(now: Ending) -> bool:
    """After task end nothing is accounted and nothing is reachable."""
    if not now.has_ended():
        return True
    return now.accounted() + now.reachable() == 0


@sometimes(beside=nothing_left_at_end)
def the_task_ends_in_use(before: Ending, after: Ending) -> bool:
    """In some run the task ends while memory is still accounted, so that there is something to leave behind."""
    return after.has_ended() and not before.has_ended() and before.accounted() > 0


class Holding(Accounting, Protocol):
    """A system that can tell what it has acquired only to use it later."""

    def unused(self) -> Bytes:
        """Return what consumers have acquired and do not use yet, by design."""
        ...


@always
def accounted_is_held(now: Holding) -> bool:
    """Nothing is accounted without a holder: what is accounted is reachable, or acquired to be used later."""
    return now.accounted() <= now.reachable() + now.unused()


@sometimes(beside=accounted_is_held)
def something_held_is_released(before: Holding, after: Holding) -> bool:
    """In some step a holder lets go, and the account follows: both fall."""
    return after.reachable() < before.reachable() and after.accounted() < before.accounted()


class Lagging(Accounting, Protocol):
    """A system whose consumers may hold some bytes that they have not asked for."""

    def excesses(self) -> list[Bytes]:
        """Return for each consumer what it holds beyond what it was granted; negative where that is less."""
        ...

    def allowances(self) -> list[Bytes]:
        """Return for each consumer, in the same order, what it may hold unasked."""
        ...


@always
def accounting_lags_as_far_as_it_says(now: Lagging) -> bool:
    """Accounting lags no further than it says: no consumer holds more unasked than it may."""
    return all(excess <= allowed for excess, allowed in zip(now.excesses(), now.allowances(), strict=True))


@sometimes(beside=accounting_lags_as_far_as_it_says)
def accounting_lags(now: Lagging) -> bool:
    """In some state a consumer holds what it has not asked for."""
    return any(excess > 0 for excess in now.excesses())


class Rebuilding(Accounting, Protocol):
    """A system that allocates some bytes only for as long as it rebuilds or copies something."""

    def transient(self) -> Bytes:
        """Return the bytes that are allocated for that now."""
        ...


@always
def transient_peaks_are_accounted(now: Rebuilding) -> bool:
    """Transient peaks are accounted: so is what is there only while something is rebuilt or copied.

    Of what is `unclaimed` by design, what is transient does not count here.
    """
    return now.reachable() <= now.accounted() + max(0, now.unclaimed() - now.transient())


@sometimes(beside=transient_peaks_are_accounted)
def something_is_rebuilt(now: Rebuilding) -> bool:
    """In some state something is being rebuilt or copied."""
    return now.transient() > 0


class Bookkeeping(Protocol):
    """A system that keeps an account for a task."""

    def task_is_over(self) -> bool:
        """Return whether the task is over."""
        ...

    def accounts_of_tasks(self) -> int:
        """Return how many accounts are kept."""
        ...


@always
def no_account_outlives_its_task(now: Bookkeeping) -> bool:
    """No account outlives its task: after task end there is no entry for it, not even one of 0 bytes."""
    return not now.task_is_over() or now.accounts_of_tasks() == 0


@sometimes(beside=no_account_outlives_its_task)
def an_account_is_kept(now: Bookkeeping) -> bool:
    """In some state there is an account to be closed."""
    return now.accounts_of_tasks() > 0
