"""Random runs of a model on plain integers, from the beginning on: each of their steps is one of the automaton's edges.

The state is the model's own and lives through the whole run: what a state hides from its key comes to light.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from spillproof.model.heap import HeapObject, refuse_negative
from spillproof.properties.engines.validation.disagreement import disagree
from spillproof.properties.engines.validation.questions import Questions
from spillproof.properties.engines.validation.records import Agreed, Instance, Mismatch, Records
from spillproof.properties.engines.validation.trial import TrialChoices, start, take, with_sizes

At: TypeAlias = tuple[int, list[int], list[Any]]
"""A state of a run: its shape, its sizes, and its objects in the shape's order."""

LENGTH = 100
"""The most steps of one run."""

TRIES = 8
"""Steps that are tried from one state before a run ends."""

ANY = 0.15
"""The share of steps that are tried whatever the automaton says of them."""

ASKED = 0.2
"""The share of states that claims are asked about."""


class Walks:
    """Takes runs beside the automaton."""

    def __init__(self, records: Records, asking: Questions, chance: random.Random) -> None:
        self.records = records
        self.automaton = records.automaton
        self.asking = asking
        self.chance = chance
        self.steps = 0

    def go(self, steps: int) -> Iterator[None]:
        """Take so many steps, or a few more, in as many runs as they need."""
        wanted, runs = self.steps + steps, 0
        while self.steps < wanted and runs < steps:
            runs += 1
            yield from self.run()

    def run(self) -> Iterator[None]:
        """Take one run."""
        instance = self.chance.choice(self.records.instances[-1])
        at = self.move(instance, self.sizes(instance, ()), [])
        yield
        for _ in range(LENGTH):
            if at is None:
                return
            shape, values, objects = at
            if self.chance.random() < ASKED:
                self.asking.state(self.automaton.shapes[shape], values, objects)
            at = self.step(shape, values, objects)
            yield

    def step(self, shape: int, values: list[int], objects: list[Any]) -> At | None:
        """Take some step. Return where it leads, or None where the run ends."""
        leaving = self.automaton.leaving.get(shape, [])
        for _ in range(TRIES if leaving else 0):
            if self.chance.random() < ANY:
                self.blind(shape, values)
                continue
            edge = self.chance.choice(leaving)
            instance = self.records.of_edge[edge.index]
            if instance is not None:
                record = next(each for each in instance.edges if each.says is edge)
                given = record.guard.repair([*values, *self.sizes(instance, values)], self.chance, len(values))
                if given is not None:
                    return self.move(instance, given, objects)
        return None

    def sizes(self, instance: Instance, values: Sequence[int]) -> list[int]:
        return [self.size(values) for _ in range(instance.given)]

    def size(self, values: Sequence[int]) -> int:
        """Return a size, less 1: small, anything, or one that is in the state or next to it."""
        kind = self.chance.randrange(3)
        if kind == 0 or (kind == 1 and not values):
            return self.chance.randrange(8)
        if kind == 1:
            return max(0, self.chance.choice(values) - self.chance.randrange(3))
        return self.chance.randrange(1 << self.chance.choice((4, 8, 12, 20, 33)))

    def blind(self, shape: int, values: list[int]) -> None:
        """Try any action at all, on a copy of the state: mostly it is refused, and then no edge may allow it."""
        instance = self.chance.choice(self.records.instances[shape])
        given = [*values, *self.sizes(instance, values)]
        self.judged(instance, given, self.records.pattern(shape).build(values))

    def move(self, instance: Instance, values: list[int], objects: list[Any]) -> At | None:
        """Take a step for good."""
        agreed = self.judged(instance, values, objects)
        if agreed is None or agreed.record is None or agreed.record.edge.target < 0:
            return None
        edge = agreed.record.edge
        self.records.pattern(edge.target).arrange(agreed.objects)
        if min(agreed.sizes, default=0) < 0:
            return None
        for each in agreed.objects:
            if isinstance(each, HeapObject):
                refuse_negative(each)
        return edge.target, agreed.sizes, agreed.objects

    def judged(self, instance: Instance, values: list[int], objects: list[Any]) -> Agreed | None:
        """Take a step and compare it. Return None where it could not be compared."""
        width = instance.width
        given = with_sizes(instance.action.parameters, instance.arguments, values[width : width + instance.given])
        choices = TrialChoices((), self.chance, instance.action.name, any_preference=False)
        if instance.source < 0:
            self.records.put_back()
            trial = start(self.automaton.model, given, choices)
        else:
            trial = take(objects, instance.action, given, choices)
        answer = self.records.judge(instance, values, trial)
        self.steps += 1
        if isinstance(answer, Mismatch):
            if answer.certain:
                disagree(self.records, answer, walked=True)
            return None
        return answer
