"""The linear equations that hold in every reachable state of a shape, found without a solver.

As M. Karr, "Affine relationships among variables of a program" (Acta Informatica 6, 1976), on the automaton: for each
shape a linear space spanned by the (homogeneous) size vectors that can arrive there, pushed along the edges until no
space grows. Guards that are equations cut the space. Inequalities are ignored, which can only make it larger; only at a
shape that a single vector has come to so far are they evaluated.

Arithmetic is modulo a prime, so that numbers stay small: one so large that constants of the model are told apart. What
comes out is a candidate all the same; `exact` keeps those that hold over the integers.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from math import lcm

from spillproof.model.quantity import Is, Linear
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits

MERSENNE = (127, 521, 1279, 2203, 4423, 9689, 19937)
"""Each of these many ones in binary is a prime. Half the digits of the prime are what can be told apart."""

Vector = dict[int, int]
"""Sparse, modulo a prime. Entry -1 is the homogeneous coordinate, the others are sizes or unknowns."""

ONE = -1


class Space:
    """A linear space, as an echelon basis: each row has 1 at its pivot, where all other rows have 0."""

    def __init__(self, prime: int) -> None:
        self.prime = prime
        self.rows: dict[int, Vector] = {}

    def add(self, vector: Vector) -> bool:
        """Add a vector. Return whether the space grew."""
        rest = self.reduce(vector)
        if not rest:
            return False
        pivot = ONE if ONE in rest else max(rest)
        inverse = pow(rest[pivot], -1, self.prime)
        rest = {place: value * inverse % self.prime for place, value in rest.items()}
        for row in self.rows.values():
            if pivot in row:
                _subtract(row, rest, row[pivot], self.prime)
        self.rows[pivot] = rest
        return True

    def reduce(self, vector: Vector) -> Vector:
        """Return what of a vector lies outside of the space."""
        rest = dict(vector)
        for pivot in [place for place in vector if place in self.rows]:
            factor = rest.get(pivot)
            if factor:
                _subtract(rest, self.rows[pivot], factor, self.prime)
        return rest

    def equations(self, width: int) -> list[Linear]:
        """Return the linear expressions that are 0 on the whole space, with small whole factors.

        Where there is no state, the expression 1.
        """
        if ONE not in self.rows:
            return [Linear({}, 1)]
        found = []
        for place in range(width):
            if place not in self.rows:
                expression = {place: 1}
                expression.update({pivot: -row[place] for pivot, row in self.rows.items() if place in row})
                equation = _whole(expression, self.prime)
                if equation is not None:
                    found.append(equation)
        return found


def _subtract(target: Vector, row: Vector, factor: int, prime: int) -> None:
    for place, value in row.items():
        rest = (target.get(place, 0) - factor * value) % prime
        if rest:
            target[place] = rest
        else:
            target.pop(place, None)


def _whole(expression: Vector, prime: int) -> Linear | None:
    """Return an expression with whole factors, or None where the factors are not small fractions."""
    fractions = {place: _fraction(value % prime, prime) for place, value in expression.items()}
    known = {place: value for place, value in fractions.items() if value is not None}
    if len(known) < len(fractions):
        return None
    scale = lcm(*(value.denominator for value in known.values()))
    whole = {place: int(value * scale) for place, value in known.items()}
    constant = whole.pop(ONE, 0)
    return Linear(whole, constant)


def _fraction(value: int, prime: int) -> Fraction | None:
    """Return the fraction with small numerator and denominator that is `value` modulo a prime, by Euclid."""
    largest = 1 << (prime.bit_length() // 2 - 1)
    before, now = prime, value
    factor_before, factor = 0, 1
    while now > largest:
        quotient = before // now
        before, now = now, before - quotient * now
        factor_before, factor = factor, factor_before - quotient * factor
    if abs(factor) > largest:
        return None
    return Fraction(now, factor)


def affine_hulls(automaton: Automaton, limits: Limits = UNLIMITED) -> list[list[Linear]]:
    """Return for each shape the linear expressions over its sizes that are 0 in every state that can arrive there.

    Candidates: exact up to the arithmetic modulo a prime. A shape that nothing reaches has the expression 1. Raises
    `OutOfTime` at the deadline.
    """
    return _Hulls(automaton, _prime(automaton), limits).run()


def _prime(automaton: Automaton) -> int:
    """Return a prime in which fractions of products of two of the automaton's constants are told apart."""
    most = max((_largest(edge) for edge in automaton.edges), default=0).bit_length()
    return (1 << next((bits for bits in MERSENNE if bits >= 4 * most + 4), MERSENNE[-1])) - 1


def _largest(edge: Edge) -> int:
    """Return the largest number in the guard and the update of an edge."""
    found = 0
    for size in (*(condition.left for condition in edge.guard), *edge.update):
        numbers = (size.constant, *size.terms.values()) if isinstance(size, Linear) else (size,)
        found = max(found, *map(abs, numbers))
    return found


