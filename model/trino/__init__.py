"""Trino: an operator tells a memory context how much it has, and the context tells the pool.

Nothing is freed by that. When an operator is closed its contexts are, and whatever they say then is given back.
"""

from __future__ import annotations

from spillproof.model.library.engine import Engine, Manager
from spillproof.model.trino.memory_context import Accounting

ENGINE = Engine(
    "trino",
    "Trino",
    "482",
    (Manager("trino", "Memory contexts of an operator of Trino, of one nested in it, and of its output.", Accounting),),
)
