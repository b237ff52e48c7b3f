"""Spark's scenarios with any number of consumers: one that stands on its own, and the rest."""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.quantity import Bytes
from spillproof.model.rest import WithRest
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.memory.rest import OtherConsumers, WillingConsumers
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.requesting_task import RequestingTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.system import action, require


class WithOthers(WithRest):
    """A task whose other consumers are registered with its memory manager, and referred to by nothing else."""

    task_memory_manager: TaskMemoryManager

    others_are: ClassVar[type[OtherConsumers]] = OtherConsumers

    def place(self) -> None:
        self.task_memory_manager.consumers.add(self.others_are(self.task_memory_manager))

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
    others_are = WillingConsumers


class ManyRequests(WithOthers, RequestingTask):
    """Maps that remember how the last request was answered, whoever made it."""

    alike, counted_by = ExternalAppendOnlyMap, "consumers"
    others_are = WillingConsumers

    @action
    def insert(self, into: ExternalAppendOnlyMap, size: Bytes) -> None:
        super().insert(into, size)
        self.held += sum(each.used for each in self.task_memory_manager.consumers if isinstance(each, OtherConsumers))

    @action
    def others_acquire(self, others: OtherConsumers, size: Bytes) -> None:
        """One of the others asks in vain, and spills itself: all others have, so that nothing is left of them."""
        self.short = size - others.acquire_memory(size)
        require(self.short > 0)
        others.release(others.used)
        self.held = sum(each.used for each in self.maps())

    @action
    def others_get(self, others: OtherConsumers, size: Bytes, own: Bytes) -> None:
        """One of the others asks, and gets what it asks for. It has `own` bytes then."""
        require(others.acquire_memory(size) == size and own <= others.used)
        self.short = 0
        self.held = sum(each.used for each in self.maps()) + others.used - own


class ManySorters(WithOthers, SortingTask):
    """Sorters that hold no more than they are accounted for."""

    alike, counted_by = ExternalSorter, "sorters"
