"""The page table of a task's memory manager: what it does when bytes were granted and cannot be allocated.

Source: `core/src/main/java/org/apache/spark/memory/TaskMemoryManager.java` at v1.6.0, v1.6.1, v2.0.0 and master of
April 2025. And its class of 4.3.0, of whose further tries (once more with another grant, or with a smaller page) none
is modelled. Left out: addresses, and that there are no more than 8192 pages.
"""

from __future__ import annotations

from contextlib import suppress

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.pages import SPARK_13210, SPARK_15045, SPARK_57242
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, OutOfMemoryError, Page, PageNumber
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager, Victims


class StackOverflowError(Exception):
    """Java's: a method that calls itself has done so too often."""


class PagingTaskMemoryManager(TaskMemoryManager):
    """Refers to every page until it is freed or the task ends."""

    allocator: MemoryAllocator
    page_table: Bag[Page]
    stack: int
    """How often a method may call itself: a small number in the place of Java's thousands."""
    acquired_but_not_used: Bytes = 0
    """What was granted and could not be allocated. It stays accounted, so that what is free is not overstated again."""

    def allocate_page(self, size: Bytes, consumer: MemoryConsumer, calls: int = 0) -> Page | None:
        """Return a page of what was granted, perhaps less than `size`; or None where nothing is to be had."""
        acquired = self.acquire_execution_memory(size, consumer)
        if acquired <= 0:
            return None
        try:
            page = self.allocator.allocate(acquired)
        except OutOfMemoryError:
            if SPARK_13210 not in self.fixes:
                raise
            return self.try_again(size, acquired, consumer, calls)
        return self.into_table(page)

    def try_again(self, size: Bytes, acquired: Bytes, consumer: MemoryConsumer, calls: int) -> Page | None:
        """Do what the release does when what was granted could not be allocated."""
        if SPARK_57242 in self.fixes:
            return self.allocate_after_spills(acquired, consumer)
        self.acquired_but_not_used += acquired
        if calls == self.stack:
            raise StackOverflowError("TaskMemoryManager.allocatePage")
        return self.allocate_page(size, consumer, calls + 1)

    def allocate_after_spills(self, acquired: Bytes, consumer: MemoryConsumer) -> Page | None:
        """Keep the grant, and let others spill as long as they do, until it can be allocated."""
        while self.spill_for_allocation(acquired, consumer) > 0:
            with suppress(OutOfMemoryError):
                return self.into_table(self.allocator.allocate(acquired))
        self.acquired_but_not_used += acquired
        return None

    def spill_for_allocation(self, size: Bytes, consumer: MemoryConsumer) -> Bytes:
        """Ask victims to spill until so much is freed, without acquiring any; return how much was freed."""
        freed: Bytes = 0
        victims = Victims.of(self.consumers, consumer, size, self.fixes)
        while freed < size and victims:
            victim = victims.next(size - freed)
            answer = self.ask(victim, size, freed, consumer)
            freed += answer
            victims.answered(victim, answer)
        return freed

    def into_table(self, page: Page) -> Page:
        """Give a page a number."""
        page.number = PageNumber.IN_TABLE
        self.page_table.add(page)
        return page

    def free_page(self, page: Page) -> None:
        """Free a page: in the table, in the allocator, and then in the account."""
        if page.number is PageNumber.NONE:
            raise AssertionError("Called freePage() on memory that wasn't allocated with allocatePage()")
        if page.number is not PageNumber.IN_TABLE:
            raise AssertionError("Called freePage() on a memory block that has already been freed")
        self.page_table.discard(page)
        page.number = PageNumber.FREED_IN_MANAGER
        self.allocator.free(page)
        self.release_execution_memory(page.size)

    def clean_up_all_allocated_memory(self) -> Bytes:
        """End the task: free its pages, and return what was accounted for besides what could not be allocated.

        Before SPARK-15045 the table was cleared first, so that no page was found in it.
        """
        if SPARK_15045 in self.fixes:
            for page in self.page_table:
                page.number = PageNumber.FREED_IN_MANAGER
                self.allocator.free(page)
        self.page_table.clear()
        self.release_execution_memory(self.acquired_but_not_used)
        self.acquired_but_not_used = 0
        return super().clean_up_all_allocated_memory()
