"""Models of managers of the library, written by another hand from the sources, without a look at the library's.

Each has one mistake that can be put in and taken out, and says which fix of the library it is about. Sources:
`pool.rs` of DataFusion (00c8817ab489), `write_buffer_manager.cc` of RocksDB (before #6619), `MemoryManager.java` and
`NetworkBufferPool.java` of Flink (before 1.13 and 1.5.1), and vLLM's scheduler (before 0.33.0).
"""

from __future__ import annotations

from dataclasses import dataclass

from spillproof import Bytes, HeapObject, Model, action, require

# DataFusion


class Consumer(HeapObject):
    """An operator that can spill."""


class Reservation(HeapObject):
    """What an operator has, which stands for its bytes."""

    size: Bytes = 0

    def __init__(self, owner: Consumer) -> None:
        self.owner = owner

    def shallow_size(self) -> Bytes:
        return self.size


class FairPool(Model):
    """Divides a pool evenly among those that can spill."""

    pool_size: Bytes
    spillable: Bytes
    granted: Bytes
    share: Bytes
    right: bool

    def begin(self, pool_size: Bytes, consumers: int = 2, reservations: int = 2, *, right: bool = True) -> None:
        self.pool_size, self.spillable, self.granted, self.share = pool_size, 0, 0, 0
        self.consumers: list[Consumer] = []
        self.reservations: list[Reservation] = []
        self.most, self.many, self.right = consumers, reservations, right

    @action
    def register(self) -> None:
        require(len(self.consumers) < self.most and len(self.reservations) < self.many)
        self.consumers.append(Consumer())
        self.reservations.append(Reservation(self.consumers[-1]))
        self.granted = self.share = 0

    @action
    def another(self, of: Reservation) -> None:
        require(len(self.reservations) < self.many)
        self.reservations.append(Reservation(of.owner))
        self.granted = self.share = 0

    @action
    def grow(self, what: Reservation, size: Bytes) -> None:
        """`try_grow`."""
        held = self.held_by(what) + size
        require(held * len(self.consumers) <= self.pool_size and self.fits(size))
        what.size += size
        self.spillable += size
        self.granted = sum(each.size for each in self.reservations if each.owner is what.owner) * len(self.consumers)
        self.share = self.pool_size

    def held_by(self, what: Reservation) -> Bytes:
        return what.size

    def fits(self, size: Bytes) -> bool:
        """Return whether the pool has it."""
        return self.spillable + size <= self.pool_size

    @action
    def shrink(self, what: Reservation, size: Bytes) -> None:
        """`try_shrink`."""
        require(size <= what.size)
        what.size -= size
        self.give_back(size)
        self.granted = self.share = 0

    def give_back(self, size: Bytes) -> None:
        self.spillable -= size

    def accounted(self) -> Bytes:
        return self.spillable

    def accounts(self) -> list[Bytes]:
        return [each.size for each in self.reservations]

    def capacity_of_pool(self) -> Bytes:
        return self.pool_size

    def limits(self) -> list[tuple[Bytes, Bytes]]:
        """In shares: what a consumer holds times how many there are, and the pool."""
        return [(self.granted, self.share)] if self.granted > 0 else []


class FairPoolByOwner(FairPool):
    """A share is for all reservations of a consumer together."""

    def held_by(self, what: Reservation) -> Bytes:
        if not self.right:
            return what.size
        return sum(each.size for each in self.reservations if each.owner is what.owner)

    def fits(self, size: Bytes) -> bool:
        """Nobody looked."""
        del size
        return True


class FairPoolByShare(FairPool):
    """Whether the pool has what is granted is looked at, too."""

    def held_by(self, what: Reservation) -> Bytes:
        return sum(each.size for each in self.reservations if each.owner is what.owner)

    def fits(self, size: Bytes) -> bool:
        return self.spillable + size <= self.pool_size if self.right else True


class FairPoolShrinking(FairPool):
    """`try_shrink` gives back to the pool."""

    def give_back(self, size: Bytes) -> None:
        if self.right:
            self.spillable -= size


# RocksDB


class Memtable(HeapObject):
    """A memtable, and whether the cache has an entry for it."""

    size: Bytes

    def __init__(self, size: Bytes, *, charged: bool) -> None:
        self.size, self.charged = size, charged

    def shallow_size(self) -> Bytes:
        return self.size


class WriteBuffers(Model):
    """Memtables are charged to a cache with a strict limit."""

    capacity: Bytes
    usage: Bytes

    def begin(self, capacity: Bytes, tables: int = 2, *, right: bool = True) -> None:
        self.capacity, self.usage, self.most, self.right = capacity, 0, tables, right
        self.tables: list[Memtable] = []

    @action
    def write(self, size: Bytes) -> None:
        require(len(self.tables) < self.most)
        charged = self.usage + size <= self.capacity
        self.admit(charged=charged)
        if charged:
            self.usage += size
        self.tables.append(Memtable(size, charged=charged))

    def admit(self, *, charged: bool) -> None:
        """A memtable that finds no room is allocated all the same."""

    @action
    def flush(self, table: Memtable) -> None:
        self.look(table)
        if table.charged:
            self.usage -= table.size
        self.tables = [each for each in self.tables if each is not table]

    def look(self, table: Memtable) -> None:
        """Whether there is a handle to release."""

    def accounted(self) -> Bytes:
        return self.usage


