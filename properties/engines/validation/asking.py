"""What claims say of states and steps on plain integers, and what the automaton says that they say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from spillproof.model.errors import ModelError, line_of
from spillproof.properties.catalogue import BUILT_IN, NEVER_NEGATIVE
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, Shape
from spillproof.properties.engines.validation.disagreement import disagree_about_claim, refuse_claim
from spillproof.properties.engines.validation.pattern import Difference
from spillproof.properties.engines.validation.records import Record, Records
from spillproof.properties.engines.validation.sizes import Guard, Scale, Sizes, Unsolved, guess, value_of

TWICE = 10
"""How often each claim is asked twice."""


class Way:
    """One way in which a claim is false (for a `sometimes` claim: true)."""

    __slots__ = ("also", "claim", "guard", "seen")

    def __init__(self, claim: str, also: Conjunction) -> None:
        self.claim = claim
        self.also = also
        self.guard = Guard(also)
        self.seen = False
        """Whether it was seen on integers, or is impossible."""


class Asking:
    """Asks claims on integers, and compares their answers with the ways that the automaton has."""

    def __init__(self, automaton: Automaton, records: Records, sizes: Sizes) -> None:
        self.automaton = automaton
        self.records = records
        self.sizes = sizes
        self.state_claims = [each for each in automaton.claims if not each.over_steps and each not in BUILT_IN]
        self.step_claims = [each for each in automaton.claims if each.over_steps]
        self.of_shape = [_ways(shape.broken) for shape in automaton.shapes]
        self.of_edge = [
            _ways(edge.broken) + [Way(NEVER_NEGATIVE.name, also) for also in edge.negative]
            for edge in automaton.edges
        ]
        self.asked: dict[str, int] = {}

    @property
    def total(self) -> int:
        return sum(map(len, (*self.of_shape, *self.of_edge)))

    @property
    def compared(self) -> int:
        return sum(way.seen for ways in (*self.of_shape, *self.of_edge) for way in ways)

    def unseen(self, edge: Edge) -> list[Way]:
        """Return the ways of an edge that were not seen yet."""
        return [way for way in self.of_edge[edge.index] if not way.seen]

    # States

    def shape(self, shape: Shape, scale: Scale) -> None:
        """Ask about a state of a shape; after the first time, one in which a claim is false in a way not seen yet."""
        if not self.state_claims:
            return
        if scale is not Scale.TYPICAL:
            for way in self.of_shape[shape.index]:
                if not way.seen and self.way(shape, way, scale):
                    return
        self.state(shape, guess(scale, len(shape.slots), self.sizes.chance))

    def way(self, shape: Shape, way: Way, scale: Scale) -> bool:
        """Look at a way in which a claim is false in a shape. Return whether it was asked about a state."""
        values = self.sizes.solve(way.guard, len(shape.slots), scale)
        if isinstance(values, Unsolved):
            way.seen = values is Unsolved.NONE
            return False
        self.state(shape, values)
        return True

    def rest(self, shape: Shape) -> Iterator[None]:
        """Look at the ways that were not seen yet."""
        for way in self.of_shape[shape.index]:
            if not way.seen:
                self.way(shape, way, Scale.TYPICAL)
                yield

    def state(self, shape: Shape, values: Sequence[int], objects: list[Any] | None = None) -> None:
        """Ask every claim about a state: one with these sizes, or that of a run, whose objects are given."""
        pattern = self.records.pattern(shape.index)
        objects = objects or pattern.build(values)
        self.ask(self.state_claims, self.of_shape[shape.index], (objects[0],), values, shape.index)
        changed = pattern.find(objects[0], values)
        if isinstance(changed, Difference) and changed.certain:
            refuse_claim(self.guilty(shape, values))

    def guilty(self, shape: Shape, values: Sequence[int]) -> str:
        """Return which claim changes the state."""
        pattern = self.records.pattern(shape.index)
        for claim in self.state_claims:
            state = pattern.build(values)[0]
            claim(state)
            if isinstance(pattern.find(state, values), Difference):
                return claim.name
        return self.state_claims[0].name

    # Steps

    def step(self, record: Record, values: Sequence[int], objects: list[Any]) -> None:
        """Ask every claim about a step that was taken as this edge, to the state with these objects."""
        edge = record.edge
        known = record.guard.complete(values)
        ways = self.of_edge[edge.index]
        if edge.negative:
            said = [way for way in ways if way.claim == NEVER_NEGATIVE.name and way.guard.meets(known)]
            seen = any(value_of(each, known) < 0 for each in edge.update)
            if seen is not bool(said):
                state = (objects[0],)
                disagree_about_claim(self.records, NEVER_NEGATIVE, edge, values, state, seen=not seen)
            for way in said:
                way.seen = True
        if self.step_claims and edge.source >= 0:
            before = self.records.pattern(edge.source).build(values)[0]
            self.ask(self.step_claims, ways, (before, objects[0]), known, edge)

    # Both

    def ask(
        self,
        claims: Iterable[Claim],
        ways: list[Way],
        states: tuple[Any, ...],
        values: Sequence[int],
        source: Edge | int,
    ) -> None:
        """Ask claims about a state of a shape, or about a step that is an edge, with these values of all unknowns."""
        for claim in claims:
            seen = self.answer(claim, states)
            said = [way for way in ways if way.claim == claim.name and way.guard.meets(values)]
            if (seen is (claim.mode is Mode.SOMETIMES)) is not bool(said):
                if self.answer(claim, states) is not seen:
                    refuse_claim(claim.name)
                disagree_about_claim(self.records, claim, source, values, states, seen=seen)
            for way in said:
                way.seen = True

    def answer(self, claim: Claim, states: tuple[Any, ...]) -> bool:
        """Return what a claim says; now and then, ask it twice."""
        times = self.asked.get(claim.name, 0)
        self.asked[claim.name] = times + 1
        try:
            answers = [bool(claim(*states)) for _ in range(2 if times < TWICE else 1)]
        except ModelError:
            raise
        except Exception as error:
            message = (
                f"the claim {claim.name} raises {type(error).__name__}: {error} ({line_of(error)}); "
                "a claim is true or false"
            )
            raise ModelError(message) from error
        if len(set(answers)) > 1:
            refuse_claim(claim.name)
        return answers[0]


def _ways(broken: dict[str, list[Conjunction]]) -> list[Way]:
    return [Way(claim, also) for claim, ways in broken.items() for also in ways]
