"""One task puts blocks into memory whose sizes nobody knows before they are unrolled; some do not fit."""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.fixes import POOLS, STORAGE, fixes_of
from spillproof.model.spark.fixes.storage import SPARK_4777, SPARK_10907, SPARK_13122
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.storage.memory_store import Block
from spillproof.model.spark.storage.partially_unrolled_iterator import (
    PartiallySerializedBlock,
    PartiallyUnrolledIterator,
    Unrolled,
    UnrolledIterator,
    read_partially_serialized,
)
from spillproof.model.spark.storage.unroll_memory import UnrollMemory
from spillproof.model.system import Model, action, require


class Level(Enum):
    """How a block is to be stored."""

    VALUES = "values on the heap"
    BYTES = "serialized on the heap"
    OFF_HEAP = "serialized off the heap"


class Put(HeapObject):
    """A put under way: what it has unrolled so far, and what it knows of its account."""

    memory: UnrollMemory
    unrolled: Unrolled
    reserved: Bytes
    before: Bytes
    """What the task had reserved when it began."""
    records: Count = 1
    is_released: bool = False
    """Whether all is unrolled and its memory released, and there is no block yet. Before SPARK-4777 only."""


class Unrolling(Model):
    """Puts of one task, by several of its threads or one inside another, and the reading of those that failed.

    Exact accounting: a record is unrolled, and then its size reserved. Spark checks every 16 records and reserves half
    as much again. The record for which there is no room is unrolled all the same: until it is released it is
    `unclaimed`. Nothing is evicted: that is another scenario's. There is no end to the rest of what is put.
    """

    on_heap: UnrollMemory
    off_heap: UnrollMemory
    puts: Bag[Put]
    iterators: Bag[PartiallyUnrolledIterator]
    blocks: Bag[Block]
    listeners: Bag[PartiallySerializedBlock]
    ended: bool

    def begin(
        self,
        capacity: Bytes,
        puts: int = 1,
        level: Level = Level.VALUES,
        fixes: frozenset[str] = fixes_of("2.3.4", STORAGE),
    ) -> None:
        pools = fixes_of(NEWEST, POOLS)
        self.on_heap = UnrollMemory(StorageMemoryPool(capacity, pools), fixes)
        self.off_heap = UnrollMemory(StorageMemoryPool(capacity, pools), fixes)
        self.most = puts
        self.level = level
        self.puts, self.iterators, self.blocks, self.listeners = Bag(), Bag(), Bag(), Bag()
        self.ended = False

    @action
    def put(self, size: Bytes) -> None:
        """A put begins with a record for which there is room. If there is none for the first, nothing is unrolled."""
        require(not self.ended)
        require(len(self.puts) + len(self.iterators) + len(self.blocks) < self.most)
        memory = self.off_heap if self.level is Level.OFF_HEAP else self.on_heap
        before = memory.reserved()
        require(memory.reserve(size))
        self.puts.add(Put(memory, Unrolled(size), size, before))

    @action
    def unroll(self, put: Put, size: Bytes) -> None:
        """Another record is unrolled. If there is no room for it, the put fails, and its caller reads on."""
        require(put in self.puts and not put.is_released)
        put.unrolled.size += size
        put.records += 1
        if put.memory.reserve(size):
            put.reserved += size
        else:
            self.fail(put, size)

    @action
    def finish(self, put: Put) -> None:
        """There is no further record: unroll memory becomes storage memory, and the block is kept.

        Before SPARK-4777 these were two steps, with no lock held in between, and the block had to find room anew.
        """
        require(put in self.puts)
        if SPARK_4777 in put.memory.fixes or put.is_released:
            self.keep(put)
        else:
            put.memory.release(put.reserved)
            put.reserved, put.is_released = 0, True

    def keep(self, put: Put) -> None:
        """Make a block of what was unrolled."""
        self.puts.discard(put)
        memory = put.memory
        amount = put.reserved if SPARK_13122 in memory.fixes else memory.reserved() - put.before
        if SPARK_10907 in memory.fixes:
            memory.release(amount)
        else:
            assert memory.account is not None
            memory.account.used -= amount
            memory.pool.release(amount)
        if memory.acquire_for_block(put.unrolled.size):
            self.blocks.add(Block(put.unrolled.size))
        elif SPARK_4777 in memory.fixes:
            raise AssertionError("assertion failed: transferring unroll memory to storage memory failed")

    @action
    def pull(self, iterator: PartiallyUnrolledIterator, asks: bool) -> None:  # noqa: FBT001 - the environment's choice
        """The caller takes the next record, with or without asking first whether there is one."""
        if asks:
            iterator.has_next()
        iterator.next()

    @action
    def end_task(self) -> None:
        """The task ends, and what it has reserved is released. Blocks stay."""
        require(not self.ended)
        self.ended = True
        for each in (self.puts, self.iterators, self.listeners):
            each.clear()
        self.on_heap.release_all()
        self.off_heap.release_all()

    def fail(self, put: Put, excess: Bytes) -> None:
        """Give the caller what was unrolled, to be read before the rest."""
        self.puts.discard(put)
        if self.level is Level.VALUES:
            values = UnrolledIterator(put.unrolled, put.records)
            rest = PartiallyUnrolledIterator(put.memory, self.on_heap, put.reserved, excess, put.records, values, None)
        else:
            block = PartiallySerializedBlock(put.unrolled)
            self.listeners.add(block)
            rest = read_partially_serialized(block, put.memory, self.on_heap, put.reserved, excess, put.records)
        self.iterators.add(rest)

    # What claims look at

    def accounted(self) -> Bytes:
        """Return what storage of both modes holds to be in use."""
        return self.on_heap.pool.used + self.off_heap.pool.used

    def accounts(self) -> list[Bytes]:
        """Return what blocks, puts and iterators have acquired and not released."""
        return [
            *(block.size for block in self.blocks),
            *(put.reserved for put in self.puts),
            *(iterator.reserved for iterator in self.iterators),
        ]

    def unclaimed(self) -> Bytes:
        """Return the records that did not fit, until what was unrolled is released."""
        return sum(iterator.excess for iterator in self.iterators)

    def records_owed(self) -> list[Count]:
        """Return for each put that failed how many unrolled records were not delivered."""
        return [iterator.owed for iterator in self.iterators]

    def records_readable(self) -> list[Count]:
        """Return how many of them it would still deliver."""
        return [0 if iterator.unrolled is None else iterator.unrolled.unread for iterator in self.iterators]

    def task_is_over(self) -> bool:
        """Return whether the task is over."""
        return self.ended

    def accounts_of_tasks(self) -> int:
        """Return how many accounts are kept."""
        return sum(each.account is not None for each in (self.on_heap, self.off_heap))
