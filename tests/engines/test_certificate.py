"""Certificates: two solvers accept those that hold, and none that was damaged."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import always, applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.proof.certificate import (
    Certificate,
    Rejected,
    check_with_cvc5,
    check_with_z3,
    fingerprint,
    is_one_term,
    read,
)
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.proofs import GOOD, SMALL, Checker, accepts, is_proof, proof_of


@pytest.mark.parametrize("model", GOOD, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("solver", [check_with_z3, check_with_cvc5])
def test_both_solvers_accept_a_proof(model: Model, solver: Checker) -> None:
    """Each question of a certificate for all claims is answered `unsat`; each place where it can fail has one."""
    certificate, automaton = proof_of(model)

    assert set(certificate.claims) == {claim.name for claim in applicable(CLAIMS, type(model))}
    assert solver(certificate, automaton) == certificate.smtlib(automaton).count("(check-sat)") >= len(automaton.shapes)


@pytest.mark.parametrize("model", GOOD, ids=lambda model: type(model).__name__)
def test_a_certificate_survives_writing_and_reading(model: Model) -> None:
    """A certificate read from its script speaks of the same automaton and claims, and is accepted again."""
    certificate, automaton = proof_of(model)
    again = read(certificate.smtlib(automaton))

    assert (again.claims, again.fingerprint) == (certificate.claims, certificate.fingerprint)
    assert len(again.invariants) == len(automaton.shapes)
    assert check_with_z3(again, automaton) == check_with_z3(certificate, automaton)


# Damage. Whether a damaged certificate is still a proof is found out over small numbers, by an interpreter of our own.


def damaged(certificate: Certificate) -> Iterator[tuple[str, Certificate]]:
    """Each conjunct in turn left out, denied, and shifted by one either way."""
    for shape, conjuncts in enumerate(certificate.invariants):
        for place, conjunct in enumerate(conjuncts):
            changes = {"dropped": (), "denied": (f"(not {conjunct})",)}
            if re.fullmatch(r"\((=|>=) .* 0\)", conjunct):
                changes |= {"raised": (conjunct[:-2] + "1)",), "lowered": (conjunct[:-2] + "(- 1))",)}
            for change, new in changes.items():
                new_conjuncts = (*conjuncts[:place], *new, *conjuncts[place + 1 :])
                invariants = (*certificate.invariants[:shape], new_conjuncts, *certificate.invariants[shape + 1 :])
                yield f"{conjunct} of shape {shape} {change}", replace(certificate, invariants=invariants)


@pytest.mark.parametrize("model", SMALL, ids=lambda model: type(model).__name__)
def test_a_damaged_certificate_is_rejected(model: Model) -> None:
    """With one conjunct changed, both solvers accept exactly what is still a proof over small numbers; most is not."""
    certificate, automaton = proof_of(model)
    assert is_proof(certificate, automaton)
    expected, by_z3, by_cvc5 = [], [], []
    for what, worse in damaged(certificate):
        still = is_proof(worse, automaton)
        expected += [what] if still else []
        by_z3 += [what] if accepts(check_with_z3, worse, automaton) else []
        by_cvc5 += [what] if accepts(check_with_cvc5, worse, automaton) else []

    assert by_z3 == expected
    assert by_cvc5 == expected
    assert len(expected) < len([*damaged(certificate)]) / 2


@pytest.mark.parametrize("solver", [check_with_z3, check_with_cvc5])
def test_false_is_no_invariant_of_a_reachable_shape(solver: Checker) -> None:
    """Every shape of this model is reachable, so that a certificate that says `false` of one is rejected, for each."""
    certificate, automaton = proof_of(Yardstick(consumers=1))
    for shape in range(len(automaton.shapes)):
        invariants = (*certificate.invariants[:shape], ("false",), *certificate.invariants[shape + 1 :])
        with pytest.raises(Rejected, match="needs unsat"):
            solver(replace(certificate, invariants=invariants), automaton)


def test_a_certificate_of_another_model_is_rejected() -> None:
    """A proof of the model that checks is none of the one that forgets to."""
    certificate, _ = proof_of(PoolThatForgetsToCheck(checks=True))
    forgets = PoolThatForgetsToCheck()
    automaton = extract(forgets, applicable(CLAIMS, type(forgets)), Feasibility(), needed=frozenset())

    with pytest.raises(Rejected, match="another model"):
        check_with_z3(certificate, automaton)
    with pytest.raises(Rejected, match="needs unsat"):
        check_with_z3(replace(certificate, fingerprint=fingerprint(automaton)), automaton)


def test_a_certificate_without_one_of_the_shapes_is_rejected() -> None:
    """An invariant is missing, or there is one too many."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))

    for invariants in (certificate.invariants[:-1], (*certificate.invariants, ())):
        with pytest.raises(Rejected, match="another model"):
            check_with_z3(replace(certificate, invariants=invariants), automaton)


