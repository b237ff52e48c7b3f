"""A run as Python text that can be pasted into a test: it says what it imports, and evaluates to an equal run."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

from spillproof.model.system import Model
from spillproof.properties.engines.run import Moment, Run, Step

FACE = "spillproof"
"""All that a program needs of ours is imported from here."""

LONG = 64
"""Characters of an expression that fit into a line of what is told."""


def pasted(run: Run, model: str = "", moments: Sequence[Moment] = ()) -> str:
    """Return a program that replays a run.

    `model` is an expression for the model, such as `find("spark@2.3.4").build()`; without it, its class is called.
    Where the moments of the run are given, each step is followed by what it says.
    """
    model = model or _found(run.model)
    names = {(cls.__module__, cls.__qualname__.partition(".")[0]) for cls in _classes(run, model)}
    names |= {(FACE, name) for name in ("Run", "Step", *(["find"] if model.startswith("find(") else []), "replay")}
    picks = f", {run.opening_picks!r}" if run.opening_picks else ""
    spelled = [f"  # {moment.spelled}" for moment in moments[1:]] or [""] * len(run.steps)
    steps = [f"    {_step(step)},{words}" for step, words in zip(run.steps, spelled, strict=False)]
    return "\n".join(
        [
            *_imports(names),
            "",
            *_assigned(model or _model(run.model)),
            f"replay(Run(model, {_tuple(run.opening)}, (",
            *steps,
            f"){picks}))",
        ]
    )


def _assigned(model: str) -> list[str]:
    """Return the line that makes the model, or several where it is long."""
    if len(model) <= LONG:
        return [f"model = {model}"]
    return ["model = (", *(f"    {part}" for part in model.replace(").", ")\n.").splitlines()), ")"]


def literal(value: Any) -> str:
    """Return the value of a scope or an argument as Python text, the same in every process."""
    if isinstance(value, Enum):
        return f"{type(value).__qualname__}.{value.name}"
    if isinstance(value, frozenset):
        members = ", ".join(sorted(map(literal, value)))
        return f"frozenset({{{members}}})" if members else "frozenset()"
    return repr(value)


def given(model: Model) -> dict[str, Any]:
    """Return the part of a model's scope that is not as its class has it by default."""
    defaults = inspect.signature(type(model).begin).parameters
    return {name: value for name, value in model.scope.items() if value != defaults[name].default}


def _found(model: Model) -> str:
    """Return an expression that finds a model in the catalogue, or nothing where it is not in it as it is."""
    from spillproof.model.catalogue import entry_of  # where no run is found, it is not needed

    entry = entry_of(model)
    return f'find("{entry.name}").build()' if entry else ""


def _model(model: Model) -> str:
    words = ", ".join(f"{name}={literal(value)}" for name, value in given(model).items())
    return f"{type(model).__qualname__}({words})"


def _step(step: Step) -> str:
    words = [repr(step.action), _tuple(step.arguments), *([repr(step.picks)] if step.picks else [])]
    return f"Step({', '.join(words)})".replace("'", '"')


def _tuple(values: tuple[Any, ...]) -> str:
    return f"({', '.join(map(literal, values))}{',' if len(values) == 1 else ''})"


def _classes(run: Run, model: str) -> Iterator[type]:
    """Yield the classes that a program names which makes the model by this expression, or without one by its class."""
    used = [*run.opening, *(argument for step in run.steps for argument in step.arguments)]
    if model:
        used += [value for value in run.model.scope.values() if isinstance(value, Enum) and literal(value) in model]
    else:
        yield type(run.model)
        used += given(run.model).values()
    yield from (type(value) for value in used if isinstance(value, Enum))


def _imports(names: set[tuple[str, str]]) -> list[str]:
    modules: dict[str, list[str]] = {}
    for module, name in sorted(names):
        modules.setdefault(module, []).append(name)
    return [f"from {module} import {', '.join(members)}" for module, members in modules.items()]
