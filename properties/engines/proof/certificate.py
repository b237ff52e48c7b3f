"""The proof, written out: an inductive invariant for each shape as SMT-LIB 2, and a checker that trusts nothing else.

A certificate is accepted when, for the automaton extracted anew from the model,

- *initiation*: every beginning leads into the invariant of its shape;
- *consecution*: every edge leads from the invariant of its source into the invariant of its target;
- *safety*: no state that meets the invariant makes a proved claim false;

each as a question to which a solver must answer `unsat`. That every size is a natural number is part of every
invariant. The text can be read: a shape's invariant is a few lines, its sizes are named as in the model; and any
SMT-LIB 2 solver can be asked again, without this project.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import z3

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Is, Linear, is_natural
from spillproof.model.state import Size
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.shapes import Automaton, Shape
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Formula
from spillproof.properties.engines.story.pasting import literal


@dataclass(frozen=True)
class Certificate:
    """An invariant for each shape of an automaton, and the claims that follow from it."""

    claims: tuple[str, ...]
    """The names of the claims that the invariant proves."""
    fingerprint: str
    """Of the automaton that it speaks of."""
    invariants: tuple[tuple[str, ...], ...]
    """For each shape, the conjuncts as SMT-LIB 2 terms over its sizes, which are called q0, q1, …"""

    def smtlib(self, automaton: Automaton) -> str:
        """Return the whole proof as a script. Every `check-sat` in it must answer `unsat`."""
        return "\n".join(_script(automaton, self)) + "\n"

    def describe(self, automaton: Automaton, shape: int) -> str:
        """Return the invariant of one shape for a person, with the sizes named as in the model."""
        places = [slot.where for slot in automaton.shapes[shape].slots]
        named = [re.sub(r"\bq(\d+)\b", lambda match: places[int(match[1])], each) for each in self.invariants[shape]]
        return "\n".join(named) or "(every size is 0 or more)"


def certify(
    automaton: Automaton, claims: Iterable[Claim], invariant: Invariant, invented: list[Formula] | None = None
) -> Certificate:
    """Return a certificate for claims, made of an invariant and, if there is one, of what Spacer invented besides."""
    conjuncts = []
    for shape in automaton.shapes:
        terms = [smt(condition) for condition in invariant.conditions(shape.index)]
        if invented is not None and not z3.is_true(invented[shape.index]):
            terms.append(" ".join(invented[shape.index].sexpr().split()))
        conjuncts.append(tuple(terms))
    return Certificate(tuple(claim.name for claim in claims), fingerprint(automaton), tuple(conjuncts))


def fingerprint(automaton: Automaton) -> str:
    """Return a digest of the edges of an automaton: equal for equal automata, on every machine."""
    digest = hashlib.sha256()
    for edge in automaton.edges:
        digest.update(repr((edge.source, edge.move, edge.guard, edge.target, edge.update, bool(edge.raised))).encode())
    return digest.hexdigest()[:16]


# The script


def _script(automaton: Automaton, certificate: Certificate) -> Iterator[str]:
    scope = ", ".join(f"{name}={literal(value)}" for name, value in automaton.model.scope.items())
    yield f"; {type(automaton.model).__name__}({scope}): {', '.join(certificate.claims)}"
    yield f"; {len(automaton.shapes)} shapes, {len(automaton.edges)} edges, fingerprint {certificate.fingerprint}"
    yield "; Every check-sat must answer unsat. Sizes are in bytes; every unknown is a natural number."
    yield "(set-logic QF_LIA)"
    for shape in automaton.shapes:
        yield from _definition(shape, certificate.invariants[shape.index])
    unsafe = _goals_by_shape(automaton, certificate.claims)
    for source in (-1, *range(len(automaton.shapes))):
        obligations = [*_obligations(automaton, certificate, source, unsafe.get(source, ()))]
        if obligations:
            yield from _question(automaton, source, obligations)


def _definition(shape: Shape, conjuncts: tuple[str, ...]) -> Iterator[str]:
    count = len(shape.slots)
    objects = ", ".join(type(each).__name__ for each in shape.objects if isinstance(each, HeapObject))
    yield f"; shape {shape.index}: {objects or 'no objects'}"
    for number, slot in enumerate(shape.slots):
        yield f";   q{number} = {slot.where}"
    arguments = " ".join(f"(q{number} Int)" for number in range(count))
    yield f"(define-fun shape{shape.index} ({arguments}) Bool {_and([*_naturals(count), *conjuncts])})"


def _obligations(automaton: Automaton, certificate: Certificate, source: int, unsafe: Iterable[Goal]) -> Iterator[str]:
    """Yield each way in which the proof would fail at a shape, as a term."""
    sound = NEVER_NEGATIVE.name in certificate.claims
    for edge in automaton.leaving[source]:
        if edge.target >= 0:
            # Where counters can become negative, the proof speaks of the runs in which none does.
            within = [] if sound else [f"(>= {_linear(size)} 0)" for size in edge.update if not is_natural(size)]
            keeps = _applied(edge.target, [_linear(size) for size in edge.update])
            yield _and([*_naturals_between(edge.width, edge.symbols), *map(smt, edge.guard), *within, f"(not {keeps})"])
    for goal in unsafe:
        width = goal.edge.symbols if goal.edge is not None else 0
        own = _naturals_between(goal.edge.width, width) if goal.edge is not None else []
        yield _and([*own, *map(smt, goal.conditions())])


def _goals_by_shape(automaton: Automaton, names: tuple[str, ...]) -> dict[int, list[Goal]]:
    found: dict[int, list[Goal]] = {}
    for claim in automaton.claims:
        for goal in goals(automaton, claim) if claim.name in names else ():
            found.setdefault(goal.shape, []).append(goal)
    return found


def _question(automaton: Automaton, source: int, obligations: list[str]) -> Iterator[str]:
    symbols = max((edge.symbols for edge in automaton.leaving[source]), default=0)
    width = len(automaton.shapes[source].slots) if source >= 0 else 0
    yield "(push 1)"
    for symbol in range(max(symbols, width)):
        yield f"(declare-const q{symbol} Int)"
    if source >= 0:
        yield f"(assert {_applied(source, [f'q{number}' for number in range(width)])})"
    yield f"(assert {_or(obligations)})"
    yield "(check-sat)"
    yield "(pop 1)"


def _applied(shape: int, sizes: list[str]) -> str:
    return f"(shape{shape} {' '.join(sizes)})" if sizes else f"shape{shape}"


def smt(condition: Condition) -> str:
    """Return a condition as an SMT-LIB 2 term."""
    left = _linear(condition.left)
    if condition.holds is Is.AT_LEAST_ZERO:
        return f"(>= {left} 0)"
    return f"(= {left} 0)" if condition.holds is Is.ZERO else f"(not (= {left} 0))"


def _linear(value: Size) -> str:
    if not isinstance(value, Linear):
        return _integer(value)
    parts = [_product(factor, f"q{symbol}") for symbol, factor in sorted(value.terms.items())]
    if value.constant:
        parts.append(_integer(value.constant))
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"


def _product(factor: int, name: str) -> str:
    if factor == 1:
        return name
    return f"(- {name})" if factor == -1 else f"(* {_integer(factor)} {name})"


def _integer(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"


def _naturals(count: int) -> list[str]:
    return _naturals_between(0, count)


def _naturals_between(first: int, end: int) -> list[str]:
    return [f"(>= q{symbol} 0)" for symbol in range(first, end)]


def _and(terms: list[str]) -> str:
    return "true" if not terms else terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})"


def _or(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})"


# The checker


class Rejected(Exception):
    """A solver did not confirm a certificate."""


def check_with_z3(certificate: Certificate, automaton: Automaton) -> int:
    """Return how many questions Z3 answered as it must. Raises `Rejected` at the first that it did not."""
    script = _accept(certificate, automaton)
    context = z3.Context()
    return _all_unsat("Z3", str(z3.Z3_eval_smtlib2_string(context.ref(), script)).split(), script)


def check_with_cvc5(certificate: Certificate, automaton: Automaton) -> int:
    """Return how many questions cvc5 answered as it must. Raises `Rejected` at the first that it did not.

    Raises `ModuleNotFoundError` without the extra `certify`.
    """
    cvc5: Any = import_module("cvc5")  # an extra, whose types no checker can read

    script = _accept(certificate, automaton)
    solver = cvc5.Solver()
    solver.setOption("incremental", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "certificate")
    symbols = parser.getSymbolManager()
    answers = []
    while not (command := parser.nextCommand()).isNull():
        answers.append(command.invoke(solver, symbols).strip())
    return _all_unsat("cvc5", [answer for answer in answers if answer], script)


def _accept(certificate: Certificate, automaton: Automaton) -> str:
    if certificate.fingerprint != fingerprint(automaton) or len(certificate.invariants) != len(automaton.shapes):
        message = "the certificate speaks of another model, or of an earlier version of this one: prove it again"
        raise Rejected(message)
    unasked = set(certificate.claims) - {claim.name for claim in automaton.claims}
    if unasked or not certificate.claims:
        message = (
            f"the certificate is for claims that were not asked of the model: {', '.join(sorted(unasked)) or 'none'}"
        )
        raise Rejected(message)
    for conjunct in itertools.chain(*certificate.invariants):
        if not is_one_term(conjunct):
            message = f"a conjunct is not one term, and could say anything to a solver: {conjunct}"
            raise Rejected(message)
    return certificate.smtlib(automaton)


def is_one_term(text: str) -> bool:
    """Return whether a text is one SMT-LIB 2 term, without comments, quotes, or anything that ends it early."""
    if re.fullmatch(r"[\w.!?<>=+*/@$%&^~ ()-]+", text, re.ASCII) is None:
        return False
    depths = [*itertools.accumulate((each == "(") - (each == ")") for each in text)]
    if depths[-1] != 0 or min(depths) < 0:
        return False
    return " " not in text if text[0] != "(" else 0 not in depths[:-1]


def _all_unsat(who: str, answers: list[str], script: str) -> int:
    questions = script.count("(check-sat)")
    for number, answer in enumerate(answers):
        if answer != "unsat":
            message = f"{who} answers {answer!r} to question {number + 1} of {questions}, where the proof needs unsat"
            raise Rejected(message)
    if len(answers) != questions:
        message = f"{who} answered {len(answers)} of {questions} questions"
        raise Rejected(message)
    return questions


def read(script: str) -> Certificate:
    """Return the certificate that a script was written from. Everything but the invariants is derived anew to check it.

    Raises `ModelError` where the text is no such script.
    """
    head = re.match(r"; [^\n]*: ([\w, ]*)\n; [^\n]*fingerprint (\w+)\n", script)
    if head is None:
        message = "this is no certificate: its first two lines do not name the claims and the fingerprint"
        raise ModelError(message)
    bodies = re.findall(r"^\(define-fun shape\d+ \([^\n]*?\) Bool ([^\n]*)\)$", script, re.MULTILINE)
    return Certificate(tuple(head[1].split(", ")), head[2], tuple((body,) for body in bodies))
