"""What really allocates pages, when the memory manager has granted the bytes: on the heap, or outside of it.

Source: `common/unsafe/src/main/java/org/apache/spark/unsafe/memory/HeapMemoryAllocator.java` at v2.2.0, v2.3.0 and
master of April 2025; `common/unsafe/src/main/java/org/apache/spark/unsafe/memory/UnsafeMemoryAllocator.java` at
v2.2.0, v2.3.0 and master of April 2025; `common/unsafe/src/main/java/org/apache/spark/unsafe/memory/MemoryBlock.java`
at v2.2.0, v2.3.0 and master of April 2025. Left out: freed arrays of 1 MB or more that wait for the next request of
their size, behind weak references.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.spark.memory.memory_block import LongArray, MemoryBlock


class PageNumber(Enum):
    """What a block's page number says of it. A number of the table is one here, whichever it is."""

    NONE = "not allocated by a task's memory manager"
    IN_TABLE = "a number of the page table"
    FREED_IN_MANAGER = "freed by the manager, and not yet by the allocator"
    FREED = "freed by the allocator"


class Page(MemoryBlock):
    """A block with a page number."""

    number: PageNumber = PageNumber.NONE


class OutOfMemoryError(Exception):
    """Java's: there is less than the memory manager believed."""


class MemoryAllocator(HeapObject):
    """Has so many bytes and no more, whatever was granted. Off the heap, they stay until they are freed."""

    free_bytes: Bytes
    off_heap: bool = False
    outside: Bag[LongArray] = field(default_factory=Bag[LongArray])
    """What is allocated outside of the heap, where nothing is collected."""

    def allocate(self, size: Bytes) -> Page:
        """Return a block of so many bytes."""
        if size > self.free_bytes:
            raise OutOfMemoryError("Java heap space")
        self.free_bytes -= size
        page = Page(size, LongArray(size))
        if self.off_heap and page.base_object is not None:
            self.outside.add(page.base_object)
        return page

    def free(self, page: Page) -> None:
        """Free a block that was allocated here directly, or that its manager has freed."""
        if page.number is PageNumber.FREED:
            raise AssertionError("page has already been freed")
        if page.number is PageNumber.IN_TABLE:
            raise AssertionError("TMM-allocated pages must first be freed via TMM.freePage()")
        page.number = PageNumber.FREED
        if page.base_object is not None:
            self.outside.discard(page.base_object)
        page.base_object = None
        self.free_bytes += page.size
