"""The three fixes of lock orders are load-bearing, and each for its own meeting of threads only."""

from spillproof.model.spark.memory.lock import TaskThread
from spillproof.model.spark.scenario.lock_orders import LockOrders, Meeting


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
