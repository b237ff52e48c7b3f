"""`SharedArbitrator`: gives each query's root pool a capacity, and takes it back where others need it.

Sizes are pages, of which there are few: all runs of so small a server are all that there are.

Source: `velox/common/memory/SharedArbitrator.cpp` at v2026.08.21.00, and before #13231 and #13464. What is not
modelled: reserved capacity, spilling before an abort, waiting for a global arbitration.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.library.request import Size
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

PROMISED_CAPACITY = Repair(
    "velox-13231",
    "What an aborted query will free counts at once; only what it freed at once did, and others were aborted besides.",
    ("2025.11.14.00",),
    issue="facebookincubator/velox#13231",
    claim="nobody_is_given_up_in_vain",
    steps=3,
    run="A query has two pages, another one; two are to be freed: the first frees one of them at once, and the second"
    " is aborted, too.",
)
UNUSED_FIRST = Repair(
    "velox-13464",
    "Unused capacity is taken back before a query is aborted; a query was aborted while there was enough of it.",
    ("2025.11.14.00",),
    issue="facebookincubator/velox#13464",
    claim="nobody_is_given_up_in_vain",
    steps=3,
    run="A query reserves a page and frees it; when a page is to be given back, it is aborted.",
)


class MemoryPool(HeapObject):
    """The root pool of a query, which stands for what its operators have."""

    capacity: int = 0
    reserved: int = 0
    aborted: bool = False

    def shallow_size(self) -> Bytes:
        return self.reserved

    def shrink(self) -> int:
        """Give up the capacity that is not used, and return how much that was."""
        unused = self.capacity - self.reserved
        self.capacity = self.reserved
        return unused


class SharedArbitrator(HeapObject):
    """Has the capacity that no query has."""

    capacity: int
    free: int
    pools: list[MemoryPool]
    fixes: frozenset[str]

    def grow(self, pool: MemoryPool, size: int) -> bool:
        """Return whether a query may reserve as much: of its own capacity, of what is free, of what is unused."""
        if pool.reserved + size > pool.capacity:
            self.free += self.reclaim_unused()
            if size > self.free:
                return False
            self.free -= size
            pool.capacity += size
        pool.reserved += size
        return True

    def unused(self) -> int:
        return sum(each.capacity - each.reserved for each in self.pools)

    def reclaim_unused(self) -> int:
        """Return how much unused capacity was taken back from queries."""
        return sum([each.shrink() for each in self.pools])

    def shrink_capacity(self, target: int, at_once: int) -> list[tuple[Bytes, Bytes]]:
        """Free that much, by aborting queries if need be; return the victims, as the claim asks for them.

        A query that is aborted frees so many pages at once, and the others when it is gone.
        """
        there = self.unused()
        reclaimed = 0
        if UNUSED_FIRST.name in self.fixes:
            reclaimed = self.reclaim_unused()
            self.free += reclaimed
        victims: list[tuple[Bytes, Bytes]] = []
        while reclaimed < target and (victim := self.victim()) is not None:
            victims.append((there, target))
            there += victim.reserved
            promised = victim.capacity
            victim.reserved = max(0, victim.reserved - at_once)
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

    def begin(self, capacity: int = 3, queries: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        pools = [MemoryPool() for _ in range(queries)]
        self.arbitrator = SharedArbitrator(capacity, capacity, pools, fixes)
        self.given_up = []

    @action
    def allocate(self, pool: MemoryPool, size: Size) -> None:
        """An operator of a query allocates."""
        require(not pool.aborted and self.arbitrator.grow(pool, size.pages))
        self.given_up = []

    @action
    def free(self, pool: MemoryPool) -> None:
        """An operator frees a page. The query keeps the capacity."""
        require(pool.reserved > 0 and not pool.aborted)
        self.given_up = []
        pool.reserved -= 1

    @action
    def shrink_capacity(self, target: Size, at_once: bool) -> None:  # noqa: FBT001 - what a query happens to do
        """The server is to give that much back."""
        self.given_up = self.arbitrator.shrink_capacity(target.pages, 1 if at_once else 0)

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
