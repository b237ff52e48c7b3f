"""`DeviceCachingAllocator`: its blocks, the segments that they are parts of, and events that they wait for.

Sizes are pages, of which the device has few: all runs of so small a device are all that there are.

Source: `c10/cuda/CUDACachingAllocator.cpp` as found in 2026, and as #191302 would change it, which is open. What is not
modelled: pools of small blocks, graphs, expandable segments, garbage collection.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import HeapObject
from spillproof.model.library.repair import Repair
from spillproof.model.library.request import Request, Size
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require

SEARCH_AGAIN = Repair(
    "pytorch-189504",
    "After waiting for all streams the cache is searched again; what became free was there, and out of memory raised.",
    issue="pytorch/pytorch#189504",
    claim="a_satisfiable_request_is_satisfied",
    steps=6,
    run="Two pages are allocated and freed; one is allocated, and the other; that is freed while a stream uses it; a"
    " page is asked for.",
)


class State(Enum):
    """Whether a block can be given out."""

    ALLOCATED = "a tensor has it"
    PENDING = "freed, and a stream may still use it"
    FREE = "in the cache"


class Block(HeapObject):
    """A part of a segment."""

    pages: int
    state: State

    def shallow_size(self) -> Bytes:
        return self.pages if self.state is not State.FREE else 0


class Segment(HeapObject):
    """What was got of the device at once: its blocks, in the order of their addresses."""

    blocks: list[Block]

    @property
    def pages(self) -> int:
        """Return how large it is."""
        return sum(each.pages for each in self.blocks)

    def merge(self) -> None:
        """Make one block of free neighbours."""
        merged: list[Block] = []
        for block in self.blocks:
            if merged and merged[-1].state is block.state is State.FREE:
                merged[-1].pages += block.pages
            else:
                merged.append(block)
        self.blocks = merged


class DeviceCachingAllocator(HeapObject):
    """The segments that it has of a device."""

    pages: int
    fixes: frozenset[str]
    segments: list[Segment]

    def reserved(self) -> int:
        return sum(each.pages for each in self.segments)

    def malloc(self, pages: int) -> bool:
        """Return whether there was a block, in the cache or on the device, perhaps after what can be was released."""
        if self.get_free_block(pages) or self.alloc_block(pages):
            return True
        self.release_cached_blocks()
        if SEARCH_AGAIN.name in self.fixes and self.get_free_block(pages):
            return True
        return self.alloc_block(pages)

    def get_free_block(self, pages: int) -> bool:
        """Take the best of the free blocks that are large enough, and split it."""
        found: tuple[Segment, Block] | None = None
        for segment in self.segments:
            for block in segment.blocks:
                if (
                    block.state is State.FREE
                    and block.pages >= pages
                    and (found is None or block.pages < found[1].pages)
                ):
                    found = segment, block
        if found is None:
            return False
        segment, block = found
        at = segment.blocks.index(block)
        if block.pages > pages:
            segment.blocks.insert(at + 1, Block(block.pages - pages, State.FREE))
            block.pages = pages
        block.state = State.ALLOCATED
        return True

    def alloc_block(self, pages: int) -> bool:
        """`cudaMalloc`: a segment of its own, if the device has as much."""
        if self.reserved() + pages > self.pages:
            return False
        self.segments.append(Segment([Block(pages, State.ALLOCATED)]))
        return True

    def synchronize(self) -> None:
        """Wait for all streams."""
        for segment in self.segments:
            for block in segment.blocks:
                if block.state is State.PENDING:
                    block.state = State.FREE
            segment.merge()

    def release_cached_blocks(self) -> None:
        """Wait for all streams, and give back to the device what no tensor has a part of."""
        self.synchronize()
        self.segments = [
            each for each in self.segments if len(each.blocks) > 1 or each.blocks[0].state is not State.FREE
        ]


class Splitting(Model):
    """Tensors that come and go, on a stream or on two."""

    allocator: DeviceCachingAllocator
    request: Request | None

    def begin(self, pages: int = 2, fixes: frozenset[str] = frozenset()) -> None:
        self.allocator = DeviceCachingAllocator(pages, fixes, [])
        self.request = None

    @action
    def malloc(self, size: Size) -> None:
        """A tensor is made, or out of memory is raised."""
        there = self._there(size.pages)
        self.request = Request(self.allocator.malloc(size.pages), satisfiable=there)

    @action
    def free(self, block: Block, is_used: bool) -> None:  # noqa: FBT001 - whether `record_stream` was called
        """A tensor is gone; another stream may still use its memory."""
        require(block.state is State.ALLOCATED)
        self.request = None
        block.state = State.PENDING if is_used else State.FREE
        for segment in self.allocator.segments:
            segment.merge()

    @action
    def process_events(self) -> None:
        """The other stream is done."""
        require(any(block.state is State.PENDING for each in self.allocator.segments for block in each.blocks))
        self.request = None
        self.allocator.synchronize()

    def _there(self, pages: int) -> bool:
        """Return whether a tensor of that size could be had: in a row of a segment, or of the device."""
        kept = 0
        for segment in self.allocator.segments:
            row = longest = 0
            for block in segment.blocks:
                row = 0 if block.state is State.ALLOCATED else row + block.pages
                longest = max(longest, row)
            if longest >= pages:
                return True
            kept += segment.pages if longest < segment.pages else 0
        return kept + pages <= self.allocator.pages

    def reachable(self) -> Bytes:
        """Return what tensors and streams use."""
        return sum(block.shallow_size() for each in self.allocator.segments for block in each.blocks)

    def accounted(self) -> Bytes:
        """Return what is reserved of the device."""
        return self.allocator.reserved()

    def capacity_of_pool(self) -> Bytes:
        """Return what the device has."""
        return self.allocator.pages

    def requests(self) -> list[Request]:
        """Return what became of the last step's tensor, if it was to make one."""
        return [] if self.request is None else [self.request]
