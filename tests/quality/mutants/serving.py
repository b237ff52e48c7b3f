"""A mutant is imported in the place of the module that it is made from. No file is written."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType
from typing import Any

from _pytest.assertion.rewrite import AssertionRewritingHook

from tests.quality.mutants.changes import Mutant


class _Loader(SourceFileLoader):
    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(mutant.file))
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutant.tree(), self.path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        spec = ModuleSpec(fullname, _Loader(self.mutant), origin=str(self.mutant.file))
        spec.has_location = True
        return spec


def serve(mutant: Mutant) -> None:
    """Let the mutant be what is imported from now on. Only for a process that ends after that."""
    sys.modules.pop(mutant.module, None)
    sys.meta_path.insert(0, _Finder(mutant))


def serve_pytest(mutant: Mutant) -> None:
    """Do the same where pytest runs: it rewrites the assertions of a plugin's package, ours is one, and comes first."""
    rewriting = AssertionRewritingHook.find_spec

    def find_spec(hook: AssertionRewritingHook, name: str, *rest: Any) -> ModuleSpec | None:
        return None if name == mutant.module else rewriting(hook, name, *rest)

    AssertionRewritingHook.find_spec = find_spec  # type: ignore[method-assign,assignment] # pyright: ignore[reportAttributeAccessIssue]
    serve(mutant)


def is_served(mutant: Mutant) -> bool:
    """Return whether what was imported, if it was, is the mutant."""
    module = sys.modules.get(mutant.module)
    return module is None or isinstance(module.__loader__, _Loader)
