"""Runs on plain integers, each taken from the beginning: no state is kept, copied or restored.

But for the long ones in which all of many objects have their turn: there each step is tried on a copy.

Where an engine stops, this stops too: after a step that raises, and after one that makes a counter negative.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError, Require
from spillproof.model.heap import HeapObject
from spillproof.model.system import Action, Kind, Model, Parameter, actions_of, open_parameters
from spillproof.properties.engines.challenge.words import Spelling, spell


@dataclass(frozen=True, slots=True)
class Nth:
    """An object as an argument: its number in the spelling of the state before the step."""

    number: int


@dataclass(frozen=True, slots=True)
class Deed:
    """A step: the action, its arguments with numbers for objects, and what the environment chose within it."""

    action: Action
    arguments: tuple[Any, ...]
    picks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """How a state comes about: what `begin` is given, what is chosen in it, and the steps."""

    opening: tuple[Any, ...]
    picks: tuple[int, ...] = ()
    deeds: tuple[Deed, ...] = ()

    def __len__(self) -> int:
        return len(self.deeds)

    def then(self, deed: Deed) -> History:
        return replace(self, deeds=(*self.deeds, deed))

    def bytes(self) -> int:
        """Return the sum of all sizes that the run was given."""
        return sum(
            value for given in (self.opening, *(deed.arguments for deed in self.deeds)) for value in given
            if type(value) is int
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScratchRun:
    """A run, and what came of its last step."""

    history: History
    state: Any
    spelling: Spelling
    raised: bool = False
    earlier: tuple[Any, ...] = ()
    """The objects before the last step, as they are after it, in the order of the spelling before it."""


class Unrepeatable(Exception):
    """A run that was taken again from the beginning did not go as before: the model hides state."""

    def __init__(self, history: History) -> None:
        super().__init__("a run did not go as before")
        self.history = history


class Spent(Exception):
    """The work that was allowed is done, or the time is up."""


@dataclass
class Allowance:
    """How much may be done: work is counted, so that it is the same every time; time is what ends it at the latest."""

    work: int
    """In units: a step, or a claim that is asked."""
    until: float = inf
    """When the processor time of this process is up, in seconds."""
    deadline: float = inf
    """Of `time.monotonic`, in seconds."""

    def spend(self) -> None:
        """Count a unit of work. Raises `Spent`."""
        self.work -= 1
        if self.work < 0 or (self.work % 8 == 0 and time.monotonic() > self.deadline):
            raise Spent
        if self.work % 64 == 0 and time.process_time() > self.until:  # it takes as long as a step does
            raise Spent


class Choices(oracle.Oracle):
    """Makes the environment's choices by a script, and the first possible choice beyond it."""

    def __init__(self, script: tuple[int, ...], doing: str) -> None:
        self.script = script
        self.doing = doing
        self.taken: list[int] = []
        self.widths: list[int] = []

    def choose(self, options: int) -> int:
        place = len(self.taken)
        self.taken.append(self.pick(place, options))
        self.widths.append(options)
        return self.taken[-1]

    def pick(self, place: int, options: int) -> int:
        """Return which of the options to take at the choice that comes so many choices after the first."""
        wanted = self.script[place] if place < len(self.script) else 0
        return min(wanted, options - 1)

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - only the best are taken
        good = list(best())
        return good[self.choose(len(good))]

    def following(self) -> tuple[int, ...] | None:
        """Return the script of the next way to choose, or None after the last."""
        for place in reversed(range(len(self.taken))):
            if self.taken[place] + 1 < self.widths[place]:
                return (*self.taken[:place], self.taken[place] + 1)
        return None


