"""The report's proposal, in each of its readings."""

import pytest

from spillproof.model.catalogue import find
from spillproof.properties.engines.check import check


@pytest.mark.parametrize(
    ("reading", "violated"),
    [
        # The downstream refers to the iterator as well, so that the map stays.
        ("null-reading-iterator", {"free_is_unreachable", "release_frees_what_it_says", "acquired_can_be_allocated"}),
        # As the merged repair: what was written to disk takes the place of the map.
        ("null-upstream", set()),
        pytest.param("null-both", set(), marks=pytest.mark.thorough),
        # Nothing is left to read, though the records were written.
        pytest.param("keep-nothing", {"no_record_lost_or_repeated"}, marks=pytest.mark.slow),
    ],
)
def test_the_readings_of_the_proposal(reading: str, violated: set[str]) -> None:
    """Beside the other half of the repair, each reading of the report's proposal stands or falls by itself."""
    report = check(find(f"spark@2.3.4+{reading}+exhaustion").build(), witnesses=False)

    assert {result.claim.name for result in report.violated()} == violated
