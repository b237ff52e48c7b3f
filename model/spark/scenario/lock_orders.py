"""Two threads of one task that meet at the locks of its memory manager, of an iterator, and of a sorter.

A task has several threads where its rows are written by one and read by another, as for Python workers. Only locks are
modelled; what is freed is in the other scenarios.

Source: `core/src/main/java/org/apache/spark/unsafe/map/BytesToBytesMap.java` at v2.4.0 and v2.4.1;
`core/src/main/java/org/apache/spark/util/collection/unsafe/sort/UnsafeExternalSorter.java` at v2.3.3, v3.0.1 and master
of April 2025.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import Bag
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.unsafe import SPARK_26265, SPARK_27338, SPARK_39283
from spillproof.model.spark.memory.lock import Lock, Locks, TaskThread
from spillproof.model.spark.releases import NEWEST
from spillproof.model.system import Model, action, require


class Meeting(Enum):
    """What one thread does while another acquires memory, for which the first one's consumer is spilled."""

    MAP_ADVANCES = "a map's iterator goes to its next page"
    SORTER_LOADS = "a sorter's iterator goes to its next record"
    SORTER_CLEANS_UP = "a sorter is cleaned up"


def nested(*locks: str) -> tuple[str, ...]:
    """Return a program that takes locks one inside the other, and gives them back."""
    return (*(f"lock {each}" for each in locks), *(f"unlock {each}" for each in reversed(locks)))


def frees_page(under: str, *, outside: bool) -> tuple[str, ...]:
    """Return a program that works under a lock and frees a page, for which it takes the manager's."""
    return (*nested(under), *nested("manager")) if outside else nested(under, "manager")


def working(meeting: Meeting, fixes: frozenset[str]) -> tuple[str, ...]:
    """Return what the first thread does."""
    if meeting is Meeting.MAP_ADVANCES:
        return frees_page("iterator", outside=SPARK_26265 in fixes)
    if meeting is Meeting.SORTER_LOADS:
        return frees_page("iterator", outside=SPARK_27338 in fixes)
    return frees_page("sorter", outside=SPARK_39283 in fixes)


def acquiring(meeting: Meeting) -> tuple[str, ...]:
    """Return what the second thread does: it holds the manager's lock all the while, and spills the first's consumer.

    What the spill frees takes the manager's lock once more, which its holder may. That is left out.
    """
    return nested("manager", "iterator") if meeting is Meeting.MAP_ADVANCES else nested("manager", "iterator", "sorter")


class LockOrders(Model):
    """The two threads, each of which works on for ever unless it waits for the other."""

    threads: Bag[TaskThread]

    def begin(self, meeting: Meeting = Meeting.MAP_ADVANCES, fixes: frozenset[str] = fixes_of(NEWEST)) -> None:
        locks = Locks(Lock(), Lock(), Lock())
        self.threads = Bag(TaskThread(program, locks) for program in (working(meeting, fixes), acquiring(meeting)))

    def waiting(self) -> list[tuple[TaskThread, TaskThread]]:
        """Return who waits for whom."""
        return [(each, holder) for each in self.threads if (holder := each.waits_for()) is not None]

    @action
    def go(self, thread: TaskThread) -> None:
        """A thread takes its next step, if it need not wait."""
        require(thread.waits_for() is None)
        thread.go()
