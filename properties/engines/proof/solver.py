"""Z3, asked about conjunctions of linear conditions over natural unknowns."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias

import z3

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.shapes import Conjunction

# What the solver's Python layer returns has no useful types: a sum is an ArithRef, or a BoolRef, or …
Term: TypeAlias = Any
Formula: TypeAlias = Any


@cache
def unknown(symbol: int) -> Term:
    """Return the solver's variable for an unknown."""
    return z3.Int(f"q{symbol}")


def term(value: Linear | int) -> Term:
    """Return a linear expression as the solver's term."""
    if not isinstance(value, Linear):
        return z3.IntVal(value)
    parts = [unknown(symbol) if factor == 1 else factor * unknown(symbol) for symbol, factor in value.terms.items()]
    return total([*parts, z3.IntVal(value.constant)] if value.constant else parts)


def total(parts: list[Term]) -> Term:
    """Return the sum of terms."""
    if len(parts) < 2:  # noqa: PLR2004 - the solver's sum of one term is no term
        return parts[0] if parts else z3.IntVal(0)
    return z3.Sum(parts)


def formula(condition: Condition) -> Formula:
    """Return a condition as the solver's formula."""
    left = term(condition.left)
    if condition.holds is Is.AT_LEAST_ZERO:
        return left >= 0
    return left == 0 if condition.holds is Is.ZERO else left != 0


def naturals(conditions: Iterable[Condition]) -> list[Formula]:
    """Return that every unknown of the conditions is at least 0."""
    return [unknown(symbol) >= 0 for symbol in sorted({s for each in conditions for s in each.left.terms})]


def possible(solver: z3.Solver) -> bool:
    """Return whether the solver's assertions can be met; what it does not know counts as possible.

    Raises `KeyboardInterrupt` where the solver took the interrupt for itself.
    """
    answer = solver.check()
    if answer == z3.unknown and any(word in solver.reason_unknown() for word in ("interrupt", "cancel")):
        raise KeyboardInterrupt
    return bool(answer != z3.unsat)


class Feasibility:
    """Answers whether natural numbers meet a conjunction, and remembers the answers."""

    def __init__(self) -> None:
        self.solver = z3.SolverFor("QF_LIA")
        self.known: dict[frozenset[object], bool] = {}

    def __call__(self, conditions: Conjunction) -> bool:
        """Return whether the conditions can all hold. What the solver does not know counts as possible."""
        if len(conditions) == 0:
            return True
        key = frozenset(condition.key() for condition in conditions)
        answer = self.known.get(key)
        if answer is None:
            self.solver.push()
            self.solver.add(*naturals(conditions), *map(formula, conditions))
            answer = self.known[key] = possible(self.solver)
            self.solver.pop()
        return answer
