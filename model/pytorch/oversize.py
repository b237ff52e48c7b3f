"""Blocks above `max_split_size_mb`: they are never split, and released one by one where a larger one is wanted.

Source: `c10/core/CachingDeviceAllocator.h` and `c10/cuda/CUDACachingAllocator.cpp` as found in 2025, before #159567 was
mended in 2.9.0.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

READ_FIRST = Repair(
    "pytorch-159567",
    "A block's size is read before the block is released; it was read of a block that was gone.",
    ("2.9.0",),
    issue="pytorch/pytorch#159567",
    claim="no_use_after_free",
    steps=3,
    run="A block is allocated and freed; a larger one is asked for, and the device is full: the first is released.",
)


class Block(HeapObject):
    """A segment of its own."""

    size: Bytes
    is_free: bool = False
    """In the cache."""
    is_freed: bool = False
    """Given back to the device, and deleted."""

    def shallow_size(self) -> Bytes:
        return 0 if self.is_freed else self.size


class Oversize(Model):
    """Tensors that are too large for their blocks to be split."""

    device: Bytes
    reserved: Bytes

    def begin(self, device: Bytes, tensors: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.device, self.most, self.fixes = device, tensors, fixes
        self.reserved = 0
        self.blocks: list[Block] = []
        self.read: Block | None = None
        """The block whose size was looked at last."""

    @action
    def malloc(self, size: Bytes) -> None:
        """A tensor is made: in a cached block of its size, or in a new one, for which others may be released."""
        require(sum(1 for each in self.blocks if not each.is_free) < self.most and len(self.blocks) <= self.most)
        self.read = None
        for block in self.blocks:
            if block.is_free and block.size == size:
                block.is_free = False
                return
        if self.reserved + size > self.device:
            self.release_available_cached_blocks(size)
        require(self.reserved + size <= self.device)
        self.reserved += size
        self.blocks.append(Block(size))

    @action
    def free(self, block: Block) -> None:
        """A tensor is gone."""
        require(not block.is_free and not block.is_freed)
        self.read = None
        block.is_free = True

    def release_available_cached_blocks(self, size: Bytes) -> None:
        """Release cached blocks until there is as much."""
        released: Bytes = 0
        for block in [each for each in self.blocks if each.is_free]:
            if released >= size:
                break
            self.read = block if READ_FIRST.name not in self.fixes else None
            released += block.size
            block.is_freed = True
            self.reserved -= block.size
            self.blocks = [each for each in self.blocks if each is not block]

    def accounted(self) -> Bytes:
        """Return what is reserved of the device."""
        return self.reserved

    def reachable(self) -> Bytes:
        """Return what is allocated or cached."""
        return sum(each.size for each in self.blocks)

    def capacity_of_pool(self) -> Bytes:
        """Return what the device has."""
        return self.device

    def pages_in_use(self) -> list[Block]:
        """Return the tensors' blocks, and the one that is looked at."""
        held = [each for each in self.blocks if not each.is_free]
        return held if self.read is None else [*held, self.read]
