"""Backward from where a claim is true: for each shape the sizes from which a run leads there, and its first step.

Regions are put together from pieces, the nearest first, until none is new. Where a shape needs ever more of them, as a
counter does that goes down by one, a *loop* takes their place: as long as the state is in none of the earlier pieces,
some step can be taken after which a sum of sizes is less, and the state still in the loop.

Every piece is only believed because a solver confirms it: see `script`.
"""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

import z3

from spillproof.model.quantity import Condition, Is, Linear, comparison, is_natural
from spillproof.model.state import Size
from spillproof.properties.claims import Claim
from spillproof.properties.engines.alarm import as_it_rang, heard
from spillproof.properties.engines.automaton.linear import holds, substitute
from spillproof.properties.engines.automaton.path import follows
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge, Quotients
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.proof.inductive import is_left
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Answer, ask, formula, natural, new_solver, suppose
from spillproof.properties.engines.recovery.region import Choice, Route, choices, route, undivided

MANY_PIECES = 4
"""So many pieces of one shape, and a loop is looked for in their place."""

MOST_PIECES = 40
"""A shape with so many pieces gets no more: what is missing then is not known to lead back."""

LONGEST_LOOP = 3
"""So many steps at most bring a loop to its shape again."""

MOST_QUESTIONS = 4_000
"""Questions to a solver about the sizes that no piece of a shape has."""

MOST_ROUTES = 300
"""Routes from a shape to itself that are tried for a loop."""


@dataclass(frozen=True)
class StepBack:
    """From these sizes the edges can be taken, with these arguments; they end in the piece that is named."""

    shape: int
    conditions: Conjunction
    edges: tuple[Edge, ...]
    inputs: tuple[Size, ...]
    """A value for each unknown that the edges bring in, over the sizes of the shape and over quotients."""
    quotients: Quotients = ()
    """Unknowns that are a dividend // a divisor, over the sizes of the shape and over quotients that come earlier."""


@dataclass(frozen=True)
class Piece:
    """Sizes of a shape from which a run leads to where the claim is true."""

    shape: int
    conditions: Conjunction
    """Over the sizes of the shape; what is known of every reachable state goes without saying."""
    way: Conjunction = ()
    """Where the claim is true: as that was found, perhaps with quotients of its own."""
    step: StepBack | None = None
    """The first step; None where the claim is true, and for a loop."""
    next: int = -1
    """The piece that the step leads into: an earlier one."""
    loop: tuple[StepBack, ...] = ()
    """Steps one of which can be taken wherever no earlier piece is; each leads into this piece again."""
    measure: Linear | None = None
    """What each step of the loop makes less, and is never below 0 where no earlier piece is."""


@dataclass
class WaysBack:
    """The pieces for one claim, in an order in which each rests on earlier ones."""

    automaton: Automaton
    claim: Claim
    invariant: Invariant
    pieces: list[Piece] = field(default_factory=list)
    of_shape: dict[int, list[int]] = field(default_factory=dict)
    """For a shape the numbers of its pieces, in their order."""
    everywhere: set[int] = field(default_factory=set)
    """Shapes from which a run leads back whatever the sizes."""
    elsewhere: bool = False
    """Whether the claim is true of sizes that are in no piece, as what it divides is no condition on them alone."""

    def regions(self, shape: int) -> list[Conjunction]:
        """Return the conditions of each piece of a shape."""
        return [self.pieces[number].conditions for number in self.of_shape.get(shape, ())]

    def has(self, shape: int, sizes: Sequence[int]) -> bool:
        """Return whether a state is in one of the pieces, so that a run leads back from it."""
        return any(all(holds(each, sizes) for each in region) for region in self.regions(shape))

    def missing(self, shape: int, most: int, limits: Limits) -> list[Conjunction]:
        """Return, piece by piece, the sizes of a shape that no piece has. Raises `TooMany` beyond so many."""
        if shape in self.everywhere:
            return []
        regions = [_tight(each) for each in self.regions(shape)]
        widest = sorted(regions, key=len)  # it often has what many others have, and leaves few cases
        with _Question(self, shape, limits, MOST_QUESTIONS) as question:
            found = list(itertools.islice(_outside(widest, question), most + 1))
        if len(found) > most:
            raise TooMany
        return found


class TooMany(Exception):
    """There are more cases than are looked at, or than are asked about."""


def ways_back(automaton: Automaton, claim: Claim, invariant: Invariant, limits: Limits = UNLIMITED) -> WaysBack:
    """Return from where a run leads to a state in which a claim is true, for all sizes.

    The automaton must honour preferences, and be extracted for the claim. Of the sizes that an invariant excludes
    nothing is said. At the deadline, what was found so far.
    """
    found = WaysBack(automaton, claim, invariant)
    try:
        with as_it_rang():
            _Backward(found, limits).run()
    except OutOfTime:
        heard()
    return found


