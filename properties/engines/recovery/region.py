"""From which sizes of a shape some edges lead to where one wants to be: arguments are chosen, not quantified over.

"There are arguments such that …" is put as one condition for each choice that can matter, after L. Loos and V.
Weispfenning, "Applying linear quantifier elimination" (The Computer Journal 36, 1993): an argument is what an equation
makes it, or the least that some bound allows. Where an equation says how often a divisor goes into sizes, and nothing
is left, that is what it makes it, too. What is found is always right; where coefficients are larger than 1 some of it
may be missed otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from operator import itemgetter
from types import MappingProxyType
from typing import TypeAlias

from spillproof.model.quantity import Condition, Is, Linear, comparison
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.path import follows
from spillproof.properties.engines.automaton.shapes import Conjunction, Edge, Quotients, quotients_of
from spillproof.properties.engines.proof.residues import Residue, residue_of

Quotient: TypeAlias = tuple[int, Linear, int]
"""An unknown that is a dividend // a divisor."""

NOTHING_KNOWN: Mapping[int, Residue] = MappingProxyType({})

MOST_CHOICES = 64
"""Ways to choose the arguments of a step that are looked at."""


@dataclass(frozen=True)
class Route:
    """Edges one after the other, over the sizes of the shape that they leave and then the unknowns that they bring."""

    edges: tuple[Edge, ...]
    symbols: int
    """How many unknowns there are."""
    conditions: Conjunction
    """What must be so for all of them to be taken, with no counter below 0 after any."""
    sizes: tuple[Size, ...]
    """The sizes at the end."""

    def to(self, also: Conjunction) -> Conjunction | None:
        """Return the conditions for ending where something holds of the sizes; None where that cannot be."""
        return _meant([*self.conditions, *_at(also, dict(enumerate(self.sizes)))])


@dataclass(frozen=True)
class Choice:
    """Sizes from which a route can be taken, and what to choose on it."""

    conditions: Conjunction
    """Over the sizes of the shape that it leaves."""
    inputs: tuple[Size, ...]
    """A value for each unknown that its edges bring in, over the same sizes and over quotients."""
    quotients: Quotients = ()
    """Unknowns that are a dividend // a divisor, over the same sizes and over quotients that come earlier."""


def route(edges: Sequence[Edge]) -> Route | None:
    """Return edges that follow each other as one; None where no sizes let all of them be taken."""
    width = edges[0].width
    sizes: tuple[Size, ...] = tuple(Linear({place: 1}) for place in range(width))
    symbols = width
    found: list[Condition | bool] = []
    for edge in edges:
        new = edge.symbols - edge.width
        values: dict[int, Size] = dict(enumerate(sizes))
        values |= {edge.width + place: Linear({symbols + place: 1}) for place in range(new)}
        symbols += new
        found += _at(edge.guard, values)
        sizes = tuple(substitute(each, values) for each in edge.update)
        found += [comparison(each, Is.AT_LEAST_ZERO) for each in sizes]
    conditions = _meant(found)
    return None if conditions is None else Route(tuple(edges), symbols, conditions, sizes)


def choices(taken: Route, conditions: Conjunction, known: Mapping[int, Residue] = NOTHING_KNOWN) -> Iterator[Choice]:
    """Yield what to choose on a route so that conditions over its unknowns hold, and from which sizes that does it.

    `known` is what is left of sizes that the route leaves when they are divided.
    """
    width = taken.edges[0].width
    waiting: list[_Half] = [_Half(conditions, {}, ())]
    for _ in range(MOST_CHOICES):
        if not waiting:
            return
        half = waiting.pop()
        symbol = _next(half.asked, width)
        if symbol is None:
            yield half.choice(width, taken.symbols)
        else:
            waiting += reversed([*half.further(symbol, width, known)])


