"""Claims about threads that wait for each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.properties.claims import always, sometimes


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
