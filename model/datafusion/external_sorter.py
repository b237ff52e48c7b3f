"""`ExternalSorter`: buffers batches, and when the pool refuses one, merges what it has into a file.

It reserves a workspace beforehand, `sort_spill_reservation_bytes`, so that there is room to merge when there is no room
for anything else.

Source: `datafusion/physical-plan/src/sorts/sort.rs` at 00700ae0c493 (2025) and as changed by #20642 and #24740 (2026).
What is not modelled: a sort in place where there is little, and the doubled reservation of 46.0.0 and later.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.library.request import Request
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

KEEP_FOR_THE_LAST_MERGE = Repair(
    "datafusion-20642",
    "The last merge uses the workspace; it asked the pool anew, while the workspace lay idle beside it.",
    ("54.0.0",),
    issue="apache/datafusion#20642",
    claim="a_satisfiable_request_is_satisfied",
    steps=6,
    run="A batch, one for which there is no room; it is merged into a file; the workspace is reserved for the last"
    " merge, which is refused as much again.",
)
KEEP_FOR_A_SPILL = Repair(
    "datafusion-24739",
    "A spill merges within the workspace; it gave it back to the pool first, and had to ask for it again.",
    issue="apache/datafusion#24739",
    claim="a_satisfiable_request_is_satisfied",
    steps=4,
    run="A batch, one for which there is no room; the workspace is given back, others take it, and the merge fails.",
)


class Phase(Enum):
    """What the sorter is about."""

    BUFFERING = "takes batches"
    SPILLING = "merges what it has into a file"
    MERGING = "merges files into its output"
    ENDED = "is done, or has failed"


class GreedyMemoryPool(HeapObject):
    """Grants what there is to who comes first."""

    pool_size: Bytes
    used: Bytes = 0

    def try_grow(self, additional: Bytes) -> bool:
        """Return whether as much was granted."""
        if self.used + additional > self.pool_size:
            return False
        self.used += additional
        return True


class Held(HeapObject):
    """What somebody has in memory: batches, cursors, or what another consumer has."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class ExternalSorter(HeapObject):
    """Its batches, its workspace, and whether it merges in it."""

    pool: GreedyMemoryPool
    workspace: Bytes
    """`sort_spill_reservation_bytes`."""
    fixes: frozenset[str]
    batches: Held
    cursors: Held
    has_workspace: bool = False
    spilled: bool = False
    phase: Phase = Phase.BUFFERING

    def reserve_memory_for_merge(self) -> bool:
        """Return whether the workspace is there."""
        self.has_workspace = self.has_workspace or self.pool.try_grow(self.workspace)
        return self.has_workspace

    def free_workspace(self) -> None:
        if self.has_workspace:
            self.pool.used -= self.workspace
        self.has_workspace = False

    def merge(self) -> bool:
        """Return whether cursors were granted: of the workspace, if it was kept for them."""
        fix = KEEP_FOR_A_SPILL if self.phase is Phase.SPILLING else KEEP_FOR_THE_LAST_MERGE
        if fix.name in self.fixes:
            self.has_workspace = False
        elif not self.pool.try_grow(self.workspace):
            return False
        self.cursors.size = self.workspace
        return True

    def end(self) -> None:
        """Drop everything, and every reservation with it."""
        self.pool.used -= self.batches.size + self.cursors.size
        self.free_workspace()
        self.batches.size = self.cursors.size = 0
        self.phase = Phase.ENDED


class Sorting(Model):
    """A sorter, and another consumer of the same pool. A merge needs the workspace, and no more."""

    pool: GreedyMemoryPool
    sorter: ExternalSorter
    other: Held
    request: Request | None

    def begin(self, pool_size: Bytes, workspace: Bytes, fixes: frozenset[str] = frozenset()) -> None:
        require(workspace < pool_size)
        self.pool = GreedyMemoryPool(pool_size)
        self.sorter = ExternalSorter(self.pool, workspace, fixes, Held(), Held())
        self.other = Held()
        self.request = None

    @action
    def insert(self, size: Bytes) -> None:
        """`insert_batch`: where there is no room for a batch, what there is has to be spilled first."""
        sorter = self.sorter
        require(sorter.phase is Phase.BUFFERING)
        self.request = None
        if sorter.reserve_memory_for_merge() and self.pool.try_grow(size):
            sorter.batches.size += size
        elif sorter.batches.size == 0:
            self.request = Request(whole=False, satisfiable=False)
            sorter.end()
        else:
            sorter.phase = Phase.SPILLING
            if KEEP_FOR_A_SPILL.name not in sorter.fixes:
                sorter.free_workspace()

    @action
    def merge(self) -> None:
        """The merge asks for its cursors. The query fails where it is refused."""
        sorter = self.sorter
        require(sorter.phase in {Phase.SPILLING, Phase.MERGING} and sorter.cursors.size == 0)
        granted = sorter.merge()
        self.request = Request(granted, satisfiable=True)
        if not granted:
            sorter.end()

    @action
    def merged(self) -> None:
        """The merge is done: into a file, after which buffering goes on, or into the output."""
        sorter = self.sorter
        require(sorter.cursors.size > 0)
        self.request = None
        goes_on = sorter.phase is Phase.SPILLING
        sorter.end()
        if goes_on:
            sorter.phase, sorter.spilled = Phase.BUFFERING, True

    @action
    def finish(self) -> None:
        """There are no more batches: what was spilled is merged."""
        sorter = self.sorter
        require(sorter.phase is Phase.BUFFERING and sorter.spilled and sorter.batches.size == 0)
        self.request = None
        sorter.phase = Phase.MERGING if sorter.reserve_memory_for_merge() else Phase.ENDED

    @action
    def other_takes(self, size: Bytes) -> None:
        """Another consumer reserves something."""
        require(self.other.size == 0 and self.pool.try_grow(size))
        self.request = None
        self.other.size = size

    @action
    def other_gives_back(self) -> None:
        """It frees what it has."""
        require(self.other.size > 0)
        self.request = None
        self.pool.used -= self.other.size
        self.other.size = 0

    def accounted(self) -> Bytes:
        """Return what the pool has granted."""
        return self.pool.used

    def capacity_of_pool(self) -> Bytes:
        """Return the pool's size."""
        return self.pool.pool_size

    def unused(self) -> Bytes:
        """Return the workspace, as far as nothing is merged in it."""
        return self.sorter.workspace if self.sorter.has_workspace else 0

    def requests(self) -> list[Request]:
        """Return what became of the request of the last step, if it made one that matters."""
        return [] if self.request is None else [self.request]