@dataclass(frozen=True)
class _Half:
    """Some unknowns of a route are chosen."""

    asked: Conjunction
    """Over the sizes, and over the unknowns that are not."""
    chosen: dict[int, Size]
    quotients: Quotients
    """The last one that was chosen first, as an earlier one may be over it."""

    def choice(self, width: int, symbols: int) -> Choice:
        """Return what was chosen, where nothing is left to be: of what nothing was asked, 0."""
        chosen = dict.fromkeys(range(width, symbols), 0) | self.chosen
        inputs = tuple(chosen[each] for each in range(width, symbols))
        dividends = _settled(tuple(dividend for _, dividend, _ in self.quotients), chosen)
        quotients = [
            (each, value if isinstance(value, Linear) else Linear({}, value), divisor)
            for (each, _, divisor), value in zip(self.quotients, dividends, strict=True)
        ]
        return Choice(self.asked, _settled(inputs, chosen), tuple(quotients))

    def further(self, symbol: int, width: int, known: Mapping[int, Residue]) -> Iterator[_Half]:
        """Yield each way to choose an unknown; where no equation settles one, and one divides evenly, that instead."""
        rounded = self.rounded(symbol)
        if rounded is not None:
            rest = [each for each in self.asked if symbol not in each.left.terms]
            yield from self.then(symbol, Linear({symbol: 1}), rest, rounded[1], rounded)
            return
        even = [*self.even(width, known)]
        exact = [quotient for holds, quotient in even if holds is Is.ZERO]
        if exact and not any(_solves(each, symbol) for each in self.asked):
            yield from self.divided(exact[0])
            return
        for value in _values(symbol, self.asked):
            yield from self.then(symbol, value, _at(self.asked, {symbol: value}), value)
        for holds, quotient in even:
            if holds is Is.AT_LEAST_ZERO and quotient[0] == symbol:
                yield from self.divided(quotient)

    def rounded(self, symbol: int) -> Quotient | None:
        """Return of what an unknown is the quotient, where nothing else is asked of it: there always is such a one."""
        about = [(each.left.terms[symbol], each) for each in self.asked if symbol in each.left.terms]
        if len(about) != 2 or any(each.holds is not Is.AT_LEAST_ZERO for _, each in about):  # noqa: PLR2004 - at most, and above
            return None
        (factor, most), (_, above) = sorted(about, key=itemgetter(0))
        dividend, both = most.left - Linear({symbol: factor}), most.left + above.left
        is_one = not isinstance(both, Linear) and factor < -1 and both == -factor - 1
        return (symbol, dividend, -factor) if is_one and isinstance(dividend, Linear) else None

    def divided(self, even: Quotient) -> Iterator[_Half]:
        """Yield what is left to choose with an unknown that is a quotient of which nothing is left."""
        symbol, multiple, _ = even
        yield from self.then(symbol, Linear({symbol: 1}), _times(self.asked, *even), multiple, even)

    def then(
        self, symbol: int, value: Size, asked: Iterable[Condition | bool], natural: Size, *even: Quotient
    ) -> Iterator[_Half]:
        """Yield what is left to choose with a value for an unknown, which something natural makes natural."""
        rest = _meant([*asked, comparison(natural, Is.AT_LEAST_ZERO)])
        if rest is not None:
            yield _Half(rest, {**self.chosen, symbol: value}, (*even, *self.quotients))

    def even(self, width: int, known: Mapping[int, Residue]) -> Iterator[tuple[Is, Quotient]]:
        """Yield the unknowns that an equation, or the bound below one, makes a quotient of which nothing is left."""
        for each in self.asked:
            for symbol, factor in each.left.terms.items():
                if symbol < width or (each.holds is not Is.ZERO and (each.holds is Is.NOT_ZERO or factor <= 1)):
                    continue
                multiple: Size = (each.left - Linear({symbol: factor})) * (-1 if factor > 0 else 1)
                modulus, rest = residue_of(multiple, known)
                if isinstance(multiple, Linear) and modulus % factor == 0 == rest % factor:
                    yield each.holds, (symbol, multiple, abs(factor))


