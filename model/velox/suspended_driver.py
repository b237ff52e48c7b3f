"""A driver that asks for memory, and is suspended while the arbitrator decides: its query may be aborted meanwhile.

An abort waits until no thread of the query runs, and frees what its operators have. A suspended one does not run.

Source: `velox/common/memory/MemoryPool.cpp`, `maybeReserve`, at v2026.08.21.00 and before #5902.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

STOP_IF_ABORTED = Repair(
    "velox-5902",
    "`maybeReserve` throws if the query was aborted; it returned false, and the operator went on with freed memory.",
    ("2025.11.14.00",),
    issue="facebookincubator/velox#5902",
    claim="no_use_after_free",
    steps=4,
    run="An operator has a table and asks for more; the query is aborted meanwhile, which frees the table; it goes on.",
)


class Table(HeapObject):
    """What an operator has in memory: a hash table."""

    size: Bytes
    is_freed: bool = False

    def shallow_size(self) -> Bytes:
        return 0 if self.is_freed else self.size


class Operator(HeapObject):
    """An operator, with the driver's thread that runs it."""

    table: Table | None = None
    suspended: bool = False
    ended: bool = False


class Suspended(Model):
    """One operator of one query."""

    operator: Operator
    reserved: Bytes

    def begin(self, fixes: frozenset[str] = frozenset()) -> None:
        self.operator = Operator()
        self.reserved = 0
        self.aborted = False
        self.fixes = fixes

    @action
    def build(self, size: Bytes) -> None:
        """The operator builds its table."""
        operator = self.operator
        require(operator.table is None and not operator.suspended and not operator.ended)
        operator.table = Table(size)
        self.reserved += size

    @action
    def spill(self) -> None:
        """The operator writes its table to a file."""
        operator = self.operator
        require(operator.table is not None and not operator.suspended and not operator.ended)
        assert operator.table is not None
        if not operator.table.is_freed:
            self.reserved -= operator.table.size
        operator.table = None

    @action
    def maybe_reserve(self) -> None:
        """It asks for more, and is suspended."""
        require(not self.operator.suspended and not self.operator.ended)
        self.operator.suspended = True

    @action
    def abort(self) -> None:
        """The arbitrator aborts the query, and frees what its operators have."""
        require(self.operator.suspended and not self.aborted)
        self.aborted = True
        if self.operator.table is not None:
            self.operator.table.is_freed = True
            self.reserved -= self.operator.table.size

    @action
    def refuse(self) -> None:
        """The request fails, and the driver goes on: `maybeReserve` returns false, or throws."""
        require(self.operator.suspended)
        self.operator.suspended = False
        if self.aborted and STOP_IF_ABORTED.name in self.fixes:
            self.operator.ended = True
            self.operator.table = None

    def accounted(self) -> Bytes:
        """Return what the query has reserved."""
        return self.reserved

    def pages_in_use(self) -> list[Table]:
        """Return the table, while its operator's thread runs."""
        operator = self.operator
        return [] if operator.table is None or operator.suspended or operator.ended else [operator.table]
