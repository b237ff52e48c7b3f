"""A run as data: what was done, and the whole heap after it, step by step.

A trace holds all that is needed to take the run again, and all that the pictures and pages are made from. It refers to
no live object; and nothing in it depends on the machine, the time, or the seed.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from spillproof.model.errors import ModelError, place_of
from spillproof.model.fields import fields_of
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.names import counted
from spillproof.model.notebook import as_html
from spillproof.model.system import Kind, Model, Parameter, actions_of, open_parameters
from spillproof.properties.engines.evidence.evidence import Evidence
from spillproof.properties.engines.run import Moment, Run, Step, replay
from spillproof.properties.engines.story.holders import measured
from spillproof.properties.engines.story.names import names_of
from spillproof.properties.engines.story.run_text import told_run

Constant: TypeAlias = "int | str | bool | tuple[str, ...]"
"""A value of a scope or an argument. A member of an enum stands as its name, a frozenset as its sorted members."""

PYTHONS = frozenset({"CPython", "PyPy", "GraalVM"})
"""What `platform.python_implementation` may say."""

Pairs: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Argument:
    """An argument of a step. A size stands in bytes, an object as its index in the state before the step."""

    name: str
    kind: Kind
    value: Constant


@dataclass(frozen=True)
class Object:
    """An object of the heap at one moment: what is in its fields, sorted by what they hold."""

    number: int
    """It keeps its number throughout the run; objects are numbered as they appear."""
    name: str
    """What the run calls it, such as `E1`; or how it is reached, such as `E1.reading_iterator`."""
    kind: str
    """Its class."""
    shallow: int
    sizes: tuple[tuple[str, int], ...]
    references: Pairs
    """The fields that refer to an object, with its name."""
    constants: Pairs

    @property
    def title(self) -> str:
        """What it is called in another run, too: its name where the run gave it one, else its class."""
        return self.name if "." not in self.name and not self.name.islower() else self.kind


@dataclass(frozen=True)
class Event:
    """What the model announced during a step: `release`, with the consumer and the size."""

    name: str
    details: Pairs
    lines: tuple[str, ...] = ()
    """The lines of the model that led to it, the action's own first."""


@dataclass(frozen=True)
class State:
    """The state after a step (or after the beginning), and that step."""

    action: str
    """`begin` for the first."""
    arguments: tuple[Argument, ...]
    picks: tuple[int, ...]
    """What the environment chose within the step."""
    spelled: str
    """The step as a person writes it: `insert(E1, 3)`."""
    accounted: int | None
    """In bytes; None, as the three below, where the model does not say."""
    reachable: int | None
    unclaimed: int | None
    free: int | None
    events: tuple[Event, ...]
    raised: str
    heap: tuple[Object, ...]
    """Every object in canonical order; the first is the model itself."""
    roots: Pairs
    """The references from outside the heap: what is not reachable from them is garbage."""

    @property
    def gap(self) -> int | None:
        """By how much the reachable bytes exceed what is accounted or unclaimed, or 0; None where nobody measured."""
        if self.reachable is None or self.accounted is None:
            return None
        return max(0, self.reachable - self.accounted - (self.unclaimed or 0))


@dataclass(frozen=True)
class Source:
    """The text of an action, so that a reader of the trace need not have the model."""

    action: str
    place: str
    """`file:line` of its first line."""
    text: str


