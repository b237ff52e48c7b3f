"""A run as plain data, and its replay on plain integers.

Every engine reports what it found as a `Run`, and nothing is reported before the run was replayed here: the model is
executed on integers, and the claim is evaluated on the states that come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NoReturn

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError, Require, guard_here, model_lines, values_at
from spillproof.model.fields import fields_of
from spillproof.model.heap import HeapObject
from spillproof.model.identity import Identity, numbered
from spillproof.model.notebook import as_html
from spillproof.model.state import snapshot
from spillproof.model.step import attempt, begin
from spillproof.model.system import Action, Kind, Model, actions_of, open_parameters
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.announcement import as_it_is, in_words, worded


@dataclass(frozen=True)
class Step:
    """A step on integers: the action, its arguments, and what the environment chose within it.

    An argument is a size in bytes, the index of a heap object in the canonical order of the state before the step, or a
    value of a bool or an enum.
    """

    action: str
    """Its name."""
    arguments: tuple[Any, ...]
    """In the order of the action's parameters."""
    picks: tuple[int, ...] = ()
    """Which of its possibilities the environment took, from 0, each time that the step asked it."""


@dataclass(frozen=True)
class Run:
    """A model at its scope, what the beginning was given, and the steps taken."""

    model: Model
    opening: tuple[Any, ...]
    """The arguments of `begin` that the scope leaves open, in their order."""
    steps: tuple[Step, ...]
    opening_picks: tuple[int, ...] = ()
    """What the environment chose within `begin`."""

    def __len__(self) -> int:
        return len(self.steps)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The beginning and the state after each step, on integers: it is replayed once, when they are asked for.

        Raises `ModelError` where the run does not fit the model at all.
        """
        return tuple(_moments(self))

    def __str__(self) -> str:
        """Return the run as the command tells it, a step a line."""
        from spillproof.properties.engines.story.run_text import told_run  # it tells of what is defined here

        return "\n".join(told_run(list(self.moments), -1))  # pyright: ignore[reportArgumentType] # two names of one file


@dataclass(repr=False)
class Moment:
    """A state of a replayed run: what was done, to which objects, what was announced, what was raised."""

    state: Any
    """A copy of its own; the objects of different moments are told apart by `names`."""
    step: Step | None
    """None for the beginning."""
    spelled: str
    """The step as a person writes it: `insert(E1, 3)`."""
    names: dict[int, str]
    """What the objects of the state are called, by id."""
    objects: list[Any]
    """The objects of the state in canonical order."""
    numbers: list[int]
    """Their numbers, which an object keeps throughout the run."""
    events: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    """What the model announced during the step, such as releases; objects are those of `state`, and have names."""
    lines: list[tuple[str, ...]] = field(default_factory=list)
    """For each event the lines of the model that led to it, the action's own first."""
    raised: str = ""
    """What the step raised, and at which line of the model; empty where it raised nothing."""
    refused: bool = False
    """Whether a guard was false, so that the step could not be taken."""
    looked_at: dict[str, object] = field(default_factory=dict)
    """What the line that raised looked at, as it stands there, with the values: `self.pages[key]`'s `key`."""
    guard: str = ""
    """The guard that was false, as the model has it: `require(self.page is not None)`; or `a guard`."""

    def __repr__(self) -> str:
        """Return the step and the bytes after it: `<Moment load(1): accounted 1, reachable 1>`."""
        from spillproof.properties.engines.story.run_text import in_a_line  # it tells of what is defined here

        return f"<Moment {in_a_line(self)}>"  # pyright: ignore[reportArgumentType] # two names of one file

    def __str__(self) -> str:
        """Return the step as the command tells it, with what it announced."""
        from spillproof.properties.engines.story.run_text import told_run

        return "\n".join(told_run([self], -1))  # pyright: ignore[reportArgumentType] # two names of one file

    def _repr_html_(self) -> str:
        return as_html(str(self))


class Script(oracle.Oracle):
    """Makes the choices that a run recorded, and keeps what the model announces."""

    def __init__(self, picks: tuple[int, ...], doing: str) -> None:
        self.picks = list(picks)
        self.doing = doing
        self.events: list[tuple[str, dict[str, object]]] = []
        self.lines: list[tuple[str, ...]] = []
        """For each event the lines of the model that led to it, the action first."""
        self.guard = "a guard"
        """The first guard that was false."""

    def abandon(self, why: BaseException) -> NoReturn:
        if self.ended_by is None and isinstance(why, Require):
            self.guard = guard_here() or self.guard
        super().abandon(why)

    def choose(self, options: int) -> int:
        pick = self.picks.pop(0) if self.picks else 0
        if pick >= options:
            message = f"{self.doing}: the run chose possibility {pick + 1}, but here there are only {options}"
            self.abandon(ModelError(message))
        return pick

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        pick = self.choose(options)
        if pick not in best():
            self.abandon(Require())
        return pick

    def note(self, event: str, details: dict[str, object]) -> None:
        self.events.append((event, as_it_is(details)))
        self.lines.append(model_lines())


