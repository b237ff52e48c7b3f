"""A model and the engine that it is a model of, taken side by side at random, for as long as they agree.

Some engines cannot be adapted as a store of values: what they do is asked of them in their own words. A driver takes a
step of the model on the engine, and says what can be seen of both; what cannot be seen is not compared, and named in
docs/explanation/fidelity.md.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from spillproof.model.system import Action, Kind, Model, actions_of
from spillproof.properties.engines.run import Moment, Playing, Step

Sight = dict[str, Any]
"""What is seen of a side: by a name, a number or a word."""


class Driver(Protocol):
    """An engine, and how it does what its model does."""

    def takes(self, step: Step, before: Moment) -> bool:
        """Return whether a step can be taken on the engine, so that it is taken on both."""
        ...

    def take(self, step: Step, before: Moment) -> None:
        """Take a step of the model on the engine."""
        ...

    def follows(self, step: Step, after: Moment) -> Step | None:
        """Return what the engine does by itself after a step, as a step of the model; None where that is all."""
        ...

    def of_model(self, now: Moment) -> Sight:
        """Return what is to be seen of the model."""
        ...

    def of_engine(self) -> Sight:
        """Return what is seen of the engine."""
        ...


@dataclass(frozen=True)
class Sighting:
    """What was seen of both after a step."""

    spelled: str
    model: Sight
    engine: Sight

    @property
    def agree(self) -> bool:
        """Return whether the same was seen."""
        return self.model == self.engine


def beside(model: Model, opening: tuple[int, ...], driver: Driver, seed: int, steps: int) -> Iterator[Sighting]:
    """Yield what is seen after each of so many steps at random; sizes are one to three bytes of the model."""
    chance = random.Random(seed)
    playing = Playing(model)
    before = playing.begin(opening)
    for _ in range(steps):
        step = _drawn(chance, model, before)
        if step is None or not driver.takes(step, before):
            continue
        after = playing.take(step)
        if after.refused:
            continue
        driver.take(step, before)
        before = after
        while (follower := driver.follows(step, before)) is not None:
            before = playing.take(follower)
        yield Sighting(after.spelled, driver.of_model(before), driver.of_engine())


def _drawn(chance: random.Random, model: Model, now: Moment) -> Step | None:
    action: Action = chance.choice(actions_of(type(model)))
    arguments: list[Any] = []
    for each in action.parameters:
        if each.kind is Kind.SIZE:
            arguments.append(chance.randint(1, 3))
            continue
        places = [index for index, found in enumerate(now.objects) if isinstance(found, each.type)]
        if not places:
            return None
        arguments.append(chance.choice(places))
    return Step(action.name, tuple(arguments))


def place(now: Moment, index: int, among: list[Any]) -> int:
    """Return which of a list an object of a state is."""
    return next(number for number, each in enumerate(among) if each is now.objects[index])
