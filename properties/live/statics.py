"""What a manager has outside of its objects: tables and counters of its classes, and of the modules of these.

Nobody passes them on, so that they are on no chain of references from an adapter; and they outlive a run.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from functools import cache, lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.theirs import file_of, is_theirs

TABLES = (dict, list, set, deque)

CACHE: Any = type(cache(lambda: None))
"""What `functools.cache` makes of a function."""

LARGE = 200
"""Entries; of a table that has more, only their number is looked at."""

KINDS = 500
"""Classes of which the places are kept: a manager may make some for every run, and these must not pile up."""

COUNTERS = (bool, int, float, str)


class Static(NamedTuple):
    """Where something is kept: in a class, or in a module."""

    owner: type | ModuleType
    name: str

    @property
    def value(self) -> Any:
        """What is there now; None where there is nothing any more."""
        return vars(self.owner).get(self.name)

    def __str__(self) -> str:
        return f"{self.owner.__name__.rpartition('.')[2]} ▸ {self.name}"


def statics(adapter: Adapter) -> list[Static]:
    """Return the places of the classes of a manager, and of what these read of their modules."""
    near = [adapter, *(each for each in vars(adapter).values() if not isinstance(each, (type, ModuleType)))]
    far = [inner for each in near[1:] for inner in getattr(each, "__dict__", {}).values()]
    handed = [each for kind in type(adapter).__mro__ for each in vars(kind).values() if isinstance(each, type)]
    kinds = dict.fromkeys([*map(type, (*near, *far)), *handed])
    return [*dict.fromkeys(place for kind in kinds for place in _statics_of(kind))]


def is_table(value: Any) -> bool:
    """Return whether entries can be left in a value: a container, or the cache of a function."""
    return isinstance(value, (*TABLES, CACHE))


def marks(adapter: Adapter) -> dict[Static, object]:
    """Return what can be seen at a glance of each place, so that it is noticed where a run changes one."""
    return {place: mark(place.value) for place in statics(adapter)}


def mark(value: Any) -> object:
    """Return what can be seen at a glance of what is kept somewhere: not what is within its entries."""
    if isinstance(value, CACHE):
        return value.cache_info().currsize
    if not isinstance(value, TABLES):
        return value
    if len(value) > LARGE:
        return len(value)
    return [(id(key), id(entry)) for key, entry in value.items()] if isinstance(value, dict) else [*map(id, value)]


@lru_cache(maxsize=KINDS)
def _statics_of(kind: type) -> tuple[Static, ...]:
    bases = [base for base in kind.__mro__[:-1] if base is not Adapter and is_theirs(file_of(base.__module__))]
    return tuple(dict.fromkeys(place for base in bases for place in (*_in_class(base), *_in_modules(base))))


def _in_class(kind: type) -> Iterator[Static]:
    for name, value in vars(kind).items():
        if not name.startswith("__") and (is_table(value) or isinstance(value, COUNTERS)):
            yield Static(kind, name)


def _in_modules(kind: type) -> Iterator[Static]:
    """Yield what the functions of a class, and those of the same module that they call, read of their module."""
    module = sys.modules[kind.__module__]
    waiting = [each for each in map(_function, vars(kind).values()) if each is not None]
    seen: set[FunctionType] = set()
    while waiting:
        function = waiting.pop()
        if function in seen or function.__globals__ is not vars(module):
            continue
        seen.add(function)
        for name in _names(function.__code__):
            value = vars(module).get(name)
            if isinstance(value, FunctionType):
                waiting.append(value)
            elif is_table(value) or isinstance(value, COUNTERS):
                yield Static(module, name)


def _function(member: Any) -> FunctionType | None:
    """Return the function that a member of a class is, or is made of."""
    inner = member
    if isinstance(member, (staticmethod, classmethod)):
        inner = member.__func__
    elif isinstance(member, property):
        inner = member.fget
    elif isinstance(member, CACHE):
        inner = member.__wrapped__
    return inner if isinstance(inner, FunctionType) else None


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