class _Arrow:
    """Edges of one shape that differ in inequalities only: they send a vector to the same image."""

    def __init__(self, edges: list[Edge], prime: int) -> None:
        first = edges[0]
        self.edges = edges
        self.prime = prime
        self.target = first.target
        self.equations = [each.left for each in first.guard if each.holds is Is.ZERO]
        self.free: list[Vector] = [{symbol: 1} for symbol in range(first.width, first.symbols)]
        self.columns: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, size in enumerate(first.update):
            terms, constant = (size.terms, size.constant) if isinstance(size, Linear) else ({}, size)
            for symbol, factor in (*terms.items(), (ONE, constant)):
                self.columns[symbol].append((place, factor))

    def through(self, vector: Vector) -> Vector:
        """Return the image of a vector."""
        one = vector.get(ONE, 0)
        image = {ONE: one} if one else {}
        for symbol, value in vector.items():
            for place, factor in self.columns.get(symbol, ()):
                image[place] = image.get(place, 0) + factor * value
        return {place: rest for place, value in image.items() if (rest := value % self.prime)}


def _arrows(edges: Iterable[Edge], prime: int) -> list[_Arrow]:
    alike: dict[object, list[Edge]] = defaultdict(list)
    for edge in edges:
        if edge.target >= 0:
            equations = tuple(_spelt(each.left) for each in edge.guard if each.holds is Is.ZERO)
            update = tuple(map(_spelt, edge.update))
            alike[edge.target, update, equations, edge.width, edge.symbols].append(edge)
    return [_Arrow(each, prime) for each in alike.values()]


def _spelt(size: Size) -> object:
    return (size.constant, *sorted(size.terms.items())) if isinstance(size, Linear) else size


class _Hulls:
    def __init__(self, automaton: Automaton, prime: int, limits: Limits) -> None:
        self.automaton = automaton
        self.prime = prime
        self.limits = limits
        self.spaces = [Space(prime) for _ in automaton.shapes]
        self.arrows = cache(lambda place: _arrows(automaton.leaving[place], prime))

    def run(self) -> list[list[Linear]]:
        spaces, widths = self.spaces, [len(shape.slots) for shape in self.automaton.shapes]
        waiting: deque[tuple[int, Vector]] = deque([(-1, {ONE: 1})])
        passed_over: set[_Arrow] = set()
        while waiting:
            self.limits.check()
            place, vector = waiting.popleft()
            space = spaces[place] if place >= 0 else None
            for arrow in self.arrows(place):
                there = spaces[arrow.target]
                if len(there.rows) > widths[arrow.target]:
                    continue  # it cannot grow
                if space is not None and len(space.rows) == 1 and not self.opens(arrow, vector):
                    passed_over.add(arrow)
                    continue
                new = [vector]
                if space is not None and arrow in passed_over:
                    passed_over.discard(arrow)
                    new = list(space.rows.values())
                waiting.extend((arrow.target, each) for each in self.images(arrow, space, new) if there.add(each))
        return [space.equations(width) for space, width in zip(spaces, widths, strict=True)]

    def opens(self, arrow: _Arrow, point: Vector) -> bool:
        """Return whether one of the edges can be taken at a single point, as far as guards say so without a solver."""
        if point.get(ONE) != 1:
            return True
        known = {place: _fraction(value, self.prime) for place, value in point.items() if place != ONE}
        return any(_met(edge, known) for edge in arrow.edges)

    def images(self, arrow: _Arrow, space: Space | None, new: list[Vector]) -> list[Vector]:
        """Return what edges make of new vectors of their source; with equations as guards, of the whole space."""
        if not arrow.equations:
            return [image for each in (*new, *arrow.free) if (image := arrow.through(each))]
        basis = [*(space.rows.values() if space is not None else new), *arrow.free]
        for equation in arrow.equations:
            basis = self.cut(basis, equation)
        if not any(ONE in each for each in basis):
            return []
        return [image for each in basis if (image := arrow.through(each))]

    def value(self, size: Linear, vector: Vector) -> int:
        total = size.constant * vector.get(ONE, 0)
        for symbol, factor in size.terms.items():
            if symbol in vector:
                total += factor * vector[symbol]
        return total % self.prime

    def cut(self, basis: list[Vector], equation: Linear) -> list[Vector]:
        """Return a basis of the part of a space on which an expression is 0."""
        values = [self.value(equation, each) for each in basis]
        at = next((index for index, value in enumerate(values) if value), None)
        if at is None:
            return basis
        inverse = pow(values[at], -1, self.prime)
        rest = []
        for index, each in enumerate(basis):
            if index != at:
                row = dict(each)
                if values[index]:
                    _subtract(row, basis[at], values[index] * inverse % self.prime, self.prime)
                rest.append(row)
        return rest


def _met(edge: Edge, point: Mapping[int, Fraction | None]) -> bool:
    """Return whether a guard can be met at a point. A coordinate that is None is not known."""
    for condition in edge.guard:
        if all(symbol < edge.width for symbol in condition.left.terms):
            value: Fraction | int = condition.left.constant
            for symbol, factor in condition.left.terms.items():
                at = point.get(symbol, 0)
                if at is None:
                    return True
                value += factor * at
            if (value < 0, value != 0, value == 0)[list(Is).index(condition.holds)]:
                return False
    return True
