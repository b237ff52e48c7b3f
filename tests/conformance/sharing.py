"""Tasks with a manager and consumers each, on the model and on Spark, taken in lockstep: their threads really wait.

Who of several that are woken, or have just spilled, gets the memory manager's monitor first is Spark's business: the
model tries every order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.memory.waiting_request import PoolOfTask, WaitingRequest
from tests.conformance.byte_task import ByteConsumer
from tests.conformance.lockstep import Choosing, in_time, next_choice

TASKS = 3

MANNERS = ("all", "half", "none")
"""What each consumer of a task does when it is asked to spill for another."""


class Sharers(HeapObject):
    """A task, and the request that its thread is at."""

    manager: TaskMemoryManager
    pool: PoolOfTask
    consumers: tuple[ByteConsumer, ...]
    request: WaitingRequest | None = None

    def go_on(self, *, answered: bool) -> None:
        """Go on with the request: give the consumer what it was granted, if it was."""
        assert self.request is not None
        if answered:
            self.request.requester.used += self.request.finish()
            self.request = None

    def acquire(self, which: int, size: int) -> None:
        """A consumer asks."""
        self.request = WaitingRequest(self.manager, self.consumers[which], size)
        self.go_on(answered=self.request.go_on(self.pool.acquire(size)))


class World(HeapObject):
    """The pool, and who shares it."""

    shared: SharedExecutionMemoryPool
    tasks: list[Sharers]

    def new_task(self) -> Sharers:
        """Return a task that has nothing."""
        pool = PoolOfTask(0, shared=self.shared, attempt=TaskAttempt())
        manager = TaskMemoryManager(pool, self.shared.fixes, Bag())
        return Sharers(manager, pool, tuple(ByteConsumer(manager, manner=manner) for manner in MANNERS))


@dataclass(frozen=True)
class Accounts:
    """What one can see of everybody."""

    used: tuple[tuple[int, ...], ...]
    granted: tuple[int, ...]
    waiting: tuple[int, ...]
    execution: int


class Sharing:
    """A model and Spark with the same tasks."""

    def __init__(self, worker: Worker, fixes: frozenset[str], size: int) -> None:
        self.worker = worker
        self.world = World(SharedExecutionMemoryPool(size, fixes, Bag(), Bag()), [])
        self.world.tasks = [self.world.new_task() for _ in range(TASKS)]
        worker.ask("sharing", size, TASKS)

    def waits(self, task: int) -> bool:
        """Return whether a task waits by the model."""
        return self.world.tasks[task].request is not None

    def used(self, task: int, which: int) -> int:
        """Return what a consumer has by the model."""
        return int(self.world.tasks[task].consumers[which].used)

    def acquire(self, task: int, which: int, size: int) -> None:
        """A consumer asks, others of its task may spill, and its task may wait."""
        self.both("acquire", task, which, size, lambda world: world.tasks[task].acquire(which, size))

    def release(self, task: int, which: int, size: int) -> None:
        """A consumer releases a part of what it has."""
        self.both("release", task, which, size, lambda world: world.tasks[task].consumers[which].free_memory(size))

    def end(self, task: int) -> None:
        """A task ends, and another begins."""

        def step(world: World) -> None:
            world.tasks[task].manager.clean_up_all_allocated_memory()
            world.tasks[task] = world.new_task()

        self.both("end", task, 0, 0, step)

    def both(self, what: str, task: int, which: int, size: int, step: Callable[[World], None]) -> None:
        """Do the same on both sides. Raises `AssertionError` where no order and no choice makes them agree."""
        possible = {accounts(world): world for begun in ways(self.world, step) for world in settled(begun)}
        seen = in_time(lambda what: self.seen(what, task, which, size), what, possible.__contains__)
        if seen not in possible:
            raise AssertionError(f"{what} {task} {which} {size}: the model has {set(possible)}, Spark {seen}")
        self.world = possible[seen]

    def seen(self, what: str, task: int, which: int, size: int) -> Accounts:
        """Do it on Spark, or only look; return what everybody has there."""
        answer = self.worker.ask("sharer", what, task, which, size)
        assert "raised" not in answer, answer["raised"]
        told = answer["result"]
        used = tuple(tuple(each) for each in told["used"])
        return Accounts(used, tuple(told["granted"]), tuple(told["waiting"]), told["execution"])


def accounts(world: World) -> Accounts:
    """Return what the model has."""
    entries = [world.shared.entry_of(each.pool.attempt) for each in world.tasks]
    return Accounts(
        tuple(tuple(int(consumer.used) for consumer in each.consumers) for each in world.tasks),
        tuple(0 if entry is None else int(entry.used) for entry in entries),
        tuple(number for number, each in enumerate(world.tasks) if each.request is not None),
        int(world.shared.memory_used()),
    )


def ways(world: World, step: Callable[[World], None]) -> Iterator[World]:
    """Yield what comes of a step, for each choice among equal victims."""
    wanted: list[int] | None = []
    while wanted is not None:
        copy = clone(world)
        script = Choosing(wanted, "share")
        with oracle.consulting(script):
            step(copy)
        yield copy
        wanted = next_choice(script)


def settled(world: World) -> Iterator[World]:
    """Yield what may come of those who are woken, or are about to ask again, for each order in which they do."""
    going = [*able(world)]
    if not going:
        yield world
    for step in going:
        for after in ways(world, step):
            yield from settled(after)


def able(world: World) -> Iterator[Callable[[World], None]]:
    """Yield what threads can do now."""
    for number, each in enumerate(world.tasks):
        if each.request is not None and each.request.is_short:
            yield lambda copy, number=number: spill(copy.tasks[number])  # type: ignore[misc]
        if each.request is not None and each.request.is_out:
            yield lambda copy, number=number: ask_again(copy.tasks[number])  # type: ignore[misc]
    for index, waiting in enumerate(world.shared.wait_set):
        if waiting.notified:
            yield lambda copy, index=index: wake(copy, index)  # type: ignore[misc]


def spill(task: Sharers) -> None:
    """A request that was granted too little asks somebody to spill."""
    assert task.request is not None
    task.go_on(answered=task.request.spill())


def ask_again(task: Sharers) -> None:
    """A request for which somebody has spilled asks the pool again."""
    assert task.request is not None
    task.go_on(answered=task.request.ask_again())


def wake(world: World, index: int) -> None:
    """A request that was woken tries again."""
    waiting = list(world.shared.wait_set)[index]
    (task,) = [each for each in world.tasks if each.pool.attempt is waiting.task]
    assert task.request is not None
    task.go_on(answered=task.request.go_on(task.pool.try_again(waiting)))