@dataclass(frozen=True, repr=False)
class Trace:
    """A run as data."""

    model: str
    """What the model is called: a name of the catalogue, or `path/to/file.py:Class`."""
    scope: tuple[tuple[str, Constant], ...]
    """The constants of its scope, by name."""
    claims: tuple[str, ...]
    """The claims that the run violates, or shows."""
    violation: bool
    """Whether it violates them."""
    states: tuple[State, ...]
    """The state at the beginning, and after each step."""
    guilty: int | None = None
    """The first state of which the claims are false (or which shows them). None where nobody said."""
    sources: tuple[Source, ...] = ()
    """The text of `begin` and of each action that the run takes."""
    evidence: Evidence | None = None
    """What the first of the claims read. None where nobody asked it."""
    never_empty: Pairs = ()
    """The classes and fields that refer to an object always: their annotations do not admit None."""
    final: Pairs = ()
    """Those of them that no line of the model sets once their holder is made."""

    def __repr__(self) -> str:
        """Return what the trace is of: `<Trace of spark@2.3.4: 3 steps, violates free_is_unreachable>`."""
        does, steps = "violates" if self.violation else "shows", counted(len(self.states) - 1, "step")
        return f"<Trace of {self.model}: {steps}, {does} {', '.join(self.claims) or 'nothing'}>"

    def __str__(self) -> str:
        """Return the run as the command tells it, a step a line."""
        from spillproof.counterexamples.moments import revive  # it makes moments of what is defined here

        at = -1 if self.guilty is None else self.guilty
        return "\n".join(told_run(revive(self), at))  # pyright: ignore[reportArgumentType] # two names of one file

    def _repr_svg_(self) -> str | None:
        """Return the heap after each step as a picture; None where there are too many steps for one."""
        from spillproof.counterexamples.export.svg import svg

        try:
            return svg(self)  # pyright: ignore[reportArgumentType] # two names of one file
        except ModelError:
            return None

    def _repr_html_(self) -> str:
        return as_html(str(self)) + (self._repr_svg_() or "")

    @property
    def is_of_running_code(self) -> bool:
        """Whether it is of running code, and not of a model: its scope says which Python ran it."""
        return not PYTHONS.isdisjoint(name for name, _ in self.scope)

    def run(self, model: Model) -> Run:
        """Return the run on a model, which may be another variant than the trace was made of.

        Raises `ModelError` where the model has no such action, argument, or value.
        """
        kinds = {action.name: action.parameters for action in actions_of(type(model))}
        first, *rest = self.states
        opening = live(first, open_parameters(model))
        steps = []
        for state in rest:
            if state.action not in kinds:
                message = f"{type(model).__name__} has no action {state.action!r}; available: {', '.join(kinds)}"
                raise ModelError(message)
            steps.append(Step(state.action, live(state, kinds[state.action]), state.picks))
        return Run(model, opening, tuple(steps), first.picks)


def trace(
    run: Run,
    model: str = "",
    claims: tuple[str, ...] = (),
    *,
    violation: bool = True,
    guilty: int | None = None,
    evidence: Evidence | None = None,
) -> Trace:
    """Return a run as data. It is replayed on integers to see its states."""
    scope = tuple((name, constant(value)) for name, value in sorted(run.model.scope.items()))
    states = tuple(_state(moment, run) for moment in replay(run))
    taken = dict.fromkeys(["begin", *(state.action for state in states)])
    sources = tuple(_source(type(run.model), action) for action in taken)
    return Trace(
        model or type(run.model).__name__, scope, claims, violation, states, guilty, sources, evidence, *_lasting(run)
    )


def constant(value: Any) -> Constant:
    """Return a value of a scope or an argument without its class."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (frozenset, tuple)):
        return tuple(sorted(str(constant(member)) for member in value))
    return value if isinstance(value, (int, str)) else repr(value)


# From a run


def _state(moment: Moment, run: Run) -> State:
    step = moment.step
    given, picks = (run.opening, run.opening_picks) if step is None else (step.arguments, step.picks)
    bytes_ = measured(moment)
    return State(
        action="begin" if step is None else step.action,
        arguments=tuple(
            Argument(each.name, each.kind, constant(value))
            for each, value in zip(_parameters(moment, run), given, strict=True)
        ),
        picks=picks,
        spelled=moment.spelled,
        accounted=bytes_.get("accounted"),
        reachable=bytes_.get("reachable"),
        unclaimed=bytes_.get("unclaimed"),
        free=bytes_.get("free"),
        events=tuple(
            _event(moment, name, details, lines)
            for (name, details), lines in zip(moment.events, moment.lines, strict=True)
        ),
        raised=moment.raised,
        heap=_heap(moment, names := names_of(moment)),
        roots=_roots(moment, names),
    )


def _roots(moment: Moment, names: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    """Return the names of the roots and of what they lead to; none where the model fails to say them."""
    try:
        return tuple((root.name, names[id(root.target)]) for root in moment.state.roots())
    except Exception:  # noqa: BLE001 - the model is not ours
        return ()


def _lasting(run: Run) -> tuple[Pairs, Pairs]:
    """Return the fields of the heap that are annotated with a class of it alone, and those that are never set anew."""
    kinds = {type(each) for moment in replay(run) for each in moment.objects if isinstance(each, HeapObject)}
    found = sorted(
        (kind.__name__, field, field in _set_in(kind.__module__))
        for kind in kinds
        for field, hint in _hints(kind).items()
        if _is_of_heap(hint)
    )
    return tuple((kind, field) for kind, field, _ in found), tuple(
        (kind, field) for kind, field, anew in found if not anew
    )


@cache
def _set_in(module: str) -> frozenset[str]:
    """Return the names of the fields that some line of a module sets: `self.upstream = …`."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[module]))
    except (KeyError, OSError, TypeError, SyntaxError):  # written where no file is
        return frozenset()
    return frozenset(
        each.attr for each in ast.walk(tree) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store)
    )


