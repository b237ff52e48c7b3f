"""`LRUCacheShard`: blocks in one list, the oldest first, parted by two marks into bottom, low and high priority.

What a part may not have any more overflows into the part before it, by moving a mark.

Source: `cache/lru_cache.cc` at v11.8.1, and before #12429. What is not modelled: pinned blocks, and eviction.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

MARK_FIRST = Repair(
    "rocksdb-12429",
    "A block of low priority is behind the mark before anything overflows; it was before it, and counted as high.",
    ("9.1.0",),
    issue="facebook/rocksdb#12429",
    claim="counters_balance",
    steps=3,
    run="A block of high priority; the capacity is lowered; a block of low priority overflows as if it were high.",
)


class Block(HeapObject):
    """A block that nobody looks at."""

    charge: Bytes
    is_high: bool

    def shallow_size(self) -> Bytes:
        return self.charge


class LRUCacheShard(HeapObject):
    """The list, its two parts, and what each may have. There is no bottom part here: what is low may be all."""

    high_capacity: Bytes
    fixes: frozenset[str]
    blocks: list[Block]
    high_usage: Bytes = 0
    low_usage: Bytes = 0
    low_mark: int = 0
    """How many blocks are behind the mark: those of low priority."""

    def insert(self, block: Block) -> None:
        """Put a block at the end of its part."""
        if block.is_high:
            self.blocks.append(block)
            self.high_usage += block.charge
            self.maintain()
            return
        self.blocks.insert(self.low_mark, block)
        self.low_usage += block.charge
        if MARK_FIRST.name in self.fixes:
            self.low_mark += 1
            self.maintain()
        else:
            self.maintain()
            self.low_mark = self.blocks.index(block) + 1

    def maintain(self) -> None:
        """Let blocks overflow from the part of high priority, the oldest first."""
        while self.high_usage > self.high_capacity and self.low_mark < len(self.blocks):
            block = self.blocks[self.low_mark]
            self.low_mark += 1
            block.is_high = False
            self.high_usage -= block.charge
            self.low_usage += block.charge

    def remove(self, block: Block) -> None:
        """Take a block out of the list, and of the account of its part."""
        if self.blocks.index(block) < self.low_mark:
            self.low_mark -= 1
        self.blocks = [each for each in self.blocks if each is not block]
        if block.is_high:
            self.high_usage -= block.charge
        else:
            self.low_usage -= block.charge


class Prioritizing(Model):
    """Blocks that come and go, and a person who lowers the capacity."""

    shard: LRUCacheShard

    def begin(self, high_capacity: Bytes, blocks: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.shard = LRUCacheShard(high_capacity, fixes, [])
        self.most = blocks
        self.lowered = False

    @action
    def release(self, charge: Bytes, is_high: bool) -> None:  # noqa: FBT001 - the block's priority
        """Nobody looks at a block any more: it goes into the list."""
        require(len(self.shard.blocks) < self.most)
        self.shard.insert(Block(charge, is_high))

    @action
    def erase(self, block: Block) -> None:
        """A block is evicted, erased, or looked at again."""
        self.shard.remove(block)

    @action
    def set_capacity(self, high_capacity: Bytes) -> None:
        """The capacity is lowered, and with it that of each part. What is above it overflows with the next block."""
        require(not self.lowered and high_capacity < self.shard.high_capacity)
        self.lowered = True
        self.shard.high_capacity = high_capacity

    def accounted(self) -> Bytes:
        """Return what counts as of high priority."""
        return self.shard.high_usage

    def reachable(self) -> Bytes:
        """Return what is of high priority."""
        return sum(each.charge for each in self.shard.blocks if each.is_high)

    def accounts(self) -> list[Bytes]:
        """Return the blocks of high priority."""
        return [each.charge for each in self.shard.blocks if each.is_high]
