"""Who stores a reference: while a run is taken, each field that is set and each bag that is added to says its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from spillproof.model.errors import model_line
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.system import Model

Stores = dict[tuple[int, str, int], str]
"""By the id of the holder, the field and the id of the target, the last line that stored the reference."""


@contextmanager
def listening(stores: Stores, kept: list[object]) -> Iterator[None]:
    """Record who sets a field of the heap or of the model, and who adds to a bag, while the block runs."""

    def note(holder: object, field: str, value: object) -> None:
        kept.extend((holder, value))  # so that nothing else gets their ids
        if isinstance(value, HeapObject):
            stores[id(holder), field, id(value)] = model_line()
        elif isinstance(value, Bag):
            stores.update({(id(value), "", id(each)): model_line() for each in value})

    def set_field(self: Any, name: str, value: Any) -> None:
        note(self, name, value)
        object.__setattr__(self, name, value)

    def add(self: Bag[Any], member: Any) -> None:
        note(self, "", member)
        adding(self, member)

    adding = Bag.add
    try:
        for cls in (HeapObject, Model):
            cls.__setattr__ = set_field  # type: ignore[method-assign] # undone below
        Bag.add = add  # type: ignore[method-assign]
        yield
    finally:
        for cls in (HeapObject, Model):
            del cls.__setattr__
        Bag.add = adding  # type: ignore[method-assign]
