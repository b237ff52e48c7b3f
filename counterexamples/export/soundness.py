"""Whether a trace hangs together: what no schema can say, and every picture relies on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spillproof.counterexamples.export.escapes import one_line
from spillproof.counterexamples.trace import Object, State, Trace
from spillproof.model.errors import ModelError
from spillproof.model.system import Kind


def check(trace: Trace) -> Trace:
    """Return the trace itself. Raises `ModelError`, in one line, for the first thing in it that does not fit."""
    for index, state in enumerate(trace.states):
        before = trace.states[index - 1] if index else None
        wrong = next(_wrong(state, before, last=index == len(trace.states) - 1), None)
        if wrong is not None:
            raise ModelError(f"this trace does not hang together: state {index}: {wrong}")
    if trace.guilty is not None and not 0 <= trace.guilty < len(trace.states):
        raise ModelError(
            f"this trace does not hang together: state {_digits(trace.guilty)} is called the guilty one, "
            f"and the last is {len(trace.states) - 1}"
        )
    wrong = _evidence(trace)
    if wrong:
        raise ModelError(f"this trace does not hang together: its evidence: {wrong}")
    return trace


def _evidence(trace: Trace) -> str:
    """Return what does not fit between the evidence and the states."""
    found = trace.evidence
    if found is None:
        return ""
    if not 0 <= found.step < len(trace.states):
        return f"it is of state {_digits(found.step)}, and the last is {len(trace.states) - 1}"
    odd = next((each for each in found.readings if len(each.values) != len(trace.states)), None)
    if odd is None:
        return ""
    return f"{_name(odd.words)} has {len(odd.values)} values, and there are {len(trace.states)} states"


def _wrong(state: State, before: State | None, *, last: bool) -> Iterator[str]:
    if (state.action == "begin") is not (before is None):
        yield "the first state, and no other, comes of `begin`"
    if any(pick < 0 for pick in state.picks):
        yield "a choice is a number of at least 0"
    if state.raised and not last:
        yield "a step raised an exception, and yet others follow"
    yield from _heap(state)
    yield from _arguments(state, before)
    yield from _sizes(state)


def _heap(state: State) -> Iterator[str]:
    names = {each.name for each in state.heap}
    for name in _twice(each.name for each in state.heap):
        yield f"two objects are called {_name(name)}"
    for number in _twice(each.number for each in state.heap):
        yield f"two objects have the number {_digits(number)}"
    for each in state.heap:
        for field, target in each.references:
            if target not in names:
                yield f"{_name(each.name)}.{one_line(field, 60)} refers to {_name(target)}, and there is no such object"
        yield from _fields(each)
    for field, target in state.roots:
        if target not in names:
            yield f"the root {one_line(field, 60)} refers to {_name(target)}, and there is no such object"


def _fields(each: Object) -> Iterator[str]:
    """Yield whatever is two things at once: only references may share a name, as members of a bag do."""
    held = [name for name, _ in each.sizes] + [name for name, _ in each.constants]
    for field in _twice([*held, *{name for name, _ in each.references}]):
        yield f"{_name(each.name)} has two fields called {_name(field)}"


def _arguments(state: State, before: State | None) -> Iterator[str]:
    known = 0 if before is None else len(before.heap)
    for each in state.arguments:
        if each.kind is Kind.OBJECT and not (isinstance(each.value, int) and 0 <= each.value < known):
            yield (
                f"{one_line(each.name, 60)} is object {_digits(each.value)} of the state before, "
                f"which has {known or 'none'}"
            )


def _sizes(state: State) -> Iterator[str]:
    for name in _twice(each.name for each in state.arguments):
        yield f"two arguments are called {_name(name)}"
    for event in state.events:
        for key in _twice(key for key, _ in event.details):
            yield f"the event {_name(event.name)} has two details called {_name(key)}"


def _twice(names: Iterable[object]) -> Iterator[object]:
    seen: set[object] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)


def _name(name: object) -> str:
    return repr(one_line(name, 60))


def _digits(number: object) -> str:
    return one_line(number, 24)
