"""The task of the report: a join of a cached partition with itself, which is computed twice if it does not fit.

`links` is persisted in memory, and PageRank joins it with `links.mapValues`. Both sides are narrow dependencies, so
that one task computes both, one after the other: if the first result could be cached, the second side reads the block;
if not, the shuffle behind it is combined again, in a second map, while the first one waits for its reader.
"""

from __future__ import annotations

from typing import ClassVar

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes, Count
from spillproof.model.spark.collection.append_only_map import Table
from spillproof.model.spark.collection.completion_iterator import CompletionIterator, RecordIterator
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap, SpillableIterator
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.co_grouped_rdd import CoGroupedRDD, Downstream
from spillproof.model.spark.scenario.spark_task import SparkModel
from spillproof.model.system import action, require


class PartiallyUnrolledIterator(RecordIterator):
    """What the memory store gives back for a block that it cannot keep. Nothing was unrolled here: all is rest."""

    rest: RecordIterator

    def has_next(self) -> bool:
        return self.rest.has_next()

    def next(self) -> None:
        self.rest.next()

    def remaining(self) -> Count:
        return self.rest.remaining()

    def source(self) -> HeapObject | None:
        return self.rest.source()


class Block(HeapObject):
    """A cached partition: the same objects that were in the map, and an account in storage memory."""

    values: Table
    size: Bytes

    short_name: ClassVar[str] = "B"


class Sides(CoGroupedRDD):
    """A `CoGroupedRDD` that asks for the iterator of one parent after the other."""

    to_compute: Bag[ExternalAppendOnlyMap]
    """Maps for parents that are not asked for yet."""

    def add(self, iterator: RecordIterator) -> None:
        """Take the iterator of the parent that was asked for, and ask for that of the next."""
        self.building.clear()
        self.rdd_iterators.add(iterator)
        for each in self.to_compute:
            self.to_compute.discard(each)
            self.building.add(each)
            return

    def clear(self) -> None:
        super().clear()
        self.to_compute.clear()

    def need_no_more(self) -> None:
        """Read the other parent from the store."""
        self.building.clear()
        self.to_compute.clear()


class PageRank(SparkModel):
    """A task that computes `links`, tries to cache it, and computes it again if it must."""

    block: Block | None

    def begin(self, capacity: Bytes, consumers: int = 2, fixes: frozenset[str] = fixes_of("2.1.2")) -> None:
        self.set_up(capacity, consumers, fixes, Downstream.COGROUP)
        first, *others = self.downstream.building
        self.downstream = Sides(Downstream.COGROUP, Bag([first]), Bag(), Bag(others))
        self.block = None

    @action
    def insert(self, into: ExternalAppendOnlyMap, size: Bytes) -> None:
        """The shuffle behind `links` is combined: E1, and perhaps once more E2."""
        require(into in self.downstream.building)
        into.insert(size)

    @action
    def cache(self, computed: ExternalAppendOnlyMap) -> None:
        """The partition is computed, and the block manager tries to keep it. What cannot be kept is handed on."""
        require(computed in self.downstream.building and computed.has_records())
        sides = self.sides()
        if self.fits(computed):
            self.keep(computed)
            sides.need_no_more()
        else:
            sides.add(PartiallyUnrolledIterator(computed.iterator()))

    def fits(self, computed: ExternalAppendOnlyMap) -> bool:
        """Return whether there is room to unroll it beside the map it is read from. What has spilled is too big."""
        pool = self.task_memory_manager.pool
        return computed.spilled_maps is None and computed.live() <= pool.pool_size - pool.used

    def keep(self, computed: ExternalAppendOnlyMap) -> None:
        """Read the map to its end into a block, for which execution gives up free memory."""
        assert computed.current_map is not None
        assert computed.current_map.data is not None
        self.block = Block(computed.current_map.data, computed.live())
        self.task_memory_manager.pool.pool_size -= self.block.size
        read_to_end(computed.iterator())
        computed.owed = 0

    @action
    def pull(self, iterator: PartiallyUnrolledIterator) -> None:
        """The join reads one of its sides, once it has both."""
        require(self.downstream.pulls(iterator))
        self.downstream.pull(iterator)

    @action
    def end_task(self) -> None:
        """The task ends, and `links` is unpersisted some day."""
        require(not self.ended)
        self.block = None
        self.finish_task()

    def sides(self) -> Sides:
        """Return the join."""
        assert isinstance(self.downstream, Sides)
        return self.downstream

    def accounted(self) -> Bytes:
        """Return what is in use: by execution, and by storage."""
        return super().accounted() + self.stored()

    def accounts(self) -> list[Bytes]:
        """Return what each consumer uses, and the block."""
        return [*super().accounts(), self.stored()]

    def stored(self) -> Bytes:
        """Return the bytes of the block."""
        return 0 if self.block is None else self.block.size

    def capacity_of_pool(self) -> Bytes:
        """Return what execution and storage have together."""
        return super().capacity_of_pool() + self.stored()


def read_to_end(iterator: RecordIterator) -> None:
    """Pull all that there is of a map that nothing was spilled of, at once."""
    assert isinstance(iterator, CompletionIterator)
    reading = iterator.sub
    assert isinstance(reading, SpillableIterator)
    assert reading.outer.current_map is not None
    reading.outer.current_map.take_rest()
    reading.cur = False
    iterator.has_next()
