"""Consumers that only account, on the model's task memory manager and on Spark's, taken in lockstep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from spillproof.counterexamples.replay.real.worker import Worker
from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.modes import MemoryMode, ModalTaskMemoryManager, release
from tests.conformance.lockstep import Choosing, next_choice

MANNERS = ("all", "half", "none", "all", "self")
"""What each of the consumers does when it is asked to spill; `self` frees everything even for its own request."""


class ByteConsumer(MemoryConsumer):
    """Holds nothing; frees all, half or none of what it uses."""

    manner: str = "all"

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        if trigger is self and self.manner != "self":
            return 0
        used = int(self.used)
        freed = {"half": (used + 1) // 2, "none": 0}.get(self.manner, used)
        if freed > 0:
            self.free_memory(freed)
            oracle.announce("freed", consumer=self, size=freed)
        return freed


class ModalByteConsumer(ByteConsumer):
    """The same, of one mode of memory."""

    mode: MemoryMode = MemoryMode.ON_HEAP

    def free_memory(self, size: Bytes) -> None:
        release(self, size)


MODES = (MemoryMode.ON_HEAP, MemoryMode.OFF_HEAP, MemoryMode.ON_HEAP, MemoryMode.OFF_HEAP, MemoryMode.OFF_HEAP)
"""Of the consumers of a task with both modes, in the order of their manners."""


class World(HeapObject):
    """A manager and its consumers, so that both can be copied together."""

    manager: TaskMemoryManager
    consumers: tuple[ByteConsumer, ...]


def world(pool: int, fixes: frozenset[str]) -> World:
    """A task with one mode of memory."""
    manager = TaskMemoryManager(ExecutionMemoryPool(pool), fixes, Bag())
    return World(manager, tuple(ByteConsumer(manager, manner=manner) for manner in MANNERS))


def modal_world(pool: int, off_heap: int, fixes: frozenset[str]) -> World:
    """A task with two."""
    manager = ModalTaskMemoryManager(ExecutionMemoryPool(pool), fixes, Bag(), ExecutionMemoryPool(off_heap))
    pairs = zip(MANNERS, MODES, strict=True)
    return World(manager, tuple(ModalByteConsumer(manager, manner=manner, mode=mode) for manner, mode in pairs))


@dataclass(frozen=True)
class Outcome:
    """What one can see of a request."""

    granted: int
    used: tuple[int, ...]
    pool: int
    spills: tuple[tuple[str, int], ...]
    """Who freed how much, in order."""

    def unordered(self) -> Outcome:
        """Return the same without the order. Where everybody else must spill in any case, the model has none."""
        return replace(self, spills=tuple(sorted(self.spills)))


class ByteTask:
    """A model and Spark with the same consumers."""

    def __init__(self, worker: Worker, fixes: frozenset[str], pool: int, off_heap: int = 0) -> None:
        self.worker = worker
        self.world = modal_world(pool, off_heap, fixes) if off_heap else world(pool, fixes)
        self.names = [f"B{number}" for number in range(len(MANNERS))]
        worker.ask("begin", pool, off_heap)
        for name, manner, mode in zip(self.names, MANNERS, MODES, strict=True):
            is_off = off_heap > 0 and mode is MemoryMode.OFF_HEAP
            worker.ask("new", name, "off-heap" if is_off else "bytes", manner)

    def acquire(self, which: int, size: int) -> None:
        """Ask for bytes in both. Raises `AssertionError` where no choice among equals makes the two agree."""
        consumer = self.world.consumers[which]
        everybody = size - self.world.manager.pool_of(consumer).pool_size + self.used(which) > 0
        seen = self.seen(self.worker.ask("acquire", self.names[which], size))
        possible = []
        for world, outcome in self.outcomes(which, size):
            if outcome == seen or (everybody and outcome.unordered() == seen.unordered()):
                self.world = world
                return
            possible.append(outcome)
        raise AssertionError(f"{self.names[which]} acquires {size}: the model has {possible}, Spark {seen}")

    def free(self, which: int, size: int) -> None:
        """Release bytes in both."""
        size = min(size, self.used(which))
        self.world.consumers[which].free_memory(size)
        seen = self.seen(self.worker.ask("free", self.names[which], size))
        expected = Outcome(0, *self.accounts(self.world), ())
        assert seen == expected, f"{self.names[which]} frees {size}: the model has {expected}, Spark {seen}"

    def used(self, which: int) -> int:
        """Return what a consumer uses by the model."""
        return int(self.world.consumers[which].used)

    def outcomes(self, which: int, size: int) -> Iterator[tuple[World, Outcome]]:
        """Yield what the model says of a request, for each choice among equal victims."""
        wanted: list[int] | None = []
        while wanted is not None:
            world = clone(self.world)
            script = Choosing(wanted, "acquire")
            with oracle.consulting(script):
                granted = int(world.consumers[which].acquire_memory(size))
            order = {id(each): name for each, name in zip(world.consumers, self.names, strict=True)}
            spills = tuple(
                (order[id(details["consumer"])], int(str(details["size"])))
                for event, details in script.events
                if event == "freed"
            )
            yield world, Outcome(granted, *self.accounts(world), spills)
            wanted = next_choice(script)

    @staticmethod
    def accounts(world: World) -> tuple[tuple[int, ...], int]:
        """Return what each consumer uses, and the pool's counter."""
        off_heap = world.manager.off_heap.used if isinstance(world.manager, ModalTaskMemoryManager) else 0
        return tuple(int(each.used) for each in world.consumers), int(world.manager.pool.used + off_heap)

    def seen(self, answer: dict[str, Any]) -> Outcome:
        """Return what came of a request on Spark."""
        accounts = answer["accounts"]
        assert "raised" not in answer, answer["raised"]
        assert accounts["pool"] == accounts["task"]
        used = tuple(accounts["used"][name] for name in self.names)
        return Outcome(
            answer.get("result", 0), used, accounts["pool"], tuple((name, size) for name, size in accounts["spills"])
        )
