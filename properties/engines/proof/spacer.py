"""Z3's Horn clause engine on the automaton: it invents the invariant that guessing did not find.

One relation a shape, one rule an edge, one query for the goals. Its answers have been wrong before (Z3Prover/z3#2641,
#7466, #7611), so that an invariant is taken from it and proved again, and "reachable" is only ever a hint.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

import z3

from spillproof.model.quantity import Condition, Linear, is_natural, truth
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.smtlib import linear, smt
from spillproof.properties.engines.proof.solver import (
    Answer,
    Formula,
    ask,
    formula,
    naturals,
    new_solver,
    stoppable,
    suppose,
    unknown,
)


@dataclass(frozen=True)
class Invention:
    """What Spacer found."""

    formulas: list[Formula] | None
    """For each shape a formula over its sizes (unknown 0, 1, …); None where it found no invariant."""
    why: str = ""
    """Why not."""


def invent(
    automaton: Automaton,
    goals: list[Goal],
    limits: Limits = UNLIMITED,
    effort: int | None = None,
    *,
    known: Invariant | None = None,
) -> Invention:
    """Return for each shape what Spacer takes for an invariant that, beside what is known, rules the goals out.

    What is known is given to it: a size that an equation gives is none that it has to think about. Not a proof before a
    certificate made of both is accepted. Stops at the limits' deadline, and says so; `effort` is in Z3's own units
    (`rlimit`), so that a short attempt ends at the same place on every machine.
    """
    known = known or Invariant([[] for _ in automaton.shapes])
    try:
        found = _query(automaton, goals, known, limits, effort, inline=True)
        if found.formulas is not None and not _is_usable(found.formulas, automaton, goals, known, limits):
            found = _query(automaton, goals, known, limits, effort, inline=False)
        if found.formulas is not None:
            return Invention([_eliminated(each, limits) for each in found.formulas])
    except OutOfTime:
        return Invention(None, "Spacer had no more time")
    except z3.Z3Exception:
        return Invention(None, "Spacer's invariant has quantifiers, which were not eliminated")
    return found


def _is_usable(
    formulas: list[Formula], automaton: Automaton, goals: Iterable[Goal], known: Invariant, limits: Limits
) -> bool:
    """Return whether no formula has a quantifier, and the formulas rule out the goals, and what leads where they
    allow nothing.

    Where Spacer eliminated a shape before it began, it spells it by its neighbours', with quantifiers, or as `true`, or
    as `false` though there is a way to it.
    """
    if any(map(_is_quantified, formulas)):
        return False
    nowhere = {shape for shape, each in enumerate(formulas) if z3.is_false(z3.simplify(each))}
    ways = ((each.source, each.guard) for each in automaton.edges if each.target in nowhere)
    ruled_out = ((each.shape, each.conditions()) for each in goals)
    return all(_denies(formulas, *each, known, limits) for each in itertools.chain(ruled_out, ways))


def _denies(formulas: list[Formula], shape: int, asked: Conjunction, known: Invariant, limits: Limits) -> bool:
    """Return whether no state of a shape that its formula and what is known allow meets some conditions."""
    conditions = (*known.conditions(shape), *asked)
    solver = new_solver()
    suppose(solver, [*naturals(conditions), *map(formula, conditions)])
    if shape >= 0:
        suppose(solver, [formulas[shape]])
    return ask(solver, limits) is Answer.NO


def _eliminated(formula_: Formula, limits: Limits) -> Formula:
    """Return a formula without quantifiers that says the same: what is left of divisibility becomes `mod`."""
    if not _is_quantified(formula_):
        return formula_
    tactic = z3.Then(z3.Tactic("qe"), z3.Tactic("simplify"))
    without = stoppable(lambda: tactic(formula_).as_expr(), z3.main_ctx(), limits)
    if _is_quantified(without):
        message = "quantifiers are left"
        raise z3.Z3Exception(message)
    return without


def _query(
    automaton: Automaton, goals: list[Goal], known: Invariant, limits: Limits, effort: int | None, *, inline: bool
) -> Invention:
    engine = z3.Fixedpoint()
    engine.set(engine="spacer", ctrl_c=False)
    if effort is not None:
        engine.set(rlimit=effort)
    if not inline:
        engine.set("xform.inline_eager", False)
        engine.set("xform.inline_linear", False)
    if limits.left() != inf:
        engine.set(timeout=max(1, int(1000 * limits.left())))
    queries = engine.parse_string(horn(automaton, goals, known, limits))
    try:
        answer = stoppable(lambda: engine.query(queries[0]), z3.main_ctx(), limits)
    except z3.Z3Exception:  # out of time or memory, or out of its depth
        return Invention(None, "Spacer gave up")
    if answer != z3.unsat:
        return Invention(None, "Spacer found no invariant")
    free = {f"shape{shape.index}": _Known(automaton, known, shape.index).free for shape in automaton.shapes}
    answers = dict(_read(each, free) for each in _conjuncts(engine.get_answer()))
    return Invention([answers.get(f"shape{shape.index}", z3.BoolVal(True)) for shape in automaton.shapes])


def _is_quantified(formula_: Formula) -> bool:
    seen: set[int] = set()
    waiting = [formula_]
    while waiting:
        each = waiting.pop()
        if z3.is_quantifier(each):
            return True
        if each.get_id() not in seen:
            seen.add(each.get_id())
            waiting.extend(each.children())
    return False


class _Known:
    """The sizes of a shape (-1: the moment before the beginning) over those that no equation gives."""

    def __init__(self, automaton: Automaton, known: Invariant, shape: int) -> None:
        self.shape = shape
        width = len(automaton.shapes[shape].slots) if shape >= 0 else 0
        self.replaced = known.replacements[shape] if shape >= 0 else {}
        self.free = [size for size in range(width) if size not in self.replaced]
        self.facts = [] if shape < 0 else known.rewrite(shape, known.conditions(shape)) or []

    def source(self, symbols: int) -> list[str]:
        """Return that the shape is reached, what is known of its sizes, and that all unknowns are naturals."""
        width = len(self.free) + len(self.replaced)
        natural = [f"(>= {linear(each)} 0)" for each in self.replaced.values() if not is_natural(each)]
        natural += [f"(>= q{symbol} 0)" for symbol in (*self.free, *range(width, symbols))]
        reached = [] if self.shape < 0 else [_applied(self.shape, (f"q{size}" for size in self.free))]
        return [*reached, *natural, *map(smt, self.facts)]

    def conditions(self, asked: Conjunction) -> Iterator[str]:
        """Yield conditions over the free sizes."""
        for condition in asked:
            left = substitute(condition.left, self.replaced)
            if isinstance(left, Linear):
                yield smt(Condition(left, condition.holds))
            elif truth(left, condition.holds) is False:
                yield "false"


def horn(automaton: Automaton, goals: list[Goal], known: Invariant | None = None, limits: Limits = UNLIMITED) -> str:
    """Return the question whether a goal can be reached, as Horn clauses in the format of Z3: one relation a shape.

    It is over the sizes that no known equation gives.
    """
    known = known or Invariant([[] for _ in automaton.shapes])
    places = {index: _Known(automaton, known, index) for index in (-1, *range(len(automaton.shapes)))}
    widths = [edge.symbols for edge in automaton.edges] + automaton.widths()
    width = max([*widths, *(1 + symbol for goal in goals for symbol in goal.own())], default=0)
    lines = [
        f"(declare-rel shape{each.index} ({' '.join(['Int'] * len(places[each.index].free))}))"
        for each in automaton.shapes
    ]
    lines += ["(declare-rel bad ())", *(f"(declare-var q{symbol} Int)" for symbol in range(width))]
    for edge in automaton.edges:
        limits.check()
        if edge.target >= 0 and edge.source not in known.unreachable:
            source = places[edge.source]
            update = [substitute(size, source.replaced) for size in edge.update]
            after = [f"(>= {linear(size)} 0)" for size in update if not is_natural(size)]
            body = [*source.source(edge.symbols), *source.conditions(edge.guard), *after]
            lines.append(
                _rule(body, _applied(edge.target, (linear(update[size]) for size in places[edge.target].free)))
            )
    for goal in goals:
        if goal.shape not in known.unreachable:
            source = places[goal.shape]
            width = len(automaton.shapes[goal.shape].slots) if goal.shape >= 0 else 0
            symbols = (goal.edge.symbols if goal.edge is not None else width) + len(goal.own())
            lines.append(_rule([*source.source(symbols), *source.conditions(goal.conditions())], "bad"))
    return "\n".join([*lines, "(query bad)"])


def _rule(body: list[str], head: str) -> str:
    return f"(rule (=> (and true {' '.join(body)}) {head}))"


def _applied(shape: int, sizes: Iterable[str]) -> str:
    words = " ".join(sizes)
    return f"(shape{shape} {words})" if words else f"shape{shape}"


def _conjuncts(answer: Formula) -> list[Formula]:
    return answer.children() if z3.is_and(answer) else [answer]


def _read(answer: Formula, free: dict[str, list[int]]) -> tuple[str, Formula]:
    """Return the relation that `∀ x, y. relation(x, y) = formula` defines, and the formula over our unknowns."""
    relation, meaning = (answer.body() if z3.is_quantifier(answer) else answer).children()
    places = {z3.get_var_index(bound): place for place, bound in enumerate(relation.children())}
    sizes = free.get(relation.decl().name(), [])
    named = (unknown(sizes[places[index]]) for index in sorted(places))
    return relation.decl().name(), z3.substitute_vars(meaning, *named)
