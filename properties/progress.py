"""Claims about spills for a request: who is asked to spill for it, and what a failure leaves."""

from __future__ import annotations

from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.accounting import Ledgers
from spillproof.properties.claims import always, sometimes


class Answering(Protocol):
    """A system that remembers how its last request was answered."""

    def unmet(self) -> Bytes:
        """Return what the last request asked for and did not get. 0 before there was one."""
        ...

    def spillable(self) -> Bytes:
        """Return what could still have been spilled for it when it was answered."""
        ...


class RememberingSpills(Protocol):
    """A system that remembers what was spilled for its last request."""

    def needed(self) -> Bytes:
        """Return what the request had to wait for until somebody spilled, and what others took of it meanwhile."""
        ...

    def spilled(self) -> list[Bytes]:
        """Return what each spill of others for it freed, in their order."""
        ...


class AskingToSpill(Protocol):
    """A system that remembers whom its last request asked to spill."""

    def asked(self) -> bool:
        """Return whether anybody was asked."""
        ...

    def asked_in_vain(self) -> bool:
        """Return whether somebody was asked who held nothing."""
        ...


class FailingRequests(Ledgers, Protocol):
    """A system whose requests may fail."""

    def has_failed(self) -> bool:
        """Return whether the last request failed."""
        ...


class Killed(Protocol):
    """A system in which a task may be killed while a request of its is answered."""

    def was_killed(self) -> bool:
        """Return whether the task was killed during the last request."""
        ...

    def is_out_of_memory(self) -> bool:
        """Return whether the requester was told that there is no memory."""
        ...


@always
def no_request_goes_short_of_spills(now: Answering) -> bool:
    """No request goes short of spills: none gets less than it asked for while there is what could be spilled for it."""
    return now.unmet() == 0 or now.spillable() == 0


@sometimes(beside=no_request_goes_short_of_spills)
def a_request_goes_short(now: Answering) -> bool:
    """In some state a request got less than it asked for, so that there is something to excuse."""
    return now.unmet() > 0


@always
def no_more_is_spilled_than_needed(now: RememberingSpills) -> bool:
    """No more is spilled than needed: without any one of the spills, there would not have been enough."""
    spilled = now.spilled()
    if len(spilled) < 2:  # noqa: PLR2004 - one spill that comes when there is not enough is needed
        return True
    total, needed = sum(spilled), now.needed()
    return all(total - each < needed for each in spilled)


@sometimes(beside=no_more_is_spilled_than_needed)
def several_are_spilled_for_one(now: RememberingSpills) -> bool:
    """In some state more than one spill was made for a request, so that one of them may be too many."""
    return len(now.spilled()) > 1


@always
def nobody_is_asked_in_vain(now: AskingToSpill) -> bool:
    """Nobody is asked to spill who holds nothing when the request comes."""
    return not now.asked_in_vain()


@sometimes(beside=nobody_is_asked_in_vain)
def somebody_is_asked(now: AskingToSpill) -> bool:
    """In some state somebody was asked to spill."""
    return now.asked()


@always
def a_failure_strands_no_bytes(before: FailingRequests, after: FailingRequests) -> bool:
    """A failure strands no bytes: no request that fails leaves bytes accounted that nobody holds."""
    if not after.has_failed():
        return True
    return after.accounted() - sum(after.accounts()) <= before.accounted() - sum(before.accounts())


@sometimes(beside=a_failure_strands_no_bytes)
def a_request_is_abandoned(now: FailingRequests) -> bool:
    """In some state a request has failed."""
    return now.has_failed()


@always
def a_kill_is_no_shortage(now: Killed) -> bool:
    """A task that is killed while it spills ends as killed, and not as out of memory."""
    return not (now.was_killed() and now.is_out_of_memory())


@sometimes(beside=a_kill_is_no_shortage)
def a_task_is_killed(now: Killed) -> bool:
    """In some state the task was killed while somebody spilled."""
    return now.was_killed()
