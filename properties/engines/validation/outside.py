"""State outside of every state, where no step resets it: heap objects, and attributes of classes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.place import place_set
from spillproof.model.slips import written
from spillproof.model.system import Model


def refuse_shared(model: type[Model]) -> None:
    """Raise `ModelError` for heap objects in the class of a model, or in its module."""
    places: list[tuple[str, Mapping[str, Any]]] = [(cls.__name__, vars(cls)) for cls in model.__mro__]
    places += [(model.__module__, vars(sys.modules[model.__module__]))] if model.__module__ in sys.modules else []
    for where, names in places:
        for name, value in names.items():
            if isinstance(value, (HeapObject, Bag)):
                message = (
                    f"{where}.{name} holds a {type(value).__name__} outside of the model's state, where no root leads "
                    "to it and no step resets it; keep it in an attribute of the model, set in `begin`"
                )
                raise ModelError(message)


class Outside:
    """What the classes of a model, and the modules that they stand in, have when a check begins. No step may set it."""

    def __init__(self, model: type[Model]) -> None:
        modules = {cls.__module__ for cls in written(model) if not cls.__module__.startswith("spillproof.")}
        classes = [*written(model), *(each for each in _subclasses(HeapObject) if each.__module__ in modules)]
        self.classes = [(cls, {**vars(cls)}) for cls in classes]
        self.modules = [(name, vars(module), {**vars(module)}) for name in modules if (module := sys.modules.get(name))]

    def refuse_changed(self) -> None:
        """Raise `ModelError` where a class or a module has another attribute than before."""
        for cls, before in self.classes:
            for name in _set(before, vars(cls)):
                _refuse(f"{place_set(cls, name)}: {cls.__name__}.{name}", "a class")
        for module, now, before in self.modules:
            for name in _set(before, now):
                _refuse(f"{module}.{name}", "a module")


def _set(before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[str]:
    """Yield the names that are new, or have another value than before."""
    for name, value in now.items():
        if before.get(name, before) is not value and not name.startswith(("__", "_abc")):
            yield name


def _refuse(what: str, where: str) -> NoReturn:
    message = (
        f"{what} is set during the check, and {where} is no part of a state; keep it in an attribute of the model, set "
        "in `begin`"
    )
    raise ModelError(message)


def _subclasses(cls: type) -> Iterator[type]:
    below: list[type] = cls.__subclasses__()
    for each in below:
        yield each
        yield from _subclasses(each)