def _hints(kind: type) -> dict[str, Any]:
    try:
        return get_type_hints(kind)
    except Exception:  # noqa: BLE001 - a name that only a checker of types can find
        return {}


def _is_of_heap(hint: Any) -> bool:
    """Return whether a field with such an annotation always refers to an object: a heap class, or one of several."""
    if get_origin(hint) in (Union, UnionType):
        return all(map(_is_of_heap, get_args(hint)))
    return isinstance(hint, type) and issubclass(hint, HeapObject)


def _source(model: type[Model], action: str) -> Source:
    method = getattr(model, action)
    try:
        return Source(action, place_of(method), textwrap.dedent(inspect.getsource(method)))
    except (OSError, TypeError):  # written where no file is
        return Source(action, "", "")


def _parameters(moment: Moment, run: Run) -> tuple[Parameter, ...]:
    if moment.step is None:
        return open_parameters(run.model)
    return next(each.parameters for each in actions_of(type(run.model)) if each.name == moment.step.action)


def _event(moment: Moment, name: str, details: dict[str, object], lines: tuple[str, ...]) -> Event:
    pairs = (
        (key, moment.names[id(value)] if isinstance(value, HeapObject) else str(constant(value)))
        for key, value in details.items()
    )
    return Event(name, tuple(pairs), lines)


def _heap(moment: Moment, names: dict[int, str]) -> tuple[Object, ...]:
    return tuple(_object(each, number, names) for each, number in zip(moment.objects, moment.numbers, strict=True))


def _object(each: Any, number: int, names: dict[int, str]) -> Object:
    sizes: list[tuple[str, int]] = []
    refers: list[tuple[str, str]] = []
    constants: list[tuple[str, str]] = []
    for field, is_size in fields_of(type(each)).of(vars(each)):
        for name, value in leaves(field, vars(each)[field]):
            if isinstance(value, HeapObject):
                refers.append((name, names[id(value)]))
            elif is_size and value is not None:
                sizes.append((name, value))
            else:
                constants.append((name, str(constant(value))))
    shallow = int(each.shallow_size()) if isinstance(each, HeapObject) else 0
    return Object(number, names[id(each)], type(each).__name__, shallow, tuple(sizes), tuple(refers), tuple(constants))


def leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a field holds, looking into containers: `rdd_iterators[0]`; a bag's members share a name."""
    if isinstance(value, Bag):
        members = [(name, member) for member in value]
    elif isinstance(value, (list, tuple)):
        members = [(f"{name}[{index}]", member) for index, member in enumerate(value)]
    elif isinstance(value, dict):
        members = [(f"{name}[{key!r}]", member) for key, member in value.items()]
    else:
        yield name, value
        return
    for where, member in members:
        yield from leaves(where, member)


# Back to a run


def live(state: State, parameters: tuple[Parameter, ...]) -> tuple[Any, ...]:
    """Return the arguments of a step as a model takes them; objects stay indices. Raises `ModelError` for a misfit."""
    if len(state.arguments) != len(parameters):
        message = f"{state.action} takes {len(parameters)} arguments, and the trace gives {len(state.arguments)}"
        raise ModelError(message)
    return tuple(map(_value, state.arguments, parameters))


def _value(argument: Argument, parameter: Parameter) -> Any:
    if not issubclass(parameter.type, Enum):
        return argument.value
    members = parameter.type.__members__
    if argument.value not in members:
        message = f"{parameter.type.__name__} has no member {argument.value!r}; available: {', '.join(members)}"
        raise ModelError(message)
    return members[str(argument.value)]
