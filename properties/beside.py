"""The modules that a model is written in, and those beside them that it has something of."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from types import FunctionType, ModuleType

from spillproof.model.errors import INSTALLED, is_pythons
from spillproof.model.slips import written
from spillproof.model.system import Model

MOST_MODULES = 16
"""So many modules are looked at, the nearest first: a model may be part of a large program."""


def modules_beside(model: type[Model]) -> dict[str, ModuleType]:
    """Return the modules of a model by name, and those that they have something of; libraries and ours are none."""
    own = [cls.__module__ for cls in written(model)]
    found: dict[str, ModuleType] = {}
    waiting = deque(own)
    while waiting and len(found) < MOST_MODULES:
        name = waiting.popleft()
        module = sys.modules.get(name)
        if module is None or name in found or f"{name}.".startswith("spillproof."):
            continue
        if name in own or not _is_of_a_library(module):
            found[name] = module
            waiting.extend(map(_home, vars(module).values()))
    return found


def _is_of_a_library(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is None or is_pythons(file) or not INSTALLED.isdisjoint(Path(file).parts)


def _home(value: object) -> str:
    """Return the name of the module that a value is, or that it or its class was written in."""
    if isinstance(value, ModuleType):
        return value.__name__
    return str((value if isinstance(value, (type, FunctionType)) else type(value)).__module__)
