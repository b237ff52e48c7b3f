"""A Spark task whose maps spill when they have a number of records, whatever memory there is."""

from __future__ import annotations

from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.releases import NEWEST
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.system import action, require


class NumberedMap(ExternalAppendOnlyMap):
    """A map that remembers what others spilled for it in vain."""

    in_vain: Bytes = 0
    """What others spilled for its last request, if it had its number when it made it."""

    def acquire(self, size: Bytes) -> Bytes:
        before = self.held_by_others()
        granted = super().acquire(size)
        if self.has_its_number():
            self.in_vain += before - self.held_by_others()
        return granted

    def held_by_others(self) -> Bytes:
        """Return what the task's other consumers are accounted for."""
        return sum(each.used for each in self.task_memory_manager.consumers if each is not self)


class NumberedTask(SparkTask):
    """As `SparkTask`, with `spark.shuffle.spill.numElementsForceSpillThreshold` set."""

    spill_after: int
    spilled_records: list[Count]
    """How many records the last insert spilled for the number's sake, if it did."""
    in_vain: Bytes
    """What others spilled at the last insert for a map that then spilled for its number."""

    def begin(  # pyright: ignore[reportIncompatibleMethodOverride] # there is a number
        self,
        capacity: Bytes,
        consumers: int = 2,
        fixes: frozenset[str] = fixes_of(NEWEST),
        downstream: Downstream = Downstream.COGROUP,
        spill_after: int = 1,
    ) -> None:
        self.spill_after = spill_after
        super().begin(capacity, consumers, fixes, downstream)
        self.spilled_records = []
        self.in_vain = 0

    def new_map(self) -> ExternalAppendOnlyMap:
        return NumberedMap(
            self.task_memory_manager, current_map=AppendOnlyMap(), merges=self.merges, spill_after=self.spill_after
        )

    @action
    def insert(self, into: ExternalAppendOnlyMap, size: Bytes) -> None:
        require(into in self.downstream.building)
        assert into.current_map is not None
        spilled = [into.current_map.unread] if into.has_its_number() else []
        super().insert(into, size)
        assert isinstance(into, NumberedMap)
        self.spilled_records = spilled
        self.in_vain, into.in_vain = into.in_vain, 0

    def records_in_memory(self) -> list[Count]:
        """Return for each map how many records it has in memory that nobody has read."""
        return [0 if each.current_map is None else each.current_map.unread for each in self.maps()]

    def records_allowed(self) -> int:
        """Return one more than the number: a map looks before it puts a record in, and spills when it has more."""
        return self.spill_after + 1

    def spilled_for_the_number(self) -> list[Count]:
        """Return how many records were spilled for the number's sake."""
        return self.spilled_records

    def spilled_anyway(self) -> Bytes:
        """Return what others spilled for a map that then spilled for its number."""
        return self.in_vain
