"""Plain consumers of one task, as Spark's own suite has them: they acquire, spill all or a part, and may fail to.

What the order of victims and asking again are for shows here, and not with maps: these spill everything, never for
themselves, and keep nothing for another task to be too late for.

Source: `core/src/test/java/org/apache/spark/memory/TestMemoryConsumer.java` at v2.4.1;
`core/src/test/java/org/apache/spark/memory/TestPartialSpillingMemoryConsumer.java` at master of April 2025.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import ClassVar

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.spill_failure import (
    ClosedByInterruptException,
    InterruptedIOException,
    IOException,
    RuntimeException,
    SparkOutOfMemoryError,
)
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.system import Model, action, require


class Spills(Enum):
    """How much a consumer spills when it is asked."""

    ALL = "everything"
    PART = "no more than it is asked for"


class Failure(Enum):
    """What a spill can come to grief with."""

    DISK = IOException
    KILLED = ClosedByInterruptException
    KILLED_IN_STREAM = InterruptedIOException


class Request(HeapObject):
    """How the last request was answered. What claims look at, and no program does."""

    unmet: Bytes = 0
    spillable: Bytes = 0
    needed: Bytes = 0
    spilled: list[Bytes] = field(default_factory=list)
    asked: bool = False
    in_vain: bool = False
    failure: Failure | None = None
    out_of_memory: bool = False

    short_name: ClassVar[str] = "R"

    def begin(self) -> None:
        """Forget what was before."""
        self.unmet = self.spillable = self.needed = 0
        self.spilled = []
        self.asked = self.in_vain = self.out_of_memory = False
        self.failure = None

    def take_note(self, size: Bytes, freed: Bytes) -> None:
        """Remember that somebody was asked to spill `size`, and what it freed."""
        if not self.spilled:
            self.needed += size
        self.spilled.append(freed)


class SharedPool(ExecutionMemoryPool):
    """A pool in which another task may wait for memory. It is woken by a release, and takes what that freed.

    As `ExecutionMemoryPool.acquireMemory` does for a task that wants no less: it is granted once, what is there when it
    wakes, and whether it asks again is another matter. What is free is a counter of its own here.
    """

    request: Request = field(kw_only=True)
    free: Bytes = field(kw_only=True)
    is_awaited: bool = False

    def acquire(self, required: Bytes) -> Bytes:
        granted = min(required, self.free)
        self.free -= granted
        self.used += granted
        return granted

    def release(self, size: Bytes) -> None:
        self.used -= size
        if self.is_awaited:
            self.is_awaited = False
            self.request.needed += size
        else:
            self.free += size


class Spiller(MemoryConsumer):
    """Spark's `TestMemoryConsumer` and `TestPartialSpillingMemoryConsumer`: holds bytes, and spills for anybody."""

    request: Request = field(kw_only=True)
    spills: Spills = field(kw_only=True)
    fails: bool = field(kw_only=True)

    short_name: ClassVar[str] = "C"

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        self.request.asked = True
        if not self.has_memory():
            self.request.in_vain = True
            return 0
        if self.fails:
            self.fail()
        freed = self.used if self.spills is Spills.ALL else min(self.used, size)
        if trigger is not self:  # to spill itself is the requester's last resort, however much it holds
            self.request.take_note(size, freed)
        self.free_memory(freed)
        return freed

    def shallow_size(self) -> Bytes:
        return self.used

    def fail(self) -> None:
        """Let the environment choose whether the spill fails, and how."""
        failure = choose((None, *Failure))
        if failure is not None:
            self.request.failure = failure
            raise failure.value("error while calling spill()")


