"""Scenarios of Spark's suites that the models were not made from, with what the suites assert.

MemoryStoreSuite, PartiallySerializedBlockSuite, PartiallyUnrolledIteratorSuite, BlockManagerSuite (what it says of
memory), MemoryManagerSuite, TaskMemoryManagerSuite, the map's and the sorters' suites. An array of 100 bytes has 120 in
the heap, so that a block of 40 of them has 4976. How a put asks for memory is Spark's, as far as the suites' sizes go.
"""

from __future__ import annotations

import pytest

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import PAGES, POOLS, STORAGE, fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager
from spillproof.model.spark.storage.memory_store import Block, MemoryStore, Rdd
from spillproof.model.spark.storage.partially_unrolled_iterator import (
    PartiallySerializedBlock,
    PartiallyUnrolledIterator,
    Unrolled,
    UnrolledIterator,
    read_partially_serialized,
)
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from tests.conformance.storage import UnrollMemoryOfStore

CURRENT = ("2.1.3", "2.2.3", "2.3.4", "2.4.0", "2.4.8", "3.0.3", "3.1.3", "3.2.4", "3.5.9", "4.0.5", "4.3.0")
"""One of each line, the last of those whose jars are driven."""

SMALL, BIG = 120, 1016
"""Bytes of each record of a block, of which it has 40."""

FIRST, PERIOD = 512, 16
"""Bytes that a put reserves at first, and records after which it looks again whether these are enough."""

VECTOR = 400
"""Bytes of a vector without records: 272 of references, and what it knows of itself. With a first record of 1016 bytes
it asks for more than is free beside two small blocks, as the suite has it.
"""

every = pytest.mark.parametrize("release", CURRENT)


class Stored:
    """A store of so many bytes, all of them storage's."""

    def __init__(self, release: str, size: int = 12000) -> None:
        pools = fixes_of(release, POOLS)
        execution = SharedExecutionMemoryPool(0, pools, Bag(), Bag())
        manager = UnifiedMemoryManager(pools, execution, StorageMemoryPool(size, pools), size, size)
        self.store = MemoryStore(manager, [])
        self.unroll = UnrollMemoryOfStore(manager.storage, fixes_of(release, STORAGE), store=self.store)
        self.blocks: dict[str, Block] = {}

    def put(self, name: str, size: int, rdd: Rdd | None = None) -> bool:
        """Whether there is room for a block whose size is known."""
        self.blocks[name] = Block(size, rdd)
        return self.store.put(self.blocks[name])

    def there(self) -> set[str]:
        """What is in the store."""
        return {name for name, block in self.blocks.items() if block in self.store.entries}

    def unrolled(self, name: str, record: int) -> int | None:
        """Unroll a block of 40 records; None where it is kept, else what it had reserved when it was refused more."""
        reserved, request = 0, FIRST
        for count in range(1, 41):
            if request and not self.unroll.reserve(request):
                return reserved
            reserved += request
            size = VECTOR + count * record
            request = size * 3 // 2 - reserved if count % PERIOD == 1 and size >= reserved else 0
        self.unroll.release(reserved)
        size = 16 + 40 * (4 + record)
        assert self.unroll.acquire_for_block(size)
        self.blocks[name] = Block(size)
        self.store.entries.append(self.blocks[name])
        return None

    def values(self, reserved: int, records: int) -> PartiallyUnrolledIterator:
        """What is left of values that did not fit."""
        read = UnrolledIterator(Unrolled(reserved), records)
        return PartiallyUnrolledIterator(self.unroll, self.unroll, reserved, 0, records, read, None)


# MemoryStoreSuite


@every
def test_unrolls_with_plenty_of_space(release: str) -> None:
    """Both blocks are kept, and no unroll memory is left."""
    stored = Stored(release)

    assert [stored.unrolled("b1", SMALL), stored.unrolled("b2", SMALL)] == [None, None]
    assert (stored.there(), stored.unroll.reserved()) == ({"b1", "b2"}, 0)


@every
def test_unrolls_after_evicting(release: str) -> None:
    """The third block is kept, and the first has gone."""
    stored = Stored(release)
    for name in ("b1", "b2", "b3"):
        assert stored.unrolled(name, SMALL) is None

    assert (stored.there(), stored.unroll.reserved()) == ({"b2", "b3"}, 0)


