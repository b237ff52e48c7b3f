"""A trace made into moments again, without the model that it was made of: what stands in it is all that is needed.

So whatever explains or draws a replayed run explains and draws a trace that was read from a file, in the same words,
and nothing of the file is executed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from spillproof.counterexamples.trace import Object, State, Trace
from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject, Reference, reachable_bytes
from spillproof.model.quantity import Bytes
from spillproof.properties.engines.run import Moment

SHALLOW = "shallow size"
"""Among the fields of a revived object, where no field of a model can be: it has a space in its name."""


class Revived(HeapObject):
    """An object of the heap as a trace has it. Its class is made for it, and has the recorded name."""

    def shallow_size(self) -> Bytes:
        return int(vars(self)[SHALLOW])


class RevivedState:
    """A state of which only the heap is known."""

    def __init__(self, state: State) -> None:
        self.recorded = state
        self.objects = _revive(state)
        self.names = {id(each): name for name, each in self.objects.items()}

    def name(self, each: object) -> str:
        """Return what an object is called in the trace."""
        return self.names[id(each)]

    def roots(self) -> Iterator[Reference]:
        """Yield the references from outside the heap, as recorded."""
        for name, target in self.recorded.roots:
            yield Reference(self, name, self.objects[target])

    def reachable(self) -> Bytes:
        """Return the bytes that are reachable, measured on the heap that the trace has."""
        return reachable_bytes(root.target for root in self.roots())


class RevivedAccount(RevivedState):
    """A state with an account."""

    def accounted(self) -> Bytes:
        """Return what was recorded."""
        return self.recorded.accounted or 0

    def unclaimed(self) -> Bytes:
        """Return what was recorded."""
        return self.recorded.unclaimed or 0


class RevivedPool(RevivedAccount):
    """A state whose account is limited."""

    def capacity_of_pool(self) -> Bytes:
        """Return the limit: what is accounted and what is free."""
        return (self.recorded.accounted or 0) + (self.recorded.free or 0)


def revive(trace: Trace) -> list[Moment]:
    """Return the moments of a trace. Raises `ModelError` where its heap does not fit together."""
    return [_moment(state) for state in trace.states]


def revive_state(state: State) -> RevivedState:
    """Return one state, which offers what claims ask for as far as the trace has it."""
    return _kind(state)(state)


def _moment(state: State) -> Moment:
    revived = revive_state(state)
    objects = [revived.objects[each.name] for each in state.heap]
    names = {id(revived.objects[each.name]): each.name for each in state.heap if _is_named_by_the_run(each, state)}
    events = [
        (event.name, {key: _detail(key, value, revived) for key, value in event.details}) for event in state.events
    ]
    numbers = [each.number for each in state.heap]
    lines = [event.lines for event in state.events]
    return Moment(revived, None, state.spelled, names, objects, numbers, events, lines, state.raised)


def _kind(state: State) -> type[RevivedState]:
    if state.accounted is None or state.reachable is None:
        return RevivedState
    return RevivedAccount if state.free is None else RevivedPool


def _is_named_by_the_run(each: Object, state: State) -> bool:
    """Return whether a name was given by the run: what it never mentioned is called as it is reached."""
    return "." not in each.name and each.name not in {name for name, _ in state.roots} and each is not state.heap[0]


def _detail(key: str, value: str, revived: RevivedState) -> object:
    if value in revived.objects and key != "size":
        return revived.objects[value]
    if value in ("True", "False"):
        return value == "True"
    return int(value) if key == "size" and value.lstrip("-").isdecimal() else value


def _revive(state: State) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in state.heap:
        if each.name in found:
            message = f"the trace has two objects called {each.name!r} in one state"
            raise ModelError(message)
        found[each.name] = object.__new__(_class(each.kind))
    for each in state.heap:
        _fill(found[each.name], each, found)
    for name, target in state.roots:
        if target not in found:
            message = f"the trace has a root {name!r} that refers to {target!r}, which is no object of that state"
            raise ModelError(message)
    return found


@lru_cache(maxsize=1024)
def _class(name: str) -> type:
    """Return a class of that name. Making one takes a millisecond, and a trace has one object of it a step."""
    try:
        return type(name, (Revived,), {})
    except ValueError as error:
        message = f"the trace has a class called {name!r}: {error}"
        raise ModelError(message) from None


def _fill(revived: HeapObject, each: Object, found: dict[str, Any]) -> None:
    fields = vars(revived)
    fields[SHALLOW] = each.shallow
    fields.update(each.sizes)
    for name, target in each.references:
        if target not in found:
            message = f"{each.name}.{name} refers to {target!r}, which is no object of that state of the trace"
            raise ModelError(message)
        if name in fields and isinstance(fields[name], Bag):
            fields[name].add(found[target])
        elif name in fields:
            fields[name] = Bag([fields[name], found[target]]) if isinstance(fields[name], HeapObject) else found[target]
        else:
            fields[name] = found[target]
