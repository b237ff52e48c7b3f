"""RAPIDS: RMM's adaptors, which count and limit what is allocated on a GPU, and cuDF's spill manager above them.

A column's memory is spilled to the host in place: whoever has the buffer has it still, and its pointer is another.
"""

from __future__ import annotations

from spillproof.model.library.engine import Engine, Manager
from spillproof.model.rapids.limiting_resource_adaptor import Limiting
from spillproof.model.rapids.spill_manager import Spilling

ENGINE = Engine(
    "rapids",
    "RAPIDS (RMM, cuDF)",
    "26.10.02",
    (
        Manager("rapids", "Threads that allocate below the limit of RMM's limiting_resource_adaptor.", Limiting),
        Manager(
            "rapids:spill-manager",
            "Buffers of cuDF that its SpillManager moves to the host above a limit.",
            Spilling,
            frozenset({"nobody_is_given_up_in_vain"}),
        ),
    ),
)
