"""The switches of a trace's scope, which are its bools, members of enums and texts: which of them are not as usual.

A run that is replayed on another model takes its numbers along, and those switches that somebody set. What a model has
by default tells variants apart (`repaired: bool = False`), and stays behind.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from spillproof.counterexamples.trace import Constant, Trace, constant
from spillproof.model.title import Title


def switches(trace: Trace) -> dict[str, Constant]:
    """Return the switches of a trace's scope by name; sets, such as the fixes of a release, are none."""
    return {name: value for name, value in trace.scope if isinstance(value, (bool, str))}


def switched(trace: Trace) -> dict[str, Constant]:
    """Return the switches that are not as the trace's model has them by default, as far as that is known."""
    usual = _usual(trace)
    return {name: value for name, value in switches(trace).items() if name in usual and value != usual[name]}


def _usual(trace: Trace) -> Mapping[str, Constant]:
    from spillproof.model.catalogue import CATALOGUE  # most traces have no switch

    entry = CATALOGUE.get(Title.parse(trace.model).name)
    if entry is not None:
        return {name: constant(value) for name, value in entry.build().scope.items()}
    begin = next((source.text for source in trace.sources if source.action == "begin"), "")
    return _defaults(begin)


def _defaults(begin: str) -> dict[str, Constant]:
    """Return the defaults that the text of a `begin` shows: bools and texts, and members of enums by name."""
    try:
        (function,) = ast.parse(begin).body
    except (SyntaxError, ValueError):  # there is no text, or it is not Python
        return {}
    if not isinstance(function, ast.FunctionDef):
        return {}
    arguments = function.args
    ordered = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(ordered) - len(arguments.defaults)) + arguments.defaults + arguments.kw_defaults
    shown = {each.arg: _shown(value) for each, value in zip([*ordered, *arguments.kwonlyargs], defaults, strict=True)}
    return {name: value for name, value in shown.items() if value is not None}


def _shown(default: ast.expr | None) -> Constant | None:
    match default:
        case ast.Constant(value=bool() | str() as value):
            return value
        case ast.Constant(value=None):
            return "None"
        case ast.Attribute(attr=name):
            return name
        case _:
            return None
