"""Whether a claim would be true of a state of a trace if some of its references were not there.

The claim is the one function that every engine evaluates; it is asked of a revived state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from spillproof.counterexamples.explain.explanation import Edge
from spillproof.counterexamples.moments import revive_state
from spillproof.counterexamples.trace import Pairs, State
from spillproof.model.identity import Identity
from spillproof.properties.claims import Claim


@dataclass(frozen=True)
class Judge:
    """A claim, and the state before the one that is judged, for claims that are about a step."""

    claim: Claim
    before: State | None

    def holds(self, state: State, without: Collection[Edge] = ()) -> bool:
        """Return whether the claim is true. False as well where the trace cannot tell."""
        now = revive_state(cut(state, without))
        if not self.claim.applies_to(type(now)):
            return False
        if not self.claim.over_steps:
            return bool(self.claim(now))
        if self.before is None:
            return True
        before = revive_state(self.before)
        known = Identity((now.objects[name], before.objects[then]) for name, then in _same(self.before, state))
        return bool(self.claim(before, now, identity=known))

    def reachable(self, state: State, without: Collection[Edge] = ()) -> int:
        """Return the bytes that are reachable."""
        return int(revive_state(cut(state, without)).reachable())


def _same(before: State, after: State) -> Iterator[tuple[str, str]]:
    """Yield the names that one object has after a step and before it."""
    names = {each.number: each.name for each in before.heap}
    return ((each.name, names[each.number]) for each in after.heap if each.number in names)


def cut(state: State, edges: Collection[Edge]) -> State:
    """Return a state in which some references are not there."""
    numbers = {each.name: each.number for each in state.heap}

    def rest(holder: int, pairs: Pairs) -> Pairs:
        gone = {(edge.field, edge.target) for edge in edges if edge.holder == holder}
        return tuple((name, target) for name, target in pairs if (name, numbers.get(target)) not in gone)

    heap = tuple(replace(each, references=rest(each.number, each.references)) for each in state.heap)
    return replace(state, heap=heap, roots=rest(-1, state.roots))
