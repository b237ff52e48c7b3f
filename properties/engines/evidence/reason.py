"""What of a claim is false: the comparison in its source that decided, and the same with the values in it.

A claim is asked once more, and it is seen where it returns. What it returns is then taken apart: of an `and` the part
that is false, of `all(…)` the first member of which it is false, above `return False` the condition under which it
stands.
"""

from __future__ import annotations

import ast
import copy
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType, FunctionType
from typing import Any

from spillproof.properties.claim_code import CALLED, asking
from spillproof.properties.engines.evidence.reading_text import Names, in_words

MOST_CALLS = 3
"""So many functions of which one calls the other are gone into."""

ARITHMETIC = frozenset({"max", "min", "abs"})
"""Functions whose arguments are shown rather than their answers."""

Scope = Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    """A comparison as the source has it, and with the values in it."""

    compared: str
    values: str


NO_REASON = Reason("", "")


def reason(function: Callable[..., Any], states: tuple[Any, ...], names: Names) -> Reason:
    """Return what decided a function's answer about some states; nothing where its source does not tell."""
    try:
        found = _Why(names).of_call(inspect.unwrap(function), states, MOST_CALLS)
    except Exception:  # noqa: BLE001 - a reason is a courtesy: whatever a claim's code does, its verdict stands
        return NO_REASON
    return found or NO_REASON


