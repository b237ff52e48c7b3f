"""Arrow, of Apache: buffers of a memory pool, shared by arrays that are slices of them.

The pool counts exactly what is allocated. What a slice holds is all of its buffers, however little of them it shows.
"""

from __future__ import annotations

from spillproof.model.arrow.memory_pool import Sharing
from spillproof.model.library.engine import Engine, Manager

ENGINE = Engine(
    "arrow",
    "Arrow",
    "26.0.1",
    (
        Manager(
            "arrow",
            "Arrays of Arrow that share buffers of a pool, are converted, and are pickled.",
            Sharing,
            frozenset({"disk_is_accounted"}),
        ),
    ),
)
