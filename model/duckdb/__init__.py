"""DuckDB: blocks are pinned while somebody looks at them, and may be evicted to temporary files when nobody does.

Every byte of a block in memory is reserved of one pool. An unpinned block is put into a queue, from which the pool
takes blocks to evict when a reservation does not fit.
"""

from __future__ import annotations

from spillproof.model.duckdb.buffer_pool import Buffering
from spillproof.model.duckdb.temporary_files import Offloading
from spillproof.model.library.engine import Engine, Manager

ENGINE = Engine(
    "duckdb",
    "DuckDB",
    "2.0.1",
    (
        Manager("duckdb", "Blocks of DuckDB that are pinned, unpinned and evicted, below a limit.", Buffering),
        Manager("duckdb:temporary-files", "Blocks of DuckDB that are written to files, and read again.", Offloading),
    ),
)
