"""Operators that are called by their names: `(777).__eq__(size)` asks the number, and that knows no unknown size.

It answers `NotImplemented`, where `777 == size` asks the size in its turn; and as both execute the same code, nothing
else notices. A class may call its own: `self.__lt__(other)`, `super().__eq__(other)`, `Page.__lt__(one, other)`.

Likewise `size is 77`, which Python answers as it pleases, and of no unknown size as of that number. And an `assert`
where Python leaves it out (`-O`): what it asserts would hold of anything.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from types import ModuleType

from spillproof.model.errors import ModelError, place_at

OPERATORS = frozenset(
    f"__{reflected}{name}__"
    for name in ("add", "sub", "mul", "floordiv", "truediv", "mod", "divmod", "pow", "and", "or", "xor")
    for reflected in ("", "r")
) | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}  # fmt: skip

OWN = ("self", "cls", "object", "operator")

BY_NAME = (
    "an operator is called by its name, which answers NotImplemented of an unknown size; write the operator itself: "
    "`==`, `<`, `+`"
)
LEFT_OUT = "an assert is left out where Python runs with -O; run it without, or write `if …: raise …`"
BY_IDENTITY = "a constant is compared by `is`, which asks whether Python keeps two equal ones as one object; write =="


ASSERTS = __debug__
"""Whether Python executes an `assert`."""


def refuse_by_name(modules: Iterable[str]) -> None:
    """Raise `ModelError` for the first line in these modules that calls an operator of a value by its name.

    Or that compares a number or a text by `is`, or asserts what nobody looks at.
    """
    for name in modules:
        if not f"{name}.".startswith("spillproof.") and (module := sys.modules.get(name)) is not None:
            for place in _places(module):
                raise ModelError(place)


@lru_cache(maxsize=64)
def _places(module: ModuleType) -> tuple[str, ...]:
    """Return each such line of a module, and what is wrong there."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return ()
    return tuple(f"{place_at(module.__file__ or '', each.lineno)}: {words}" for each, words in _found(tree))


def _found(tree: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and not ASSERTS:
            yield node, LEFT_OUT
        if isinstance(node, ast.Attribute) and node.attr in OPERATORS and not _is_own(node.value):
            yield node, BY_NAME
        elif isinstance(node, ast.Compare) and any(map(_asks_for_a_constant, node.ops, _pairs(node))):
            yield node, BY_IDENTITY


def _pairs(node: ast.Compare) -> Iterator[tuple[ast.expr, ast.expr]]:
    return pairwise((node.left, *node.comparators))


def _asks_for_a_constant(operator: ast.cmpop, sides: tuple[ast.expr, ast.expr]) -> bool:
    values = [each.value for each in sides if isinstance(each, ast.Constant)]
    return isinstance(operator, (ast.Is, ast.IsNot)) and any(type(each) in (int, str, bytes, float) for each in values)


def _is_own(owner: ast.expr) -> bool:
    """Return whether an operator is one that the model's author may have written: of a class, or of an object's own."""
    if isinstance(owner, ast.Call):
        return isinstance(owner.func, ast.Name) and owner.func.id == "super"
    return isinstance(owner, ast.Name) and (owner.id in OWN or owner.id[:1].isupper())
