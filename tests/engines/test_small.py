"""Violations at the smallest sizes, and runs without the steps that they do not need."""

from __future__ import annotations

from spillproof.properties.catalogue import claims_about
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.small import small_runs, trimmed
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
