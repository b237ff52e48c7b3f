"""Steps of a model on integers, one after the other: arguments, sizes that fit and the environment's choices are drawn.

Each step is taken on a copy of the state: an action that was refused half-way leaves no trace, what the environment
chooses is drawn when it chooses, and where a guard says no, something near is tried at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import Any, TypeAlias

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.identity import Identity
from spillproof.model.state import Snapshot, snapshot
from spillproof.model.step import attempt, begin, bind, ranges
from spillproof.model.system import Action, Kind, Model, actions_of, open_parameters
from spillproof.properties import registry
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.answers import Once
from spillproof.properties.engines.only_look import changes, is_as_it_was
from spillproof.properties.engines.run import Run, Step, replay

LARGEST = 8
"""The beginning's open sizes, such as the capacity, are drawn up to here."""

BEGINNINGS = 5
"""How often a beginning is drawn, where one may be refused, before larger sizes are drawn."""

LARGER = tuple(4**power for power in range(1, 11))
"""Where it is refused as often, each size is so many times what is drawn, up to some millions."""

MOST_SIZES = 90
"""Hypothesis mixes constants of whatever modules are loaded into ranges of a hundred and more, and a seed would then
mean another run in another process."""

LOOKED_BACK = 2
"""In runs of fewer steps each state is looked at again after claims were asked; in longer ones the last."""

Draw: TypeAlias = Callable[[int], int]
"""Draws one of 0 … count - 1, for a count of at least 2."""


def pick(draw: Draw, count: int) -> int:
    """Draw one of 0 … count - 1. A draw takes time even where there is nothing to choose."""
    return draw(count) if count > 1 else 0


def simplest(_count: int) -> int:
    """Draw the first of whatever there is."""
    return 0


