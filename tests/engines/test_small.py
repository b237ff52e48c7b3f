"""Violations at the smallest sizes, and runs without the steps that they do not need."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim
from spillproof.properties.engines import small
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.small import Few, small_runs, trimmed
from spillproof.properties.engines.smallest import FEWEST_STEPS, uncertified
from spillproof.properties.engines.verdict import Violated
from tests.engines.endless import SegmentPool

(FREE,) = [claim for claim in claims_about(SegmentPool)[0] if claim.name == "free_is_unreachable"]
LONG = Run(
    SegmentPool(), (9,), (Step("allocate", (2,)), Step("allocate", (3,)), Step("release", ()), Step("release", ()))
)


def test_small_runs() -> None:
    """A segment of 1 byte, allocated and released: it stays cached. There is nothing else to be violated in 2 steps."""
    found = small_runs(SegmentPool(), [FREE])

    assert {name: [step.action for step in run.steps] for name, run in found.items()} == {
        "free_is_unreachable": ["allocate", "release"]
    }


def test_what_a_run_does_not_need() -> None:
    """Of two allocations and two releases one of each is enough."""
    assert [step.action for step in trimmed(LONG, FREE).steps] == ["allocate", "release"]


def test_how_certain_it_is() -> None:
    """If no run of one step less violates it, it has the fewest steps; else it is said how many were ruled out."""
    violated = Violated(LONG, 0, 5)

    assert uncertified(violated, 3).minimal == FEWEST_STEPS
    assert "every run of at most 2 steps was ruled out" in uncertified(violated, 2).sentence()
    assert uncertified(violated, -1).sentence().endswith("(that no shorter run exists was not certified)")


def test_what_was_found_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim that is violated at sizes of 1 is not asked about at sizes of 2; one that is not is, as deep."""
    other = next(each for each in claims_about(SegmentPool)[0] if each is not FREE)
    asked: list[tuple[list[str], int, int | None]] = []

    def explored(_model: object, left: list[Claim], bounds: Few) -> SimpleNamespace:
        asked.append(([each.name for each in left], bounds.largest, bounds.depth))
        return SimpleNamespace(violations={FREE.name: LONG} if FREE in left else {})

    monkeypatch.setattr(small, "explore", explored)
    assert small_runs(SegmentPool(), [FREE, other], Limits(max_steps=7)) == {FREE.name: LONG}
    assert asked == [([FREE.name, other.name], 1, 7), ([other.name], 2, 7)]
    asked.clear()
    assert small_runs(SegmentPool(), [FREE]) == {FREE.name: LONG}
    assert asked == [([FREE.name], 1, None)]


def test_a_search_ends_after_so_many_states() -> None:
    """So many may be looked at, and one more is one too many; after the deadline, none."""
    few = Few(1, most=3)
    for _ in range(3):
        few.check_time()
    with pytest.raises(OutOfTime):
        few.check_time()
    with pytest.raises(OutOfTime):
        Few(1, deadline=0.0).check_time()


def test_a_run_that_cannot_be_shortened() -> None:
    """A run that violates nothing without one of its steps stays; one that is too long is not tried."""
    needed = Run(SegmentPool(), (9,), LONG.steps[:1] + LONG.steps[2:3])
    assert trimmed(needed, FREE) == needed
    long = Run(SegmentPool(), (99,), LONG.steps[:1] * (small.MOST_STEPS + 1))
    assert trimmed(long, FREE) is long