class Scratch:
    """Takes runs of one model from the beginning."""

    def __init__(self, model: Model, allowance: Allowance) -> None:
        self.model = model
        self.allowance = allowance
        self.opening = open_parameters(model)
        self.actions = actions_of(type(model))

    def spell(self, state: Any) -> Spelling:
        return spell(state, self.model.scope)

    # From the beginning

    def at(self, history: History) -> Any:
        """Return a new state to which a run leads. Raises `Unrepeatable` where it does not lead anywhere any more."""
        try:
            state = self.begin(history.opening, Choices(history.picks, "begin"))
            for deed in history.deeds:
                self.take(state, deed, Choices(deed.picks, deed.action.name))
        except (Spent, ModelError):
            raise
        except Exception as error:
            raise Unrepeatable(history) from error
        return state

    def begin(self, opening: tuple[Any, ...], choices: Choices) -> Any:
        self.allowance.spend()
        with oracle.consulting(choices):
            return self.model.start(**dict(zip((each.name for each in self.opening), opening, strict=True)))

    def take(self, state: Any, deed: Deed, choices: Choices, objects: Sequence[Any] = ()) -> None:
        """Take a step. `objects` are those of the state, where somebody has looked for them already."""
        self.allowance.spend()
        given = deed.arguments
        if any(type(each) is Nth for each in given):
            objects = objects or self.spell(state).objects
            given = tuple(objects[each.number] if type(each) is Nth else each for each in given)
        with oracle.consulting(choices):
            deed.action.take(state, given)

    # Every way to go on

    def beginnings(self, sizes: Sequence[int]) -> Iterator[ScratchRun]:
        """Yield each way to begin with open sizes among those given."""
        for opening in itertools.product(*(self.values(each, sizes, ()) for each in self.opening)):
            yield from self.ways_to_begin(opening)

    def ways_to_begin(self, opening: tuple[Any, ...]) -> Iterator[ScratchRun]:
        script: tuple[int, ...] | None = ()
        while script is not None:
            choices = Choices(script, "begin")
            try:
                state = self.begin(opening, choices)
            except Require:
                pass
            else:
                yield ScratchRun(History(opening, tuple(choices.taken)), state, self.spell(state))
            script = choices.following()

    def steps(self, history: History, before: Spelling, sizes: Sequence[int]) -> Iterator[ScratchRun]:
        """Yield each step after a run that is not refused, with sizes among those given."""
        for action in self.actions:
            values = [self.values(each, sizes, before.objects) for each in action.parameters]
            yield from self.all_ways(history, action, values)

    def all_ways(self, history: History, action: Action, values: Iterable[Iterable[Any]]) -> Iterator[ScratchRun]:
        """Yield each way that a step can go after a run, with each combination of these arguments."""
        for arguments in itertools.product(*values):
            yield from self.ways(history, action, arguments)

    def ways(self, history: History, action: Action, arguments: tuple[Any, ...]) -> Iterator[ScratchRun]:
        """Yield each way that a step can go after a run, whatever the environment chooses."""
        script: tuple[int, ...] | None = ()
        while script is not None:
            choices = Choices(script, action.name)
            taken = self.attempt(history, action, arguments, choices)
            if taken is not None:
                yield taken
            script = choices.following()

    def attempt(
        self, history: History, action: Action, arguments: tuple[Any, ...], choices: Choices
    ) -> ScratchRun | None:
        """Try a step after a run that is taken from the beginning. Return what comes of it; None if it is refused."""
        state = self.at(history)
        return self.attempted(history, state, self.spell(state).objects, Deed(action, arguments), choices)

    def attempt_on_copy(
        self, reached: ScratchRun, action: Action, arguments: tuple[Any, ...], choices: Choices
    ) -> ScratchRun | None:
        """Do the same on a copy of the state that was reached, which for a long run takes far less time."""
        copies: dict[int, Any] = {}
        state = clone(reached.state, copies)
        objects = [copies[id(each)] for each in reached.spelling.objects]
        return self.attempted(reached.history, state, objects, Deed(action, arguments), choices)

    def attempted(
        self, history: History, state: Any, objects: Sequence[Any], deed: Deed, choices: Choices
    ) -> ScratchRun | None:
        """Try a step in a state with these objects, which it uses up."""
        earlier, raised = tuple(objects), False
        try:
            self.take(state, deed, choices, earlier)
        except (Require, ModelError):
            return None
        except Spent:
            raise
        except Exception:  # noqa: BLE001 - whatever a model raises is what no_exception is about
            raised = True
        history = history.then(replace(deed, picks=tuple(choices.taken)))
        return ScratchRun(history, state, self.spell(state), raised, earlier)

    def values(self, parameter: Parameter, sizes: Sequence[int], objects: Sequence[Any]) -> Sequence[Any]:
        """Return what an argument ranges over."""
        if parameter.kind is Kind.SIZE:
            return sizes
        if parameter.kind is Kind.OBJECT:
            return [Nth(number) for number, each in enumerate(objects) if isinstance(each, parameter.type)]
        return parameter.values

    # For a person

    def spelled(self, history: History) -> tuple[str, ...]:
        """Return a run a line a step, as a person writes it; objects are numbered in the order of their mention."""
        names: dict[int, str] = {}
        kept: list[Any] = []
        given = zip(self.opening, history.opening, strict=True)
        lines = [f"begin({', '.join(f'{each.name}={_word(value)}' for each, value in given)}){_picked(history.picks)}"]
        state = self.begin(history.opening, Choices(history.picks, "begin"))
        for deed in history.deeds:
            objects = self.spell(state).objects
            kept += objects
            words = [
                _called(objects[each.number], names) if type(each) is Nth else _word(each) for each in deed.arguments
            ]
            lines.append(f"{deed.action.name}({', '.join(words)}){_picked(deed.picks)}")
            try:
                self.take(state, deed, Choices(deed.picks, deed.action.name))
            except (Spent, ModelError):
                raise
            except Exception as error:  # noqa: BLE001 - as above
                lines[-1] += f"  raises {type(error).__name__}{f': {error}' if str(error) else ''}"
                break
        return tuple(lines)


def _called(target: HeapObject, names: dict[int, str]) -> str:
    if id(target) not in names:
        prefix = getattr(target, "short_name", "") or type(target).__name__
        number = sum(1 for name in names.values() if name.rstrip("0123456789") == prefix) + 1
        names[id(target)] = f"{prefix}{number}"
    return names[id(target)]


def _word(value: Any) -> str:
    return str(getattr(value, "name", value))


def _picked(picks: tuple[int, ...]) -> str:
    return f", choosing {', '.join(str(pick + 1) for pick in picks)}" if picks else ""
