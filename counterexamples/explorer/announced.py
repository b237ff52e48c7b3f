"""What an edge of an automaton announces: the model takes the step again, on unknown sizes, and somebody listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from spillproof.model import oracle
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Linear
from spillproof.model.state import Size, snapshot
from spillproof.model.step import attempt, begin, bind
from spillproof.model.system import Kind, Parameter, actions_of, open_parameters
from spillproof.properties.engines.announcement import as_it_is, in_words
from spillproof.properties.engines.automaton.path import Path
from spillproof.properties.engines.automaton.shapes import Automaton, Edge


@dataclass(frozen=True)
class Before:
    """An object of the shape that an edge leaves, by its index there."""

    index: int


@dataclass(frozen=True)
class MadeObject:
    """An object that the step made, by its index in the shape that the edge reaches."""

    index: int


Detail: TypeAlias = "Before | MadeObject | Size | str"
"""An object, a size over the unknowns of the edge, or a constant. One that the step made and lost is its class."""


@dataclass(frozen=True)
class EdgeEvent:
    """What the model announces during a step, such as `release`."""

    name: str
    details: tuple[tuple[str, Detail], ...]


def announced(automaton: Automaton, edge: Edge) -> tuple[EdgeEvent, ...]:
    """Return what the model announces in the step that an edge is, in order."""
    path = _Listening(edge)
    before: Sequence[object] = () if edge.source < 0 else automaton.shapes[edge.source].template.copy()
    with oracle.consulting(path):
        state = _take(automaton, edge, before)
    after = [] if state is None else snapshot(state, automaton.sliced).objects
    return tuple(_event(name, details, before, after) for name, details in path.events)


class _Listening(Path):
    """Goes the way of an edge: its guard settles every comparison, and its picks make every choice."""

    def __init__(self, edge: Edge) -> None:
        super().__init__((), edge.width, edge.guard, edge.move.action)
        self.left = list(edge.move.picks)
        self.events: list[tuple[str, dict[str, object]]] = []

    def choose(self, options: int) -> int:  # noqa: ARG002 - the pick was one of them
        return self.left.pop(0)

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        best()  # it may compare sizes, and so bring in quotients
        return self.choose(options)

    def note(self, event: str, details: dict[str, object]) -> None:
        self.events.append((event, as_it_is(details)))


def _take(automaton: Automaton, edge: Edge, before: Sequence[Any]) -> Any:
    """Return the state after the step; None where it raises."""
    model, path = automaton.model, oracle.running()
    assert isinstance(path, Path)
    if edge.source < 0:
        state, outcome = begin(model, _arguments(open_parameters(model), edge, path))
        return state if outcome.taken else None
    action = next(each for each in actions_of(type(model)) if each.name == edge.move.action)
    arguments = bind(action.parameters, _arguments(action.parameters, edge, path), before)
    return before[0] if attempt(before[0], action, arguments).taken else None


def _arguments(parameters: Sequence[Parameter], edge: Edge, path: Path) -> tuple[Any, ...]:
    return tuple(
        Linear({path.fresh(): 1}, 1) if each.kind is Kind.SIZE else value
        for each, value in zip(parameters, edge.move.arguments, strict=True)
    )


def _event(name: str, details: dict[str, object], before: Sequence[object], after: Sequence[object]) -> EdgeEvent:
    return EdgeEvent(name, tuple((key, _detail(value, before, after)) for key, value in details.items()))


def _detail(value: object, before: Sequence[object], after: Sequence[object]) -> Detail:
    if isinstance(value, HeapObject):
        old = next((index for index, each in enumerate(before) if each is value), None)
        new = next((index for index, each in enumerate(after) if each is value), None)
        return Before(old) if old is not None else MadeObject(new) if new is not None else type(value).__name__
    if isinstance(value, (int, Linear)) and type(value) is not bool:
        return value
    return in_words(value, lambda each: type(each).__name__)
