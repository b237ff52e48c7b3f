"""Claims about requests: what can be granted is granted."""

from __future__ import annotations

from typing import Protocol

from spillproof.model.quantity import Bytes
from spillproof.properties.claims import always, sometimes


class Requesting(Protocol):
    """A system that answers requests for memory, and whose consumers can be asked to spill."""

    def wanted_in_vain(self) -> Bytes:
        """Return the size of the last step's request if it was refused, and 0 if none was."""
        ...

    def could_be_granted(self) -> Bytes:
        """Return what is free now, and what the consumers ought to free if they were asked by who was refused."""
        ...


@always
def a_satisfiable_request_is_satisfied(now: Requesting) -> bool:
    """A satisfiable request is satisfied: one that is refused is larger than what is free and what spills can free."""
    wanted = now.wanted_in_vain()
    return wanted == 0 or wanted > now.could_be_granted()


@sometimes(beside=a_satisfiable_request_is_satisfied)
def a_request_is_refused(now: Requesting) -> bool:
    """In some state a request was refused, so that there is a refusal to justify."""
    return now.wanted_in_vain() > 0
