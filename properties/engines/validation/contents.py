"""What containers and plain objects hold that stand outside of every state, and whether that is still the same."""

from __future__ import annotations

import sys
import warnings
from collections import deque
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from functools import partial, partialmethod
from inspect import ismemberdescriptor
from queue import SimpleQueue
from random import Random
from threading import Lock, local
from types import (
    BuiltinMethodType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any

from spillproof.model.heap import HeapObject
from spillproof.model.system import Model

CONTAINERS = (list, set, deque, bytearray, dict)

LockType = type(Lock())

BOUND = (BuiltinMethodType, MethodWrapperType, MethodType)
"""Methods of an object, as values: `counter.__next__`."""

RUNNING = (GeneratorType, CoroutineType)

HOLDERS = (*CONTAINERS, *BOUND, *RUNNING, partial, partialmethod, MappingProxyType, ContextVar, LockType, memoryview)
"""Objects that hold others otherwise than by their attributes."""

PYTHONS = frozenset(("_weakrefset", "collections", "queue", "threading", "types", "weakref"))
"""Modules of Python whose objects are looked into: a `SimpleNamespace`, a `Semaphore`, a `WeakKeyDictionary`."""

PLAIN = (
    int,
    float,
    complex,
    str,
    bytes,
    frozenset,
    type(None),
    type,
    ModuleType,
    FunctionType,
    property,
    staticmethod,
    classmethod,
)
"""What does not change, or is looked at elsewhere."""


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
    changes: dict[type, bool] = {}
    while waiting:
        each = waiting.pop()
        cls = type(each)
        if cls not in changes:
            changes[cls] = isinstance(each, (tuple, local, *HOLDERS)) or _is_plain(each, modules) or _is_in_c(each)
        if changes[cls] and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting.extend(_inside(each).values())


def _is_plain(value: object, modules: Collection[str]) -> bool:
    if isinstance(value, (type, HeapObject, Model)):
        return False
    return (module := type(value).__module__) in modules or (module in PYTHONS and hasattr(value, "__dict__"))


def _named(value: Any) -> dict[Any, Any] | None:
    """Return what of a value can grow by a key, or by an attribute."""
    if isinstance(value, dict):
        return value
    return None if isinstance(value, HOLDERS) or _is_in_c(value) else getattr(value, "__dict__", None)


def _inside(value: Any) -> dict[object, object]:
    """Return what is in it, by its key, its place or its name; of a set, by itself."""
    if isinstance(value, (dict, MappingProxyType)):
        return {**value}
    if isinstance(value, ContextVar):
        return {"value": value.get(None)}
    if isinstance(value, set):
        return {id(each): each for each in value}
    if isinstance(value, LockType):
        return {"locked": value.locked()}
    if isinstance(value, RUNNING):
        return _running(value)
    if isinstance(value, memoryview):
        return {"of": value.obj}
    if isinstance(value, (partial, partialmethod)):
        return dict(enumerate((value.func, *value.args, *value.keywords.values())))
    if isinstance(value, BOUND):
        return {"self": value.__self__}
    if isinstance(value, (tuple, *CONTAINERS)):
        return dict(enumerate(value))
    return {"made of": _made_of(value)} if _is_in_c(value) else _attributes(value)


def _running(value: Any) -> dict[object, object]:
    """Return where a generator or a coroutine is, what its variables are, and what it waits for."""
    kind = "gi" if isinstance(value, GeneratorType) else "cr"
    frame, within = getattr(value, f"{kind}_frame"), getattr(value, "gi_yieldfrom" if kind == "gi" else "cr_await")
    return {**frame.f_locals, 0: frame.f_lasti, 1: within} if frame else {}


def _is_in_c(value: object) -> bool:
    """Return whether an object is of a class of Python's that is not written in Python: an iterator, an `array`."""
    cls = type(value)
    if isinstance(value, (*PLAIN, *HOLDERS, local)) or cls.__module__ in PYTHONS:
        return False
    if _is_memory(value):
        return True
    is_pythons = cls.__module__.partition(".")[0] in sys.stdlib_module_names
    return is_pythons and (cls is Random or not any(isinstance(each, FunctionType) for each in vars(cls).values()))


def _is_memory(value: object) -> bool:
    """Return whether an object is a piece of memory, as of `mmap` or `ctypes`."""
    return any(cls.__module__ in ("_ctypes", "mmap") for cls in type(value).__mro__)


def _made_of(value: object) -> object:
    """Return in words what Python would make such an object of anew, as `copy` does; equal words are one object."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return sys.intern(_spelled(value))
    except Exception:  # noqa: BLE001 - there is nothing to make it of, or no words for that
        return None


def _spelled(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_spelled, value))})"
    if _is_memory(value):
        return bytes(value).hex()
    if isinstance(value, SimpleQueue):
        return f"{value.qsize()} in a queue"
    return _spelled(value.__reduce_ex__(2)) if _is_in_c(value) else repr(value)


def _attributes(value: object) -> dict[object, object]:
    """Return the attributes of a plain object, those in slots included."""
    slots = {name for cls in type(value).__mro__ for name, each in vars(cls).items() if ismemberdescriptor(each)}
    found: dict[object, object] = {name: getattr(value, name, None) for name in sorted(slots - {"__dict__"})}
    return found | getattr(value, "__dict__", {})


def _differs(before: dict[object, object], value: object) -> bool:
    now = _inside(value)
    grown = len(now) > len(before) and isinstance(value, CONTAINERS) and not isinstance(value, dict)
    moved = any(one is not other for one, other in zip(before, now, strict=False)) and isinstance(value, dict)
    return grown or moved or any(now.get(key, before) is not each for key, each in before.items())
