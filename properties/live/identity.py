"""Whether a manager tells threads apart, as one does that has a table of threads, or something of each thread's own.

Then each of two steps at once needs a thread that is new and ends with it, as those of a client do. With threads
that are kept, a table of them would not grow, and what is a thread's own would stay, and be seen by later runs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType

from spillproof.properties.live.theirs import file_of, is_in, is_theirs

NAMES = frozenset({"get_ident", "get_native_id", "current_thread", "currentThread", "local"})
"""What Python has to tell threads apart: `threading.local`, and the others."""


@cache
def tells_threads_apart(modules: frozenset[str], homes: frozenset[Path]) -> bool:
    """Return whether one of some modules names what tells threads apart, or one of their homes that these use.

    What others have that they use is looked at as well, and not what it uses in its turn. A module that cannot be read
    may tell them apart.
    """
    waiting, seen = [*modules], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        used = names_of(name)
        if used is None or used & NAMES:
            return True
        if name in modules or is_in(file_of(name), homes):
            waiting.extend(_neighbours(name, used))
    return False


@cache
def names_of(module: str) -> frozenset[str] | None:
    """Return every name in the source of a module; None where it has none that can be read."""
    try:
        source = Path(file_of(module)).read_text(encoding="utf-8")
        return frozenset(_names(ast.parse(source)))
    except (OSError, ValueError, SyntaxError):
        return None


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name


def _neighbours(module: str, used: frozenset[str]) -> Iterator[str]:
    """Yield the modules of what a module has from others, and uses, as far as they are neither Python's nor ours."""
    for name, value in vars(sys.modules[module]).items():
        if name not in used or not issubclass(type(value), (type, FunctionType, ModuleType)):
            continue
        other = value.__name__ if isinstance(value, ModuleType) else value.__module__
        if is_theirs(file_of(other)) and file_of(other).endswith(".py"):
            yield other
