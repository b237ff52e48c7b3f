"""Whether a model is what engines take it for: steps are functions of the state, on integers and unknown sizes alike.

An engine cannot look into Python code. It can run a sample of steps again: later, when any state hidden in a global, a
closure or a class has moved on; with every bag in another order; on unknown sizes; and compare what comes out. What
this does not find may still be there, so that nothing is reported before a run was replayed on integers.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError, Require, line_of
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.identity import Identity
from spillproof.model.quantity import Linear
from spillproof.model.state import put_sizes, snapshot
from spillproof.model.system import Action, Kind, Model, actions_of, open_parameters
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.path import Path, paths
from spillproof.properties.engines.exploration.canonical import Canon, State
from spillproof.properties.engines.run import Script

WALKS, STEPS, TRIES = 8, 6, 6
LARGEST = 4
LARGEST_OPENING = 12

Outcome = State | str
"""The state after a step, up to what does not matter; or what was raised."""


def refuse_dishonest(model: Model, claims: Iterable[Claim] = ()) -> dict[Claim, ClaimError]:
    """Raise `ModelError` where a sample of steps shows that an engine would be mistaken about a model.

    Return the claims that cannot be asked, and why.
    """
    refused: dict[Claim, ClaimError] = {}
    claims = list(claims)
    _refuse_shared(type(model))
    sample = _Sample(model)
    taken = [*sample.walk()]
    for each in reversed(taken):
        sample.take_again(each)
    _refuse_shared(type(model))
    for each in taken:
        sample.take_turned(each)
        sample.take_unknown(each)
        for claim in claims:
            if claim not in refused:
                sample.ask_twice(claim, each, refused)
    return refused


def _refuse_shared(model: type[Model]) -> None:
    """Raise `ModelError` for heap objects that stand outside of every state: in the class, or in its module."""
    places: list[tuple[str, Mapping[str, Any]]] = [(cls.__name__, vars(cls)) for cls in model.__mro__]
    places += [(model.__module__, vars(sys.modules[model.__module__]))] if model.__module__ in sys.modules else []
    for where, names in places:
        for name, value in names.items():
            if isinstance(value, (HeapObject, Bag)):
                message = (
                    f"{where}.{name} holds a {type(value).__name__} outside of the model's state, where no root leads "
                    "to it and no step resets it; keep it in an attribute of the model, set in `begin`"
                )
                raise ModelError(message)


@dataclass
class _Taken:
    """A step that was taken on integers, or the beginning."""

    before: Any
    """None for the beginning."""
    action: Action | None
    arguments: tuple[Any, ...]
    """Objects as indices into `objects`."""
    objects: list[Any]
    picks: tuple[int, ...]
    after: Any
    outcome: Outcome
    identity: Identity = field(default_factory=Identity)
    """Which objects of the state after are which of the state before."""

    @property
    def name(self) -> str:
        return "begin" if self.action is None else self.action.name


class _Chance(oracle.Oracle):
    """Makes choices by chance, and records them."""

    def __init__(self, chance: random.Random, doing: str) -> None:
        self.chance = chance
        self.doing = doing
        self.picks: list[int] = []

    def choose(self, options: int) -> int:
        self.picks.append(self.chance.randrange(options))
        return self.picks[-1]

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - the best are enough
        self.picks.append(self.chance.choice(best()))
        return self.picks[-1]


class _Sample:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.opening = open_parameters(model)
        self.actions = actions_of(type(model))
        self.canon = Canon()
        self.chance = random.Random(0)
        self.identity = Identity()
        """Of the step that was taken last."""

    def walk(self) -> Iterator[_Taken]:
        """Take steps by chance, always the same ones of an honest model."""
        for _ in range(WALKS):
            values = tuple(self.value(each.values, LARGEST_OPENING) for each in self.opening)
            taken = self.take(None, None, values, [])
            for _ in range(STEPS):
                if taken is None or isinstance(taken.outcome, str) or min(snapshot(taken.after).sizes, default=0) < 0:
                    break
                yield taken
                taken = self.step(taken.after)
            else:
                if taken is not None:
                    yield taken

    def step(self, state: Any) -> _Taken | None:
        """Take some step that can be taken."""
        objects = snapshot(state).objects
        for _ in range(TRIES):
            action = self.chance.choice(self.actions)
            ranges = [
                tuple(place for place, live in enumerate(objects) if isinstance(live, each.type))
                if each.kind is Kind.OBJECT
                else each.values
                for each in action.parameters
            ]
            if all(found or each.kind is Kind.SIZE for found, each in zip(ranges, action.parameters, strict=True)):
                taken = self.take(state, action, tuple(self.value(found, LARGEST) for found in ranges), objects)
                if taken is not None:
                    return taken
        return None

    def value(self, values: Sequence[Any], largest: int) -> Any:
        return self.chance.choice(values) if values else self.chance.randint(1, largest)

    def take(self, state: Any, action: Action | None, arguments: tuple[Any, ...], objects: list[Any]) -> _Taken | None:
        chance = _Chance(self.chance, "begin" if action is None else action.name)
        taken = _Taken(state, action, arguments, objects, (), None, "refused")
        taken.after, taken.outcome = self.run(taken, chance)
        taken.identity = self.identity
        taken.picks = tuple(chance.picks)
        return None if taken.outcome == "refused" else taken

    def run(
        self, taken: _Taken, oracle_: oracle.Oracle, turn: Callable[[Any], None] = lambda _state: None
    ) -> tuple[Any, Outcome]:
        """Take a step from a copy of its state."""
        with oracle.consulting(oracle_):
            try:
                after = self.change(taken, taken.arguments, turn)
            except Require:
                return None, "refused"
            except ModelError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever a model raises is an outcome
                return None, f"{type(error).__name__} ({line_of(error)})"
        return after, self.canon.canonical(after)[0]

    def change(self, taken: _Taken, arguments: tuple[Any, ...], turn: Callable[[Any], None]) -> Any:
        if taken.action is None:
            return self.model.start(**dict(zip((each.name for each in self.opening), arguments, strict=True)))
        copies: dict[int, Any] = {}
        state = clone(taken.before, copies)
        self.identity = Identity((copies[id(each)], each) for each in taken.objects)
        turn(state)
        taken.action.take(
            state,
            tuple(
                copies[id(taken.objects[value])] if each.kind is Kind.OBJECT else value
                for each, value in zip(taken.action.parameters, arguments, strict=True)
            ),
        )
        return state

    # The same again

    def take_again(self, taken: _Taken) -> None:
        _, outcome = self.run(taken, Script(taken.picks, taken.name))
        if outcome != taken.outcome:
            _refuse(
                taken,
                "taken again from the same state, it did something else",
                "keep all state in the model and its heap objects (no globals, closures, class attributes, clocks, "
                "random numbers), and let the environment `choose`",
            )

    def take_turned(self, taken: _Taken) -> None:
        """Take a step with every bag in the opposite order, if the environment chose nothing that this could change."""
        if taken.action is not None and not taken.picks and any(_bags(taken.objects)):
            _, outcome = self.run(taken, Script((), taken.name), _turn)
            if outcome != taken.outcome:
                _refuse(
                    taken,
                    "it depends on the order of a Bag's members, which have none",
                    "let the environment `choose` a member, or keep them in a list",
                )

    def take_unknown(self, taken: _Taken) -> None:
        """Take a step on unknown sizes, and put the sizes in afterwards."""
        before = () if taken.before is None else snapshot(taken.before).sizes
        sizes = [size for size in before if isinstance(size, int)]
        known, given = [*sizes], []
        parameters = self.opening if taken.action is None else taken.action.parameters
        for each, value in zip(parameters, taken.arguments, strict=True):
            given.append(Linear({len(known): 1}, 1) if each.kind is Kind.SIZE else value)
            known += [value - 1] if each.kind is Kind.SIZE else []

        def attempt(path: Path) -> Outcome | None:
            after, raised = None, "refused"
            try:
                after = self.change(
                    taken,
                    tuple(given),
                    lambda state: put_sizes(state, [Linear({place: 1}) for place in range(len(sizes))]),
                )
            except Require:
                pass
            except ModelError:
                raise
            except Exception as error:  # noqa: BLE001 - as above
                raised = f"{type(error).__name__} ({line_of(error)})"
            values = _values(path, known)
            if tuple(path.picks) != taken.picks or not all(holds(each, values) for each in path.guard):
                return None
            if after is None:
                return raised
            put_sizes(after, [evaluate(size, values) for size in snapshot(after).sizes])
            return self.canon.canonical(after)[0]

        outcomes = {outcome for _, outcome in paths(attempt, len(known), taken.name) if outcome is not None}
        if outcomes != {taken.outcome}:
            _refuse(
                taken,
                "on unknown sizes it does not do what it does on integers",
                "do not ask for a size's type, identity or text; compare and compute with it",
            )

    # Claims

    def ask_twice(self, claim: Claim, taken: _Taken, refused: dict[Claim, ClaimError]) -> None:
        """Ask a claim about a step or the state after it, twice, and look whether the state is still the same."""
        if taken.after is None or (claim.over_steps and taken.before is None):
            return
        states, identity = _copied(taken) if claim.over_steps else ((clone(taken.after),), Identity())
        before = [snapshot(each) for each in states]
        try:
            answers = [bool(claim(*states, identity=identity)) for _ in range(2)]
        except ClaimError as error:
            refused[claim] = error
            return
        after = [snapshot(each) for each in states]
        if answers[0] != answers[1] or any(
            (one.key, one.sizes) != (two.key, two.sizes) for one, two in zip(before, after, strict=True)
        ):
            refused[claim] = ClaimChangedError(claim)


def _copied(taken: _Taken) -> tuple[tuple[Any, ...], Identity]:
    """Return copies of the states before and after, and which objects of these are the same."""
    before: dict[int, Any] = {}
    after: dict[int, Any] = {}
    states = (clone(taken.before, before), clone(taken.after, after))
    return states, Identity(
        (after[id(now)], before[id(then)]) for now, then in taken.identity.pairs if id(now) in after
    )


def _values(path: Path, known: list[int]) -> list[int]:
    values = [*known, *[0] * (path.symbols - len(known))]
    for symbol, dividend, divisor in path.defined:
        values[symbol] = evaluate(dividend, values) // divisor
    return values


def _bags(objects: list[Any]) -> Iterator[Bag[Any]]:
    return (value for each in objects for value in vars(each).values() if type(value) is Bag and len(value) > 1)


def _turn(state: Any) -> None:
    for bag in _bags(snapshot(state).objects):
        bag.members.reverse()


def _refuse(taken: _Taken, seen: str, instead: str) -> NoReturn:
    message = f"{taken.name} is not what an engine takes it for: {seen}; {instead}"
    raise ModelError(message)
