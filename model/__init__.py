"""What may happen: models of memory managers, and the kit they are written with.

A model needs no more than what can be imported from here.
"""

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import announce, choose, preferred
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require

__all__ = [
    "Bag",
    "Bytes",
    "Count",
    "HeapObject",
    "Model",
    "ModelError",
    "action",
    "announce",
    "choose",
    "preferred",
    "require",
]
