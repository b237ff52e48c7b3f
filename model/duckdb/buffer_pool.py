"""`BufferPool`: reservations below a limit, and the queue of blocks that may be evicted for others.

Source: `src/storage/buffer/buffer_pool.cpp` and `src/storage/standard_buffer_manager.cpp` at v1.5.5 and 044a04a7cd3
(August 2026); what #25833 and #25959 changed was observed in the released 1.5.6, 2.0.0 and 2.0.1. What is not modelled:
several queues, and nodes of blocks that are gone.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.library.request import Request
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

KEEP_IN_QUEUE = Repair(
    "duckdb-25959",
    "A block that cannot be evicted for want of a temporary directory stays in the queue; it left it for ever.",
    ("2.0.0",),
    issue="duckdb/duckdb#25959",
    claim="a_satisfiable_request_is_satisfied",
    steps=5,
    run="A block that is unpinned; another does not fit, as there is nowhere to write to; a directory is set; it still"
    " does not fit.",
)
LIMIT_AS_BEFORE = Repair(
    "duckdb-25833",
    "A limit that cannot be kept is refused, and the old one stays; the new one stayed, with more in memory.",
    ("2.0.0",),
    issue="duckdb/duckdb#25833",
    claim="acquired_can_be_allocated",
    steps=2,
    run="A block of two bytes is pinned; a limit of one is refused, and is the limit.",
)
MOVE_ASSIGNMENT = Repair(
    "duckdb-21918",
    "A reservation that takes the place of another gives that back first; its bytes stayed reserved for ever.",
    ("2.0.0",),
    issue="duckdb/duckdb#21918",
    claim="accounted_is_held",
    steps=2,
    run="A block; its buffer is replaced by a new one, whose reservation is moved into the place of the old.",
)


class Where(Enum):
    """Where a block is, and whether it may be evicted."""

    PINNED = "in memory, and somebody looks at it"
    QUEUED = "in memory, and in the queue"
    STRANDED = "in memory, and in no queue"
    ON_DISK = "in a temporary file"


class Block(HeapObject):
    """A block of a temporary table or an operator."""

    size: Bytes
    where: Where = Where.PINNED

    @property
    def in_memory(self) -> bool:
        """Return whether it has a buffer."""
        return self.where is not Where.ON_DISK

    def shallow_size(self) -> Bytes:
        return self.size if self.in_memory else 0


class BufferPool(HeapObject):
    """What is reserved, below what limit, and whether there is a directory to write to."""

    limit: Bytes
    fixes: frozenset[str]
    queue: list[Block]
    used: Bytes = 0
    has_directory: bool = False

    def evict_for(self, extra: Bytes, limit: Bytes) -> bool:
        """Return whether that much fits below a limit, after evictions if need be."""
        kept: list[Block] = []
        while self.used + extra > limit and self.queue:
            block = self.queue.pop(0)
            if self.has_directory:
                block.where = Where.ON_DISK
                self.used -= block.size
            elif KEEP_IN_QUEUE.name in self.fixes:
                kept.append(block)
            else:
                block.where = Where.STRANDED
        self.queue = [*kept, *self.queue]
        return self.used + extra <= limit

    def reserve(self, size: Bytes) -> bool:
        """Return whether that much was reserved."""
        if not self.evict_for(size, self.limit):
            return False
        self.used += size
        return True

    def set_limit(self, limit: Bytes) -> None:
        """`SET memory_limit`."""
        if self.evict_for(0, limit) or LIMIT_AS_BEFORE.name not in self.fixes:
            self.limit = limit


class Buffering(Model):
    """Queries that allocate, pin and unpin blocks, and a person who changes settings."""

    pool: BufferPool
    request: Request | None

    def begin(self, limit: Bytes, blocks: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.pool = BufferPool(limit, fixes, [])
        self.blocks: list[Block] = []
        self.most = blocks
        self.request = None

    @action
    def allocate(self, size: Bytes) -> None:
        """A query allocates a block, and pins it; or it fails, out of memory."""
        require(len(self.blocks) < self.most)
        if self._reserve(size):
            self.blocks.append(Block(size))

    @action
    def pin(self, block: Block) -> None:
        """A query looks at a block, which may have to be read from its file."""
        require(block.where is not Where.PINNED)
        if block.in_memory:
            self.request = None
            self.pool.queue = [each for each in self.pool.queue if each is not block]
        elif not self._reserve(block.size):
            return
        block.where = Where.PINNED

    @action
    def unpin(self, block: Block) -> None:
        """It is done with it."""
        require(block.where is Where.PINNED)
        self.request = None
        block.where = Where.QUEUED
        self.pool.queue.append(block)

    @action
    def replace(self, block: Block) -> None:
        """A block's buffer makes way for another of its size: that is reserved, and moved to where the old one is."""
        require(block.where is Where.PINNED)
        if self._reserve(block.size) and MOVE_ASSIGNMENT.name in self.pool.fixes:
            self.pool.used -= block.size

    @action
    def destroy(self, block: Block) -> None:
        """A table is dropped, or an operator done."""
        self.request = None
        if block.in_memory:
            self.pool.used -= block.size
        self.pool.queue = [each for each in self.pool.queue if each is not block]
        self.blocks = [each for each in self.blocks if each is not block]

    @action
    def set_limit(self, limit: Bytes) -> None:
        """`SET memory_limit`."""
        self.request = None
        self.pool.set_limit(limit)

    @action
    def set_directory(self) -> None:
        """`SET temp_directory`."""
        require(not self.pool.has_directory)
        self.request = None
        self.pool.has_directory = True

    def _reserve(self, size: Bytes) -> bool:
        pool = self.pool
        evictable = sum(each.size for each in self.blocks if each.where in {Where.QUEUED, Where.STRANDED})
        there = pool.limit - pool.used + (evictable if pool.has_directory else 0)
        fits = bool(size <= there)
        self.request = Request(pool.reserve(size), satisfiable=fits)
        return self.request.whole

    def accounted(self) -> Bytes:
        """Return what is reserved."""
        return self.pool.used

    def capacity_of_pool(self) -> Bytes:
        """Return the limit."""
        return self.pool.limit

    def unused(self) -> Bytes:
        """Return 0: what is reserved is a block's."""
        return 0

    def requests(self) -> list[Request]:
        """Return what became of the reservation of the last step, if it made one."""
        return [] if self.request is None else [self.request]
