"""The consumers of a task but one: what Spark's consumers can do to the manager and the pool that they share.

Source: none. That it is so is proved for each scenario (`properties/engines/network`).
"""

from __future__ import annotations

from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.rest import Rest
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer


class OtherConsumers(Rest, MemoryConsumer):
    """Acquire and release any amount at any time, and spill everything or nothing when they are asked.

    That some of them spill and some do not is the same as a release before: what they free is free for the request.
    """

    def release(self, size: Bytes) -> None:
        """Let go of some bytes, and release them."""
        self.free_memory(size)

    def may_refuse(self, trigger: MemoryConsumer | None) -> bool:  # noqa: ARG002 - here it does not matter for whom
        """Return whether they may spill nothing though they have memory."""
        return True

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - it does not matter for what
        if not self.has_memory() or (self.may_refuse(trigger) and choose((True, False))):
            return 0
        freed = self.used
        self.release(freed)
        return freed


class WillingConsumers(OtherConsumers):
    """As those, but they never refuse: who has memory spills, except for a request of its own.

    Each that is asked spills everything, so that if a request goes short, all have: what only some of them spill for
    one that does not is the same as a release before, after which the rest is not asked.
    """

    def may_refuse(self, trigger: MemoryConsumer | None) -> bool:
        return trigger is self


class GivingConsumers(WillingConsumers):
    """As those, and for a request of their own, too, they spill everything."""

    def may_refuse(self, trigger: MemoryConsumer | None) -> bool:  # noqa: ARG002 - it does not matter for whom
        return False


class PartialConsumers(OtherConsumers):
    """As those, and asked to spill they free what they are asked for, or everything."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - it does not matter for whom
        if not self.has_memory():
            return 0
        freed = min(self.used, size)
        self.release(freed)
        return freed
