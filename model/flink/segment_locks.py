"""Two threads at the locks of a `LocalBufferPool` and of the `NetworkBufferPool`.

One reserves segments for its pool, and may be refused. The other creates a pool, for which all are resized.

Source: flink-runtime, `org.apache.flink.runtime.io.network.buffer`, as FLINK-25407 describes what FLINK-24035 had done.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.system import Model, action, require

NO_FACTORY_LOCK = Repair(
    "FLINK-25407",
    "A request that fails takes back nothing, and needs no lock for it; it took the lock that a resize holds.",
    ("1.14.4",),
    issue="FLINK-25407",
    claim="no_deadlock",
    steps=4,
    run="A thread locks its pool, another all pools; the first is refused, and wants that lock; the other wants its.",
)


class Thread(HeapObject):
    """A thread, and whether it waits for the other's lock."""

    waits: bool = False


class Lock(HeapObject):
    """A lock, and who has it."""

    holder: Thread | None = None


class Locking(Model):
    """A task that asks for segments, and one that begins."""

    def begin(self, fixes: frozenset[str] = frozenset()) -> None:
        self.fixes = fixes
        self.reserver, self.creator = Thread(), Thread()
        self.pool_lock, self.factory_lock = Lock(), Lock()

    @action
    def reserve(self) -> None:
        """`reserveSegments`: a task locks its pool, and asks for segments."""
        require(self.pool_lock.holder is None)
        self.pool_lock.holder = self.reserver

    @action
    def succeed(self) -> None:
        """It has got them."""
        require(self.pool_lock.holder is self.reserver and not self.reserver.waits)
        self.pool_lock.holder = None

    @action
    def fail(self) -> None:
        """There are not enough, or the task is cancelled."""
        require(self.pool_lock.holder is self.reserver and not self.reserver.waits)
        if self.factory_lock.holder is None or NO_FACTORY_LOCK.name in self.fixes:
            self.pool_lock.holder = None
        else:
            self.reserver.waits = True

    @action
    def create(self) -> None:
        """`createBufferPool`: another task begins, and locks all pools."""
        require(self.factory_lock.holder is None)
        self.factory_lock.holder = self.creator

    @action
    def resize(self) -> None:
        """Each pool is resized, with its lock; one that is locked is waited for."""
        require(self.factory_lock.holder is self.creator and not self.creator.waits)
        if self.pool_lock.holder is None:
            self._end_of_resize()
        else:
            self.creator.waits = True

    @action
    def go_on(self) -> None:
        """A thread gets the lock that it waited for."""
        require(self.creator.waits and self.pool_lock.holder is None)
        self._end_of_resize()

    def _end_of_resize(self) -> None:
        self.creator.waits = False
        self.factory_lock.holder = None
        if self.reserver.waits:
            self.reserver.waits = False
            self.pool_lock.holder = None

    def waiting(self) -> list[tuple[object, object]]:
        """Return who waits for whom."""
        pairs: list[tuple[object, object]] = []
        if self.reserver.waits and self.factory_lock.holder is not None:
            pairs.append((self.reserver, self.factory_lock.holder))
        if self.creator.waits and self.pool_lock.holder is not None:
            pairs.append((self.creator, self.pool_lock.holder))
        return pairs
