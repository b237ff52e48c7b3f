"""The memory manager of one task: asks the pool, and when that is short, asks consumers to spill.

One thread and one memory mode (`scenario/modes.py` has both). Pages are left out: a consumer here accounts for what it
holds by itself.

Source: `core/src/main/java/org/apache/spark/memory/TaskMemoryManager.java` at v1.6.0, v2.0.0, v2.2.0, v2.4.0, v3.0.1
and master of April 2025.
"""

from __future__ import annotations

from typing import Self

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import preferred
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.memory import (
    RELEASE_ON_FAILURE,
    SPARK_19244,
    SPARK_20250,
    SPARK_23306,
    SPARK_35486,
    SPARK_36933,
    SPARK_48642,
)
from spillproof.model.spark.memory.memory_consumer import ManagerOfConsumers, MemoryConsumer
from spillproof.model.spark.memory.spill_failure import (
    ClosedByInterruptException,
    InterruptedIOException,
    IOException,
    RuntimeException,
    SparkOutOfMemoryError,
)


class TaskMemoryManager(ManagerOfConsumers):
    """Knows every consumer that ever asked, and refers to it until the task ends."""

    def acquire_execution_memory(self, required: Bytes, requester: MemoryConsumer | None) -> Bytes:
        """Return what was granted after others, and at last the requester, were asked to spill.

        A requester of None is Spark 1.6's Spillable, which is no consumer: others spill for it, and nobody knows of it.
        """
        got = self.pool_of(requester).acquire(required)
        if got < required:
            got = self.spill_victims(required, got, requester)
        if got < required and requester is not None and SPARK_36933 not in self.fixes:
            got = self.spill_requester(required, got, requester)
        if requester is not None:
            self.consumers.add(requester)
        return got

    def eligible(self, requester: MemoryConsumer | None) -> Bag[MemoryConsumer]:  # noqa: ARG002
        """Return who may be asked to spill for a request: everybody here; with two modes those of its own."""
        return self.consumers

    def spill_victims(self, required: Bytes, got: Bytes, requester: MemoryConsumer | None) -> Bytes:
        """Ask victims to spill until there is enough or nobody is left; return what is granted by then."""
        victims = Victims.of(self.eligible(requester), requester, required - got, self.fixes)
        while got < required and victims:
            victim = victims.next(required - got)
            freed = self.ask(victim, required, got, requester)
            # Spark asks only if something was freed; else nothing is granted.
            got += self.pool_of(requester).acquire(required - got)
            victims.answered(victim, freed)
        return got

    def spill_requester(self, required: Bytes, got: Bytes, requester: MemoryConsumer) -> Bytes:
        """Ask the requester itself; return what is granted by then."""
        while got < required:
            freed = self.ask(requester, required, got, requester)
            if freed <= 0:
                break
            got += self.pool_of(requester).acquire(required - got)
            if SPARK_35486 not in self.fixes:
                break
        return got

    def ask(self, victim: MemoryConsumer, required: Bytes, got: Bytes, requester: MemoryConsumer | None) -> Bytes:
        """Return what a victim freed. Where it fails, the request fails, and nobody gives back what it `got` so far.

        Those bytes are accounted to the task and to none of its consumers until the task ends.
        """
        try:
            return victim.spill(required - got, requester)
        except IOException as failure:
            if RELEASE_ON_FAILURE in self.fixes:
                self.pool_of(requester).release(got)
            raise passed_on(failure, self.fixes) from failure

    def release_execution_memory(self, size: Bytes) -> None:
        """Give memory back to the pool. Nobody looks whether it is really unreachable."""
        self.pool.release(size)

    def clean_up_all_allocated_memory(self) -> Bytes:
        """End the task: forget the consumers, release all that is still accounted, and return how much that was.

        Spark's leak detector is this number: more than 0 at the end of a task that succeeded is a "managed memory
        leak". What was released and is still reachable does not count in it.
        """
        self.consumers.clear()
        return self.pool.release_all()


def passed_on(failure: IOException, fixes: frozenset[str]) -> Exception:
    """Return what the requester is told: that the task was killed, or that it is out of memory."""
    is_kill = (isinstance(failure, ClosedByInterruptException) and SPARK_20250 in fixes) or (
        isinstance(failure, InterruptedIOException) and SPARK_48642 in fixes
    )
    return RuntimeException(str(failure)) if is_kill else SparkOutOfMemoryError(str(failure))


class Place(HeapObject):
    """A victim's place in the order: what it used when the request came."""

    key: Bytes
    victim: MemoryConsumer


class Victims(HeapObject):
    """Who is asked to spill next. Lives for one request, so that it is part of a state only while that waits.

    Sorted by what each used when the request came, and never again: one that spilled a part keeps its place.
    """

    fixes: frozenset[str]
    requester: MemoryConsumer | None
    places: list[Place]
    all_are_needed: bool
    """Whether each will be asked in any case: their order makes no difference then, and is not looked at."""
    requester_is_last: bool

    @classmethod
    def of(
        cls,
        consumers: Bag[MemoryConsumer],
        requester: MemoryConsumer | None,
        need: Bytes,
        fixes: frozenset[str],
    ) -> Self:
        """Return those who may be asked, for a request that is short of `need`."""
        places = [Place(each.used, each) for each in consumers if each is not requester and each.has_memory()]
        all_are_needed = len(places) == 1 or need > sum(place.key for place in places)
        is_known = SPARK_36933 in fixes and requester in consumers
        is_last = requester is not None and is_known and bool(requester.has_memory())
        return cls(fixes, requester, places, bool(all_are_needed), is_last)

    def __bool__(self) -> bool:
        return bool(self.places or self.requester_is_last)

    def next(self, need: Bytes) -> MemoryConsumer:
        """Return the next victim: the requester itself when there is no other."""
        if not self.places:
            assert self.requester is not None
            return self.requester
        if self.all_are_needed:
            return self.places[0].victim
        return preferred(self.places, lambda: self.best(need)).victim

    def best(self, need: Bytes) -> list[Place]:
        """Return the places among which the environment chooses: all in hash-set order, later those of equal rank."""
        if SPARK_19244 not in self.fixes:
            return self.places
        enough = [place for place in self.places if place.key >= need]
        return _smallest(enough) if enough else _largest(self.places)

    def answered(self, victim: MemoryConsumer, freed: Bytes) -> None:
        """Remove a victim that is not asked again.

        Since SPARK-23306 that is one which freed nothing. Spark finds out by asking; a victim with no memory left is
        removed here without being asked what it can only answer with 0.
        """
        asked_again = bool(SPARK_23306 in self.fixes and victim.has_memory() and freed > 0)
        if victim is self.requester:
            self.requester_is_last = asked_again
        elif not asked_again:
            self.places = [place for place in self.places if place.victim is not victim]


def _smallest(places: list[Place]) -> list[Place]:
    """Return the places with the smallest key: more than one where keys are equal."""
    best = places[:1]
    for place in places[1:]:
        if place.key < best[0].key:
            best = [place]
        elif place.key == best[0].key:
            best.append(place)
    return best


def _largest(places: list[Place]) -> list[Place]:
    """Return the places with the largest key: more than one where keys are equal."""
    best = places[:1]
    for place in places[1:]:
        if place.key > best[0].key:
            best = [place]
        elif place.key == best[0].key:
            best.append(place)
    return best