@every
def test_a_huge_block_evicts_and_is_not_kept(release: str) -> None:
    """It is given back as an iterator; of two blocks one has gone; what it has is reserved until closed."""
    stored = Stored(release)
    for name in ("b2", "b3"):
        stored.unrolled(name, SMALL)
    reserved = stored.unrolled("b4", BIG)

    assert reserved is not None
    assert stored.there() == {"b3"}
    assert stored.unroll.reserved() == reserved > 0
    stored.values(reserved, 17).close()
    assert stored.unroll.reserved() == 0


@every
def test_discard_releases(release: str) -> None:
    """A block that was serialized in part is discarded, and no unroll memory is left."""
    stored = Stored(release)
    reserved = stored.unrolled("b4", BIG)
    assert reserved is not None

    PartiallySerializedBlock(Unrolled(reserved)).give_up(stored.unroll, reserved)
    assert stored.unroll.reserved() == 0


@every
def test_values_iterator_releases_when_it_was_read(release: str) -> None:
    """All that was unrolled comes back, and with the question for more the unroll memory is free."""
    stored = Stored(release)
    reserved = stored.unrolled("b1", BIG)
    assert reserved is not None
    block = PartiallySerializedBlock(Unrolled(reserved))
    iterator = read_partially_serialized(block, stored.unroll, stored.unroll, reserved, 0, 11)

    for _ in range(11):
        assert (iterator.has_next(), stored.unroll.reserved()) == (True, reserved)
        iterator.next()
    iterator.has_next()
    assert (iterator.owed, stored.unroll.reserved()) == (0, 0)


@every
def test_several_unrolls_by_one_thread(release: str) -> None:
    """Blocks for which no other gives way: what each has adds up, until there is no room for first bytes."""
    stored = Stored(release)
    for name in ("b1", "b2"):
        assert stored.unrolled(name, SMALL) is None
        assert stored.unroll.reserved() == 0
        stored.blocks[name].read_lock = True
    after = []
    for name in ("b3", "b4", "b5", "b6", "b7"):
        assert stored.unrolled(name, SMALL) is not None
        after.append(int(stored.unroll.reserved()))

    b3, b4, *others = after
    assert 0 < b3 < b4
    assert others == [b4, b4, b4]


@every
def test_a_big_buffer_is_not_made_where_there_is_no_room(release: str) -> None:
    """A block as large as the store fits and one a byte larger does not; what was there then stays."""
    stored = Stored(release)
    assert stored.put("b1", 12000)
    assert not stored.put("b2", 12001)
    assert stored.there() == {"b1"}


@every
def test_a_small_buffer_fits(release: str) -> None:
    """It is put in, and what it has is what storage uses, until it is removed."""
    stored = Stored(release)
    assert stored.put("b1", 10000)
    assert (stored.there(), stored.store.manager.storage.used) == ({"b1"}, 10000)
    stored.store.remove(stored.blocks["b1"])
    assert (stored.there(), stored.store.manager.storage.used) == (set(), 0)


@every
def test_a_reader_keeps_its_block(release: str) -> None:
    """A block that is locked by a reader is not evicted; where no other is, the new one is refused."""
    stored = Stored(release)
    assert stored.put("b1", 6000)
    assert stored.put("b2", 6000)
    stored.blocks["b1"].read_lock = True
    assert stored.put("b3", 6000)
    assert stored.there() == {"b1", "b3"}
    stored.blocks["b3"].read_lock = True
    assert not stored.put("b4", 6000)
    assert stored.there() == {"b1", "b3"}


# PartiallyUnrolledIteratorSuite and PartiallySerializedBlockSuite


@every
def test_closing_twice_releases_once(release: str) -> None:
    """What somebody else has reserved since stays reserved."""
    stored = Stored(release)
    assert stored.unroll.reserve(1000)
    iterator = stored.values(1000, 5)
    iterator.close()
    assert stored.unroll.reserve(300)
    iterator.close()
    assert stored.unroll.reserved() == 300


@every
def test_reading_and_closing_release_once(release: str) -> None:
    """Who has read to the end and closes then has released already."""
    stored = Stored(release)
    assert stored.unroll.reserve(1000)
    iterator = stored.values(1000, 1)
    iterator.next()
    iterator.has_next()
    assert stored.unroll.reserve(300)
    iterator.has_next()
    iterator.close()
    assert stored.unroll.reserved() == 300


