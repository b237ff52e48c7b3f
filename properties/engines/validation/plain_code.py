"""Whether a module is written so plainly that nothing in it can tell an unknown size from an integer.

What tells them apart has a name: `type`, `str`, a module that is imported, `real`, an exception that is caught. Where
a text names nothing of that kind, it executes the same on both, and need not be watched while it does.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import ModuleType

from spillproof.model.quantity import Condition, Linear

# fmt: off
BLIND = frozenset({
    "False", "None", "True", "abs", "all", "any", "bool", "classmethod", "dict", "enumerate", "filter", "frozenset",
    "isinstance", "len", "list", "map", "max", "min", "next", "object", "property", "range", "reversed", "set",
    "sorted", "staticmethod", "sum", "super", "tuple", "zip",
})
# fmt: on
"""Builtins that take an unknown size as they do an integer, or refuse it."""

BLIND_MODULES = ("__future__", "collections.abc", "dataclasses", "enum", "typing")
"""Modules from which nothing comes that looks at a size."""

PROTOCOLS = "runtime_checkable"
"""The one thing among them that asks what attributes an object has."""

FACE = ("spillproof", "spillproof.model")
"""Modules of ours from which a model is written; modules within them are not."""

TELLING = frozenset({*dir(int), *dir(Linear), *dir(Condition), "__class__"})
"""Attributes that an integer has, or an unknown size."""

WATCHED = (ast.Import, ast.Try, ast.TryStar, ast.With, ast.MatchClass)
"""A module has whatever it has, an exception may be caught that only one of the two raises, a pattern names a class."""


def are_plain(modules: Iterable[str]) -> bool:
    """Return whether all modules with these names are; those of this package are."""
    others = [name for name in modules if not f"{name}.".startswith("spillproof.")]
    return all(name in sys.modules and _is_plain(sys.modules[name]) for name in others)


@lru_cache(maxsize=64)
def _is_plain(module: ModuleType) -> bool:
    try:
        source = inspect.getsource(module)
    except (OSError, TypeError):
        return False
    return is_plain_text(source)


def is_plain_text(source: str) -> bool:
    """Return whether a module's text names nothing that tells an unknown size from an integer."""
    return not any(_tells(node) for node in _executed(ast.parse(source)))


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree without its annotations."""
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns"):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.AST):
                    yield from _executed(each)


def _tells(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id.startswith("__") or (hasattr(builtins, node.id) and not _is_blind(node.id))
    if isinstance(node, ast.Attribute):
        return node.attr in TELLING or node.attr.startswith("__")
    if isinstance(node, ast.ImportFrom):
        is_blind = node.module in BLIND_MODULES and all(each.name != PROTOCOLS for each in node.names)
        return not (is_blind or _is_of_the_face(node))
    return isinstance(node, WATCHED)


def _is_of_the_face(node: ast.ImportFrom) -> bool:
    named = vars(sys.modules.get(node.module, ast)).get("__all__", ()) if node.module in FACE else ()
    return all(each.name in named for each in node.names)


def _is_blind(name: str) -> bool:
    value = getattr(builtins, name)
    return name in BLIND or (isinstance(value, type) and issubclass(value, BaseException))
