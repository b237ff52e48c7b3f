"""Velox, of Meta: queries have trees of memory pools, and an arbitrator moves capacity from one query to another.

A leaf reserves in quanta, and the reservation goes up to the query's root, which grows by the arbitrator's leave.
"""

from __future__ import annotations

from spillproof.model.library.engine import Engine, Manager
from spillproof.model.velox.memory_pool import Reserving
from spillproof.model.velox.shared_arbitrator import Arbitrating
from spillproof.model.velox.suspended_driver import Suspended

ENGINE = Engine(
    "velox",
    "Velox",
    "2026.08.21.00",
    (
        Manager("velox", "Queries of Velox whose capacity the SharedArbitrator moves and takes away.", Arbitrating),
        Manager("velox:leaf", "Threads that allocate of one leaf MemoryPool of Velox, in quanta.", Reserving),
        Manager("velox:driver", "A driver of Velox that waits in arbitration while its query is aborted.", Suspended),
    ),
)
