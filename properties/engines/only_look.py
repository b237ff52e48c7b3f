"""What claims ask of a model (`accounted`, `unclaimed` …) only looks: a method that changes the state is refused.

An own claim is looked at by itself. The claims that come with this package look only; but what they ask is the model's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from spillproof.model.errors import ModelError, place_of
from spillproof.model.quantity import Field
from spillproof.model.state import NOTHING, Snapshot, snapshot
from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.linear import value_key


def is_as_it_was(state: Any, before: Snapshot, sliced: frozenset[Field] = NOTHING) -> bool:
    """Return whether a state is still the same, to which claims have put their questions."""
    now = snapshot(state, sliced)
    return now.key == before.key and [*map(value_key, now.sizes)] == [*map(value_key, before.sizes)]


def changes(model: type[Model], claims: Iterable[Claim], again: Callable[[], Any]) -> ModelError:
    """Return what to raise where a state was changed by the questions of claims. `again` is that state, made anew."""
    names = [*dict.fromkeys(name for claim in claims for kind in claim.subject.kinds() for name in _methods(kind))]
    name = next((name for name in names if _changes(again(), name)), "")
    place = f"{place_of(getattr(model, name))}: " if name else ""
    who = f"{model.__name__}.{name}" if name else f"what claims ask of {model.__name__} ({', '.join(names)})"
    return ModelError(f"{place}{who} changes the state that it is asked about; it may only look, as claims do")


def _methods(kind: Any) -> Iterable[str]:
    """Return the methods that a protocol names."""
    every = (each for ancestor in getattr(kind, "__mro__", ()) for each in vars(ancestor).items())
    return [name for name, value in every if inspect.isfunction(value) and not name.startswith("_")]


def _changes(state: Any, name: str) -> bool:
    before = snapshot(state)
    with suppress(Exception):  # what it raises is said elsewhere
        getattr(state, name)()
    try:
        return not is_as_it_was(state, before)
    except ModelError:  # it has left something that is no part of a state
        return True
