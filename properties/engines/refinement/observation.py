"""A step of a model as one can observe it: the action with its arguments, and what was announced while it was taken.

Objects are called by the order in which a run mentions them, so that runs of two models can be compared that have
nothing in common but the names of actions, of what is announced, and of classes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from operator import itemgetter
from typing import Any

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.state import snapshot
from spillproof.model.step import TAKEN, Outcome, attempt, begin, bind, cannot_begin, ranges
from spillproof.model.system import Action, Model, actions_of, open_parameters
from spillproof.properties.engines.announcement import as_it_is, in_words, worded
from spillproof.properties.engines.exploration.walk import is_negative


class NothingComparedError(ModelError):
    """With sizes up to a bound there is nothing to compare; with larger ones there may be."""


@dataclass(frozen=True)
class Observed:
    """What can be observed of a step."""

    taken: str
    """The action with its arguments: `insert(E1, 2)`."""
    heard: tuple[str, ...] = field(compare=False)
    """What was announced, in its order, and what was raised: `release E2 1`."""
    facts: tuple[object, ...] = ()
    """The same to be compared: which detail has which value, of which kind; not in which order it was written."""
    raised: str = field(default="", compare=False)
    """What was raised, and at which line."""

    @property
    def action(self) -> str:
        """Return the action without its arguments."""
        return self.taken.partition("(")[0]

    def events(self) -> Iterator[object]:
        """Yield the names of what was announced."""
        return (fact[0] for fact in self.facts if isinstance(fact, tuple))

    def __str__(self) -> str:
        return f"{self.taken}: {'; '.join(self.heard) or 'nothing'}"


@dataclass
class Called:
    """What objects of a run are called. A name is never given twice, even when who had it is gone."""

    names: dict[int, str] = field(default_factory=dict)
    """By the id of a live object."""
    given: dict[str, int] = field(default_factory=dict)
    """How many names there are of each class."""

    def of(self, target: HeapObject) -> str:
        """Return what an object is called, and give it a name if it has none."""
        if id(target) not in self.names:
            prefix = getattr(target, "short_name", "") or type(target).__name__
            self.given[prefix] = self.given.get(prefix, 0) + 1
            self.names[id(target)] = f"{prefix}{self.given[prefix]}"
        return self.names[id(target)]

    def after(self, copies: dict[int, Any]) -> Called:
        """Return the same for the copies of the objects."""
        return Called({id(copies[each]): name for each, name in self.names.items() if each in copies}, dict(self.given))


@dataclass(eq=False)
class RunState:
    """A state of a run, and what its objects are called."""

    state: Any
    called: Called
    is_end: bool = False
    """Whether no engine goes on from here: something was raised, or a counter is below 0."""

    def key(self, called: Mapping[str, str] | None = None) -> tuple[object, ...]:
        """Return a value that is equal for states that are alike, their objects called alike.

        With `called`, an object goes by what that says for its name, and how many names there were does not matter.
        """
        taken = snapshot(self.state)
        names = [self.called.names.get(id(each), "") for each in taken.objects]
        if called is not None:
            return self.is_end, taken.key, *taken.sizes, *(called.get(name, "") for name in names)
        return self.is_end, taken.key, *taken.sizes, *names, tuple(sorted(self.called.given.items()))


def as_first(nodes: Iterable[RunState]) -> dict[str, str]:
    """Return for each name of a live object of some states the one that it would have if no other had been there."""
    names = {name for each in nodes for name in each.called.names.values()}
    found: dict[str, str] = {}
    for prefix, group in itertools.groupby(sorted(names, key=_in_order), key=lambda name: _in_order(name)[0]):
        found |= {name: f"{prefix}{number}" for number, name in enumerate(group, 1)}
    return found


def _in_order(name: str) -> tuple[str, int]:
    prefix = name.rstrip("0123456789")
    return prefix, int(name.removeprefix(prefix) or 0)


class Watched:
    """The steps of one model, observed, with sizes from 1 up to a bound."""

    def __init__(self, model: Model, largest: int, observed: Collection[str] = ()) -> None:
        self.model = model
        self.sizes = tuple(range(1, largest + 1))
        self.observed = frozenset(observed)
        """The names of what is listened to. Empty: everything."""
        self.known: dict[object, list[tuple[Observed, RunState]]] = {}

    def beginnings(self) -> list[tuple[Observed, RunState]]:
        """Return each beginning that there is.

        Raises `NothingComparedError` where there is none, and `ModelError` where one raises.
        """
        parameters = open_parameters(self.model)
        found = []
        for given in itertools.product(*ranges(parameters, (), self.sizes)):
            for ears in _every_way("begin"):
                with oracle.consulting(ears):
                    state, outcome = begin(self.model, given)
                if outcome.error is not None:
                    raise cannot_begin(self.model, outcome)
                if outcome.taken:
                    called = Called()
                    pairs = zip(parameters, given, strict=True)
                    words = ", ".join(f"{each.name}={worded(value)}" for each, value in pairs)
                    found.append(
                        (self.seen(f"begin({words})", ears, called), RunState(state, called, is_negative(state)))
                    )
        if not found:
            name, sizes = type(self.model).__name__, f"sizes up to {self.sizes[-1]}"
            message = f"{name} has no beginning with {sizes}: nothing can be compared; say --sizes"
            raise NothingComparedError(message)
        return found

    def steps(self, node: RunState) -> list[tuple[Observed, RunState]]:
        """Return each step that can be taken from a state, what is observed of it, and the state after it."""
        key = node.key()
        if key not in self.known:
            self.known[key] = [] if node.is_end else [*self._steps(node)]
        return self.known[key]

    def _steps(self, node: RunState) -> Iterator[tuple[Observed, RunState]]:
        objects = snapshot(node.state).objects
        for action in actions_of(type(self.model)):
            for arguments in itertools.product(*ranges(action.parameters, objects, self.sizes)):
                for ears in _every_way(action.name):
                    if (taken := self.take(node, objects, action, arguments, ears)) is not None:
                        yield taken

    def take(
        self, node: RunState, objects: list[Any], action: Action, arguments: tuple[object, ...], ears: _Ears
    ) -> tuple[Observed, RunState] | None:
        """Take a step on a copy of a state; None where it is refused."""
        copies: dict[int, Any] = {}
        after = clone(node.state, copies)
        given = bind(action.parameters, arguments, [copies[id(each)] for each in objects])
        with oracle.consulting(ears):
            outcome = attempt(after, action, given)
        if outcome.refused:
            return None
        called = node.called.after(copies)
        words = ", ".join([called.of(each) if isinstance(each, HeapObject) else worded(each) for each in given])
        seen = self.seen(f"{action.name}({words})", ears, called, outcome)
        return seen, RunState(after, called, bool(seen.raised) or is_negative(after))

    def seen(self, taken: str, ears: _Ears, called: Called, outcome: Outcome = TAKEN) -> Observed:
        raised = "" if outcome.error is None else type(outcome.error).__name__
        listened = [(event, details) for event, details in ears.events if not self.observed or event in self.observed]
        facts = [_fact(event, details, called) for event, details in listened]
        heard = [_event(event, details, called) for event, details in listened]
        return Observed(taken, (*heard, *([f"raises {raised}"] if raised else [])), (*facts, raised), outcome.raised)


class _Ears(oracle.Oracle):
    """Makes the environment's choices by a script, and the first beyond it; hears what is announced."""

    def __init__(self, script: tuple[int, ...], doing: str) -> None:
        self.script = script
        self.doing = doing
        self.taken: list[tuple[int, int]] = []
        """Each choice, and of how many."""
        self.events: list[tuple[str, dict[str, object]]] = []

    def choose(self, options: int) -> int:
        place = len(self.taken)
        pick = self.script[place] if place < len(self.script) else 0
        self.taken.append((pick, options))
        return pick

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - only the best are taken
        good = list(best())
        return good[self.choose(len(good))]

    def note(self, event: str, details: dict[str, object]) -> None:
        self.events.append((event, as_it_is(details)))


