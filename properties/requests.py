"""Claims about requests: what can be granted is granted, and no threads wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.properties.claims import always, sometimes


class Answered(Protocol):
    """A request that was answered."""

    whole: bool
    """Whether all that was asked for was granted."""
    satisfiable: bool
    """Whether that was within the asker's share, and free or could be made free by spills or evictions."""


class Requesting(Protocol):
    """A system that answers requests for memory."""

    def requests(self) -> Sequence[Answered]:
        """Return the requests that the last step answered."""
        ...


@always
def a_satisfiable_request_is_satisfied(now: Requesting) -> bool:
    """A satisfiable request is satisfied: what is in its share, and free or can be made free, is granted whole."""
    return all(each.whole for each in now.requests() if each.satisfiable)


@sometimes(beside=a_satisfiable_request_is_satisfied)
def a_request_is_refused(now: Requesting) -> bool:
    """In some state a request got less than it asked for, so that there is a refusal to justify."""
    return any(not each.whole for each in now.requests())


class Threaded(Protocol):
    """A system whose threads wait for what others hold."""

    def waiting(self) -> Sequence[tuple[object, object]]:
        """Return who waits for whom; each waits for one at most."""
        ...


@always
def no_deadlock(now: Threaded) -> bool:
    """No deadlock: no thread waits for one that waits, perhaps by way of others, for it."""
    return not circle(now.waiting())


def circle(pairs: Sequence[tuple[object, object]]) -> list[object]:
    """Return threads of which each waits for the next, and the last for the first; none where there is no circle."""
    for start, _ in pairs:
        at: object | None = start
        found: list[object] = []
        for _ in pairs:
            found.append(at)
            at = next((holder for waiter, holder in pairs if waiter is at), None)
            if at is start:
                return found
    return []


@sometimes(beside=no_deadlock)
def a_thread_waits(now: Threaded) -> bool:
    """In some state a thread waits for another, so that there is something to lock each other out with."""
    return len(now.waiting()) > 0
