"""A proof of something else is no proof: damage of steps, scripts and formulas; both solvers reject it."""

import copy
import random
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from spillproof.model.lessons.partial_grant import PartialGrant
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.system import Model
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.proof import certificate as module
from spillproof.properties.engines.proof.certificate import (
    Rejected,
    Unanswered,
    _conjuncts,
    automaton_of,
    check_with_cvc5,
    check_with_z3,
    fingerprint,
    read,
)
from tests.engines.proofs import Checker, accepts, is_proof, proof_of

SMALL = [PoolThatForgetsToCheck(checks=True), ReleaseThatForgetsAReference(forgets=False), PartialGrant(looks=True)]

BOTH = [check_with_z3, check_with_cvc5]


# Damage of the steps


def with_edge(automaton: Automaton, index: int, edge: Edge | None) -> Automaton:
    """An automaton with another edge in the place of one, or without it."""
    edges = [edge if each.index == index else each for each in automaton.edges]
    kept = [each for each in edges if each is not None]
    leaving: dict[int, list[Edge]] = {shape: [] for shape in automaton.leaving}
    for each in kept:
        leaving[each.source].append(each)
    return replace(automaton, edges=kept, leaving=leaving)


def shifted(size: Any, by: int) -> Any:
    """A size that is more, or less."""
    return Linear(dict(size.terms), size.constant + by) if isinstance(size, Linear) else size + by


def damages(edge: Edge, automaton: Automaton) -> Iterator[tuple[str, Edge | None]]:
    """Every way to damage an edge, by kind."""
    yield "missing", None
    for place, condition in enumerate(edge.guard):
        rest = (*edge.guard[:place], *edge.guard[place + 1 :])
        yield "guard dropped", replace(edge, guard=rest)
        yield "guard denied", replace(edge, guard=(*rest, ~condition))
        if condition.holds is Is.AT_LEAST_ZERO:
            weaker = Condition(shifted(condition.left, 1), condition.holds)
            yield "guard weakened", replace(edge, guard=(*rest, weaker))
    for place, size in enumerate(edge.update):
        for by in (1, -1):
            update = (*edge.update[:place], shifted(size, by), *edge.update[place + 1 :])
            yield "update changed", replace(edge, update=update)
    if len(edge.update) > 1 and repr(edge.update[0]) != repr(edge.update[1]):
        yield "sizes swapped", replace(edge, update=(edge.update[1], edge.update[0], *edge.update[2:]))
    for shape in automaton.shapes:
        if edge.target >= 0 and shape.index != edge.target and len(shape.slots) == len(edge.update):
            yield "shapes swapped", replace(edge, target=shape.index)


def damaged(automaton: Automaton) -> Iterator[tuple[str, Automaton]]:
    """An automaton with each edge damaged in each way."""
    for edge in automaton.edges:
        for kind, other in damages(edge, automaton):
            yield kind, with_edge(automaton, edge.index, other)


@pytest.mark.parametrize("model", SMALL, ids=lambda model: type(model).__name__)
def test_damage_of_the_steps(model: Model) -> None:
    """What small numbers show to be no proof of the damaged automaton is not accepted for it by Z3."""
    certificate, automaton = proof_of(model)
    false: dict[str, int] = {}
    for kind, other in damaged(automaton):
        assert not accepts(check_with_z3, certificate, other), kind  # it is another automaton
        forged = replace(certificate, fingerprint=fingerprint(other))
        if not is_proof(forged, other):
            false[kind] = false.get(kind, 0) + 1
            assert not accepts(check_with_z3, forged, other), kind

    assert false["update changed"] > 0


def test_cvc5_rejects_the_same() -> None:
    """One of each kind, which small numbers show to be no proof, is not accepted by cvc5 either."""
    seen: set[str] = set()
    for model in SMALL:
        certificate, automaton = proof_of(model)
        for kind, other in damaged(automaton):
            forged = replace(certificate, fingerprint=fingerprint(other))
            if kind not in seen and not is_proof(forged, other):
                seen.add(kind)
                with pytest.raises(Rejected, match="cvc5 answers 'sat'"):
                    check_with_cvc5(forged, other)

    assert len(seen) >= 4


