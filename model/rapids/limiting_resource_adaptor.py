"""RMM's `limiting_resource_adaptor`: counts what is allocated, and refuses what is above a limit.

Source: `include/rmm/mr/device/limiting_resource_adaptor.hpp` at v21.08.00 and v21.10.00. What is not modelled:
alignment, and that the upstream may refuse.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

COUNT_FIRST = Repair(
    "rmm-868",
    "What is about to be allocated counts before it is compared; two threads compared, and then both counted.",
    ("21.10.00",),
    issue="rapidsai/rmm#868",
    claim="acquired_can_be_allocated",
    steps=4,
    run="The limit is a byte; a thread asks for one, and so does another; both find room, and allocate it.",
)


class Allocation(HeapObject):
    """What a thread asks for, or has."""

    size: Bytes
    is_done: bool = False

    def shallow_size(self) -> Bytes:
        return self.size if self.is_done else 0


class Limiting(Model):
    """Threads, each in the middle of an allocation or done with it."""

    limit: Bytes
    allocated_bytes: Bytes

    def begin(self, limit: Bytes, threads: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.limit, self.most, self.fixes = limit, threads, fixes
        self.allocated_bytes = 0
        self.allocations: list[Allocation] = []

    @action
    def compare(self, size: Bytes) -> None:
        """A thread asks for memory, and there is room."""
        require(len(self.allocations) < self.most and self.allocated_bytes + size <= self.limit)
        self.allocations.append(Allocation(size))
        if COUNT_FIRST.name in self.fixes:
            self.allocated_bytes += size

    @action
    def allocate(self, allocation: Allocation) -> None:
        """It has what it asked for."""
        require(not allocation.is_done)
        allocation.is_done = True
        if COUNT_FIRST.name not in self.fixes:
            self.allocated_bytes += allocation.size

    @action
    def deallocate(self, allocation: Allocation) -> None:
        """It gives it back."""
        require(allocation.is_done)
        self.allocated_bytes -= allocation.size
        self.allocations = [each for each in self.allocations if each is not allocation]

    def accounted(self) -> Bytes:
        """Return what counts as allocated."""
        return self.allocated_bytes

    def capacity_of_pool(self) -> Bytes:
        """Return the limit."""
        return self.limit

    def unused(self) -> Bytes:
        """Return what counts, and is about to be allocated."""
        return sum(each.size for each in self.allocations if not each.is_done)
