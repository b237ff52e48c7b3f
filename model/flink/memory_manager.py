"""`MemoryManager`: pages for sorts and hash tables, each given to an owner, who may give back some, or all at once.

Source: flink-runtime, `org.apache.flink.runtime.memory.MemoryManager`, as FLINK-21728 describes it.
"""

from __future__ import annotations

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require

FREE_ONCE = Repair(
    "FLINK-21728",
    "A segment that was released already is not released again; it was, and its page counted as free twice.",
    ("1.13.0",),
    issue="FLINK-21728",
    claim="free_is_unreachable",
    steps=3,
    run="A page is allocated; the owner releases all that it has, and then the list that the page is still in.",
)


class Segment(HeapObject):
    """A page, and whether the manager knows it as somebody's."""

    is_allocated: bool = True


class Paging(Model):
    """An owner that allocates pages, keeps lists of them, and releases lists or all."""

    available: Count

    def begin(self, pages: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.pages, self.fixes = pages, fixes
        self.available = pages
        self.lists: list[Segment] = []
        """What an operator has in its lists, released or not."""

    @action
    def allocate(self) -> None:
        """An operator allocates a page."""
        require(self.available > 0 and len(self.lists) < self.pages)
        self.available -= 1
        self.lists.append(Segment())

    @action
    def release(self, segment: Segment) -> None:
        """`release(Collection)`: an operator releases what a list has."""
        self.lists = [each for each in self.lists if each is not segment]
        if segment.is_allocated or FREE_ONCE.name not in self.fixes:
            self.available += 1
        segment.is_allocated = False

    @action
    def release_all(self) -> None:
        """`releaseAll(owner)`: a task that ends releases whatever it has."""
        require(any(each.is_allocated for each in self.lists))
        for segment in self.lists:
            if segment.is_allocated:
                segment.is_allocated = False
                self.available += 1

    def accounted(self) -> Bytes:
        """Return how many pages are not available."""
        return self.pages - self.available

    def nothing_is_taken(self) -> bool:
        """Return whether every page is available."""
        return self.available == self.pages

    def reachable(self) -> Bytes:
        """Return how many are somebody's."""
        return sum(1 for each in self.lists if each.is_allocated)

    def capacity_of_pool(self) -> Bytes:
        """Return how many there are."""
        return self.pages
