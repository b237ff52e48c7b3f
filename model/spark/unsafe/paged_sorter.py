"""A sorter of raw records in pages, with an array of pointers to them: what the two of Spark have in common.

Source: none. Both of Spark have this of their own, alike.
"""

from __future__ import annotations

from dataclasses import field

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.memory_block import MemoryBlock
from spillproof.model.spark.memory.paged_consumer import PagedConsumer
from spillproof.model.spark.unsafe.in_memory_sorter import InMemorySorter


class PagedSorter(PagedConsumer):
    """Records lie in pages; pointers to them in an array."""

    allocated_pages: Bag[MemoryBlock] = field(default_factory=Bag[MemoryBlock])
    current_page: MemoryBlock | None = None
    spill_after: int | None = None
    """With so many records it spills before it takes another one (`numElementsForSpillThreshold`). None: any number."""

    def spill_if_many(self, sorter: InMemorySorter) -> None:
        """Spill if it has as many records as it may have. Nothing was asked for yet."""
        if self.spill_after is not None and sorter.has_records and sorter.records >= self.spill_after:
            self.spill(0, self)

    def add_page(self, size: Bytes) -> None:
        """Go on with a new page."""
        self.current_page = self.allocate(size)
        self.allocated_pages.add(self.current_page)

    def free_pages(self, sorter: InMemorySorter | None) -> Bytes:
        """Free every page that is still in the list; return how many bytes. Usage is looked at first, for a metric."""
        if sorter is not None:
            sorter.memory_usage()
        pages = list(self.allocated_pages)
        self.allocated_pages.clear()
        self.current_page = None
        freed: Bytes = 0
        for page in pages:
            freed += page.size
            self.free(page)
        return freed

    def freeable_by_itself(self, sorter: InMemorySorter | None) -> Bytes:
        """Return what a spill for its own sake ought to free: all that records are in, or what the array has grown."""
        if sorter is None or sorter.array is None:
            return 0
        return self.used - sorter.initial_size if sorter.has_records else sorter.grown
