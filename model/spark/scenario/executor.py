"""Several tasks and cached blocks on one executor: who gets how much, who waits, who gives way."""

from __future__ import annotations

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import POOLS, fixes_of
from spillproof.model.spark.memory.shared_execution_memory_pool import (
    SharedExecutionMemoryPool,
    TaskAttempt,
    Waiting,
)
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager
from spillproof.model.spark.storage.memory_store import Block, IOException, MemoryStore, Rdd
from spillproof.model.system import Model, action, require


class Request(HeapObject):
    """What a thread asked for, what it could have had, and what it got; until it leaves the monitor."""

    asked: Bytes
    satisfiable: bool
    """Whether what it asked for was within its share, and free or could be made free, when it asked."""
    granted: Bytes = 0
    whole: bool = False
    """Whether that was all it asked for."""
    holds: Bytes = 0
    """What the task has by now. Of a request for execution memory only."""
    largest: Bytes = 0
    """What all tasks together may have, once it was answered."""
    pool_size: Bytes = 0
    active: int = 0
    """How many tasks were active. 0: the request was for storage, and all or nothing."""
    failed: bool = False
    """Whether it ended with an exception that its task survives."""


class TasksModel(Model):
    """What tasks do in any model of an executor: they acquire and release execution memory, and end.

    A thread that enters the memory manager's monitor does all it has to do there, and either waits or leaves. A request
    that is answered stays in sight until its thread leaves, for claims to look at.
    """

    manager: UnifiedMemoryManager
    store: MemoryStore
    tasks: Bag[TaskAttempt]
    request: Request | None

    def set_up(self, execution: Bytes, storage: Bytes, tasks: int, threads: int, fixes: frozenset[str]) -> None:
        """Begin with tasks that have nothing, and no block. Each region begins at its own size."""
        self.threads = threads
        self.manager = UnifiedMemoryManager(
            fixes,
            SharedExecutionMemoryPool(execution, fixes, Bag(), Bag()),
            StorageMemoryPool(storage, fixes),
            execution + storage,
            storage,
        )
        self.store = MemoryStore(self.manager, [])
        self.tasks = Bag(TaskAttempt() for _ in range(tasks))
        self.request = None

    # What tasks do

    @action
    def acquire(self, task: TaskAttempt, size: Bytes) -> None:
        """A task asks for execution memory. It may wait."""
        require(self.request is None and not self.waits(task))
        request = self.asks(size, task)
        try:
            self.answer(request, self.manager.acquire_execution(size, task, self.store))
        except IOException:
            self.fail(request)

    @action
    def wake(self, waiting: Waiting) -> None:
        """A request that was notified gets the monitor, and tries again."""
        require(self.request is None and waiting.notified)
        request = self.asks(waiting.size, waiting.task)
        try:
            self.answer(request, self.manager.try_again(waiting, self.store))
        except IOException:
            self.fail(request)

    @action
    def leave(self) -> None:
        """A thread leaves the monitor, with what it was granted or without."""
        require(self.request is not None)
        self.request = None

    @action
    def release(self, task: TaskAttempt, size: Bytes) -> None:
        """A task releases a part of what it has. While it waits, only another thread of it can."""
        entry = self.manager.execution.entry_of(task)
        require(self.request is None and entry is not None and size < entry.used)
        require(self.threads > 1 or not self.waits(task))
        self.manager.execution.release(size, task)

    @action
    def release_all(self, task: TaskAttempt) -> None:
        """A task releases all that it has, as it does at its end. While it waits, only another thread of it can."""
        entry = self.manager.execution.entry_of(task)
        require(self.request is None and entry is not None)
        assert entry is not None
        require(not self.waits(task) or (self.threads > 1 and entry.used > 0))
        self.manager.execution.release_all(task)

    # What claims look at

    def waits(self, task: TaskAttempt) -> bool:
        """Return whether a thread of the task waits."""
        return any(waiting.task is task for waiting in self.manager.execution.wait_set)

    def asks(self, size: Bytes, task: TaskAttempt) -> Request:
        """Return a request for execution memory as it stands before it is answered."""
        pool = self.manager.execution
        entry = pool.entry_of(task)
        holds = 0 if entry is None else entry.used
        active = len(pool.memory_for_task) + (1 if entry is None else 0)
        in_share = (holds + size) * active <= self.manager.max_execution_pool_size()
        satisfiable = bool(in_share and (size <= pool.free or size <= pool.free + self.manager.reclaimable()))
        return Request(size, satisfiable, holds=holds, active=active)

    def answer(self, request: Request, granted: Bytes | None) -> None:
        """Note what a request was granted, unless it waits."""
        if granted is None:
            return
        request.largest = self.manager.max_execution_pool_size()
        request.pool_size = self.manager.execution.pool_size()
        request.granted = granted
        request.whole = bool(granted == request.asked)
        request.holds += granted
        self.request = request

    def fail(self, request: Request) -> None:
        """Note that a request ended with an exception."""
        request.failed = True
        self.request = request

    def requests(self) -> list[Request]:
        """Return the request that was answered last, unless its thread has left, or it failed."""
        return [] if self.request is None or self.request.failed else [self.request]

    def shares(self) -> list[Request]:
        """Return the same: each request is for a share."""
        return self.requests()

    def sleeping(self) -> list[Request]:
        """Return the requests that wait, as they would stand if they were woken now; but those that are woken."""
        return [self.asks(each.size, each.task) for each in self.manager.execution.wait_set if not each.notified]