@pytest.mark.parametrize("claims", [(), ("not_asked",), ("free_is_unreachable", "not_asked")])
def test_a_certificate_for_claims_that_were_not_asked_is_rejected(claims: tuple[str, ...]) -> None:
    """What the automaton knows nothing of could not be refuted, and is not accepted."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))

    with pytest.raises(Rejected, match="not asked"):
        check_with_z3(replace(certificate, claims=claims), automaton)


@always
def answers_a_size(now: PoolThatForgetsToCheck) -> int:
    """It answers no bool, and is refused."""
    return now.accounted()


def test_a_certificate_for_a_claim_that_is_refused_is_rejected() -> None:
    """What could not be asked is false nowhere, which proves nothing."""
    model = PoolThatForgetsToCheck(checks=True)
    claims = [*applicable(CLAIMS, type(model)), answers_a_size]
    automaton = extract(model, claims, Feasibility(), any_preference=True, needed=frozenset())
    forged = Certificate(("answers_a_size",), fingerprint(automaton), ((),) * len(automaton.shapes))

    for solver in (check_with_z3, check_with_cvc5):
        with pytest.raises(Rejected, match="not asked"):
            solver(forged, automaton)


@pytest.mark.parametrize("more", ["; Ways back for it: 1 pieces.", "(reset)"])
def test_a_second_half_is_not_read(more: str) -> None:
    """It is not checked against the model, which is said; that a line differs would be no reason."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))

    with pytest.raises(Rejected, match="second half"):
        read(f"{certificate.smtlib(automaton)}{more}\n")


def test_two_automata_are_not_confused() -> None:
    """The claims of one automaton are not asked of another that stands at the same place in memory."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    for _ in range(20):
        check_with_z3(certificate, automaton)
        broken = extract(PoolThatForgetsToCheck(), automaton.claims, Feasibility(), needed=frozenset())
        with pytest.raises(Rejected):
            check_with_z3(replace(certificate, fingerprint=fingerprint(broken)), broken)
        del broken


TRICKS = [
    "true))(assert false)(define-fun other () Bool (and true",
    "true ; (",
    "true)",
    "true true",
    '(= "a" "a")',
    "(and true) (or true)",
    "|q0|",
    "",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_a_conjunct_cannot_speak_to_the_solver(trick: str) -> None:
    """A conjunct that ends early, and asserts `false` besides, would make every answer unsat: it is rejected before."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    invariants = ((trick,), *certificate.invariants[1:])

    assert not is_one_term(trick)
    with pytest.raises(Rejected, match="not one term"):
        check_with_z3(replace(certificate, invariants=invariants), automaton)


@pytest.mark.parametrize("term", ["true", "(>= q0 0)", "(and (or q0 q1) (not (= (+ q0 (* (- 2) q1)) 0)))"])
def test_terms_are_recognised(term: str) -> None:
    """What certificates are made of is one term."""
    assert is_one_term(term)


@pytest.mark.parametrize("text", ["", "(check-sat)", "; hello\n(check-sat)\n"])
def test_what_is_no_certificate_is_not_read(text: str) -> None:
    """A text without the two lines that name claims and fingerprint is refused."""
    with pytest.raises(ModelError, match="this is no certificate"):
        read(text)


def test_the_fingerprint_does_not_depend_on_the_process() -> None:
    """Another process, with other hashes and another folder, derives the same fingerprint."""
    program = (
        "from spillproof.model.lessons.pool import PoolThatForgetsToCheck as Pool\n"
        "from spillproof.properties.catalogue import CLAIMS\n"
        "from spillproof.properties.claims import applicable\n"
        "from spillproof.properties.engines.proof.certificate import fingerprint\n"
        "from spillproof.properties.engines.automaton.frontier import extract\n"
        "from spillproof.properties.engines.proof.solver import Feasibility\n"
        "claims = applicable(CLAIMS, Pool)\n"
        "print(fingerprint(extract(Pool(checks=True), claims, Feasibility(), any_preference=True, needed=frozenset())))"
    )
    certificate, _ = proof_of(PoolThatForgetsToCheck(checks=True))
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path("/"),
            env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert printed == {certificate.fingerprint}
