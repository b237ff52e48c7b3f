"""A task whose consumers allocate pages, while there may be less memory than the memory manager believes."""

from __future__ import annotations

from dataclasses import field
from typing import ClassVar

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, OutOfMemoryError, Page
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.paging_task_memory_manager import PagingTaskMemoryManager
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.raw_task import Refused
from spillproof.model.spark.scenario.task_model import TaskModel
from spillproof.model.system import action, require


class CountingPool(ExecutionMemoryPool):
    """A pool that counts what is free, so that it needs no proof that it is not overdrawn."""

    free: Bytes = field(kw_only=True)

    def acquire(self, required: Bytes) -> Bytes:
        granted = min(required, self.free)
        self.free -= granted
        self.used += granted
        return granted

    def release(self, size: Bytes) -> None:
        self.used -= size
        self.free += size

    def release_all(self) -> Bytes:
        self.free += self.used
        return super().release_all()


class PageHolder(MemoryConsumer):
    """Spark's `TestMemoryConsumer`, with pages: it spills all of them, for anybody."""

    pages: Bag[Page] = field(default_factory=Bag[Page])

    short_name: ClassVar[str] = "H"

    def manager(self) -> PagingTaskMemoryManager:
        """Return the manager, which has a page table."""
        assert isinstance(self.task_memory_manager, PagingTaskMemoryManager)
        return self.task_memory_manager

    def allocate(self, size: Bytes) -> bool:
        """Allocate a page; return whether it has the size. A smaller one is freed again."""
        page = self.manager().allocate_page(size, self)
        if page is None:
            return False
        if page.size < size:
            self.manager().free_page(page)
            return False
        self.used += page.size
        self.pages.add(page)
        return True

    def free(self, page: Page) -> None:
        """Free a page: the consumer's own counter first."""
        self.pages.discard(page)
        self.used -= page.size
        self.manager().free_page(page)

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:  # noqa: ARG002 - all of them, for anybody
        freed: Bytes = 0
        for page in self.pages:
            freed += page.size
            self.free(page)
        return freed


class PagingTask(TaskModel):
    """Consumers of one task allocate and free pages, and may forget to."""

    pool: CountingPool
    manager: PagingTaskMemoryManager
    holders: Bag[PageHolder]
    max_pages: int
    wanted: Bytes
    """What the last step requested and did not get."""
    room: Bytes
    """What the pool had for it, had all other pages been spilled."""
    failed: bool
    """Whether the last request ended the work, with what had been granted for it."""

    def begin(
        self,
        capacity: Bytes,
        really: Bytes,
        *,
        consumers: int = 2,
        pages: int = 1,
        stack: int = 1,
        off_heap: bool = False,
        fixes: frozenset[str] = fixes_of(NEWEST, PAGES),
    ) -> None:
        """`really` is what the allocator has, where the memory manager believes in `capacity`."""
        pool, allocator = CountingPool(capacity, free=capacity), MemoryAllocator(really, off_heap)
        self.pool = pool
        self.manager = PagingTaskMemoryManager(pool, fixes, Bag(), allocator, Bag(), stack)
        self.task_memory_manager = self.manager
        self.holders = Bag(PageHolder(self.task_memory_manager) for _ in range(consumers))
        self.max_pages = pages
        self.wanted = self.room = 0
        self.failed = self.ended = False

    # What claims look at

    def accounts(self) -> list[Bytes]:
        """Return what each consumer holds itself to be using, and what is put aside."""
        return [*super().accounts(), self.unused()]

    def unused(self) -> Bytes:
        """Return what was granted, could not be allocated, and is put aside."""
        return self.manager.acquired_but_not_used

    def requests(self) -> list[Refused]:
        """Return what the last step refused: satisfiable if pool and memory had room, were all other pages spilled."""
        if self.wanted <= 0:
            return []
        return [Refused(bool(self.wanted <= self.room) and bool(self.wanted <= self.memory_in_all()))]

    def held(self) -> Bytes:
        """Return the bytes in pages."""
        return sum(each.used for each in self.holders)

    def memory_in_all(self) -> Bytes:
        """Return what the allocator has, given out or not."""
        return self.held() + self.manager.allocator.free_bytes

    # What may happen

    def step(self) -> None:
        """Begin a step. Where what could not be allocated is not put aside, that is an error which ends the work."""
        require(not self.ended and not self.failed)
        self.wanted = self.room = 0

    @action
    def allocate(self, holder: PageHolder, size: Bytes) -> None:
        """A consumer needs a page."""
        self.step()
        require(len(holder.pages) < self.max_pages)
        room = self.held() + self.pool.free
        try:
            if not holder.allocate(size):
                self.wanted, self.room = size, room
        except OutOfMemoryError:
            self.failed = True
            self.wanted, self.room = size, room

    @action
    def free(self, holder: PageHolder) -> None:
        """A consumer is done with its pages."""
        self.step()
        require(len(holder.pages) > 0)
        for page in holder.pages:
            holder.free(page)

    @action
    def end_task(self) -> None:
        """The task ends, whatever its consumers have not freed. They are garbage then."""
        require(not self.ended)
        self.wanted = self.room = 0
        self.failed = False
        self.task_memory_manager.clean_up_all_allocated_memory()
        self.holders = Bag()
        self.ended = True
