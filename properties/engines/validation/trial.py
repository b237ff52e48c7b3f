"""One step on plain integers, and what came of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spillproof.model import oracle
from spillproof.model.state import Size
from spillproof.model.step import Outcome, attempt, begin
from spillproof.model.system import Action, Kind, Model, Parameter


@dataclass(frozen=True, slots=True)
class Trial:
    """A step that was tried: what came of it, and what the environment chose."""

    outcome: Outcome
    picks: tuple[int, ...]
    state: Any
    """The state after it, if it was taken."""
    before: Sequence[Any] = ()
    """The objects of the state before it, in the order of its shape; the step has changed them."""
    turned: bool = False
    """Whether every bag was in the opposite order."""


class TrialChoices(oracle.Oracle):
    """Makes the choices of a script; after those, choices by chance. With `any_preference`, heuristics are ignored."""

    def __init__(self, script: Sequence[int], chance: random.Random, doing: str, *, any_preference: bool) -> None:
        self.script = script
        self.chance = chance
        self.doing = doing
        self.any_preference = any_preference
        self.picks: list[int] = []

    def choose(self, options: int) -> int:
        return self.pick(range(options))

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        return self.pick(range(options) if self.any_preference else best())

    def pick(self, possible: Sequence[int]) -> int:
        place = len(self.picks)
        scripted = place < len(self.script) and self.script[place] in possible
        self.picks.append(self.script[place] if scripted else self.chance.choice(possible))
        return self.picks[-1]


def take(objects: Sequence[Any], action: Action, arguments: Sequence[Any], choices: TrialChoices) -> Trial:
    """Take a step, which changes the state whose objects these are; an object among the arguments is an index."""
    given = tuple(
        objects[value] if each.kind is Kind.OBJECT else value
        for each, value in zip(action.parameters, arguments, strict=True)
    )
    with oracle.consulting(choices):
        outcome = attempt(objects[0], action, given)
    return Trial(outcome, tuple(choices.picks), objects[0], objects)


def take_apart(objects: Iterable[Any]) -> None:
    """Take a state apart that nobody needs any more.

    Its objects refer to one another, and would wait for the collector of garbage: a quarter of what a step takes.
    """
    for each in objects:
        vars(each).clear()


def start(model: Model, arguments: Sequence[Any], choices: TrialChoices) -> Trial:
    """Begin with these values for what the scope leaves open."""
    with oracle.consulting(choices):
        state, outcome = begin(model, arguments)
    return Trial(outcome, tuple(choices.picks), state)


def with_sizes(parameters: Sequence[Parameter], arguments: Sequence[Any], sizes: Sequence[Size]) -> tuple[Any, ...]:
    """Return arguments with sizes, each 1 more than its unknown, where there is None."""
    if not sizes:
        return (*arguments,)
    remaining = iter(sizes)
    return tuple(
        next(remaining) + 1 if each.kind is Kind.SIZE else value
        for each, value in zip(parameters, arguments, strict=True)
    )
