"""RocksDB, of Meta: memtables are charged to the block cache, which then is the one limit of both.

A block that an iterator looks at is pinned, and cannot be evicted. With a strict limit an insertion may fail.
"""

from __future__ import annotations

from spillproof.model.library.engine import Engine, Manager
from spillproof.model.rocksdb.lru_cache import Prioritizing
from spillproof.model.rocksdb.write_buffer_manager import Charging

ENGINE = Engine(
    "rocksdb",
    "RocksDB",
    "11.8.1",
    (
        Manager(
            "rocksdb",
            "Memtables of RocksDB that are charged to a block cache with a strict limit, beside pinned blocks.",
            Charging,
            frozenset({"free_is_unreachable", "release_frees_what_it_says", "acquired_can_be_allocated"}),
        ),
        Manager("rocksdb:lru", "Blocks of high and low priority in one list of RocksDB's LRUCache.", Prioritizing),
    ),
)
