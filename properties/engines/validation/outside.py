"""Heap objects that stand outside of every state, where no step resets them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
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
