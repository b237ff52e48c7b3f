"""The plan: every edge, every refusal, every way of a claim with sizes of three scales, and random runs in between.

What is done depends on the model only, not on the machine or its load; where a budget ends it, that is said. The first
round goes through everything once, so that a budget that ends early has left nothing out entirely.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from spillproof.model import set_order
from spillproof.properties.beside import modules_beside
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Refusal
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.validation.by_name import refuse_by_name
from spillproof.properties.engines.validation.disagreement import disagree, refuse_other_code
from spillproof.properties.engines.validation.executions import Samples
from spillproof.properties.engines.validation.forms import bags_of
from spillproof.properties.engines.validation.plain_code import are_plain
from spillproof.properties.engines.validation.questions import FalseWay, Questions
from spillproof.properties.engines.validation.records import Agreed, Instance, Mismatch, Record, Records
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.validation.sizes import Guard, Learned, Scale, Sizes, Unsolved, guess
from spillproof.properties.engines.validation.tree import are_halves, gaps, inside, overlaps
from spillproof.properties.engines.validation.trial import TrialChoices, start, take, take_apart, with_sizes
from spillproof.properties.engines.validation.walks import Walks

END = object()

AT_ONCE = 8
"""Pieces of work between two looks at the processor time, a look at which takes as long as one of them."""

FEW = 12
"""Edges of an automaton that is so small that all is done with it, whatever the budget."""

LARGE = 4_000
"""Edges of an automaton that is so large that its validation may end with the budget at any place."""


class Validator:
    """Compares an automaton with its model. Use it once; `go_on` until it is done or enough was spent."""

    def __init__(
        self,
        automaton: Automaton,
        limits: Limits = UNLIMITED,
        also: Iterable[Claim] = (),
        *,
        seed: int = 0,
        put_back: Callable[[], None] = lambda: None,
        known: Learned | None = None,
    ) -> None:
        started = time.process_time()
        self.automaton = automaton
        self.limits = limits
        self.once = False
        """Whether everything was compared once."""
        self.records = Records(automaton, put_back)
        self.chance = random.Random(seed)
        self.sizes = Sizes(self.chance, limits, known)
        self.asking = Questions(automaton, self.records, self.sizes, also)
        self.samples = Samples()
        """Of the steps that are taken in other ways as well, in any case."""
        modules = modules_beside(type(automaton.model))
        self.is_plain = are_plain(modules)
        refuse_by_name((*modules, *(each.function.__module__ for each in (*automaton.claims, *self.asking.also))))
        self.has_sets = self.asking.has_sets
        self.walks = Walks(self.records, self.asking, self.chance)
        self.compared: dict[int, set[Scale]] = {edge.index: set() for edge in automaton.edges}
        self.steps = 0
        self.left = self.plan()
        self.done = False
        self.seconds = time.process_time() - started

    def within(self, limits: Limits) -> None:
        """Go on within other limits."""
        self.limits = self.sizes.limits = limits

    def go_on(self, seconds: float | None = None, *, only_once: bool = False) -> bool:
        """Go on for so many seconds of processor time, or until all was compared once. Return whether all is done.

        Of an automaton that is not large, everything is compared once, whatever that takes. Raises `Disagreement` where
        the model on integers is not what the automaton says, and `OutOfTime` at the deadline.
        """
        started = time.process_time()
        try:
            while not (self.done or (only_once and self.once)) and (
                seconds is None or self.is_owed() or time.process_time() - started < min(seconds, self.limits.left())
            ):
                for _ in range(AT_ONCE):
                    self.done = next(self.left, END) is END
                    self.limits.check()
        finally:
            self.seconds += time.process_time() - started
        return self.done

    def ask_about_states(self) -> None:
        """Ask the claims about states alone: of each shape, where an answer may change, and along random runs."""
        for shape in self.automaton.shapes:
            self.limits.check()
            for scale in (Scale.TYPICAL, Scale.BOUNDARY):
                self.asking.shape(shape, scale)
            for _ in self.asking.rest(shape):
                self.limits.check()
        for _ in self.walks.go(len(self.automaton.edges) // 2):
            self.limits.check()

    def is_owed(self) -> bool:
        """Return whether this is still the part that is done in any case, so that nothing said hangs on the load."""
        edges = len(self.automaton.edges)
        return edges <= (FEW if self.once else LARGE)

    def result(self) -> Validated:
        """Return what was compared so far."""
        return Validated(
            sum(map(bool, self.compared.values())),
            len(self.compared),
            sum(map(len, self.compared.values())),
            self.asking.compared,
            self.asking.total,
            self.steps + self.walks.steps,
            self.walks.steps,
            self.seconds,
        )

    def plan(self) -> Iterator[None]:
        """Do everything, a little at a time."""
        yield from self.round(Scale.TYPICAL)
        for instances in self.records.instances.values():
            for instance in instances:
                if not instance.is_refused_outright:
                    yield from self.rest(instance)
        for shape in self.automaton.shapes:
            yield from self.asking.rest(shape)
        self.once = True
        length = len(self.automaton.edges) // 2
        for scale in (Scale.BOUNDARY, Scale.LARGE):
            yield from self.walks.go(length)
            yield from self.round(scale)
        yield from self.walks.go(length)

    def round(self, scale: Scale) -> Iterator[None]:
        """Compare everything with sizes of a scale."""
        for source, instances in self.records.instances.items():
            outright = [each for each in instances if each.is_refused_outright]
            if scale is Scale.TYPICAL:
                yield from self.refused(outright)
            for instance in instances if len(outright) < len(instances) else ():
                if not instance.is_refused_outright:
                    yield from self.instance(instance, scale)
            if source >= 0 and scale is not Scale.LARGE:
                self.asking.shape(self.automaton.shapes[source], scale)
                yield

    def refused(self, instances: Sequence[Instance]) -> Iterator[None]:
        """Take the steps that a shape refuses outright, all in one state; each in its own, if one changes it."""
        if not instances:
            return
        source = instances[0].source
        values = guess(Scale.TYPICAL, instances[0].width, self.chance)
        objects, _ = self.asking.state_of(source, values)
        self.records.put_back()
        for instance in instances:
            if not self.is_refused(instance, objects):
                break
            yield
        else:
            if self.records.pattern(source).is_still(objects, values):
                return
        self.asking.states.clear()
        for instance in instances:
            yield from self.instance(instance, Scale.TYPICAL)

    def is_refused(self, instance: Instance, objects: Sequence[Any]) -> bool:
        """Return whether a step is refused in the state with these objects."""
        self.steps += 1
        given = instance.arguments
        if instance.given:
            values = guess(Scale.TYPICAL, instance.width + instance.given, self.chance)
            given = with_sizes(instance.action.parameters, given, values[instance.width :])
        choices = TrialChoices((), self.chance, instance.action.name, any_preference=self.automaton.any_preference)
        return take(objects, instance.action, given, choices).outcome.refused

    def instance(self, instance: Instance, scale: Scale) -> Iterator[None]:
        """Compare every edge of an instance; the first time, every refusal, or that there is neither."""
        for record in instance.edges:
            if self.record(instance, record, scale):
                self.compared[record.edge.index].add(scale)
            yield
        if scale is Scale.TYPICAL:
            for record in instance.refusals:
                self.record(instance, record, scale)
                yield
            if not instance.edges and not instance.refusals:
                self.take(instance, guess(scale, instance.width + instance.given, self.chance), ())
                yield

    def way(self, instance: Instance, record: Record, way: FalseWay) -> None:
        """Look at a way in which a step makes a claim false."""
        edge = record.edge
        own = way.guard.quotients
        guard = Guard((*edge.guard, *way.also), (*edge.quotients, *own))
        values = self.sizes.solve(guard, edge.symbols + len(own), Scale.TYPICAL, doubtful=True)
        if isinstance(values, Unsolved):
            way.seen = values is Unsolved.NONE
        else:
            values = values[: edge.symbols]
            self.take(instance, values, record.picks, record, asked=True, only=way.claim)

    def rest(self, instance: Instance) -> Iterator[None]:
        """Look at the ways that were not seen yet, and at what may be missing."""
        for record in instance.edges:
            for way in self.asking.unseen(record):
                if not way.seen:
                    self.way(instance, record, way)
                    yield
        yield from self.borders(instance)

    def borders(self, instance: Instance) -> Iterator[None]:
        """Look where something may be missing between what is recorded, or be recorded twice."""
        yield from self.between(instance)
        for record in instance.edges:
            for also in self.asking.borders(record.edge):
                self.probe(instance, (*record.guard.conditions, *also), record)
                yield

    def between(self, instance: Instance) -> Iterator[None]:
        """Look between the edges and the refusals of an instance."""
        records = [*instance.edges, *instance.refusals]
        leaves = [each.guard.conditions for each in records]
        if are_halves(leaves):
            return
        for place, also in gaps(leaves, (each.guard.quotients for each in records)):
            self.probe(instance, also, records[place])
            yield
        for one, other in overlaps(leaves):
            shorter = min(len(records[one].picks), len(records[other].picks))
            if records[one].picks[:shorter] == records[other].picks[:shorter]:
                both = (*leaves[one], *leaves[other])
                if self.probe(instance, both, records[one]):  # at their border two edges may do the same
                    self.probe(instance, inside(both), records[one])
                yield

    def probe(self, instance: Instance, conditions: Conjunction, record: Record) -> bool:
        """Take a step with sizes that meet conditions, with the choices of a record. Return whether there are any."""
        guard = Guard(conditions, record.guard.quotients)
        symbols = instance.width + instance.given + len(guard.quotients)
        values = self.sizes.solve(guard, symbols, Scale.TYPICAL)
        if isinstance(values, Unsolved):
            return False
        self.take(instance, values, record.picks, asked=True)
        return True

    def record(self, instance: Instance, record: Record, scale: Scale) -> bool:
        """Take a step with sizes for which the automaton says that it is so. Return whether that is settled."""
        if record.impossible:
            return True
        values = self.drawn(instance, record, scale)
        if isinstance(values, Unsolved):
            record.impossible = values is Unsolved.NONE
            for way in self.asking.unseen(record) if record.impossible else ():
                way.seen = True
            return record.impossible
        large = scale is Scale.LARGE
        agreed = self.take(instance, values, record.picks, record, turned=large, asked=not large)
        if self.samples.has_next(record.kind):
            self.sample(instance, record, values)
        return agreed is not None

    def sample(self, instance: Instance, record: Record, values: Sequence[int]) -> None:
        """Take a step on unknown sizes as well, unless the model is written plainly, and with its bags turned."""
        if not self.is_plain:
            refuse_other_code(self.records, instance, values, record.picks)
        if self.has_sets or (instance.source >= 0 and self.records.pattern(instance.source).has_bags):
            self.take(instance, values, record.picks, record, turned=True)

    def drawn(self, instance: Instance, record: Record, scale: Scale) -> Sequence[int] | Unsolved:
        """Return sizes that meet a guard: the first time with which the step makes claims false, if there are any."""
        symbols = instance.width + instance.given + len(record.guard.quotients)
        if scale is Scale.TYPICAL:
            ways = [each for each in self.asking.unseen(record) if each.also and not each.guard.quotients]
            for place, way in enumerate(ways, 1):
                guard = record.guard.with_also(way.guard)
                values = self.sizes.solve(guard, symbols, scale, doubtful=True)
                if not isinstance(values, Unsolved):
                    return self.sizes.widen(guard, values, [each.guard for each in ways[place:]])
                way.seen = values is Unsolved.NONE
        return self.sizes.solve(record.guard, symbols, scale)

    def take(
        self,
        instance: Instance,
        values: Sequence[int],
        picks: tuple[int, ...],
        record: Record | None = None,
        *,
        turned: bool = False,
        asked: bool = False,
        only: str = "",
    ) -> Agreed | None:
        """Take a step from a state with these sizes, and compare. Return None where it could not be compared.

        With `turned`, every bag is in the opposite order, if the environment chooses nothing; with `asked`, claims are
        asked about the step, or `only` one.
        """
        self.steps += 1
        width = instance.width
        given = with_sizes(instance.action.parameters, instance.arguments, values[width : width + instance.given])
        choices = TrialChoices(picks, self.chance, instance.action.name, any_preference=self.automaton.any_preference)
        turned = turned and not picks
        self.records.put_back()
        with set_order.turned() if turned else nullcontext():
            if instance.source < 0:
                trial = start(self.automaton.model, given, choices)
            else:
                objects = self.records.pattern(instance.source).build(values)
                for bag in bags_of(objects) if turned else ():
                    bag.members.reverse()
                trial = take(objects, instance.action, given, choices)
                trial = replace(trial, turned=True) if turned else trial
        answer = self.records.judge(instance, values, trial)
        if isinstance(answer, Agreed) and record is not None and _strays(record, answer, trial.picks):
            answer = Mismatch(instance, values, trial, record)
        if isinstance(answer, Mismatch):
            if answer.certain:
                disagree(self.records, answer, turned=turned)
            return None
        if asked and answer.record is not None and trial.outcome.taken:
            self.asking.step(answer.record, values, answer.objects, only)
        take_apart(trial.before)
        return answer


def _strays(record: Record, agreed: Agreed, picks: tuple[int, ...]) -> bool:
    """Return whether a step that was to be what a record says is something else, which the automaton has as well."""
    return picks != record.picks or (agreed.record is None) is not isinstance(record.says, Refusal)
