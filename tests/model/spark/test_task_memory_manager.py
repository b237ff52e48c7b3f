"""TaskMemoryManagerSuite and MemoryManagerSuite of Spark, replayed on the model with the values that they assert."""

from collections.abc import Callable

import pytest

from spillproof.model.errors import Require
from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.properties.engines.automaton.path import Path, paths

HASH_SET_ORDER = ("2.0.0", "2.1.3")
"""The first and the last release that spill in hash-set order."""

BY_SIZE = ("2.2.0", "2.3.4", "2.4.0", "3.1.3", "3.2.0", "3.3.0", "4.0.0")
"""A first and a last release of each later victim order."""

Outcome = list[tuple[int, ...]]
Use = tuple[int, int]
"""A consumer, counted from 1, and the bytes that it uses; negative for bytes that it frees."""


class FullSpiller(MemoryConsumer):
    """Spark's TestMemoryConsumer: frees everything, also for itself."""

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = self.used
        self.free_memory(freed)
        return freed


class PartialSpiller(MemoryConsumer):
    """Spark's TestPartialSpillingMemoryConsumer: frees no more than it is asked for."""

    spilled: Bytes = 0

    def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
        freed = min(self.used, size)
        self.free_memory(freed)
        self.spilled += freed
        return freed


class SharedPool(ExecutionMemoryPool):
    """A pool in which another task waits for memory, and is served first when some is released."""

    awaited: Bytes = 0

    def release(self, size: Bytes) -> None:
        super().release(size)
        served = min(self.awaited, self.pool_size - self.used)
        self.used += served
        self.awaited -= served


def outcomes(release: str, consumers: int, uses: list[Use]) -> list[Outcome]:
    """What the consumers use after each step, once for each way that the environment can choose among victims."""

    def scenario(_path: Path) -> Outcome | None:
        manager = TaskMemoryManager(ExecutionMemoryPool(100), fixes_of(release), Bag())
        everyone = [FullSpiller(manager) for _ in range(consumers)]
        seen: Outcome = []
        for number, size in uses:
            consumer = everyone[number - 1]
            try:
                consumer.acquire_memory(size) if size > 0 else consumer.free_memory(-size)
            except Require:
                return None
            seen.append(tuple(each.used for each in everyone))
        return seen

    found = [outcome for _, outcome in paths(scenario, 0, "scenario") if outcome is not None]
    assert found
    return [outcome for index, outcome in enumerate(found) if outcome not in found[:index]]


COOPERATIVE = [(1, 100), (2, 100), (1, 100), (1, 50), (2, 50), (1, 100), (1, -20), (2, 10), (2, 100)]


@pytest.mark.parametrize("release", [*HASH_SET_ORDER, *BY_SIZE])
def test_cooperative_spilling(release: str) -> None:
    """Others are spilled first and the requester last, so that it comes out the same in every release."""
    expected = [(100, 0), (0, 100), (100, 0), (50, 0), (50, 50), (100, 0), (80, 0), (80, 10), (0, 100)]

    assert outcomes(release, 2, COOPERATIVE) == [expected]


COOPERATIVE_2 = [(1, 20), (2, 80), (3, 80), (2, 80), (3, 10)]


@pytest.mark.parametrize("release", BY_SIZE)
def test_smallest_sufficient_victim(release: str) -> None:
    """Since SPARK-19244 the smallest consumer that is big enough is spilled, and only that (cooperativeSpilling2)."""
    expected = [(20, 0, 0), (20, 80, 0), (20, 0, 80), (20, 80, 0), (0, 80, 10)]

    assert outcomes(release, 3, COOPERATIVE_2) == [expected]


@pytest.mark.parametrize("release", HASH_SET_ORDER)
def test_hash_set_order_spills_needlessly(release: str) -> None:
    """Before SPARK-19244 a small victim may be spilled in vain before the one that suffices."""
    third_steps = {outcome[2] for outcome in outcomes(release, 3, COOPERATIVE_2)}

    assert third_steps == {(20, 0, 80), (0, 0, 80)}