class _Why:
    """Takes the answers of functions apart."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def of_call(self, function: Any, given: tuple[Any, ...], calls: int) -> Reason | None:
        """Return why a function returns what it returns; None where that is not to be seen."""
        if not isinstance(function, FunctionType) or not calls:
            return None
        answer, line, scope = _returned(function, given)
        decided = _decided_by(function, line)
        if not isinstance(answer, bool) or decided is None:
            return None
        found = self.of(_spelled_out(decided, function), scope, calls)
        parameters = function.__code__.co_varnames[: function.__code__.co_argcount]
        return Reason(_without(found.compared, parameters), found.values)

    def of(self, node: ast.expr, scope: Scope, calls: int) -> Reason:
        """Return why an expression is what it is."""
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.of(operand, scope, calls)
            case ast.BoolOp():
                return self._of_parts(node, scope, calls)
            case ast.Call(func=ast.Name(id="bool"), args=[inside]):
                return self.of(inside, scope, calls)
            case ast.Call(func=ast.Name(id="all" | "any"), args=[ast.GeneratorExp() as members]):
                return self._of_member(node, members, scope, calls) or self._said(node, scope)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in scope:
                given = tuple(_value(each, scope) for each in arguments)
                called = getattr(scope[name], "function", scope[name])  # another claim
                return self.of_call(called, given, calls - 1) or self._said(node, scope)
            case _:
                return self._said(node, scope)

    def _of_parts(self, node: ast.BoolOp, scope: Scope, calls: int) -> Reason:
        """Return why an `and` or an `or` is what it is: because of one part, or of all together."""
        decides = isinstance(node.op, ast.Or)
        for each in node.values:
            if bool(_value(each, scope)) is decides:
                return self.of(each, scope, calls)
        found = [self.of(each, scope, calls) for each in node.values]
        return Reason("; ".join(each.compared for each in found), "; ".join(each.values for each in found))

    def _of_member(self, node: ast.Call, members: ast.GeneratorExp, scope: Scope, calls: int) -> Reason | None:
        """Return why the first member that decides is what it is."""
        assert isinstance(node.func, ast.Name)
        decides = node.func.id == "any"
        for inner, targets in _each(members.generators, dict(scope), ()):
            if bool(_value(members.elt, inner)) is decides:
                found = self.of(members.elt, inner, calls)
                return Reason(found.compared, f"{found.values}{self._of_which(targets, inner)}")
        return None

    def _of_which(self, targets: tuple[ast.expr, ...], scope: Scope) -> str:
        """Return which member it is, unless its values stand in the comparison already."""
        names = [each.id for each in targets if isinstance(each, ast.Name)]
        said = [f"{name}: {in_words(scope[name], self.names)}" for name in names if _has_fields(scope[name])]
        return f" ({', '.join(said)})" if said else ""

    def _said(self, node: ast.expr, scope: Scope) -> Reason:
        return Reason(ast.unparse(node), _With(self.names, scope).text(node))


def _has_fields(value: object) -> bool:
    return hasattr(value, "__dict__") or hasattr(value, "_fields")


class _With(ast.NodeTransformer):
    """Puts values in the place of names, fields and calls."""

    def __init__(self, names: Names, scope: Scope) -> None:
        self.names = names
        self.scope = scope

    def text(self, node: ast.expr) -> str:
        """Return an expression with its values."""
        return ast.unparse(self.visit(copy.deepcopy(node)))

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ARITHMETIC:
            node.args = [self.visit(each) for each in node.args]
            return node
        if isinstance(node, (ast.Compare, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.IfExp)):
            return self.generic_visit(node)
        if isinstance(node, ast.expr):
            return ast.Name(in_words(_value(node, self.scope), self.names), ast.Load())
        return node


def _value(node: ast.expr, scope: Scope) -> Any:
    return eval(compile(asking(node), "<claim>", "eval"), {**scope, **CALLED})  # noqa: S307 - the claim's own source


def _each(
    loops: list[ast.comprehension], scope: dict[str, Any], targets: tuple[ast.expr, ...]
) -> Iterator[tuple[Scope, tuple[ast.expr, ...]]]:
    """Yield the names of each round of nested loops that their conditions let through."""
    if not loops:
        yield scope, targets
        return
    first, *rest = loops
    for each in _value(first.iter, scope):
        inner = {**scope, "__each__": each}
        exec(compile(_assignment(first.target), "<claim>", "exec"), inner)  # noqa: S102 - as in `_value`
        if all(_value(condition, inner) for condition in first.ifs):
            yield from _each(rest, inner, (*targets, first.target))


def _assignment(target: ast.expr) -> ast.Module:
    node = ast.Assign([copy.deepcopy(target)], ast.Name("__each__", ast.Load()))
    return ast.fix_missing_locations(ast.Module([node], []))


# Where a function returned


def _returned(function: FunctionType, given: tuple[Any, ...]) -> tuple[Any, int, dict[str, Any]]:
    """Call a function, and return its answer, the line at which it returned, and the names that it had there."""
    seen: list[tuple[int, dict[str, Any]]] = []

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "return" and frame.f_code is function.__code__:
            seen[:] = [(frame.f_lineno, {**frame.f_globals, **frame.f_locals})]

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        answer = function(*given)
    finally:
        sys.setprofile(before)
    line, scope = seen[0]
    return answer, line, scope


def _decided_by(function: FunctionType, line: int) -> ast.expr | None:
    """Return what is returned at a line of a function; of a constant, the condition under which it is returned."""
    return _found(_parsed(function).body, line, None)


def _parsed(function: FunctionType) -> ast.Module:
    lines, first = inspect.getsourcelines(function)
    tree = ast.parse(textwrap.dedent("".join(lines)))
    ast.increment_lineno(tree, first - 1)
    return tree


def _found(body: list[ast.stmt], line: int, above: ast.expr | None) -> ast.expr | None:
    for each in body:
        if not each.lineno <= line <= (each.end_lineno or each.lineno):
            continue
        if isinstance(each, ast.Return):
            return above if isinstance(each.value, ast.Constant) else each.value
        condition = each.test if isinstance(each, ast.If) else above
        inner = [part for name in ("body", "orelse", "finalbody") for part in getattr(each, name, [])]
        return _found(inner, line, condition)
    return None


def _spelled_out(node: ast.expr, function: FunctionType) -> ast.expr:
    """Return an expression with what the function's variables stand for, where each is set once and for all."""
    body = next(each.body for each in ast.walk(_parsed(function)) if isinstance(each, ast.FunctionDef))
    once = {
        each.targets[0].id: each.value
        for each in body
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and isinstance(each.targets[0], ast.Name)
    }
    stored = [each.id for top in body for each in ast.walk(top) if isinstance(each, ast.Name) and _is_stored(each)]
    defined = _Defined({name: value for name, value in once.items() if stored.count(name) == 1})
    spelled: ast.expr = defined.visit(copy.deepcopy(node))
    return spelled


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


class _Defined(ast.NodeTransformer):
    """Puts definitions in the place of variables."""

    def __init__(self, once: Mapping[str, ast.expr]) -> None:
        self.once = once

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self.once.get(node.id)
        defined: ast.expr = node if value is None else self.visit(copy.deepcopy(value))
        return defined


def _without(text: str, parameters: tuple[str, ...]) -> str:
    """Return a comparison without the name of the one state that it is about."""
    return re.sub(rf"\b{parameters[0]}\.", "", text) if len(parameters) == 1 else text
