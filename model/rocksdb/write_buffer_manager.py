"""`WriteBufferManager`: charges memtables to an `LRUCache`, and stalls writers when there are too many.

Source: `memtable/write_buffer_manager.cc` and `cache/lru_cache.cc` at v11.8.1, and before #6619 and #9009. What is not
modelled: that charges come in dummy entries of 256 KB, priorities, and blocks that nobody looks at.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.library.request import Request
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

NO_NULL_HANDLE = Repair(
    "rocksdb-6619",
    "What could not be charged is not released; a handle that the cache had never given out was, and it crashed.",
    ("6.10.1",),
    issue="facebook/rocksdb#6247",
    claim="no_exception",
    steps=2,
    run="A memtable that does not fit into the cache; it is flushed.",
    beside=("rocksdb-charge-first",),
)
WAKE_IF_DISABLED = Repair(
    "rocksdb-9009",
    "Writers that are stalled go on when the limit on memtables is lifted; they waited for a flush that need not come.",
    ("6.26.0",),
    issue="facebook/rocksdb#9009",
    claim="nobody_waits_in_vain",
    steps=3,
    run="A memtable; a writer stalls, as there are too many; the limit is lifted.",
)
CHARGE_FIRST = Repair(
    "rocksdb-charge-first",
    "A memtable for which the cache has no room is not allocated; it is, and nothing accounts for it.",
    issue="facebook/rocksdb#6619",
    claim="free_is_unreachable",
    steps=1,
    run="A memtable that does not fit into the cache.",
)
"""What the code itself says would be better. Nobody has filed it as a defect of its own."""


class Memtable(HeapObject):
    """Writes that are not flushed yet, and whether they are charged to the cache."""

    size: Bytes
    charged: bool

    def shallow_size(self) -> Bytes:
        return self.size


class Block(HeapObject):
    """A block of a file that an iterator has pinned."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class LRUCache(HeapObject):
    """Its limit is strict: what does not fit is not inserted."""

    capacity: Bytes
    usage: Bytes = 0

    def insert(self, charge: Bytes) -> bool:
        """Return whether as much was charged."""
        if self.usage + charge > self.capacity:
            return False
        self.usage += charge
        return True


class Charging(Model):
    """Writers, a flush, iterators, and one writer that may stall."""

    cache: LRUCache
    buffer_size: Bytes
    memory_used: Bytes

    def begin(self, capacity: Bytes, buffer_size: Bytes, most: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.cache = LRUCache(capacity)
        self.buffer_size = buffer_size
        self.memory_used = 0
        self.enabled, self.stalled = True, False
        self.memtables: list[Memtable] = []
        self.block: Block | None = None
        self.most, self.fixes = most, fixes

    @action
    def write(self, size: Bytes) -> None:
        """`ReserveMem`: a memtable is allocated, and charged if there is room for it."""
        require(len(self.memtables) < self.most)
        charged = self.cache.insert(size)
        require(charged or CHARGE_FIRST.name not in self.fixes)
        self.memtables.append(Memtable(size, charged))
        self.memory_used += size

    @action
    def flush(self, memtable: Memtable) -> None:
        """`FreeMem`: a memtable is written to a file. Writers go on if there is room again."""
        self.memtables = [each for each in self.memtables if each is not memtable]
        self.memory_used -= memtable.size
        if memtable.charged:
            self.cache.usage -= memtable.size
        elif NO_NULL_HANDLE.name not in self.fixes:
            raise SegmentationFaultError
        if self.memory_used < self.buffer_size:
            self.stalled = False

    @action
    def pin(self, size: Bytes) -> None:
        """An iterator reads a block, which has to fit."""
        require(self.block is None and self.cache.insert(size))
        self.block = Block(size)

    @action
    def unpin(self) -> None:
        """It goes on, and the block is evicted."""
        require(self.block is not None)
        assert self.block is not None
        self.cache.usage -= self.block.size
        self.block = None

    @action
    def stall(self) -> None:
        """A writer finds too many memtables, and waits."""
        require(self.enabled and not self.stalled and self.memory_used >= self.buffer_size)
        self.stalled = True

    @action
    def disable(self) -> None:
        """`SetBufferSize(0)`: there is no limit on memtables any more."""
        require(self.enabled)
        self.enabled = False
        if WAKE_IF_DISABLED.name in self.fixes:
            self.stalled = False

    def accounted(self) -> Bytes:
        """Return what the cache is charged."""
        return self.cache.usage

    def capacity_of_pool(self) -> Bytes:
        """Return what it may be charged."""
        return self.cache.capacity

    def unused(self) -> Bytes:
        """Return 0: what is charged is a memtable's, or a block's."""
        return 0

    def nobody_waits(self) -> bool:
        """Return whether no writer waits."""
        return not self.stalled

    def sleeping(self) -> list[Request]:
        """Return the writer that waits, if there is one, and whether it need not."""
        if not self.stalled:
            return []
        return [Request(whole=False, satisfiable=bool(not self.enabled or self.memory_used < self.buffer_size))]


class SegmentationFaultError(Exception):
    """A null pointer was followed."""
