"""The incident of SPARK-22713 with its real sizes: an OutOfMemoryError while the pool believes 0.9 GB to be free.

Where the numbers come from. *Log*: the task's execution log that the reporter published. *Dump*: the figures of the
heap dump in the report.

- Log: what E1 and E2 asked for and were granted, to a tenth of a megabyte. E1's last request was granted in part, so
  that what E1 held then is the pool: 3369.5 MB. That E1 held 1 611 519 records besides the one that its iterator had
  taken is what the forced spill wrote.
- Dump: E1's map retains 3.31 GB, 65.55 % of 5.05 GB in all; E2's 1.64 GB. Their arrays have 8388608 and 2097152 slots
  of 4 bytes: 32 MB and 8 MB.
- Computed from Spark's source: a table grows when more than 0.7 of its capacity is used, which for E2's 1048576 pairs
  is at record 734 004; the new array takes 16 MB.
- Assumed: the heap that could really be used ends where the dump does, at 5.05 GB. The executor was given 6.5 GB, but
  not all of it can hold old objects, and an allocation of 16 MB did fail. What is in the dump besides E1 and E2
  (0.1 GB) is taken to be there from the beginning. E2's earlier doublings, which succeeded, are left out.
- Assumed, for releases with the fix: E2, which computes the same partition again, goes on to E1's size.

Accounting here is Spark's, by estimates, and not exact: what a live map holds beyond what it claimed is `unclaimed`.
"""

from __future__ import annotations

from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.co_grouped_rdd import Downstream
from spillproof.model.spark.scenario.spark_task import SparkModel
from spillproof.model.system import action, require

MB = 1 << 20
GB = 1 << 30

E1_REQUESTS = (51, 110, 211, 422, 2414, 3387, 11531, 18176)
"""Log, in tenths of a megabyte. Of the last, 1556.9 MB were granted."""

E2_REQUESTS = (51, 110, 211, 422, 1943, 21945)
"""Log, in tenths of a megabyte. The last reads 2.1 GB there: twice the estimate of 1236.6 MB less the threshold."""

E2_LAST_REQUEST = (24732,)
"""Computed: what E2 would ask for when it next reaches its threshold, 2473.2 MB."""

POOL = 33695 * MB // 10
E1_SIZE = 331 * GB // 100
E2_SIZE = 164 * GB // 100
HEAP = E1_SIZE * 10000 // 6555
ELSEWHERE = HEAP - E1_SIZE - E2_SIZE

E1_RECORDS = 1_611_520
E2_RECORDS = 734_003
E2_ARRAY = 8 * MB


def request(of: ExternalAppendOnlyMap, tenths: tuple[int, ...]) -> None:
    """Acquire what the log says, whatever is granted."""
    for each in tenths:
        of.acquire_memory(each * MB // 10)


def fill(into: ExternalAppendOnlyMap, size: Bytes, records: Count) -> None:
    """Put in records that take `size` bytes together."""
    assert into.current_map is not None
    into.current_map.insert(size)
    into.current_map.unread += records - 1
    into.owed += records


class Incident(SparkModel):
    """What one task did between 11:42:45 and 11:49:43, line by line of its log."""

    heap: Bytes
    line: int

    def begin(self, fixes: frozenset[str] = fixes_of("2.1.2"), heap: Bytes = HEAP) -> None:
        self.set_up(POOL, 2, fixes, Downstream.COGROUP)
        self.heap = heap
        self.line = 0

    @action
    def build(self, e1: ExternalAppendOnlyMap) -> None:
        """11:42:45 to 11:44:20: the first shuffle is combined in E1, which takes the whole pool."""
        self.next_line(0)
        require(e1 in self.downstream.building)
        request(e1, E1_REQUESTS)
        fill(e1, E1_SIZE, E1_RECORDS)

    @action
    def open(self, e1: ExternalAppendOnlyMap) -> None:
        """11:44:38: there is no room to cache E1's result; the join gets its iterator, and does not pull it yet."""
        self.next_line(1)
        require(e1 in self.downstream.building and e1.has_memory())
        self.downstream.open(e1)

    @action
    def build_again(self, e2: ExternalAppendOnlyMap) -> None:
        """11:44:39: the same partition is computed again, in E2, whose first request makes E1 "release 3.3 GB"."""
        self.next_line(2)
        require(e2 in self.downstream.building)
        request(e2, E2_REQUESTS)
        fill(e2, E2_SIZE, E2_RECORDS)

    @action
    def grow_table(self, e2: ExternalAppendOnlyMap) -> None:
        """11:49:43: record 734 004 makes E2's table grow."""
        self.next_line(3)
        require(e2 in self.downstream.building)
        assert e2.current_map is not None
        e2.current_map.grow_table(E2_ARRAY, self.room())

    @action
    def build_on(self, e2: ExternalAppendOnlyMap) -> None:
        """What the log does not show: E2 doubles its table once more, claims what is left, and reaches E1's size."""
        self.next_line(4)
        require(e2 in self.downstream.building)
        assert e2.current_map is not None
        e2.current_map.grow_table(2 * E2_ARRAY, self.room())
        request(e2, E2_LAST_REQUEST)
        fill(e2, E1_SIZE - E2_SIZE - 3 * E2_ARRAY, E1_RECORDS - E2_RECORDS)
        self.downstream.open(e2)

    @action
    def end_task(self) -> None:
        """The join has its iterators; it would pull them now, and end the task."""
        self.next_line(5)
        self.finish_task()

    def next_line(self, expected: int) -> None:
        """Allow the actions in the order of the log only."""
        require(self.line == expected)
        self.line += 1

    def room(self) -> Bytes:
        """Return what can really be allocated."""
        return self.heap - ELSEWHERE - self.reachable()

    def unclaimed(self) -> Bytes:
        """Return what live maps hold beyond what they have claimed: estimates lag, and the first 5 MB are free."""
        return sum(
            max(0, each.current_map.data.size - each.used)
            for each in self.maps()
            if each.current_map is not None and each.current_map.data is not None
        )

    def unused(self) -> Bytes:
        """Return what live maps have claimed beyond what they hold: twice the estimate, to grow into."""
        return sum(
            max(0, each.used - each.current_map.data.size)
            for each in self.maps()
            if each.current_map is not None and each.current_map.data is not None
        )
