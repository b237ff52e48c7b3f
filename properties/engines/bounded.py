"""The shortest run that reaches a goal, over all sizes: breadth first over shapes, with Z3 for the chain of guards.

For each number of steps in turn, every chain of edges that could reach a goal in exactly so many steps is followed as
long as its guards can be met together. Which chains could is known beforehand: from each shape, how many edges away the
nearest goal is that the invariant does not rule out. What is found first is therefore shortest, and that nothing
shorter exists is certified by the chains that were tried.

A run goes on only while no counter is negative: shapes speak of natural numbers.

Among the shortest runs, the one with the fewest live heap objects at its end, then the fewest bytes in all its sizes,
then the first in the order of actions and arguments, then the least sizes in the order of the run: one run, the same
on every machine and for every seed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import z3

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility, Term, formula, possible, total, unknown


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


class OutOfTime(Exception):
    """The deadline has passed."""


def shortest(
    automaton: Automaton,
    goals: list[Goal],
    invariant: Invariant,
    feasible: Feasibility,
    *,
    most_steps: int | None = None,
    deadline: float | None = None,
    first: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Searched:
    """Return the shortest run to a goal, over all sizes.

    `deadline` is in seconds of `time.monotonic`. With `first`, any shortest run will do. `progress` is told the number
    of steps and of chains tried.
    """
    search = _Search(automaton, goals, invariant, feasible, deadline=deadline, first=first, progress=progress)
    return search.run(most_steps)


class _Search:
    def __init__(
        self,
        automaton: Automaton,
        goals: list[Goal],
        invariant: Invariant,
        feasible: Feasibility,
        *,
        deadline: float | None,
        first: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.automaton = automaton
        self.deadline = deadline
        self.first = first
        self.progress = progress
        self.at_shape: dict[int, list[Goal]] = {}
        self.at_edge: dict[int, list[Goal]] = {}
        for goal in goals:
            if not invariant.refutes(goal, feasible):
                if goal.edge is None:
                    self.at_shape.setdefault(goal.shape, []).append(goal)
                else:
                    self.at_edge.setdefault(goal.edge.index, []).append(goal)
        self.ahead = self.distances()
        self.solver = z3.SolverFor("QF_LIA")
        self.hits: list[Found] = []
        self.chains = 0
        self.depth = -1

    def run(self, most_steps: int | None) -> Searched:
        nearest = self.ahead.get(-1)
        if nearest is None:
            return Searched(None, self.depth, "no chain of steps leads to a violation")
        try:
            return self.deepen(nearest, most_steps)
        except OutOfTime:
            return Searched(None, self.depth, "the time was up", self.chains)

    def deepen(self, nearest: int, most_steps: int | None) -> Searched:
        self.depth = nearest - 2
        while most_steps is None or self.depth < most_steps:
            steps = self.depth + 1
            for edge in self.automaton.leaving[-1]:
                self.follow(edge, [], (), [], steps + 1)
            if self.hits:
                return Searched(self.hits[0], steps, "", self.chains)
            self.depth = steps
        return Searched(None, self.depth, f"the limit of {most_steps} steps", self.chains)

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
        """Take an edge, if its guard can be met after the chain, and go on where `left - 1` more edges may do.

        `sizes` are those of the edge's source over the inputs so far; `inputs` are the solver's unknowns.
        """
        arrives = edge.target >= 0 and self.ahead.get(edge.target, left) <= left - 1
        ends_here = left == 1 and (edge.index in self.at_edge or edge.target in self.at_shape)
        if not ends_here and not (left > 1 and arrives):
            return
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise OutOfTime
        self.chains += 1
        if self.progress is not None and self.chains % 100 == 0:
            self.progress(self.depth + 1, self.chains)
        new = edge.symbols - edge.width
        more = [*inputs, *range(len(inputs), len(inputs) + new)]
        values: dict[int, Linear | int] = dict(enumerate(sizes))
        values.update({edge.width + place: Linear({symbol: 1}) for place, symbol in enumerate(more[len(inputs) :])})
        self.solver.push()
        self.solver.add(*(unknown(symbol) >= 0 for symbol in more[len(inputs) :]))
        if self.meet(edge.guard, values):
            chain.append(edge)
            after = tuple(substitute(each, values) for each in edge.update)
            if left == 1:
                self.arrive(edge, chain, values, after, more)
            elif self.meet(_natural(edge), dict(enumerate(after))):
                for onward in self.automaton.leaving[edge.target]:
                    self.follow(onward, chain, after, more, left - 1)
            chain.pop()
        self.solver.pop()

    def meet(self, conditions: Conjunction, values: dict[int, Linear | int]) -> bool:
        """Assert conditions. Return whether they can be met together with all that was asserted before."""
        asserted = False
        for condition in conditions:
            left = substitute(condition.left, values)
            known = truth(left, condition.holds)
            if known is False:
                return False
            if known is None and isinstance(left, Linear):
                self.solver.add(formula(Condition(left, condition.holds)))
                asserted = True
        return not asserted or possible(self.solver)

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
        by_edge = [(goal.also, values) for goal in self.at_edge.get(edge.index, ())]
        by_shape = [
            ((*_natural(edge), *goal.also), dict(enumerate(after))) for goal in self.at_shape.get(edge.target, ())
        ]
        for also, known in (*by_edge, *by_shape):
            self.solver.push()
            if self.meet(also, known) and self.solver.check() == z3.sat:
                self.record(tuple(chain), inputs)
            self.solver.pop()

    def record(self, chain: tuple[Edge, ...], inputs: list[int]) -> None:
        objects = self.objects(chain[-1])
        if self.hits and objects > self.hits[0].objects:
            return
        sized = _sized(chain)
        least, given = len(sized), total([unknown(symbol) for symbol in sized])
        if self.hits and objects == self.hits[0].objects:
            # Ties go to the chain that was found first.
            self.solver.add(given + least < self.hits[0].bytes)
            if self.solver.check() != z3.sat:
                return
        more = self.minimise(given)
        values = tuple(self.minimise(unknown(symbol)) for symbol in inputs)
        self.hits = [Found(chain, values, objects, more + least)]

    def minimise(self, amount: Term) -> int:
        """Return the least value of an amount, and fix it."""
        low, high = 0, self.value(amount)
        while low < high:
            middle = (low + high) // 2
            self.solver.push()
            self.solver.add(amount <= middle)
            smaller = self.solver.check() == z3.sat
            if smaller:
                high = min(middle, self.read(amount))
            else:
                low = middle + 1
            self.solver.pop()
        self.solver.add(amount == low)
        return low

    def value(self, amount: Term) -> int:
        self.solver.check()
        return self.read(amount)

    def read(self, amount: Term) -> int:
        return int(str(self.solver.model().eval(amount, model_completion=True)))

    def objects(self, last: Edge) -> int:
        shape = self.automaton.shapes[last.target if last.target >= 0 else last.source]
        return sum(1 for each in shape.objects if isinstance(each, HeapObject))


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
