"""Iterators over records, and the one that does something at the end.

Source: `core/src/main/scala/org/apache/spark/util/CompletionIterator.scala` at v1.6.0, v2.3.2, v2.4.1 and master of
April 2025.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Count
from spillproof.model.spark.fixes.collection import SPARK_26114_COMPLETION


class RecordIterator(HeapObject):
    """Delivers records one by one. What a record is does not matter here."""

    short_name: ClassVar[str] = "I"

    def has_next(self) -> bool:
        """Return whether there is another record."""
        raise NotImplementedError

    def next(self) -> None:
        """Deliver a record."""
        raise NotImplementedError

    def remaining(self) -> Count:
        """Return how many records it would still deliver."""
        raise NotImplementedError

    def source(self) -> HeapObject | None:
        """Return the collection that what it delivers was put into, if it knows one."""
        return None

    def reads(self, collection: HeapObject) -> bool:
        """Return whether what it delivers comes from a collection."""
        return self.source() is collection


class Completion(HeapObject):
    """A closure: what to do at the end, and a reference to whom to do it to."""

    def run(self) -> None:
        """Do it."""
        raise NotImplementedError

    def source(self) -> HeapObject | None:
        """Return the collection that it is done to, if it is one."""
        return None


class CompletionIterator(RecordIterator):
    """Runs its completion at the first `has_next` that finds the end. `next` alone never completes."""

    sub: RecordIterator | None
    completion: Completion
    fixes: frozenset[str]
    completed: bool = False

    def has_next(self) -> bool:
        if self.sub is not None and self.sub.has_next():
            return True
        if not self.completed:
            self.completed = True
            if SPARK_26114_COMPLETION in self.fixes:
                self.sub = None
            self.completion.run()
        return False

    def next(self) -> None:
        assert self.sub is not None
        self.sub.next()

    def remaining(self) -> Count:
        return 0 if self.sub is None else self.sub.remaining()

    def source(self) -> HeapObject | None:
        return self.completion.source()
