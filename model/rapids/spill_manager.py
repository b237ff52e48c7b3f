"""cuDF's `SpillManager`: keeps what its buffers have on the GPU below a limit, by moving the oldest to the host.

Source: `python/cudf/cudf/core/buffer/spill_manager.py` and `spillable_buffer.py` at v26.06.00, the former of
26.10.02 as well, and before #12252 and #12607. What is not modelled: access times, locks that a thread holds, slices.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

NOT_AT_THE_LIMIT = Repair(
    "cudf-12252",
    "As much is spilled as is above the limit; one buffer more was, until there was less than that.",
    ("23.02.00",),
    issue="rapidsai/cudf#12252",
    claim="nobody_is_given_up_in_vain",
    steps=1,
    run="The limit is a byte; a buffer of one byte is made, and spilled.",
)
NOT_BELOW_THE_LIMIT = Repair(
    "cudf-below-the-limit",
    "Below the limit nothing is spilled; the oldest buffer is, as each that is spilled is more than less than nothing.",
    issue="rapidsai/cudf#12252",
    claim="nobody_is_given_up_in_vain",
    steps=1,
    run="The limit is two bytes; a buffer of one byte is made, and spilled.",
)
"""Came with #12252. Its two methods of the released 26.10.02, run with a buffer that only notes it, spill it below the
limit. Not reported, as far as we know."""
SLICE_OF_OWNER = Repair(
    "cudf-12607",
    "What is made of a pointer into a buffer is a slice of that; it was a buffer, and its pointer outlived a spill.",
    ("23.02.00",),
    issue="rapidsai/cudf#12607",
    claim="no_use_after_free",
    steps=3,
    run="A buffer; a column is made of its pointer; the buffer is spilled.",
)


class DeviceMemory(HeapObject):
    """Bytes on the GPU."""

    size: Bytes
    is_freed: bool = False

    def shallow_size(self) -> Bytes:
        return 0 if self.is_freed else self.size


class SpillableBuffer(HeapObject):
    """A buffer: where its bytes are, or None if they are on the host."""

    size: Bytes
    memory: DeviceMemory | None
    exposed: bool = False
    """Its pointer is known to others: it is not spilled any more."""
    alias: DeviceMemory | None = None
    """What a column that was made of its pointer looks into."""


class SpillManager(HeapObject):
    """The buffers, the oldest first, and the limit."""

    limit: Bytes
    fixes: frozenset[str]
    buffers: list[SpillableBuffer]

    def unspilled(self) -> Bytes:
        return sum(each.size for each in self.buffers if each.memory is not None)

    def spill_to_limit(self) -> list[tuple[Bytes, Bytes]]:
        """Spill down to the limit; return the buffers that were, as the claim asks for victims."""
        if NOT_AT_THE_LIMIT.name in self.fixes:
            wanted = self.unspilled() - self.limit
            return [] if NOT_BELOW_THE_LIMIT.name in self.fixes and wanted <= 0 else self.spill(wanted)
        spilled: list[tuple[Bytes, Bytes]] = []
        while self.unspilled() >= self.limit:
            now = self.spill(0)
            if not now:
                break
            spilled += now
        return spilled

    def spill(self, wanted: Bytes) -> list[tuple[Bytes, Bytes]]:
        """Spill the oldest until that much is spilled, or one more than none."""
        spilled: list[tuple[Bytes, Bytes]] = []
        freed: Bytes = 0
        for buffer in self.buffers:
            if buffer.memory is not None and not buffer.exposed:
                spilled.append((self.limit, self.unspilled()))
                move_to_host(buffer)
                freed += buffer.size
                if freed >= wanted:
                    break
        return spilled


def move_to_host(buffer: SpillableBuffer) -> None:
    """Copy a buffer to the host, and free what it had on the GPU."""
    assert buffer.memory is not None
    buffer.memory.is_freed = True
    buffer.memory = None


class Spilling(Model):
    """Columns that are made, looked at and dropped."""

    manager: SpillManager
    spilled: list[tuple[Bytes, Bytes]]

    def begin(self, limit: Bytes, buffers: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.manager = SpillManager(limit, fixes, [])
        self.most = buffers
        self.spilled = []

    @action
    def add(self, size: Bytes) -> None:
        """A column is made, and its buffer added."""
        require(len(self.manager.buffers) < self.most)
        self.manager.buffers.append(SpillableBuffer(size, DeviceMemory(size)))
        self.spilled = self.manager.spill_to_limit()

    @action
    def get_ptr(self, buffer: SpillableBuffer) -> None:
        """A kernel needs a buffer, which is moved back if need be."""
        require(buffer.memory is None)
        self.spilled = []
        buffer.memory = DeviceMemory(buffer.size)

    @action
    def as_buffer(self, buffer: SpillableBuffer) -> None:
        """A column is made of the pointer of a buffer. A slice of it would have no pointer of its own."""
        require(buffer.memory is not None and buffer.alias is None)
        self.spilled = []
        if SLICE_OF_OWNER.name not in self.manager.fixes:
            buffer.alias = buffer.memory

    @action
    def spill(self, buffer: SpillableBuffer) -> None:
        """A buffer is spilled on demand, because an allocation failed."""
        require(buffer.memory is not None and not buffer.exposed)
        self.spilled = []
        move_to_host(buffer)

    @action
    def expose(self, buffer: SpillableBuffer) -> None:
        """`mark_exposed`: its pointer is given to somebody who knows nothing of spilling."""
        require(buffer.memory is not None and not buffer.exposed)
        self.spilled = []
        buffer.exposed = True

    @action
    def drop(self, buffer: SpillableBuffer) -> None:
        """A column is gone."""
        self.spilled = []
        self.manager.buffers = [each for each in self.manager.buffers if each is not buffer]

    def accounted(self) -> Bytes:
        """Return what the manager holds to be on the GPU."""
        return self.manager.unspilled()

    def pages_in_use(self) -> list[DeviceMemory]:
        """Return what somebody looks into by a pointer of their own: a column, or whoever it was exposed to."""
        exposed = [each.memory for each in self.manager.buffers if each.exposed and each.memory is not None]
        return [*exposed, *(each.alias for each in self.manager.buffers if each.alias is not None)]

    def victims(self) -> list[tuple[Bytes, Bytes]]:
        """Return what the limit had spilled in the last step: what it allows, and what there was before."""
        return self.spilled
