"""What a run of a model says that one should see on real Spark: of each consumer, after each step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spillproof.model.errors import ModelError
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap
from spillproof.model.spark.collection.completion_iterator import RecordIterator
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.collection.external_sorter import ExternalSorter
from spillproof.model.spark.scenario.sorting_task import SortingTask
from spillproof.model.spark.scenario.spark_task import SparkTask
from spillproof.properties.engines.run import Moment

Driven = ExternalAppendOnlyMap | ExternalSorter


@dataclass(frozen=True)
class Expected:
    """One consumer at one moment, in bytes of the model."""

    used: int
    held: int
    """Of collections that it no longer counts, and that are reachable."""


@dataclass(frozen=True)
class Deed:
    """One step of a run, in words that a driver of real Spark understands."""

    action: str
    """`insert`, `iterator`, `pull`, `end_task`."""
    consumer: str = ""
    kind: str = ""
    """`map`, `sorter plain`, `sorter aggregates`."""
    size: int = 0
    used: int = 0
    """What the consumer uses before the step."""
    spills_itself: int = 0
    """How often the request is refused, so that the consumer spills itself."""
    number: int = 0
    """The number of records of the model after which the consumer spills. 0: there is none."""
    for_its_number: bool = False
    """Whether it spills because it has that number."""
    delivers: bool = False
    """Whether a pull finds a record."""
    drops: bool = False
    """Whether the application drops an iterator that is at its end."""
    tie: bool = False
    """Whether the environment chose among victims, as Spark's hash set does."""


@dataclass(frozen=True)
class After:
    """What to do, and what to see after it. The first of a run has nothing to do."""

    deed: Deed | None
    spelled: str
    consumers: dict[str, Expected]
    pool: int
    raised: str


def expectations(moments: Sequence[Moment]) -> list[After]:
    """Return what a run says of real Spark. Raises `ModelError` for a model that Spark cannot be driven by."""
    if not isinstance(moments[0].state, (SparkTask, SortingTask)):
        raise ModelError(
            f"{type(moments[0].state).__name__} cannot be taken on real Spark: only runs of maps (spark@…) and of "
            "sorters (spark:sorting@…) can"
        )
    reading = Reading(moments)
    return [reading.after(index) for index in range(len(moments))]


class Reading:
    """A run, with what its objects are called and which collections were whose."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self.moments = moments
        self.names: dict[int, str] = {}
        self.owners: dict[int, int] = {}
        for moment in moments:
            numbers = dict(zip(map(id, moment.objects), moment.numbers, strict=True))
            self.names |= {numbers[key]: name for key, name in moment.names.items() if key in numbers}
            for each in _consumers(moment):
                if (collection := in_memory(each)) is not None:
                    self.owners[numbers[id(collection)]] = numbers[id(each)]

    def after(self, index: int) -> After:
        """Return what is done in one step, and what is to be seen after it."""
        moment = self.moments[index]
        return After(
            deed=None if index == 0 else self.deed(index),
            spelled=moment.spelled,
            consumers=self.consumers(moment),
            pool=moment.state.task_memory_manager.pool.used,
            raised=moment.raised,
        )

    def consumers(self, moment: Moment) -> dict[str, Expected]:
        """Return what is to be seen of each consumer that has a name by then."""
        numbers = dict(zip(map(id, moment.objects), moment.numbers, strict=True))
        counted = {id(in_memory(each)) for each in _consumers(moment) if each.used > 0}
        held: dict[int, int] = {}
        for each in moment.objects:
            if isinstance(each, AppendOnlyMap) and each.data is not None and id(each) not in counted:
                owner = self.owners.get(numbers[id(each)], -1)
                held[owner] = held.get(owner, 0) + each.data.size
        return {
            self.names[numbers[id(each)]]: Expected(each.used, held.get(numbers[id(each)], 0))
            for each in _consumers(moment)
            if numbers[id(each)] in self.names
        }

    def deed(self, index: int) -> Deed:
        """Return what a driver has to do for one step."""
        moment, before = self.moments[index], self.moments[index - 1]
        step = moment.step
        assert step is not None
        if step.action == "end_task":
            return Deed("end_task")
        argument = before.objects[step.arguments[0]]
        consumer = argument if step.action != "pull" else _read_by(argument, before)
        number = before.numbers[[id(each) for each in before.objects].index(id(consumer))]
        name = self.names.get(number) or re.split(r"[(,)]", moment.spelled)[1]  # it may be gone after this step
        made = Deed(step.action, name, _kind(consumer), tie=bool(step.picks))
        if step.action == "insert":
            refusals = _refusals(moment, name)
            return replace(
                made,
                size=step.arguments[1],
                used=consumer.used,
                spills_itself=refusals,
                number=consumer.spill_after or 0,
                for_its_number=_has_its_number(consumer),
            )
        if step.action == "pull":
            delivers = argument.remaining() > 0
            return replace(made, delivers=delivers, drops=not delivers and isinstance(moment.state, SparkTask))
        return made


def in_memory(consumer: Driven) -> AppendOnlyMap | None:
    """Return the collection that a consumer's own fields name."""
    return consumer.current_map if isinstance(consumer, ExternalAppendOnlyMap) else consumer.collection


def _consumers(moment: Moment) -> Iterator[Driven]:
    return (each for each in moment.objects if isinstance(each, (ExternalAppendOnlyMap, ExternalSorter)))


def _read_by(iterator: RecordIterator, moment: Moment) -> Driven:
    return next(each for each in _consumers(moment) if iterator.reads(each))


def _kind(consumer: Driven) -> str:
    if isinstance(consumer, ExternalAppendOnlyMap):
        return "map"
    return "sorter aggregates" if consumer.aggregates else "sorter plain"


def _has_its_number(consumer: Driven) -> bool:
    """Return whether it spills at its next record. A map looks before it counts that, a sorter after."""
    if isinstance(consumer, ExternalAppendOnlyMap):
        return consumer.has_its_number()
    return consumer.spill_after is not None and consumer.elements_read >= consumer.spill_after


def _refusals(moment: Moment, name: str) -> int:
    def is_own(event: str, details: dict[str, Any]) -> bool:
        return event == "spill" and not details["forced"] and moment.names.get(id(details["consumer"])) == name

    return sum(is_own(event, details) for event, details in moment.events)