# Damage of the script


def texts(script: str) -> Iterator[str]:
    """A script damaged in many ways."""
    lines = script.split("\n")
    for place, line in enumerate(lines[:-1]):
        yield "\n".join([*lines[:place], *lines[place + 1 :]])
        yield "\n".join([*lines[:place], "(assert false)", *lines[place:]])
        if line != lines[place + 1]:
            yield "\n".join([*lines[:place], lines[place + 1], line, *lines[place + 2 :]])
        for old, new in (("(>= ", "(<= "), (" 1", " 2"), ("shape0", "shape1"), ("(not ", "(and "), ("q0", "q1")):
            if old in line:
                yield "\n".join([*lines[:place], line.replace(old, new, 1), *lines[place + 1 :]])
    yield from (script[:length] for length in range(0, len(script), 37))
    yield from (script + more for more in ("(assert false)\n", ")", "\x00", "é", "\n"))
    yield script.replace("(set-logic QF_LIA)", "(set-logic QF_LIA)(assert false)")
    yield script.replace("\n", "\r\n")


@pytest.mark.parametrize("model", SMALL, ids=lambda model: type(model).__name__)
def test_damage_of_the_script(model: Model) -> None:
    """A script that is not what the model gives is rejected, whatever became of it, by whichever solver is asked."""
    certificate, automaton = proof_of(model)
    script = certificate.smtlib(automaton)
    assert check_with_z3(read(script), automaton) > 0
    count = 0
    for text in texts(script):
        count += 1
        for solver in BOTH:
            with pytest.raises(Rejected):
                solver(read(text), automaton)

    assert count > 100


def test_where_a_script_differs_is_said() -> None:
    """The first line that is not what the model gives, and what it ought to be."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    script = certificate.smtlib(automaton).replace("(push 1)", "(push 1)(assert false)", 1)

    line = script[: script.index("(assert false)")].count("\n") + 1
    said = rf"line {line} of the script is not what the model gives: '\(push 1\)\(assert false"

    with pytest.raises(Rejected, match=said):
        check_with_z3(read(script), automaton)


@pytest.mark.parametrize(("cut", "more", "said"), [
    (-8, "", "'it ends' instead of '(pop 1)'"), (None, "(exit)\n", "'(exit)' instead of 'its end'"),
])  # fmt: skip # a table
def test_a_script_that_ends_elsewhere(cut: int | None, more: str, said: str) -> None:
    """Too early, or too late."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    script = certificate.smtlib(automaton)[:cut] + more

    with pytest.raises(Rejected, match=re.escape(said)):
        check_with_z3(read(script), automaton)


@pytest.mark.parametrize(("body", "sizes", "conjuncts"), [
    ("true", 0, ()),
    ("(>= q0 0)", 1, ()),
    ("(= q0 5)", 0, ("(= q0 5)",)),
    ("(or q0 q1)", 0, ("(or q0 q1)",)),
    ("(and (>= q0 0) (>= q1 0))", 2, ()),
    ("(and (>= q0 0) (= q0 5) (not q0))", 1, ("(= q0 5)", "(not q0)")),
    ("(and (= q0 5) (>= q0 0))", 1, ("(= q0 5)", "(>= q0 0)")),
    ("(and (>= q1 0) (= q0 5))", 1, ("(>= q1 0)", "(= q0 5)")),
])  # fmt: skip # a table
def test_what_a_definition_says(body: str, sizes: int, conjuncts: tuple[str, ...]) -> None:
    """Its conjuncts, without those that say that its sizes are naturals; all, if it does not say that first."""
    assert _conjuncts(body, sizes) == conjuncts


# Damage of formulas


