"""The steps out of one shape, taken by all its states at once.

An edge of the automaton has a conjunction of linear conditions as its guard and linear expressions as its update. On
arrays with an entry for each state, the guard is a few comparisons and an `and`; and as a packed state is itself a
linear expression over its sizes, the packed target is one linear expression over the source, most often the source plus
a constant.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from spillproof.model.errors import ModelError
from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Conjunction, Edge
from spillproof.properties.engines.exploration.canonical import Form
from spillproof.properties.engines.exploration.packed import Codes, Packing, Spot, Words, read


class LargeFactors(ModelError):
    """A condition has factors whose sums might overflow here."""


Column: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = "NDArray[np.bool_]"

Terms: TypeAlias = tuple[tuple[int, int], ...]
"""Σ factor × symbol, the first factor above 0. A symbol is a size of the shape or a quotient."""

LARGEST_FACTOR = 1 << 20
"""Sizes are below 2 to the power of 40: such a sum of factors cannot overflow 63 bits."""

QUOTIENTS = 1 << 30
"""Quotients are numbered from here on."""


class Test(NamedTuple):
    """A condition on columns: a sum, compared with a number."""

    terms: Terms
    compare: Callable[..., Any]
    bound: int


Tests: TypeAlias = tuple[Test, ...]


class Quotients:
    """The quotients of one shape, each numbered once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Terms, int, int, int], int] = {}
        self.defined: list[tuple[Terms, int, int, int]] = []

    def symbol(self, dividend: Linear, divisor: int) -> int:
        """Return the symbol of `dividend // divisor`."""
        terms, sign = _terms(dividend)
        key = (terms, sign, dividend.constant, divisor)
        if key not in self.numbers:
            self.numbers[key] = QUOTIENTS + len(self.defined)
            self.defined.append(key)
        return self.numbers[key]


class Embedding(NamedTuple):
    """A shape, for the states of a skeleton whose sizes at some places are 0."""

    shape: int
    places: tuple[int, ...]
    """For each size of the shape its place in the skeleton."""
    zeros: frozenset[int]
    """The places where the shape has the constant 0."""


class Rows:
    """Many states of one shape. Their sizes, and sums of them, are computed when first asked for."""

    def __init__(
        self, codes: Codes, words: Words, read_size: Callable[[Words, int], Column], quotients: Quotients
    ) -> None:
        self.codes = codes
        self.words = words
        self.read_size = read_size
        self.quotients = quotients
        self.sums: dict[Terms, Column] = {}
        self.largest: dict[int, int] = {}

    def sum(self, terms: Terms) -> Column:
        """Return Σ factor × symbol for each state."""
        found = self.sums.get(terms)
        if found is None:
            found = self.sums[terms] = self._sum(terms)
        return found

    def _sum(self, terms: Terms) -> Column:
        *rest, (symbol, factor) = terms
        if not rest:
            return self._value(symbol) if factor == 1 else self.sum(((symbol, 1),)) * factor
        before, last = self.sum(tuple(rest)), self.sum(((symbol, 1),))
        if factor == 1:
            return before + last
        return before - last if factor == -1 else before + last * factor

    def _value(self, symbol: int) -> Column:
        if symbol < QUOTIENTS:
            return self.read_size(self.words, symbol)
        terms, sign, constant, divisor = self.quotients.defined[symbol - QUOTIENTS]
        return (self.sum(terms) * sign + constant) // divisor

    def value(self, symbol: int) -> Column:
        """Return a size or a quotient for each state."""
        return self.sum(((symbol, 1),))

    def most(self, symbol: int) -> int:
        """Return the largest value of a size or a quotient."""
        if symbol not in self.largest:
            self.largest[symbol] = int(self.value(symbol).max())
        return self.largest[symbol]

    def where(self, tests: Tests) -> Mask | None:
        """Return which states meet all conditions; None for all of them."""
        mask: Mask | None = None
        for terms, compare, bound in tests:
            met = compare(self.sum(terms), bound)
            mask = met if mask is None else np.logical_and(mask, met, out=mask)
        return mask

    def where_any(self, ways: Iterable[Tests]) -> Mask:
        """Return which states meet all conditions of one of the ways."""
        found = np.zeros(len(self.codes), dtype=np.bool_)
        for tests in ways:
            mask = self.where(tests)
            if mask is None:
                found[:] = True
            else:
                found |= mask
        return found


