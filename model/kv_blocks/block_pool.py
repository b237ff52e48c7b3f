"""vLLM's `BlockPool` under a sliding window, whose blocks are copied to the CPU once a batch of them is together.

A block that has left the window is free, and may come again for the same request: then it is twice in the batch.

Source: `vllm/v1/core/block_pool.py` of the released 0.33.0, and `free_blocks` as the issue describes it.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

FREE_ONCE = Repair(
    "vllm-42571",
    "A block that is twice in what is freed joins the free queue once; it did for each time that it was there.",
    ("0.33.0",),
    issue="vllm-project/vllm#42571",
    claim="free_is_unreachable",
    steps=6,
    run="A block is computed, leaves the window, is computed again; the batch is copied; it leaves again; that ends.",
)


class KVCacheBlock(HeapObject):
    """A block, with how many refer to it."""

    ref_cnt: int = 0

    def shallow_size(self) -> Bytes:
        return 1


class Offloading(Model):
    """A request with a window of one block, and its batches."""

    def begin(self, blocks: int = 1, longest: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.fixes = fixes
        self.blocks, self.longest = blocks, longest
        self.free = [KVCacheBlock() for _ in range(blocks)]
        self.window: KVCacheBlock | None = None
        self.batch: list[KVCacheBlock] = []
        self.copying = False

    @action
    def compute(self) -> None:
        """The window moves on to a new block, which is to be copied. A queue with a block twice is given up."""
        require(self.window is None and 0 < len(self.free) <= self.blocks)
        self.window = self.free.pop(0)
        self.window.ref_cnt = 1
        if not self.copying and len(self.batch) < self.longest:
            self.batch.append(self.window)

    @action
    def slide(self) -> None:
        """The block leaves the window."""
        require(self.window is not None)
        assert self.window is not None
        self.free_blocks([self.window])
        self.window = None

    @action
    def copy(self) -> None:
        """The batch is copied: its blocks are touched, so that nobody else gets them."""
        require(not self.copying and bool(self.batch))
        self.copying = True
        for block in self.batch:
            if block.ref_cnt == 0:
                self.free = [each for each in self.free if each is not block]
            block.ref_cnt += 1

    @action
    def copied(self) -> None:
        """The copy has ended."""
        require(self.copying)
        self.copying = False
        self.free_blocks(self.batch)
        self.batch = []

    def free_blocks(self, blocks: list[KVCacheBlock]) -> None:
        """Drop a reference to each; what nobody refers to any more is free."""
        if FREE_ONCE.name in self.fixes:
            for block in blocks:
                block.ref_cnt -= 1
                if block.ref_cnt == 0:
                    self.free.append(block)
        else:
            for block in blocks:
                block.ref_cnt -= 1
            self.free = [*self.free, *(block for block in blocks if block.ref_cnt == 0)]

    def reachable(self) -> Bytes:
        """Return how many blocks are in the window, or being copied."""
        held = [] if self.window is None else [self.window]
        for block in self.batch if self.copying else []:
            if all(block is not each for each in held):
                held.append(block)
        return len(held)

    def accounted(self) -> Bytes:
        """Return how many blocks are not in the free queue, by its length."""
        return self.blocks - len(self.free)

    def unused(self) -> Bytes:
        """Return 0: a block that is not free is in the window, or being copied."""
        return 0
