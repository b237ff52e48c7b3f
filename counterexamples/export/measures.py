"""The bytes of a state as the pictures show them: what the accountant believes, and what is true."""

from __future__ import annotations

from dataclasses import dataclass

from spillproof.counterexamples.trace import State, Trace


@dataclass(frozen=True)
class Measures:
    """What is known of the bytes after a step."""

    accounted: int
    reachable: int
    unclaimed: int
    capacity: int | None
    """None where the account has no limit."""

    @property
    def gap(self) -> int:
        """Return the bytes that are counted free although they are reachable."""
        return max(0, self.reachable - self.accounted - self.unclaimed)

    @property
    def honest(self) -> int:
        """Return the reachable bytes that somebody answers for."""
        return self.reachable - self.gap

    @property
    def believed_free(self) -> int | None:
        """Return what the accountant believes to be free."""
        return None if self.capacity is None else self.capacity - self.accounted

    @property
    def truly_free(self) -> int | None:
        """Return what is free in truth. Negative where more is reachable than there is room."""
        return None if self.capacity is None else self.capacity - self.reachable


def measures(state: State) -> Measures | None:
    """Return the bytes of a state, or None where the model does not say, or raised."""
    if state.accounted is None or state.reachable is None:
        return None
    capacity = None if state.free is None else state.accounted + state.free
    return Measures(state.accounted, state.reachable, state.unclaimed or 0, capacity)


def scale_of(*traces: Trace) -> int:
    """Return the most bytes that any bar has to show; at least one, so that nothing is divided by zero."""
    known = [found for trace in traces for state in trace.states if (found := measures(state)) is not None]
    return max([1, *(max(each.accounted, each.reachable, each.capacity or 0) for each in known)])
