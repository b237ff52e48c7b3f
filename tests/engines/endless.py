"""Models whose shapes have no end, each with a fault that shows soon: the shortest run is known by hand."""

from __future__ import annotations

from dataclasses import field

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import always


class Segment(HeapObject):
    """Memory that was taken from the system."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class SegmentPool(Model):
    """What is released is counted free, and stays cached: nothing takes it from the cache again."""

    limit: Bytes
    used: Bytes

    def begin(self, limit: Bytes) -> None:
        self.limit = limit
        self.used = 0
        self.live: list[Segment] = []
        self.cache: list[Segment] = []

    @action
    def allocate(self, size: Bytes) -> None:
        require(len(self.live) < 2 and self.used + size <= self.limit)
        self.used += size
        self.live.append(Segment(size))

    @action
    def release(self) -> None:
        require(len(self.live) > 0)
        segment = self.live.pop(0)
        self.used -= segment.size
        self.cache.append(segment)

    def accounted(self) -> Bytes:
        return self.used

    def capacity_of_pool(self) -> Bytes:
        return self.limit


class Block(HeapObject):
    """A block that several may share."""

    size: Bytes = 0
    references: int = 0

    def shallow_size(self) -> Bytes:
        return self.size


class SharedBlock(Model):
    """Each sharer adds a reference; the last one frees the block, and so does whoever finds just one left."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.block: Block | None = None
        self.sharers = 0

    @action
    def allocate(self, size: Bytes) -> None:
        require(self.block is None)
        self.block = Block(size, 1)
        self.sharers = 1
        self.used += size

    @action
    def share(self) -> None:
        require(self.block is not None)
        assert self.block is not None
        self.block.references += 1
        self.sharers += 1

    @action
    def drop(self) -> None:
        require(self.block is not None and self.sharers > 0)
        assert self.block is not None
        self.block.references -= 1
        self.sharers -= 1
        if self.block.references <= 1:
            self.used -= self.block.size
            self.block.size = 0
            self.block = None


@always
def nobody_shares_what_is_freed(now: SharedBlock) -> bool:
    """Whoever shares a block has one."""
    return now.block is not None or now.sharers == 0


class Page(HeapObject):
    """A page, and how many own it."""

    owners: int = 0
    lent: bool = False
    """Whether somebody ever had it."""


class FreeList(Model):
    """A page that is given back twice stands twice in the list of free ones, and comes to two owners."""

    def begin(self) -> None:
        self.free: list[Page] = []
        self.owned: list[Page] = []
        self.is_mapped = False

    @action
    def map(self) -> None:
        require(not self.is_mapped)
        self.is_mapped = True
        self.free.append(Page())

    @action
    def take(self) -> None:
        require(len(self.free) > 0)
        page = self.free.pop(0)
        page.owners += 1
        page.lent = True
        self.owned.append(page)

    @action
    def give_back(self, page: Page) -> None:
        require(page.lent)
        page.owners = 0
        self.owned = [each for each in self.owned if each is not page]
        self.free.append(page)


@always
def a_page_has_one_owner(now: FreeList) -> bool:
    """No page has two owners."""
    return all(page.owners <= 1 for page in now.owned)


class Stream(HeapObject):
    """Reads from another one."""

    buffer: Bytes = 0
    upstream: Stream | None = None

    def shallow_size(self) -> Bytes:
        return self.buffer


class Wrapped(Model):
    """A stream is wrapped in another as often as one likes; closing it closes the outermost alone."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.stream = Stream()

    @action
    def fill(self, size: Bytes) -> None:
        require(self.stream.buffer == 0)
        self.stream.buffer += size
        self.used += size

    @action
    def wrap(self) -> None:
        self.stream = Stream(0, self.stream)

    @action
    def close(self) -> None:
        self.used = 0
        self.stream.buffer = 0

    def accounted(self) -> Bytes:
        return self.used


class Numbered(Model):
    """Each file gets the next number; what is deleted is the newest, whichever was asked for."""

    on_disk: Bytes
    counted: Bytes

    def begin(self) -> None:
        self.next = 0
        self.files: dict[int, int] = {}
        self.deleted: list[int] = []
        self.on_disk = 0
        self.counted = 0

    @action
    def write(self, size: Bytes) -> None:
        require(len(self.files) < 2)
        self.files[self.next] = 1
        self.next += 1
        self.on_disk += size

    @action
    def delete_oldest(self) -> None:
        require(len(self.files) > 0)
        oldest = min(self.files)
        self.deleted.append(oldest)
        del self.files[max(self.files)]


@always
def what_is_deleted_is_gone(now: Numbered) -> bool:
    """No file is listed that was deleted."""
    return all(each not in now.files for each in now.deleted)


class Journal(HeapObject):
    """Entries that were written, oldest first."""

    sizes: list[Bytes] = field(default_factory=list)


class Journaled(Model):
    """A journal of which every third entry is counted twice, so that the account runs away from what is there."""

    accounted_bytes: Bytes

    def begin(self) -> None:
        self.journal = Journal()
        self.accounted_bytes = 0

    @action
    def write(self, size: Bytes) -> None:
        self.journal.sizes.append(size)
        self.accounted_bytes += size
        if len(self.journal.sizes) % 3 == 0:
            self.accounted_bytes += size

    @action
    def undo(self) -> None:
        require(len(self.journal.sizes) > 0)
        self.accounted_bytes -= self.journal.sizes.pop()


@always
def the_account_is_what_is_there(now: Journaled) -> bool:
    """What is accounted is the sum of the entries."""
    return now.accounted_bytes == sum(now.journal.sizes)


class Bins(Model):
    """What is freed goes to the bin of the last allocation: now and then there is a chunk more, and not soon."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.bins: dict[str, list[Block]] = {"small": [], "large": []}
        self.out: list[Block] = []
        self.last = "small"

    def allocate(self, name: str, size: int) -> None:
        require(len(self.out) < 3)
        self.last = name
        self.out.append(self.bins[name].pop() if self.bins[name] else Block(size))
        self.used += size

    @action
    def small(self) -> None:
        self.allocate("small", 1)

    @action
    def large(self) -> None:
        self.allocate("large", 4)

    @action
    def free(self, chunk: Block) -> None:
        require(any(chunk is each for each in self.out))
        self.out = [each for each in self.out if each is not chunk]
        self.bins[self.last].append(chunk)
        self.used -= chunk.size


@always
def what_is_out_is_used(now: Bins) -> bool:
    """What is used is the sum of what is out."""
    return now.used == sum(each.size for each in now.out)
