"""Sets have no order: where a model goes through one, its members come sorted; what hangs on their order is refused.

The order of a set of text, or of members of an enum, is another one in each process (`PYTHONHASHSEED`), so that a claim
would be proved today and violated tomorrow. So the code of a model and its claims is exchanged where it goes through
what may be a set: its members come in the order of what they read as, and, while a step or a claim is validated, in the
opposite order as well.
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
from enum import Enum
from functools import lru_cache
from types import BuiltinMethodType
from typing import Any

from spillproof.model.heap import HeapObject

IN_ORDER, POPPED, GIVEN = "__spillproof_in_order__", "__spillproof_popped__", "__spillproof_given__"

_is_turned = False
"""Whether members come in the opposite order."""


class turned:  # noqa: N801 - it is used as a function is
    """Let the members of sets come in the opposite order while the block runs."""

    def __enter__(self) -> None:
        global _is_turned  # noqa: PLW0603 - the code of a model has no argument to pass it in
        _is_turned = True

    def __exit__(self, *_error: object) -> None:
        global _is_turned  # noqa: PLW0603 - likewise
        _is_turned = False


def in_order(value: Any) -> Any:
    """Return the members of a set in order; any other value as it is."""
    if not isinstance(value, (set, frozenset)) or len(value) < 2:  # noqa: PLR2004 - one member has no order
        return value
    members = sorted(value, key=_reading)
    return members[::-1] if _is_turned else members


def popped(value: Any) -> Any:
    """Return `value.pop()`; of a set the first in order."""
    if not isinstance(value, set) or not value:
        return value.pop()
    first = next(iter(in_order(value)))
    value.remove(first)
    return first


def _reading(member: object) -> str:
    """Return what to sort a member by: heap objects read alike, and stay in the order that they have."""
    if isinstance(member, HeapObject):
        return ""
    return f"{type(member).__qualname__} {member._name_ if isinstance(member, Enum) else repr(member)}"


def given(method: Any, *arguments: Any) -> Any:
    """Return what a method comes to: one of Python's own goes through what it is given, and somebody's own may not."""
    return method(*(map(in_order, arguments) if isinstance(method, BuiltinMethodType) else arguments))


CALLED = {IN_ORDER: in_order, POPPED: popped, GIVEN: given}
"""What the code calls, by the names that it has among a function's globals."""


# Which code goes through a set


@lru_cache(maxsize=64)
def has_sets(name: str) -> bool:
    """Return whether the text of a module of a model's author makes a set of anything."""
    module = sys.modules.get(name)
    if module is None or f"{name}.".startswith("spillproof.") or name in sys.stdlib_module_names:
        return False
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return False
    return any(_makes_a_set(node) for node in ast.walk(tree))


def _makes_a_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in {"set", "frozenset"}
    of_keys = isinstance(node, ast.Attribute) and node.attr in {"keys", "items"}
    return isinstance(node, (ast.Set, ast.SetComp)) or of_keys


def with_order(tree: ast.Module) -> ast.Module:
    """Return the tree of a module with its sets in order."""
    found: ast.Module = ast.fix_missing_locations(_Order().visit(copy.deepcopy(tree)))
    return found


TAKING = frozenset(
    "deque dict enumerate filter iter list map max min next reduce reversed sorted sum tuple zip".split()  # noqa: SIM905
)
"""Functions that go through what they are given."""

OF_MODULES = frozenset(
    "accumulate chain combinations from_iterable fromkeys groupby islice permutations product".split()  # noqa: SIM905
)
"""The same of Python's own modules and classes, which are the `OWNERS`."""

OWNERS = frozenset(("builtins", "chain", "collections", "deque", "dict", "functools", "itertools"))

OF_ANYTHING = frozenset(("extend", "join"))
"""Methods of a list, and of a text, that do the same; who else has one of that name is seen when it is called."""


class _Order(ast.NodeTransformer):
    """Puts what is gone through in order."""

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        node.iter = _in_order(node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        self.generic_visit(node)
        node.iter = _in_order(node.iter)
        return node

    def visit_Starred(self, node: ast.Starred) -> ast.Starred:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Load):
            node.value = _in_order(node.value)
        return node

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.YieldFrom:
        self.generic_visit(node)
        node.value = _in_order(node.value)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        self.generic_visit(node)
        if any(isinstance(each, (ast.Tuple, ast.List)) for each in node.targets):
            node.value = _in_order(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "pop" and not node.args and not node.keywords:
            return ast.copy_location(ast.Call(ast.Name(POPPED, ast.Load()), [function.value], []), node)
        if isinstance(function, ast.Attribute) and function.attr in OF_ANYTHING and not node.keywords:
            return ast.copy_location(ast.Call(ast.Name(GIVEN, ast.Load()), [function, *node.args], []), node)
        if _goes_through(function):
            node.args = [each if isinstance(each, ast.Starred) else _in_order(each) for each in node.args]
        return node


def _goes_through(function: ast.expr) -> bool:
    """Return whether what is called goes through its arguments; a method of one's own may do anything with a set."""
    if isinstance(function, ast.Name):
        return function.id in TAKING | OF_MODULES
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return name in OWNERS and function.attr in TAKING | OF_MODULES


def _in_order(node: ast.expr) -> ast.expr:
    """Return an expression with what it gives in order; a plain row has one."""
    if isinstance(node, (ast.Constant, ast.List, ast.Tuple, ast.ListComp, ast.Lambda, ast.GeneratorExp)):
        return node
    return ast.copy_location(ast.Call(ast.Name(IN_ORDER, ast.Load()), [node], []), node)
