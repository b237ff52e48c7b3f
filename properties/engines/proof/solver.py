"""The one door to Z3: conjunctions of linear conditions over natural unknowns, and three answers.

Every question goes through `ask`. What Z3 does not know is `UNKNOWN`, which is neither yes nor no; how long it may
think is counted in its own units of effort, so that the answer does not depend on the machine or its load; and the
deadline and Ctrl-C end it at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from functools import cache, lru_cache
from typing import Any, Self, TypeAlias, TypeVar

import z3

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.shapes import Conjunction
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof import background

z3.Context.owner = False  # pyright: ignore[reportAttributeAccessIssue] # of a context whose making was interrupted, so that its end finds nothing to give back

# What the solver's Python layer returns has no useful types: a sum is an ArithRef, or a BoolRef, or …
Term: TypeAlias = Any
Formula: TypeAlias = Any

Result = TypeVar("Result")


class Answer(Enum):
    """What a solver answers. Ask which it is: none is true or false."""

    YES = "sat"
    NO = "unsat"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Raise `TypeError`: what is not known must not be taken for yes or no by accident."""
        message = f"an answer has three values, and is no condition: compare with {type(self).__name__}.YES or .NO"
        raise TypeError(message)


QUICK = 50_000
"""Effort, in Z3's units, that a question gets before it is worth a thread of its own: less than 0.2 s. Nearly all
need less than a hundredth of it."""

EFFORT = 5_000_000
"""Effort that a question gets at most: some 10 s. The same on every machine and under any load."""

MEMORY = 4096
"""Megabytes that Z3 may take at most; half of the machine's, where that is less."""


def _memory() -> int:
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 21)
    except (AttributeError, ValueError, OSError):  # not every system tells
        return MEMORY
    return max(512, min(MEMORY, machine))


z3.set_param("memory_max_size", _memory())
with suppress(AttributeError):
    # A collection of Python's garbage may happen in one thread while Z3 runs in another.
    z3.z3core.Z3_enable_concurrent_dec_ref(z3.main_ctx().ref())


def new_solver(context: Any = None) -> Any:
    """Return a solver for linear arithmetic over integers, to be asked by `ask` alone."""
    solver = z3.SolverFor("QF_LIA", ctx=context)
    # Z3 would take Ctrl-C for itself, answer "unknown", and nobody would hear of it.
    solver.set("ctrl_c", False)
    solver.set("rlimit", QUICK)
    return solver


def ask(solver: Any, limits: Limits = UNLIMITED, effort: int | None = EFFORT) -> Answer:
    """Return whether the assertions of a solver can be met.

    `effort` bounds how long it thinks, in its own units; None leaves it to the limits. Raises `OutOfTime` at the
    deadline, and `KeyboardInterrupt` at once.
    """
    limits.check()
    answer = _answer(solver)
    if answer is not Answer.UNKNOWN or (effort is not None and effort <= QUICK):
        return answer
    solver.set("rlimit", effort or 0)
    try:
        return stoppable(lambda: _answer(solver), solver.ctx, limits)
    finally:
        solver.set("rlimit", QUICK)


def stoppable(work: Callable[[], Result], context: Any, limits: Limits) -> Result:
    """Return what work in a context of Z3 returns. Raises `OutOfTime` at the deadline, `KeyboardInterrupt` at once.

    Nothing of the interrupt is left behind: one that comes as the work has just ended would else be that of the next
    question, which Z3 gives up as "canceled". A check, be it of nothing, takes it away.
    """
    try:
        return background.run(work, context.interrupt, limits)
    except BaseException:
        z3.Solver(ctx=context).check()
        raise


def _answer(solver: Any) -> Answer:
    try:
        found = solver.check()
    except z3.Z3Exception:  # out of memory, or interrupted within its preparations
        return Answer.UNKNOWN
    if found == z3.unknown:
        return Answer.UNKNOWN
    return Answer.YES if found == z3.sat else Answer.NO


def evaluated(script: str, limits: Limits = UNLIMITED) -> list[str]:
    """Return the lines that Z3 prints for a script of SMT-LIB 2, in a context of its own.

    Raises `OutOfTime` at the deadline, and `KeyboardInterrupt` at once.
    """
    context = z3.Context()
    z3.set_param("ctrl_c", False)  # as in `new_solver`; a script can only be told so for all
    try:
        printed = stoppable(lambda: z3.Z3_eval_smtlib2_string(context.ref(), script), context, limits)
    except z3.Z3Exception as error:  # out of memory
        return [f"(error {error})"]
    finally:
        z3.set_param("ctrl_c", True)
    return str(printed).splitlines()


# Formulas


@cache
def unknown(symbol: int) -> Term:
    """Return the solver's variable for an unknown."""
    return z3.Int(f"q{symbol}")


