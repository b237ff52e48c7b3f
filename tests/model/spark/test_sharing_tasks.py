"""Tasks whose managers share a pool: who waits, who spills for whom, and who gets what was spilled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model import oracle
from spillproof.model.claim_names import NO_SHORTAGE
from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.spark.fixes import POOLS, TASK, fixes_of
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.memory.waiting_request import WaitingRequest
from spillproof.model.spark.scenario.sharing_tasks import Sharer, SharingTask, SharingTasks
from spillproof.model.spark.scenario.spillers import Spills
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Holds, Verdict, Violated

RELEASES = ("2.1.3", "2.3.4", "2.4.0", "3.2.0", "3.3.0", "4.3.0")
"""Between each two of them, how victims are asked has changed."""


def sharing(release: str, spills: Spills = Spills.ALL) -> tuple[SharingTasks, SharingTask, SharingTask]:
    """Two tasks that share 100 bytes: the first has two consumers, the second one."""
    fixes = fixes_of(release, (*TASK, *POOLS))
    state = SharingTasks(fixes=fixes, spills=spills).start(execution=100)
    one, other = sorted(state.tasks, key=lambda task: -len(task.consumers))
    return state, one, other


def go_on(state: SharingTasks, task: SharingTask) -> None:
    """The request of a task goes on: somebody spills for it, or it asks the pool again."""
    assert task.request is not None
    (state.spill if task.request.is_short else state.ask_again)(task)


def used(task: SharingTask) -> list[int]:
    """What its consumers have."""
    return [int(each.used) for each in task.consumers]


def test_a_request_waits_for_another_task() -> None:
    """One task has all; of another, which is entitled to a quarter, the request waits, and gets what it wants when the
    first has nothing any more, and so no share.
    """
    state, one, other = sharing("4.3.0")
    first, _ = one.consumers
    (only,) = other.consumers
    state.acquire(one, first, 100)
    state.acquire(other, only, 60)
    assert (used(other), len(state.sleeping()), state.accounted()) == ([0], 1, 100)

    state.release(one, first)
    (waiting,) = state.shared.wait_set
    state.wake(other, waiting)

    assert (used(other), other.request, state.unmet()) == ([60], None, 0)


def test_who_has_spilled_may_find_it_taken() -> None:
    """Of 100 bytes that are spilled for 20 another task takes 60 first: it has waited, and there is enough for both."""
    state, one, other = sharing("4.3.0")
    first, second = one.consumers
    (only,) = other.consumers
    state.acquire(one, first, 100)
    state.acquire(other, only, 60)
    state.acquire(one, second, 20)
    state.spill(one)
    assert (used(one), one.request is not None and one.request.is_out) == ([0, 0], True)

    (waiting,) = state.shared.wait_set
    state.wake(other, waiting)
    state.ask_again(one)

    assert (used(one), used(other)) == ([0, 20], [60])
    assert (state.unmet(), state.accounted(), state.reachable()) == (0, 80, 80)


def test_another_task_takes_what_is_left_before_somebody_spills() -> None:
    """Two of a task spill for its third, and in between another task, woken by the first, takes what is left: 8 bytes,
    with which it is satisfied as they are half of its share, where 15 would be there after the second. So it went on
    Spark 2.4.0, when the model had a request that is short ask the next in the same step.
    """
    state = SharingTasks(fixes=fixes_of("2.4.0", (*TASK, *POOLS))).start(execution=45, tasks=3, consumers=3)
    one, third, other = sorted(state.tasks, key=lambda task: -len(task.consumers))
    first, second, requester = one.consumers
    for task, consumer, size in (
        (one, first, 13),
        (one, second, 9),
        (third, *third.consumers, 22),
        (other, *other.consumers, 15),
    ):
        state.acquire(task, consumer, size)
    state.acquire(one, requester, 12)
    state.spill(one)
    state.ask_again(one)

    (waiting,) = state.shared.wait_set
    state.wake(other, waiting)
    for task in (other, one):
        while task.request is not None:
            go_on(state, task)

    assert (used(one), used(third), used(other)) == ([0, 0, 12], [22], [8])


@pytest.mark.parametrize(("release", "short", "left"), [("2.3.4", 20, 80), ("2.4.0", 0, 30)])
def test_what_another_task_takes_is_spilled_again(release: str, short: int, left: int) -> None:
    """A victim spills what it is asked for, and by its share the task gets nothing of it, as another has come: since
    SPARK-23306 it is asked on, until its task has less than half; before, the request goes short.
    """
    state, one, other = sharing(release, Spills.PART)
    first, second = one.consumers
    (only,) = other.consumers
    state.acquire(one, first, 100)
    state.acquire(other, only, 20)
    state.acquire(one, second, 20)
    while one.request is not None or state.shared.wait_set:
        woken = [each for each in state.shared.wait_set if each.notified]
        if woken:
            state.wake(other, woken[0])
        else:
            go_on(state, one)

    assert (state.unmet(), used(one)[0], used(other)) == (short, left, [20])


def test_what_was_granted_so_far_is_in_the_accounts() -> None:
    """A request that has got a part, and whose victim has spilled, has that part in the name of nobody else."""
    state, one, _ = sharing("4.3.0")
    first, second = one.consumers
    state.acquire(one, first, 70)
    state.acquire(one, second, 60)
    state.spill(one)

    assert one.request is not None
    assert (one.request.got, used(one)) == (30, [0, 0])
    assert sum(state.accounts()) == state.accounted() == 30


@pytest.mark.slow
@pytest.mark.parametrize(("release", "verdict"), [("2.3.4", Violated), ("2.4.0", Holds)])
def test_a_request_goes_short_of_spills(release: str, verdict: type[Verdict]) -> None:
    """Before SPARK-23306, in five steps and no fewer; since, in no run of five steps, whatever the sizes."""
    model = SharingTasks(fixes=fixes_of(release, (*TASK, *POOLS)), spills=Spills.PART)
    claims = [claim for claim in claims_about(type(model))[0] if claim.name == NO_SHORTAGE]

    found = check(model, claims, witnesses=False, max_steps=5, time_limit=300).of(NO_SHORTAGE)

    assert isinstance(found, verdict)
    assert not isinstance(found, Violated) or (len(found.run) == 5 and found.minimal)


class First(oracle.Oracle):
    """Takes the first of whatever there is to choose from."""

    def choose(self, options: int) -> int:
        del options
        return 0


class World(HeapObject):
    """A manager whose pool is of one task, which never waits, and its consumers."""

    manager: TaskMemoryManager
    consumers: tuple[Sharer, ...]


@given(
    release=st.sampled_from(RELEASES),
    spills=st.sampled_from(Spills),
    sizes=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 12)), max_size=8),
)
def test_one_task_alone_is_as_without_waiting(release: str, spills: Spills, sizes: list[tuple[int, int]]) -> None:
    """A request that may wait does what a manager does whose pool never makes one wait, ask by ask."""
    manager = TaskMemoryManager(ExecutionMemoryPool(12), fixes_of(release), Bag())
    one = World(manager, tuple(Sharer(manager, spills=spills) for _ in range(3)))
    with oracle.consulting(First()):
        for which, size in sizes:
            other = clone(one)
            one.consumers[which].used += one.manager.acquire_execution_memory(size, one.consumers[which])
            alone(other, which, size)
            assert [int(each.used) for each in one.consumers] == [int(each.used) for each in other.consumers]
            assert one.manager.pool.used == other.manager.pool.used


def alone(world: World, which: int, size: int) -> None:
    """A consumer acquires by a request that may wait, and need not."""
    request = WaitingRequest(world.manager, world.consumers[which], size)
    answered = request.go_on(world.manager.pool.acquire(size))
    while not answered:
        answered = request.spill() if request.is_short else request.ask_again()
    world.consumers[which].used += request.finish()
