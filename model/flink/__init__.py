"""Flink, of Apache: memory in segments of one size, for operators' tables and for what goes over the network.

A pool of network buffers is divided anew whenever a task comes or goes. A segment that nobody gives back is missing
until the process ends.
"""

from __future__ import annotations

from spillproof.model.flink.exclusive_buffers import Requesting
from spillproof.model.flink.memory_manager import Paging
from spillproof.model.flink.network_buffer_pool import Pooling
from spillproof.model.flink.segment_locks import Locking
from spillproof.model.library.engine import Engine, Manager

ENGINE = Engine(
    "flink",
    "Flink",
    "2.3.0",
    (
        Manager("flink", "LocalBufferPools of Flink that come and go, and share a NetworkBufferPool.", Pooling),
        Manager("flink:exclusive", "Buffers of Flink that input channels require for themselves.", Requesting),
        Manager("flink:locks", "Two threads of Flink at the locks of its buffer pools.", Locking),
        Manager("flink:managed", "Pages of Flink's MemoryManager, and who gives them back.", Paging),
    ),
)