@dataclass(frozen=True)
class Packed:
    """The packed target of a step, as a linear expression over the source."""

    from_source: bool
    """Whether to start from the words of the source, rather than from 0."""
    constants: tuple[np.uint64, ...]
    """For each word."""
    factors: tuple[tuple[tuple[int, np.uint64], ...], ...]
    """For each word: symbols and their factors, modulo 2 to the power of 64."""

    def of(self, rows: Rows, mask: Mask | None, count: int) -> Words:
        """Return the words of the targets of the states in `mask`, of which there are `count`."""
        words = []
        for number, (constant, factors) in enumerate(zip(self.constants, self.factors, strict=True)):
            if self.from_source:
                word = _kept(rows.words[number], mask) + constant
            else:
                word = np.full(count, constant, dtype=np.uint64)
            for symbol, factor in factors:
                word += _kept(rows.value(symbol), mask).view(np.uint64) * factor
            words.append(word)
        return words


class Growth(NamedTuple):
    """A new size that may not fit into its bits."""

    value: Size
    most: int
    spots: tuple[Spot, ...]
    """Where it may go."""


class Overflow(Exception):
    """Sizes do not fit into their bits."""

    def __init__(self, needed: dict[Spot, int]) -> None:
        super().__init__(str(needed))
        self.needed = needed


@dataclass(frozen=True)
class ColumnStep:
    """One edge with the sizes of its arguments put in."""

    guard: Tests
    negative: tuple[Tests, ...]
    claims: dict[str, tuple[Tests, ...]]
    """For each claim about steps, the ways in which this step makes it false (or, for `sometimes`, true)."""
    raises: bool
    rank: int
    """Of the skeleton of the target."""
    packed: tuple[Packed, ...]
    """For each symmetry of the target; the least is the canonical one."""
    growths: tuple[Growth, ...]

    def landing(self, rows: Rows, mask: Mask | None) -> Mask | None:
        """Return from which of the states in `mask` the step leads to a state, with no counter below 0."""
        if not self.negative:
            return mask
        sound = ~rows.where_any(self.negative)
        return sound if mask is None else np.logical_and(sound, mask, out=sound)

    def targets(self, rows: Rows, mask: Mask | None, packing: Packing) -> Codes:
        """Return the targets of the states in `mask`, in their order. Raises `Overflow` where a size does not fit."""
        count = len(rows.codes) if mask is None else int(np.count_nonzero(mask))
        if not count:
            return rows.codes[:0]
        self.check(rows, mask)
        found = packing.join(self.packed[0].of(rows, mask, count))
        for other in self.packed[1:]:
            codes = packing.join(other.of(rows, mask, count))
            found = np.minimum(found, codes) if packing.words == 1 else np.where(codes < found, codes, found)
        return found

    def check(self, rows: Rows, mask: Mask | None) -> None:
        """Raise `Overflow` where a new size does not fit into its bits."""
        for value, most, spots in self.growths:
            if _upper(value, rows) > most:
                largest = _exact(value, rows, mask)
                if largest > most:
                    raise Overflow(dict.fromkeys(spots, largest.bit_length()))


def _upper(value: Size, rows: Rows) -> int:
    if not isinstance(value, Linear):
        return value
    return value.constant + sum(factor * rows.most(symbol) for symbol, factor in value.terms.items() if factor > 0)


def _exact(value: Size, rows: Rows, mask: Mask | None) -> int:
    if not isinstance(value, Linear):
        return value
    terms, sign = _terms(value)
    return int((_kept(rows.sum(terms), mask) * sign).max()) + value.constant


def _kept(column: NDArray[Any], mask: Mask | None) -> NDArray[Any]:
    return column if mask is None else column[mask]


# From an edge to its steps


