"""How a step of the larger model can be done by the smaller: a path of its edges, and sizes for their arguments.

The sizes follow from what the path must arrive at: they are solved for, so that what is left to ask has no quantifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, islice, product

from spillproof.model.quantity import Condition, Is, Linear, comparison, truth
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge
from spillproof.properties.engines.network.premise import Premise, put_in, solved_for

Sizes = dict[int, Size]

Edges = tuple[Edge, ...]
"""Edges that are taken one after the other."""


@dataclass(frozen=True)
class Image:
    """A state as one of the smaller model: its shape there, the sizes of that, and what must be 0 for it."""

    shape: int
    sizes: tuple[Size, ...]
    zeros: tuple[Linear, ...] = ()


@dataclass(frozen=True)
class Task:
    """A step that is to be done by others: its action, and its sizes (less 1)."""

    action: str
    sizes: tuple[Size, ...]


def task_of(edge: Edge) -> Task:
    """Return an edge as a step that is to be done by others."""
    return Task(edge.move.action, tuple(Linear({symbol: 1}) for symbol in edge.sizes))


NOWHERE = Image(-1, ())
"""Before the beginning."""


@dataclass(frozen=True)
class Way:
    """A path of edges, and the conditions under which it leads from one image to another."""

    path: Edges
    conditions: Conjunction

    def renamed(self, names: Mapping[int, int] | Sequence[int]) -> Way:
        """Return the same for a step whose unknowns have other names."""

        def rename(left: Linear) -> Linear:
            return Linear({names[symbol]: factor for symbol, factor in left.terms.items()}, left.constant)

        return Way(self.path, tuple([Condition(rename(each.left), each.holds) for each in self.conditions]))


class Draft:
    """A path of edges, and what must hold for it to lead from one image to another: worked out as far as one asks.

    Of most paths it is soon plain that they will not do.
    """

    def __init__(self, path: Edges, wanted: Iterator[tuple[Size, Is]]) -> None:
        self.path = path
        self.wanted = wanted
        self.keys: set[object] = set()
        self.known: list[Condition] = []
        self.never = False
        """Whether it has turned out that no sizes meet what is wanted."""

    def conditions(self) -> Iterator[Condition]:
        """Yield what must hold, each condition once. Where it turns out that it cannot hold, nothing more."""
        for place in count():
            if place == len(self.known) and not self.go_on():
                return
            yield self.known[place]

    def go_on(self) -> bool:
        """Work out one more condition. Return whether there is one."""
        for left, holds in self.wanted:
            condition = comparison(left, holds)
            if condition is False:
                self.never, self.wanted = True, iter(())
                return False
            if isinstance(condition, Condition) and condition.key() not in self.keys:
                self.keys.add(condition.key())
                self.known.append(condition)
                return True
        return False

    def open(self, premise: Premise) -> list[Condition] | None:
        """Return the first two conditions that are not plain where a step is taken; None where they cannot be met."""
        found = list(islice((each for each in self.conditions() if not premise.implies(each)), 2))
        return None if self.never else found

    def way(self) -> Way | None:
        """Return the path with all conditions; None where they cannot be met."""
        for _ in self.conditions():
            pass
        return None if self.never else Way(self.path, tuple(self.known))


def worked_out(drafts: Iterable[Draft]) -> Iterator[Way]:
    """Yield the ways that drafts are, without those whose conditions cannot be met."""
    return (way for each in drafts if (way := each.way()) is not None)


class Ways:
    """Finds paths between images. What must hold `further` is asked of each besides."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.between: dict[tuple[int, int], list[Edge]] = {}
        self.sorted: dict[tuple[int, int, str], list[Edge]] = {}
        self.plans: dict[tuple[int, ...], _Plan] = {}
        for edge in automaton.edges:
            if edge.target >= 0:
                self.between.setdefault((edge.source, edge.target), []).append(edge)

    def edges(self, source: int, target: int, action: str) -> list[Edge]:
        """Return the edges from a shape to another, those with an action of that name first."""
        key = (source, target, action)
        if key not in self.sorted:
            edges = self.between.get((source, target), ())
            self.sorted[key] = sorted(edges, key=lambda edge: edge.move.action != action)
        return self.sorted[key]

    def paths(self, source: int, target: int, steps: int, action: str) -> Iterator[Edges]:
        """Yield the paths of so many edges from a shape to another, those that end with that action first."""
        if steps == 0:
            yield from [()] if source == target else []
            return
        if steps == 1:
            yield from ((edge,) for edge in self.edges(source, target, action))
            return
        for first in self.automaton.leaving[source]:
            if first.target >= 0:
                for rest in self.paths(first.target, target, steps - 1, action):
                    yield (first, *rest)

    def by(
        self, actions: tuple[str, ...], source: Image, target: Image, step: Task, further: Conjunction = ()
    ) -> Iterator[Draft]:
        """Yield the ways that take actions of these names."""
        for path in self.paths_by(actions, source.shape, target.shape):
            yield from self.along(path, source, target, step, further)

    def paths_by(self, actions: tuple[str, ...], source: int, target: int) -> Iterator[Edges]:
        """Yield the paths from a shape to another by actions of these names."""
        if len(actions) == 0:
            yield from [()] if source == target else []
            return
        name, *_ = actions
        for first in self.automaton.leaving[source]:
            if first.move.action == name and first.target >= 0:
                for rest in self.paths_by(actions[1:], first.target, target):
                    yield (first, *rest)

    def of(self, source: Image, target: Image, steps: int, step: Task, further: Conjunction = ()) -> Iterator[Draft]:
        """Yield the ways of so many edges that could lead from an image to another, in the stead of a step."""
        for path in self.paths(source.shape, target.shape, steps, step.action):
            yield from self.along(path, source, target, step, further)

    def along(
        self, path: Edges, source: Image, target: Image, step: Task, further: Conjunction = ()
    ) -> Iterator[Draft]:
        """Yield the ways that take some edges from an image to another, in the stead of a step."""
        plan = self.plan(path, source, target)
        if plan.never:
            return
        sizes: Sizes = dict(enumerate((*source.sizes, *target.sizes)))
        zeros = [(each, Is.ZERO) for each in (*source.zeros, *target.zeros)]
        last = [(each.left, each.holds) for each in further]
        options = step.sizes or (0,)
        for values in product(*([*options] if symbol in plan.relevant else [0] for symbol in plan.free)):
            put = {**sizes, **dict(zip(plan.free, values, strict=True))}
            yield Draft(path, chain(zeros, plan.wanted(put), last))

    def plan(self, path: Edges, source: Image, target: Image) -> _Plan:
        """Return what is known of edges that are taken one after the other."""
        key = (source.shape, *(edge.index for edge in path))
        if key not in self.plans:
            self.plans[key] = _Plan(path, len(source.sizes), len(target.sizes))
        return self.plans[key]


