"""A task with raw records, with rests that do not stand for all others beside its consumer of pages."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.rest import Rest
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.scenario.many import FurtherOthers, ManyBeside
from spillproof.model.spark.scenario.raw_task import OtherConsumer
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask


class NeverAcquired(ShuffleTask):
    """As `ShuffleTask`."""


class Idle(Rest, MemoryConsumer):
    """Is registered, and none of the others that acquire."""

    def absorb(self, consumer: OtherConsumer, held: Bytes) -> None:
        self.used += consumer.used


class CannotAcquire(ManyBeside, NeverAcquired):
    """A rest that is accounted for nothing."""

    def place(self) -> None:
        self.task_memory_manager.consumers.add(Idle(self.task_memory_manager))


class Spilled(ShuffleTask):
    """As `ShuffleTask`."""


class Spilling(FurtherOthers):
    """Gives all that it has to whoever needs it, where each of the others keeps what it has."""

    def has_memory(self) -> bool:
        return self.used > 0

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = self.used
        self.free_memory(freed)
        return freed


class SpillsForOthers(ManyBeside, Spilled):
    """A rest that spills: a request that one of them has refused goes through."""

    def place(self) -> None:
        self.task_memory_manager.consumers.add(Spilling(self.task_memory_manager))