class WriteBuffersByHandle(WriteBuffers):
    """Only the handle of a memtable that was charged is released."""

    def look(self, table: Memtable) -> None:
        if not table.charged and not self.right:
            raise ValueError("releases a handle that is none")


class WriteBuffersInTime(WriteBuffers):
    """A memtable that finds no room is not allocated."""

    def admit(self, *, charged: bool) -> None:
        require(charged or not self.right)


# Flink


class Page(HeapObject):
    """A segment: whether it was freed."""

    def __init__(self) -> None:
        self.freed = False

    def shallow_size(self) -> Bytes:
        return 0 if self.freed else 1


class Managed(Model):
    """An owner has segments, which the manager knows of, and a list of them."""

    available: Bytes

    def begin(self, pages: int = 2, *, right: bool = True) -> None:
        self.available, self.pages, self.right = pages, pages, right
        self.owned: list[Page] = []
        self.listed: list[Page] = []

    @action
    def allocate(self) -> None:
        require(self.available > 0 and len(self.listed) < self.pages)
        page = Page()
        self.owned.append(page)
        self.listed.append(page)
        self.available -= 1

    @action
    def release(self) -> None:
        """What the list has, and the list is cleared."""
        require(len(self.listed) > 0)
        for page in self.listed:
            if page.freed and self.right:
                continue
            page.freed = True
            self.available += 1
        self.owned = [each for each in self.owned if not each.freed]
        self.listed = []

    @action
    def release_all(self) -> None:
        """What the manager knows of, whoever has a list."""
        require(len(self.owned) > 0)
        for page in self.owned:
            page.freed = True
            self.available += 1
        self.owned = []

    def accounted(self) -> Bytes:
        return self.pages - self.available


class Required(Model):
    """Gates require buffers, and get them one by one."""

    total: Bytes
    required: Bytes
    wanted: Bytes
    got: Bytes

    def begin(self, total: Bytes, *, right: bool = True) -> None:
        self.total, self.required, self.wanted, self.got, self.right = total, 0, 0, 0, right

    @action
    def request(self, number: Bytes) -> None:
        require(self.wanted == 0 and self.required + number <= self.total)
        self.required += number
        self.wanted = number

    @action
    def get(self, number: Bytes) -> None:
        require(self.got + number <= self.wanted)
        self.got += number

    @action
    def interrupt(self) -> None:
        require(self.got < self.wanted)
        self.required -= self.wanted if self.right else self.got
        self.wanted = self.got = 0

    @action
    def recycle(self) -> None:
        require(self.wanted > 0 and self.got == self.wanted)
        self.required -= self.wanted
        self.wanted = self.got = 0

    def accounted(self) -> Bytes:
        return self.required

    def accounts(self) -> list[Bytes]:
        return [self.wanted]

    def reachable(self) -> Bytes:
        return self.got


# vLLM


class Block(HeapObject):
    """A block of the GPU's memory."""

    def __init__(self) -> None:
        self.is_freed = False


class Requests(Model):
    """A request has a block, and a step that writes to it may be on the GPU when it is finished."""

    def begin(self, *, right: bool = True) -> None:
        self.right = right
        self.block: Block | None = None
        self.writing: Block | None = None
        self.deferred: Block | None = None

    @action
    def arrive(self) -> None:
        require(self.block is None and self.deferred is None)
        self.block = Block()

    @action
    def schedule(self) -> None:
        require(self.block is not None and self.writing is None)
        self.writing = self.block

    @action
    def finish(self) -> None:
        block = self.block
        require(block is not None)
        assert block is not None
        self.block = None
        if self.right and self.writing is block:
            self.deferred = block
        else:
            block.is_freed = True

    @action
    def process(self) -> None:
        require(self.writing is not None)
        self.writing = None
        if self.deferred is not None:
            self.deferred.is_freed = True
            self.deferred = None

    def pages_in_use(self) -> list[Block]:
        return [each for each in (self.writing,) if each is not None]


@dataclass(frozen=True)
class Kept:
    """A model, and the fix of the library that it is about."""

    model: type[Model]
    fix: str


KEPT = (
    Kept(FairPoolByOwner, "datafusion-12136"),
    Kept(FairPoolByShare, "datafusion-25172"),
    Kept(FairPoolShrinking, "datafusion-20382"),
    Kept(WriteBuffersByHandle, "rocksdb-6619"),
    Kept(WriteBuffersInTime, "rocksdb-charge-first"),
    Kept(Managed, "FLINK-21728"),
    Kept(Required, "FLINK-9636"),
    Kept(Requests, "vllm-45357"),
)
