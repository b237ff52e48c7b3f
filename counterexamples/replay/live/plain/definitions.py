"""The source of what some code needs, so that it can stand alone: definitions, what these need in turn, and imports.

Only code that is loaded here is copied, never code that a trace brings. What an adapter takes from
`spillproof.properties.live` is taken from `harness.py` instead.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from spillproof.counterexamples.replay.live.plain import harness
from spillproof.model.errors import ModelError
from spillproof.properties.live.adapter import Adapter

OURS = "spillproof.properties.live"


class Copied:
    """What was copied so far: the imports, and the definitions in the order in which they must stand."""

    def __init__(self) -> None:
        self.imports: dict[str, None] = {}
        self.definitions: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()

    def names_in(self, code: str) -> None:
        """Copy from the harness what a piece of code uses."""
        for name in _names(ast.parse(code)):
            if hasattr(harness, name):
                self.name(harness, name)

    def adapter(self, kind: type[Adapter]) -> None:
        """Copy an adapter, and what it needs. Raises `ModelError` where its source cannot be had."""
        if kind.__qualname__ != kind.__name__:
            message = (
                f"{kind.__name__} is defined inside of {kind.__qualname__.split('.')[0]}; move it to the top level"
            )
            raise ModelError(message)
        self.name(sys.modules[kind.__module__], kind.__name__)

    def name(self, module: ModuleType, name: str) -> None:
        """Copy what a module calls by a name, after what it needs itself."""
        if (module.__name__, name) in self._seen:
            return
        self._seen.add((module.__name__, name))
        source = _source(module)
        for node in _defining(ast.parse(source), name):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, name)
            else:
                for needed in _names(node):
                    self.name(module, needed)
                self.definitions[name] = _text(node, source)

    def _import(self, node: ast.Import | ast.ImportFrom, name: str) -> None:
        found = next(each for each in node.names if _called(each) == name)
        origin = node.module or "" if isinstance(node, ast.ImportFrom) else found.name
        if origin.startswith(OURS):
            self._ours(found.name)
        elif origin.startswith("spillproof."):
            self.name(sys.modules[origin], found.name)
        else:
            renamed = f" as {found.asname}" if found.asname else ""
            start = f"from {origin} import" if isinstance(node, ast.ImportFrom) else "import"
            self.imports[f"{start} {found.name}{renamed}"] = None

    def _ours(self, name: str) -> None:
        if not hasattr(harness, name):
            message = f"an adapter takes {name} from {OURS}, which a plain test has not; nothing can be made of it"
            raise ModelError(message)
        self.name(harness, name)


def _source(module: ModuleType) -> str:
    try:
        return Path(module.__file__ or "").read_text(encoding="utf-8")
    except OSError:
        message = f"{module.__name__}: its source is not in a file, so that no test can be made of it"
        raise ModelError(message) from None


def _defining(tree: ast.Module, name: str) -> Iterator[ast.stmt]:
    """Yield the statements of a module that give a name its meaning. Those for type checkers only are left out."""
    for node in tree.body:
        if name in _defined(node):
            yield node


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [_called(each) for each in names]
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _called(name: ast.alias) -> str:
    return name.asname or name.name.split(".")[0]


def _names(node: ast.AST) -> list[str]:
    return list(dict.fromkeys(each.id for each in ast.walk(node) if isinstance(each, ast.Name)))


def _text(node: ast.stmt, source: str) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])
