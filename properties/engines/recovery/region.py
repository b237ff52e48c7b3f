"""From which sizes of a shape some edges lead to where one wants to be: arguments are chosen, not quantified over.

"There are arguments such that …" is put as one condition for each choice that can matter, after L. Loos and V.
Weispfenning, "Applying linear quantifier elimination" (The Computer Journal 36, 1993): an argument is what an equation
makes it, or the least that some bound allows. What is found is always right; where coefficients are larger than 1 some
of it may be missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spillproof.model.quantity import Condition, Is, Linear, comparison, is_natural
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.path import follows
from spillproof.properties.engines.automaton.shapes import Conjunction, Edge, quotients_of

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
    """A value for each unknown that its edges bring in, over the same sizes."""


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
        found += [comparison(each, Is.AT_LEAST_ZERO) for each in sizes if not is_natural(each)]
    conditions = _meant(found)
    return None if conditions is None else Route(tuple(edges), symbols, conditions, sizes)


def choices(taken: Route, conditions: Conjunction) -> Iterator[Choice]:
    """Yield what to choose on a route so that conditions over its unknowns hold, and from which sizes that does it."""
    width = taken.edges[0].width
    waiting: list[tuple[Conjunction, dict[int, Size]]] = [(conditions, {})]
    for _ in range(MOST_CHOICES):
        if not waiting:
            return
        asked, chosen = waiting.pop()
        symbol = _next(asked, width)
        if symbol is None:
            inputs = tuple(chosen.get(each, 0) for each in range(width, taken.symbols))
            yield Choice(asked, _settled(inputs, chosen))
            continue
        for value in reversed([*_values(symbol, asked)]):
            rest = _meant([*_at(asked, {symbol: value}), comparison(value, Is.AT_LEAST_ZERO)])
            if rest is not None:
                waiting.append((rest, {**chosen, symbol: value}))


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


def _at(conditions: Conjunction, values: dict[int, Size]) -> list[Condition | bool]:
    return [comparison(substitute(each.left, values), each.holds) for each in conditions]


def _meant(found: Sequence[Condition | bool]) -> Conjunction | None:
    """Return conditions without those that go without saying; None where they contradict each other plainly."""
    kept: dict[tuple[object, ...], Condition] = {}
    for each in found:
        if each is False:
            return None
        if isinstance(each, Condition) and each.key() not in kept:
            known = [follows(other, each) for other in kept.values()]
            if False in known:
                return None
            if True not in known:
                kept[each.key()] = each
    return tuple(kept.values())
