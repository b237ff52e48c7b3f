"""What tasks with one consumer of pages have in common: another consumer that needs memory, and other tasks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from spillproof.model.heap import Bag
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.task_model import TaskModel
from spillproof.model.system import action, require


class ContendedPool(ExecutionMemoryPool):
    """A pool that other tasks share: while they are waiting, what is released is theirs at once."""

    others: Bytes = 0
    """What other tasks took."""
    others_wait: bool = False

    def acquire(self, required: Bytes) -> Bytes:
        free = self.pool_size - self.used - self.others
        granted = min(required, free)
        self.used += granted
        return granted

    def release(self, size: Bytes) -> None:
        self.used -= size
        if self.others_wait:
            self.others += size


class OtherConsumer(MemoryConsumer):
    """Acquires bytes, really holds none, and cannot spill, like the map of a join or a batch of rows.

    Spark asks it to, and is answered 0, of which nothing comes: whoever can spill is asked in any case, and what there
    was to be granted is. Here it is not asked.
    """

    def has_memory(self) -> bool:
        return False

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - it does not matter for what
        return 0


class Requester(Enum):
    """Whose request was refused."""

    PAGED = "the consumer of pages"
    OTHER = "another consumer of the task"


@dataclass(frozen=True)
class Refused:
    """A request that was refused."""

    satisfiable: bool
    whole: bool = False


class RawTask(TaskModel):
    """One consumer of pages, and others that need memory: one, where the scope does not say how many."""

    pool: ContendedPool
    max_pages: int
    array_grows: bool
    """Whether the array of pointers may have to grow."""
    contended: bool
    """Whether other tasks may take what is released."""
    wanted: Bytes
    """What was requested in the last step and refused."""
    requester: Requester | None
    """Whose request that was."""

    def set_up(
        self,
        capacity: Bytes,
        fixes: frozenset[str],
        *,
        pages: int,
        array_grows: bool,
        contended: bool,
        others: int = 1,
    ) -> None:
        """Begin a task that has acquired nothing."""
        self.max_pages = pages
        self.array_grows = array_grows
        self.pool = ContendedPool(capacity)
        self.task_memory_manager = TaskMemoryManager(self.pool, fixes, Bag())
        for _ in range(others):
            self.task_memory_manager.consumers.add(OtherConsumer(self.task_memory_manager))
        self.contended = contended
        self.wanted = 0
        self.requester = None
        self.ended = False

    def paged(self) -> PagedConsumer:
        """Return the consumer of pages."""
        raise NotImplementedError

    def beside(self) -> list[OtherConsumer]:
        """Return the other consumers, which are registered from the beginning to the end."""
        return [each for each in self.task_memory_manager.consumers if isinstance(each, OtherConsumer)]

    # What claims look at

    def unclaimed(self) -> Bytes:
        """Return 0: blocks are accounted whole, and the other consumer really holds nothing."""
        return 0

    def requests(self) -> list[Refused]:
        """Return what the last step refused: satisfiable if what is free, and what spills ought to free, suffice."""
        if self.requester is None:
            return []
        free = self.pool.pool_size - self.pool.used - self.pool.others
        trigger = self.paged() if self.requester is Requester.PAGED else None
        return [Refused(bool(self.wanted <= free + self.paged().freeable(trigger)))]

    def records_spilled(self) -> Count:
        """Return how much the consumer of pages has spilled to files: records, or pages of them."""
        return self.paged().spilled

    def allocated_in_spill(self) -> bool:
        """Return whether memory was acquired in the middle of a spill of the last step."""
        return self.paged().allocated_in_spill

    def unreported(self) -> Bytes:
        """Return what the last step's spills freed, less what they said."""
        return self.paged().unreported

    # Steps

    @action
    def acquire(self, size: Bytes) -> None:
        """Another consumer of the task needs memory, and all of it."""
        self.step()
        other = choose(self.beside())
        if (granted := other.acquire_memory(size)) < size:
            other.free_memory(granted)
            self.refused(Requester.OTHER, size)

    def step(self) -> None:
        """Begin a step. After a refusal the work is over."""
        require(not self.ended and self.requester is None)
        self.paged().forget_step()

    def refused(self, requester: Requester, wanted: Bytes) -> None:
        """A request was refused. Whoever made it fails."""
        self.requester, self.wanted = requester, wanted

    def executor_cleans_up(self) -> None:
        """End the task."""
        self.task_memory_manager.clean_up_all_allocated_memory()
        self.pool.others = 0
        self.ended = True
