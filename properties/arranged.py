"""The code of a model and its claims, exchanged where it may go through a set: see `set_order`."""

from __future__ import annotations

import ast
import linecache
import sys
from collections.abc import Iterable
from functools import cache
from operator import is_
from types import CodeType, FunctionType, ModuleType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from spillproof.model.set_order import CALLED, has_sets, with_order
from spillproof.model.system import Model
from spillproof.properties.beside import modules_beside
from spillproof.properties.claim_code import counterpart, functions_in


def arrange(model: type[Model], functions: Iterable[Any] = ()) -> None:
    """Exchange the code of a model's modules, and of those of some claims, where it may go through a set."""
    names = {*modules_beside(model), *(each.__module__ for each in functions)}
    for name in sorted(names):
        if has_sets(name):
            _arrange(sys.modules[name])


_done: WeakSet[FunctionType] = WeakSet()
_known: WeakKeyDictionary[ModuleType, list[Any]] = WeakKeyDictionary()
"""What each module had when it was looked through: that takes as long as a small check where a module has much.

It is kept itself, not its ids: a function that is defined anew may have the id of one that is gone.
"""


def _arrange(module: ModuleType) -> None:
    values = [*vars(module).values()]
    known = _known.get(module, [])
    if len(known) == len(values) and all(map(is_, known, values)):
        return
    for function in functions_in(module):
        if function not in _done and (code := _ordered(function)) is not None:
            function.__globals__.update(CALLED)
            function.__code__ = code
        _done.add(function)
    _known[module] = [*vars(module).values()]


def _ordered(function: FunctionType) -> CodeType | None:
    """Return the code of a function with its sets in order; None where it cannot be had, or is as it was."""
    source = "".join(linecache.getlines(function.__code__.co_filename, function.__globals__))
    found = counterpart(function.__code__, source, _compiled)
    return None if found is None or found.co_code == function.__code__.co_code else found


@cache
def _compiled(source: str, filename: str) -> tuple[CodeType, CodeType]:
    """Return the code of a module's text as it is, and with its sets in order."""
    tree = ast.parse(source, filename)
    return (
        compile(tree, filename, "exec", dont_inherit=True),
        compile(with_order(tree), filename, "exec", dont_inherit=True),
    )
