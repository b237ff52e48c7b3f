"""The claims about records, on plain numbers."""

from dataclasses import dataclass

import pytest

from spillproof.properties.claims import ClaimError
from spillproof.properties.data import a_record_is_delivered, no_record_lost_or_repeated


@dataclass
class Streams:
    owed: list[int]
    readable: list[int]

    def records_owed(self) -> list[int]:
        return self.owed

    def records_readable(self) -> list[int]:
        return self.readable


@pytest.mark.parametrize(
    ("owed", "readable", "holds"),
    [([], [], True), ([2, 3], [2, 3], True), ([2, 3], [2, 2], False), ([2, 3], [3, 3], False), ([2, 3], [3, 2], False)],
)
def test_no_record_lost_or_repeated(owed: list[int], readable: list[int], holds: bool) -> None:  # noqa: FBT001 - a table
    """Stream by stream: a record lost in one is not made up for by one repeated in another."""
    assert no_record_lost_or_repeated(Streams(owed, readable)) is holds


def test_streams_are_not_forgotten() -> None:
    """A system that leaves a stream out does not get away with it."""
    with pytest.raises(ClaimError, match=r"ValueError: zip.* shorter"):
        no_record_lost_or_repeated(Streams([1], []))


def test_a_record_is_delivered() -> None:
    """Delivered is what a reader has left less of."""
    assert a_record_is_delivered(Streams([2], [2]), Streams([1], [1]))
    assert not a_record_is_delivered(Streams([2], [2]), Streams([2], [2]))
