"""The plan: every edge, every refusal, every way of a claim with sizes of three scales, and random runs in between.

What is done does not depend on the machine or on its load; only where the budget ends it does. The first round goes
through everything once, so that a budget that ends early has left no part out entirely.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, Refusal, Shape
from spillproof.properties.engines.validation.asking import Asking
from spillproof.properties.engines.validation.disagreement import disagree
from spillproof.properties.engines.validation.pattern import bags_of
from spillproof.properties.engines.validation.records import Agreed, Instance, Mismatch, Records
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.validation.sizes import Quotients, Scale, Unsolved, complete, guess, meets, solve
from spillproof.properties.engines.validation.trial import Choices, Done, attempt, beginning, taking, with_sizes
from spillproof.properties.engines.validation.walks import Walks

SCALES = (Scale.TYPICAL, Scale.BOUNDARY, Scale.LARGE)

Clock = Callable[[], float]


class Validator:
    """Compares an automaton with its model. Use it once; `go_on` until it is done or enough was spent."""

    def __init__(self, automaton: Automaton, seed: int = 0) -> None:
        self.automaton = automaton
        self.records = Records(automaton)
        self.asking = Asking(automaton, self.records)
        self.chance = random.Random(seed)
        self.walks = Walks(self.records, self.asking, self.chance)
        self.compared: dict[int, set[Scale]] = {edge.index: set() for edge in automaton.edges}
        self.unsolved: set[int] = set()
        """Edges for which there was a scale that the solver did not answer, or a state too symmetric to compare."""
        self.steps = 0
        self.seconds = 0.0
        self.left = self.plan()
        self.done = False

    def go_on(self, seconds: float | None = None) -> bool:
        """Go on for so many seconds of processor time. Return whether everything is done.

        Raises `Disagreement` where the model on integers is not what the automaton says.
        """
        started = time.process_time()
        for _ in self.left:
            if seconds is not None and time.process_time() - started > seconds:
                break
        else:
            self.done = True
        self.seconds += time.process_time() - started
        return self.done

    def result(self) -> Validated:
        """Return what was compared so far."""
        edges = sum(len(scales) == len(SCALES) for scales in self.compared.values())
        return Validated(
            edges,
            len(self.compared),
            self.asking.compared,
            self.asking.total,
            self.steps + self.walks.steps,
            self.walks.steps,
        )

    def plan(self) -> Iterator[None]:
        """Do everything, a little at a time."""
        for scale in SCALES:
            for shape in (None, *self.automaton.shapes):
                yield from self.shape(shape, scale)
            yield from self.walks.go(len(self.automaton.edges))
        yield from self.walks.go(len(self.automaton.edges))

    def shape(self, shape: Shape | None, scale: Scale) -> Iterator[None]:
        """Compare everything that leaves a shape (None: the beginnings), and what claims say of its states."""
        if shape is not None:
            self.asking.shape(shape, scale, self.chance)
            yield
        for instance in self.records.instances[-1 if shape is None else shape.index]:
            for edge in instance.edges:
                self.edge(instance, edge, scale)
                yield
            for refusal in instance.refusals if scale is Scale.TYPICAL else ():
                self.record(instance, refusal, scale)
                yield
            if not instance.edges and not instance.refusals:
                self.take(instance, self.some_values(instance, scale), ())
                yield

    def some_values(self, instance: Instance, scale: Scale) -> list[int]:
        return guess(scale, self.width(instance) + instance.given, self.chance)

    def width(self, instance: Instance) -> int:
        return len(self.automaton.shapes[instance.source].slots) if instance.source >= 0 else 0

    # Edges

    def edge(self, instance: Instance, edge: Edge, scale: Scale) -> None:
        """Compare an edge with sizes of a scale, and each way in which it makes a claim false that was not seen yet."""
        if self.record(instance, edge, scale):
            self.compared[edge.index].add(scale)
        for way in self.asking.unseen(edge):
            values = self.solved((*edge.guard, *way.also), edge.quotients, edge.symbols, scale)
            if isinstance(values, Unsolved):
                way.seen = values is Unsolved.NONE
            elif isinstance(self.take(instance, values, edge.move.picks, edge), Agreed):
                way.seen = True

    def record(self, instance: Instance, record: Edge | Refusal, scale: Scale) -> bool:
        """Take a step with sizes for which the automaton says that it is so. Return whether that is settled."""
        symbols = self.width(instance) + instance.given + len(record.quotients)
        values = self.solved(record.guard, record.quotients, symbols, scale)
        if isinstance(values, Unsolved):
            return values is Unsolved.NONE
        return self.take(instance, values, record.move.picks, record, turned=scale is Scale.LARGE) is not None

    def solved(
        self, conditions: Conjunction, quotients: Quotients, symbols: int, scale: Scale
    ) -> list[int] | Unsolved:
        return solve(conditions, quotients, symbols, scale, self.chance)

    def take(
        self,
        instance: Instance,
        values: Sequence[int],
        picks: tuple[int, ...],
        record: Edge | Refusal | None = None,
        *,
        turned: bool = False,
    ) -> Agreed | None:
        """Take a step from a state with these sizes, and compare. Return None where it could not be compared."""
        self.steps += 1
        width = self.width(instance)
        given = with_sizes(instance.action.parameters, instance.arguments, values[width : width + instance.given])
        choices = Choices(picks, self.chance, instance.action.name, any_preference=self.automaton.any_preference)
        objects: list[Any] = []
        if instance.source < 0:
            do = beginning(self.automaton.model, given)
        else:
            objects = self.records.pattern(instance.source).build(values)
            if turned and not picks:
                for bag in bags_of(objects):
                    bag.members.reverse()
            do = taking(instance.action, objects, given)
        outcome = attempt(do, choices)
        answer = self.records.judge(instance, values, outcome)
        if isinstance(answer, Agreed) and record is not None and _strays(record, answer, outcome.picks):
            answer = Mismatch(instance, values, outcome, record)
        if isinstance(answer, Mismatch):
            if answer.certain:
                disagree(self.records, answer, picks, turned=turned and not picks)
            return None
        if isinstance(outcome, Done) and answer.edge is not None:
            if answer.edge.target >= 0:
                self.asking.step(answer.edge, values, answer.objects)
        return answer


def _strays(record: Edge | Refusal, agreed: Agreed, picks: tuple[int, ...]) -> bool:
    """Return whether a step was to be what a record says, and was something else that the automaton has, too."""
    if isinstance(record, Refusal):
        return agreed.edge is not None or picks != record.move.picks
    return agreed.edge is None or (picks != record.move.picks)
