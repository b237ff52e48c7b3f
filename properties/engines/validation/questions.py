"""What claims say of states and steps on plain integers, and what the automaton says that they say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from spillproof.model.identity import Identity
from spillproof.model.set_order import has_sets, turned
from spillproof.model.slips import written
from spillproof.properties import registry
from spillproof.properties.catalogue import BUILT_IN, NEVER_NEGATIVE
from spillproof.properties.claims import Claim, ClaimChangedError, ClaimError, ClaimRaisedError, Mode
from spillproof.properties.engines.automaton.answers import Later, Once
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, Refusal, Shape, quotients_of
from spillproof.properties.engines.validation.disagreement import (
    about_claim,
    claim_of_other_code,
    disagree_about_counters,
)
from spillproof.properties.engines.validation.executions import Samples
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.pattern import Pattern
from spillproof.properties.engines.validation.plain_code import are_plain
from spillproof.properties.engines.validation.records import Record, Records
from spillproof.properties.engines.validation.sizes import Guard, Scale, Sizes, Unsolved, guess, value_of
from spillproof.properties.engines.validation.tree import are_halves, gaps, overlaps
from spillproof.properties.engines.validation.trial import take_apart

TWICE = 10
"""How often each claim is asked twice."""

ORDERED = "depends on the order of a set, which has none; go through it by `sorted`"


class FalseWay:
    """One way in which a claim is false (for a `sometimes` claim: true)."""

    __slots__ = ("also", "claim", "guard", "seen")

    def __init__(self, claim: str, also: Conjunction) -> None:
        self.claim = claim
        self.also = also
        self.guard = Guard(also, quotients_of(also))
        self.seen = False
        """Whether it was seen on integers, or is impossible."""


class Questions:
    """Asks claims on integers, and compares their answers with the ways that the automaton has.

    Claims in `also` are asked a few times without, to see that they only look.
    """

    def __init__(self, automaton: Automaton, records: Records, sizes: Sizes, also: Iterable[Claim] = ()) -> None:
        self.automaton = automaton
        self.records = records
        self.sizes = sizes
        self.claims = [each for each in automaton.claims if each not in BUILT_IN]
        self.also = list(also)
        self.refused = dict(automaton.refused)
        """The claims that cannot be asked, and why."""
        self.of_shape = [_ways(shape.broken) for shape in automaton.shapes]
        self.of_edge = [
            _ways(edge.broken) + [FalseWay(NEVER_NEGATIVE.name, also) for also in edge.negative]
            for edge in automaton.edges
        ]
        self.asked: dict[str, int] = {}
        self.samples = Samples()
        """Of the claims that are asked about unknown sizes as well."""
        modules = {cls.__module__ for cls in written(type(automaton.model))}
        self.has_sets = any(map(has_sets, modules))
        self.plain = {each for each in (*self.claims, *self.also) if are_plain({each.function.__module__, *modules})}
        """Claims that do not look behind a size, and ask nothing of a model that might."""
        self.only_look = {each for each in self.plain if registry.is_own(each.function)}
        """Claims of which what they ask of a state may be kept for the next one."""
        every = (*self.claims, *self.also)
        self.ordered = {each for each in every if self.has_sets or has_sets(each.function.__module__)}
        """Claims that may go through a set, or ask a model that does."""
        self.to_ask = {steps: [each for each in every if each.over_steps is steps] for steps in (False, True)}
        """Of those about states and those about steps: which are asked, those in `also` but a few times."""
        self.states: dict[tuple[int, ...], tuple[list[Any], Once]] = {}
        """The objects of states that nothing has changed, and what is known of each, by their sizes."""
        self.source = -1
        """The shape of those states."""

    @property
    def total(self) -> int:
        return sum(map(len, (*self.of_shape, *self.of_edge)))

    @property
    def compared(self) -> int:
        return sum(way.seen for ways in (*self.of_shape, *self.of_edge) for way in ways)

    def unseen(self, record: Record) -> list[FalseWay]:
        """Return the ways of an edge that were not seen yet; a refusal has none."""
        if isinstance(record.says, Refusal):
            return []
        return [way for way in self.of_edge[record.says.index] if not way.seen]

    def about(self, *, steps: bool) -> list[Claim]:
        """Return the claims about states, or about steps, that are to be asked now."""
        return [each for each in self.to_ask[steps] if each not in self.refused]

    def borders(self, edge: Edge) -> Iterator[Conjunction]:
        """Yield where a way of an edge may be missing, or be there twice."""
        return _borders(edge.broken, edge.kept)

    # States

    def shape(self, shape: Shape, scale: Scale) -> None:
        """Ask about a state of a shape."""
        self.state(shape, guess(scale, len(shape.slots), self.sizes.chance))

    def way(self, shape: Shape, way: FalseWay, others: Iterable[FalseWay] = ()) -> None:
        """Look at a way in which a claim is false in a shape, and at as many others at once as is easy."""
        width = len(shape.slots)
        values = self.sizes.solve(way.guard, width + len(way.guard.quotients), Scale.TYPICAL)
        if isinstance(values, Unsolved):
            way.seen = values is Unsolved.NONE
            return
        others = [each for each in others if not (way.guard.quotients or each.guard.quotients)]
        values = self.sizes.widen(way.guard, values, [each.guard for each in others])
        met = {each.claim for each in others if each.guard.meets(values)}
        self.state(shape, values[:width], only={way.claim, *met})

    def rest(self, shape: Shape) -> Iterator[None]:
        """Look at the ways that were not seen yet, and where one may be missing."""
        ways = self.of_shape[shape.index]
        for place, way in enumerate(ways):
            if not way.seen:
                self.way(shape, way, [each for each in ways[place + 1 :] if not each.seen])
                yield
        for also in _borders(shape.broken, shape.kept):
            values = self.sizes.solve(Guard(also), len(shape.slots), Scale.TYPICAL)
            if not isinstance(values, Unsolved):
                self.state(shape, values)
                yield

    def state(
        self, shape: Shape, values: Sequence[int], objects: list[Any] | None = None, *, only: Collection[str] = ()
    ) -> None:
        """Ask every claim, or `only` some, about a state of these sizes, or that of a run, with these objects."""
        claims = [each for each in self.about(steps=False) if not only or each.name in only]
        if not claims:
            return
        pattern = self.records.pattern(shape.index)
        objects, once = (objects, Once(objects[0])) if objects else self.state_of(shape.index, values)
        for claim in claims:
            asked = once if claim in self.only_look else objects[0]
            self.ask(claim, self.of_shape[shape.index], values, shape.index, partial(claim, asked))
        is_changed = not only and not pattern.is_still(objects, values)
        if is_changed or not self.only_look.issuperset(claims):
            self.states.clear()
        if is_changed:
            self.refuse_guilty(claims, pattern, values)

    def refuse_guilty(self, claims: list[Claim], pattern: Pattern, values: Sequence[int]) -> None:
        """Refuse the claims that change a state."""
        for claim in claims:
            state = pattern.build(values)[0]
            with suppress(ClaimError):
                claim(state)
            if isinstance(pattern.find(state, values), Difference):
                self.refused[claim] = ClaimChangedError(claim)

    # Steps

    def step(self, record: Record, values: Sequence[int], objects: list[Any], only: str = "") -> None:
        """Ask every claim about a step that was taken as this edge, to the state with these objects; or `only` one."""
        edge = record.edge
        known = record.guard.complete(values)
        ways = self.of_edge[edge.index]
        if edge.negative:
            said = [way for way in ways if way.claim == NEVER_NEGATIVE.name and way.guard.meets(known)]
            seen = any(value_of(each, known) < 0 for each in edge.update)
            if seen is not bool(said):
                disagree_about_counters(edge, seen=seen)
            for way in said:
                way.seen = True
        claims = [each for each in self.about(steps=True) if only in ("", each.name)] if edge.source >= 0 else []
        if not claims:
            return
        identity = Identity()

        def before() -> tuple[list[Any], Once]:
            found = self.state_of(edge.source, values)
            was = found[0]
            identity.add((each, was[place]) for each, place in zip(objects, edge.origins, strict=True) if place >= 0)
            return found

        if self.only_look.issuperset(claims):
            states = (Later(lambda: before()[1]), Once(objects[0]))
        else:  # one of somebody's own may change it
            states = (before()[0][0], objects[0])
            self.states.clear()
        for claim in claims:
            self.ask(claim, ways, known, edge, partial(claim, *states, identity=identity))

    def state_of(self, shape: int, values: Sequence[int]) -> tuple[list[Any], Once]:
        """Return the objects of a state of a shape, and what is known of it.

        Whoever may have changed them clears `states`.
        """
        if shape != self.source:
            for objects, _ in self.states.values():
                take_apart(objects)
            self.source, self.states = shape, {}
        which = (*values[: len(self.automaton.shapes[shape].slots)],)
        if which not in self.states:
            objects = self.records.pattern(shape).build(values)
            self.states[which] = (objects, Once(objects[0]))
        return self.states[which]

    # Both

    def ask(
        self, claim: Claim, ways: list[FalseWay], values: Sequence[int], source: Edge | int, answer: Callable[[], bool]
    ) -> None:
        """Ask a claim about a state of a shape, or about a step that is an edge, with these values of all unknowns."""
        times = self.asked.get(claim.name, 0)
        self.asked[claim.name] = times + 1
        if times + 1 == TWICE and claim not in self.claims:
            self.to_ask[claim.over_steps].remove(claim)
        wanted = claim.mode is Mode.SOMETIMES
        try:
            seen = _answer(answer, wanted=wanted)
            if times < TWICE and _answer(answer, wanted=wanted) is not seen:
                raise ClaimChangedError(claim)
            turns = claim in self.ordered and _turned(answer, wanted=wanted) is not seen
        except ClaimError as error:
            self.refused[claim] = error
            return
        if turns:
            self.refused[claim] = ClaimError(claim, f"{claim.called} {ORDERED}")
            return
        if claim not in self.claims:
            return
        said = [way for way in ways if way.claim == claim.name and way.guard.meets(values)]
        if (seen is wanted) is not bool(said):
            if _answer(answer, wanted=wanted) is not seen:
                self.refused[claim] = ClaimChangedError(claim)
            else:
                self.refused[claim] = about_claim(self.records, claim, source, values, answer, seen=seen)
        elif self.is_sample(claim, said):
            other = claim_of_other_code(self.records, claim, source, values)
            self.refused |= {claim: other} if other else {}
        for way in said:
            way.seen = True

    def is_sample(self, claim: Claim, said: list[FalseWay]) -> bool:
        """Return whether a claim is to be asked about unknown sizes as well: not one that is written plainly."""
        return claim not in self.plain and self.samples.has_next((claim, *(len(each.also) for each in said[:1])))


def _answer(answer: Callable[[], bool], *, wanted: bool) -> bool:
    """Return what a claim answers; raising is a way to be false, and for a `sometimes` claim to be true."""
    try:
        return answer()
    except ClaimRaisedError:
        return wanted


def _turned(answer: Callable[[], bool], *, wanted: bool) -> bool:
    """Return what a claim answers where sets are gone through in the opposite order."""
    with turned():
        return _answer(answer, wanted=wanted)


def _ways(broken: dict[str, list[Conjunction]]) -> list[FalseWay]:
    return [FalseWay(claim, also) for claim, ways in broken.items() for also in ways]


def _borders(broken: dict[str, list[Conjunction]], kept: dict[str, list[Conjunction]]) -> Iterator[Conjunction]:
    """Yield where the ways of a claim leave a gap, or overlap."""
    for claim, trues in kept.items():
        leaves = [*broken.get(claim, ()), *trues]
        if len(leaves) == 1 and not leaves[0]:
            continue
        if are_halves(leaves) or any(map(quotients_of, leaves)):
            continue  # where a quotient ends is no border of the claim
        yield from (also for _, also in gaps(leaves))
        yield from ((*leaves[one], *leaves[other]) for one, other in overlaps(leaves))