def replay(run: Run) -> list[Moment]:
    """Return the beginning and the state after each step, on integers.

    Ends early at a step that is refused by a guard or raises; the last moment then says so. Raises `ModelError` where
    the run does not fit the model at all.
    """
    return list(run.moments)


def _moments(run: Run) -> Iterator[Moment]:
    playing = Playing(run.model)
    yield playing.begin(run.opening, run.opening_picks)
    for step in run.steps:
        moment = playing.take(step)
        yield moment
        if moment.raised or moment.refused:
            return


class Playing:
    """A run on integers while it is being taken: one state, which each step changes."""

    state: Any

    def __init__(self, model: Model) -> None:
        self.model = model
        self.actions = {action.name: action for action in actions_of(type(model))}
        self.naming = Naming()
        self.numbering = Numbering()

    def begin(self, given: tuple[Any, ...], picks: tuple[int, ...] = (), script: Script | None = None) -> Moment:
        """Take what the scope leaves open, in order, and return the first moment."""
        opening = open_parameters(self.model)
        script = script or Script(picks, "begin")
        with oracle.consulting(script):
            self.state, outcome = begin(self.model, given)
        if not outcome.taken:
            message = f"{type(self.model).__name__} cannot begin so: {outcome.raised or 'a guard of begin is false'}"
            raise ModelError(message) from outcome.error
        words = ", ".join(f"{each.name}={worded(value)}" for each, value in zip(opening, given, strict=True))
        return self._moment(None, f"begin({words})", script)

    def take(self, step: Step, script: Script | None = None) -> Moment:
        """Take a step, and return the moment after it. Raises `ModelError` where it does not fit the model.

        `script` makes the choices within the step; without it, those that the step records are made.
        """
        if step.action not in self.actions:
            message = f"{type(self.model).__name__} has no action {step.action!r}; available: {', '.join(self.actions)}"
            raise ModelError(message)
        arguments = resolve(self.state, step, self.actions[step.action])
        words = ", ".join(self.naming.of(each) if isinstance(each, HeapObject) else worded(each) for each in arguments)
        script = script or Script(step.picks, step.action)
        with oracle.consulting(script):
            outcome = attempt(self.state, self.actions[step.action], arguments)
        moment = self._moment(step, f"{step.action}({words})", script)
        moment.raised, moment.refused = outcome.raised, outcome.refused
        moment.guard = script.guard if outcome.refused else ""
        if outcome.error is not None:
            moment.looked_at = self._looked_at(outcome.error, moment)
        return moment

    def _looked_at(self, error: Exception, moment: Moment) -> dict[str, object]:
        """Return what the line that raised looked at, with the moment's own copies of objects."""
        copies = dict(zip(map(id, snapshot(self.state).objects), moment.objects, strict=True))
        return {name: copies.get(id(value), value) for name, value in values_at(error).items()}

    def _moment(self, step: Step | None, spelled: str, script: Script) -> Moment:
        originals = snapshot(self.state).objects
        copies: dict[int, Any] = {}
        copy = clone(self.state, copies)
        events = [
            (event, {key: self._announced(value, copies) for key, value in details.items()})
            for event, details in script.events
        ]
        names = {id(copies[known]): name for known, name in self.naming.names.items() if known in copies}
        objects = [copies[id(each)] for each in originals]
        return Moment(copy, step, spelled, names, objects, self.numbering.of(originals), events, script.lines)

    def _announced(self, value: object, copies: dict[int, Any]) -> object:
        """Return what was announced, with a name and as the moment's own copy if it is an object; else text or size."""
        if not isinstance(value, HeapObject):
            return value if value is None or isinstance(value, (int, Enum)) else in_words(value, self.naming.of)
        self.naming.of(value)
        return clone(value, copies)


def resolve(state: Model, step: Step, action: Action) -> tuple[Any, ...]:
    """Return the arguments of a step with objects for indices. Raises `ModelError` where one does not fit."""
    if len(step.arguments) != len(action.parameters):
        message = f"{action.name} takes {len(action.parameters)} arguments, and the run gives {len(step.arguments)}"
        raise ModelError(message)
    objects = snapshot(state).objects
    return tuple(
        _resolve(objects, each.type, value) if each.kind is Kind.OBJECT else value
        for each, value in zip(action.parameters, step.arguments, strict=True)
    )


