"""A Spark task whose map doubles its table: for a moment the old and the new array are there together."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.fixes.collection import ACCOUNT_GROWTH
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.spark_task import SparkModel
from spillproof.model.system import action, require


class GrowingTask(SparkModel):
    """A map is built. `AppendOnlyMap.growTable` is two steps here, so that the moment between them is seen.

    Accounting is exact but for that: what a record takes, its share of the array included, is acquired with it.
    """

    def begin(self, capacity: Bytes, consumers: int = 1, fixes: frozenset[str] = fixes_of("2.4.0")) -> None:
        self.set_up(capacity, consumers, fixes, Downstream.COGROUP)

    @action
    def insert(self, into: ExternalAppendOnlyMap, size: Bytes) -> None:
        """A record is put in."""
        require(into in self.downstream.building and self.growing() is None)
        into.insert(size)

    @action
    def grow(self, of: ExternalAppendOnlyMap, array: Bytes) -> None:
        """The map is full to its load factor, and allocates an array twice as large."""
        require(of in self.downstream.building and of.holds_records() and self.growing() is None)
        if ACCOUNT_GROWTH in of.fixes and of.maybe_spill_exactly(array):
            of.current_map = AppendOnlyMap()
            return
        assert of.current_map is not None
        of.current_map.begin_growing(array)

    @action
    def finish(self, growing: ExternalAppendOnlyMap) -> None:
        """Everything has its place in the new array, and the old one is dropped."""
        require(growing is self.growing())
        assert growing.current_map is not None
        dropped = growing.current_map.finish_growing()
        if ACCOUNT_GROWTH in growing.fixes:
            growing.free_memory(dropped)

    @action
    def end_task(self) -> None:
        """The task ends."""
        require(not self.ended)
        self.finish_task()

    def growing(self) -> ExternalAppendOnlyMap | None:
        """Return the map that is growing, if one is. There is one thread."""
        for each in self.maps():
            if each.current_map is not None and each.current_map.new_data is not None:
                return each
        return None

    def transient(self) -> Bytes:
        """Return what is allocated only until the map has grown."""
        growing = self.growing()
        if growing is None or growing.current_map is None or growing.current_map.new_data is None:
            return 0
        return growing.current_map.new_data.size

    def unclaimed(self) -> Bytes:
        """Return what the growing map holds beyond what it has acquired: by design, the array that it allocates."""
        return 0 if ACCOUNT_GROWTH in self.task_memory_manager.fixes else self.transient()
