"""One Spark task whose maps share one execution pool: the model of SPARK-22713 and its neighbours."""

from __future__ import annotations

from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.completion_iterator import RecordIterator
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.collection import SPARK_4452
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.co_grouped_rdd import CoGroupedRDD, Downstream
from spillproof.model.spark.scenario.task_model import TaskModel
from spillproof.model.system import action, require


class SparkModel(TaskModel):
    """What claims look at in any model of a Spark task."""

    downstream: CoGroupedRDD
    merges: bool

    def set_up(
        self, capacity: Bytes, consumers: int, fixes: frozenset[str], order: Downstream, *, merges: bool = False
    ) -> None:
        """Begin a task that has acquired nothing, and whose maps are all empty."""
        self.merges = merges
        self.task_memory_manager = TaskMemoryManager(ExecutionMemoryPool(capacity), fixes, Bag())
        self.downstream = CoGroupedRDD(order, Bag(self.new_map() for _ in range(consumers)), Bag())
        self.ended = False

    def new_map(self) -> ExternalAppendOnlyMap:
        """Return an empty map of this task."""
        return ExternalAppendOnlyMap(self.task_memory_manager, current_map=AppendOnlyMap(), merges=self.merges)

    def accounts(self) -> list[Bytes]:
        """Return what each consumer holds itself to be using. Before SPARK-4452 a map was none, and counts as one."""
        if SPARK_4452 in self.task_memory_manager.fixes:
            return super().accounts()
        return [each.used for each in self.maps()]

    def unused(self) -> Bytes:
        """Return what was acquired and is not used yet."""
        return 0

    def records_owed(self) -> list[Count]:
        """Return for each map how many records were put in and not delivered."""
        return [each.owed for each in self.maps()]

    def records_readable(self) -> list[Count]:
        """Return for each map how many records the downstream could still read of it."""
        return [self.downstream.remaining(each) for each in self.maps()]

    def maps(self) -> list[ExternalAppendOnlyMap]:
        """Return the maps that ever had a record: each has registered as a consumer with the first.

        Before SPARK-4452 none did, and those are returned that the downstream builds or reads.
        """
        if SPARK_4452 not in self.task_memory_manager.fixes:
            return self.downstream.sources()
        return [each for each in self.task_memory_manager.consumers if isinstance(each, ExternalAppendOnlyMap)]

    def finish_task(self) -> None:
        """End the task: return from the downstream's frame, then clean up."""
        self.downstream.clear()
        self.task_memory_manager.clean_up_all_allocated_memory()
        self.ended = True


class SparkTask(SparkModel):
    """A task builds maps, reads each through an iterator, and ends.

    Accounting is exact: a map acquires the bytes of a record before it puts it in. Whatever the claims find wrong is
    therefore wrong without the help of Spark's sampled estimates.
    """

    def begin(
        self,
        capacity: Bytes,
        consumers: int = 2,
        fixes: frozenset[str] = fixes_of("2.3.4"),
        downstream: Downstream = Downstream.COGROUP,
        merges: bool = False,  # noqa: FBT001, FBT002 - the scope is given by name
    ) -> None:
        self.set_up(capacity, consumers, fixes, downstream, merges=merges or SPARK_4452 not in fixes)

    @action
    def insert(self, into: ExternalAppendOnlyMap, size: Bytes) -> None:
        """A record of `size` bytes is put into a map that nobody reads yet."""
        require(into in self.downstream.building)
        into.insert(size)

    @action
    def iterator(self, over: ExternalAppendOnlyMap) -> None:
        """A map is complete, and the downstream gets its iterator. Nothing is pulled."""
        require(over in self.downstream.building)
        self.downstream.open(over)

    @action
    def pull(self, iterator: RecordIterator) -> None:
        """The downstream asks an iterator for its next record. It may never come to that."""
        require(self.downstream.pulls(iterator))
        self.downstream.pull(iterator)

    @action
    def end_task(self) -> None:
        """The task ends, by success or failure, at any time."""
        require(not self.ended)
        self.finish_task()
