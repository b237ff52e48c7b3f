"""Claims that somebody wrote, or would expect, and that are not asked of a model: each with the reason.

Some reasons are slips: an annotation that is missing, a method that is a property, a name that another claim has. A
model that has a slip is not verified, whatever the verdicts on the other claims.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from spillproof.model.errors import shortened
from spillproof.model.system import Model
from spillproof.properties import registry
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.annotation import is_protocol, misspelt
from spillproof.properties.beside import modules_beside
from spillproof.properties.catalogue import CLAIMS, WITNESSES, bound_claims, modules_of, names_taken, own_claims
from spillproof.properties.claims import Claim, Mode


@dataclass(frozen=True)
class Unasked:
    """A claim that is not asked of a model."""

    name: str
    reason: str
    is_slip: bool = True
    """Whether somebody meant it to be asked. If so, nothing green may hide it."""


def unasked_about(model: type[Model]) -> list[Unasked]:
    """Return the claims that are not asked of a model, chief claim first; none that is about another model."""
    found = [*_catalogue(model), *_own(model)]
    return list({(each.name, each.reason): each for each in found}.values())


# Of the claims that come with this project


def _catalogue(model: type[Model]) -> Iterator[Unasked]:
    for claim in CLAIMS:
        missing = claim.subject.lacks(model)
        slips = [lack.seen or misspelt(model, lack.name) for lack in missing]
        if slips and all(slips):
            yield Unasked(claim.name, slips[0])
        elif claim is free_is_unreachable and missing:
            names = " and ".join(lack.name for lack in missing)
            yield Unasked(claim.name, f"{model.__name__} has no method {names}: nothing is said of its bytes", False)


# Of one's own


def _own(model: type[Model]) -> Iterator[Unasked]:
    asked = own_claims(model)
    bound = [claim for claim in bound_claims(model) if claim not in asked]
    for claim in bound:
        if reason := _why_not(claim, model, asked):
            yield Unasked(claim.name, reason)
    for names in modules_of(model):
        made = registry.made_in(names)
        for claim in made:
            if claim not in (*asked, *bound, *CLAIMS, *WITNESSES) and _may_be_about(claim, model, names):
                yield Unasked(claim.name, f"{claim.place}: {_hidden(claim, names)}")
        if str(names.get("__name__")).partition(".")[0] != "spillproof" and names.get(model.__name__) is model:
            yield from _never_made(model, names, [*made, *bound, *asked])
    yield from _beside(model, bound)


def _beside(model: type[Model], bound: Iterable[Claim]) -> Iterator[Unasked]:
    """Yield the claims about a model in modules that its own import as a whole: no claim of theirs has a name there."""
    own = modules_of(model)
    for name, module in modules_beside(model).items():
        made = registry.made_in(vars(module))
        is_imported = any(each is module for names in own for each in names.values())
        if is_imported and set(made).isdisjoint(bound):
            for claim in made:
                if claim.applies_to(model) and not claim.is_about_anything():
                    reason = f"{claim.place}: it stands in the module {name}; write `from {name} import {claim.name}`"
                    yield Unasked(claim.name, reason)


def _why_not(claim: Claim, model: type[Model], asked: Iterable[Claim]) -> str:
    """Return why a claim that has a name in the module is not asked; empty where it is about something else."""
    if unresolved := claim.subject.unresolved():
        return f"{claim.place}: its annotation {unresolved.text!r} names nothing ({unresolved.why})"
    if claim.is_about_anything():
        instead = f"(before: {model.__name__}, …)" if claim.over_steps else f"(now: {model.__name__})"
        return f"{claim.place}: no annotation says what it is about; write {instead}"
    if not claim.applies_to(model):
        return _why_inapplicable(claim, model)
    if claim.name in (taken := names_taken(model)):
        return f"{claim.place}: its name is that of {taken[claim.name]}; rename it"
    other = next((each for each in asked if each.name == claim.name), None)
    return "" if other is None else f"{claim.place}: its name is that of the claim in {other.place}; rename one"


def _why_inapplicable(claim: Claim, model: type[Model]) -> str:
    kinds = claim.subject.kinds()
    for kind in kinds:
        if not is_protocol(kind) and not (isinstance(kind, type) and issubclass(kind, Model)):
            return f"{claim.place}: it is annotated {_spelled(kind)}, which is neither a model nor a protocol"
    if not all(map(is_protocol, kinds)):
        return ""  # about another model
    missing = claim.subject.lacks(model)
    if slip := next((seen for lack in missing if (seen := lack.seen or misspelt(model, lack.name))), ""):
        return f"{claim.place}: {slip}"
    others = [each for names in modules_of(model) for each in _models(names) if claim.applies_to(each)]
    if others:
        return ""
    names = " and ".join(lack.name for lack in missing)
    return f"{claim.place}: {model.__name__} has no method {names}"


def _may_be_about(claim: Claim, model: type[Model], names: dict[str, Any]) -> bool:
    """Return whether a claim is about a model; one that does not say is, unless there are other models."""
    if claim.is_about_anything() or claim.subject.unresolved() is not None:
        return all(issubclass(model, each) for each in _models(names))
    return claim.applies_to(model)


def _models(names: dict[str, Any]) -> list[type[Model]]:
    return [each for each in names.values() if isinstance(each, type) and issubclass(each, Model) and each is not Model]


def _hidden(claim: Claim, names: dict[str, Any]) -> str:
    """Return why the module does not have a claim that it made."""
    inside = claim.function.__qualname__.rpartition(".")[0]
    if inside.endswith("<locals>"):
        return f"it is made within the function {inside.partition('.')[0]}; give it a name at the top of the module"
    if inside:
        return f"it stands in the class {inside}; move it to the top of the module"
    other = names.get(claim.name)
    if isinstance(other, Claim):
        return f"another claim of its name follows ({other.place}); rename one"
    if other is not None:
        return f"something else of its name follows: {_spelled(other)}; rename one"
    return "no name at the top of the module is given to it"


def _spelled(kind: object) -> str:
    return str(getattr(kind, "__name__", kind))


# Of one's own, in functions that are not called


def _never_made(model: type[Model], names: dict[str, Any], made: Iterable[Claim]) -> Iterator[Unasked]:
    """Yield the claims about a model that stand in a function which nobody called, but for tests."""
    file = str(names.get("__file__", ""))
    try:
        tree = ast.parse("".join(linecache.getlines(file, names)))
    except SyntaxError:
        return
    lines = {claim.function.__code__.co_firstlineno for claim in made}
    for function in tree.body:
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and not function.name.startswith("test"):
            for each in _claims_in(function, model.__name__):
                if min(mark.lineno for mark in each.decorator_list) not in lines:
                    place = f"{shortened(file)}:{each.lineno}"
                    reason = f"{place}: it stands in the function {function.name}, which makes no claim of this module"
                    yield Unasked(each.name, reason)


def _claims_in(function: ast.AST, model: str) -> Iterator[ast.FunctionDef]:
    for each in ast.walk(function):
        if isinstance(each, ast.FunctionDef) and each is not function and any(map(_makes_a_claim, each.decorator_list)):
            annotations = [argument.annotation for argument in each.args.args if argument.annotation is not None]
            if any(ast.unparse(annotation).strip("'\"") == model for annotation in annotations):
                yield each


def _makes_a_claim(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in [mode.value for mode in Mode]
