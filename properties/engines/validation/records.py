"""What the automaton says of each action with its arguments, and whether a step on plain integers agrees."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from spillproof.model.errors import line_of
from spillproof.model.quantity import CLOSES_SIZE, OPENS_SIZE
from spillproof.model.step import Outcome
from spillproof.model.system import Action, Kind, Parameter, actions_of, open_parameters
from spillproof.properties.engines.automaton.shapes import BEGIN, Automaton, Edge, Refusal
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.pattern import Pattern
from spillproof.properties.engines.validation.sizes import Guard, value_of
from spillproof.properties.engines.validation.trial import Trial


@dataclass(eq=False, slots=True)
class Record:
    """An edge or a refusal, ready to be asked often."""

    says: Edge | Refusal
    guard: Guard
    picks: tuple[int, ...]
    impossible: bool = False
    """Whether it is known that nothing meets the guard."""

    @property
    def kind(self) -> object:
        """Return what is equal for those that probably execute the same: they begin alike, and ask as much."""
        move = self.says.move
        raised = "" if isinstance(self.says, Refusal) else self.says.raised
        return move.action, type(self.says), raised, self.picks, len(self.guard.conditions)

    @property
    def edge(self) -> Edge:
        """Return the edge that it is."""
        assert isinstance(self.says, Edge)
        return self.says


@dataclass(eq=False)
class Instance:
    """An action with its arguments but for sizes, in one shape (-1 for a beginning): every edge, every refusal."""

    source: int
    width: int
    """How many sizes the shape has."""
    action: Action
    arguments: tuple[Any, ...]
    given: int
    """How many sizes the arguments have."""
    edges: list[Record] = field(default_factory=list)
    refusals: list[Record] = field(default_factory=list)

    @property
    def is_refused_outright(self) -> bool:
        """Return whether it is refused in this shape whatever the sizes, and before anything is chosen."""
        if self.edges or len(self.refusals) != 1 or self.source < 0:
            return False
        (refusal,) = self.refusals
        return not (refusal.picks or refusal.guard.conditions or refusal.guard.quotients)


@dataclass(frozen=True)
class Agreed:
    """The edge that a step took (None: it was refused), and the state after it: its objects in the target's order, and
    its sizes.
    """

    record: Record | None
    objects: list[Any] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Mismatch:
    """A step that is not what the automaton says."""

    instance: Instance
    values: Sequence[int]
    trial: Trial
    record: Record | None
    """What the automaton says; None where it has nothing that is possible with these values."""
    difference: Difference | None = None

    @property
    def certain(self) -> bool:
        """Whether it is one for sure."""
        return self.difference is None or self.difference.certain


class Records:
    """An automaton, by instance, with the pattern of each shape."""

    def __init__(self, automaton: Automaton, put_back: Callable[[], None] = lambda: None) -> None:
        self.automaton = automaton
        self.put_back = put_back
        """Takes out of what is outside of the state what was put there since the check began, before a single step."""
        self.patterns: dict[int, Pattern] = {}
        self.actions = (Action(BEGIN, open_parameters(automaton.model)), *actions_of(type(automaton.model)))
        self.instances = {
            source: [] if source in automaton.frontier else [*self.instances_of(source)]
            for source in range(-1, len(automaton.shapes))
        }
        known = {
            (source, each.action.name, each.arguments): each
            for source, instances in self.instances.items()
            for each in instances
        }
        self.of_edge: dict[int, Instance | None] = {}
        """The instance of each edge; None for one whose arguments the shape does not have."""
        for edge in automaton.edges:
            found = self.of_edge[edge.index] = known.get((edge.source, edge.move.action, edge.move.arguments))
            if found is not None:
                found.edges.append(Record(edge, Guard(edge.guard, edge.quotients), edge.move.picks))
        for refusal in automaton.refusals:
            found = known.get((refusal.source, refusal.move.action, refusal.move.arguments))
            if found is not None:
                found.refusals.append(Record(refusal, Guard(refusal.guard, refusal.quotients), refusal.move.picks))

    def pattern(self, shape: int) -> Pattern:
        """Return the pattern of a shape."""
        known = self.patterns.get(shape)
        if known is None:
            known = self.patterns[shape] = Pattern(self.automaton.shapes[shape].objects)
        return known

    def instances_of(self, source: int) -> Iterator[Instance]:
        """Yield every action with every argument that a shape has for it, found without the automaton's help."""
        beginning = source < 0
        objects = [] if beginning else self.automaton.shapes[source].objects
        width = 0 if beginning else len(self.automaton.shapes[source].slots)
        for action in self.actions[:1] if beginning else self.actions[1:]:
            given = sum(each.kind is Kind.SIZE for each in action.parameters)
            for arguments in itertools.product(*(_range(each, objects) for each in action.parameters)):
                yield Instance(source, width, action, arguments, given)

    def judge(self, instance: Instance, values: Sequence[int], trial: Trial) -> Agreed | Mismatch:
        """Return whether a step on integers is what the automaton says of it."""
        picks = trial.picks
        if trial.outcome.refused:
            for record in instance.edges:
                if record.picks[: len(picks)] == picks and record.guard.meets(values):
                    return Mismatch(instance, values, trial, record)
            return Agreed(None)
        for record in instance.refusals:
            if picks[: len(record.picks)] == record.picks and record.guard.meets(values):
                return Mismatch(instance, values, trial, record)
        taken = [record for record in instance.edges if record.picks == picks and record.guard.meets(values)]
        if not taken:
            return self.covered(instance, values, trial)
        answers = [self.compare(instance, record, values, trial) for record in taken]
        return next((each for each in answers if isinstance(each, Mismatch)), answers[0])

    def covered(self, instance: Instance, values: Sequence[int], trial: Trial) -> Agreed | Mismatch:
        """Return whether an edge with other choices is the step: where heuristics are ignored, one may stand for it."""
        answer: Agreed | Mismatch = Mismatch(instance, values, trial, None)
        for record in instance.edges if self.automaton.any_preference else ():
            if record.guard.meets(values):
                answer = self.compare(instance, record, values, trial)
                if isinstance(answer, Agreed):
                    return answer
        return answer

    def compare(self, instance: Instance, record: Record, values: Sequence[int], trial: Trial) -> Agreed | Mismatch:
        """Return whether a step is what an edge says, which these values allow."""
        edge = record.edge
        if edge.raised or not trial.outcome.taken:
            fits = _same_error(edge.raised, trial.outcome)
            return Agreed(record) if fits else Mismatch(instance, values, trial, record)
        known = record.guard.complete(values)
        sizes = [value_of(size, known) for size in edge.update]
        found = self.pattern(edge.target).find(trial.state, sizes, edge.origins, trial.before, turned=trial.turned)
        if isinstance(found, Difference):
            return Mismatch(instance, values, trial, record, found)
        return Agreed(record, found, sizes)


def _range(parameter: Parameter, objects: Sequence[Any]) -> tuple[Any, ...]:
    if parameter.kind is Kind.OBJECT:
        return tuple(place for place, each in enumerate(objects) if isinstance(each, parameter.type))
    return (None,) if parameter.kind is Kind.SIZE else parameter.values


_A_SIZE = re.compile(f"{OPENS_SIZE}.*?{CLOSES_SIZE}")


def _same_error(said: str, outcome: Outcome) -> bool:
    """Return whether an edge and a step raise the same: type, line, and the text where no size is part of it."""
    if outcome.error is None:
        return False
    if not (said.startswith(type(outcome.error).__name__) and said.endswith(f" ({line_of(outcome.error)})")):
        return False
    if OPENS_SIZE in said:
        pattern = ".*?".join(map(re.escape, _A_SIZE.split(said)))
        return re.fullmatch(pattern, outcome.raised, re.DOTALL) is not None
    return said == outcome.raised or any(letter.isdigit() for letter in str(outcome.error))
