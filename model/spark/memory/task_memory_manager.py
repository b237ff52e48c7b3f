"""The memory manager of one task: asks the pool, and when that is short, asks consumers to spill.

One thread and one memory mode. Pages are left out: a consumer here accounts for what it holds by itself.
"""

from __future__ import annotations

from typing import NamedTuple

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import preferred
from spillproof.model.quantity import Bytes
from spillproof.model.spark.fixes.memory import SPARK_19244, SPARK_23306, SPARK_35486, SPARK_36933
from spillproof.model.spark.memory import memory_consumer as consumer
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool


class TaskMemoryManager(HeapObject):
    """Knows every consumer that ever asked, and refers to it until the task ends."""

    pool: ExecutionMemoryPool
    fixes: frozenset[str]
    consumers: Bag[consumer.MemoryConsumer]

    def acquire_execution_memory(self, required: Bytes, requester: consumer.MemoryConsumer) -> Bytes:
        """Return what was granted after others, and at last the requester, were asked to spill."""
        got = self.pool.acquire(required)
        if got < required:
            got = self.spill_victims(required, got, requester)
        if got < required and SPARK_36933 not in self.fixes:
            got = self.spill_requester(required, got, requester)
        self.consumers.add(requester)
        return got

    def spill_victims(self, required: Bytes, got: Bytes, requester: consumer.MemoryConsumer) -> Bytes:
        """Ask victims to spill until there is enough or nobody is left; return what is granted by then."""
        victims = Victims(self.consumers, requester, required - got, self.fixes)
        while got < required and victims:
            victim = victims.next(required - got)
            freed = victim.spill(required - got, requester)
            got += self.pool.acquire(required - got)  # Spark asks only if something was freed; else nothing is granted
            victims.answered(victim, freed)
        return got

    def spill_requester(self, required: Bytes, got: Bytes, requester: consumer.MemoryConsumer) -> Bytes:
        """Ask the requester itself; return what is granted by then."""
        while got < required:
            freed = requester.spill(required - got, requester)
            if freed <= 0:
                break
            got += self.pool.acquire(required - got)
            if SPARK_35486 not in self.fixes:
                break
        return got

    def release_execution_memory(self, size: Bytes) -> None:
        """Give memory back to the pool. Nobody looks whether it is really unreachable."""
        self.pool.release(size)

    def clean_up_all_allocated_memory(self) -> None:
        """End the task: forget the consumers, then release all that is still accounted."""
        self.consumers.clear()
        self.pool.release_all()


class Place(NamedTuple):
    """A victim's place in the order: what it used when the request came."""

    key: Bytes
    victim: consumer.MemoryConsumer


class Victims:
    """Who is asked to spill next. Lives for one request, so that it is no part of the state.

    Sorted by what each used when the request came, and never again: one that spilled a part keeps its place.
    """

    def __init__(
        self,
        consumers: Bag[consumer.MemoryConsumer],
        requester: consumer.MemoryConsumer,
        need: Bytes,
        fixes: frozenset[str],
    ) -> None:
        self.fixes = fixes
        self.requester = requester
        self.places = [Place(each.used, each) for each in consumers if each is not requester and each.has_memory()]
        self.all_are_needed = len(self.places) == 1 or need > sum(place.key for place in self.places)
        """Whether each will be asked in any case: their order makes no difference then, and is not looked at."""
        self.requester_is_last = SPARK_36933 in fixes and requester in consumers and requester.has_memory()

    def __bool__(self) -> bool:
        return bool(self.places or self.requester_is_last)

    def next(self, need: Bytes) -> consumer.MemoryConsumer:
        """Return the next victim: the requester itself when there is no other."""
        if not self.places:
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

    def answered(self, victim: consumer.MemoryConsumer, freed: Bytes) -> None:
        """Remove a victim that is not asked again.

        Since SPARK-23306 that is one which freed nothing. Spark finds out by asking; a victim with no memory left is
        removed here without being asked what it can only answer with 0.
        """
        asked_again = SPARK_23306 in self.fixes and victim.has_memory() and freed > 0
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
