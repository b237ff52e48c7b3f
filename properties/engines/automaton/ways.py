"""What claims say of shapes and of edges: each way in which one is false, as conditions on the sizes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.identity import Identity
from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING, fill, snapshot
from spillproof.properties import registry
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, ClaimRaisedError, Mode
from spillproof.properties.engines.automaton.answers import After
from spillproof.properties.engines.automaton.linear import value_key
from spillproof.properties.engines.automaton.path import Path, paths
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Divided, Edge


class Between:
    """The states before and after an edge, as claims may ask them, and which objects are the same in both."""

    def __init__(self, automaton: Automaton, edge: Edge) -> None:
        self.automaton = automaton
        self.edge = edge
        self.before, self.after = automaton.shapes[edge.source], automaton.shapes[edge.target]
        self.identity = Identity()
        self._built: Any = None

    def states(self, claim: Claim) -> tuple[Any, Any]:
        """Return both states; a claim that comes with this project is given what answers for them."""
        if not registry.is_own(claim.function):
            return self.before.state, self.built()
        return self._answering

    @cached_property
    def _answering(self) -> tuple[Any, Any]:
        before = After(self.before.answers, None, lambda: self.before.state)
        return before, After(self.after.answers, self.edge.update, self.built)

    def built(self) -> Any:
        """Return the whole state after the edge."""
        if self._built is None:
            objects = self.after.template.copy()
            self.identity.add(
                (each, self.before.objects[origin])
                for each, origin in zip(objects, self.edge.origins, strict=True)
                if origin >= 0
            )
            fill(objects, self.edge.update, self.automaton.sliced)
            self._built = objects[0]
        return self._built


def ways_of(
    claim: Claim,
    states: tuple[Any, ...],
    symbols: int,
    given: Conjunction,
    identity: Identity | None = None,
    *,
    sliced: frozenset[Field] = NOTHING,
    kept: list[Conjunction] | None = None,
) -> list[Conjunction]:
    """Return each way in which a claim is false of some states (for a `sometimes` claim: true), on top of `given`.

    Where it raises is among them: if a run leads there, its replay says so. The ways in which it is true are put into
    `kept`. Raises `ClaimError` where it cannot be asked on unknown sizes.
    """
    looks = registry.is_own(claim.function)
    before = [] if looks else [_spelled(each, sliced) for each in states]
    refused: ModelError | None = None
    ways: list[Conjunction] = []
    try:
        ways = list(_ways(claim, states, symbols, given, identity, kept=[] if kept is None else kept))
    except ModelError as error:
        refused = error
    if not looks and before != _spelled_again(states, sliced):  # whatever it answered, or could not
        raise ClaimChangedError(claim) from refused
    if isinstance(refused, ClaimError):
        raise refused
    if refused is not None:
        raise ClaimError(claim, f"{claim.called} cannot be asked: {refused}") from refused
    return ways


def _ways(
    claim: Claim,
    states: tuple[Any, ...],
    symbols: int,
    given: Conjunction,
    identity: Identity | None,
    *,
    kept: list[Conjunction],
) -> Iterator[Conjunction]:
    wanted = claim.mode is Mode.SOMETIMES

    def ask(path: Path) -> bool:
        raised: BaseException | None = None
        answer = wanted
        try:
            answer = claim(*states, identity=identity)
        except ClaimRaisedError as error:
            raised = error.__cause__
        path.end_step(raised)  # what an engine has to know survives whatever the claim catches
        return answer

    for path, answer in paths(ask, symbols, f"the claim {claim.name}", given):
        way = Divided(tuple(path.guard), tuple(path.defined)) if path.defined else tuple(path.guard)
        if answer is wanted:
            yield way
        else:
            kept.append(way)


def _spelled_again(states: tuple[Any, ...], sliced: frozenset[Field]) -> list[tuple[object, ...]] | None:
    """Return states as values; None where a claim has left something in them that is no part of a state."""
    try:
        return [_spelled(each, sliced) for each in states]
    except ModelError:
        return None


def _spelled(state: Any, sliced: frozenset[Field]) -> tuple[object, ...]:
    """Return a state as a value, its unknown sizes too."""
    taken = snapshot(state, sliced)
    return taken.key, *map(value_key, taken.sizes)
