"""Operators that are called by their names: `(777).__eq__(size)` asks the number, and that knows no unknown size.

It answers `NotImplemented`, where `777 == size` asks the size in its turn; and as both execute the same code, nothing
else notices. A class may call its own: `self.__lt__(other)`, `super().__eq__(other)`, `Page.__lt__(one, other)`.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import ModuleType

from spillproof.model.errors import ModelError, place_at

OPERATORS = frozenset(
    f"__{reflected}{name}__"
    for name in ("add", "sub", "mul", "floordiv", "truediv", "mod", "divmod", "pow", "and", "or", "xor")
    for reflected in ("", "r")
) | {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}  # fmt: skip

OWN = ("self", "cls", "object", "operator")


def refuse_by_name(modules: Iterable[str]) -> None:
    """Raise `ModelError` for the first line in these modules that calls an operator of a value by its name."""
    for name in modules:
        if not f"{name}.".startswith("spillproof.") and (module := sys.modules.get(name)) is not None:
            for place in _places(module):
                message = (
                    f"{place}: an operator is called by its name, which answers NotImplemented of an unknown size; "
                    "write the operator itself: `==`, `<`, `+`"
                )
                raise ModelError(message)


@lru_cache(maxsize=64)
def _places(module: ModuleType) -> tuple[str, ...]:
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return ()
    return tuple(f"{place_at(module.__file__ or '', each.lineno)}" for each in _named(tree))


def _named(tree: ast.AST) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in OPERATORS and not _is_own(node.value):
            yield node


def _is_own(owner: ast.expr) -> bool:
    """Return whether an operator is one that the model's author may have written: of a class, or of an object's own."""
    if isinstance(owner, ast.Call):
        return isinstance(owner.func, ast.Name) and owner.func.id == "super"
    return isinstance(owner, ast.Name) and (owner.id in OWN or owner.id[:1].isupper())
