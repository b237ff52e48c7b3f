"""Folding: a state with one consumer more, read as a state with one fewer, in which the rest has taken it over.

What belongs to a consumer is what reaches it or is reached from it without passing the shared part, which is what the
model reaches without going through the members of a bag, or consumers in a list. Its objects are dropped from the bags
and lists that the shared part keeps; what they hold, and what the consumer is accounted for, is added to the sums of
the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.errors import ModelError
from spillproof.model.fields import Holds, fields_of, is_size, kind_of
from spillproof.model.heap import reachable_from
from spillproof.model.quantity import Field, Linear
from spillproof.model.rest import Rest, WithRest
from spillproof.model.state import NOTHING, Key, Size, snapshot
from spillproof.model.system import Model

Folded = frozenset[int]
"""The objects of a state that the rest takes over, by their indices in its canonical order."""


class CannotFold(ModelError):
    """A state cannot be read as one with fewer consumers; the message names the objects in the way."""


@dataclass(frozen=True)
class Blank:
    """A state as its shape with *every* size blanked out, the constant 0 too, and the sizes."""

    key: Key
    sizes: tuple[Size, ...]


def blank(state: Model, sliced: frozenset[Field]) -> Blank:
    """Return the shape and the sizes of a state, which is changed. Two states may only differ in what is 0 there.

    Its bags are to be in canonical order already, but for what is 0 there.
    """
    sizes: list[Size] = []

    def hide(value: Any) -> Any:
        kind = kind_of(value)
        if kind is Holds.SEQUENCE:
            return type(value)(map(hide, value))
        if kind is Holds.DICT:
            return {key: hide(each) for key, each in value.items()}
        if not is_size(value):
            return value
        sizes.append(value)
        return Linear({len(sizes) - 1: 1})

    for each in (state, *reachable_from(vars(state).values())):
        values = vars(each)
        for name, holds_sizes in fields_of(type(each)).of(values):
            if holds_sizes:
                values[name] = hide(values[name])
    taken = snapshot(state, sliced)
    return Blank(taken.key, tuple(sizes[_symbol(each)] for each in taken.sizes))


def _symbol(size: Size) -> int:
    assert isinstance(size, Linear)
    (symbol,) = size.terms
    return symbol


class Parts:
    """Which objects of a state belong together: the shared part, and a part for each consumer and what hangs on it."""

    def __init__(self, objects: list[Any], alike: type) -> None:
        self.objects, self.alike = objects, alike
        self.index = {id(each): number for number, each in enumerate(objects)}
        self.shared = self._shared()
        self.parts = self._parts()
        self.consumers = [each for each in range(len(objects)) if self._is_consumer(each)]

    def _is_consumer(self, number: int) -> bool:
        return number not in self.shared and isinstance(self.objects[number], self.alike)

    def _shared(self) -> set[int]:
        """Return what the model reaches without going through a bag, and the rest."""
        found = {0} | {number for number, each in enumerate(self.objects) if isinstance(each, Rest)}
        waiting = [0]
        while waiting:
            for target, in_bag in _targets(self.objects[waiting.pop()], self.alike):
                number = self.index[id(target)]
                if not in_bag and number not in found:
                    found.add(number)
                    waiting.append(number)
        return found

    def _parts(self) -> dict[int, Folded]:
        """Return for each object outside of the shared part the objects that it hangs together with."""
        found = {number: {number} for number in range(len(self.objects)) if number not in self.shared}
        for number in [*found]:
            for target, _ in _targets(self.objects[number], self.alike):
                other = self.index[id(target)]
                if other in found:
                    found[number] |= found[other]
                    for each in found[other]:
                        found[each] = found[number]
        return {number: frozenset(part) for number, part in found.items()}

    def of(self, numbers: Iterable[int]) -> Folded:
        """Return the parts of some objects, put together."""
        return frozenset().union(*(self.parts[each] for each in numbers if each not in self.shared))


def _targets(holder: Any, alike: type) -> Iterator[tuple[Any, bool]]:
    """Yield the objects that an object refers to, and whether it does so as a member of a bag, or of alike ones."""
    for value in vars(holder).values():
        if kind_of(value) is Holds.OBJECT:
            yield value, False
        else:
            yield from ((each, in_bag or isinstance(each, alike)) for each, in_bag in _members(value))


def _members(value: Any) -> Iterator[tuple[Any, bool]]:
    """Yield the objects in a container, and whether they are in a bag."""
    kind = kind_of(value)
    if kind is Holds.BAG:
        yield from ((each, True) for each in value.members)
    elif kind is Holds.SEQUENCE or kind is Holds.DICT:
        for each in value.values() if kind is Holds.DICT else value:
            if kind_of(each) is Holds.OBJECT:
                yield each, False
            else:
                yield from _members(each)


def fold(state: WithRest, objects: list[Any], folded: Folded, sliced: frozenset[Field] = NOTHING) -> WithRest:
    """Return a copy of a state in which the rest has taken over some of its objects.

    Sums of the rest that are sliced away are 0: nobody asks what they would be.

    Raises `CannotFold` where the shared part refers to them otherwise than as members of a bag, or has no rest.
    """
    copies: dict[int, Any] = {}
    copy: WithRest = clone(state, copies)
    _forget_number(copy)
    if not folded:
        return copy
    gone = {id(copies[id(objects[number])]) for number in folded}
    kept = [copies[id(each)] for number, each in enumerate(objects) if number not in folded]
    with oracle.consulting(_Sums()):
        before = copy.reachable()
        for each in kept:
            _drop(each, gone)
        held = before - copy.reachable()
        rests = [each for each in kept if isinstance(each, Rest)]
        if len(rests) != 1:
            message = f"{_named(objects, folded)} is still reachable where there is no rest to take it over"
            raise CannotFold(message)
        consumers = [copies[id(objects[number])] for number in sorted(folded)]
        consumers = [each for each in consumers if isinstance(each, type(state).alike)]
        for consumer, bytes_ in zip(consumers or [None], [held, *(0 for _ in consumers[1:])], strict=True):
            rests[0].absorb(consumer, bytes_)
        vars(rests[0]).update((name, 0) for cls, name in sliced if cls is type(rests[0]))
    return copy


def with_rest(state: Model, many: type[WithRest], *, placed: bool = True) -> tuple[WithRest, dict[int, Any]]:
    """Return a copy of a state in which there is a rest that stands for nobody, and the copy of each object.

    Without `placed` it is that of a state that the rest has left together with all consumers.
    """
    copies: dict[int, Any] = {}
    copy = clone(state, copies)
    copy.__class__ = many
    if placed:
        with oracle.consulting(_Sums()):
            copy.place()
    return copy, copies


def _forget_number(state: WithRest) -> None:
    """Let a state that keeps how many consumers stand on their own say what those do that it is compared with."""
    name = type(state).counted_by
    if name in vars(state) and vars(state)[name] == state.scope.get(name):
        vars(state)[name] = type(state).alone


class _Sums(oracle.Oracle):
    """Decides nothing: a fold may add, and not compare."""


def _drop(holder: Any, gone: set[int]) -> None:
    """Drop objects from the bags and lists of one that stays."""
    for name, value in vars(holder).items():
        vars(holder)[name] = _without(value, gone)
        if id(value) in gone:
            message = (
                f"{type(holder).__name__}.{name} refers to a consumer, or to what belongs to it, and is shared; "
                "alike consumers stand in bags or lists, and the shared part refers to them in no other way"
            )
            raise CannotFold(message)


def _without(value: Any, gone: set[int]) -> Any:
    """Return a value without some objects: a bag is changed, a list or a dict copied."""
    kind = kind_of(value)
    if kind is Holds.BAG:
        value.members = [each for each in value.members if id(each) not in gone]
    elif kind is Holds.SEQUENCE:
        return type(value)([_without(each, gone) for each in value if id(each) not in gone])
    elif kind is Holds.DICT:
        return {key: _without(each, gone) for key, each in value.items() if id(each) not in gone}
    return value


def _named(objects: list[Any], folded: Folded) -> str:
    return ", ".join(type(objects[number]).__name__ for number in sorted(folded))
