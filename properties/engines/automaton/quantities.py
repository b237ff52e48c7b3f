"""The fields that hold sizes: what may be sliced away."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.model.fields import fields_of
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Field
from spillproof.model.system import Model


def quantities(model: Model) -> frozenset[Field]:
    """Return every field that holds sizes, of a model and of all heap classes."""
    return _quantities_of(type(model)) | frozenset(
        found for cls in _subclasses(HeapObject) for found in _quantities_of(cls)
    )


def _quantities_of(cls: type) -> frozenset[Field]:
    return frozenset((cls, name) for name in fields_of(cls).quantities)


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = cls.__subclasses__()
    for each in found:
        yield each
        yield from _subclasses(each)
