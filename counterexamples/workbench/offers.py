"""What may happen after a moment of a run: each action with its guards, and with the sizes that make a difference."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, product
from typing import Any

from spillproof.counterexamples.workbench.boundaries import boundaries
from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError
from spillproof.model.state import snapshot
from spillproof.model.step import Outcome, attempt, bind, ranges
from spillproof.model.system import Action, Kind, Model, actions_of
from spillproof.properties.catalogue import BUILT_IN
from spillproof.properties.claims import Claim, ClaimError
from spillproof.properties.engines.exploration.walk import Walk, WalkStep
from spillproof.properties.engines.run import Moment, Script

MOST_SIZES = 24
"""So many combinations of sizes are tried, where an action has several."""


@dataclass(frozen=True)
class Guard:
    """A `require(…)` of an action."""

    words: str
    line: int
    """In the file of the model."""


@dataclass(frozen=True)
class Offer:
    """An action, and the steps that it is now."""

    action: Action
    guards: tuple[Guard, ...]
    steps: tuple[tuple[WalkStep, tuple[str, ...]], ...]
    """Each with the claims that it makes false."""
    refused: tuple[tuple[tuple[Any, ...], str], ...] = ()
    """Arguments with which there is no step, sizes being 1, and the guard that is false then."""
    missing: str = ""
    """The class of which there would have to be an object, where there is none."""


def offers(moment: Moment, model: Model, claims: Sequence[Claim]) -> tuple[list[Offer], list[str]]:
    """Return every action of a model after a moment, and what a check of the model would refuse.

    Raises `ModelError` for what cannot even be stepped.
    """
    walk, now = Walk(model, 1, {}), _Now(moment.state, snapshot(moment.state).objects, claims)
    return [_offer(walk, now, action) for action in actions_of(type(model))], [*dict.fromkeys(now.faults)]


def _offer(walk: Walk, now: _Now, action: Action) -> Offer:
    told = sorted(guards(type(walk.model), action.name), key=lambda each: each.line)
    return Offer(
        action, tuple(told), tuple(_kept(walk, now, action)), tuple(_refused(now, action)), _missing(now, action)
    )


def guards(model: type[Model], action: str) -> Iterator[Guard]:
    """Yield the guards that stand in an action, in its order; those in functions that it calls are not among them."""
    try:
        lines, first = inspect.getsourcelines(getattr(model, action))
    except (OSError, TypeError):  # written where no file is
        return
    for node in ast.walk(ast.parse(textwrap.dedent("".join(lines)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "require" and node.args:
            yield Guard(ast.unparse(node.args[0]), first + node.lineno - 1)


@dataclass(frozen=True)
class _Now:
    """A state from which steps are tried, its objects in canonical order, and what is claimed."""

    state: Any
    objects: list[Any]
    claims: Sequence[Claim]
    faults: list[str] = field(default_factory=list)
    """What no engine that speaks of all sizes could honour, though numbers can be stepped."""

    def after(self, action: Action, arguments: tuple[Any, ...]) -> tuple[Any, Outcome]:
        """Take a step on a copy, and return that, and what came of it."""
        copies: dict[int, Any] = {}
        after = clone(self.state, copies)
        bound = bind(action.parameters, arguments, [copies[id(each)] for each in self.objects])
        return after, attempt(after, action, bound)

    def ask(self, action: Action, ones: tuple[Any, ...], place: int, size: Any) -> None:
        """Take a step with a size at a place, and ask the claims about the state after it."""
        try:
            after, outcome = self.after(action, (*ones[:place], size, *ones[place + 1 :]))
            if outcome.taken:
                snapshot(after)
        except ModelError as error:
            self.faults.append(str(error))
            raise
        for claim in self.claims if outcome.taken else ():
            if not claim.over_steps:
                with suppress(ClaimError):  # it is told elsewhere
                    claim(after)


def _kept(walk: Walk, now: _Now, action: Action) -> Iterator[tuple[WalkStep, tuple[str, ...]]]:
    """Yield the steps of an action: of those that go one way and break the same, the smallest and the largest sizes."""
    for arguments in product(*ranges(action.parameters, now.objects)):
        ways: dict[object, list[tuple[WalkStep, tuple[str, ...]]]] = {}
        for given in _sized(now, action, arguments):
            for step in walk.take(now.state, now.objects, action, given):
                broken = tuple(each.name for each in now.claims if _breaks(each, step, now.state))
                way = (step.step.picks, step.raised or snapshot(step.after).key, broken)
                ways.setdefault(way, []).append((step, broken))
        ends = {id(each) for found in ways.values() for each in (found[0], found[-1])}
        yield from (each for found in ways.values() for each in found if id(each) in ends)


def _sized(now: _Now, action: Action, arguments: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield arguments with sizes in their places, each with those at which something changes, the others being 1."""
    places = [place for place, each in enumerate(action.parameters) if each.kind is Kind.SIZE]
    ones = tuple(1 if place in places else value for place, value in enumerate(arguments))
    sizes = [boundaries(partial(now.ask, action, ones, place)) for place in places]
    for found in islice(product(*sizes), MOST_SIZES):
        given = dict(zip(places, found, strict=True))
        yield tuple(given.get(place, value) for place, value in enumerate(ones))


def _breaks(claim: Claim, step: WalkStep, before: Any) -> bool:
    try:
        if claim.over_steps or step.raised or claim in BUILT_IN:
            return step.shows(claim, before)
        return not claim(step.after)
    except ClaimError:
        return False


def _missing(now: _Now, action: Action) -> str:
    """Return the class of an argument of which there is no object now."""
    found = ranges(action.parameters, now.objects)
    return next((each.type.__name__ for each, values in zip(action.parameters, found, strict=True) if not values), "")


def _refused(now: _Now, action: Action) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield arguments with which an action cannot be taken, sizes being 1, with the first guard that is false."""
    for arguments in product(*ranges(action.parameters, now.objects, (1,))):
        script = Script((), action.name)
        with oracle.consulting(script):
            _, outcome = now.after(action, arguments)
        if outcome.refused:
            yield arguments, script.guard
