"""Every claim that this project comes with, and the three that every engine checks of every model."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from spillproof.model.system import Model, actions_of
from spillproof.properties import (
    accounting,
    data,
    disk,
    failure,
    fairness,
    limits,
    numbers,
    progress,
    recovery,
    requests,
    spills,
    victims,
)
from spillproof.properties.annotation import take_note
from spillproof.properties.claims import Claim, Mode, applicable


def _no_exception(_now: Any) -> bool:
    """No exception: an action either is refused by its guard or succeeds."""
    return True


def _never_negative(_now: Any) -> bool:
    """No counter is ever negative."""
    return True


NO_EXCEPTION = Claim("no_exception", Mode.ALWAYS, _no_exception)
"""Seen by the engines while they take a step, not by looking at a state."""

NEVER_NEGATIVE = Claim("counters_never_negative", Mode.ALWAYS, _never_negative)
"""Seen by the engines in every field that holds a size."""

BUILT_IN = (NO_EXCEPTION, NEVER_NEGATIVE)

SUBJECTS = (
    accounting,
    data,
    disk,
    progress,
    fairness,
    limits,
    victims,
    failure,
    requests,
    spills,
    numbers,
    recovery,
)
"""The modules with claims, in the order of reports: the chief claim stands first in the first."""


def _claims(module: ModuleType) -> Iterator[Claim]:
    """Yield the claims that are written in a module, in its order."""
    for each in vars(module).values():
        if isinstance(each, Claim) and each.function.__module__ == module.__name__:
            yield each


CLAIMS: tuple[Claim, ...] = (
    *(claim for module in SUBJECTS for claim in _claims(module) if claim.mode is not Mode.SOMETIMES),
    *BUILT_IN,
)
"""The claims that must hold, `always` or as `recoverable`, chief claim first."""


def _witnesses(claim: Claim) -> list[Claim]:
    """Return what stands beside a claim, in its module."""
    return [each for each in _claims(sys.modules[claim.function.__module__]) if each.beside == claim.name]


WITNESSES: tuple[Claim, ...] = tuple(witness for claim in CLAIMS for witness in _witnesses(claim))
"""The `sometimes` claims, each in the module of its claim. That each action is taken is asked of every model."""


for _claim in (*CLAIMS, *WITNESSES):
    for _kind in _claim.subject.kinds():
        take_note(_kind)


def claims_about(model: type[Model]) -> tuple[list[Claim], list[Claim]]:
    """Return the claims about a model, and the witnesses (`sometimes`): those above, and those in its own module.

    A claim in the module of the model, or of a class that it inherits from, is about it if its argument is annotated
    with the model's class, or with a protocol that it offers. `unasked_about` returns those that are not asked.
    """
    every = [*applicable((*CLAIMS, *WITNESSES), model), *own_claims(model)]
    return (
        [claim for claim in every if claim.mode is not Mode.SOMETIMES],
        [claim for claim in every if claim.mode is Mode.SOMETIMES],
    )


def always_about(model: type[Model]) -> list[Claim]:
    """Return the `always` claims about a model: those that a single state, or a single step, can violate."""
    return [claim for claim in claims_about(model)[0] if claim.mode is Mode.ALWAYS]


def own_claims(model: type[Model]) -> list[Claim]:
    """Return the claims about a model in its own modules, but for those whose name another claim has."""
    taken = names_taken(model)
    found: dict[str, Claim] = {}
    for claim in bound_claims(model):
        if claim.name not in taken and not claim.is_about_anything() and claim.applies_to(model):
            found.setdefault(claim.name, claim)
    return list(found.values())


def names_taken(model: type[Model]) -> dict[str, str]:
    """Return the names that a claim of one's own must not have, each with what has it."""
    with_methods = any(getattr(method, "is_action", False) for method in vars_of(model).values())
    actions = actions_of(model) if with_methods else ()
    return {claim.name: "a claim that comes with spillproof" for claim in (*CLAIMS, *WITNESSES)} | {
        f"{action.name}_is_taken": f"the witness that the action {action.name} is taken" for action in actions
    }


def bound_claims(model: type[Model]) -> list[Claim]:
    """Return the claims to which the modules of a model give a name, but for those that come with this project."""
    every = [each for names in modules_of(model) for each in names.values() if isinstance(each, Claim)]
    return [claim for claim in dict.fromkeys(every) if claim not in (*CLAIMS, *WITNESSES)]


def modules_of(model: type[Model]) -> list[dict[str, Any]]:
    """Return the globals of the modules that a model and what it inherits from are written in."""
    names = dict.fromkeys(cls.__module__ for cls in model.__mro__ if cls is not object and cls is not Model)
    return [vars(sys.modules[name]) for name in names if name in sys.modules]


def vars_of(model: type[Model]) -> dict[str, Any]:
    """Return all attributes of a class, its own and those that it inherits."""
    return {name: value for cls in reversed(model.__mro__) for name, value in vars(cls).items()}
