"""Tasks with consumers that share a pool: who waits, who spills for whom, and who takes what was spilled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import POOLS, TASK, fixes_of
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt, Waiting
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.memory.waiting_request import PoolOfTask, WaitingRequest
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.spillers import Spills
from spillproof.model.system import Model, action, require


class Sharer(MemoryConsumer):
    """Holds what it was granted, and spills for others of its task all of it, or what it is asked for."""

    spills: Spills = field(kw_only=True)

    short_name: ClassVar[str] = "C"

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        if trigger is self or not self.has_memory():
            return 0
        freed = self.used if self.spills is Spills.ALL else min(self.used, size)
        self.free_memory(freed)
        return freed

    def shallow_size(self) -> Bytes:
        return self.used


class SharingTask(HeapObject):
    """A task with one thread, and the request that the thread is at."""

    manager: TaskMemoryManager
    consumers: Bag[Sharer]
    request: WaitingRequest | None = None

    short_name: ClassVar[str] = "T"

    def pool(self) -> PoolOfTask:
        """Return the pool as this task sees it."""
        assert isinstance(self.manager.pool, PoolOfTask)
        return self.manager.pool


@dataclass(frozen=True)
class Sleeping:
    """A request that waits and was not woken, as it would stand if it were."""

    satisfiable: bool
    whole: bool = False


class SharingTasks(Model):
    """One task has several consumers, others have one each. A request of a consumer may wait, again and again."""

    shared: SharedExecutionMemoryPool
    tasks: Bag[SharingTask]
    short: Bytes
    """What the request that was answered last did not get."""
    held: Bytes
    """What others of its task still had when it was."""

    def begin(
        self,
        execution: Bytes,
        tasks: int = 2,
        consumers: int = 2,
        fixes: frozenset[str] = fixes_of(NEWEST, (*TASK, *POOLS)),
        spills: Spills = Spills.ALL,
    ) -> None:
        self.shared = SharedExecutionMemoryPool(execution, fixes, Bag(), Bag())
        self.tasks = Bag(self.new_task(fixes, spills, consumers if number == 0 else 1) for number in range(tasks))
        self.short = self.held = 0

    def new_task(self, fixes: frozenset[str], spills: Spills, consumers: int) -> SharingTask:
        """Return a task that has acquired nothing."""
        manager = TaskMemoryManager(PoolOfTask(0, shared=self.shared, attempt=TaskAttempt()), fixes, Bag())
        return SharingTask(manager, Bag(Sharer(manager, spills=spills) for _ in range(consumers)))

    # What may happen

    @action
    def acquire(self, task: SharingTask, consumer: Sharer, size: Bytes) -> None:
        """A consumer asks for memory. Others of its task may be asked to spill, and it may have to wait."""
        require(task.request is None and consumer in task.consumers)
        task.request = WaitingRequest(task.manager, consumer, size)
        self.settle(task, task.request, answered=task.request.go_on(task.pool().acquire(size)))

    @action
    def wake(self, task: SharingTask, waiting: Waiting) -> None:
        """A request that was notified gets the monitor, and goes on where it has waited."""
        require(waiting.notified and task.request is not None and waiting.task is task.pool().attempt)
        assert task.request is not None
        self.settle(task, task.request, answered=task.request.go_on(task.pool().try_again(waiting)))

    @action
    def spill(self, task: SharingTask) -> None:
        """A request that was granted too little asks somebody to spill, perhaps after others got the monitor."""
        require(task.request is not None and task.request.is_short)
        assert task.request is not None
        self.settle(task, task.request, answered=task.request.spill())

    @action
    def ask_again(self, task: SharingTask) -> None:
        """A request for which somebody has spilled gets the monitor, perhaps after others, and asks the pool again."""
        require(task.request is not None and task.request.is_out)
        assert task.request is not None
        self.settle(task, task.request, answered=task.request.ask_again())

    @action
    def release(self, task: SharingTask, consumer: Sharer) -> None:
        """A consumer is done, and releases everything."""
        require(task.request is None and consumer in task.consumers and consumer.has_memory())
        consumer.free_memory(consumer.used)

    def settle(self, task: SharingTask, request: WaitingRequest, *, answered: bool) -> None:
        """Take note of what has become of a request."""
        if not answered:
            return
        got = request.finish()
        request.requester.used += got
        self.short = request.required - got
        self.held = sum(each.used for each in task.consumers if each is not request.requester)
        task.request = None

    # What claims look at

    def accounted(self) -> Bytes:
        """Return what the pool holds to be in use."""
        return self.shared.memory_used()

    def accounts(self) -> list[Bytes]:
        """Return what consumers hold themselves to be using, and what requests that wait were granted so far."""
        granted = [each.request.got for each in self.tasks if each.request is not None]
        return [*granted, *(consumer.used for each in self.tasks for consumer in each.consumers)]

    def unmet(self) -> Bytes:
        """Return what the request that was answered last did not get."""
        return self.short

    def spillable(self) -> Bytes:
        """Return what others of its task could have spilled for it. Those of other tasks never do."""
        return self.held

    def sleeping(self) -> list[Sleeping]:
        """Return the requests that wait, but for those that are woken: as if they were woken now."""
        return [self.stands(each) for each in self.shared.wait_set if not each.notified]

    def stands(self, waiting: Waiting) -> Sleeping:
        """Return whether a request that waits would get all that it asks for: its share allows it, and it is free."""
        entry = self.shared.entry_of(waiting.task)
        wanted = waiting.size + (0 if entry is None else entry.used)
        in_share = wanted * len(self.shared.memory_for_task) <= self.shared.pool_size()
        return Sleeping(bool(in_share and waiting.size <= self.shared.free))