SELF_LAST = [
    (1, 50),
    (2, 40),
    (3, 10),
    (1, 50),
    (1, 50),
    (2, 10),
    (1, 60),
    (1, -60),
    (1, 50),
    (2, 40),
    (3, 10),
    (3, 50),
]


@pytest.mark.parametrize("release", BY_SIZE)
def test_self_spill_is_lowest_priority(release: str) -> None:
    """The requester spills itself only when all others did not suffice (selfSpillIsLowestPriorities)."""
    (outcome,) = outcomes(release, 3, SELF_LAST)

    assert [outcome[step] for step in (3, 4, 6, 11)] == [(100, 0, 0), (50, 0, 0), (60, 0, 0), (0, 40, 60)]


BIG_ENOUGH = [(1, 50), (2, 40), (3, 10), (4, 5), (3, 45), (2, 51)]


@pytest.mark.parametrize("release", BY_SIZE)
def test_prefers_smallest_big_enough(release: str) -> None:
    """A victim of exactly the right size is taken; if none is big enough, the largest (prefersSmallestBigEnough…)."""
    (outcome,) = outcomes(release, 4, BIG_ENOUGH)

    assert outcome[3:] == [(50, 40, 0, 5), (50, 0, 45, 5), (0, 51, 45, 0)]


def test_ties_are_the_environments_choice() -> None:
    """Between two victims of the same size either may be spilled."""
    last_steps = {outcome[-1] for outcome in outcomes("2.4.0", 3, [(1, 50), (2, 50), (3, 10)])}

    assert last_steps == {(0, 50, 10), (50, 0, 10)}


@pytest.mark.parametrize(("release", "granted"), [("2.3.4", 10), ("2.4.0", 20), ("4.0.0", 20)])
def test_victim_is_asked_again(release: str, granted: int) -> None:
    """Since SPARK-23306 a victim that freed too little, because another task took some of it, is asked again."""
    manager = TaskMemoryManager(SharedPool(100), fixes_of(release), Bag())
    victim, requester = PartialSpiller(manager), PartialSpiller(manager)
    victim.acquire_memory(100)
    manager.pool = SharedPool(100, 100, 10)

    assert requester.acquire_memory(20) == granted


@pytest.mark.parametrize(
    ("release", "granted", "spilled"), [("3.1.3", 0, 500), ("3.2.0", 500, 1000), ("3.3.0", 500, 1000)]
)
def test_requester_spills_itself_again(release: str, granted: int, spilled: int) -> None:
    """Since SPARK-35486 a requester whose spill another task profits by spills itself again (MemoryManagerSuite)."""
    manager = TaskMemoryManager(SharedPool(1000), fixes_of(release), Bag())
    consumer = PartialSpiller(manager)
    consumer.acquire_memory(1000)
    manager.pool = SharedPool(1000, 1000, 500)

    assert (consumer.acquire_memory(500), consumer.spilled, consumer.used) == (granted, spilled, 500)


def asks(release: str, ask: Callable[[FullSpiller], object]) -> int:
    """How often a consumer without memory is asked to spill for itself."""
    calls: list[MemoryConsumer | None] = []

    class Counting(FullSpiller):
        def spill(self, size: Bytes, trigger: MemoryConsumer | None) -> Bytes:
            calls.append(trigger)
            return super().spill(size, trigger)

    manager = TaskMemoryManager(ExecutionMemoryPool(100), fixes_of(release), Bag())
    ask(Counting(manager))
    return len(calls)


@pytest.mark.parametrize(("release", "expected"), [("3.2.0", 1), ("3.3.0", 0)])
def test_requester_without_memory(release: str, expected: int) -> None:
    """Until SPARK-36933 a requester is asked to spill itself even if it uses nothing; then it is not."""
    assert asks(release, lambda consumer: consumer.acquire_memory(101)) == expected


def test_clean_up() -> None:
    """Task end forgets the consumers and leaves nothing accounted."""
    manager = TaskMemoryManager(ExecutionMemoryPool(100), fixes_of("4.0.0"), Bag())
    FullSpiller(manager).acquire_memory(60)
    manager.clean_up_all_allocated_memory()

    assert (manager.pool.used, len(manager.consumers)) == (0, 0)
