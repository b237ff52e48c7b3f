"""Each release has the fixes that its history says."""

import pytest

from spillproof.model.spark.fixes import FIXES
from spillproof.model.spark.releases import RELEASES, fixes_of

FIRST = {
    "SPARK-4452": "2.0.0",
    "SPARK-18986": "2.2.0",
    "SPARK-19244": "2.2.0",
    "SPARK-22713-forced-spill": "2.4.0",
    "SPARK-22713-exhaustion": "2.4.0",
    "SPARK-20250": "2.1.2",
    "SPARK-23306": "2.4.0",
    "SPARK-26114": "2.4.1",
    "SPARK-35486": "3.2.0",
    "SPARK-36933": "3.3.0",
    "SPARK-48642": "4.0.0",
}
"""Read in the source at Spark's tags."""

LAST_WITHOUT = {
    "SPARK-4452": "1.6.3",
    "SPARK-18986": "2.1.3",
    "SPARK-19244": "2.1.3",
    "SPARK-22713-forced-spill": "2.3.4",
    "SPARK-22713-exhaustion": "2.3.4",
    "SPARK-20250": "2.1.1",
    "SPARK-23306": "2.3.4",
    "SPARK-26114": "2.4.0",
    "SPARK-35486": "3.1.3",
    "SPARK-36933": "3.2.4",
    "SPARK-48642": "3.5.7",
}


@pytest.mark.parametrize("fix", FIRST)
def test_first_release(fix: str) -> None:
    """A release has a fix from the first that had it on, and the one before has not."""
    assert fix in fixes_of(FIRST[fix])
    assert fix not in fixes_of(LAST_WITHOUT[fix])
    assert RELEASES.index(FIRST[fix]) == RELEASES.index(LAST_WITHOUT[fix]) + 1


def test_ends() -> None:
    """1.6.0 has one of the fixes, 4.0.0 all that were merged; the proposals are in no release."""
    assert fixes_of("1.6.0") == {"SPARK-11293"}
    assert fixes_of("4.0.0") == frozenset(FIRST) | fixes_of("1.6.0")
    assert fixes_of("4.0.0") == {fix.name for fix in FIXES.values() if fix.since}
