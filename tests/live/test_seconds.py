"""A search that goes on with other seeds, as long as it may and nothing is found."""

from pathlib import Path
from typing import Any

from spillproof.properties import accounting
from spillproof.properties.engines.verdict import NotFound
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.verdicts import Falsified

LONG_ENOUGH = 60.0
"""Seconds; the run that is looked for is found in two."""


class ForgetsLater(Adapter):
    """Of managers that are made later, what is deleted stays: so many runs have to be taken before it is seen."""

    made = 0
    first_bad = 1_000_000

    def begin(self, folder: Path) -> None:
        type(self).made += 1
        self.is_bad = self.made > self.first_bad
        self.values: dict[str, Any] = {}
        self.rest: list[Any] = []

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def delete(self, key: str) -> None:
        gone = self.values.pop(key)
        if self.is_bad:
            self.rest.append(gone)

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))


def test_a_search_goes_on_until_something_is_found() -> None:
    """A few random runs show nothing; those of the seeds that follow do, and then it ends."""
    claims = [accounting.free_is_unreachable]

    alone = check_live(ForgetsLater, claims, examples=3)
    ForgetsLater.first_bad = 3 * ForgetsLater.made  # the first runs of a second search are as many
    assert isinstance(alone.of("free_is_unreachable"), NotFound)
    report = check_live(ForgetsLater, claims, examples=3, seconds=LONG_ENOUGH)
    assert isinstance(report.of("free_is_unreachable"), Falsified)
    assert report.seconds < LONG_ENOUGH
    assert report.runs > alone.runs


def test_a_search_ends_with_its_time() -> None:
    """Where nothing is found, it has taken more runs of the same kind, and says how many."""

    class Never(ForgetsLater):
        """One that is never made so late."""

        made = -1_000_000

    report = check_live(Never, ["no_exception"], examples=3, seconds=1.0)

    assert isinstance(report.of("no_exception"), NotFound)
    assert report.runs > 3
    assert f"{report.runs:,} at random" in report.tried