@lru_cache(maxsize=10_000)
def _integer(value: int) -> Term:
    return z3.IntVal(value)


@lru_cache(maxsize=10_000)
def _product(symbol: int, factor: int) -> Term:
    return unknown(symbol) if factor == 1 else _integer(factor) * unknown(symbol)


def term(value: Linear | int) -> Term:
    """Return a linear expression as the solver's term."""
    if not isinstance(value, Linear):
        return _integer(value)
    parts = [_product(symbol, factor) for symbol, factor in value.terms.items()]
    return total([*parts, _integer(value.constant)] if value.constant else parts)


def total(parts: list[Term]) -> Term:
    """Return the sum of terms. `z3.Sum` would first look at each whether it has to be converted: ten times as long."""
    if len(parts) < 2:  # noqa: PLR2004 - a sum of one term is no sum
        return parts[0] if parts else _integer(0)
    context = parts[0].ctx
    terms = (z3.Ast * len(parts))(*(each.ast for each in parts))
    return z3.ArithRef(z3.Z3_mk_add(context.ref(), len(parts), terms), context)


def formula(condition: Condition) -> Formula:
    """Return a condition as the solver's formula. Not by operators, which look at each side whether to convert it."""
    left, zero = term(condition.left), _integer(0)
    if condition.holds is Is.NOT_ZERO:
        return left != zero
    make = z3.Z3_mk_ge if condition.holds is Is.AT_LEAST_ZERO else z3.Z3_mk_eq
    return z3.BoolRef(make(left.ctx.ref(), left.as_ast(), zero.as_ast()), left.ctx)


@cache
def natural(symbol: int) -> Formula:
    """Return that an unknown is at least 0."""
    return unknown(symbol) >= 0


def naturals(conditions: Iterable[Condition]) -> list[Formula]:
    """Return that every unknown of the conditions is at least 0."""
    return [natural(symbol) for symbol in sorted({s for each in conditions for s in each.left.terms})]


def suppose(solver: Any, formulas: Iterable[Formula]) -> None:
    """Assert formulas: what `solver.add` does, which first looks at each for a while."""
    for each in formulas:
        z3.Z3_solver_assert(solver.ctx.ref(), solver.solver, each.as_ast())


class Feasibility:
    """Answers whether natural numbers meet a conjunction, and remembers the answers."""

    def __init__(self, limits: Limits = UNLIMITED) -> None:
        self.limits = limits
        self.solver = new_solver()
        self.known: dict[frozenset[object], Answer] = {}

    def __call__(self, conditions: Conjunction) -> bool:
        """Return whether the conditions can perhaps all hold: what the solver does not know counts as possible.

        Only False is certain. Raises `OutOfTime` at the deadline.
        """
        return self.ask(conditions) is not Answer.NO

    def ask(self, conditions: Conjunction) -> Answer:
        """Return whether the conditions can all hold. Raises `OutOfTime` at the deadline."""
        if len(conditions) == 0:
            return Answer.YES
        key = frozenset(condition.key() for condition in conditions)
        answer = self.known.get(key)
        if answer is None:
            self.solver.push()
            try:
                suppose(self.solver, [*naturals(conditions), *map(formula, conditions)])
                answer = self.known[key] = ask(self.solver, self.limits)
            finally:
                self.solver.pop()
        return answer


class Point:
    """Sizes that meet some conditions and none of several others: one question after the other, in one context."""

    def __init__(self, symbols: int, conditions: Iterable[Condition], limits: Limits = UNLIMITED) -> None:
        self.symbols = symbols
        self.conditions = list(conditions)
        self.limits = limits
        self.formulas: dict[int, tuple[Condition, Formula]] = {}
        """Conditions that were excluded, which stay alive, and their opposites."""

    def __enter__(self) -> Self:
        self.solver = new_solver()
        suppose(self.solver, map(natural, range(self.symbols)))
        suppose(self.solver, map(formula, self.conditions))
        return self

    def __exit__(self, *_error: object) -> None:
        del self.solver

    def ask(self) -> Answer:
        """Return whether there are such sizes. Raises `OutOfTime` at the deadline."""
        return ask(self.solver, self.limits)

    def sizes(self) -> tuple[int, ...]:
        """Return a value for each unknown, after the answer was `YES`."""
        model = self.solver.model()
        return tuple(model.eval(unknown(each), model_completion=True).as_long() for each in range(self.symbols))

    def exclude(self, conditions: Conjunction) -> None:
        """Ask for other sizes than those that meet all of some conditions. The same one may be among others later."""
        for each in conditions:
            if id(each) not in self.formulas:
                self.formulas[id(each)] = each, z3.Not(formula(each))
        suppose(self.solver, [z3.Or(z3.BoolVal(False), *(self.formulas[id(each)][1] for each in conditions))])