class ExecutionTasks(TasksModel):
    """Nothing is cached, and nothing can be borrowed."""

    def begin(
        self,
        execution: Bytes,
        tasks: int = 2,
        threads: int = 1,
        fixes: frozenset[str] = fixes_of("2.3.4", POOLS),
    ) -> None:
        self.set_up(execution, 0, tasks, threads, fixes)


class BorrowingTasks(TasksModel):
    """The same, beside a storage region in which nothing is cached, so that it can all be borrowed."""

    def begin(
        self,
        execution: Bytes,
        storage: Bytes,
        tasks: int = 2,
        fixes: frozenset[str] = fixes_of("2.3.4", POOLS),
    ) -> None:
        self.set_up(execution, storage, tasks, 1, fixes)


class Executor(TasksModel):
    """Besides, blocks are cached and removed. Their sizes are known before: unrolling is another scenario's."""

    def begin(
        self,
        execution: Bytes,
        storage: Bytes,
        tasks: int = 2,
        blocks: int = 1,
        fixes: frozenset[str] = fixes_of("2.3.4", POOLS),
        *,
        drops_fail: bool = False,
        same_rdd: bool = False,
    ) -> None:
        self.set_up(execution, storage, tasks, 1, fixes)
        self.blocks = blocks
        self.same_rdd = same_rdd
        self.store.drops_fail = drops_fail

    @action
    def put(self, size: Bytes) -> None:
        """A block is to be cached, of no RDD, or of the one that all are of."""
        require(self.request is None and len(self.store.entries) < self.blocks)
        block = Block(size, Rdd.ONE if self.same_rdd else None)
        request = Request(size, bool(size <= self.room_for(block)))
        try:
            if not self.store.put(block):
                self.request = request
        except IOException:
            self.fail(request)

    @action
    def remove(self, block: Block) -> None:
        """A cached block is removed."""
        require(self.request is None and not block.write_lock)
        self.store.remove(block)

    def room_for(self, block: Block) -> Bytes:
        """Return what storage can use for a block: all but execution's and that of the same RDD."""
        same = sum(each.size for each in self.store.entries if block.rdd is not None and each.rdd is block.rdd)
        return self.manager.max_memory - self.manager.execution.memory_used() - same

    def accounted(self) -> Bytes:
        """Return what storage's pool holds to be in use."""
        return self.manager.storage.used

    def accounts(self) -> list[Bytes]:
        """Return what the blocks in the store have."""
        return [block.size for block in self.store.entries]

    def capacity_of_pool(self) -> Bytes:
        """Return what there is for execution and storage together."""
        return self.manager.max_memory

    def sizes_of_pools(self) -> list[Bytes]:
        """Return how it is divided."""
        return [self.manager.execution.pool_size(), self.manager.storage.pool_size()]

    def gave_up(self) -> bool:
        """Return whether the last step's request ended with nothing: refused, or failed."""
        return self.request is not None and (
            self.request.failed or (self.request.active == 0 and not self.request.whole)
        )

    def locked_by_nobody(self) -> list[Block]:
        """Return the blocks that are locked for writing between steps, when nobody evicts."""
        return [block for block in self.store.entries if block.write_lock]