def _resolve(objects: list[Any], wanted: type, index: Any) -> Any:
    if type(index) is not int or not 0 <= index < len(objects) or not isinstance(objects[index], wanted):
        message = f"the run names object {index!r} as a {wanted.__name__}, but no live {wanted.__name__} has that index"
        raise ModelError(message)
    return objects[index]


class Naming:
    """Names objects E1, E2 and so on, in the order in which a run first mentions them.

    A class says what its objects are called by `short_name`; otherwise it is the class's own name.
    """

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.kept: list[object] = []
        self.counts: dict[str, int] = {}

    def of(self, named: object) -> str:
        """Return the name of an object, and give it one if it has none."""
        name = self.names.get(id(named))
        if name is None:
            prefix = getattr(named, "short_name", "") or type(named).__name__
            self.counts[prefix] = self.counts.get(prefix, 0) + 1
            name = self.names[id(named)] = f"{prefix}{self.counts[prefix]}"
            self.kept.append(named)
        return name


class Numbering:
    """Numbers objects in the order in which they appear in a run, so that one is known again in a later state.

    An object that appears in one step with others is numbered in the canonical order of the state after it. Two runs
    that begin alike therefore number alike, for as long as they go on alike.
    """

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.kept: list[object] = []

    def of(self, objects: list[object]) -> list[int]:
        """Return the number of each object, given now to those that have none."""
        for each in objects:
            if id(each) not in self.numbers:
                self.numbers[id(each)] = len(self.kept)
                self.kept.append(each)  # its id must not be used again
        return [self.numbers[id(each)] for each in objects]

    def __len__(self) -> int:
        return len(self.kept)


def false_at(claim: Claim, moments: Sequence[Moment]) -> int | None:
    """Return the first moment at which a claim is false (for a `sometimes` claim: true), or None.

    Evaluates the claim's own function on integers. Raises `ClaimError` where it cannot be asked.
    """
    if claim.mode is Mode.RECOVERABLE:
        return _trapped(claim, moments)
    for index, now in enumerate(moments):
        if claim is NO_EXCEPTION:
            hit = bool(now.raised)
        elif now.raised or now.refused:
            hit = False
        elif claim is NEVER_NEGATIVE:
            hit = any(size < 0 for size in sizes_of(now.state))
        elif claim.over_steps:
            hit = index > 0 and asked_between(claim, moments[index - 1], now) is (claim.mode is Mode.SOMETIMES)
        else:
            hit = bool(claim(now.state)) is (claim.mode is Mode.SOMETIMES)
        if hit:
            return index
    return None


def _trapped(claim: Claim, moments: Sequence[Moment]) -> int | None:
    """Return the first moment from which no way back to where a claim is true was found; None where there is one."""
    from spillproof.properties.engines.recovery.trap import is_stuck  # it takes steps, and so needs what is here

    first = None
    for index in reversed(range(len(moments))):
        now = moments[index]
        if now.raised or now.refused:
            continue
        if not is_stuck(claim, now.state):
            break
        first = index
    return first


def asked_between(claim: Claim, before: Moment, after: Moment) -> bool:
    """Return what a claim about steps answers of two moments, of which objects with one number are one object."""
    return bool(claim(before.state, after.state, identity=identity_between(before, after)))


def identity_between(before: Moment, after: Moment) -> Identity:
    """Return which objects of a moment are which of an earlier one."""
    by_number = [dict(zip(each.numbers, each.objects, strict=False)) for each in (before, after)]
    return numbered(*by_number)


def weight(run: Run) -> tuple[int, int]:
    """Return how many heap objects are live at the end of a run, and the sum of all sizes that it was given."""
    end = replay(run)[-1]
    actions = {action.name: action for action in actions_of(type(run.model))}
    given = [size for each, size in zip(open_parameters(run.model), run.opening, strict=True) if each.kind is Kind.SIZE]
    given += [
        size
        for step in run.steps
        for each, size in zip(actions[step.action].parameters, step.arguments, strict=True)
        if each.kind is Kind.SIZE
    ]
    return sum(1 for each in end.objects if isinstance(each, HeapObject)), sum(given)


def sizes_of(state: Model) -> list[int]:
    """Return every size in a state."""
    return [size for each in snapshot(state).objects for _, sizes in sizes_in(each) for size in sizes]


def sizes_in(each: object) -> Iterator[tuple[str, list[int]]]:
    """Yield the fields of an object that hold sizes, each with the sizes in it."""
    values = vars(each)
    for name, is_size in fields_of(type(each)).of(values):
        if is_size:
            found: list[int] = []
            _collect(values[name], found)
            yield name, found


def _collect(value: Any, found: list[int]) -> None:
    if type(value) is int:
        found.append(value)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _collect(each, found)
    elif isinstance(value, dict):
        for each in value.values():
            _collect(each, found)
