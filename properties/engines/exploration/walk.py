"""Every step that can be taken from a state on plain integers, with the sizes of arguments up to a bound.

The model runs as it stands, on Python objects: slow, and the reference for whatever is faster.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from spillproof.model.clone import clone
from spillproof.model.errors import ModelError, Require
from spillproof.model.state import snapshot
from spillproof.model.system import Action, Kind, Model, Parameter, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.path import Path, paths
from spillproof.properties.engines.run import Run, Step, sizes_of


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken, and the state after it."""

    step: Step
    after: Any
    raised: bool = False
    """Whether the action raised; the state after it then means nothing."""

    def shows(self, claim: Claim, before: Any) -> bool:
        """Return whether this step makes a claim about steps false (for a `sometimes` claim: true)."""
        if claim.name == NO_EXCEPTION.name or self.raised:
            return self.raised and claim.name == NO_EXCEPTION.name
        if claim.name == NEVER_NEGATIVE.name:
            return is_negative(self.after)
        return bool(claim(before, self.after)) is (claim.mode is Mode.SOMETIMES)


def is_negative(state: Any) -> bool:
    """Return whether a counter is below 0. No engine goes on from there."""
    return any(size < 0 for size in sizes_of(state))


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
        ranges = [
            (self.opening[each.name],) if each.name in self.opening else self.values(each, ()) for each in parameters
        ]
        for values in itertools.product(*ranges):
            given = dict(zip((each.name for each in parameters), values, strict=True))
            for path, state in paths(lambda _path, given=given: self.begin(given), 0, "begin"):  # type: ignore[misc] # mypy cannot infer a lambda with a default
                if state is not None:
                    yield Run(self.model, values, (), tuple(path.picks)), state

    def begin(self, given: Mapping[str, Any]) -> Any:
        try:
            return self.model.start(**given)
        except Require:
            return None

    def steps(self, state: Any) -> Iterator[Taken]:
        """Yield every step that can be taken from a state, which stays as it is."""
        objects = snapshot(state).objects
        for action in actions_of(type(self.model)):
            for arguments in itertools.product(*(self.values(each, objects) for each in action.parameters)):
                yield from self.take(state, objects, action, arguments)

    def take(self, state: Any, objects: list[Any], action: Action, arguments: tuple[Any, ...]) -> Iterator[Taken]:
        def attempt(path: Path) -> Taken | None:
            copies: dict[int, Any] = {}
            after = clone(state, copies)
            given = tuple(
                copies[id(objects[value])] if each.kind is Kind.OBJECT else value
                for each, value in zip(action.parameters, arguments, strict=True)
            )
            raised = False
            try:
                action.take(after, given)
            except Require:
                return None
            except ModelError:
                raise
            except Exception:  # noqa: BLE001 - whatever a model raises is a finding
                raised = True
            return Taken(Step(action.name, arguments, tuple(path.picks)), after, raised)

        for _, taken in paths(attempt, 0, action.name):
            if taken is not None:
                yield taken

    def values(self, parameter: Parameter, objects: Iterable[Any]) -> tuple[Any, ...]:
        """Return what an argument ranges over; an object stands as its index."""
        if parameter.kind is Kind.OBJECT:
            return tuple(index for index, each in enumerate(objects) if isinstance(each, parameter.type))
        return self.sizes if parameter.kind is Kind.SIZE else parameter.values


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
