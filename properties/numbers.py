"""Claims about collections that spill at a number of records: that they keep it, and cost nobody else anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.model.quantity import Bytes, Count
from spillproof.properties.claims import always, sometimes


class Numbered(Protocol):
    """A system whose collections spill when they have a number of records."""

    def records_in_memory(self) -> Sequence[Count]:
        """Return for each collection how many records it has in memory."""
        ...

    def records_allowed(self) -> int:
        """Return how many it may have, which is all that a spill for the number's sake moves to disk."""
        ...

    def spilled_for_the_number(self) -> Sequence[Count]:
        """Return how many records each spill of the last insert had that was made for the number's sake."""
        ...

    def spilled_anyway(self) -> Bytes:
        """Return what others spilled, at the last insert, for a collection that then spilled for its number."""
        ...


@always
def no_more_records_than_the_number(now: Numbered) -> bool:
    """No collection has more records in memory than the number at which it spills allows."""
    return all(each <= now.records_allowed() for each in now.records_in_memory())


@sometimes(beside=no_more_records_than_the_number)
def a_collection_has_its_number(now: Numbered) -> bool:
    """In some state a collection has all the records that it may have."""
    return any(each == now.records_allowed() for each in now.records_in_memory())


@always
def a_spill_for_the_number_has_the_number(now: Numbered) -> bool:
    """A spill for the number has the number: no collection that has fewer records spills for it."""
    return all(each >= now.records_allowed() for each in now.spilled_for_the_number())


@sometimes(beside=a_spill_for_the_number_has_the_number)
def a_collection_spills_for_its_number(now: Numbered) -> bool:
    """In some state a collection has spilled for its number."""
    return len(now.spilled_for_the_number()) > 0


@always
def nobody_spills_for_one_that_spills_anyway(now: Numbered) -> bool:
    """Nobody spills for one that spills anyway: a collection that has its number spills before it asks for memory."""
    return now.spilled_anyway() == 0


@sometimes(beside=nobody_spills_for_one_that_spills_anyway)
def a_collection_spills_beside_another(now: Numbered) -> bool:
    """In some state a collection has spilled for its number, and another has records in memory that it did not need."""
    return len(now.spilled_for_the_number()) > 0 and len([each for each in now.records_in_memory() if each > 0]) > 1