@every
def test_a_block_that_is_given_up_in_part_is_read_by_nobody(release: str) -> None:
    """Writing it elsewhere releases as discarding it does: exactly what it had."""
    stored = Stored(release)
    assert stored.unroll.reserve(1000)
    assert stored.unroll.reserve(200)
    PartiallySerializedBlock(Unrolled(1000)).give_up(stored.unroll, 1000)
    assert stored.unroll.reserved() == 200


# BlockManagerSuite, of memory


@every
def test_least_recently_used_goes_first(release: str) -> None:
    """Of three blocks for two places the first goes; of two, the one that was not used since (in-memory LRU)."""
    stored = Stored(release)
    assert [stored.put(name, 4048) for name in ("a1", "a2", "a3")] == [True, True, True]
    assert stored.there() == {"a2", "a3"}
    stored.store.get(stored.blocks["a2"])
    assert stored.put("a1", 4048)
    assert stored.there() == {"a1", "a2"}


@every
def test_partitions_of_one_rdd_do_not_evict_each_other(release: str) -> None:
    """The third partition is refused, however often it is put."""
    stored = Stored(release)
    put = [stored.put(f"rdd_0_{number}", 4048, Rdd.ONE) for number in (1, 2, 3, 4, 5)]

    assert put == [True, True, False, False, False]
    assert stored.there() == {"rdd_0_1", "rdd_0_2"}


@every
def test_partitions_of_several_rdds(release: str) -> None:
    """One of another RDD replaces the least recently used, and is replaced by the next of the first; then they stay."""
    stored = Stored(release)
    stored.put("rdd_0_1", 4048, Rdd.ONE)
    stored.put("rdd_0_2", 4048, Rdd.ONE)
    stored.put("rdd_1_1", 4048, Rdd.OTHER)
    assert stored.there() == {"rdd_0_2", "rdd_1_1"}
    stored.store.get(stored.blocks["rdd_0_2"])
    stored.put("rdd_0_3", 4048, Rdd.ONE)
    stored.put("rdd_0_4", 4048, Rdd.ONE)
    assert stored.there() == {"rdd_0_2", "rdd_0_3"}


@every
def test_an_overly_large_block(release: str) -> None:
    """It is refused, and evicts nothing, where it is larger than all there is."""
    stored = Stored(release, 5000)
    assert not stored.put("a1", 10000)
    assert stored.put("a2", 1000)
    assert not stored.put("a1", 10000)
    assert stored.there() == {"a2"}


# MemoryManagerSuite


@pytest.mark.parametrize("release", ["1.6.3", "2.0.2", *CURRENT])
def test_storage_and_execution_are_apart(release: str) -> None:
    """What storage has keeps its region; what execution has is not evicted for a block."""
    pools = fixes_of(release, POOLS)
    execution = SharedExecutionMemoryPool(500, pools, Bag(), Bag())
    manager = UnifiedMemoryManager(pools, execution, StorageMemoryPool(500, pools), 1000, 500)
    store = MemoryStore(manager, [])
    task = TaskAttempt()
    assert store.put(Block(500))
    assert manager.acquire_execution(1000, task, store) == 500
    assert not store.put(Block(501))
    assert (execution.memory_used(), manager.storage.used) == (500, 500)
    assert execution.release_all(task) == 500
    assert execution.memory_used() == 0


# TaskMemoryManagerSuite


