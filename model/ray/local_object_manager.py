"""`LocalObjectManager`: the objects that a node has pinned, those that are being spilled, and the files of the others.

Source: `src/ray/raylet/local_object_manager.cc`, as #16476 and #26662 describe and change it. What is not modelled:
fused files, objects of other nodes, fallback allocations, and copies that are restored: they are not pinned, and the
store evicts them as it needs room.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

SUBTRACT_SPILLED = Repair(
    "ray-16476",
    "What is spilled is no longer pinned; its size stayed in the sum of what is, for ever.",
    ("1.5.0",),
    issue="ray-project/ray#16476",
    claim="accounted_is_held",
    steps=3,
    run="An object is put, spilled, and written.",
    beside=("ray-26639",),
)
COUNT_PENDING = Repair(
    "ray-26639",
    "What is being spilled counts as used until it is written; it counted as free, with all its bytes in memory.",
    ("2.0.0",),
    issue="ray-project/ray#26639",
    claim="free_is_unreachable",
    steps=2,
    run="An object is put; it begins to be spilled.",
)


class Where(Enum):
    """Where the primary copy of an object is."""

    PINNED = "in memory"
    PENDING = "in memory, and being written"
    SPILLED = "in a file"


class PlasmaObject(HeapObject):
    """An object that somebody refers to."""

    size: Bytes
    where: Where = Where.PINNED

    def shallow_size(self) -> Bytes:
        return 0 if self.where is Where.SPILLED else self.size


class Pinning(Model):
    """A node's objects, and its workers that write and read them."""

    pinned_objects_size: Bytes
    num_bytes_pending_spill: Bytes

    def begin(self, objects: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.pinned_objects_size = self.num_bytes_pending_spill = 0
        self.objects: list[PlasmaObject] = []
        self.most, self.fixes = objects, fixes

    @action
    def put(self, size: Bytes) -> None:
        """`ray.put`: an object is created, and pinned."""
        require(len(self.objects) < self.most)
        self.objects.append(PlasmaObject(size))
        self.pinned_objects_size += size

    @action
    def spill(self, held: PlasmaObject) -> None:
        """A worker begins to write an object."""
        require(held.where is Where.PINNED)
        held.where = Where.PENDING
        self.num_bytes_pending_spill += held.size
        if SUBTRACT_SPILLED.name in self.fixes:
            self.pinned_objects_size -= held.size

    @action
    def written(self, held: PlasmaObject) -> None:
        """It has written it, and memory lets go of it."""
        require(held.where is Where.PENDING)
        held.where = Where.SPILLED
        self.num_bytes_pending_spill -= held.size

    @action
    def free(self, held: PlasmaObject) -> None:
        """Nobody refers to an object any more. One that is being written is freed when it is."""
        require(held.where is not Where.PENDING)
        if held.where is Where.PINNED:
            self.pinned_objects_size -= held.size
        self.objects = [each for each in self.objects if each is not held]

    def accounted(self) -> Bytes:
        """Return what the node reports to be used by primary copies."""
        pending = self.num_bytes_pending_spill if COUNT_PENDING.name in self.fixes else 0
        return self.pinned_objects_size + pending

    def unused(self) -> Bytes:
        """Return 0: what is reported is some object's."""
        return 0
