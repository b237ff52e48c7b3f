"""The shortest run that reaches a goal, over all sizes: breadth first over shapes, with Z3 for the chain of guards.

For each number of steps in turn, every chain of edges that could reach a goal in exactly so many steps is followed as
long as its guards can be met together. Which chains could is known beforehand: from each shape, how many edges away the
nearest goal is that the invariant does not rule out. What is found first is therefore shortest, and that nothing
shorter exists is certified by the chains that were tried.

Where Z3 does not know whether a chain can be taken, the search goes on along it; where it does not know whether a goal
is met, that number of steps is not certified, nor any larger one; and what it does not know of a smaller run leaves it
open that there is one.

A run goes on only while no counter is negative: shapes speak of natural numbers.

Among the shortest runs, the one with the fewest live heap objects at its end, then the fewest bytes in all its sizes,
then the first in the order of actions and arguments, then the least sizes in the order of the run: one run, the same
on every machine and for every seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spillproof.model.heap import HeapObject
from spillproof.model.names import counted
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import left_open, substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import (
    EFFORT,
    Answer,
    Feasibility,
    Term,
    ask,
    formula,
    natural,
    new_solver,
    suppose,
    total,
    unknown,
)


@dataclass(frozen=True)
class Found:
    """A chain of edges that reaches a goal, the first a beginning, and a natural number for each of its inputs."""

    edges: tuple[Edge, ...]
    inputs: tuple[int, ...]
    """The values of the unknowns that the edges bring in, edge by edge."""
    objects: int
    bytes: int

    @property
    def steps(self) -> int:
        """Return the number of steps after the beginning."""
        return len(self.edges) - 1


@dataclass(frozen=True)
class Searched:
    """What a bounded search found, and up to how many steps it is certain that there is nothing else."""

    found: Found | None
    depth: int
    """Every run of at most this many steps was ruled out, or is longer than `found`."""
    why: str = ""
    """Why the search ended without an answer, where it did."""
    chains: int = 0
    """How many chains of edges were tried."""
    shortest: bool = False
    """Whether it is certain that no run has fewer steps than what was found."""
    least: bool = False
    """Whether it is certain that no other of the shortest runs has fewer objects, or as many and fewer bytes."""


NOWHERE_NEAR = "no chain of steps leads to a violation"
NOT_ANSWERED = "Z3 did not answer whether some run of {} violates it"
THE_TIME_WAS_UP = "the time was up"
EFFORT_SPENT = "the first look is over"


DEEPEST = 300
"""Steps of a run at most: each takes two calls within one another, and Python allows a thousand in all."""


class _Spent(Exception):
    """As many chains were tried as were asked for."""


def shortest(
    automaton: Automaton,
    goals: list[Goal],
    invariant: Invariant,
    feasible: Feasibility,
    limits: Limits = UNLIMITED,
    *,
    most_chains: int | None = None,
    effort: int = EFFORT,
    first: bool = False,
    ruled_out: int = -1,
) -> Searched:
    """Return the shortest run to a goal, over all sizes, of at most as many steps as the limits allow.

    `most_chains` ends the search after so many chains of edges, the same ones on every machine; `effort` bounds how
    long the solver thinks about each, in its own units. With `first`, any shortest run will do. Runs of at most
    `ruled_out` steps are known to reach no goal. The limits' `progress` is told the number of steps and of chains
    tried. Of an automaton of which only whole layers are known, no longer runs are searched than it has; of any, no
    runs of more than `DEEPEST` steps.
    """
    most = min(each for each in (limits.max_steps, automaton.steps, DEEPEST) if each is not None)
    limits = replace(limits, max_steps=most)
    search = _Search(automaton, goals, invariant, feasible, limits, most_chains, effort, first=first)
    search.depth = ruled_out
    return search.run()


class _Search:
    def __init__(  # noqa: PLR0917 - what `shortest` is given
        self,
        automaton: Automaton,
        goals: list[Goal],
        invariant: Invariant,
        feasible: Feasibility,
        limits: Limits,
        most_chains: int | None,
        effort: int,
        *,
        first: bool,
    ) -> None:
        self.automaton = automaton
        self.limits = limits
        self.most_chains = most_chains
        self.effort = effort
        self.first = first
        self.at_shape: dict[int, list[Goal]] = {}
        self.at_edge: dict[int, list[Goal]] = {}
        for goal in goals:
            if not invariant.refutes(goal, feasible):
                if goal.edge is None:
                    self.at_shape.setdefault(goal.shape, []).append(goal)
                else:
                    self.at_edge.setdefault(goal.edge.index, []).append(goal)
        self.ahead = self.distances()
        self.solver = new_solver()
        self.hits: list[Found] = []
        self.chains = 0
        self.steps: int
        """How many steps the runs have that are searched now."""
        self.depth: int
        """Every run of at most so many steps was ruled out, for certain."""
        self.doubt: int | None = None
        """The fewest steps of a run of which the solver did not say whether it reaches a goal."""
        self.dead: set[tuple[int, int]] = set()
        """Shapes without sizes, and numbers of edges after which no goal is met from there, however one came."""
        self.fewest = min((self.objects_in(place) for place in self.ends()), default=0)
        """The fewest objects of any goal's shape."""
        self.least = True
        """Whether the solver answered every question about smaller runs than what was found."""

    def run(self) -> Searched:
        nearest = self.ahead.get(-1)
        if nearest is None:
            self.rule_out(self.depth if self.automaton.steps is None else self.automaton.steps)
            return Searched(None, self.depth, NOWHERE_NEAR)
        try:
            self.deepen(max(nearest, self.depth + 2))
            why = "" if self.hits else f"the limit of {counted(self.limits.max_steps or 0, 'step')}"
        except OutOfTime:
            why = THE_TIME_WAS_UP
            self.least = False
        except _Spent:
            why = EFFORT_SPENT
            self.least = False
        if self.hits:
            steps = self.hits[0].steps
            certain = self.doubt is None or self.doubt >= steps
            depth = steps if self.doubt is None else self.depth
            least = self.least and self.doubt is None and not self.first
            return Searched(self.hits[0], depth, why, self.chains, shortest=certain, least=least)
        if self.doubt is not None:
            why = NOT_ANSWERED.format(counted(self.doubt, "step"))
        return Searched(None, self.depth, why, self.chains)

    def deepen(self, nearest: int) -> None:
        """Search runs of more and more steps, until one reaches a goal or the limit."""
        self.steps = nearest - 1
        self.rule_out(nearest - 2 if self.automaton.steps is None else min(nearest - 2, self.automaton.steps))
        while self.limits.max_steps is None or self.steps <= self.limits.max_steps:
            for edge in self.automaton.leaving[-1]:
                self.follow(edge, [], (), [], self.steps + 1)
            if self.hits:
                return
            self.rule_out(self.steps)
            self.steps += 1

    def rule_out(self, steps: int) -> None:
        """Take note that every run of so many steps was ruled out, as far as the solver answered."""
        if self.doubt is None:
            self.depth = steps

    def distances(self) -> dict[int, int]:
        """Return for each shape (-1: before the beginning) the fewest edges after which a goal may be met."""
        arriving: dict[int, list[Edge]] = {}
        for edge in self.automaton.edges:
            arriving.setdefault(edge.target, []).append(edge)
        found = dict.fromkeys(self.at_shape, 0)
        by_edge = {self.automaton.edges[index].source for index in self.at_edge}
        layer = list(found)
        distance = 0
        while layer or (distance == 0 and by_edge):
            distance += 1
            reached = {edge.source for shape in layer for edge in arriving.get(shape, ())}
            if distance == 1:
                reached |= by_edge
            layer = sorted(reached - found.keys())
            found.update(dict.fromkeys(layer, distance))
        return found

    def follow(
        self, edge: Edge, chain: list[Edge], sizes: tuple[Linear | int, ...], inputs: list[int], left: int
    ) -> None:
        """Take an edge, if its guard can perhaps be met after the chain, and go on where `left - 1` more edges may do.

        `sizes` are those of the edge's source over the inputs so far; `inputs` are the solver's unknowns.
        """
        arrives = edge.target >= 0 and self.ahead.get(edge.target, left) <= left - 1
        ends_here = left == 1 and (edge.index in self.at_edge or edge.target in self.at_shape)
        if not ends_here and not arrives:
            return
        self.count()
        new = edge.symbols - edge.width
        more = [*inputs, *range(len(inputs), len(inputs) + new)]
        values: dict[int, Linear | int] = dict(enumerate(sizes))
        values.update({edge.width + place: Linear({symbol: 1}) for place, symbol in enumerate(more[len(inputs) :])})
        asked = left_open(edge.guard, values)
        if asked is None:
            return
        self.solver.push()
        suppose(self.solver, map(natural, more[len(inputs) :]))
        if self.assume(asked) is not Answer.NO:
            chain.append(edge)
            after = tuple(substitute(each, values) for each in edge.update)
            if left == 1:
                self.arrive(edge, chain, values, after, more)
            elif self.meet(_natural(edge), dict(enumerate(after))) is not Answer.NO:
                self.go_on(edge.target, chain, after, more, left - 1)
            chain.pop()
        self.solver.pop()

    def go_on(
        self, shape: int, chain: list[Edge], sizes: tuple[Linear | int, ...], inputs: list[int], left: int
    ) -> None:
        """Take every edge that leaves a shape, unless it is known that no goal can be met from there, or no better."""
        if (shape, left) in self.dead or self.is_best():
            return
        before = (len(self.hits), self.doubt)
        for onward in self.automaton.leaving[shape]:
            self.follow(onward, chain, sizes, inputs, left)
        if not sizes and before == (0, None) == (len(self.hits), self.doubt):
            self.dead.add((shape, left))

    def is_best(self) -> bool:
        """Return whether no run can be smaller than what was found: of those that are alike the first counts."""
        return bool(self.hits) and self.hits[0].objects == self.fewest and self.hits[0].bytes == 0

    def count(self) -> None:
        """Count a chain. Raises `OutOfTime` or `_Spent` where it is one too many."""
        self.limits.check()
        if self.chains == self.most_chains:
            raise _Spent
        self.chains += 1
        if self.chains % 100 == 0:
            self.limits.progress(f"{self.steps} steps, {self.chains} chains")

    def meet(self, conditions: Conjunction, values: dict[int, Linear | int]) -> Answer:
        """Assert conditions. Return whether they can be met together with all that was asserted before.

        Where nothing had to be asserted, `YES` says only that nothing new stands against it.
        """
        asked = left_open(conditions, values)
        return Answer.NO if asked is None else self.assume(asked)

    def assume(self, conditions: list[Condition]) -> Answer:
        """Assert conditions, and return the same of them."""
        if not conditions:
            return Answer.YES
        suppose(self.solver, map(formula, conditions))
        return self.ask()

    def ask(self) -> Answer:
        return ask(self.solver, self.limits, self.effort)

    def arrive(
        self,
        edge: Edge,
        chain: list[Edge],
        values: dict[int, Linear | int],
        after: tuple[Linear | int, ...],
        inputs: list[int],
    ) -> None:
        if self.first and self.hits:
            return
        by_edge = [(goal, goal.also, values) for goal in self.at_edge.get(edge.index, ())]
        by_shape = [
            (goal, (*_natural(edge), *goal.also), dict(enumerate(after))) for goal in self.at_shape.get(edge.target, ())
        ]
        for goal, also, known in (*by_edge, *by_shape):
            self.solver.push()
            own = {symbol: len(inputs) + place for place, symbol in enumerate(goal.own())}
            suppose(self.solver, map(natural, own.values()))
            answer = self.meet(also, known | {symbol: Linear({new: 1}) for symbol, new in own.items()})
            if answer is Answer.YES:
                answer = self.ask()
            if answer is Answer.YES:
                self.record(tuple(chain), inputs)
            elif answer is Answer.UNKNOWN and self.doubt is None:
                self.doubt = self.steps
            self.solver.pop()

    def record(self, chain: tuple[Edge, ...], inputs: list[int]) -> None:
        """Keep a chain that reaches a goal, with the least sizes, if it is smaller than what was found before.

        The solver has just answered `YES`, and has a model.
        """
        objects = self.objects(chain[-1])
        if self.hits and objects > self.hits[0].objects:
            return
        sized = _sized(chain)
        if self.hits and objects == self.hits[0].objects:
            # Ties go to the chain that was found first.
            self.solver.add(total([unknown(symbol) for symbol in sized]) + len(sized) < self.hits[0].bytes)
            answer = self.ask()
            self.least = self.least and answer is not Answer.UNKNOWN
            if answer is not Answer.YES:
                return
        values = self.values(inputs)

        def keep() -> None:
            known = tuple(values[symbol] for symbol in inputs)
            found = Found(chain, known, objects, len(sized) + sum(values[symbol] for symbol in sized))
            self.hits = [found]

        keep()
        try:
            for amount in (sized, *([symbol] for symbol in inputs)):
                self.minimise(amount, values)
        finally:
            keep()

    def minimise(self, symbols: list[int], values: dict[int, int]) -> None:
        """Make the sum of some unknowns as little as can be, and fix it; `values` are those of the last model."""
        amount: Term = total([unknown(symbol) for symbol in symbols])
        low, high = 0, sum(values[symbol] for symbol in symbols)
        while low < high:
            middle = (low + high) // 2
            self.solver.push()
            try:
                self.solver.add(amount <= middle)
                answer = self.ask()
                if answer is Answer.YES:
                    values.update(self.values(list(values)))
                    high = sum(values[symbol] for symbol in symbols)
                else:
                    self.least = self.least and answer is Answer.NO
                    low = middle + 1
            finally:
                self.solver.pop()
        self.solver.add(amount == high)

    def values(self, inputs: list[int]) -> dict[int, int]:
        model = self.solver.model()
        return {symbol: model.eval(unknown(symbol), model_completion=True).as_long() for symbol in inputs}

    def objects(self, last: Edge) -> int:
        return self.objects_in(last.target if last.target >= 0 else last.source)

    def objects_in(self, shape: int) -> int:
        objects = self.automaton.shapes[shape].objects if shape >= 0 else ()
        return sum(1 for each in objects if isinstance(each, HeapObject))

    def ends(self) -> Iterator[int]:
        """Yield the shape in which a run to a goal ends, for each goal."""
        yield from self.at_shape
        for edge in map(self.automaton.edges.__getitem__, self.at_edge):
            yield edge.target if edge.target >= 0 else edge.source


def _natural(edge: Edge) -> Conjunction:
    """Return that no size is negative after an edge: no engine goes on from a state in which a counter is."""
    return tuple(
        Condition(Linear({place: 1}), Is.AT_LEAST_ZERO) for place in range(len(edge.update) if edge.negative else 0)
    )


def _sized(chain: tuple[Edge, ...]) -> list[int]:
    """Return the inputs that are sizes of arguments, less 1, in the order of the chain."""
    found: list[int] = []
    before = 0
    for edge in chain:
        found.extend(before + symbol - edge.width for symbol in edge.sizes)
        before += edge.symbols - edge.width
    return found


def edges_and_inputs(found: Found) -> Iterator[tuple[Edge, tuple[int, ...]]]:
    """Yield each edge of a chain with the values of the unknowns that it brings in."""
    before = 0
    for edge in found.edges:
        own = edge.symbols - edge.width
        yield edge, found.inputs[before : before + own]
        before += own
