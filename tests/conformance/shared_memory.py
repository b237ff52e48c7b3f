"""An executor's memory that several tasks share, on the model and on Spark, taken in lockstep: threads really wait.

Blocks are stored only where none has to be evicted for them: what evicts is the memory store, which is not driven.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt
from spillproof.model.spark.memory.storage_memory_pool import Eviction, StorageMemoryPool
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager
from tests.conformance.lockstep import LOOK, in_time

TASKS = 3


class World(HeapObject):
    """The manager, its tasks, and a store that has nothing to evict."""

    manager: UnifiedMemoryManager
    tasks: tuple[TaskAttempt, ...]
    store: Eviction


@dataclass(frozen=True)
class Accounts:
    """What one can see of everybody."""

    used: tuple[int, ...]
    waiting: tuple[int, ...]
    execution: int
    storage: int
    stored: bool = True
    """Whether the block that was to be stored, if any, was."""


class SharedMemory:
    """A model and Spark with the same tasks."""

    def __init__(self, worker: Worker, fixes: frozenset[str], size: int, region: int) -> None:
        self.worker = worker
        execution = SharedExecutionMemoryPool(size - region, fixes, Bag(), Bag())
        manager = UnifiedMemoryManager(fixes, execution, StorageMemoryPool(region, fixes), size, region)
        self.world = World(manager, tuple(TaskAttempt() for _ in range(TASKS)), Eviction())
        worker.ask("shared", size, region, TASKS)

    def waits(self, task: int) -> bool:
        """Return whether a task waits by the model."""
        return task in accounts(self.world).waiting

    def used(self, task: int) -> int:
        """Return what a task has by the model."""
        return accounts(self.world).used[task]

    def acquire(self, task: int, size: int) -> None:
        """A task asks, and may wait."""
        manager, store = self.world.manager, self.world.store
        manager.acquire_execution(size, self.world.tasks[task], store)
        self.compare("acquire", task, size)

    def release(self, task: int, size: int) -> None:
        """A task releases a part of what it has."""
        self.world.manager.execution.release(size, self.world.tasks[task])
        self.compare("release", task, size)

    def leave(self, task: int) -> None:
        """A task ends."""
        self.world.manager.execution.release_all(self.world.tasks[task])
        self.compare("leave", task, 0)

    def can_store(self, size: int) -> bool:
        """Return whether a block of that size needs no other to be evicted, now or later for a task."""
        manager = self.world.manager
        return bool(
            size <= manager.storage.free + manager.execution.free and manager.storage.used + size <= manager.region
        )

    def store(self, size: int) -> None:
        """A block is stored."""
        stored = self.world.manager.acquire_storage(size, None, self.world.store)
        self.compare("store", 0, size, stored=stored)

    def drop(self, size: int) -> None:
        """A block is dropped, or a part of them."""
        size = min(size, int(self.world.manager.storage.used))
        self.world.manager.release_storage(size)
        self.compare("drop", 0, size)

    def compare(self, what: str, task: int, size: int, *, stored: bool = True) -> None:
        """Do the same on Spark. Raises `AssertionError` where no order of those who are woken makes the two agree."""
        possible = {accounts(world, stored=stored): world for world in settled(self.world)}
        seen = in_time(lambda what: self.seen(what, task, size, stored=stored), what, possible.__contains__)
        if seen not in possible:
            raise AssertionError(f"{what} {task} {size}: the model has {list(possible)}, Spark {seen}")
        self.world = possible[seen]

    def seen(self, what: str, task: int, size: int, *, stored: bool) -> Accounts:
        """Do it on Spark, or only look; return what everybody has there, and whether a block was stored."""
        answer = self.worker.ask("task", what, task, size)
        assert "raised" not in answer, answer["raised"]
        told = answer["result"]
        was_stored = stored if what == LOOK else told["stored"]
        return Accounts(tuple(told["used"]), tuple(told["waiting"]), told["execution"], told["storage"], was_stored)


def accounts(world: World, *, stored: bool = True) -> Accounts:
    """Return what the model has."""
    pool = world.manager.execution
    entries = [pool.entry_of(task) for task in world.tasks]
    used = tuple(0 if entry is None else int(entry.used) for entry in entries)
    waiting = tuple(
        number for number, task in enumerate(world.tasks) if any(each.task is task for each in pool.wait_set)
    )
    return Accounts(used, waiting, int(pool.memory_used()), int(world.manager.storage.used), stored)


def settled(world: World) -> Iterator[World]:
    """Yield what may come of those who were woken, for each order in which they get the monitor."""
    woken = [index for index, each in enumerate(world.manager.execution.wait_set) if each.notified]
    if not woken:
        yield world
        return
    for order in permutations(woken):
        copy = clone(world)
        waiting = list(copy.manager.execution.wait_set)
        for index in order:
            copy.manager.try_again(waiting[index], copy.store)
        yield from settled(copy)
