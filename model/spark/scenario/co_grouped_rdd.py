"""Who uses the maps: the code downstream, with what it holds on its stack.

Source: `core/src/main/scala/org/apache/spark/rdd/CoGroupedRDD.scala` at v1.6.0, v3.0.1 and master of April 2025.
"""

from __future__ import annotations

from enum import Enum

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Count
from spillproof.model.spark.collection.completion_iterator import RecordIterator
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap


class Downstream(Enum):
    """When iterators are pulled."""

    COGROUP = "none before all are built"
    ANY = "whenever"
    KEEPING = "none before all are built, and each is kept until all are read"


class CoGroupedRDD(HeapObject):
    """Builds an iterator over each parent before it pulls any, so that one can wait long for its first pull."""

    order: Downstream
    building: Bag[ExternalAppendOnlyMap]
    """Maps that are on the stack because records are still put into them."""
    rdd_iterators: Bag[RecordIterator]

    def open(self, built: ExternalAppendOnlyMap) -> None:
        """Begin to read a map. From now on only its iterator is held.

        An iterator over nothing is not kept: it holds no record and no memory, and was never registered.
        """
        self.building.discard(built)
        had_records = built.has_records()
        iterator = built.iterator()
        if had_records:
            self.rdd_iterators.add(iterator)

    def pulls(self, iterator: RecordIterator) -> bool:
        """Return whether it may ask this iterator for a record now."""
        return iterator in self.rdd_iterators and (self.order is Downstream.ANY or not self.building)

    def pull(self, iterator: RecordIterator) -> None:
        """Ask for a record. An iterator that has none left is dropped, unless all are kept.

        The real list keeps each until all are read. Since SPARK-4452, what it keeps reachable hangs on the registered
        map as well, so that most scenarios drop it.
        """
        if iterator.has_next():
            iterator.next()
            source = iterator.source()
            assert isinstance(source, ExternalAppendOnlyMap)
            source.owed -= 1
        elif self.order is not Downstream.KEEPING:
            self.rdd_iterators.discard(iterator)

    def sources(self) -> list[ExternalAppendOnlyMap]:
        """Return the maps that it builds or reads."""
        read = [iterator.source() for iterator in self.rdd_iterators]
        return [*self.building, *(each for each in read if isinstance(each, ExternalAppendOnlyMap))]

    def remaining(self, of: ExternalAppendOnlyMap) -> Count:
        """Return how many records of a map it could still read."""
        if of in self.building:
            return of.remaining()
        return sum(iterator.remaining() for iterator in self.rdd_iterators if iterator.reads(of))

    def clear(self) -> None:
        """Return from the frame."""
        self.building.clear()
        self.rdd_iterators.clear()
