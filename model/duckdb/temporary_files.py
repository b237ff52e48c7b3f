"""Blocks of unusual sizes in temporary files: a file each, as `StandardBufferManager` writes and reads them.

Source: `src/storage/standard_buffer_manager.cpp` at v1.5.2 and v1.5.3; what #25672 changed was observed in the released
1.5.6, 2.0.0 and 2.0.1. What is not modelled: blocks of the usual size, which share files.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

ONCE = Repair(
    "duckdb-22394",
    "A block that is read back is subtracted once from what is on disk; it was twice, by the delete and by the read.",
    ("1.5.3",),
    issue="duckdb/duckdb#22394",
    claim="counters_never_negative",
    steps=3,
    run="A block is allocated, written to a file, and read again: less than nothing is on disk.",
)
AFTER_THE_WRITE = Repair(
    "duckdb-25672",
    "A write that fails leaves nothing behind; the block counted as written, and its file stayed, empty.",
    ("2.0.0",),
    issue="duckdb/duckdb#25672",
    claim="disk_is_accounted",
    steps=3,
    run="A block; the disk is full; writing the block fails, and it counts as written.",
)


class Block(HeapObject):
    """A block, in memory or in its file."""

    size: Bytes
    in_memory: bool = True

    def shallow_size(self) -> Bytes:
        return self.size if self.in_memory else 0


class Offloading(Model):
    """Blocks that are written when memory is short, and read when they are wanted."""

    used: Bytes
    evicted: Bytes
    """`evicted_data_per_tag`."""

    def begin(self, blocks: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.fixes = fixes
        self.most = blocks
        self.blocks: list[Block] = []
        self.disk_is_full = False
        self.used = self.evicted = 0

    @action
    def allocate(self, size: Bytes) -> None:
        """A query allocates a block."""
        require(len(self.blocks) < self.most)
        self.blocks.append(Block(size))
        self.used += size

    @action
    def write(self, block: Block) -> None:
        """`WriteTemporaryBuffer`: a block is evicted, if it can be written."""
        require(block.in_memory)
        if not self.disk_is_full or AFTER_THE_WRITE.name not in self.fixes:
            self.evicted += block.size
        if not self.disk_is_full:
            block.in_memory = False
            self.used -= block.size

    @action
    def read(self, block: Block) -> None:
        """`ReadTemporaryBuffer`: a block is read, and its file deleted."""
        require(not block.in_memory)
        self._delete_file(block)
        if ONCE.name not in self.fixes:
            self.evicted -= block.size
        block.in_memory = True
        self.used += block.size

    @action
    def destroy(self, block: Block) -> None:
        """A block is dropped, wherever it is."""
        if block.in_memory:
            self.used -= block.size
        else:
            self._delete_file(block)
        self.blocks = [each for each in self.blocks if each is not block]

    @action
    def fill_disk(self) -> None:
        """`max_temp_directory_size` is reached, or the disk is full."""
        require(not self.disk_is_full)
        self.disk_is_full = True

    def _delete_file(self, block: Block) -> None:
        self.evicted -= block.size
        self.disk_is_full = False

    def accounted(self) -> Bytes:
        """Return what is reserved."""
        return self.used

    def disk_accounted(self) -> Bytes:
        """Return what `duckdb_memory()` says of temporary storage."""
        return self.evicted

    def disk_used(self) -> Bytes:
        """Return what is in files."""
        return sum(each.size for each in self.blocks if not each.in_memory)
