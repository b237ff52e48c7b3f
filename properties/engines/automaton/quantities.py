"""The fields that hold sizes: what may be sliced away."""

from __future__ import annotations

from spillproof.model.fields import fields_of
from spillproof.model.heap import HeapObject, subclasses_of
from spillproof.model.quantity import Field
from spillproof.model.system import Model


def quantities(model: Model) -> frozenset[Field]:
    """Return every field that holds sizes, of a model and of all heap classes."""
    return quantities_of(type(model)) | frozenset(
        found for cls in subclasses_of(HeapObject) for found in quantities_of(cls)
    )


def quantities_of(cls: type) -> frozenset[Field]:
    """Return the fields of a class that hold sizes."""
    return frozenset((cls, name) for name in fields_of(cls).quantities)
