"""`GroupedHashAggregateStream`: groups in memory, and when the pool refuses, sorts them and writes them to a file.

The sorted copy is there beside what it is a copy of.

Source: `datafusion/physical-plan/src/aggregates/row_hash.rs`, as #20314 describes and changes it. What is not modelled:
the fallback that sorts little by little, where there is no room for a copy, and batches that go downstream.
"""

from __future__ import annotations

from spillproof.model.datafusion.external_sorter import GreedyMemoryPool, Held
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

RESERVE_THE_COPY = Repair(
    "datafusion-20313",
    "What is sorted for a spill is reserved before it is copied; it was copied, and nothing accounted for the copy.",
    ("53.0.0",),
    issue="apache/datafusion#20313",
    claim="free_is_unreachable",
    steps=2,
    run="A group is aggregated; it is sorted for a spill.",
)


class Aggregating(Model):
    """An aggregation, and another consumer of the same pool."""

    pool: GreedyMemoryPool
    groups: Held
    sorted: Held
    other: Held

    def begin(self, pool_size: Bytes, fixes: frozenset[str] = frozenset()) -> None:
        self.pool = GreedyMemoryPool(pool_size)
        self.groups, self.sorted, self.other = Held(), Held(), Held()
        self.fixes = fixes

    @action
    def aggregate(self, size: Bytes) -> None:
        """A batch is aggregated, for which the groups need as much more."""
        require(self.sorted.size == 0 and self.pool.try_grow(size))
        self.groups.size += size

    @action
    def sort(self) -> None:
        """The groups are to be spilled, and sorted for that, if there is room for the copy."""
        require(self.groups.size > 0 and self.sorted.size == 0)
        require(RESERVE_THE_COPY.name not in self.fixes or self.pool.try_grow(self.groups.size))
        self.sorted.size = self.groups.size

    @action
    def write(self) -> None:
        """The copy is written, and all of it is dropped."""
        require(self.sorted.size > 0)
        self.pool.used -= self.groups.size
        if RESERVE_THE_COPY.name in self.fixes:
            self.pool.used -= self.sorted.size
        self.groups.size = self.sorted.size = 0

    @action
    def other_takes(self, size: Bytes) -> None:
        """Another consumer reserves something."""
        require(self.other.size == 0 and self.pool.try_grow(size))
        self.other.size = size

    @action
    def other_gives_back(self) -> None:
        """It frees what it has."""
        require(self.other.size > 0)
        self.pool.used -= self.other.size
        self.other.size = 0

    def accounted(self) -> Bytes:
        """Return what the pool has granted."""
        return self.pool.used

    def capacity_of_pool(self) -> Bytes:
        """Return the pool's size."""
        return self.pool.pool_size

    def unused(self) -> Bytes:
        """Return 0: what is granted is used at once."""
        return 0