class _Backward:
    def __init__(self, found: WaysBack, limits: Limits) -> None:
        self.found = found
        self.limits = limits
        self.questions: dict[int, _Question] = {}
        self.routes: dict[tuple[int, ...], Route | None] = {}
        self.waiting: deque[int] = deque()
        self.without_loop: set[tuple[int, int]] = set()

    @cached_property
    def arriving(self) -> dict[int, list[Edge]]:
        found: dict[int, list[Edge]] = {}
        for edge in self.found.automaton.edges:
            if edge.source >= 0 and edge.target >= 0:
                found.setdefault(edge.target, []).append(edge)
        return found

    def run(self) -> None:
        for shape in self.found.automaton.shapes:
            for way in shape.kept.get(self.found.claim.name, ()):
                conditions = undivided(way)
                if conditions is None:
                    self.found.elsewhere = True
                else:
                    self.add(Piece(shape.index, conditions, way))
        while self.waiting:
            number = self.waiting.popleft()
            for edge in self.arriving.get(self.found.pieces[number].shape, ()):
                self.limits.check()
                self.before(edge, number)

    def before(self, edge: Edge, number: int) -> None:
        """Add the pieces from which an edge leads into a piece."""
        if edge.source in self.found.everywhere or self.found.invariant.unreachable & {edge.source, edge.target}:
            return
        known = self.found.of_shape.get(edge.source, [])
        if len(known) >= MOST_PIECES:
            return
        for choice in self.chosen((edge,), self.found.pieces[number].conditions):
            step = StepBack(edge.source, choice.conditions, (edge,), choice.inputs, choice.quotients)
            self.add(Piece(edge.source, choice.conditions, step=step, next=number))
        known = self.found.of_shape.get(edge.source, [])
        if len(known) > MANY_PIECES and edge.source not in self.found.everywhere:
            self.loop(edge.source)

    def chosen(self, edges: tuple[Edge, ...], region: Conjunction, less: Linear | None = None) -> Iterator[Choice]:
        """Yield the ways to choose on edges that lead into a region, where a measure is less than before."""
        key = tuple(edge.index for edge in edges)
        if key not in self.routes:
            self.routes[key] = route(edges)
        taken = self.routes[key]
        if taken is None:
            return
        also = region
        conditions = taken.to(also)
        if conditions is not None and less is not None:
            falls = comparison(less - substitute(less, dict(enumerate(taken.sizes))) - 1, Is.AT_LEAST_ZERO)
            conditions = None if falls is False else conditions if falls is True else (*conditions, falls)
        if conditions is not None:
            yield from choices(taken, conditions, self.found.invariant.residues[edges[0].source])

    def question(self, shape: int) -> _Question:
        if shape not in self.questions:
            self.questions[shape] = _Question(self.found, shape, self.limits)
        return self.questions[shape]

    def add(self, piece: Piece) -> bool:
        """Add a piece if some of its sizes are new. Return whether it was."""
        question = self.question(piece.shape)
        if piece.shape in self.found.everywhere or question.ask(piece.conditions) is Answer.NO:
            return False
        self.found.pieces.append(piece)
        self.found.of_shape.setdefault(piece.shape, []).append(len(self.found.pieces) - 1)
        self.waiting.append(len(self.found.pieces) - 1)
        question.exclude(piece.conditions)
        if question.ask(()) is Answer.NO:
            self.found.everywhere.add(piece.shape)
        return True

    # Loops

    def loop(self, shape: int) -> None:
        """Look for a loop in the place of ever more pieces, once for each number of them that is twice as many."""
        known = len(self.found.of_shape[shape])
        if (shape, known.bit_length()) in self.without_loop:
            return
        self.without_loop.add((shape, known.bit_length()))
        routes = [*self.returns(shape)]
        regions = self.found.regions(shape)
        for measure in _measures(len(self.found.automaton.shapes[shape].slots), regions):
            for conditions in _wider(regions):
                self.limits.check()
                if self.found_loop(shape, routes, measure, conditions):
                    return

    def found_loop(self, shape: int, routes: list[tuple[Edge, ...]], measure: Linear, conditions: Conjunction) -> bool:
        """Add a loop if its steps can be taken wherever its conditions hold. Return whether it was added."""
        question = self.question(shape)
        steps: list[StepBack] = []
        with question.a_while():
            if question.ask(conditions) is Answer.NO or not question.has_floor(measure, conditions):
                return False
            for edges in routes:
                for choice in self.chosen(edges, conditions, measure):
                    if question.ask((*conditions, *choice.conditions)) is Answer.NO:
                        continue
                    steps.append(StepBack(shape, choice.conditions, edges, choice.inputs, choice.quotients))
                    question.exclude(choice.conditions)
                    if question.ask(conditions) is Answer.NO:
                        break
                else:
                    continue
                break
            else:
                return False
        return self.add(Piece(shape, conditions, loop=tuple(steps), measure=measure))

    def returns(self, shape: int) -> Iterator[tuple[Edge, ...]]:
        """Yield the routes from a shape to itself, short ones first."""
        leaving = self.found.automaton.leaving
        waiting: deque[tuple[Edge, ...]] = deque((edge,) for edge in leaving[shape] if edge.target >= 0)
        for _ in range(MOST_ROUTES):
            if not waiting:
                return
            edges = waiting.popleft()
            if edges[-1].target == shape:
                yield edges
            elif len(edges) < LONGEST_LOOP:
                waiting.extend((*edges, onward) for onward in leaving[edges[-1].target] if onward.target >= 0)


