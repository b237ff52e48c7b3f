"""The guards of actions in words, read from the code: `require(self.request is None)` is "`request` is `None`"."""  # noqa: INP001 - beside a script, and no package

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any


@cache
def tree_of(thing: Any) -> Any:
    """Return how a module, a class or a function is written."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    return tree if isinstance(thing, ModuleType) else tree.body[0]


def guards(model: type, name: str) -> list[str]:
    """Return in words what an action requires, itself or by what it calls to begin with."""
    return [_words(part) for each in _required(model, model, name, {}) for part in _parts(each)]


def _required(model: type, start: type, name: str, known: dict[str, ast.expr]) -> Iterator[ast.expr]:
    ancestors = model.__mro__[model.__mro__.index(start) :]
    owner = next(each for each in ancestors if name in vars(each))
    known = dict(known)
    tree = tree_of(vars(owner)[name])
    if sum(map(_is_guard, ast.walk(tree))) > sum(
        _is_guard(getattr(each, "value", None)) for each in _statements(tree.body)
    ):
        message = f"{owner.__name__}.{name} has a guard in an `if` or a loop, where no page would show when it is asked"
        raise ValueError(message)
    for each in _statements(tree.body):
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            known[each.targets[0].id] = put(known, each.value)
        elif isinstance(each, ast.Expr) and isinstance(each.value, ast.Call):
            yield from _called(model, owner, each.value, known)


def _is_guard(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "require"


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for each in body:
        yield each
        if isinstance(each, ast.Try):
            yield from _statements(each.body)


def _called(model: type, owner: type, call: ast.Call, known: dict[str, ast.expr]) -> Iterator[ast.expr]:
    if _is_guard(call):
        yield put(known, call.args[0])
        return
    on, _, name = ast.unparse(call.func).rpartition(".")
    start = {"self": model, "super()": model.__mro__[model.__mro__.index(owner) + 1]}.get(on)
    if start is not None and hasattr(start, name):
        function = getattr(start, name)
        arguments = [each for each in inspect.signature(function).parameters if each != "self"]
        given = {argument: put(known, value) for argument, value in zip(arguments, call.args, strict=False)}
        yield from _required(model, start, name, given)


def put(known: dict[str, ast.expr], expression: ast.expr) -> ast.expr:
    """Return an expression with what is known of its names in their place, and without `self`."""
    found: ast.expr = _Put(known).visit(copy.deepcopy(expression))
    return found


class _Put(ast.NodeTransformer):
    """Puts in the place of a name what is known of it, and leaves out `self`."""

    def __init__(self, known: dict[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.known.get(node.id, node))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if ast.unparse(node.value) == "self":
            return ast.Name(node.attr)
        return ast.Attribute(self.visit(node.value), node.attr, node.ctx)


def _parts(condition: ast.expr) -> list[ast.expr]:
    return condition.values if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And) else [condition]


COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "equals", ast.NotEq: "is not", ast.Is: "is", ast.IsNot: "is not", ast.In: "is in", ast.NotIn: "is not in",
    ast.Lt: "is less than", ast.LtE: "is at most", ast.Gt: "is more than", ast.GtE: "is at least",
}  # fmt: skip


def _words(condition: ast.expr) -> str:
    if isinstance(condition, ast.BoolOp):
        word = " and " if isinstance(condition.op, ast.And) else " or "
        inner = [f"({_words(each)})" if isinstance(each, ast.BoolOp) else _words(each) for each in condition.values]
        return word.join(inner)
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        return f"not {_words(condition.operand)}"
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        right = condition.comparators[0]
        return f"{code(condition.left)} {COMPARED[type(condition.ops[0])]} {code(right)}"
    return code(condition)


def code(expression: ast.expr) -> str:
    """Return how an expression is written."""
    return f"`{ast.unparse(expression)}`"
