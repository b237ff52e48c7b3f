"""Every state at fixed small sizes, by a plain walk over Python objects: slow, simple, and the reference.

`kernel` gives the same answer from the automaton, hundreds of times as fast.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.exploration.canonical import Canon, State
from spillproof.properties.engines.exploration.layers import (
    DEFAULT,
    Bounds,
    Expansion,
    Exploration,
    LayerSearch,
    Progress,
    asked,
)
from spillproof.properties.engines.exploration.walk import Walk, is_negative


def explore(
    model: Model,
    claims: Iterable[Claim] | None = None,
    bounds: Bounds = DEFAULT,
    *,
    sliced: frozenset[Field] = NOTHING,
    progress: Progress | None = None,
) -> Exploration:
    """Return what every run of a model comes to at fixed small sizes, and the first shortest run for each claim.

    States that differ in nothing but the quantities in `sliced` are taken for one; no guard and no claim may depend on
    these. Raises `ModelError` where the model asks for something that no engine can honour.
    """
    walk, canon = Walk(model, bounds.largest, bounds.opening), Canon(sliced)
    return LayerSearch(
        _Objects(walk, canon, bounds), walk, canon, asked(model, claims), bounds=bounds, progress=progress
    ).run()


Layer = dict[State, Any]
"""The states of a layer in their order, each with a model that is in it."""


class _Objects:
    """Explores with one Python object graph a state."""

    def __init__(self, walk: Walk, canon: Canon, bounds: Bounds) -> None:
        self.walk = walk
        self.canon = canon
        self.bounds = bounds
        self.parents: dict[State, State | None] = {}

    def enter(self, states: list[State]) -> Layer:
        self.parents = dict.fromkeys(states)
        found = {self.canon.canonical(state)[0]: state for _, state in self.walk.beginnings() if not is_negative(state)}
        return {state: found[state] for state in states}

    def size(self, layer: Layer) -> int:
        return len(layer)

    def hits(self, layer: Layer, claims: list[Claim]) -> dict[str, State]:
        found: dict[str, State] = {}
        for key, state in layer.items():
            for claim in claims:
                if claim.name not in found and bool(claim(state)) is (claim.mode is Mode.SOMETIMES):
                    found[claim.name] = key
        return found

    def expand(self, layer: Layer, claims: list[Claim]) -> Expansion[Layer]:
        new: Layer = {}
        parents: dict[State, State] = {}
        hits: dict[str, State] = {}
        transitions = 0
        for key, state in layer.items():
            self.bounds.check_time()
            for taken in self.walk.steps(state):
                transitions += 1
                for claim in claims:
                    if claim.name not in hits and taken.shows(claim, state):
                        hits[claim.name] = key
                reached = None if taken.raised else self.canon.reached(taken.after)
                if reached is not None and reached not in self.parents and reached not in parents:
                    parents[reached] = key
                    new[reached] = taken.after
        self.parents.update(parents)
        return Expansion(dict(sorted(new.items())), transitions, hits)

    def parent(self, state: State, layer: Layer) -> State:
        parent = self.parents[state]
        assert parent is not None
        assert parent in layer
        return parent
