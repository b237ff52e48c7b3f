"""Two consumers that may be spilled while they are read: one semantics that is written for many tools, to compare them.

A reader pins what its consumer held when it was spilled. The correct spill keeps pinned bytes accounted until the
reader is done; `shallow` forgets them; `deep` forgets them only on a second spill, and only if the pool is full.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require


class Forgets(Enum):
    """When a spill under a reader forgets that the reader pins the bytes."""

    NEVER = "none"
    ALWAYS = "shallow"
    AGAIN_WHEN_FULL = "deep"


class Consumer(HeapObject):
    """Holds bytes of its own, and bytes that were spilled but are pinned by its reader."""

    accounted: Bytes = 0
    owned: Bytes = 0
    pinned: Bytes = 0
    reading: bool = False
    spilled: bool = False

    def shallow_size(self) -> Bytes:
        return self.owned + self.pinned


class Yardstick(Model):
    """Consumers share a pool; each may be read, and spilled while it is read."""

    capacity: Bytes

    def begin(self, capacity: Bytes, consumers: int = 2, forgets: Forgets = Forgets.NEVER) -> None:
        self.capacity = capacity
        self.forgets = forgets
        self.consumers = [Consumer() for _ in range(consumers)]

    @action
    def acquire(self, consumer: Consumer, size: Bytes) -> None:
        """A consumer acquires and allocates."""
        require(self.accounted() + size <= self.capacity)
        consumer.accounted += size
        consumer.owned += size

    @action
    def start_reading(self, consumer: Consumer) -> None:
        """Somebody begins to read what the consumer holds."""
        require(consumer.owned > 0 and not consumer.reading)
        consumer.reading = True

    @action
    def end_reading(self, consumer: Consumer) -> None:
        """The reader is done; what it pinned is released."""
        require(consumer.reading)
        consumer.reading = False
        consumer.pinned = 0
        consumer.accounted = consumer.owned

    @action
    def spill(self, consumer: Consumer) -> None:
        """The consumer's bytes are moved to disk."""
        require(consumer.owned > 0)
        if not consumer.reading or self.forgets_pin(consumer):
            consumer.accounted -= consumer.owned
        if consumer.reading:
            consumer.pinned += consumer.owned
        consumer.owned = 0
        consumer.spilled = True

    def forgets_pin(self, consumer: Consumer) -> bool:
        """Return whether this spill forgets that a reader pins the bytes."""
        if self.forgets is Forgets.AGAIN_WHEN_FULL:
            return consumer.spilled and self.accounted() == self.capacity
        return self.forgets is Forgets.ALWAYS

    def accounted(self) -> Bytes:
        """Return the bytes that the consumers are accounted for."""
        return sum(consumer.accounted for consumer in self.consumers)
