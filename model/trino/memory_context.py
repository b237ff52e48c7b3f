"""`LocalMemoryContext`s of an operator, of an operator nested in it, and of the buffer that its output goes to.

Source: `lib/trino-memory-context`, and `OperatorContext` and `SpoolingExchangeOutputBuffer` of `core/trino-main`, as
#12333 and #13717 describe them. What is not modelled: revoking, waiting for memory, limits of a query.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

REFUSE_IF_CLOSED = Repair(
    "trino-12333-reserve",
    "A context that is closed reserves nothing; `tryReserve` did so still, and nobody gave it back.",
    ("381",),
    issue="trinodb/trino#12333",
    claim="nothing_left_at_end",
    steps=2,
    run="An operator is closed; a method of it is called once more, and reserves a byte.",
)
DESTROY_NESTED = Repair(
    "trino-12333-nested",
    "The context of a nested operator is closed with the outer one; it stayed open, with what it had reserved.",
    ("381",),
    issue="trinodb/trino#12333",
    claim="nothing_left_at_end",
    steps=2,
    run="An aggregation inside of a table writer reserves a byte; the writer is closed.",
)
CLOSE_OUTPUT = Repair(
    "trino-13717",
    "An output buffer that is destroyed closes its context; it set it to 0, and a page that came then was reserved.",
    ("394",),
    issue="trinodb/trino#13717",
    claim="nothing_left_at_end",
    steps=2,
    run="A task ends, and its output buffer is destroyed; a page is put into it.",
)


class Owner(Enum):
    """Who has a context."""

    OPERATOR = "the operator"
    NESTED = "an operator that it has inside of itself"
    OUTPUT = "the buffer for its output"


class LocalMemoryContext(HeapObject):
    """What one of them has, as it says."""

    owner: Owner
    bytes: Bytes = 0
    closed: bool = False

    def shallow_size(self) -> Bytes:
        return self.bytes


class MemoryPool(HeapObject):
    """The memory of a worker."""

    size: Bytes
    reserved: Bytes = 0


class Accounting(Model):
    """An operator that works, and ends; after that, its threads may be a moment behind."""

    pool: MemoryPool
    ended: bool

    def begin(self, size: Bytes, fixes: frozenset[str] = frozenset()) -> None:
        self.pool = MemoryPool(size)
        self.contexts = [LocalMemoryContext(owner) for owner in Owner]
        self.fixes = fixes
        self.ended = False

    @action
    def try_reserve(self, context: LocalMemoryContext, size: Bytes) -> None:
        """Somebody has more, and says so. Of a context that is closed it need not be believed."""
        require(not (context.closed and REFUSE_IF_CLOSED.name in self.fixes))
        require(self.pool.reserved + size <= self.pool.size)
        context.bytes += size
        self.pool.reserved += size

    @action
    def free(self, context: LocalMemoryContext) -> None:
        """Somebody is done with what it has."""
        require(context.bytes > 0 and not self.ended)
        self._set_to_zero(context)

    @action
    def end(self) -> None:
        """The operator is closed, and the output buffer destroyed."""
        require(not self.ended)
        self.ended = True
        for context in self.contexts:
            if context.owner is not Owner.NESTED or DESTROY_NESTED.name in self.fixes:
                self._set_to_zero(context)
                context.closed = context.owner is not Owner.OUTPUT or CLOSE_OUTPUT.name in self.fixes

    def _set_to_zero(self, context: LocalMemoryContext) -> None:
        self.pool.reserved -= context.bytes
        context.bytes = 0

    def accounted(self) -> Bytes:
        """Return what is reserved of the pool."""
        return self.pool.reserved

    def accounts(self) -> list[Bytes]:
        """Return what each context says."""
        return [each.bytes for each in self.contexts]

    def capacity_of_pool(self) -> Bytes:
        """Return the size of the pool."""
        return self.pool.size

    def has_ended(self) -> bool:
        """Return whether the operator is closed."""
        return self.ended
