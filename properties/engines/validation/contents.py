"""What containers and plain objects hold that stand outside of every state, and whether that is still the same."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from functools import partial
from inspect import ismemberdescriptor
from itertools import count
from threading import Lock, local
from types import BuiltinMethodType, GeneratorType, MethodType, MethodWrapperType
from typing import Any

from spillproof.model.heap import HeapObject
from spillproof.model.system import Model

CONTAINERS = (list, set, deque, bytearray, dict)

LockType = type(Lock())

CounterType = type(count())

BOUND = (BuiltinMethodType, MethodWrapperType, MethodType)
"""Methods of an object, as values: `counter.__next__`."""

HOLDERS = (*CONTAINERS, *BOUND, partial, ContextVar, local, LockType, CounterType, GeneratorType)

PYTHONS = frozenset(("collections", "queue", "threading", "types", "weakref"))
"""Modules of Python whose objects are looked into: a `SimpleNamespace`, a `Semaphore`, a `WeakKeyDictionary`."""


class Contents:
    """What one value leads to, through containers and through objects of classes of some modules, as it is now."""

    def __init__(self, value: object, modules: Collection[str]) -> None:
        self.parts = [(each, _inside(each)) for each in _within(value, modules)]
        self.growing = [(now, before) for each, before in self.parts if (now := _named(each)) is not None]

    def put_back(self) -> None:
        """Take out what was put beside what was there: what was only remembered is found again."""
        for now, before in self.growing:
            if len(now) > len(before):
                for key in [each for each in now if each not in before]:
                    del now[key]

    def changed(self) -> bool:
        """Return whether something that was there is not, or something was put beside it.

        A new key of a dictionary, or a new attribute, may be a result that is remembered, which does no harm.
        """
        return any(_differs(before, each) for each, before in self.parts)


def _within(value: object, modules: Collection[str]) -> Iterator[object]:
    """Yield a value and what it leads to, if it can change."""
    waiting, seen = [value], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and (isinstance(each, (tuple, *HOLDERS)) or _is_plain(each, modules)):
            seen.add(id(each))
            yield each
            waiting.extend(_inside(each).values())


def _is_plain(value: object, modules: Collection[str]) -> bool:
    if isinstance(value, (type, HeapObject, Model)):
        return False
    return (module := type(value).__module__) in modules or (module in PYTHONS and hasattr(value, "__dict__"))


def _named(value: Any) -> dict[Any, Any] | None:
    """Return what of a value can grow by a key, or by an attribute."""
    found: dict[Any, Any] | None = value if isinstance(value, dict) else getattr(value, "__dict__", None)
    return found


def _inside(value: Any) -> dict[object, object]:
    """Return what is in it, by its key, its place or its name; of a set, by itself."""
    if isinstance(value, dict):
        return {**value}
    if isinstance(value, ContextVar):
        return {"value": value.get(None)}
    if isinstance(value, set):
        return {id(each): each for each in value}
    if isinstance(value, LockType):
        return {"locked": value.locked()}
    if isinstance(value, CounterType):
        return {"next": _next(value)}
    if isinstance(value, GeneratorType):
        return {"line": value.gi_frame and value.gi_frame.f_lasti}
    if isinstance(value, partial):
        return dict(enumerate((value.func, *value.args, *value.keywords.values())))
    if isinstance(value, BOUND):
        return {"self": value.__self__}
    return dict(enumerate(value)) if isinstance(value, (tuple, *CONTAINERS)) else _attributes(value)


def _next(counter: object) -> object:
    """Return what a counter counts next: only its text says so without counting. Numbers are one object each."""
    return sys.intern(repr(counter))


def _attributes(value: object) -> dict[object, object]:
    """Return the attributes of a plain object, those in slots included."""
    slots = {name for cls in type(value).__mro__ for name, each in vars(cls).items() if ismemberdescriptor(each)}
    found: dict[object, object] = {name: getattr(value, name, None) for name in sorted(slots - {"__dict__"})}
    return found | getattr(value, "__dict__", {})


def _differs(before: dict[object, object], value: object) -> bool:
    now = _inside(value)
    grown = len(now) > len(before) and isinstance(value, CONTAINERS) and not isinstance(value, dict)
    return grown or any(now.get(key, before) is not each for key, each in before.items())
