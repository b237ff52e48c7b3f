"""A run of few consumers, taken by more: the same actions, sizes and values, by whichever objects can take them.

What two consumers can do, five mostly can: three of them stand by, or do as the others did. So a run that shows
something need not be looked for among five, where there are many times as many shapes; it is tried on plain integers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.state import snapshot
from spillproof.model.step import ranges
from spillproof.model.system import Action, Kind, Model, actions_of, open_parameters
from spillproof.properties.claims import Claim
from spillproof.properties.engines.exploration.canonical import Canon, State
from spillproof.properties.engines.exploration.walk import Walk, WalkStep, is_negative
from spillproof.properties.engines.run import Run, Step, false_at, replay

MOST_TRIED = 2_000
"""Steps that are tried for one run."""


def taken_by_more(model: Model, run: Run, claim: Claim, more: int) -> Run | None:
    """Return a run of a model with so many consumers more that takes the actions of a run in turn, to the same end.

    Each step as often as before if that will do; else up to so many times more often. None where none of those that
    were tried shows what the run shows: that says nothing.
    """
    try:
        found = (next(_Attempt(model, run, claim, again).runs(), None) for again in (0, more))
        return next(filter(None, found), None)
    except ModelError:  # what its steps ask for at this scope, no engine can honour: the others will say so
        return None


class _Attempt:
    def __init__(self, model: Model, run: Run, claim: Claim, again: int) -> None:
        self.model, self.wanted, self.claim, self.again = model, run, claim, again
        self.actions = {action.name: action for action in actions_of(type(model))}
        self.walk, self.canon = Walk(model, 1, self.opening()), Canon()
        self.met: set[tuple[int, int, State]] = set()
        """What was tried: the state, which step is next there, and how often it may be taken again."""
        self.tried = 0

    def opening(self) -> dict[str, int]:
        """Return the sizes that the run begins with, by name; the walk tries every value of what is no size."""
        parameters = open_parameters(self.model)
        return {
            each.name: value
            for each, value in zip(parameters, self.wanted.opening, strict=True)
            if each.kind is Kind.SIZE
        }

    def runs(self) -> Iterator[Run]:
        """Yield the runs that show the claim."""
        for begun, state in self.walk.beginnings():
            if begun.opening == self.wanted.opening and not is_negative(state):
                for steps in self.onward(state, 0, self.again):
                    found = Run(self.model, begun.opening, steps, begun.opening_picks)
                    if self.shows(found):
                        yield found

    def onward(self, state: Any, place: int, again: int) -> Iterator[tuple[Step, ...]]:
        """Yield the ways to take the steps that are left, the first of them up to so many times again."""
        if place == len(self.wanted):
            yield ()
            return
        for each in self.like(state, self.wanted.steps[place]):
            if each.raised and place + 1 == len(self.wanted):
                yield (each.step,)
            reached = None if each.raised else self.canon.reached(each.after)
            for left in () if reached is None else self.next(place, again, reached):
                yield from ((each.step, *rest) for rest in self.onward(each.after, *left))

    def next(self, place: int, again: int, reached: State) -> Iterator[tuple[int, int]]:
        """Yield which step may be next, and how often again, where that was not tried from such a state before."""
        for left in ((place + 1, self.again), (place, again - 1)):
            if left[1] >= 0 and (*left, reached) not in self.met:
                self.met.add((*left, reached))
                yield left

    def like(self, state: Any, step: Step) -> Iterator[WalkStep]:
        """Yield the steps from a state by the same action with the same sizes and values, whichever objects take it."""
        action, objects = self.actions[step.action], snapshot(state).objects
        for arguments in itertools.product(*_ranges(action, step, objects)):
            if self.tried == MOST_TRIED:
                return
            self.tried += 1
            yield from self.walk.take(state, objects, action, arguments)

    def shows(self, run: Run) -> bool:
        """Return whether a run, replayed, shows a `sometimes` claim, or violates another."""
        moments = replay(run)
        return not moments[-1].refused and false_at(self.claim, moments) is not None


def _ranges(action: Action, step: Step, objects: list[Any]) -> list[tuple[object, ...]]:
    """Return what each argument ranges over: an object over all of its kind, anything else is what it was."""
    return [
        options if each.kind is Kind.OBJECT else (value,)
        for each, value, options in zip(
            action.parameters, step.arguments, ranges(action.parameters, objects), strict=True
        )
    ]