class Environment(oracle.Oracle):
    """Draws what the environment chooses, and keeps it."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.picks: list[int] = []

    def choose(self, options: int) -> int:
        self.picks.append(pick(self.draw, options))
        return self.picks[-1]

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - only the best are taken
        preferred = best()
        self.picks.append(preferred[pick(self.draw, len(preferred))])
        return self.picks[-1]


@dataclass(frozen=True)
class Taken:
    """A step that was not refused: the run with it, and the state it leads to or what it raised."""

    run: Run
    state: Any
    error: Exception | None = None
    identity: Identity = field(default_factory=Identity)
    """Which objects of the state are which of the one before."""


class Walker:
    """A run that is being taken, and the state at its end."""

    model: Model
    claims: tuple[Claim, ...]

    def __init__(self) -> None:
        self.state: Any = None
        """The present state. None where no beginning was possible."""
        self.asked: Any = None
        """The same for claims that only look: it works out once what it answers."""
        self.objects: list[Any] = []
        """Its objects in canonical order."""
        self.seen: Snapshot | None = None
        """It as it was when a step came there."""
        self.present: tuple[Any, ...] = ()
        """Its sizes but for those that are 0."""
        self.run = Run(self.model, (), ())
        self.refused = False
        self.chances: dict[str, bool] = {}
        """Which actions can be taken in the present state, as far as that is known."""

    # Drawing, which takes the step on a copy

    def begin(self, draw: Draw, times: int) -> Taken | None:
        """Return a beginning, or None where so many times the sizes that were drawn are refused."""
        parameters = open_parameters(self.model)
        sizes = [times * size for size in self.sizes()]
        values = tuple(
            sizes[pick(draw, len(sizes))] if each.kind is Kind.SIZE else each.values[pick(draw, len(each.values))]
            for each in parameters
        )
        environment = Environment(draw)
        with oracle.consulting(environment):
            state, outcome = begin(self.model, values)
        if outcome.error is not None:
            raise outcome.error
        return Taken(Run(self.model, values, (), tuple(environment.picks)), state) if outcome.taken else None

    def beginning(self, draw: Draw) -> Taken | None:
        """Return a beginning, or None where none of some that were drawn is possible."""
        tried = ((1,) * BEGINNINGS) + (LARGER if open_parameters(self.model) else ())
        return next((begun for times in tried if (begun := self.begin(draw, times)) is not None), None)

    def step(self, action: Action, draw: Draw) -> Taken | None:
        """Return a step of an action, or None where everything that was tried is refused."""
        for values in self.candidates(action, draw):
            taken = self.attempt(action, values, Environment(draw))
            if taken is not None:
                return taken
        self.chances[action.name] = False
        return None

    def candidates(self, action: Action, draw: Draw) -> Iterator[tuple[Any, ...]]:
        """Yield arguments to try: those that are drawn, then all others, the next smaller sizes first.

        The fewer numbers a step is made from, the better Hypothesis can remove it: hence one draw and no second one.
        """
        instances = list(product(*ranges(action.parameters, self.objects)))
        first = pick(draw, len(instances)) if instances else 0
        open_sizes = sum(each.kind is Kind.SIZE for each in action.parameters)
        sizes = self.sizes() if open_sizes else [0]
        drawn = [pick(draw, len(sizes)) for _ in range(open_sizes)]
        for less in range(len(sizes)):
            for places in instances[first:] + instances[:first]:
                yield _filled(places, [sizes[index - less] for index in drawn])

    def can(self, action: Action) -> bool:
        """Return whether an action can be taken here, or might be."""
        if action.name not in self.chances:
            self.chances[action.name] = self.state is not None and self.probe(action)
        return self.chances[action.name]

    def probe(self, action: Action) -> bool:
        """Return whether some arguments are accepted, or other choices or another mixture of sizes might be."""
        open_ended = sum(each.kind is Kind.SIZE for each in action.parameters) > 1
        for values in self.candidates(action, simplest):
            environment = Environment(simplest)
            if self.attempt(action, values, environment) is not None:
                return True
            open_ended |= bool(environment.picks)
        return open_ended

    def is_stuck(self) -> bool:
        """Return whether no action can be taken here."""
        return not any(map(self.can, actions_of(type(self.model))))

    def attempt(self, action: Action, values: tuple[Any, ...], environment: Environment) -> Taken | None:
        """Return a step with these arguments, or None where it is refused."""
        copies: dict[int, Any] = {}
        state = clone(self.state, copies)
        copied = [copies[id(each)] for each in self.objects]
        with oracle.consulting(environment):
            outcome = attempt(state, action, bind(action.parameters, values, copied))
        if outcome.refused:
            return None
        step = Step(action.name, values, tuple(environment.picks))
        identity = Identity(zip(copied, self.objects, strict=True))
        return Taken(replace(self.run, steps=(*self.run.steps, step)), state, outcome.error, identity)

    def sizes(self) -> list[int]:
        """Return the sizes to draw from: small ones, and those that just fit or just do not fit into something."""
        present = set(map(abs, self.present)) | ({0} if self.state is not None else set())
        fitting = {abs(one - other) for one, other in combinations(present, 2)}
        return sorted({*range(1, LARGEST + 1), *present, *fitting} - {0})[:MOST_SIZES]

    # Arriving, which commits it

    def arrive(self, taken: Taken | None) -> None:
        """Go to where a step leads, and look at every claim there."""
        self.refused = taken is None or (taken.error is not None and NO_EXCEPTION not in self.claims)
        if taken is None or self.refused:
            return
        run, self.run = self.run, taken.run
        if taken.error is not None:
            self.hit(NO_EXCEPTION, taken.error)
            self.run = run
        else:
            self.look(taken)

    def look(self, taken: Taken) -> None:
        """Make the state after a step the present one, and look at every claim in it."""
        self.seen = found = snapshot(taken.state)
        before, asked_before = self.state, self.asked
        self.state, self.asked = taken.state, Once(taken.state)
        self.objects, self.present = found.objects, found.sizes
        self.chances.clear()
        for claim in self.claims:
            own = registry.is_own(claim.function)
            states = (asked_before, self.asked) if own else (before, self.state)
            if self.hits(claim, states, taken.identity):
                self.hit(claim)
        if len(taken.run) < LOOKED_BACK:
            self.look_back()

    def look_back(self) -> None:
        """Raise `ModelError` where claims have changed the state that they were asked about last."""
        if self.seen is not None and not is_as_it_was(self.state, self.seen):
            self.seen = None
            raise changes(type(self.model), self.claims, lambda: replay(replace(self.run))[-1].state)

    def hits(self, claim: Claim, states: tuple[Any, Any], identity: Identity) -> bool:
        """Return whether a claim is false (for a `sometimes` claim: true) on arriving in a state."""
        if claim is NEVER_NEGATIVE:
            return any(size < 0 for size in self.present)
        if not claim.over_steps:
            return claim(states[1], identity=identity) is (claim.mode is Mode.SOMETIMES)
        return states[0] is not None and claim(*states, identity=identity) is (claim.mode is Mode.SOMETIMES)

    def hit(self, claim: Claim, error: Exception | None = None) -> None:
        """Do what is to be done when a claim is false here, or a `sometimes` claim true."""
        raise NotImplementedError


def _filled(places: tuple[Any, ...], sizes: list[int]) -> tuple[Any, ...]:
    """Return arguments with the next size for each None."""
    remaining = iter(sizes)
    return tuple(next(remaining) if place is None else place for place in places)