def undivided(conditions: Conjunction) -> Conjunction | None:
    """Return conditions without quotients of their own, met by the same sizes.

    None where an equation does not settle each of them, as in `size % 4 == 1`: that is no condition on sizes alone.
    """
    asked: Conjunction | None = tuple(conditions)
    for symbol, _, _ in quotients_of(conditions):
        equation = next((each for each in asked or () if _solves(each, symbol)), None)
        if asked is None or equation is None:
            return None
        value = _solved(equation.left, symbol)
        asked = _meant([*_at(asked, {symbol: value}), comparison(value, Is.AT_LEAST_ZERO)])
    return asked


def _next(asked: Conjunction, width: int) -> int | None:
    """Return an unknown that is still to be chosen: one that an equation settles, if there is such a one."""
    open_ = sorted({symbol for each in asked for symbol in each.left.terms if symbol >= width})
    settled = (symbol for symbol in open_ if any(_solves(each, symbol) for each in asked))
    return next(settled, open_[-1] if open_ else None)


def _solves(condition: Condition, symbol: int) -> bool:
    return condition.holds is Is.ZERO and abs(condition.left.terms.get(symbol, 0)) == 1


def _values(symbol: int, asked: Conjunction) -> list[Size]:
    """Return the values of an unknown that can matter: what an equation says, or 0 and the least of each bound."""
    about = [each for each in asked if symbol in each.left.terms]
    for each in about:
        if _solves(each, symbol):
            return [_solved(each.left, symbol)]
    apart = sum(each.holds is Is.NOT_ZERO for each in about)
    least: list[Size] = [0]
    bounds = (each.left for each in about if each.holds is Is.AT_LEAST_ZERO and each.left.terms[symbol] == 1)
    least.extend(_solved(left, symbol) for left in bounds)
    return [value + more for value in least for more in range(apart + 1)]


def _solved(left: Linear, symbol: int) -> Size:
    """Return what an unknown is where an expression in which it has the factor 1 or -1 is 0."""
    factor = left.terms[symbol]
    rest: Size = left - Linear({symbol: factor})
    return rest * -factor


def _settled(inputs: tuple[Size, ...], chosen: dict[int, Size]) -> tuple[Size, ...]:
    """Return choices in which what was chosen later is put in."""
    for _ in chosen:
        inputs = tuple(substitute(each, chosen) for each in inputs)
    return inputs


def _times(conditions: Conjunction, symbol: int, multiple: Linear, divisor: int) -> Iterator[Condition | bool]:
    """Yield conditions times a divisor, in which so many times an unknown is a multiple; then in lowest terms."""
    for each in conditions:
        factor = each.left.terms.get(symbol)
        if factor is None:
            yield each
        else:
            rest: Size = each.left - Linear({symbol: factor})
            yield lowest(rest * divisor + multiple * factor, each.holds)


def lowest(left: Size, holds: Is) -> Condition | bool:
    """Return a condition on natural numbers divided by all that its factors have in common."""
    if not isinstance(left, Linear):
        return comparison(left, holds)
    common = gcd(*left.terms.values())
    if holds is not Is.AT_LEAST_ZERO and left.constant % common:
        return holds is Is.NOT_ZERO
    terms = {symbol: factor // common for symbol, factor in left.terms.items()}
    return comparison(Linear(terms, left.constant // common), holds)


def _at(conditions: Conjunction, values: dict[int, Size]) -> list[Condition | bool]:
    return [comparison(substitute(each.left, values), each.holds) for each in conditions]


def _meant(found: Sequence[Condition | bool]) -> Conjunction | None:
    """Return conditions without those that go without saying; None where they contradict each other plainly."""
    kept: list[Condition] = []
    for each in found:
        known = [follows(other, each) for other in kept] if isinstance(each, Condition) else [each]
        if False in known:
            return None
        if isinstance(each, Condition) and True not in known:
            kept.append(each)
    return tuple(kept)
