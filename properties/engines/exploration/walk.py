"""Every step that can be taken from a state on plain integers, with the sizes of arguments up to a bound.

The model runs as it stands, on Python objects: slow, and the reference for whatever is faster.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from spillproof.model.clone import clone
from spillproof.model.errors import ModelError
from spillproof.model.identity import Identity
from spillproof.model.state import snapshot
from spillproof.model.step import attempt, begin, bind, ranges
from spillproof.model.system import Action, Kind, Model, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.path import Path, paths
from spillproof.properties.engines.run import Run, Step


@dataclass(frozen=True, slots=True)
class WalkStep:
    """A step that was taken, and the state after it."""

    step: Step
    after: Any
    raised: bool = False
    """Whether the action raised; the state after it then means nothing."""
    identity: Identity = field(default_factory=Identity)
    """Which objects of the state after are which of the state before."""

    def shows(self, claim: Claim, before: Any) -> bool:
        """Return whether this step makes a claim about steps false (for a `sometimes` claim: true)."""
        if claim is NO_EXCEPTION or self.raised:
            return self.raised and claim is NO_EXCEPTION
        if claim is NEVER_NEGATIVE:
            return is_negative(self.after)
        return bool(claim(before, self.after, identity=self.identity)) is (claim.mode is Mode.SOMETIMES)


def is_negative(state: Any) -> bool:
    """Return whether a counter is below 0. No engine goes on from there."""
    return any(size < 0 for size in snapshot(state).sizes)


class Walk:
    """The beginnings of a model, and the steps from each state, always in the same order."""

    def __init__(self, model: Model, largest: int, opening: Mapping[str, int]) -> None:
        self.model = model
        self.sizes = tuple(range(1, largest + 1))
        self.opening = opening
        _check(model, largest, opening)

    def beginnings(self) -> Iterator[tuple[Run, Any]]:
        """Yield each beginning as a run of no steps, with its state."""
        parameters = open_parameters(self.model)
        possible = [
            (self.opening[each.name],) if each.name in self.opening else values
            for each, values in zip(parameters, ranges(parameters, (), self.sizes), strict=True)
        ]
        for values in itertools.product(*possible):
            for path, (state, outcome) in paths(lambda _path, given=values: begin(self.model, given), 0, "begin"):  # type: ignore[misc] # mypy cannot infer a lambda with a default
                if outcome.error is not None:
                    raise outcome.error
                if outcome.taken:
                    yield Run(self.model, values, (), tuple(path.picks)), state

    def steps(self, state: Any) -> Iterator[WalkStep]:
        """Yield every step that can be taken from a state, which stays as it is."""
        objects = snapshot(state).objects
        for action in actions_of(type(self.model)):
            for arguments in itertools.product(*ranges(action.parameters, objects, self.sizes)):
                yield from self.take(state, objects, action, arguments)

    def take(self, state: Any, objects: list[Any], action: Action, arguments: tuple[Any, ...]) -> Iterator[WalkStep]:
        def step(path: Path) -> WalkStep | None:
            copies: dict[int, Any] = {}
            after = clone(state, copies)
            copied = [copies[id(each)] for each in objects]
            outcome = attempt(after, action, bind(action.parameters, arguments, copied))
            if outcome.refused:
                return None
            made = Step(action.name, arguments, tuple(path.picks))
            return WalkStep(made, after, not outcome.taken, Identity(zip(copied, objects, strict=True)))

        for _, taken in paths(step, 0, action.name):
            if taken is not None:
                yield taken


def _check(model: Model, largest: int, opening: Mapping[str, int]) -> None:
    if largest < 1:
        raise ModelError(f"sizes range over 1..largest, and largest is {largest}; use at least 1")
    available = [each.name for each in open_parameters(model) if each.kind is Kind.SIZE]
    for name, value in opening.items():
        if name not in available:
            open_sizes = ", ".join(available) or "none"
            raise ModelError(f"{type(model).__name__} leaves no size {name!r} open; available: {open_sizes}")
        if value < 1:
            raise ModelError(f"the open size {name!r} must be at least 1, not {value}")
