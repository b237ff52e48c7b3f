"""The three fixes of lock orders are load-bearing, and each for its own meeting of threads only."""

import pytest

from spillproof.model.spark.fixes.unsafe import SPARK_26265, SPARK_27338, SPARK_39283
from spillproof.model.spark.memory.lock import TaskThread
from spillproof.model.spark.releases import fixes_of
from spillproof.model.spark.scenario.lock_orders import LockOrders, Meeting
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Violated

FIXES = [
    # One thread takes the iterator's lock, the other the manager's; each then wants the other's.
    (SPARK_26265, Meeting.MAP_ADVANCES, 2),
    (SPARK_27338, Meeting.SORTER_LOADS, 2),
    # One takes the sorter's lock, the other the manager's and the iterator's before it wants the sorter's.
    (SPARK_39283, Meeting.SORTER_CLEANS_UP, 3),
]


@pytest.mark.parametrize(("fix", "meeting", "steps"), FIXES)
def test_a_fix_is_load_bearing(fix: str, meeting: Meeting, steps: int) -> None:
    """Without the fix the threads deadlock after so many steps; with it they never do, and they do wait."""
    without = check(LockOrders(meeting=meeting, fixes=fixes_of("4.0.0") - {fix}), witnesses=False).of("no_deadlock")
    repaired = check(LockOrders(meeting=meeting, fixes=frozenset({fix})))

    assert isinstance(without, Violated)
    assert len(without.run) == steps
    assert without.minimal
    assert all(isinstance(result.verdict, Proved) for result in repaired.results)


def test_a_lock_may_be_taken_again() -> None:
    """Whoever has a lock gets it again, and it is free only when it was given back as often."""
    state = LockOrders().start()
    one, other = state.threads
    lock = one.locks.manager
    lock.take(one)
    lock.take(one)
    lock.give_back()
    still = lock.is_open_to(other)
    lock.give_back()

    assert (still, lock.is_open_to(other)) == (False, True)


def test_avoid_deadlock() -> None:
    """A map is read destructively while another thread acquires memory; both come round (avoidDeadlock).

    In BytesToBytesMapSuite the test is that it terminates. Here each thread, whatever the other has done so far, can
    finish its round: the other one is let go on whenever it is waited for.
    """
    state = LockOrders(meeting=Meeting.MAP_ADVANCES).start()
    one, other = state.threads

    def round_of(thread: TaskThread) -> None:
        for _ in thread.program:
            while (holder := thread.waits_for()) is not None:
                state.go(holder)
            state.go(thread)

    for lead in range(len(other.program)):
        for _ in range(lead):
            state.go(other) if other.waits_for() is None else state.go(one)
        round_of(one)
        round_of(other)

    assert not state.waiting()
