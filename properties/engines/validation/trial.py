"""One step on plain integers, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from spillproof.model import oracle
from spillproof.model.errors import ModelError, Require, line_of
from spillproof.model.system import Action, Kind, Model, Parameter, open_parameters


@dataclass(frozen=True)
class Done:
    """The step was taken."""

    state: Any
    picks: tuple[int, ...]


@dataclass(frozen=True)
class Refused:
    """A guard was false."""

    picks: tuple[int, ...]


@dataclass(frozen=True)
class Raised:
    """The model raised an exception."""

    kind: str
    text: str
    line: str
    picks: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.kind}{f': {self.text}' if self.text else ''} ({self.line})"


Outcome: TypeAlias = Done | Refused | Raised


class Choices(oracle.Oracle):
    """Makes the choices of a script, whatever a heuristic prefers; after those, choices by chance."""

    def __init__(self, script: Sequence[int], chance: random.Random, doing: str, *, any_preference: bool) -> None:
        self.script = script
        self.chance = chance
        self.doing = doing
        self.any_preference = any_preference
        self.picks: list[int] = []
        self.strayed = False
        """Whether the script made a choice that there is not, or that a heuristic excludes."""

    def choose(self, options: int) -> int:
        return self.pick(range(options))

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        return self.pick(range(options) if self.any_preference else best())

    def pick(self, possible: Sequence[int]) -> int:
        place = len(self.picks)
        scripted = place < len(self.script)
        if scripted and self.script[place] not in possible:
            self.strayed, scripted = True, False
        self.picks.append(self.script[place] if scripted else self.chance.choice(possible))
        return self.picks[-1]


def attempt(do: Callable[[], Any], choices: Choices) -> Outcome:
    """Return what comes of a step, which `do` takes; it returns the state after it."""
    with oracle.consulting(choices):
        try:
            state = do()
        except Require:
            return Refused(tuple(choices.picks))
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a model raises is an outcome
            return Raised(type(error).__name__, str(error), line_of(error), tuple(choices.picks))
    return Done(state, tuple(choices.picks))


def taking(action: Action, objects: Sequence[Any], arguments: Sequence[Any]) -> Callable[[], Any]:
    """Return what takes a step from the state whose objects these are; objects stand as their indices."""

    def do() -> Any:
        given = tuple(
            objects[value] if each.kind is Kind.OBJECT else value
            for each, value in zip(action.parameters, arguments, strict=True)
        )
        action.take(objects[0], given)
        return objects[0]

    return do


def beginning(model: Model, arguments: Sequence[Any]) -> Callable[[], Any]:
    """Return what begins with these values for what the scope leaves open."""
    names = [each.name for each in open_parameters(model)]
    return lambda: model.start(**dict(zip(names, arguments, strict=True)))


def with_sizes(parameters: Sequence[Parameter], arguments: Sequence[Any], sizes: Sequence[int]) -> tuple[Any, ...]:
    """Return arguments with sizes, each 1 more than its unknown, where there is None."""
    remaining = iter(sizes)
    return tuple(
        next(remaining) + 1 if each.kind is Kind.SIZE else value
        for each, value in zip(parameters, arguments, strict=True)
    )
