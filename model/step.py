"""One step: what its arguments range over, which objects they stand for, and what came of taking it.

Every engine takes its steps here, so that all of them agree on what a model may raise and on what refuses a step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import FrozenInstanceError, dataclass
from typing import Any

from spillproof.model.errors import ModelError, Require, line_of
from spillproof.model.quantity import Needed
from spillproof.model.system import Action, Kind, Model, Parameter, open_parameters


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: it was taken, a guard refused it, or it raised."""

    refused: bool = False
    error: Exception | None = None

    @property
    def taken(self) -> bool:
        """Return whether the step was taken, so that the state after it means something."""
        return not self.refused and self.error is None

    @property
    def raised(self) -> str:
        """Return what was raised, and at which line of the model: `KeyError: 1 (cache.py:7, in evict)`; or nothing."""
        if self.error is None:
            return ""
        said = str(self.error)
        return f"{type(self.error).__name__}{f': {said}' if said else ''} ({line_of(self.error)})"


TAKEN, REFUSED = Outcome(), Outcome(refused=True)


def cannot_begin(model: Model, outcome: Outcome) -> ModelError:
    """Return what to raise where `begin` raises."""
    instead = "say with require what it cannot begin with"
    if isinstance(outcome.error, FrozenInstanceError):
        instead = "leave out @dataclass(frozen=True): a heap object is a dataclass already, whose fields may be set"
    return ModelError(f"{type(model).__name__}.begin raises {outcome.raised}; {instead}")


def attempt(state: Model, action: Action, arguments: tuple[object, ...]) -> Outcome:
    """Take a step, which changes `state`; after a refusal or an error the state means nothing.

    Raises `ModelError` for what no engine can honour.
    """
    try:
        action.take(state, arguments)
    except Require:
        return REFUSED
    except (ModelError, Needed):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a model raises is a finding
        return Outcome(error=error)
    return TAKEN


def begin(model: Model, values: Sequence[object]) -> tuple[Any, Outcome]:
    """Return the first state, given a value for each of the model's `open_parameters`, and what came of it."""
    names = (each.name for each in open_parameters(model))
    try:
        return model.start(**dict(zip(names, values, strict=True))), TAKEN
    except Require:
        return None, REFUSED
    except (ModelError, Needed):
        raise
    except Exception as error:  # noqa: BLE001 - as in `attempt`
        return None, Outcome(error=error)


def ranges(
    parameters: Iterable[Parameter], objects: Sequence[object], sizes: tuple[object, ...] = (None,)
) -> list[tuple[object, ...]]:
    """Return what each argument ranges over: a heap object as its index in `objects`, a size as one of `sizes`."""
    return [
        tuple(index for index, live in enumerate(objects) if isinstance(live, each.type))
        if each.kind is Kind.OBJECT
        else (sizes if each.kind is Kind.SIZE else each.values)
        for each in parameters
    ]


def bind(parameters: Iterable[Parameter], arguments: Iterable[Any], objects: Sequence[object]) -> tuple[object, ...]:
    """Return arguments with the objects that their indices stand for."""
    return tuple(
        objects[value] if each.kind is Kind.OBJECT else value for each, value in zip(parameters, arguments, strict=True)
    )
