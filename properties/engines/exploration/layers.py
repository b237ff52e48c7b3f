"""Breadth first, layer by layer: what the plain walk and the kernels have in common.

Layer d holds the states whose shortest run has d steps. A layer is judged as a whole before the next one is looked at,
so that what is found first is shortest; among the shortest, the run through the least states, from its end backward,
and between two states the first step in the order of the walk. Both engines thus report the same run.

What is counted: states on integers up to the order of bags (`canonical`); and as a transition each beginning, as Spin
and TLC have it, and each step that can be taken from such a state: an action with its arguments, sizes and choices,
wherever it leads. A step that raises or makes a counter negative counts as a transition, and leads to no state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, Protocol, TypeVar

from spillproof.model.system import Model
from spillproof.properties.catalogue import BUILT_IN, NEVER_NEGATIVE, always_about
from spillproof.properties.claims import Claim, Mode, named_apart
from spillproof.properties.engines.alarm import heard
from spillproof.properties.engines.exploration.canonical import Canon, State
from spillproof.properties.engines.exploration.walk import Walk, is_negative
from spillproof.properties.engines.limits import OutOfTime
from spillproof.properties.engines.run import Run, Step, false_at, replay

Layer = TypeVar("Layer")

Stopped = Literal["", "depth", "decided", "deadline", "interrupt", "sizes are too large"]
"""Why a search ended before it had seen everything; empty where it has."""


class TooLargeError(Exception):
    """A size is larger than what a search can keep."""


Progress = Callable[[int, int, int], None]
"""Told after each layer its number of steps, and how many states and transitions there were so far."""


@dataclass
class Exploration:
    """What a search at fixed small sizes has seen."""

    states: int = 0
    transitions: int = 0
    """Beginnings, and steps out of the states that were expanded."""
    depth: int = -1
    """Every run of at most this many steps was looked at."""
    stopped: Stopped = ""
    violations: dict[str, Run] = field(default_factory=dict)
    """For an `always` claim that is violated, the first shortest run that violates it."""
    witnesses: dict[str, Run] = field(default_factory=dict)
    """For a `sometimes` claim that comes true, the first shortest run that shows it."""

    @property
    def complete(self) -> bool:
        """Return whether every state was seen that there is at these sizes."""
        return not self.stopped


@dataclass(frozen=True)
class Bounds:
    """The sizes that a search is fixed to, and when it ends."""

    largest: int = 2
    """The sizes of arguments range over 1, 2, …, largest; so do sizes that are left open and not given."""
    opening: Mapping[str, int] = field(default_factory=dict)
    """A value for sizes that the model's scope leaves open."""
    depth: int | None = None
    """The most steps."""
    deadline: float | None = None
    """In seconds of `time.monotonic`."""
    until_decided: bool = False
    """Whether to end with the layer in which the last claim that was asked is violated (or seen)."""
    beside: frozenset[str] = frozenset()
    """Claims that are looked at as long as others are, and not waited for."""

    def half(self) -> Bounds:
        """Return the same with half of the time that is left."""
        if self.deadline is None:
            return self
        return replace(self, deadline=(time.monotonic() + self.deadline) / 2)

    def check_time(self) -> None:
        """Raise `OutOfTime` when the deadline has passed."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise OutOfTime


@dataclass(frozen=True)
class Expansion(Generic[Layer]):
    """What the steps out of a layer lead to."""

    layer: Layer
    """The states that were not met before."""
    transitions: int
    hits: dict[str, State]
    """For a claim about steps, the least state out of which a step makes it false (or, for `sometimes`, true)."""


class Explorer(Protocol[Layer]):
    """Knows every state met so far."""

    def enter(self, states: list[State]) -> Layer:
        """Return the states that runs begin in as a layer."""
        ...

    def size(self, layer: Layer) -> int:
        """Return how many states there are in a layer."""
        ...

    def hits(self, layer: Layer, claims: list[Claim]) -> dict[str, State]:
        """Return for each claim about states that is false (or true) in a state of the layer the least such state."""
        ...

    def expand(self, layer: Layer, claims: list[Claim]) -> Expansion[Layer]:
        """Return what all steps out of a layer lead to. What is met is known only when this returns."""
        ...

    def parent(self, state: State, layer: Layer) -> State:
        """Return the least state of a layer out of which a step leads to a state."""
        ...


DEFAULT = Bounds()
"""Sizes 1 and 2, until everything was seen."""


def asked(model: Model, claims: Iterable[Claim] | None) -> list[Claim]:
    """Return the claims to look at: those given, or all that are about such a model."""
    return always_about(type(model)) if claims is None else list(named_apart(claims))


class LayerSearch(Generic[Layer]):
    """One search: layers until nothing is new, or a bound is met."""

    def __init__(
        self,
        explorer: Explorer[Layer],
        walk: Walk,
        canon: Canon,
        claims: list[Claim],
        *,
        bounds: Bounds,
        progress: Progress | None,
    ) -> None:
        self.explorer = explorer
        self.walk = walk
        self.canon = canon
        self.bounds = bounds
        self.progress = progress
        self.open = {claim.name: claim for claim in claims}
        self.layers: list[Layer] = []
        self.seen = Exploration()

    def run(self) -> Exploration:
        """Return what was seen. A deadline, an interrupt or a large size ends it with the layers that were finished."""
        try:
            self.seen.stopped = self.search()
        except TooLargeError:
            self.seen.stopped = "sizes are too large"
        except OutOfTime:
            heard()
            self.seen.stopped = "deadline"
        except KeyboardInterrupt:
            heard()
            self.seen.stopped = "interrupt"
        return self.seen

    def search(self) -> Stopped:
        layer = self.begin()
        while self.explorer.size(layer):
            self.arrive(layer)
            if self.bounds.until_decided and self.open.keys() <= self.bounds.beside:
                return "decided"
            if self.seen.depth == self.bounds.depth:
                return "depth"
            expansion = self.explorer.expand(layer, self.about_steps())
            self.seen.transitions += expansion.transitions
            self.settle(expansion.hits)
            layer = expansion.layer
        return ""

    def begin(self) -> Layer:
        states = []
        for run, state in self.walk.beginnings():
            self.seen.transitions += 1
            if not is_negative(state):
                states.append(self.canon.canonical(state)[0])
            elif self.open.get(NEVER_NEGATIVE.name) is NEVER_NEGATIVE:
                self.report(self.open.pop(NEVER_NEGATIVE.name), run)
        return self.explorer.enter(sorted(set(states)))

    def arrive(self, layer: Layer) -> None:
        self.layers.append(layer)
        self.seen.depth += 1
        self.seen.states += self.explorer.size(layer)
        about_states = [claim for claim in self.open.values() if not is_about_steps(claim)]
        self.settle(self.explorer.hits(layer, about_states))
        if self.progress is not None:
            self.progress(self.seen.depth, self.seen.states, self.seen.transitions)

    def about_steps(self) -> list[Claim]:
        return [claim for claim in self.open.values() if is_about_steps(claim)]

    # Runs

    def settle(self, hits: dict[str, State]) -> None:
        for name, state in hits.items():
            claim = self.open.pop(name)
            self.report(claim, self.retrace(self.chain(state), claim))

    def report(self, claim: Claim, run: Run) -> None:
        """Keep a run, once its replay on integers has shown that the claim is false (or true) at its end."""
        if false_at(claim, replay(run)) != len(run):
            raise AssertionError(f"the run found for {claim.name} does not show it when it is replayed: {run}")
        kept = self.seen.violations if claim.mode is Mode.ALWAYS else self.seen.witnesses
        kept[claim.name] = run

    def chain(self, last: State) -> list[State]:
        """Return the states of the run that ends in `last`, a state of the newest layer."""
        states = [last]
        for layer in reversed(self.layers[:-1]):
            states.append(self.explorer.parent(states[-1], layer))
        return states[::-1]

    def retrace(self, chain: list[State], claim: Claim) -> Run:
        """Return the run through these states that takes the first step in the order of the walk each time."""
        run, state = next(each for each in self.walk.beginnings() if self.is_at(each[1], chain[0]))
        steps: list[Step] = []
        for goal in chain[1:]:
            taken = next(each for each in self.walk.steps(state) if not each.raised and self.is_at(each.after, goal))
            steps.append(taken.step)
            state = taken.after
        if is_about_steps(claim):
            steps.append(next(each for each in self.walk.steps(state) if each.shows(claim, state)).step)
        return Run(run.model, run.opening, tuple(steps), run.opening_picks)

    def is_at(self, state: Any, goal: State) -> bool:
        return self.canon.reached(state) == goal


def is_about_steps(claim: Claim) -> bool:
    """Return whether a claim is judged while a step is taken, rather than in a state."""
    return claim.over_steps or claim in BUILT_IN
