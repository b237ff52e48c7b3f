"""`SharedArbitrator`: gives each query's root pool a capacity, and takes it back where others need it.

Source: `velox/common/memory/SharedArbitrator.cpp` at v2026.08.21.00, and before #13231 and #13464. What is not
modelled: reserved capacity, spilling before an abort, waiting for a global arbitration.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

PROMISED_CAPACITY = Repair(
    "velox-13231",
    "What an aborted query will free counts at once; only what it freed at once did, and others were aborted besides.",
    ("2025.11.14.00",),
    issue="facebookincubator/velox#13231",
    claim="nobody_is_given_up_in_vain",
    steps=4,
    run="Two queries, the first of which frees a part; 3 bytes are to be freed: the first has them, both are aborted.",
)
UNUSED_FIRST = Repair(
    "velox-13464",
    "Unused capacity is taken back before a query is aborted; a query was aborted while there was enough of it.",
    ("2025.11.14.00",),
    issue="facebookincubator/velox#13464",
    claim="nobody_is_given_up_in_vain",
    steps=3,
    run="A query reserves two bytes and frees one; when one byte is to be freed, it is aborted.",
)


class MemoryPool(HeapObject):
    """The root pool of a query, which stands for what its operators have."""

    capacity: Bytes = 0
    reserved: Bytes = 0
    aborted: bool = False

    def shallow_size(self) -> Bytes:
        return self.reserved

    def shrink(self) -> Bytes:
        """Give up the capacity that is not used, and return how much that was."""
        unused = self.capacity - self.reserved
        self.capacity = self.reserved
        return unused


class SharedArbitrator(HeapObject):
    """Has the capacity that no query has."""

    capacity: Bytes
    free: Bytes
    pools: list[MemoryPool]
    fixes: frozenset[str]

    def grow(self, pool: MemoryPool, size: Bytes) -> bool:
        """Return whether a query may reserve as much: of its own capacity, of what is free, of what is unused."""
        if pool.reserved + size > pool.capacity:
            self.free += self.reclaim_unused()
            if size > self.free:
                return False
            self.free -= size
            pool.capacity += size
        pool.reserved += size
        return True

    def unused(self) -> Bytes:
        return sum(each.capacity - each.reserved for each in self.pools)

    def reclaim_unused(self) -> Bytes:
        """Return how much unused capacity was taken back from queries."""
        return sum([each.shrink() for each in self.pools])

    def shrink_capacity(self, target: Bytes) -> list[tuple[Bytes, Bytes]]:
        """Free that much, by aborting queries if need be; return the victims, as the claim asks for them."""
        there = self.unused()
        reclaimed: Bytes = 0
        if UNUSED_FIRST.name in self.fixes:
            reclaimed = self.reclaim_unused()
            self.free += reclaimed
        victims: list[tuple[Bytes, Bytes]] = []
        while reclaimed < target and (victim := self.victim()) is not None:
            victims.append((there, target))
            there += victim.reserved
            promised = victim.capacity
            freed = victim.shrink()
            self.free += freed
            victim.aborted = True
            gained = promised if PROMISED_CAPACITY.name in self.fixes else freed
            if gained == 0:
                break
            reclaimed += gained
        return victims

    def victim(self) -> MemoryPool | None:
        """Return the query with the most capacity that is not aborted yet."""
        found: MemoryPool | None = None
        for each in self.pools:
            if not each.aborted and each.capacity > 0 and (found is None or each.capacity > found.capacity):
                found = each
        return found


class Arbitrating(Model):
    """Queries that allocate and free, and an operator of the server who takes capacity away."""

    arbitrator: SharedArbitrator
    given_up: list[tuple[Bytes, Bytes]]

    def begin(self, capacity: Bytes, queries: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        pools = [MemoryPool() for _ in range(queries)]
        self.arbitrator = SharedArbitrator(capacity, capacity, pools, fixes)
        self.given_up = []

    @action
    def allocate(self, pool: MemoryPool, size: Bytes) -> None:
        """An operator of a query allocates."""
        require(not pool.aborted and self.arbitrator.grow(pool, size))
        self.given_up = []

    @action
    def free(self, pool: MemoryPool, size: Bytes) -> None:
        """An operator frees something. The query keeps the capacity."""
        require(size <= pool.reserved)
        self.given_up = []
        pool.reserved -= size

    @action
    def shrink_capacity(self, target: Bytes) -> None:
        """The server is to give that much back."""
        self.given_up = self.arbitrator.shrink_capacity(target)

    @action
    def end(self, pool: MemoryPool) -> None:
        """A query that was aborted is gone, and another begins in its place."""
        require(pool.aborted)
        self.given_up = []
        self.arbitrator.free += pool.capacity
        pool.capacity = pool.reserved = 0
        pool.aborted = False

    def accounted(self) -> Bytes:
        """Return what the queries have reserved."""
        return sum(each.reserved for each in self.arbitrator.pools)

    def capacity_of_pool(self) -> Bytes:
        """Return what the arbitrator divides."""
        return self.arbitrator.capacity

    def sizes_of_pools(self) -> list[Bytes]:
        """Return the queries' capacities, and what nobody has."""
        return [*(each.capacity for each in self.arbitrator.pools), self.arbitrator.free]

    def victims(self) -> list[tuple[Bytes, Bytes]]:
        """Return whom the last step aborted."""
        return self.given_up
