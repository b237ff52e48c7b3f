"""Spark's scenarios with any number of consumers: one that stands on its own, and the rest."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, NoReturn, cast

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag
from spillproof.model.quantity import Bytes
from spillproof.model.rest import Rest, WithRest
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.memory.memory_consumer import MemoryConsumer
from spillproof.model.spark.memory.rest import GivingConsumers, OtherConsumers, PartialConsumers, WillingConsumers
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.raw_map_task import RawMapTask
from spillproof.model.spark.scenario.raw_sort_task import RawSortTask
from spillproof.model.spark.scenario.raw_task import OtherConsumer, RawTask
from spillproof.model.spark.scenario.requesting_task import RequestingTask
from spillproof.model.spark.scenario.shuffle_task import ShuffleTask
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.model.spark.scenario.spillers import PartialSpillers, Spiller, Spillers, Victims
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


class Forgotten(Enum):
    """What is known of the rest as a whole does not say it: whom a request asked, and what each of them spilled."""

    FORGOTTEN = "not known where there is a rest"

    def unknown(self, *_: object) -> NoReturn:
        """Raise `ModelError`."""
        message = (
            "whom a request asked to spill, and what each freed, is not known where there is a rest, which is one and "
            "stands for many; ask of a given number"
        )
        raise ModelError(message)

    __bool__ = __len__ = __iter__ = unknown


class ManySpillers(WithRest, Spillers):
    """Plain consumers. A rest says how much they hold in all, and not how much each of them was asked for."""

    alike, counted_by = Spiller, "consumers"
    others_are: ClassVar[type[OtherConsumers]] = WillingConsumers

    def place(self) -> None:
        others = self.others_are(self.task_memory_manager)
        self.task_memory_manager.consumers.add(others)
        cast("Bag[MemoryConsumer]", self.spillers).add(others)
        self.forget()

    def forget(self) -> None:
        """Forget how many were asked for the last request: a rest is one, and stands for many."""
        vars(self.request).update(dict.fromkeys(("asked", "needed", "spilled"), Forgotten.FORGOTTEN))

    @action
    def acquire(self, consumer: Spiller, size: Bytes) -> None:
        super().acquire(consumer, size)
        self.forget()

    @action
    def release(self, consumer: Spiller) -> None:
        super().release(consumer)
        self.forget()

    @action
    def others_acquire(self, others: OtherConsumers, size: Bytes) -> None:
        """One of the others that holds nothing asks for memory, and takes what it gets."""
        self.step_out(others, 0, size)

    @action
    def others_acquire_more(self, others: OtherConsumers, size: Bytes, own: Bytes) -> None:
        """One of the others that holds `own` bytes asks for memory, and takes what it gets."""
        require(own <= others.used)
        self.step_out(others, own, size)

    def step_out(self, others: OtherConsumers, own: Bytes, size: Bytes) -> None:
        """Have one of the others ask on its own, so that those that stay may be asked to spill; then it is one of them
        again.
        """
        consumers = self.task_memory_manager.consumers
        asks = type(others)(self.task_memory_manager, used=own)
        others.used -= own
        if own > 0:
            consumers.add(asks)
        self.request.begin()
        granted = asks.acquire_memory(size)
        consumers.discard(asks)
        others.used += asks.used
        self.request.unmet = size - granted
        self.request.spillable = sum(each.used for each in self.spillers) - granted
        self.forget()

    @action
    def others_release(self, others: OtherConsumers, size: Bytes) -> None:
        """One of the others is done with some memory."""
        require(size <= others.used)
        self.request.begin()
        others.release(size)
        self.forget()


class ManyVictims(ManySpillers, Victims):
    """Those that spill everything, whoever asks. Who of them is asked makes a difference that no sum shows."""

    others_are = GivingConsumers


class ManyPartialSpillers(ManySpillers, PartialSpillers):
    """Those that spill what they are asked for do so one after the other as one would that has all of it: none need
    stand on its own.
    """

    alone = 0
    others_are = PartialConsumers

    @action
    def wait(self) -> None:
        super().wait()
        self.forget()


class ManySorters(WithOthers, SortingTask):
    """Sorters that hold no more than they are accounted for."""

    alike, counted_by = ExternalSorter, "sorters"


class FurtherOthers(Rest, OtherConsumer):
    """All consumers beside the one with pages but one of them. As each, they really hold nothing, and are not asked."""

    def shallow_size(self) -> Bytes:
        return 0

    def absorb(self, consumer: OtherConsumer, held: Bytes) -> None:  # noqa: ARG002 - it holds nothing
        self.used += consumer.used


class ManyBeside(WithRest, RawTask):
    """A consumer of pages, and any number of others. The rest stands among these, and acquires as each of them does.

    That consumer is one, and in the part that all share. In a task of Spark others may spill as well, those with pages
    among them: the rest stands for none of these, but for maps of joins, batches of rows and whoever else cannot.
    """

    alike, counted_by, alone = OtherConsumer, "others", 0

    def place(self) -> None:
        self.task_memory_manager.consumers.add(FurtherOthers(self.task_memory_manager))


class ManyBesideRawSorter(ManyBeside, RawSortTask):
    """A sorter of raw records, and any number of others."""


class ManyBesideRawMap(ManyBeside, RawMapTask):
    """A map of raw records, and any number of others."""


class ManyBesideShuffle(ManyBeside, ShuffleTask):
    """A sorter that writes a shuffle, and any number of others."""
