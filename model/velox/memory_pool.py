"""A leaf `MemoryPool`: reserves in quanta, and what it reserves, its root has reserved first.

A reservation takes several steps, between which another thread may free something. Sizes are few, and small.

Source: `velox/common/memory/MemoryPool.cpp` at v2026.08.21.00, and before #4785. What is not modelled: `maybeReserve`,
and a capacity that grows or shrinks.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

RELEASE_ON_FAILURE = Repair(
    "velox-4785",
    "An allocation that fails releases what it has reserved; a first round of it stayed reserved, and nobody had it.",
    ("2025.11.14.00",),
    issue="facebookincubator/velox#4785",
    claim="accounted_is_held",
    steps=6,
    run="A buffer; another is to reserve what the first one's quantum does not cover; that is freed meanwhile; a second"
    " round is refused.",
)


QUANTUM = 2


class Size(Enum):
    """How much is allocated, where a quantum is two bytes."""

    HALF = "half of a quantum"
    MORE = "a quantum and a half"

    @property
    def bytes(self) -> int:
        """Return how many bytes that is."""
        return 1 if self is Size.HALF else 3


class Buffer(HeapObject):
    """What was allocated."""

    size: int

    def shallow_size(self) -> Bytes:
        return self.size


class Allocation(HeapObject):
    """An allocation under way: how large, and what it is about to reserve, in this round."""

    size: int
    increment: int


class MemoryPool(HeapObject):
    """The leaf. Its root has reserved as much, and has a capacity."""

    capacity: int
    fixes: frozenset[str]
    used: int = 0
    reserved: int = 0

    def quantized(self, size: int) -> int:
        """Return the least multiple of the quantum that is at least as much."""
        return size + size % QUANTUM

    def increment_for(self, size: int) -> int:
        """Return what has to be reserved besides for an allocation: 0 where there is enough."""
        return self.quantized(max(0, self.used + size - self.reserved))

    def release(self, size: int) -> None:
        """Free that much, and keep what is used, in whole quanta."""
        self.used -= size
        self.reserved = min(self.reserved, self.quantized(self.used))


class Reserving(Model):
    """Threads that allocate and free, of which one is in the middle of it."""

    pool: MemoryPool
    buffers: Bag[Buffer]
    allocation: Allocation | None

    def begin(self, capacity: int = 2, buffers: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.pool = MemoryPool(capacity, fixes)
        self.buffers = Bag()
        self.allocation = None
        self.most = buffers

    @action
    def allocate(self, size: Size) -> None:
        """A thread looks what has to be reserved for it, and lets go of the lock."""
        require(self.allocation is None and len(self.buffers) < self.most)
        self.allocation = Allocation(size.bytes, self.pool.increment_for(size.bytes))

    @action
    def reserve(self) -> None:
        """It reserves that, and has its buffer if it is enough, or goes another round; or is refused by the root."""
        require(self.allocation is not None)
        assert self.allocation is not None
        pool, size = self.pool, self.allocation.size
        if pool.reserved + self.allocation.increment > pool.capacity:
            self.allocation = None
            if RELEASE_ON_FAILURE.name in pool.fixes:
                pool.release(0)
            return
        pool.reserved += self.allocation.increment
        self.allocation.increment = pool.increment_for(size)
        if self.allocation.increment == 0:
            pool.used += size
            self.buffers.add(Buffer(size))
            self.allocation = None

    @action
    def free(self, buffer: Buffer) -> None:
        """Another thread frees a buffer."""
        self.buffers.discard(buffer)
        self.pool.release(buffer.size)

    def accounted(self) -> Bytes:
        """Return what is reserved, at the leaf and at its root."""
        return self.pool.reserved

    def capacity_of_pool(self) -> Bytes:
        """Return what the root may reserve."""
        return self.pool.capacity

    def unused(self) -> Bytes:
        """Return what the quanta have beyond what is used, and what an allocation under way may have reserved."""
        pool = self.pool
        return (pool.reserved if self.allocation is not None else pool.quantized(pool.used)) - pool.used
