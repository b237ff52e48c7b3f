"""`NetworkBufferPool.requestMemorySegments`: an input gate requires segments for itself, and waits until it has them.

What is required in all decides how much is left to be divided; a request that comes to nothing must not count.

Source: flink-runtime, `org.apache.flink.runtime.io.network.buffer.NetworkBufferPool`, as FLINK-9636 describes it.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Count
from spillproof.model.system import Model, action, require

UNDO_WHOLE = Repair(
    "FLINK-9636",
    "A request that is interrupted takes back all that it required; it took back what it had got until then.",
    ("1.5.1",),
    issue="FLINK-9636",
    claim="counters_balance",
    steps=2,
    run="A gate requires a segment; it is interrupted before it has got it.",
)


class Gate(HeapObject):
    """An input gate: what it requires, and what it has got of it."""

    required: Count
    got: Count = 0

    def shallow_size(self) -> Count:
        return self.got


class Requesting(Model):
    """Gates that require segments, one at a time, and give them back."""

    total: Count
    available: Count
    required: Count

    def begin(self, total: Count, fixes: frozenset[str] = frozenset()) -> None:
        self.total = self.available = total
        self.required = 0
        self.fixes = fixes
        self.waiting_gate: Gate | None = None
        self.served: Gate | None = None

    @action
    def require_segments(self, number: Count) -> None:
        """A gate requires some, if there are as many that nobody else requires."""
        require(self.waiting_gate is None and self.served is None and self.required + number <= self.total)
        self.required += number
        self.waiting_gate = Gate(number)

    @action
    def get(self) -> None:
        """It gets one of them."""
        gate = self.waiting_gate
        require(gate is not None and self.available > 0)
        assert gate is not None
        gate.got += 1
        self.available -= 1
        if gate.got == gate.required:
            self.served, self.waiting_gate = gate, None

    @action
    def interrupt(self) -> None:
        """The task is cancelled while it waits."""
        gate = self.waiting_gate
        require(gate is not None)
        assert gate is not None
        self.available += gate.got
        self.required -= gate.required if UNDO_WHOLE.name in self.fixes else gate.got
        self.waiting_gate = None

    @action
    def recycle(self) -> None:
        """A gate is closed, and gives back what it has."""
        gate = self.served
        require(gate is not None)
        assert gate is not None
        self.available += gate.got
        self.required -= gate.required
        self.served = None

    def accounted(self) -> Count:
        """Return `numTotalRequiredBuffers`."""
        return self.required

    def accounts(self) -> list[Count]:
        """Return what each gate requires."""
        return [each.required for each in (self.waiting_gate, self.served) if each is not None]
