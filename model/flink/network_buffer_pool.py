"""`NetworkBufferPool`, which divides its segments among `LocalBufferPool`s, and destroys these in two steps.

Source: flink-runtime, `org.apache.flink.runtime.io.network.buffer`, as FLINK-19964 describes it. What is not modelled:
overdraft buffers, and pools that require more than a segment.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

NOT_IF_DESTROYED = Repair(
    "FLINK-19964",
    "A pool that is being destroyed takes no segment when it is resized; it took one, and never gave it back.",
    ("1.12.0",),
    issue="FLINK-19964",
    claim="accounted_is_held",
    steps=4,
    run="A pool begins to be destroyed; another is created, for which segments are divided anew, and the first takes"
    " one; it is removed.",
)


class LocalBufferPool(HeapObject):
    """The share of a task."""

    segments: int = 0
    """Those that it has, free or in use."""
    size: int = 0
    """How many it may have."""
    is_destroyed: bool = False

    def shallow_size(self) -> Bytes:
        return self.segments


class NetworkBufferPool(HeapObject):
    """All segments."""

    total: int
    available: int
    fixes: frozenset[str]
    pools: list[LocalBufferPool]

    def redistribute(self) -> None:
        """Divide the segments among the pools. One that may have more takes one at once, so as to have it ready."""
        for place, pool in enumerate(self.pools):
            pool.size = self.total // len(self.pools) + (1 if place < self.total % len(self.pools) else 0)
            excess = max(0, pool.segments - pool.size)
            pool.segments -= excess
            self.available += excess
        for pool in self.pools:
            if not (pool.is_destroyed and NOT_IF_DESTROYED.name in self.fixes):
                self.take_one(pool)

    def take_one(self, pool: LocalBufferPool) -> None:
        """Give a pool a segment, if it has none and there is one."""
        if pool.segments == 0 and pool.size > 0 and self.available > 0:
            pool.segments += 1
            self.available -= 1


class Pooling(Model):
    """Tasks that begin, ask for segments, and end."""

    network: NetworkBufferPool

    def begin(self, segments: int = 2, pools: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.network = NetworkBufferPool(segments, segments, fixes, [])
        self.most = pools

    @action
    def create(self) -> None:
        """A task begins, and gets a pool."""
        require(len(self.network.pools) < self.most)
        self.network.pools.append(LocalBufferPool())
        self.network.redistribute()

    @action
    def request(self, pool: LocalBufferPool) -> None:
        """A task asks for a segment."""
        require(not pool.is_destroyed and pool.segments < pool.size and self.network.available > 0)
        pool.segments += 1
        self.network.available -= 1

    @action
    def lazy_destroy(self, pool: LocalBufferPool) -> None:
        """A task ends: its pool gives everything back."""
        require(not pool.is_destroyed)
        pool.is_destroyed = True
        self.network.available += pool.segments
        pool.segments = 0

    @action
    def remove(self, pool: LocalBufferPool) -> None:
        """And is forgotten, so that the others may have more."""
        require(pool.is_destroyed)
        network = self.network
        network.pools = [each for each in network.pools if each is not pool]
        if network.pools:
            network.redistribute()

    def accounted(self) -> Bytes:
        """Return how many segments are not available."""
        return self.network.total - self.network.available

    def nothing_is_taken(self) -> bool:
        """Return whether every segment is available."""
        return self.network.available == self.network.total

    def capacity_of_pool(self) -> Bytes:
        """Return how many there are."""
        return self.network.total

    def unused(self) -> Bytes:
        """Return 0: what is not available, a pool has."""
        return 0
