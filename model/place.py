"""Where in a user's file something stands: the line that a message points at."""

from __future__ import annotations

import ast
import dis
import inspect
from collections.abc import Iterator
from textwrap import dedent
from types import FunctionType

from spillproof.model.errors import place_at, place_of


def class_place(cls: type) -> str:
    """Return `file:line` of a class statement; where there is no file, the name of the module."""
    return place_in(cls, "")


def place_in(cls: type, name: str, *, last: bool = False) -> str:
    """Return `file:line` of where the body of a class binds a name, first or last; if it does not, of the class."""
    try:
        lines, first = inspect.getsourcelines(cls)
        (statement,) = ast.parse(dedent("".join(lines))).body
        file = inspect.getsourcefile(cls) or ""
    except (OSError, TypeError, SyntaxError, ValueError):  # written where no file is
        return cls.__module__
    body = statement.body if isinstance(statement, ast.ClassDef) else []
    found = next((each for each in (reversed(body) if last else body) if name in _bound(each)), statement)
    return place_at(file, first + found.lineno - 1)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a class body binds."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    for node in ast.walk(statement) if isinstance(statement, (ast.Assign, ast.AnnAssign)) else ():
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def place_set(cls: type, name: str) -> str:
    """Return `file:line` of the first line in the methods of a class that sets an attribute of this name."""
    for method in (each for ancestor in cls.__mro__ for each in vars(ancestor).values()):
        if isinstance(method, FunctionType):
            line = method.__code__.co_firstlineno
            for step in dis.get_instructions(method):
                line = step.starts_line or line
                if step.opname == "STORE_ATTR" and step.argval == name:
                    return f"{place_of(method).rpartition(':')[0]}:{line}"
    return place_in(cls, name)