FORMULAS = [
    "(>= q0 0", "q0", "(foo q0)", "(>= q7 0)", "(forall ((x Int)) (>= x 0))", "(>= q0 true)", "(and q0)", "é", "shape0",
    "(>= \uff51 0)", "(define-fun shape0 () Bool true)", "true) (assert false", "(! true :named a)", "\n",
    "\x00", "(exit)",
    "(>= q0 0)\n(assert false)", f"(>= q0 {'9' * 100_000})", "(not " * 9_000 + "true" + ")" * 9_000, "(check-sat)",
    "(exists ((x!1 Int)) (= q0 x!1))", "(let ((a!1 q0)) a!1)", "((_ divisible 2) q0)", "(= (* q0 q0) 2)",
    "(>= (div q0 0) 0)",
]  # fmt: skip # a table


@pytest.mark.parametrize("solver", BOTH)
def test_damage_of_formulas(solver: Checker) -> None:
    """Whatever stands where a formula should is rejected before a solver sees it, and never by the solver's error."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    for text in FORMULAS:
        for shape in range(len(automaton.shapes)):
            invariants = (*certificate.invariants[:shape], (text,), *certificate.invariants[shape + 1 :])
            with pytest.raises(Rejected, match="a conjunct"):
                solver(replace(certificate, invariants=invariants), automaton)


@pytest.mark.parametrize("seed", range(3))
def test_noise_in_formulas(seed: int) -> None:
    """Characters changed at random: Z3 accepts it if it is still a proof over small numbers, and else rejects it."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    chance = random.Random(seed)
    (shape,) = [place for place, each in enumerate(certificate.invariants) if each][:1]
    original = certificate.invariants[shape][0]
    for _ in range(60):
        place = chance.randrange(len(original))
        text = original[:place] + chance.choice("()q01+-*= >é\n;|") + original[place + 1 :]
        invariants = (*certificate.invariants[:shape], (text,), *certificate.invariants[shape + 1 :])
        worse = replace(certificate, invariants=invariants)
        if accepts(check_with_z3, worse, automaton):
            assert is_proof(worse, automaton), text


# What becomes of the solvers


def test_what_z3_does_not_understand_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if something slips through, the parser's error is a rejection."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    monkeypatch.setattr(module, "check_formula", lambda _text, _sizes: None)
    invariants = (("(foo q0)",), *certificate.invariants[1:])

    with pytest.raises(Rejected, match="Z3 does not understand"):
        check_with_z3(replace(certificate, invariants=invariants), automaton)
    with pytest.raises(Unanswered, match="cvc5 answered 0 of"):
        check_with_cvc5(replace(certificate, invariants=invariants), automaton)


def test_cvc5_has_a_time_limit() -> None:
    """When the time is up cvc5 is ended, and did not answer."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    with pytest.raises(Unanswered, match="no more time"):
        check_with_cvc5(certificate, automaton, Limits(time.monotonic() + 0.02))


def test_without_cvc5(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, one line says so."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    monkeypatch.setattr(module, "find_spec", lambda _name: None)

    with pytest.raises(ModuleNotFoundError, match="extra certify"):
        check_with_cvc5(certificate, automaton)


@pytest.mark.parametrize("model", SMALL, ids=lambda model: type(model).__name__)
def test_the_automaton_is_found_again(model: Model) -> None:
    """From the model alone; and not from another model."""
    certificate, automaton = proof_of(model)

    assert fingerprint(automaton_of(certificate, model)) == fingerprint(automaton)
    with pytest.raises(Rejected, match="another model"):
        automaton_of(certificate, PoolThatForgetsToCheck())


def test_a_changed_automaton_has_another_fingerprint() -> None:
    """Each damage of an edge shows in the fingerprint."""
    _, automaton = proof_of(PartialGrant(looks=True))
    known = fingerprint(automaton)

    assert fingerprint(copy.copy(automaton)) == known
    assert all(fingerprint(other) != known for _, other in damaged(automaton))
