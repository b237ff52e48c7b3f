"""A task with sorted parents: sorters that share one execution pool, each read while others are still filled."""

from __future__ import annotations

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.completion_iterator import CompletionIterator
from spillproof.model.spark.collection.external_sorter import ExternalSorter, Stop
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.sorter import SPARK_23040
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.task_model import TaskModel
from spillproof.model.system import action, require


class SortedParents(HeapObject):
    """Code downstream of sorted shuffles, with what it holds on its stack.

    A `CoGroupedRDD` or `zipPartitions` builds an iterator over each parent before it pulls any. A `CoalescedRDD` reads
    one parent to its end before it builds the next, and refers to the iterator that is at its end meanwhile. So an
    iterator is never dropped here before the task ends, although nothing more comes of it.
    """

    order: Downstream
    building: Bag[ExternalSorter]
    iterators: Bag[CompletionIterator]

    def open(self, built: ExternalSorter) -> None:
        """Begin to read a sorter. An iterator over nothing is not kept: it holds no record and no memory."""
        self.building.discard(built)
        had_records = built.has_records()
        iterator = built.iterator()
        if had_records:
            self.iterators.add(iterator)

    def pulls(self, iterator: CompletionIterator) -> bool:
        """Return whether it may ask this iterator for a record now."""
        waits = self.order is Downstream.COGROUP and len(self.building) > 0
        return iterator in self.iterators and not iterator.completed and not waits

    def remaining(self, of: ExternalSorter) -> Count:
        """Return how many records of a sorter it could still read."""
        if of in self.building:
            return of.remaining()
        return sum(iterator.remaining() for iterator in self.iterators if iterator.reads(of))

    def clear(self) -> None:
        """Return from the frame."""
        self.building.clear()
        self.iterators.clear()


class SortingTask(TaskModel):
    """A task fills sorters, reads each through an iterator, and ends. Accounting is exact."""

    downstream: SortedParents
    listeners: Bag[Stop]
    """What the task context does at task end: since SPARK-23040, a listener of who reads a shuffle stops the sorter.
    """

    def begin(  # noqa: PLR0917 - the scope is given by name
        self,
        capacity: Bytes,
        sorters: int = 2,
        fixes: frozenset[str] = fixes_of(NEWEST),
        downstream: Downstream = Downstream.COGROUP,
        aggregator: bool = False,  # noqa: FBT001, FBT002 - a scope is given by name
        spill_after: int | None = None,
    ) -> None:
        self.task_memory_manager = TaskMemoryManager(ExecutionMemoryPool(capacity), fixes, Bag())
        self.downstream = SortedParents(downstream, Bag(), Bag())
        self.listeners = Bag()
        self.ended = False
        for _ in range(sorters):
            sorter = ExternalSorter(self.task_memory_manager, aggregates=aggregator, spill_after=spill_after)
            sorter.renew()
            self.downstream.building.add(sorter)

    def records_owed(self) -> list[Count]:
        """Return for each sorter how many records were put in and not delivered."""
        return [each.owed for each in self.sorters()]

    def records_readable(self) -> list[Count]:
        """Return for each sorter how many records the downstream could still read of it."""
        return [self.downstream.remaining(each) for each in self.sorters()]

    def sorters(self) -> list[ExternalSorter]:
        """Return the sorters that ever had a record: each has registered as a consumer with the first."""
        return [each for each in self.task_memory_manager.consumers if isinstance(each, ExternalSorter)]

    @action
    def insert(self, into: ExternalSorter, size: Bytes) -> None:
        """A record of `size` bytes is put into a sorter that nobody reads yet."""
        require(into in self.downstream.building)
        into.insert(size)

    @action
    def iterator(self, over: ExternalSorter) -> None:
        """All records are in, and the downstream gets the iterator. Nothing is pulled."""
        require(over in self.downstream.building)
        if SPARK_23040 in self.task_memory_manager.fixes:
            self.listeners.add(Stop(over))
        self.downstream.open(over)

    @action
    def pull(self, iterator: CompletionIterator) -> None:
        """The downstream asks an iterator for its next record. It may never come to that."""
        require(self.downstream.pulls(iterator))
        if iterator.has_next():
            iterator.next()

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time: the listeners run, then what is left is cleaned up."""
        require(not self.ended)
        self.downstream.clear()
        for listener in self.listeners:
            listener.run()
        self.listeners.clear()
        self.task_memory_manager.clean_up_all_allocated_memory()
        self.ended = True
