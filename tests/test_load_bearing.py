"""Each fix is load-bearing: violated without it at the least scope that shows it, proved with it there."""

import pytest

from spillproof.model.catalogue import find
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Proved, Violated

FIXES = [
    # One map is forced to spill by the request of another: insert, iterator, insert.
    ("SPARK-22713-forced-spill", 2, "free_is_unreachable", 3),
    # A map is read to its end: insert, iterator, the pull of its only record, the pull that finds the end.
    ("SPARK-22713-exhaustion", 1, "free_is_unreachable", 4),
    # A map is forced to spill before anybody reads it: two inserts.
    ("SPARK-18986", 2, "no_exception", 2),
]


@pytest.mark.parametrize(("fix", "consumers", "claim", "steps"), FIXES)
def test_a_fix_is_load_bearing(fix: str, consumers: int, claim: str, steps: int) -> None:
    """Without the fix the claim is violated in so many steps; with it, every claim is proved."""
    without = check(find("spark@2.4.0").without_fix(fix).build(consumers=consumers), witnesses=False).of(claim)
    repaired = check(find("spark@2.4.0").build(consumers=consumers), witnesses=False)

    assert isinstance(without, Violated)
    assert len(without.run) == steps
    assert without.minimal
    assert all(isinstance(result.verdict, Proved) for result in repaired.results)


@pytest.mark.parametrize(("fix", "consumers"), [(fix, consumers) for fix, consumers, _, _ in FIXES if consumers > 1])
def test_no_smaller_scope_shows_it(fix: str, consumers: int) -> None:
    """With one consumer fewer, every claim is proved without the fix."""
    report = check(find("spark@2.4.0").without_fix(fix).build(consumers=consumers - 1), witnesses=False)

    assert all(isinstance(result.verdict, Proved) for result in report.results)


@pytest.mark.parametrize(
    ("reading", "violated"),
    [
        # The downstream refers to the iterator as well, so that the map stays.
        ("null-reading-iterator", {"free_is_unreachable", "release_frees_what_it_says", "acquired_can_be_allocated"}),
        # As the merged repair: what was written to disk takes the place of the map.
        ("null-upstream", set()),
        ("null-both", set()),
        # Nothing is left to read, though the records were written.
        ("keep-nothing", {"no_record_lost_or_repeated"}),
    ],
)
def test_the_readings_of_the_proposal(reading: str, violated: set[str]) -> None:
    """Beside the other half of the repair, each reading of the report's proposal stands or falls by itself."""
    report = check(find(f"spark@2.3.4+{reading}+exhaustion").build(), witnesses=False)

    assert {result.claim.name for result in report.violated()} == violated