class _Question:
    """What a shape's sizes may be, in one solver: all that the invariant allows, without the pieces that are known."""

    def __init__(self, found: WaysBack, shape: int, limits: Limits, most: int = sys.maxsize) -> None:
        self.limits = limits
        self.left = most
        self.solver = new_solver()
        suppose(self.solver, map(natural, range(len(found.automaton.shapes[shape].slots))))
        suppose(self.solver, map(formula, found.invariant.conditions(shape)))
        suppose(self.solver, (is_left(*each) for each in found.invariant.residues[shape].items()))
        if shape in found.invariant.unreachable:
            self.solver.add(z3.BoolVal(False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        del self.solver

    def ask(self, conditions: Conjunction) -> Answer:
        """Return whether there are such sizes. Raises `TooMany` where no question is left."""
        self.left -= 1
        if self.left < 0:
            raise TooMany
        self.solver.push()
        try:
            suppose(self.solver, map(formula, conditions))
            return ask(self.solver, self.limits)
        finally:
            self.solver.pop()

    def has_floor(self, measure: Linear, conditions: Conjunction) -> bool:
        """Return whether a measure is a natural number wherever there are such sizes."""
        below = comparison(-measure - 1, Is.AT_LEAST_ZERO)
        return below is False or (isinstance(below, Condition) and self.ask((*conditions, below)) is Answer.NO)

    def exclude(self, conditions: Conjunction) -> None:
        self.solver.add(z3.Not(z3.And(z3.BoolVal(True), *map(formula, conditions))))

    @contextmanager
    def a_while(self) -> Iterator[None]:
        """Forget at the end of the block what is excluded within."""
        self.solver.push()
        try:
            yield
        finally:
            self.solver.pop()


def _measures(sizes: int, regions: list[Conjunction]) -> Iterator[Linear]:
    """Yield what a loop may make less: each size by itself, all together, and differences that late pieces speak of."""
    yield from (Linear({place: 1}) for place in range(sizes))
    if sizes > 1:
        yield Linear(dict.fromkeys(range(sizes), 1))
    spoken = (each.left for region in reversed(regions[-MANY_PIECES:]) for each in region if not is_natural(each.left))
    both = (way for left in spoken for way in (left, -left))
    found = (each for left in both for each in (Linear(left.terms), left))
    yield from {(frozenset(each.terms.items()), each.constant): each for each in found}.values()


def _tight(region: Conjunction) -> Conjunction:
    """Return a region without conditions that another one of it says already."""
    kept: list[Condition] = []
    for each in reversed(region):
        if not any(follows(other, each) for other in (*kept, *region[: region.index(each)])):
            kept.append(each)
    return tuple(reversed(kept))


def _wider(regions: list[Conjunction]) -> list[Conjunction]:
    """Return conditions under which a loop may go on: none, or those of a late piece but for one that is relaxed."""
    found: dict[tuple[object, ...], Conjunction] = {(): ()}
    for region in reversed(regions[-MANY_PIECES:]):
        for place, condition in enumerate(region):
            rest = (*region[:place], *region[place + 1 :])
            for wider in (rest, *((*rest, each) for each in _relaxed(condition))):
                found.setdefault(tuple(each.key() for each in wider), wider)
    return [*found.values()]


def _relaxed(condition: Condition) -> Iterator[Condition]:
    """Yield what an equation says without being one: at least, and at most."""
    if condition.holds is Is.ZERO:
        for left in (condition.left, -condition.left):
            made = comparison(left, Is.AT_LEAST_ZERO)
            if isinstance(made, Condition):
                yield made


def _outside(regions: list[Conjunction], question: _Question, chosen: Conjunction = ()) -> Iterator[Conjunction]:
    """Yield conditions that together are met by just the sizes that are in none of some regions."""
    if question.ask(chosen) is Answer.NO:
        return
    if not regions:
        yield chosen
        return
    first, *rest = regions
    if chosen and question.ask((*chosen, *first)) is Answer.NO:
        yield from _outside(rest, question, chosen)
        return
    for condition in first:
        yield from _outside(rest, question, (*chosen, ~condition))
