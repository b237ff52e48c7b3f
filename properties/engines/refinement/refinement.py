"""Trace inclusion on integers: whether every run of one model, as one observes it, is a run of the other.

Breadth first over pairs: a state of the one, and all states in which the other may be after the same observations. The
first observation that the other cannot make ends the shortest run that tells the two apart. Sizes are small ones: that
nothing was found says nothing of larger sizes.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from math import inf

from spillproof.model.errors import ModelError
from spillproof.model.names import counted
from spillproof.model.system import Model, actions_of
from spillproof.properties.arranged import arrange
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.refinement.observation import (
    NothingComparedError,
    Observed,
    RunState,
    Watched,
    as_first,
)
from spillproof.properties.engines.validation.outside import Outside

MOST_PAIRS = 50_000
"""More pairs than this are not looked at."""


@dataclass(frozen=True)
class Refinement:
    """What a comparison came to."""

    largest: int
    """Sizes were 1 up to this."""
    pairs: int
    """States of the one, each with the states in which the other may be."""
    depth: int
    """Every run of at most so many steps was compared."""
    complete: bool = False
    """Whether there are no longer runs that would lead to anything new."""
    run: tuple[Observed, ...] = ()
    """The shortest run that the other does not have, the beginning first; empty where none was found."""
    instead: tuple[Observed, ...] = ()
    """What the other would do where the last step of it is taken; empty where it cannot take it at all."""
    is_negative: bool = False
    """Whether the other had ended before the last step, with a counter below 0."""
    interrupted: bool = False
    """Whether it was ended by an interrupt."""
    untaken: tuple[str, ...] = ()
    """Actions of the one that no run took which was compared: nothing was seen of them."""
    raised: tuple[str, ...] = ()
    """Which of its steps raised what, and at which line: no run goes on from there."""


def refinement(
    one: Model,
    other: Model,
    *,
    largest: int = 2,
    observed: Collection[str] = (),
    max_steps: float = inf,
    limits: Limits = UNLIMITED,
) -> Refinement:
    """Return whether every run of `other` is one of `one`, with sizes up to `largest`; or the shortest that is not.

    `observed` are the names of what is listened to besides the actions; none: all that is announced. Raises
    `ModelError` where nothing of that name is announced in any run that was compared, or where a step sets what is
    outside of the state.
    """
    for model in (one, other):
        arrange(type(model))
    outside = [Outside(type(model)) for model in (one, other)]
    found = _Pairs(Watched(one, largest, observed), Watched(other, largest, observed), max_steps, limits).run()
    for each in outside:
        each.refuse_changed()
    return found


@dataclass(eq=False)
class _Pair:
    node: RunState
    """Of the model whose runs are looked for in the other."""
    among: list[RunState]
    """Where the other may be."""
    seen: Observed
    before: _Pair | None


class _Pairs:
    def __init__(self, one: Watched, other: Watched, max_steps: float, limits: Limits) -> None:
        self.one = one
        self.other = other
        self.max_steps = max_steps
        self.limits = limits
        self.known: set[object] = set()
        self.heard: set[object] = set()
        self.depth = 0

    def run(self) -> Refinement:
        """Compare as far as possible. Raises `KeyboardInterrupt` where nothing is known when that comes."""
        try:
            return self.compare()
        except KeyboardInterrupt:
            if not self.depth:
                raise
            return replace(self.came_to(), interrupted=True)

    def compare(self) -> Refinement:
        layer: list[_Pair] = []
        beginnings = self.one.beginnings()
        for seen, node in self.other.beginnings():
            pair = self.follow(None, seen, node, beginnings)
            if isinstance(pair, Refinement):
                return pair
            layer += [pair] if pair is not None else []
        while layer and self.depth < self.max_steps:
            new: list[_Pair] = []
            for pair in layer:
                after = [step for node in pair.among for step in self.one.steps(node)]
                for seen, node in self.other.steps(pair.node):
                    if self.limits.deadline is not None and time.monotonic() > self.limits.deadline:
                        return self.came_to()
                    reached = self.follow(pair, seen, node, after)
                    if isinstance(reached, Refinement):
                        return reached
                    new += [reached] if reached is not None else []
                if len(self.known) > MOST_PAIRS:
                    return self.came_to()
            layer = new
            self.depth += bool(layer)
            self.limits.progress(f"{self.depth} steps, {len(self.known)} pairs, sizes up to {len(self.one.sizes)}")
        return self.came_to(complete=not layer)

    def follow(
        self, before: _Pair | None, seen: Observed, node: RunState, possible: list[tuple[Observed, RunState]]
    ) -> _Pair | Refinement | None:
        """Return the pair after a step; None where it is known, and what was found out where the other has none."""
        self.heard.update(seen.events())
        matching = {there.key(): there for known, there in possible if known == seen}
        pair = _Pair(node, [*matching.values()], seen, before)
        if not matching:
            instead = dict.fromkeys(known for known, _ in possible if known.taken == seen.taken)
            run = _run(pair)
            ended = before is not None and all(there.is_end for there in before.among)
            depth = len(run) - 2
            return Refinement(len(self.one.sizes), len(self.known), depth, False, run, tuple(instead), ended)
        called = as_first((node, *matching.values()))
        key = (node.key(called), frozenset(there.key(called) for there in matching.values()))
        if key in self.known:
            return None
        self.known.add(key)
        return pair

    def came_to(self, *, complete: bool = False) -> Refinement:
        """Return that nothing told the two apart so far. Raises `ModelError` as `refuse_silence` does."""
        self.refuse_silence(complete=complete)
        taken = [seen for steps in self.other.known.values() for seen, _ in steps]
        seen = {each.action for each in taken}
        untaken = [each.name for each in actions_of(type(self.other.model)) if each.name not in seen]
        raised = dict.fromkeys(f"{each.action} raises {each.raised}" for each in taken if each.raised)
        return Refinement(
            len(self.one.sizes), len(self.known), self.depth, complete, untaken=(*untaken,), raised=(*raised,)
        )

    def refuse_silence(self, *, complete: bool) -> None:
        """Raise `ModelError` for the name of something that was never announced: nothing was compared by it."""
        taken = (step for watched in (self.one, self.other) for steps in watched.known.values() for step in steps)
        heard = {event for seen, _ in taken for event in seen.events()}
        silent = sorted(self.one.observed - heard - self.heard)
        if silent:
            runs = (
                "any run"
                if complete
                else f"any run of at most {counted(self.depth, 'step')}, and no others were compared"
            )
            instead = "leave it out" if complete else "leave it out, or compare longer runs"
            message = f"nothing called {', '.join(silent)} is announced in {runs}; {instead}"
            raise NothingComparedError(message) if complete else ModelError(message)


def _run(pair: _Pair | None) -> tuple[Observed, ...]:
    found: list[Observed] = []
    while pair is not None:
        found.append(pair.seen)
        pair = pair.before
    return tuple(reversed(found))
