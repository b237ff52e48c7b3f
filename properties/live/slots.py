"""What an object has in slots, which may ask nothing of it: its own `__getattr__` may do anything."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def in_slots(each: Any) -> dict[str, Any]:
    """Return what is in the slots of an object, by name."""
    found = {}
    for name in (name for base in type(each).__mro__ for name in _slots(base)):
        with suppress(AttributeError):
            found[name] = object.__getattribute__(each, name)
    return found


def _slots(kind: type) -> list[str]:
    given = vars(kind).get("__slots__", ())
    names = (given,) if isinstance(given, str) else given
    return [name for name in names if name not in ("__dict__", "__weakref__")]
