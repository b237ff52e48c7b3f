"""Z3's Horn clause engine on the automaton: it invents the invariant that guessing did not find.

One relation a shape, one rule an edge, one query for the goals. Its answers have been wrong before (Z3Prover/z3#2641,
#7466, #7611), so that an invariant is taken from it and proved again, and "reachable" is only ever a hint.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import z3

from spillproof.model.quantity import is_natural
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits, OutOfTime
from spillproof.properties.engines.proof import background
from spillproof.properties.engines.proof.solver import Formula, Term, formula, term, unknown


@dataclass(frozen=True)
class Invention:
    """What Spacer found."""

    formulas: list[Formula] | None
    """For each shape a formula over its sizes (unknown 0, 1, …); None where it found no invariant."""
    why: str = ""
    """Why not."""


def invent(automaton: Automaton, goals: list[Goal], limits: Limits = UNLIMITED) -> Invention:
    """Return for each shape what Spacer takes for an invariant that rules the goals out.

    Not a proof before a certificate made of it is accepted. Stops at the limits' deadline, and says so.
    """
    try:
        found = _query(automaton, goals, limits, inline=True)
        if found.formulas is not None and any(map(_is_quantified, found.formulas)):
            # It eliminated a shape, and then spells it by its neighbours', with quantifiers.
            found = _query(automaton, goals, limits, inline=False)
    except OutOfTime:
        return Invention(None, "Spacer had no more time")
    if found.formulas is not None and any(map(_is_quantified, found.formulas)):
        return Invention(None, "Spacer's invariant has quantifiers")
    return found


def _query(automaton: Automaton, goals: list[Goal], limits: Limits, *, inline: bool) -> Invention:
    engine = z3.Fixedpoint()
    engine.set(engine="spacer", ctrl_c=False)
    if not inline:
        engine.set("xform.inline_eager", False)
        engine.set("xform.inline_linear", False)
    if limits.left() != inf:
        engine.set(timeout=max(1, int(1000 * limits.left())))
    relations = [
        z3.Function(f"shape{shape.index}", *[z3.IntSort()] * len(shape.slots), z3.BoolSort())
        for shape in automaton.shapes
    ]
    bad = z3.Function("bad", z3.BoolSort())
    for relation in (*relations, bad):
        engine.register_relation(relation)
    variables = [unknown(symbol) for symbol in range(max((edge.symbols for edge in automaton.edges), default=0))]
    engine.declare_var(*variables)
    for edge in automaton.edges:
        limits.check()
        if edge.target >= 0:
            engine.rule(relations[edge.target](*map(term, edge.update)), _body(edge, relations))
    for goal in goals:
        engine.rule(bad(), _goal_body(goal, relations))
    try:
        answer = background.run(lambda: engine.query(bad()), z3.main_ctx().interrupt, limits)
    except z3.Z3Exception:  # out of time or memory, or out of its depth
        return Invention(None, "Spacer gave up")
    if answer != z3.unsat:
        return Invention(None, "Spacer found no invariant")
    answers = dict(map(_read, _conjuncts(engine.get_answer())))
    return Invention([answers.get(relation.name(), z3.BoolVal(True)) for relation in relations])


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


def _body(edge: Edge, relations: list[Any]) -> list[Formula]:
    own = [unknown(symbol) >= 0 for symbol in range(edge.symbols)]
    source = [] if edge.source < 0 else [relations[edge.source](*_unknowns(edge.width))]
    after = [term(size) >= 0 for size in edge.update if not is_natural(size)]
    return [*source, *own, *map(formula, edge.guard), *after]


def _goal_body(goal: Goal, relations: list[Any]) -> list[Formula]:
    width = goal.edge.symbols if goal.edge is not None else relations[goal.shape].arity()
    source = [] if goal.shape < 0 else [relations[goal.shape](*_unknowns(relations[goal.shape].arity()))]
    return [*source, *(unknown(symbol) >= 0 for symbol in range(width)), *map(formula, goal.conditions())]


def _unknowns(count: int) -> list[Term]:
    return [unknown(symbol) for symbol in range(count)]


def _conjuncts(answer: Formula) -> list[Formula]:
    return answer.children() if z3.is_and(answer) else [answer]


def _read(answer: Formula) -> tuple[str, Formula]:
    """Return the relation that `∀ x, y. relation(x, y) = formula` defines, and the formula over our unknowns."""
    relation, meaning = (answer.body() if z3.is_quantifier(answer) else answer).children()
    places = {z3.get_var_index(bound): place for place, bound in enumerate(relation.children())}
    return relation.decl().name(), z3.substitute_vars(meaning, *(unknown(places[index]) for index in sorted(places)))
