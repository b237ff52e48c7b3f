"""What Python's own modules have that a model has something of: no step may set it, nor put something into a list."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from types import ModuleType

from spillproof.model.errors import is_pythons

MADE_LATE = frozenset(("last_exc", "last_traceback", "last_type", "last_value", "stderr", "stdin", "stdout"))
"""Names that Python sets by itself, or that tests turn elsewhere for a while."""


class Pythons:
    """What those modules have when a check begins."""

    def __init__(self, modules: Collection[ModuleType]) -> None:
        values = {id(each): each for module in modules for each in vars(module).values()}
        found = [each for each in values.values() if isinstance(each, ModuleType) and _is_one(each)]
        found += [below for each in found for below in _below(each)]
        self.modules = [(each, {**_public(each)}) for each in {id(each): each for each in found}.values()]
        self.loaded = {**sys.modules}
        self.lists = [
            (f"{each.__name__}.{name}", value, [*value])
            for each, names in self.modules
            for name, value in names.items()
            if type(value) is list
        ]
        classes = {id(value): value for _, names in self.modules for value in names.values() if isinstance(value, type)}
        self.classes = [(each, {**vars(each)}) for each in classes.values()]
        self.loggers = _loggers() if any(map(_is_of_logging, values.values())) else None

    def changed(self) -> Iterator[str]:
        """Yield what is set now, or has other members than before."""
        for module, before in self.modules:
            now = _public(module)
            yield from (f"{module.__name__}.{name}" for name in now if before.get(name, before) is not now[name])
        yield from (f"sys.modules[{name!r}]" for name, now in sys.modules.items() if self.is_put_there(name, now))
        yield from (name for name, now, before in self.lists if [*map(id, now)] != [*map(id, before)])
        for cls, had in self.classes:
            yield from (f"{cls.__module__}.{cls.__qualname__}.{name}" for name in _set(had, vars(cls)))
        if self.loggers is not None:
            yield from (f"the logger {name}" for name in _set(self.loggers, _loggers()))

    def is_put_there(self, name: str, now: object) -> bool:
        """Return whether what stands for a module was put there, and not by an import."""
        is_new = name not in self.loaded
        return getattr(now, "__spec__", None) is None if is_new else self.loaded[name] is not now


def _below(module: ModuleType) -> Iterator[ModuleType]:
    """Yield the modules within a module of Python's own."""
    for value in vars(module).values():
        if isinstance(value, ModuleType) and (value.__name__.startswith(f"{module.__name__}.") or value is os.path):
            yield value
            yield from _below(value)


def _set(before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    """Yield the public names that have another value than before."""
    for name, value in now.items():
        was = before.get(name, NEW)
        if not name.startswith("_") and was is not value and (type(was) is not tuple or was != value):
            yield name


NEW = (logging.NOTSET, False)
"""The level of a logger that is new, and that it is not disabled."""


def _loggers() -> dict[str, tuple[int, bool]]:
    """Return of each logger, by name, how much it leaves out."""
    named = {"root": logging.root, **logging.root.manager.loggerDict}
    return {name: (each.level, each.disabled) for name, each in named.items() if isinstance(each, logging.Logger)}


def _is_of_logging(value: object) -> bool:
    """Return whether a value is the module, or something that it has made or written."""
    if value is logging:
        return True
    return "logging" in (getattr(value, "__module__", ""), type(value).__module__)


def _is_one(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return module.__name__ != "__main__" and (file is None or is_pythons(file))


def _public(module: ModuleType) -> dict[str, object]:
    """Return what a module has by name, without what it keeps to itself, and without other modules."""
    names = {name: value for name, value in vars(module).items() if not isinstance(value, ModuleType)}
    return {name: value for name, value in names.items() if not name.startswith("_") and name not in MADE_LATE}
