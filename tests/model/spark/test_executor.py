"""Tasks and cached blocks on one executor: fair shares, waiting, eviction; each fix is load-bearing."""

import pytest

from spillproof.model.heap import Bag
from spillproof.model.spark.fixes import POOLS, fixes_of
from spillproof.model.spark.fixes.pools import SPARK_22083
from spillproof.model.spark.memory.shared_execution_memory_pool import SharedExecutionMemoryPool, TaskAttempt
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.memory.unified_memory_manager import UnifiedMemoryManager
from spillproof.model.spark.scenario.executor import Executor, Request
from spillproof.model.spark.storage.memory_store import Block, IOException, MemoryStore, Rdd
from spillproof.properties.engines.automaton.path import Path, paths

NOW = fixes_of("4.0.0", POOLS)


class Store:
    """An executor of 1000 bytes, all of it execution's until storage borrows it, with a real store."""

    def __init__(self, fixes: frozenset[str] = NOW, region: int = 0) -> None:
        storage = StorageMemoryPool(region, fixes)
        execution = SharedExecutionMemoryPool(1000 - region, fixes, Bag(), Bag())
        self.manager = UnifiedMemoryManager(fixes, execution, storage, 1000, region)
        self.store = MemoryStore(self.manager, [])

    def put(self, size: int, rdd: Rdd | None = None) -> Block | None:
        """A block that was put, or None if it was refused."""
        block = Block(size, rdd)
        return block if self.store.put(block) else None

    def sizes(self) -> list[int]:
        """The sizes of the blocks that are cached."""
        return [each.size for each in self.store.entries]

    def evict(self, space: int, rdd: Rdd | None = None) -> int:
        """How many bytes are freed if there must be so much room for an RDD."""
        return self.store.evict_blocks_to_free_space(rdd, space, 0)


def test_the_least_recently_used_goes_first() -> None:
    """A block that was used is evicted after those that were not."""
    executor = Store()
    first = executor.put(400)
    assert executor.put(500) is not None
    assert first is not None
    executor.store.get(first)

    assert executor.put(300) is not None
    assert executor.sizes() == [400, 300]


def test_all_or_nothing() -> None:
    """If all that can be evicted is too little, nothing is evicted, and nothing stays locked."""
    executor = Store()
    assert [executor.put(300, Rdd.OTHER) is None, executor.put(700, Rdd.ONE) is None] == [False, False]

    assert executor.put(400, Rdd.ONE) is None
    assert executor.sizes() == [300, 700]
    assert not any(block.write_lock for block in executor.store.entries)


def test_never_a_block_of_the_same_rdd() -> None:
    """Room for a block of an RDD is made of others' blocks, however recently they were used."""
    executor = Store()
    assert [executor.put(500, Rdd.ONE) is None, executor.put(500, Rdd.OTHER) is None] == [False, False]

    assert executor.put(300, Rdd.ONE) is not None
    assert executor.sizes() == [500, 300]


def test_a_block_that_is_read_is_skipped() -> None:
    """Who reads a block keeps it."""
    executor = Store()
    first = executor.put(500)
    assert first is not None
    first.read_lock = True
    assert executor.put(500) is not None

    assert executor.evict(100) == 500
    assert executor.sizes() == [500]
    assert executor.store.entries[0] is first


def test_execution_gets_nothing_rather_than_a_part() -> None:
    """All or nothing is for execution, too: it asks for 600, 500 could be evicted, and it gets 0. So until 4.0.

    A smaller request would have been granted: the same task gets the 500 if it asks for them.
    """
    executor = Store()
    first, task = executor.put(500), TaskAttempt()
    assert first is not None
    assert executor.put(500) is not None
    first.read_lock = True

    assert executor.manager.acquire_execution(600, task, executor.store) == 0
    assert executor.manager.acquire_execution(500, task, executor.store) == 500


@pytest.mark.parametrize("fixes", [NOW, NOW - {SPARK_22083}])
def test_release_all_locks_when_an_eviction_fails(fixes: frozenset[str]) -> None:
    """However many of ten blocks are dropped before the disk is full: none of the rest stays locked (SPARK-22083)."""

    def scenario(_path: Path) -> tuple[int, int] | None:
        executor = Store(fixes)
        assert all(executor.put(100) for _ in range(10))
        executor.store.drops_fail = True
        try:
            assert executor.put(1000) is not None
        except IOException:
            assert executor.manager.storage.used == sum(executor.sizes())
        return len(executor.sizes()), sum(block.write_lock for block in executor.store.entries)

    found = sorted(outcome for _, outcome in paths(scenario, 0, "scenario") if outcome is not None)

    left = range(1, 11)
    assert found == sorted([(1, 0), *((number, 0 if SPARK_22083 in fixes else number) for number in left)])


@pytest.mark.parametrize(
    ("request_", "gave_up"),
    [
        (None, False),
        (Request(9, satisfiable=True, granted=4, active=2), False),
        (Request(9, satisfiable=True, granted=0, active=0), True),
        (Request(9, satisfiable=True, granted=9, active=0, whole=True), False),
        (Request(9, satisfiable=True, active=2, failed=True), True),
    ],
)
def test_who_gave_up(request_: Request | None, gave_up: bool) -> None:  # noqa: FBT001 - a parameter
    """Storage gets all or nothing; a task that is granted a part has not given up; what failed has."""
    executor: Executor = Executor().start(execution=9, storage=0)
    executor.request = request_

    assert executor.gave_up() is gave_up
    assert executor.requests() == ([] if request_ is None or request_.failed else [request_])
