"""Consumers of one task on the heap and off it: each mode has a pool, and a request of one mode is none of the other's.

What is looked at is the memory off the heap: what of it is accounted, and what is really held. Whose pages are where is
not always what a consumer says: HybridRowQueue said that it is on the heap, whatever memory Tungsten uses.

Source: `core/src/main/java/org/apache/spark/memory/TaskMemoryManager.java` at v1.6.0, v2.0.0 and master of April 2025.
Of the queue only what SPARK-34089 says that it changed was read.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import cast

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.memory import SPARK_15357, SPARK_34089
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.spillers import Request, SharedPool, Spiller, Spillers, Spills
from spillproof.model.system import action


class MemoryMode(Enum):
    """Where memory is."""

    ON_HEAP = "on the heap"
    OFF_HEAP = "off the heap"


def mode_of(consumer: MemoryConsumer) -> MemoryMode:
    """Return the mode that a consumer says that it is of."""
    return cast("ModalSpiller", consumer).mode  # or another class that says it


def release(consumer: MemoryConsumer, size: Bytes) -> None:
    """Release a consumer's memory to the pool of its mode."""
    consumer.task_memory_manager.pool_of(consumer).release(size)
    consumer.used -= size


class ModalSpiller(Spiller):
    """Holds bytes in one mode, and says that it is of a mode."""

    mode: MemoryMode = field(kw_only=True)
    """What it says, by which it is accounted and chosen."""
    held_in: MemoryMode = field(kw_only=True)

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        if trigger is not None and mode_of(trigger) is not self.mode:
            self.request.in_vain = True
        return super().spill(size, trigger)

    def free_memory(self, size: Bytes) -> None:
        release(self, size)

    def shallow_size(self) -> Bytes:
        return self.used if self.held_in is MemoryMode.OFF_HEAP else 0


class ModalTaskMemoryManager(TaskMemoryManager):
    """Has a pool for each mode, and asks consumers of the requester's mode only; before SPARK-15357 all of them."""

    off_heap: ExecutionMemoryPool

    def pool_of(self, requester: MemoryConsumer | None) -> ExecutionMemoryPool:
        """Return the pool of a requester's mode."""
        assert requester is not None
        return self.off_heap if mode_of(requester) is MemoryMode.OFF_HEAP else self.pool

    def eligible(self, requester: MemoryConsumer | None) -> Bag[MemoryConsumer]:
        """Return who may be asked for a requester."""
        assert requester is not None
        if SPARK_15357 not in self.fixes:
            return self.consumers
        return Bag(each for each in self.consumers if mode_of(each) is mode_of(requester))


class Modes(Spillers):
    """A task with consumers of both modes, and a queue of rows with pages where Tungsten's memory is: off the heap."""

    def begin(  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # there are two pools
        self, capacity: Bytes, off_heap: Bytes, consumers: int = 1, fixes: frozenset[str] = fixes_of("2.3.4")
    ) -> None:
        """Begin a task with so many consumers of each mode, which have acquired nothing."""
        self.request = Request()
        pools = [SharedPool(size, request=self.request, free=size) for size in (capacity, off_heap)]
        self.task_memory_manager = ModalTaskMemoryManager(pools[0], fixes, Bag(), pools[1])
        said = MemoryMode.OFF_HEAP if SPARK_34089 in fixes else MemoryMode.ON_HEAP
        modes = [(mode, mode) for mode in MemoryMode for _ in range(consumers)]
        self.spillers = Bag(
            ModalSpiller(
                self.task_memory_manager,
                request=self.request,
                spills=Spills.ALL,
                fails=False,
                mode=mode,
                held_in=held_in,
            )
            for mode, held_in in (*modes, (said, MemoryMode.OFF_HEAP))
        )

    @action
    def acquire(self, consumer: Spiller, size: Bytes) -> None:
        """A consumer asks for memory of its mode, and takes what it gets."""
        self.request.begin()
        granted = consumer.acquire_memory(size)
        self.request.unmet = size - granted
        alike = [each for each in self.spillers if mode_of(each) is mode_of(consumer)]
        self.request.spillable = sum(each.used for each in alike) - granted

    def accounted(self) -> Bytes:
        """Return what the pool off the heap holds to be in use by this task."""
        assert isinstance(self.task_memory_manager, ModalTaskMemoryManager)
        return self.task_memory_manager.off_heap.used

    def accounts(self) -> list[Bytes]:
        """Return what each registered consumer off the heap holds itself to be using."""
        return [each.used for each in self.task_memory_manager.consumers if mode_of(each) is MemoryMode.OFF_HEAP]
