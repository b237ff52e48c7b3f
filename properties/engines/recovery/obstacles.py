"""What is in the way of getting out of a trap: the guards without which some run would lead back from there.

From the state in which a run is trapped each step that a guard refuses is taken all the same, as if that one guard were
not there; if a run leads back from where that comes to, the guard is in the way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError, Require, guard_here, model_line
from spillproof.model.heap import HeapObject
from spillproof.model.step import attempt, bind, ranges
from spillproof.model.system import Action, Kind, actions_of
from spillproof.properties.claims import Claim
from spillproof.properties.engines.exploration.walk import is_negative
from spillproof.properties.engines.recovery.trap import search, sizes_for
from spillproof.properties.engines.run import Moment, Script

MOST_STEPS = 400
"""Steps that are taken to look for a way back once a guard is ignored."""

MOST_TRIED = 60
"""Steps that are taken though a guard refuses them."""


@dataclass(frozen=True)
class Obstacle:
    """A guard that refuses a step, in a state from which no run leads back."""

    step: str
    """The step as a person writes it: `evict(Page1)`."""
    guard: str
    """As the model has it: `require(self.pins == 0)`."""
    place: str
    """`file:line` of the guard."""
    steps: int | None
    """How many steps lead back once the step is taken all the same; None where none was found."""

    @property
    def is_in_the_way(self) -> bool:
        """Return whether a run would lead back without the guard."""
        return self.steps is not None


def obstacles(claim: Claim, moment: Moment) -> list[Obstacle]:
    """Return the guards that refuse steps where a run is trapped, once each: those that are in the way first."""
    found: dict[tuple[str, str, str], Obstacle] = {}
    for each in itertools.islice(_refused(claim, moment), MOST_TRIED):
        key = (each.step.partition("(")[0], each.guard, each.place)
        if key not in found or _rank(each) < _rank(found[key]):
            found[key] = each
    return sorted(found.values(), key=_rank)


def _rank(each: Obstacle) -> tuple[bool, int]:
    return (each.steps is None, each.steps or 0)


def _refused(claim: Claim, moment: Moment) -> Iterator[Obstacle]:
    sizes = sizes_for(moment.state)
    for action in actions_of(type(moment.state)):
        for arguments in itertools.product(*ranges(action.parameters, moment.objects, sizes)):
            obstacle = _all_the_same(claim, moment, action, arguments)
            if obstacle is not None:
                yield obstacle


def _all_the_same(claim: Claim, moment: Moment, action: Action, arguments: tuple[Any, ...]) -> Obstacle | None:
    """Return what refuses a step, and whether a run leads back once it is taken; None where nothing refuses it."""
    copies: dict[int, Any] = {}
    state = clone(moment.state, copies)
    copied = [copies[id(each)] for each in moment.objects]
    ignoring = _Ignoring((), action.name)
    with oracle.consulting(ignoring):
        try:
            outcome = attempt(state, action, bind(action.parameters, arguments, copied))
        except (ModelError, Exception):  # noqa: BLE001 - past a guard anything may happen
            return None
    if not ignoring.ignored:
        return None
    way = search(claim, state, MOST_STEPS).way if outcome.taken and not is_negative(state) else None
    spelled = f"{action.name}({', '.join(_words(moment, action, arguments))})"
    return Obstacle(spelled, ignoring.ignored, ignoring.place, None if way is None else len(way))


def _words(moment: Moment, action: Action, arguments: tuple[Any, ...]) -> Iterator[str]:
    for parameter, value in zip(action.parameters, arguments, strict=True):
        if parameter.kind is Kind.OBJECT:
            target: HeapObject = moment.objects[value]
            yield moment.names.get(id(target)) or _next_name(moment, target)
        else:
            yield str(getattr(value, "name", value))


def _next_name(moment: Moment, target: HeapObject) -> str:
    """Return what a run would call an object that it mentions for the first time."""
    prefix = getattr(target, "short_name", "") or type(target).__name__
    return f"{prefix}{sum(name.rstrip('0123456789') == prefix for name in moment.names.values()) + 1}"


class _Ignoring(Script):
    """Goes on past the first guard that is false, and keeps which one it was."""

    ignored = ""
    place = ""

    def abandon(self, why: BaseException) -> Any:  # it returns, once
        if isinstance(why, Require) and not self.ignored:
            self.ignored, self.place = guard_here() or "a guard", model_line()
            return None
        return super().abandon(why)
