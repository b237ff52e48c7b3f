"""Plain consumers: what is asked for, what another task takes of it, what a failure leaves, what the detector sees."""

from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.heap import Bag
from spillproof.model.oracle import Oracle, consulting
from spillproof.model.rest import Rest, standing
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.memory import RELEASE_ON_FAILURE
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.many import ManyVictims
from spillproof.model.spark.scenario.modes import Modes
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.spark.scenario.spillers import FailingSpillers, Failure, PartialSpillers, Victims


class Always(Oracle):
    """Takes the same of whatever can be chosen from."""

    def __init__(self, choice: int) -> None:
        self.choice = choice

    def choose(self, options: int) -> int:
        return min(self.choice, options - 1)


@pytest.mark.parametrize(
    ("release", "unmet", "left"),
    [("2.3.4", 10, 90), ("2.4.0", 0, 80), ("4.0.0", 0, 80)],
)
def test_what_another_task_takes(release: str, unmet: int, left: int) -> None:
    """A victim that spills 10 of 100 is not asked again until 2.4.0, although another task took the 10 (S20)."""
    task = PartialSpillers(fixes=fixes_of(release)).start(capacity=100)
    first, second = task.spillers
    task.acquire(first, 100)
    task.wait()
    task.acquire(second, 10)

    assert (task.unmet(), first.used) == (unmet, left)


@pytest.mark.parametrize(("release", "spilled"), [("2.1.3", [10, 50]), ("2.2.0", [50]), ("4.0.0", [50])])
def test_how_much_is_spilled(release: str, spilled: list[int]) -> None:
    """For 40 bytes, consumers of 10 and of 50 may both be spilled in hash-set order; later only the larger (S19)."""
    task = Victims(fixes=fixes_of(release)).start(capacity=60)
    small, large, third = task.spillers
    task.acquire(small, 10)
    task.acquire(large, 50)
    with consulting(Always(0)):
        task.acquire(third, 40)

    assert task.spilled() == spilled


def failed(release: str, failure: Failure, *further: str) -> FailingSpillers:
    """A consumer of 1 byte asks for 3 where 4 are there in all, gets the 3 that are free, and 1 more; a spill fails."""
    fixes = fixes_of(release) | frozenset(further)
    task: FailingSpillers = FailingSpillers(consumers=2, fixes=fixes).start(capacity=4)
    first, second = task.spillers
    task.acquire(first, 1)
    with consulting(Always(1 + list(Failure).index(failure))):
        task.acquire(second, 4)
    return task


@pytest.mark.parametrize(("further", "orphaned"), [((), 3), ((RELEASE_ON_FAILURE,), 0)])
def test_what_a_failure_leaves(further: tuple[str, ...], orphaned: int) -> None:
    """What a request got before a victim failed stays accounted to the task, and to no consumer of it."""
    task = failed("4.0.0", Failure.DISK, *further)

    assert task.accounted() - sum(task.accounts()) == orphaned
    assert [each.used for each in task.spillers] == [1, 0]


@pytest.mark.parametrize(
    ("release", "failure", "out_of_memory"),
    [
        ("2.1.1", Failure.KILLED, True),
        ("2.1.2", Failure.KILLED, False),
        ("3.4.3", Failure.KILLED_IN_STREAM, True),
        ("3.4.4", Failure.KILLED_IN_STREAM, False),
        ("3.5.1", Failure.KILLED_IN_STREAM, True),
        ("3.5.2", Failure.KILLED_IN_STREAM, False),
        ("4.0.0", Failure.KILLED_IN_STREAM, False),
        ("4.0.0", Failure.DISK, True),
    ],
)
def test_what_a_kill_is_taken_for(release: str, failure: Failure, out_of_memory: bool) -> None:  # noqa: FBT001 - a parameter
    """A kill during a spill was an OutOfMemoryError until SPARK-20250, one in a stream until SPARK-48642."""
    assert failed(release, failure).is_out_of_memory() == out_of_memory


# Modes of memory


def modal(*, without: str = "") -> Modes:
    """A task with 100 bytes on the heap and 100 off it: a consumer of each mode, and a queue."""
    task: Modes = Modes(fixes=fixes_of("4.3.0") - {without}).start(capacity=100, off_heap=100)
    return task


def test_a_request_of_one_mode_asks_nobody_of_the_other() -> None:
    """80 are used on the heap, 80 are asked for off it: all are granted, and 10 more are spilled by the requester, of
    whom no more than its own is asked (shouldNotForceSpillingInDifferentModes, with two pools).
    """
    task = modal()
    on_heap, off_heap, _ = task.spillers
    task.acquire(on_heap, 80)
    task.acquire(off_heap, 80)
    task.acquire(off_heap, 30)

    assert (on_heap.used, off_heap.used, task.unmet()) == (80, 30, 0)
    assert not task.asked_in_vain()


def test_before_15357_what_is_spilled_may_be_of_no_use() -> None:
    """The consumer on the heap spills for memory off it, which there is no more of after that."""
    task = modal(without="SPARK-15357")
    on_heap, off_heap, _ = task.spillers
    task.acquire(on_heap, 80)
    with consulting(Always(0)):
        task.acquire(off_heap, 110)

    assert (on_heap.used, off_heap.used, task.unmet()) == (0, 100, 10)
    assert task.asked_in_vain()


@pytest.mark.parametrize(("without", "accounted"), [("", 60), ("SPARK-34089", 0)])
def test_what_a_queue_holds_off_the_heap(without: str, accounted: int) -> None:
    """Is accounted there since SPARK-34089; before, on the heap."""
    task = modal(without=without)
    queue = list(task.spillers)[-1]
    task.acquire(queue, 60)

    assert (queue.shallow_size(), task.accounted()) == (60, accounted)


# The leak detector


def test_it_sees_what_is_accounted() -> None:
    """What a consumer never released is what the detector reports (leakedPageMemoryIsDetected)."""
    manager = TaskMemoryManager(ExecutionMemoryPool(10_000), fixes_of("4.0.0"), Bag())
    MemoryConsumer(manager).acquire_memory(4096)

    assert (manager.pool.used, manager.clean_up_all_allocated_memory()) == (4096, 4096)


def test_it_sees_what_a_failure_left() -> None:
    """So does it report what a failed request left, though every consumer has released what it had."""
    task = failed("4.0.0", Failure.DISK)
    first, _ = task.spillers
    task.release(first)

    assert task.task_memory_manager.clean_up_all_allocated_memory() == 3


def test_it_does_not_see_what_was_released() -> None:
    """What was released and is still reachable is no leak to the detector: 3 bytes here, and it reports none."""
    task: SparkTask = SparkTask(consumers=1, fixes=fixes_of("2.3.4")).start(capacity=3)
    (e1,) = task.downstream.building
    task.insert(e1, 3)
    task.iterator(e1)
    (iterator,) = task.downstream.rdd_iterators
    task.pull(iterator)
    task.pull(iterator)
    reachable = task.reachable()

    assert (reachable, task.task_memory_manager.clean_up_all_allocated_memory()) == (3, 0)


def test_the_others_release_what_they_have() -> None:
    """A rest releases up to what it has, and no more."""
    task: Any = standing(ManyVictims, {"consumers": 2}, 1).start(capacity=9)
    (others,) = [each for each in task.spillers if isinstance(each, Rest)]
    task.others_acquire(others, 4)
    with pytest.raises(Require):
        task.others_release(others, 5)
    task.others_release(others, 4)

    assert (others.used, task.accounted()) == (0, 0)
