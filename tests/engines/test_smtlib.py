"""Conditions as solvers read them: as they are written, and true of the same numbers."""

from __future__ import annotations

import itertools
import random

import pytest
import z3

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.engines.automaton.linear import holds
from spillproof.properties.engines.proof.smtlib import integer, linear, residue, smt


@pytest.mark.parametrize(
    ("terms", "constant", "written"),
    [
        ({0: 1}, 0, "q0"),
        ({3: -1}, 0, "(- q3)"),
        ({0: 2}, 0, "(* 2 q0)"),
        ({0: -2}, 0, "(* (- 2) q0)"),
        ({2: 1, 0: 1}, 0, "(+ q0 q2)"),
        ({0: 1}, 1, "(+ q0 1)"),
        ({0: 1}, -1, "(+ q0 (- 1))"),
    ],
)
def test_how_a_size_is_written(terms: dict[int, int], constant: int, written: str) -> None:
    """Unknowns in their order, factors of one by themselves, a number below 0 as what is taken away."""
    assert linear(Linear(terms, constant)) == written


def test_numbers_and_residues() -> None:
    """A number has no sign of its own; modulo 0 a size is what it is."""
    assert [integer(each) for each in (0, 7, -1)] == ["0", "7", "(- 1)"]
    assert linear(-3) == "(- 3)"
    assert [residue(4, each) for each in ((0, 5), (3, 1), (1, 0))] == [
        "(= q4 5)",
        "(= (mod q4 3) 1)",
        "(= (mod q4 1) 0)",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_written_is_meant(seed: int) -> None:
    """A solver finds each condition true of the points of which it is."""
    chance = random.Random(seed)
    unknowns = [z3.Int(f"q{number}") for number in range(2)]
    for kind in (*Is, *Is):
        terms = {each: factor for each in range(2) if (factor := chance.choice((-2, -1, 0, 1, 2)))} or {0: 1}
        condition = Condition(Linear(terms, chance.randint(-3, 3)), kind)
        (read,) = z3.parse_smt2_string(f"(assert {smt(condition)})", decls={str(each): each for each in unknowns})
        for point in itertools.product(range(3), repeat=2):
            values = [*zip(unknowns, map(z3.IntVal, point), strict=True)]
            assert z3.is_true(z3.simplify(z3.substitute(read, *values))) is holds(condition, point)
