"""The classes and functions that some modules have, wherever they stand in them, and what a function keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from functools import cache, cached_property, partial, partialmethod
from types import CellType, FunctionType, MethodType
from typing import Any

LRU = type(cache(lambda: None))
"""What `functools.cache` makes of a function."""

LEAVES = frozenset((int, float, bool, str, bytes, type(None)))
"""Types whose values lead to nothing: a table may have thousands of them."""


def classes_in(modules: Collection[str], values: Iterable[object]) -> Iterator[type]:
    """Yield the classes among values that some modules have written, and those within them."""
    waiting, seen = deque(values), set[int]()
    while waiting:
        each = waiting.popleft()
        if isinstance(each, type) and each.__module__ in modules and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting.extend(vars(each).values())


def functions_in(modules: Collection[str], values: Iterable[object]) -> Iterator[Any]:
    """Yield the functions that some modules have written and values lead to, and those that remember their answers.

    A function leads to what it closes over and to its defaults, whatever wraps one to it, a table to what is in it.
    """
    waiting, seen = deque(values), set[int]()
    while waiting:
        each = waiting.popleft()
        if type(each) in LEAVES or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, FunctionType) and each.__module__ not in modules:
            continue
        if isinstance(each, FunctionType) or (isinstance(each, LRU) and each.__module__ in modules):
            yield each
        waiting.extend(_leads_to(each))


def _leads_to(value: Any) -> Iterable[object]:
    match value:
        case FunctionType():
            return (*closed_over(value).values(), *defaults_of(value).values())
        case MethodType() | staticmethod() | classmethod():
            return (value.__func__,)
        case property():
            return (value.fget, value.fset, value.fdel)
        case partial() | partialmethod():
            return (value.func, *value.args, *value.keywords.values())
        case cached_property():
            return (value.func,)
        case list() | tuple():
            return value
        case dict():
            return value.values()
    return (value.__wrapped__,) if isinstance(value, LRU) else ()


def attributes_of(function: FunctionType) -> dict[str, object]:
    """Return what a function has by name, and what it says of itself."""
    return {**vars(function), "__doc__": function.__doc__, "__name__": function.__name__}


def closed_over(function: FunctionType) -> dict[str, object]:
    """Return what a function closes over, by name."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: value for name, cell in cells if (value := _content(cell)) is not cell}


def _content(cell: CellType) -> object:
    """Return what is in a cell; the cell itself where nothing is yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return cell


def defaults_of(function: FunctionType) -> dict[str, object]:
    """Return the defaults of a function's parameters, by name."""
    code, values = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    return {**dict(zip(names, values, strict=True)), **(function.__kwdefaults__ or {})}
