"""Which of the candidates for equations hold over the integers: every step is asked, by exact arithmetic.

An equation of a shape holds after an edge where, with the new sizes put in, it is a combination of the equations of the
edge's source and of those in its guard; or where the edge cannot be taken at all. What is not so is dropped, and the
edges that leave the shape are asked again, until nothing changes. What is left is inductive, and no solver is needed to
believe it.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.solver import Feasibility

Row = dict[int, Fraction]
"""An expression that is 0, sparse. Entry -1 is the constant."""

ONE = -1


def confirmed(
    automaton: Automaton, candidates: list[list[Linear]], feasible: Feasibility, limits: Limits = UNLIMITED
) -> list[list[Linear]]:
    """Return for each shape those of its candidates that hold in every state that can arrive there.

    Raises `OutOfTime` at the deadline.
    """
    return _Confirmation(automaton, candidates, feasible, limits).run()


class _Confirmation:
    def __init__(
        self, automaton: Automaton, candidates: list[list[Linear]], feasible: Feasibility, limits: Limits
    ) -> None:
        self.automaton = automaton
        self.equations = [list(each) for each in candidates]
        self.replacements = [solved(each) for each in candidates]
        self.feasible = feasible
        self.limits = limits

    def run(self) -> list[list[Linear]]:
        waiting = deque(edge for edge in self.automaton.edges if edge.target >= 0)
        queued = {edge.index for edge in waiting}
        while waiting:
            self.limits.check()
            edge = waiting.popleft()
            queued.discard(edge.index)
            lost = self.lost(edge)
            if lost and not self.is_never_taken(edge):
                self.drop(edge.target, lost)
                for later in self.automaton.leaving[edge.target]:
                    if later.target >= 0 and later.index not in queued:
                        queued.add(later.index)
                        waiting.append(later)
        return self.equations

    def drop(self, shape: int, lost: list[Linear]) -> None:
        self.equations[shape] = [each for each in self.equations[shape] if each not in _Same(lost)]
        self.replacements[shape] = solved(self.equations[shape])

    def lost(self, edge: Edge) -> list[Linear]:
        """Return the equations of an edge's target that do not follow from those of its source and its guard."""
        update = dict(enumerate(edge.update))
        known = self.replacements[edge.source] if edge.source >= 0 else {}
        open_: list[tuple[Linear, Size]] = []
        for equation in self.equations[edge.target]:
            after = substitute(substitute(equation, update), known)
            if isinstance(after, Linear) or after != 0:
                open_.append((equation, after))
        if not open_:
            return []
        rows = self.given(edge)
        return [equation for equation, after in open_ if reduced(_row(after), rows)]

    def given(self, edge: Edge) -> dict[int, Row]:
        """Return the equations that hold before an edge that is taken, each solved for an unknown of its own."""
        before = self.equations[edge.source] if edge.source >= 0 else []
        rows: dict[int, Row] = {}
        for each in (*before, *(condition.left for condition in edge.guard if condition.holds is Is.ZERO)):
            rest = reduced(_row(each), rows)
            if rest:
                pivot = max(rest)  # a contradiction has nothing but ONE, and then everything follows
                row = {place: value / rest[pivot] for place, value in rest.items()}
                for other in rows.values():
                    _subtract(other, row, other.get(pivot, Fraction(0)))
                rows[pivot] = row
        return rows

    def is_never_taken(self, edge: Edge) -> bool:
        """Return whether no naturals meet an edge's guard and the equations before it."""
        known = self.replacements[edge.source] if edge.source >= 0 else {}
        conditions: list[Condition] = []
        asked = [(condition.left, condition.holds) for condition in edge.guard]
        asked += [(Linear({symbol: 1}), Is.AT_LEAST_ZERO) for symbol in known]
        for left, holds in asked:
            after = substitute(left, known)
            settled = truth(after, holds)
            if settled is False:
                return True
            if settled is None:
                assert isinstance(after, Linear)
                conditions.append(Condition(after, holds))
        return not self.feasible(tuple(conditions))


class _Same:
    """Membership by identity: comparing expressions makes a condition."""

    def __init__(self, members: list[Linear]) -> None:
        self.members = {id(each) for each in members}

    def __contains__(self, value: object) -> bool:
        return id(value) in self.members


def _row(size: Size) -> Row:
    if not isinstance(size, Linear):
        return {ONE: Fraction(size)} if size else {}
    row = {symbol: Fraction(factor) for symbol, factor in size.terms.items()}
    if size.constant:
        row[ONE] = Fraction(size.constant)
    return row


def reduced(row: Row, rows: dict[int, Row]) -> Row:
    """Return what is left of an expression when the others are 0: nothing, if it follows from them."""
    if ONE in rows:
        return {}
    rest = dict(row)
    for pivot in [place for place in row if place in rows]:
        _subtract(rest, rows[pivot], rest.get(pivot, Fraction(0)))
    return rest


def _subtract(target: Row, row: Row, factor: Fraction) -> None:
    if factor:
        for place, value in row.items():
            rest = target.get(place, Fraction(0)) - factor * value
            if rest:
                target[place] = rest
            else:
                target.pop(place, None)


def solved(equations: list[Linear]) -> dict[int, Linear | int]:
    """Solve each equation for an unknown with factor ±1 that no other equation has."""
    found: dict[int, Linear | int] = {}
    counts: dict[int, int] = {}
    for equation in equations:
        for symbol in equation.terms:
            counts[symbol] = counts.get(symbol, 0) + 1
    for equation in equations:
        own = [symbol for symbol, factor in equation.terms.items() if abs(factor) == 1 and counts[symbol] == 1]
        if own:
            symbol = max(own)
            rest = {other: factor for other, factor in equation.terms.items() if other != symbol}
            sign = -equation.terms[symbol]
            solution = {other: factor * sign for other, factor in rest.items()}
            found[symbol] = Linear(solution, equation.constant * sign) if solution else equation.constant * sign
    return found