class Greedy(MemoryConsumer):
    """Frees everything for whoever asks."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = self.used
        self.free_memory(freed)
        return freed


def task_manager(release: str, size: int = 100) -> TaskMemoryManager:
    """The memory manager of a task that has so many bytes."""
    return TaskMemoryManager(ExecutionMemoryPool(size), fixes_of(release, PAGES), Bag())


@pytest.mark.parametrize("release", ["1.6.3", "2.0.2", *CURRENT])
def test_a_leak_is_given_back_by_cleaning_up(release: str) -> None:
    """What was never freed is what cleaning up returns (leakedPageMemoryIsDetected)."""
    manager = task_manager(release, 8192)
    assert Greedy(manager).acquire_memory(4096) == 4096
    assert manager.pool.used == 4096
    assert manager.clean_up_all_allocated_memory() == 4096
    assert manager.pool.used == 0


@pytest.mark.parametrize("release", CURRENT[1:])
def test_the_smallest_that_suffices_goes_first(release: str) -> None:
    """Of 20 and 80, the 80 for a request of 80; then of 20 and 80 the 20 for 10 (cooperativeSpilling2)."""
    manager = task_manager(release)
    one, two, three = (Greedy(manager) for _ in range(3))
    seen = []
    for consumer, size in ((one, 20), (two, 80), (three, 80), (two, 80), (three, 10)):
        consumer.acquire_memory(size)
        seen.append((one.used, two.used, three.used))

    assert seen == [(20, 0, 0), (20, 80, 0), (20, 0, 80), (20, 80, 0), (0, 80, 10)]


# The map's and the sorters' suites


@every
def test_an_empty_map_frees_all(release: str) -> None:
    """A map without a record has its array, and nothing after it was freed, twice (emptyMap, freeing in tear-down)."""
    manager = task_manager(release, 4096)
    empty = BytesToBytesMap(manager)
    empty.open(1024)
    assert empty.used == 1024
    empty.free_everything()
    empty.free_everything()
    assert (empty.used, manager.pool.used) == (0, 0)


@every
def test_the_first_page_is_refused(release: str) -> None:
    """Where nothing but the array fits, the first record is refused, and nothing leaks (failureToAllocateFirstPage)."""
    manager = task_manager(release, 1024)
    full = BytesToBytesMap(manager)
    full.open(1024)
    assert not full.append(256, page_is_full=True, array_is_full=False)
    assert (full.data_pages, full.used) == ([], 1024)
    full.free_everything()
    assert manager.clean_up_all_allocated_memory() == 0


@every
def test_an_iterator_that_keeps_cannot_be_spilled(release: str) -> None:
    """One that is destroyed while it is read frees at least what is asked for (spillInIterator)."""
    for destructive in (False, True):
        manager = task_manager(release, 1 << 20)
        read = BytesToBytesMap(manager)
        read.open(1024)
        for _ in range(4):
            read.append(1024, page_is_full=True, array_is_full=False)
        read.iterator(destructive=destructive).advance_to_next_page()
        freed = read.spill(1024, Greedy(manager))
        assert freed >= 1024 if destructive else freed == 0


@every
def test_a_sorter_without_records_frees_its_array(release: str) -> None:
    """It has an array, no page, and nothing after it was cleaned up (testSortingEmptyArrays, assertNoPagesLeaked)."""
    manager = task_manager(release, 4096)
    sorter = UnsafeExternalSorter(manager)
    sorter.open(128)
    assert (sorter.used, len(sorter.allocated_pages)) == (128, 0)
    sorter.cleanup_resources()
    assert (sorter.used, manager.pool.used) == (0, 0)


@every
def test_a_page_is_filled_before_another(release: str) -> None:
    """As long as records fit there is one page; the next makes two (testFillingPage)."""
    manager = task_manager(release, 1 << 20)
    sorter = UnsafeExternalSorter(manager)
    sorter.open(128)
    counts = []
    for is_full in (True, False, False, True):
        sorter.insert(1024, page_is_full=is_full, array_is_full=False)
        counts.append(len(sorter.allocated_pages))

    assert counts == [1, 1, 1, 2]


@every
def test_a_sorter_that_is_alone_spills_itself(release: str) -> None:
    """Where no page is left it spills, and goes on; all was written, and the memory is its own again."""
    manager = task_manager(release, 128 + 1024)
    sorter = UnsafeExternalSorter(manager)
    sorter.open(128)
    for _ in range(4):
        sorter.insert(1024, page_is_full=True, array_is_full=False)

    assert sorter.spilled == 3
    assert sorter.used == 128 + 1024
    sorter.cleanup_resources()
    assert manager.clean_up_all_allocated_memory() == 0


@every
def test_a_sorter_that_does_not_fit_fails(release: str) -> None:
    """Where not even its first page fits, it fails for want of memory, and nothing of it stays."""
    manager = task_manager(release, 128 + 100)
    sorter = UnsafeExternalSorter(manager)
    sorter.open(128)
    with pytest.raises(SparkOutOfMemoryError):
        sorter.insert(1024, page_is_full=True, array_is_full=False)
    sorter.cleanup_resources()
    assert sorter.used == 0
