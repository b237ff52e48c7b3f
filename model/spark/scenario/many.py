"""Spark's scenarios with any number of consumers: one that stands on its own, and the rest."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.rest import WithRest
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.memory.rest import OtherConsumers
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.system import action, require


class WithOthers(WithRest):
    """A task whose other consumers are registered with its memory manager, and referred to by nothing else."""

    task_memory_manager: TaskMemoryManager

    def place(self) -> None:
        self.task_memory_manager.consumers.add(OtherConsumers(self.task_memory_manager))

    @action
    def others_acquire(self, others: OtherConsumers, size: Bytes) -> None:
        """One of the others asks for memory, and takes what it gets."""
        others.acquire_memory(size)

    @action
    def others_release(self, others: OtherConsumers, size: Bytes) -> None:
        """One of the others releases memory."""
        require(size <= others.used)
        others.release(size)


class ManyMaps(WithOthers, SparkTask):
    """Maps that hold no more than they are accounted for."""

    alike, counted_by = ExternalAppendOnlyMap, "consumers"


class ManySorters(WithOthers, SortingTask):
    """Sorters that hold no more than they are accounted for."""

    alike, counted_by = ExternalSorter, "sorters"
