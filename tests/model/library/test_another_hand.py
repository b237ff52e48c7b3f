"""What another hand has modelled of the same managers comes to the same verdicts as the library."""

from __future__ import annotations

import pytest

from spillproof.model.catalogue.library import REPAIRS
from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Verdict, Violated
from tests.model.library.another_hand import KEPT, Kept

QUICK = ("rocksdb-charge-first", "FLINK-21728", "vllm-45357")

each_model = pytest.mark.parametrize(
    "kept",
    [pytest.param(each, id=each.fix, marks=[] if each.fix in QUICK else [pytest.mark.slow]) for each in KEPT],
)


def verdict(kept: Kept, *, right: bool) -> Verdict:
    """The verdict on the claim of the fix, with the others as lemmas."""
    model = kept.model(right=right)
    claims = claims_about(type(model))[0]
    return check(model, claims, witnesses=False, time_limit=120).of(REPAIRS[kept.fix].claim)


@each_model
def test_the_verdict_is_that_of_the_library(kept: Kept) -> None:
    """Violated as it was, in no more steps than the library says and one; proved as it is with the fix."""
    before = verdict(kept, right=False)

    assert isinstance(before, Violated)
    assert abs(len(before.run) - REPAIRS[kept.fix].steps) <= 1  # where a step begins and ends is the writer's choice
    assert isinstance(verdict(kept, right=True), Proved)


def test_four_engines_are_modelled_twice() -> None:
    """Of DataFusion, RocksDB, Flink and vLLM."""
    assert len({each.fix.lower().split("-")[0] for each in KEPT}) == 4
