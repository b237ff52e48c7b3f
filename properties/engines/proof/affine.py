"""The linear equations that hold in every reachable state of a shape, found without a solver.

As M. Karr, "Affine relationships among variables of a program" (Acta Informatica 6, 1976), on the automaton: for each
shape a linear space spanned by the (homogeneous) size vectors that can arrive there, pushed along the edges until no
space grows. Guards that are equations cut the space. Inequalities are ignored, which can only make it larger; only at a
shape that a single vector has come to so far are they evaluated.

Arithmetic is modulo a prime, so that numbers stay small: one so large that constants of the model are told apart. What
comes out is a candidate all the same; `exact` keeps those that hold over the integers.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from math import lcm

from spillproof.model.quantity import Condition, Is, Linear
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
    if abs(factor) > largest or factor == 0:
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


class _Hulls:
    def __init__(self, automaton: Automaton, prime: int, limits: Limits) -> None:
        self.automaton = automaton
        self.prime = prime
        self.limits = limits
        self.spaces = [Space(prime) for _ in automaton.shapes]

    def run(self) -> list[list[Linear]]:
        spaces = self.spaces
        waiting: deque[tuple[int, Vector]] = deque([(-1, {ONE: 1})])
        passed_over: set[int] = set()
        while waiting:
            self.limits.check()
            place, vector = waiting.popleft()
            space = spaces[place] if place >= 0 else None
            for edge in self.automaton.leaving[place]:
                if edge.target < 0:
                    continue
                if space is not None and len(space.rows) == 1 and not self.opens(edge, vector):
                    passed_over.add(edge.index)
                    continue
                new = [vector]
                if space is not None and edge.index in passed_over:
                    passed_over.discard(edge.index)
                    new = list(space.rows.values())
                for image in self.images(edge, space, new):
                    if spaces[edge.target].add(image):
                        waiting.append((edge.target, image))
        return [space.equations(len(shape.slots)) for space, shape in zip(spaces, self.automaton.shapes, strict=True)]

    def opens(self, edge: Edge, point: Vector) -> bool:
        """Return whether the guard of an edge can be met at a single point, as far as it says so without a solver."""
        if point.get(ONE) != 1:
            return True
        known = {place: _fraction(value, self.prime) for place, value in point.items() if place != ONE}
        for condition in edge.guard:
            if all(symbol < edge.width for symbol in condition.left.terms):
                value: Fraction | int = condition.left.constant
                for symbol, factor in condition.left.terms.items():
                    at = known.get(symbol, 0)
                    if at is None:
                        return True
                    value += factor * at
                if (value < 0, value != 0, value == 0)[list(Is).index(condition.holds)]:
                    return False
        return True

    def images(self, edge: Edge, space: Space | None, new: list[Vector]) -> list[Vector]:
        """Return what an edge makes of new vectors of its source; with equations as guards, of the whole space."""
        equations = [each.left for each in edge.guard if each.holds is Is.ZERO]
        free: list[Vector] = [{symbol: 1} for symbol in range(edge.width, edge.symbols)]
        if not equations:
            return [image for each in (*new, *free) if (image := self.through(edge, each))]
        basis = [*(space.rows.values() if space is not None else new), *free]
        for equation in equations:
            basis = self.cut(basis, equation)
        if not any(ONE in each for each in basis):
            return []
        return [image for each in basis if (image := self.through(edge, each))]

    def through(self, edge: Edge, vector: Vector) -> Vector:
        one = vector.get(ONE, 0)
        image = {ONE: one} if one else {}
        for place, size in enumerate(edge.update):
            value = self.value(size, vector, one)
            if value:
                image[place] = value
        return image

    def value(self, size: Size, vector: Vector, one: int) -> int:
        if not isinstance(size, Linear):
            return size * one % self.prime
        total = size.constant * one
        for symbol, factor in size.terms.items():
            if symbol in vector:
                total += factor * vector[symbol]
        return total % self.prime

    def cut(self, basis: list[Vector], equation: Linear) -> list[Vector]:
        """Return a basis of the part of a space on which an expression is 0."""
        values = [self.value(equation, each, each.get(ONE, 0)) for each in basis]
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


def as_conditions(equations: list[Linear]) -> tuple[Condition, ...]:
    """Return expressions that are 0 as conditions."""
    return tuple(Condition(each, Is.ZERO) for each in equations)