class Spillers(Model):
    """Consumers of one task acquire and release."""

    request: Request

    def begin(self, capacity: Bytes, consumers: int = 3, fixes: frozenset[str] = fixes_of("2.3.4")) -> None:
        self.set_up(capacity, consumers, fixes)

    def set_up(
        self,
        capacity: Bytes,
        consumers: int,
        fixes: frozenset[str],
        *,
        spills: Spills = Spills.ALL,
        fails: bool = False,
    ) -> None:
        """Begin a task whose consumers have acquired nothing."""
        self.request = Request()
        pool = SharedPool(capacity, request=self.request, free=capacity)
        self.task_memory_manager = TaskMemoryManager(pool, fixes, Bag())
        self.spillers: Bag[Spiller] = Bag(
            Spiller(self.task_memory_manager, request=self.request, spills=spills, fails=fails)
            for _ in range(consumers)
        )

    @action
    def acquire(self, consumer: Spiller, size: Bytes) -> None:
        """A consumer asks for memory, and takes what it gets."""
        self.request.begin()
        granted = consumer.acquire_memory(size)
        self.request.unmet = size - granted
        self.request.spillable = sum(each.used for each in self.spillers) - granted

    @action
    def release(self, consumer: Spiller) -> None:
        """A consumer is done, and releases everything."""
        require(consumer.has_memory())
        self.request.begin()
        consumer.free_memory(consumer.used)

    def accounted(self) -> Bytes:
        """Return what the pool holds to be in use by this task."""
        return self.task_memory_manager.pool.used

    def accounts(self) -> list[Bytes]:
        """Return what each registered consumer holds itself to be using."""
        return [consumer.used for consumer in self.task_memory_manager.consumers]

    def unmet(self) -> Bytes:
        """Return what the last request did not get."""
        return self.request.unmet

    def spillable(self) -> Bytes:
        """Return what consumers still held, the requester included, when the last request was answered."""
        return self.request.spillable

    def asked(self) -> bool:
        """Return whether anybody was asked to spill for it."""
        return self.request.asked

    def asked_in_vain(self) -> bool:
        """Return whether somebody was asked to spill for it who held nothing."""
        return self.request.in_vain


class Victims(Spillers):
    """Consumers that spill everything: who of them is asked makes a difference."""

    def needed(self) -> Bytes:
        """Return what the last request needed others to spill."""
        return self.request.needed

    def spilled(self) -> list[Bytes]:
        """Return what others spilled for it, spill by spill."""
        return self.request.spilled


class PartialSpillers(Spillers):
    """Consumers that spill what they are asked for, while another task may wait for it."""

    def begin(self, capacity: Bytes, consumers: int = 2, fixes: frozenset[str] = fixes_of("2.3.4")) -> None:
        self.set_up(capacity, consumers, fixes, spills=Spills.PART)

    @action
    def wait(self) -> None:
        """Another task asks for memory while there is none, and waits."""
        pool = self.task_memory_manager.pool
        assert isinstance(pool, SharedPool)
        require(not pool.is_awaited and pool.free == 0)
        self.request.begin()
        pool.is_awaited = True


class FailingSpillers(Spillers):
    """Consumers whose spills may fail. The task may go on without what it asked for, as some of Spark's do."""

    lost: Bytes
    """What is accounted to the task and to no consumer, since requests failed."""

    def begin(self, capacity: Bytes, consumers: int = 1, fixes: frozenset[str] = fixes_of("2.3.4")) -> None:
        self.set_up(capacity, consumers, fixes, fails=True)
        self.lost = 0

    @action
    def acquire(self, consumer: Spiller, size: Bytes) -> None:
        """A consumer asks for memory, and goes on without if the request fails."""
        try:
            super().acquire(consumer, size)
        except (SparkOutOfMemoryError, RuntimeException) as error:
            self.request.out_of_memory = isinstance(error, SparkOutOfMemoryError)
            self.lost = self.accounted() - sum(self.accounts())

    def has_failed(self) -> bool:
        """Return whether the last request failed."""
        return self.request.failure is not None

    def was_killed(self) -> bool:
        """Return whether the task was killed meanwhile."""
        return self.request.failure in (Failure.KILLED, Failure.KILLED_IN_STREAM)

    def is_out_of_memory(self) -> bool:
        """Return whether the requester was told that there is no memory."""
        return self.request.out_of_memory
