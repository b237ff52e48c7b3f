"""What the automaton says of each action with its arguments, and whether a step on plain integers agrees."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from spillproof.model.quantity import CLOSES_SIZE, OPENS_SIZE
from spillproof.model.system import Action, Kind, Parameter, actions_of, open_parameters
from spillproof.properties.engines.automaton.shapes import BEGIN, Automaton, Edge, Refusal
from spillproof.properties.engines.validation.pattern import Difference, Pattern
from spillproof.properties.engines.validation.sizes import complete, meets, value_of
from spillproof.properties.engines.validation.trial import Done, Outcome, Raised, Refused

Picks = tuple[int, ...]


@dataclass
class Instance:
    """An action with its arguments but for sizes, in one shape (-1 for a beginning): every edge, every refusal."""

    source: int
    action: Action
    arguments: tuple[Any, ...]
    edges: list[Edge] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def given(self) -> int:
        """How many sizes the arguments have."""
        return sum(each.kind is Kind.SIZE for each in self.action.parameters)


@dataclass(frozen=True)
class Agreed:
    """The edge that a step took (None: it was refused), and the objects of the state after it in the target's order."""

    edge: Edge | None
    objects: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Mismatch:
    """A step that is not what the automaton says."""

    instance: Instance
    values: Sequence[int]
    outcome: Outcome
    record: Edge | Refusal | None
    """What the automaton says; None where it has nothing that is possible with these values."""
    difference: Difference | None = None

    @property
    def certain(self) -> bool:
        """Whether it is one for sure."""
        return self.difference is None or self.difference.certain


class Records:
    """An automaton, by instance, with the pattern of each shape."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.patterns: dict[int, Pattern] = {}
        self.instances: dict[int, list[Instance]] = {}
        self.by_name = {action.name: action for action in actions_of(type(automaton.model))}
        self.by_name[BEGIN] = Action(BEGIN, open_parameters(automaton.model))
        known: dict[object, Instance] = {}
        for source in range(-1, len(automaton.shapes)):
            self.instances[source] = [*self.of_shape(source)]
            for instance in self.instances[source]:
                known[source, instance.action.name, instance.arguments] = instance
        self.strays: list[Edge] = []
        """Edges of an action with arguments that the shape does not have."""
        for edge in automaton.edges:
            found = known.get((edge.source, edge.move.action, edge.move.arguments))
            (self.strays if found is None else found.edges).append(edge)
        for refusal in automaton.refused:
            found = known.get((refusal.source, refusal.move.action, refusal.move.arguments))
            if found is not None:
                found.refusals.append(refusal)

    def pattern(self, shape: int) -> Pattern:
        """Return the pattern of a shape."""
        known = self.patterns.get(shape)
        if known is None:
            known = self.patterns[shape] = Pattern(self.automaton.shapes[shape].objects)
        return known

    def of_shape(self, source: int) -> Iterator[Instance]:
        """Yield every action with every argument that a shape has for it."""
        if source < 0:
            begin = self.by_name[BEGIN]
            ranges = [each.values or (None,) for each in begin.parameters]
            yield from (Instance(-1, begin, arguments) for arguments in itertools.product(*ranges))
            return
        objects = self.automaton.shapes[source].objects
        for name, action in self.by_name.items():
            if name != BEGIN:
                ranges = [_range(each, objects) for each in action.parameters]
                yield from (Instance(source, action, arguments) for arguments in itertools.product(*ranges))

    def judge(self, instance: Instance, values: Sequence[int], outcome: Outcome) -> Agreed | Mismatch:
        """Return whether a step on integers is what the automaton says of it."""
        picks = outcome.picks
        refusing = next((each for each in instance.refusals if _begins(picks, each) and allows(each, values)), None)
        if isinstance(outcome, Refused):
            for edge in instance.edges:
                if edge.move.picks[: len(picks)] == picks and allows(edge, values):
                    return Mismatch(instance, values, outcome, edge)
            return Agreed(None)
        if refusing is not None:
            return Mismatch(instance, values, outcome, refusing)
        taken = [edge for edge in instance.edges if edge.move.picks == picks and allows(edge, values)]
        if taken:
            answers = [self.compare(instance, edge, values, outcome) for edge in taken]
            return next((each for each in answers if isinstance(each, Mismatch)), answers[0])
        return self.covered(instance, values, outcome)

    def covered(self, instance: Instance, values: Sequence[int], outcome: Done | Raised) -> Agreed | Mismatch:
        """Return whether an edge with other choices is the step: where any option is possible, some edges stand for more."""
        answer: Agreed | Mismatch = Mismatch(instance, values, outcome, None)
        if self.automaton.any_preference:
            for edge in instance.edges:
                if allows(edge, values):
                    answer = self.compare(instance, edge, values, outcome)
                    if isinstance(answer, Agreed):
                        return answer
        return answer

    def compare(
        self, instance: Instance, edge: Edge, values: Sequence[int], outcome: Done | Raised
    ) -> Agreed | Mismatch:
        """Return whether a step is what an edge says, which these values allow."""
        if isinstance(outcome, Raised):
            fits = bool(edge.raised) and _same_error(edge.raised, outcome)
            return Agreed(edge) if fits else Mismatch(instance, values, outcome, edge)
        if edge.raised:
            return Mismatch(instance, values, outcome, edge)
        known = complete([*values], edge.quotients)
        sizes = [value_of(size, known) for size in edge.update]
        found = self.pattern(edge.target).find(outcome.state, sizes)
        if isinstance(found, Difference):
            return Mismatch(instance, values, outcome, edge, found)
        return Agreed(edge, found)


def allows(record: Edge | Refusal, values: Sequence[int]) -> bool:
    """Return whether values meet what an edge or a refusal asks of them."""
    if not record.guard:
        return True
    known = complete([*values], record.quotients) if record.quotients else values
    return all(meets(each, known) for each in record.guard)


def _begins(picks: Picks, refusal: Refusal) -> bool:
    return picks[: len(refusal.move.picks)] == refusal.move.picks


def _range(parameter: Parameter, objects: Sequence[Any]) -> tuple[Any, ...]:
    if parameter.kind is Kind.OBJECT:
        return tuple(place for place, each in enumerate(objects) if isinstance(each, parameter.type))
    return parameter.values if parameter.kind is Kind.VALUE else (None,)


_A_SIZE = re.compile(f"{OPENS_SIZE}.*?{CLOSES_SIZE}")


def _same_error(said: str, seen: Raised) -> bool:
    """Return whether an edge and a step raise the same: type, line, and the text where no size is part of it."""
    if not (said.startswith(seen.kind) and said.endswith(f" ({seen.line})")):
        return False
    if OPENS_SIZE in said:
        pattern = ".*?".join(map(re.escape, _A_SIZE.split(said)))
        return re.fullmatch(pattern, str(seen), re.DOTALL) is not None
    return said == str(seen) or any(letter.isdigit() for letter in seen.text)
