"""KV blocks, of vLLM and SGLang: the memory of a GPU in blocks, handed to requests, shared by prefixes, counted.

Nothing here is freed by going out of sight: a block is free when it is in the free queue, and whoever writes to it then
writes into somebody else's request.
"""

from __future__ import annotations

from spillproof.model.kv_blocks.block_pool import Offloading
from spillproof.model.kv_blocks.radix_cache import Caching
from spillproof.model.kv_blocks.scheduler import Scheduling
from spillproof.model.library.engine import Engine, Manager

ENGINE = Engine(
    "kv-blocks",
    "KV blocks",
    "vLLM 0.33.0, SGLang 0.5.23",
    (
        Manager(
            "kv-blocks", "Requests of vLLM that are scheduled, preempted and finished ahead of the GPU.", Scheduling
        ),
        Manager("kv-blocks:offload", "Blocks of a sliding window of vLLM, and their copying to the CPU.", Offloading),
        Manager("kv-blocks:radix", "SGLang's RadixCache: what is free, what can be evicted, what is locked.", Caching),
    ),
)
