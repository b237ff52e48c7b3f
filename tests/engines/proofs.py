"""Certificates of small models, and whether one is a proof over small numbers, by an interpreter of its own."""

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS, NEVER_NEGATIVE
from spillproof.properties.claims import applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals
from spillproof.properties.engines.automaton.linear import evaluate, holds
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
)
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.verdict import Proved

GOOD: list[Model] = [
    PoolThatForgetsToCheck(checks=True),
    ReleaseThatForgetsAReference(forgets=False),
    PartialGrant(looks=True),
    Yardstick(consumers=1),
    Yardstick(),
]

SMALL = [PoolThatForgetsToCheck(checks=True), ReleaseThatForgetsAReference(forgets=False), PartialGrant(looks=True)]

Checker = Callable[[Certificate, Automaton], int]


def proof_of(model: Model) -> tuple[Certificate, Automaton]:
    """The certificate for every claim about a model, and its automaton, derived anew."""
    claims = applicable(CLAIMS, type(model))
    report = check(model, claims, witnesses=False)
    (certificate,) = {
        id(result.verdict.certificate): result.verdict.certificate
        for result in report.results
        if isinstance(result.verdict, Proved)
    }.values()
    assert isinstance(certificate, Certificate)
    return certificate, extract(model, claims, Feasibility(), any_preference=True, needed=frozenset())


def accepts(solver: Checker, certificate: Certificate, automaton: Automaton) -> bool:
    """Whether a solver accepts a certificate."""
    try:
        solver(certificate, automaton)
    except Rejected:
        return False
    return True


Term = str | list["Term"]


def parse(text: str) -> Term:
    """An SMT-LIB 2 term as nested lists."""
    stack: list[list[Term]] = [[]]
    for word in re.findall(r"[()]|[^\s()]+", text):
        if word == "(":
            stack.append([])
        elif word == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(word)
    ((term,),) = stack
    return term


def value(term: Term, sizes: list[int]) -> Any:
    """What a term is, given its unknowns."""
    if isinstance(term, str):
        return {"true": True, "false": False}.get(term, sizes[int(term[1:])] if term[0] == "q" else term)
    operator, *arguments = term
    operands = [int(each) if isinstance(each, str) else each for each in (value(each, sizes) for each in arguments)]
    match operator:
        case "and":
            return all(operands)
        case "or":
            return any(operands)
        case "not":
            return not operands[0]
        case "+":
            return sum(operands)
        case "-":
            return -operands[0] if len(operands) == 1 else operands[0] - sum(operands[1:])
        case "*":
            return operands[0] * operands[1]
        case "=":
            return operands[0] == operands[1]
        case ">=":
            return operands[0] >= operands[1]
        case "<=":
            return operands[0] <= operands[1]
    raise AssertionError(operator)


LARGEST = 3


def is_proof(certificate: Certificate, automaton: Automaton) -> bool:
    """Whether initiation, consecution and safety hold for all numbers up to `LARGEST`."""
    terms = [[parse(each) for each in conjuncts] for conjuncts in certificate.invariants]

    def inside(shape: int, sizes: list[int]) -> bool:
        return min(sizes, default=0) >= 0 and all(value(term, sizes) for term in terms[shape])

    unsafe = [
        goal for claim in automaton.claims if claim.name in certificate.claims for goal in goals(automaton, claim)
    ]
    for source in (-1, *range(len(automaton.shapes))):
        width = len(automaton.shapes[source].slots) if source >= 0 else 0
        for start in points(width):
            if source >= 0 and not inside(source, start):
                continue
            if any(
                goal.edge is None and all(holds(each, start) for each in goal.also)
                for goal in unsafe
                if goal.shape == source
            ):
                return False
            for edge in automaton.leaving[source]:
                for more in points(edge.symbols - edge.width):
                    values = [*start, *more]
                    if not all(holds(each, values) for each in edge.guard):
                        continue
                    if any(goal.edge is edge and all(holds(each, values) for each in goal.also) for goal in unsafe):
                        return False
                    after = [evaluate(each, values) for each in edge.update]
                    if min(after, default=0) < 0 and NEVER_NEGATIVE.name not in certificate.claims:
                        continue  # it speaks of runs in which no counter is
                    if edge.target >= 0 and not inside(edge.target, after):
                        return False
    return True


def points(count: int) -> Iterator[list[int]]:
    """All points of small numbers."""
    return map(list, itertools.product(range(LARGEST + 1), repeat=count))