class Compiler:
    """Makes the steps of one embedding."""

    def __init__(self, packing: Packing, forms: list[Form], embedding: Embedding, rank: int) -> None:
        self.packing = packing
        self.forms = forms
        self.rank = rank
        self.quotients = Quotients()
        self.sources = [packing.places[rank][place] for place in embedding.places]

    def steps(self, edge: Edge, claims: dict[str, list[Conjunction]], largest: int) -> Iterator[ColumnStep]:
        """Yield the edge with each choice of sizes for its arguments that its guard does not rule out by itself."""
        for sizes in itertools.product(range(largest), repeat=len(edge.sizes)):
            known: dict[int, Size] = dict(zip(edge.sizes, sizes, strict=True))
            for symbol, dividend, divisor in edge.quotients:
                value = substitute(dividend, known)
                known[symbol] = (
                    value // divisor
                    if not isinstance(value, Linear)
                    else Linear({self.quotients.symbol(value, divisor): 1})
                )
            guard = tests_of(edge.guard, known)
            if guard is not None:
                yield self.step(edge, guard, claims, known)

    def step(
        self, edge: Edge, guard: Tests, claims: dict[str, list[Conjunction]], known: dict[int, Size]
    ) -> ColumnStep:
        ways = {name: ways_of(each, known) for name, each in claims.items()}
        if edge.target < 0:
            return ColumnStep(guard, (), ways, True, -1, (), ())
        form = self.forms[edge.target]
        rank = self.packing.ranks[form.skeleton]
        update = [substitute(value, known) for value in edge.update]
        packed = tuple(self.pack(rank, order, update) for order in form.orders)
        return ColumnStep(
            guard, ways_of(edge.negative, known), ways, False, rank, packed, tuple(self.growths(form, rank, update))
        )

    def pack(self, rank: int, order: tuple[int, ...], update: list[Size]) -> Packed:
        """Return the packed target, from the source or from 0, whichever takes fewer operations."""
        constants = [rank << self.packing.top, *[0] * (self.packing.words - 1)]
        factors: list[dict[int, int]] = [{} for _ in range(self.packing.words)]
        for index, place in zip(order, self.packing.places[rank], strict=True):
            value = update[index] if index >= 0 else 0
            constants[place.word] += _constant(value) << place.shift
            for symbol, factor in _factors(value):
                factors[place.word][symbol] = factors[place.word].get(symbol, 0) + (factor << place.shift)
        differences = [dict(each) for each in factors]
        for symbol, place in enumerate(self.sources):
            differences[place.word][symbol] = differences[place.word].get(symbol, 0) - (1 << place.shift)
        from_source = sum(map(_count, differences)) <= sum(map(_count, factors))
        if from_source:
            constants[0] -= self.rank << self.packing.top
        return Packed(
            from_source,
            tuple(map(_modular, constants)),
            tuple(
                tuple((symbol, _modular(factor)) for symbol, factor in each.items() if factor)
                for each in (differences if from_source else factors)
            ),
        )

    def growths(self, form: Form, rank: int, update: list[Size]) -> Iterator[Growth]:
        for index, value in enumerate(update):
            spots = tuple((rank, place) for order in form.orders for place, each in enumerate(order) if each == index)
            most = min((1 << self.packing.places[rank][place].bits) - 1 for _, place in spots)
            if not self.fits(value, most):
                yield Growth(value, most, spots)

    def fits(self, value: Size, most: int) -> bool:
        """Return whether a new size cannot be more than `most`."""
        if not isinstance(value, Linear):
            return value <= most
        return all(symbol < QUOTIENTS for symbol in value.terms) and most >= value.constant + sum(
            factor * ((1 << self.sources[symbol].bits) - 1) for symbol, factor in value.terms.items() if factor > 0
        )

    def read_size(self, words: Words, symbol: int) -> Column:
        return read(words, self.sources[symbol]).view(np.int64)


def ways_of(conjunctions: Iterable[Conjunction], known: dict[int, Size]) -> tuple[Tests, ...]:
    """Return the conjunctions that are not ruled out by what is known."""
    return tuple(tests for each in conjunctions if (tests := tests_of(each, known)) is not None)


def tests_of(conjunction: Conjunction, known: dict[int, Size]) -> Tests | None:
    """Return what is left to test of a conjunction; None where it is false."""
    tests = []
    for condition in conjunction:
        left = substitute(condition.left, known)
        settled = truth(left, condition.holds)
        if settled is False:
            return None
        if settled is None:
            assert isinstance(left, Linear)
            tests.append(_test(left, condition))
    return tuple(dict.fromkeys(tests))


def _test(left: Linear, condition: Condition) -> Test:
    terms, sign = _terms(left)
    if condition.holds is Is.ZERO:
        return Test(terms, np.equal, -left.constant * sign)
    if condition.holds is Is.NOT_ZERO:
        return Test(terms, np.not_equal, -left.constant * sign)
    return Test(terms, np.greater_equal if sign > 0 else np.less_equal, -left.constant * sign)


def _terms(left: Linear) -> tuple[Terms, int]:
    """Return the sum without its constant, turned so that its first factor is above 0, and the sign of the turn."""
    terms = sorted(left.terms.items())
    if sum(abs(factor) for _, factor in terms) > LARGEST_FACTOR:
        raise LargeFactors(f"the factors of {left!r} are too large for the kernels; use the plain walk")
    sign = 1 if terms[0][1] > 0 else -1
    return tuple((symbol, factor * sign) for symbol, factor in terms), sign


def _constant(value: Size) -> int:
    return value if not isinstance(value, Linear) else value.constant


def _factors(value: Size) -> Iterable[tuple[int, int]]:
    return () if not isinstance(value, Linear) else value.terms.items()


def _count(factors: dict[int, int]) -> int:
    return sum(1 for factor in factors.values() if factor)


def _modular(number: int) -> np.uint64:
    return np.uint64(number % (1 << 64))
