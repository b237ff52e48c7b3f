"""A trace of running code back to its run; and, where it is of a target that comes with this project, to a plain test.

What a trace names is looked up among the adapters that come with this project; nothing else is ever imported for it.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from spillproof.counterexamples.replay import live
from spillproof.counterexamples.replay.live.live_trace import name_of
from spillproof.counterexamples.replay.live.plain.plain_test import plain_test
from spillproof.counterexamples.trace import State, Trace
from spillproof.model.errors import ModelError
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import ASKED
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import operations_of


def test_of(trace: Trace) -> str:
    """Return a plain test that takes the run again. Raises `ModelError` for code that is not one of the targets."""
    adapter = _target(trace.model)
    claim = next((each for each in ASKED if each.name in trace.claims), None)
    if claim is None:
        message = f"the trace is about {', '.join(trace.claims) or 'no claim'}, which is not asked of running code"
        raise ModelError(message)
    return plain_test(adapter, script_of(trace, adapter), claim)


def _target(name: str) -> type[Adapter]:
    for module in iter_modules(live.__path__, f"{live.__name__}."):
        place, _, kind = name.partition(".py:")
        if place == module.name.replace(".", "/"):
            adapter = getattr(import_module(module.name), kind, None)
            if isinstance(adapter, type) and issubclass(adapter, Adapter) and name_of(adapter) == name:
                return adapter
    message = (
        f"{name} is running code of yours, and a file is not run because a trace says so; `pytest "
        "--spillproof-out DIR` writes the test beside the trace"
    )
    raise ModelError(message)


def script_of(trace: Trace, adapter: type[Adapter]) -> Script:
    """Return the run of a trace as moves. Raises `ModelError` where it is none."""
    return tuple(_move(state, adapter) for state in trace.states[1:])


def _move(state: State, adapter: type[Adapter]) -> Move:
    unit = adapter.measured_by.unit
    given = {each.name: each.value for each in state.arguments}
    size = given.get("size", 0)
    if state.action not in operations_of(adapter) or type(size) is not int or size % unit:
        message = f"{state.spelled}: this is no step on running code, or its size is no multiple of {unit:,}"
        raise ModelError(message)
    key, name, other = (_word(given.get(each, "")) for each in ("key", "name", "other"))
    at = given.get("at", 0)
    return Move(state.action, key, size // unit, name, other, at if type(at) is int else 0)


def _word(value: object) -> str:
    """Return a key or a name, which will stand in a Python file."""
    if not isinstance(value, str) or not (value == "" or (value.isidentifier() and value.isascii())):
        message = f"{value!r} is no name of a key, a handle or a value"
        raise ModelError(message)
    return value
