"""What a certificate rests on: each step of the automaton, terms as the standard has them, and who is asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.system import Model
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.limits import UNLIMITED
from spillproof.properties.engines.proof import certificate as certificates
from spillproof.properties.engines.proof.certificate import (
    check_unreachable,
    check_with_z3,
    fingerprint,
)
from tests.engines.proofs import GOOD, SMALL, Term, accepts, is_proof, parse, proof_of

# Damage to the automaton: what the certificate rests on is all asked about.


def worse_edges(automaton: Automaton) -> Iterator[tuple[str, Automaton]]:
    """Each condition of each guard left out, each size after each step one more or less, each step led elsewhere."""
    for edge in automaton.edges:
        for place, condition in enumerate(edge.guard):
            yield (
                f"edge {edge.index} without {condition}",
                with_edge(automaton, replace(edge, guard=(*edge.guard[:place], *edge.guard[place + 1 :]))),
            )
        for place, size in enumerate(edge.update):
            for more in (1, -1):
                update = (*edge.update[:place], size + more, *edge.update[place + 1 :])
                yield f"edge {edge.index} with {size} + {more}", with_edge(automaton, replace(edge, update=update))
        for shape in automaton.shapes:
            if edge.target not in (-1, shape.index) and len(shape.slots) == len(edge.update):
                yield f"edge {edge.index} to {shape.index}", with_edge(automaton, replace(edge, target=shape.index))


def with_edge(automaton: Automaton, edge: Edge) -> Automaton:
    """The same automaton but for one edge."""
    edges = [*automaton.edges[: edge.index], edge, *automaton.edges[edge.index + 1 :]]
    leaving = {source: [edges[each.index] for each in some] for source, some in automaton.leaving.items()}
    return replace(automaton, edges=edges, leaving=leaving)


@pytest.mark.parametrize("model", SMALL, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("sound", [True, False])
def test_a_certificate_is_rejected_of_a_damaged_automaton(model: Model, *, sound: bool) -> None:
    """With one step otherwise, Z3 accepts exactly what is still proved over small numbers, where counters may be
    negative and where that they are not is proved as well.
    """
    certificate, automaton = proof_of(model)
    claims = tuple(each for each in certificate.claims if sound or each != NEVER_NEGATIVE.name)
    expected, accepted = [], []
    for what, worse in worse_edges(automaton):
        forged = replace(certificate, claims=claims, fingerprint=fingerprint(worse))
        expected += [what] if is_proof(forged, worse) else []
        accepted += [what] if accepts(check_with_z3, forged, worse) else []

    assert accepted == expected
    assert len(accepted) < len([*worse_edges(automaton)])


@pytest.mark.parametrize("model", GOOD, ids=lambda model: type(model).__name__)
def test_connectives_join_two_terms_at_least(model: Model) -> None:
    """As the standard has it, by which `and` and `or` take two arguments or more: any solver is to read the script."""
    certificate, automaton = proof_of(model)

    joined = [each for line in certificate.smtlib(automaton).splitlines() for each in lists_in(parse_line(line))]
    assert {len(each) > 2 for each in joined if each[0] in ("and", "or")} == {True}


def parse_line(line: str) -> Term:
    """A line of a script; nothing of a comment."""
    return [] if line.startswith(";") else parse(line)


def lists_in(term: Term) -> Iterator[list[Term]]:
    """Each list in a term, itself included."""
    if isinstance(term, list):
        yield from [term] if term else []
        yield from (inner for each in term for inner in lists_in(each))


@pytest.mark.parametrize("by_cvc5", [True, False])
def test_the_solver_that_is_wanted_is_asked(monkeypatch: pytest.MonkeyPatch, *, by_cvc5: bool) -> None:
    """Where nothing is ruled out, both answer; without cvc5, Z3 is asked all the same, and cvc5 cannot be."""
    certificate, automaton = proof_of(PoolThatForgetsToCheck(checks=True))
    assert check_unreachable(certificate, automaton, [], UNLIMITED, by_cvc5=by_cvc5) > 0

    monkeypatch.setattr(certificates, "has_cvc5", lambda: False)
    if by_cvc5:
        with pytest.raises(ModuleNotFoundError, match="cvc5"):
            check_unreachable(certificate, automaton, [], UNLIMITED, by_cvc5=True)
    else:
        assert check_unreachable(certificate, automaton, [], UNLIMITED) > 0
