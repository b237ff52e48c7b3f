"""Z3's Horn clause engine on the automaton: it invents the invariant that guessing did not find.

One relation a shape, one rule an edge, one query for the goals. Its answers have been wrong before (Z3Prover/z3#2641,
#7466, #7611), so that an invariant is taken from it and proved again, and "reachable" is only ever a hint.
"""

from __future__ import annotations

import time
from typing import Any

import z3

from spillproof.model.quantity import is_natural
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.proof.solver import Formula, Term, formula, term, unknown


def invent(automaton: Automaton, goals: list[Goal], deadline: float | None = None) -> list[Formula] | None:
    """Return for each shape a formula over its sizes (unknown 0, 1, …), or None where Spacer found no invariant.

    Not a proof before a certificate made of it is accepted.
    """
    engine = z3.Fixedpoint()
    engine.set(engine="spacer")
    if deadline is not None:
        engine.set(timeout=max(1, int(1000 * (deadline - time.monotonic()))))
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
        if edge.target >= 0:
            engine.rule(relations[edge.target](*map(term, edge.update)), _body(edge, relations))
    for goal in goals:
        engine.rule(bad(), _goal_body(goal, relations))
    try:
        answer = engine.query(bad())
    except z3.Z3Exception:  # out of time, or out of its depth
        return None
    if answer != z3.unsat:
        return None
    answers = dict(map(_read, _conjuncts(engine.get_answer())))
    return [answers.get(relation.name(), z3.BoolVal(True)) for relation in relations]


def _body(edge: Edge, relations: list[Any]) -> list[Formula]:
    own = [unknown(symbol) >= 0 for symbol in range(edge.symbols)]
    source = [] if edge.source < 0 else [relations[edge.source](*_unknowns(edge.width))]
    after = [term(size) >= 0 for size in edge.update if _may_be_negative(size)]
    return [*source, *own, *map(formula, edge.guard), *after]


def _goal_body(goal: Goal, relations: list[Any]) -> list[Formula]:
    width = goal.edge.symbols if goal.edge is not None else relations[goal.shape].arity()
    source = [] if goal.shape < 0 else [relations[goal.shape](*_unknowns(relations[goal.shape].arity()))]
    return [*source, *(unknown(symbol) >= 0 for symbol in range(width)), *map(formula, goal.conditions())]


def _unknowns(count: int) -> list[Term]:
    return [unknown(symbol) for symbol in range(count)]


def _may_be_negative(size: Size) -> bool:
    return not is_natural(size)


def _conjuncts(answer: Formula) -> list[Formula]:
    return answer.children() if z3.is_and(answer) else [answer]


def _read(answer: Formula) -> tuple[str, Formula]:
    """Return the relation that `∀ x, y. relation(x, y) = formula` defines, and the formula over our unknowns."""
    relation, meaning = (answer.body() if z3.is_quantifier(answer) else answer).children()
    places = {z3.get_var_index(bound): place for place, bound in enumerate(relation.children())}
    return relation.decl().name(), z3.substitute_vars(meaning, *(unknown(places[index]) for index in sorted(places)))
