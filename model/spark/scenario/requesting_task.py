"""A Spark task that remembers how the last request of a map was answered, for the claim that it was satisfied."""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.quantity import Bytes
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.system import action


class RequestingMap(ExternalAppendOnlyMap):
    """A map that remembers what it was refused."""

    short: Bytes = 0
    """What its last request did not get."""

    def acquire(self, size: Bytes) -> Bytes:
        granted = super().acquire(size)
        self.short = size - granted
        return granted


class MapBesideOffHeap(RequestingMap):
    """A map in a task whose Tungsten memory is off the heap."""

    beside_off_heap: ClassVar[bool] = True


class RequestingTask(SparkTask):
    """As `SparkTask`."""

    short: Bytes
    """What the last request did not get."""
    held: Bytes
    """What other maps were accounted for when it was answered."""

    maps_are: ClassVar[type[RequestingMap]] = RequestingMap

    def begin(
        self,
        capacity: Bytes,
        consumers: int = 2,
        fixes: frozenset[str] = fixes_of("2.3.4"),
        downstream: Downstream = Downstream.COGROUP,
        merges: bool = False,  # noqa: FBT001, FBT002 - the scope is given by name
    ) -> None:
        super().begin(capacity, consumers, fixes, downstream, merges)
        self.short = self.held = 0

    def new_map(self) -> ExternalAppendOnlyMap:
        return self.maps_are(self.task_memory_manager, current_map=AppendOnlyMap(), merges=self.merges)

    @action
    def insert(self, into: ExternalAppendOnlyMap, size: Bytes) -> None:
        super().insert(into, size)
        assert isinstance(into, RequestingMap)
        self.short, into.short = into.short, 0
        self.held = sum(each.used for each in self.maps() if each is not into)

    def unmet(self) -> Bytes:
        """Return what the last request asked for and did not get."""
        return self.short

    def spillable(self) -> Bytes:
        """Return what other maps could have spilled for it. A map never spills for its own request, but afterwards."""
        return self.held


class TaskBesideOffHeap(RequestingTask):
    """As `RequestingTask`, where Tungsten's memory is off the heap. The memory of these maps never is."""

    maps_are: ClassVar[type[RequestingMap]] = MapBesideOffHeap
