"""PyTorch's caching allocator: what is freed on a GPU is kept, split and merged, and given to who asks for as much.

A block that another stream uses, too, is free when that stream is past an event. Only a whole segment can be given back
to the device.
"""

from __future__ import annotations

from spillproof.model.library.engine import Engine, Manager
from spillproof.model.pytorch.caching_allocator import Splitting
from spillproof.model.pytorch.oversize import Oversize

ENGINE = Engine(
    "pytorch",
    "PyTorch",
    "main of July 2026",
    (
        Manager(
            "pytorch",
            "Tensors of PyTorch on a GPU of two pages: segments that are split, and streams that are behind.",
            Splitting,
            frozenset({"a_satisfiable_request_is_satisfied"}),
        ),
        Manager("pytorch:oversize", "Cached blocks of PyTorch that are too large to be split.", Oversize),
    ),
)
