"""State outside of every state, where no step resets it: heap objects, and attributes of classes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

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


class ClassAttributes:
    """What the classes of a model have in them when a check begins. A step that sets it is refused."""

    def __init__(self, model: type[Model]) -> None:
        modules = {cls.__module__ for cls in written(model)}
        classes = [*written(model), *(each for each in _subclasses(HeapObject) if each.__module__ in modules)]
        self.before = {cls: {**vars(cls)} for cls in classes}

    def refuse_changed(self) -> None:
        """Raise `ModelError` where a class has another attribute than before."""
        for cls, before in self.before.items():
            for name, value in vars(cls).items():
                if before.get(name, self) is not value and not name.startswith(("__", "_abc")):
                    message = (
                        f"{place_set(cls, name)}: {cls.__name__}.{name} is set during the check, and a class is no "
                        "part of a state; keep it in an attribute of the model, set in `begin`"
                    )
                    raise ModelError(message)


def _subclasses(cls: type) -> Iterator[type]:
    below: list[type] = cls.__subclasses__()
    for each in below:
        yield each
        yield from _subclasses(each)