def _every_way(doing: str) -> Iterator[_Ears]:
    """Yield ears for each way to choose; each must be used before the next is asked for."""
    script: tuple[int, ...] | None = ()
    while script is not None:
        ears = _Ears(script, doing)
        yield ears
        picks = [pick for pick, _ in ears.taken]
        script = next(
            (
                (*picks[:place], picks[place] + 1)
                for place in reversed(range(len(picks)))
                if picks[place] + 1 < ears.taken[place][1]
            ),
            None,
        )


def _event(event: str, details: dict[str, object], called: Called) -> str:
    words = [event]
    several = sum(isinstance(value, HeapObject) for value in details.values()) > 1
    for key, value in details.items():
        if value is True:
            words.insert(0, key)
        elif value is not False:
            said = _said(value, called)
            plain = key == "size" or (isinstance(value, HeapObject) and not several)
            words.append(said if plain else f"{key}={said}")
    return " ".join(words)


def _said(value: object, called: Called) -> str:
    """Return a detail in words: a text as it is if it is a name, and else in quotes."""
    is_name = not isinstance(value, str) or value.isidentifier()
    return in_words(value, called.of) if is_name else repr(value)


def _fact(event: str, details: dict[str, object], called: Called) -> tuple[object, ...]:
    """Return an announcement as it is compared: `False` is as good as nothing, and 1 is not "1"."""
    told = ((key, value) for key, value in sorted(details.items(), key=itemgetter(0)) if value is not False)
    return event, *((key, _kind(value), in_words(value, called.of)) for key, value in told)


def _kind(value: object) -> str:
    return next((kind.__name__ for kind in (HeapObject, Enum, str) if isinstance(value, kind)), "")
