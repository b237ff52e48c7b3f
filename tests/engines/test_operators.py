"""Which arguments an operator of a certificate takes: as many, and of such sorts, as SMT-LIB says."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.properties.engines.proof.terms import NotAFormula, _takes

B, I = "Bool", "Int"  # noqa: E741 - as sorts are written in tables


@pytest.mark.parametrize(
    ("operators", "taken", "refused"),
    [
        (["and", "or"], [[B], [B, B], [B, B, B]], [[], [I], [B, I]]),
        (["=>", "xor"], [[B, B], [B, B, B]], [[], [B], [I, I], [B, I]]),
        (["not"], [[B]], [[], [I], [B, B]]),
        (["=", "distinct"], [[B, B], [I, I]], [[], [I], [B, I], [I, I, I]]),
        (["ite"], [[B, I, I], [B, B, B]], [[], [B, I], [B, I, B], [I, I, I], [B, I, I, I]]),
        (["<", "<=", ">", ">=", "div", "mod"], [[I, I]], [[], [I], [B, I], [I, I, I]]),
        (["-"], [[I], [I, I], [I, I, I]], [[], [B], [I, B]]),
        (["+", "*"], [[I, I], [I, I, I]], [[], [I], [B], [I, B]]),
    ],
)
def test_what_operators_take(operators: list[str], taken: list[Any], refused: list[Any]) -> None:
    """Nothing else is asked of a solver."""
    for operator in operators:
        assert [_takes(operator, each) for each in taken] == [True] * len(taken), operator
        assert [_takes(operator, each) for each in refused] == [False] * len(refused), operator


def test_an_operator_that_is_not_known() -> None:
    """It is refused with its name."""
    with pytest.raises(NotAFormula, match="'forall' is not known"):
        _takes("forall", ["Bool"])
