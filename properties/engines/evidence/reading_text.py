"""A value of a state in words: the same on every machine, with objects called as the run calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model

Names = Mapping[int, str]
"""What objects are called, by id."""

LONGEST = 120
"""Characters of one value."""
MOST = 12
"""Members of a container that are shown."""
DEEPEST = 3
"""Levels of containers and of the fields of objects that are no part of the heap."""


def in_words(value: object, names: Names, deep: int = 0) -> str:
    """Return a value in words: `1,024`, `[2, 1]`, `(T1, T2)`, `Request(whole=False)`, `E1`."""
    text = _words(value, names, deep)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _words(value: object, names: Names, deep: int) -> str:
    if value is None or isinstance(value, (bool, float, str, bytes)):
        return repr(value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (HeapObject, Model)):
        return names.get(id(value), type(value).__name__)
    if deep >= DEEPEST:
        return "…"
    return _container(value, names, deep + 1) or _fields(value, names, deep + 1)


def _container(value: object, names: Names, deep: int) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_words(key, names, deep)}: {_words(each, names, deep)}" for key, each in value.items())
        return f"{{{_few(pairs, len(value))}}}"
    if isinstance(value, (set, frozenset, Bag)):
        return f"{{{_few(sorted(_words(each, names, deep) for each in value), len(value))}}}"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        comma = "," if len(value) == 1 else ""
        return f"({_few((_words(each, names, deep) for each in value), len(value))}{comma})"
    if isinstance(value, Sequence) and not hasattr(value, "_fields"):
        return f"[{_few((_words(each, names, deep) for each in value), len(value))}]"
    return ""


def _few(members: Iterable[str], count: int) -> str:
    shown = [each for each, _ in zip(members, range(MOST), strict=False)]
    return ", ".join([*shown, *([f"… {count - MOST} more"] if count > MOST else [])])


def _fields(value: Any, names: Names, deep: int) -> str:
    """Return an object that is no part of the heap with what is in it; of one that hides it, its class."""
    if hasattr(value, "_asdict"):
        fields = dict(value._asdict())
    else:
        fields = {name: each for name, each in getattr(value, "__dict__", {}).items() if not name.startswith("_")}
    inside = (f"{name}={_words(each, names, deep)}" for name, each in fields.items())
    return f"{type(value).__name__}({_few(inside, len(fields))})"
