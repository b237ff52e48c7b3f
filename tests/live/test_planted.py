"""Twice thirty small managers with planted faults of fifteen kinds, thirty in other styles, and as many correct ones.

The second thirty were written by somebody who had the documentation only (`strangers/`).
"""

import pytest

from spillproof.properties.live import Adapter, check_live
from spillproof.properties.live.verdicts import Falsified
from tests.live.guests import cases as guests
from tests.live.lodgers import cases as lodgers
from tests.live.planted.cases import CORRECT, PLANTED, Planted
from tests.live.strangers import cases as strangers

QUICK = (
    "RefusesTheLastByte",
    "SizesStayInATable",
    "ACancelledReservationStays",
    "WithLocksThatStay",
)
"""Those that are looked for each time; the others take a second or more each."""

FEW = 12
"""Random runs."""


def cases() -> list[object]:
    """Each planted fault; most of them slow."""
    return [
        pytest.param(each, id=each.adapter.__name__, marks=[] if each.adapter.__name__ in QUICK else [pytest.mark.slow])
        for each in (*PLANTED, *strangers.PLANTED, *guests.PLANTED, *lodgers.PLANTED)
    ]


@pytest.mark.parametrize("planted", cases())
def test_a_planted_fault_is_found_with_a_shortest_run_and_its_culprit(planted: Planted) -> None:
    """The claim is violated in as few steps as can be, and the report names who is to blame."""
    report = check_live(planted.adapter, examples=FEW)
    verdict = report.of(planted.claim)

    assert isinstance(verdict, Falsified)
    assert len(verdict.script) == planted.steps
    assert planted.culprit in str(report)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("adapter", [*CORRECT, *strangers.CORRECT, *guests.CORRECT, *lodgers.CORRECT])
def test_a_correct_manager_is_not_accused(adapter: type[Adapter], seed: int) -> None:
    """Nothing is violated, nothing vacuous, and nothing unknown, whatever the seed."""
    check_live(adapter, examples=FEW, seed=seed).assert_not_falsified()


@pytest.mark.parametrize(("planted", "correct"), [(PLANTED, CORRECT), (strangers.PLANTED, strangers.CORRECT)])
def test_there_are_two_faults_of_each_of_fifteen_kinds(planted: tuple[Planted, ...], correct: tuple[type, ...]) -> None:
    """And as many correct managers as broken ones."""
    kinds = [each.kind for each in planted]

    assert {kinds.count(kind) for kind in kinds} == {2}
    assert len(set(kinds)) == 15
    assert len(correct) == len(planted)
