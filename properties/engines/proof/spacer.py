"""Z3's Horn clause engine on the automaton: it invents the invariant that guessing did not find.

One relation a shape, one rule an edge, one query for the goals. Its answers have been wrong before (Z3Prover/z3#2641,
#7466, #7611), so that an invariant is taken from it and proved again, and "reachable" is only ever a hint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import z3

from spillproof.model.quantity import is_natural
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.proof import background
from spillproof.properties.engines.proof.smtlib import linear, smt
from spillproof.properties.engines.proof.solver import Formula, unknown


@dataclass(frozen=True)
class Invention:
    """What Spacer found."""

    formulas: list[Formula] | None
    """For each shape a formula over its sizes (unknown 0, 1, …); None where it found no invariant."""
    why: str = ""
    """Why not."""


def invent(automaton: Automaton, goals: list[Goal], limits: Limits = UNLIMITED, effort: int | None = None) -> Invention:
    """Return for each shape what Spacer takes for an invariant that rules the goals out.

    Not a proof before a certificate made of it is accepted. Stops at the limits' deadline, and says so; `effort` is in
    Z3's own units (`rlimit`), so that a short attempt ends at the same place on every machine.
    """
    try:
        found = _query(automaton, goals, limits, effort, inline=True)
        if found.formulas is not None and any(map(_is_quantified, found.formulas)):
            # It eliminated a shape, and then spells it by its neighbours', with quantifiers.
            found = _query(automaton, goals, limits, effort, inline=False)
        if found.formulas is not None:
            return Invention([_eliminated(each, limits) for each in found.formulas])
    except OutOfTime:
        return Invention(None, "Spacer had no more time")
    except z3.Z3Exception:
        return Invention(None, "Spacer's invariant has quantifiers, which were not eliminated")
    return found


def _eliminated(formula_: Formula, limits: Limits) -> Formula:
    """Return a formula without quantifiers that says the same: what is left of divisibility becomes `mod`."""
    if not _is_quantified(formula_):
        return formula_
    tactic = z3.Then(z3.Tactic("qe"), z3.Tactic("simplify"))
    without = background.run(lambda: tactic(formula_).as_expr(), z3.main_ctx().interrupt, limits)
    if _is_quantified(without):
        message = "quantifiers are left"
        raise z3.Z3Exception(message)
    return without


def _query(automaton: Automaton, goals: list[Goal], limits: Limits, effort: int | None, *, inline: bool) -> Invention:
    engine = z3.Fixedpoint()
    engine.set(engine="spacer", ctrl_c=False)
    if effort is not None:
        engine.set(rlimit=effort)
    if not inline:
        engine.set("xform.inline_eager", False)
        engine.set("xform.inline_linear", False)
    if limits.left() != inf:
        engine.set(timeout=max(1, int(1000 * limits.left())))
    queries = engine.parse_string(horn(automaton, goals, limits))
    try:
        answer = background.run(lambda: engine.query(queries[0]), z3.main_ctx().interrupt, limits)
    except z3.Z3Exception:  # out of time or memory, or out of its depth
        return Invention(None, "Spacer gave up")
    if answer != z3.unsat:
        return Invention(None, "Spacer found no invariant")
    answers = dict(map(_read, _conjuncts(engine.get_answer())))
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


def horn(automaton: Automaton, goals: list[Goal], limits: Limits = UNLIMITED) -> str:
    """Return the question whether a goal can be reached, as Horn clauses in the format of Z3: one relation a shape."""
    width = max((edge.symbols for edge in automaton.edges), default=0)
    width = max((width, *(1 + symbol for goal in goals for symbol in goal.own())))
    lines = [f"(declare-rel shape{each.index} ({' '.join(['Int'] * len(each.slots))}))" for each in automaton.shapes]
    lines += ["(declare-rel bad ())", *(f"(declare-var q{symbol} Int)" for symbol in range(width))]
    for edge in automaton.edges:
        limits.check()
        if edge.target >= 0:
            after = [f"(>= {linear(size)} 0)" for size in edge.update if not is_natural(size)]
            body = [*_source(edge.source, edge.width), *_naturals(edge.symbols), *map(smt, edge.guard), *after]
            lines.append(_rule(body, _applied(edge.target, map(linear, edge.update))))
    for goal in goals:
        width = len(automaton.shapes[goal.shape].slots) if goal.shape >= 0 else 0
        symbols = (goal.edge.symbols if goal.edge is not None else width) + len(goal.own())
        body = [*_source(goal.shape, width), *_naturals(symbols), *map(smt, goal.conditions())]
        lines.append(_rule(body, "bad"))
    return "\n".join([*lines, "(query bad)"])


def _rule(body: list[str], head: str) -> str:
    return f"(rule (=> (and true {' '.join(body)}) {head}))"


def _source(shape: int, width: int) -> list[str]:
    return [] if shape < 0 else [_applied(shape, (f"q{symbol}" for symbol in range(width)))]


def _naturals(count: int) -> list[str]:
    return [f"(>= q{symbol} 0)" for symbol in range(count)]


def _applied(shape: int, sizes: Iterable[str]) -> str:
    words = " ".join(sizes)
    return f"(shape{shape} {words})" if words else f"shape{shape}"


def _conjuncts(answer: Formula) -> list[Formula]:
    return answer.children() if z3.is_and(answer) else [answer]


def _read(answer: Formula) -> tuple[str, Formula]:
    """Return the relation that `∀ x, y. relation(x, y) = formula` defines, and the formula over our unknowns."""
    relation, meaning = (answer.body() if z3.is_quantifier(answer) else answer).children()
    places = {z3.get_var_index(bound): place for place, bound in enumerate(relation.children())}
    return relation.decl().name(), z3.substitute_vars(meaning, *(unknown(places[index]) for index in sorted(places)))
