"""Each release has the fixes that its history says."""

import pytest

from spillproof.model.spark.fixes import POOLS, STORAGE, TASK, fixes_of
from spillproof.model.spark.releases import NEWEST, RELEASES

FIRST = {
    "SPARK-15357": "2.0.0",
    "SPARK-34089": "3.2.0",
    "SPARK-49386": "4.1.0",
    "SPARK-4452": "2.0.0",
    "SPARK-14363": "1.6.2",
    "SPARK-39283": "3.2.2",
    "SPARK-27338": "2.3.4",
    "SPARK-26265": "2.4.1",
    "SPARK-32911": "3.1.1",
    "SPARK-32901": "2.4.8",
    "SPARK-32900": "2.4.8",
    "SPARK-27558": "2.4.5",
    "SPARK-23040": "2.3.1",
    "SPARK-21907": "2.2.1",
    "SPARK-17113": "2.0.1",
    "SPARK-16873": "1.6.3",
    "SPARK-18986": "2.2.0",
    "SPARK-19244": "2.2.0",
    "SPARK-22713-forced-spill": "2.4.0",
    "SPARK-22713-exhaustion": "2.4.0",
    "SPARK-20250": "2.1.2",
    "SPARK-23306": "2.4.0",
    "SPARK-26114-completion": "2.4.1",
    "SPARK-26114-stop": "2.4.1",
    "SPARK-35486": "3.2.0",
    "SPARK-36933": "3.3.0",
    "SPARK-48642": "3.4.4",
}
"""Before 2.1.2 as read in the source at Spark's tags; since then, `tests/conformance` compares them with the jars."""

BEFORE = {"SPARK-11293", "SPARK-12089"}
"""Fixes that came with 1.6.0, the first in the list."""

LAST_WITHOUT = {
    "SPARK-15357": "1.6.3",
    "SPARK-34089": "3.1.3",
    "SPARK-49386": "4.0.5",
    "SPARK-4452": "1.6.3",
    "SPARK-14363": "1.6.1",
    "SPARK-39283": "3.2.1",
    "SPARK-27338": "2.3.3",
    "SPARK-26265": "2.4.0",
    "SPARK-32911": "3.0.3",
    "SPARK-32901": "2.4.7",
    "SPARK-32900": "2.4.7",
    "SPARK-27558": "2.4.4",
    "SPARK-23040": "2.3.0",
    "SPARK-21907": "2.2.0",
    "SPARK-17113": "2.0.0",
    "SPARK-16873": "1.6.2",
    "SPARK-18986": "2.1.3",
    "SPARK-19244": "2.1.3",
    "SPARK-22713-forced-spill": "2.3.4",
    "SPARK-22713-exhaustion": "2.3.4",
    "SPARK-20250": "2.1.1",
    "SPARK-23306": "2.3.4",
    "SPARK-26114-completion": "2.4.0",
    "SPARK-26114-stop": "2.4.0",
    "SPARK-35486": "3.1.3",
    "SPARK-36933": "3.2.4",
    "SPARK-48642": "3.4.3",
}


@pytest.mark.parametrize("fix", FIRST)
def test_first_release(fix: str) -> None:
    """A release has a fix from the first that had it on, and the one before has not."""
    assert fix in fixes_of(FIRST[fix])
    assert fix not in fixes_of(LAST_WITHOUT[fix])
    assert RELEASES.index(FIRST[fix]) == RELEASES.index(LAST_WITHOUT[fix]) + 1


def test_ends() -> None:
    """1.6.0 has two of the fixes, the newest all that were merged; the proposals are in no release."""
    assert fixes_of("1.6.0") == BEFORE
    assert fixes_of("2.0.0") == BEFORE | {
        "SPARK-4452",
        "SPARK-14363",
        "SPARK-15357",
    }  # it is older than 1.6.3, which has SPARK-16873
    assert "SPARK-16873" in fixes_of("2.0.1")
    assert fixes_of(NEWEST) == BEFORE | frozenset(FIRST)
    assert BEFORE | frozenset(FIRST) == {fix.name for fix in TASK if fix.since}


SHARED = {
    "2.0.0": {
        "SPARK-4715", "SPARK-4777", "SPARK-10907", "SPARK-12155", "SPARK-12165", "SPARK-12189", "SPARK-12253",
        "SPARK-13122", "SPARK-15260",
    },
    "2.0.1": {"SPARK-17465", "SPARK-17491-close", "SPARK-17491-mode", "SPARK-17503"},
    "2.1.1": {"SPARK-18827"},
    "2.1.2": {"SPARK-22083"},
}  # fmt: skip
"""What each release had first of the fixes of pools and of unrolling, in the order of releases; seen in its history."""


def test_fixes_of_pools_and_of_unrolling() -> None:
    """Each is in the releases from its own on; but 2.2.0, which is older than 2.1.2, lacks what that had."""
    have: set[str] = set()
    for release, first in SHARED.items():
        have |= first
        assert fixes_of(release, (*POOLS, *STORAGE)) == have
    assert fixes_of("2.2.0", (*POOLS, *STORAGE)) == have - {"SPARK-22083"}
    assert fixes_of("1.6.3", STORAGE) == {"SPARK-4777", "SPARK-13122", "SPARK-17465"}
