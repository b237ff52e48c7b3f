"""Random runs on plain integers: the engine that finds, and leaves the shortening to engines that can certify it.

It draws itself, without Hypothesis, which finds as much in as many steps and takes three times as long for each (see
docs/decisions/0034): `machine` is the same walk for Hypothesis. Each run prefers some of the actions, so that rare ones
get their turn; what others do is taken where these can do nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass

from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.model.system import Action, Model, actions_of
from spillproof.properties.claims import Claim, Mode, named_apart
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.limits import OutOfTime
from spillproof.properties.engines.run import Run, false_at, replay
from spillproof.properties.engines.walker import Draw, Walker


@dataclass
class Simulated:
    """What random runs found, and how many were tried."""

    found: dict[str, Run | None]
    """For each claim a run that breaks it (for a `sometimes` claim: shows it), replayed. None where none was found."""
    examples: int = 0
    steps: int = 0
    seconds: float = 0.0

    @property
    def tried(self) -> str:
        """What was tried, in words."""
        return f"{counted(self.examples, 'random run')} of {counted(self.steps, 'step')} in all"


class RandomWalk(Walker):
    """One run after the other, until nothing is looked for any more."""

    def __init__(self, model: Model, claims: Iterable[Claim], seed: int) -> None:
        self.model = model
        self.claims = tuple(each for each in named_apart(claims) if each.mode is not Mode.RECOVERABLE)
        self.chance = random.Random(seed)
        self.draw: Draw = self.chance.randrange
        self.result = Simulated({claim.name: None for claim in self.claims})
        super().__init__()

    def take(self, steps: int) -> None:
        """Take one run of at most so many steps."""
        super().__init__()
        self.result.examples += 1
        self.arrive(self.beginning(self.draw))
        actions = actions_of(type(self.model))
        share = self.chance.random()
        preferred = {action.name for action in actions if self.chance.random() < share}
        for _ in range(steps if self.state is not None else 0):
            if not self.go_on(actions, preferred) or not self.claims:
                break
        self.look_back()

    def go_on(self, actions: Iterable[Action], preferred: set[str]) -> bool:
        """Take one step more. Return whether there was one."""
        order = [*actions]
        self.chance.shuffle(order)
        for action in sorted(order, key=lambda each: each.name not in preferred):
            self.arrive(self.step(action, self.draw))
            if not self.refused:
                self.result.steps += 1
                return True
        return False

    def hit(self, claim: Claim, error: Exception | None = None) -> None:  # noqa: ARG002 - the replay finds it again
        """Keep a run that was found, if the replay agrees, and look no further for this claim."""
        if false_at(claim, replay(self.run)) != len(self.run):
            message = (
                f"{type(self.model).__name__} is not deterministic: {claim.name} was false after {len(self.run)} "
                "steps, and is not when they are replayed; keep all state in the model and its heap objects"
            )
            raise ModelError(message)
        self.result.found[claim.name] = self.run
        self.claims = tuple(other for other in self.claims if other is not claim)


def simulate(
    model: Model,
    claims: Iterable[Claim],
    *,
    examples: int = 1000,
    steps: int = 30,
    seed: int = 0,
    deadline: float | None = None,
) -> Simulated:
    """Take random runs until each claim is broken (a `sometimes` claim: seen), or `examples` runs were tried.

    Of a claim that must be recoverable, no single run says anything: it is left out. The same seed gives the same
    result. What is found is not shortened; `deadline` is in seconds from now. Raises
    `ModelError` as the model does.
    """
    began = time.monotonic()
    walk = RandomWalk(model, claims, seed)
    try:
        while walk.claims and walk.result.examples < examples:
            if deadline is not None and time.monotonic() - began > deadline:
                break
            walk.take(steps)
    except OutOfTime:
        heard()
    walk.result.seconds = time.monotonic() - began
    return walk.result
