"""A Spark task whose maps are accounted as Spark does it: by thresholds, and only now and then."""

from __future__ import annotations

from spillproof.model.quantity import Bytes
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.spark_task import SparkTask


class SampledTask(SparkTask):
    """As `SparkTask`; a step of `insert` puts in what comes between two checks, 32 records in Spark.

    Left out: that the size is an estimate. Spark extrapolates it from samples; here it is right when it is looked at.
    """

    initial_memory_threshold: Bytes

    def begin(  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # one more open size
        self,
        capacity: Bytes,
        initial_memory_threshold: Bytes,
        consumers: int = 2,
        fixes: frozenset[str] = fixes_of("2.3.4"),
        downstream: Downstream = Downstream.COGROUP,
    ) -> None:
        self.initial_memory_threshold = initial_memory_threshold
        self.set_up(capacity, consumers, fixes, downstream)

    def new_map(self) -> ExternalAppendOnlyMap:
        return ExternalAppendOnlyMap(
            self.task_memory_manager,
            current_map=AppendOnlyMap(),
            initial_memory_threshold=self.initial_memory_threshold,
        )

    def maps(self) -> list[ExternalAppendOnlyMap]:
        """Return the maps that have asked for memory, and those that are built or read and have not asked yet."""
        asked = super().maps()
        return [*asked, *(each for each in self.downstream.sources() if not any(each is other for other in asked))]

    def unclaimed(self) -> Bytes:
        """Return what maps in use hold beyond what was granted to them."""
        return sum(max(0, each.live() - each.used) for each in self.maps())

    def unused(self) -> Bytes:
        """Return what was granted to maps beyond what they hold: they ask for room to double."""
        return sum(max(0, each.used - each.live()) for each in self.maps())

    def excesses(self) -> list[Bytes]:
        """Return for each map what it holds beyond what was granted to it; negative where that is less."""
        return [each.live() - each.used for each in self.maps()]

    def allowances(self) -> list[Bytes]:
        """Return for each map what Spark lets it hold unasked: the initial threshold, and what came since the check."""
        return [self.initial_memory_threshold + each.unchecked for each in self.maps()]