class _Plan:
    """Edges that are taken one after the other, from any image to any: worked out once, and put to many steps.

    Over the sizes of both images, the source's first, and over those arguments that no equation gives.
    """

    def __init__(self, path: Edges, source: int, target: int) -> None:
        """Take edges, and how many sizes there are where they lead from and to."""
        sizes = [Linear({place: 1}) for place in range(source + target)]
        taken = _Taken(path, Image(-1, tuple(sizes[:source])), source + target)
        found = _solved(taken.misses(Image(-1, tuple(sizes[source:]))), source + target)
        self.never = found is None
        """Whether no sizes at all are led to others so."""
        solved, rest = found or ({}, [])
        asked = [(substitute(left, solved), holds) for left, holds in taken.asked()]
        self.free = [symbol for symbol in range(source + target, taken.symbols) if symbol not in solved]
        relevant = {symbol for left in (*(each for each, _ in asked), *solved.values()) for symbol in _terms(left)}
        self.relevant = relevant.intersection(self.free)
        equal = [(substitute(left, solved), Is.ZERO) for left in rest]
        natural = [(left, Is.AT_LEAST_ZERO) for left in solved.values()]
        self.equal: list[tuple[Size, Is]] = equal
        self.natural: list[tuple[Size, Is]] = natural
        self.asked: list[tuple[Size, Is]] = asked

    def wanted(self, put: Sizes) -> Iterator[tuple[Size, Is]]:
        """Yield what must hold between two images, with their sizes and the free arguments put in."""
        yield from ((substitute(left, put), holds) for left, holds in self.equal)
        yield from ((put[symbol], Is.AT_LEAST_ZERO) for symbol in self.free)
        yield from ((substitute(left, put), holds) for left, holds in (*self.natural, *self.asked))


class _Taken:
    """Edges that are taken one after the other from an image."""

    def __init__(self, path: Edges, source: Image, symbols: int) -> None:
        self.path = path
        self.symbols = symbols
        """How many unknowns there are: those from the first of them on are the arguments of the path."""
        self.values: list[Sizes] = []
        self.sizes: list[tuple[Size, ...]] = [source.sizes]
        for edge in path:
            values: Sizes = dict(enumerate(self.sizes[-1]))
            for place in range(edge.width, edge.symbols):
                values[place] = Linear({self.symbols: 1})
                self.symbols += 1
            self.values.append(values)
            self.sizes.append(tuple(substitute(each, values) for each in edge.update))

    def misses(self, target: Image) -> list[Size]:
        """Return by how much each size at the end misses what it should be."""
        return [have - want for have, want in zip(self.sizes[-1], target.sizes, strict=True)]

    def asked(self) -> Iterator[tuple[Size, Is]]:
        """Yield what must hold along the path: each guard, and that no size is negative."""
        for edge, values, after in zip(self.path, self.values, self.sizes[1:], strict=True):
            yield from ((substitute(each.left, values), each.holds) for each in edge.guard)
            yield from ((each, Is.AT_LEAST_ZERO) for each in after if isinstance(each, Linear) or each < 0)


def _solved(equations: list[Size], first: int) -> tuple[Sizes, list[Linear]] | None:
    """Solve equations for the unknowns from `first` on. Return these and what is left; None if none can hold."""
    solved: Sizes = {}
    rest: list[Linear] = []
    for equation in equations:
        left = substitute(equation, solved)
        if not isinstance(left, Linear):
            if left != 0:
                return None
            continue
        symbol = _fresh(left, first)
        if symbol is not None:
            put_in(solved, symbol, solved_for(left, symbol))
        elif truth(left, Is.ZERO) is False:
            return None
        else:
            rest.append(left)
    return solved, rest


def _fresh(left: Linear, first: int) -> int | None:
    """Return an unknown of a path that an equation can be solved for."""
    return next((each for each, factor in left.terms.items() if each >= first and abs(factor) == 1), None)


def _terms(left: Size) -> dict[int, int]:
    return left.terms if isinstance(left, Linear) else {}
