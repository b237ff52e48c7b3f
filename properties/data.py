"""Claims about the records: a spill moves them, and neither loses nor repeats one."""

from __future__ import annotations

from typing import Protocol

from spillproof.model.quantity import Count
from spillproof.properties.claims import always, sometimes


class Recording(Protocol):
    """A system that is given records and delivers them again."""

    def records_owed(self) -> list[Count]:
        """Return for each stream of records how many were put in and not delivered yet."""
        ...

    def records_readable(self) -> list[Count]:
        """Return for each stream, in the same order, how many its reader would still deliver."""
        ...


@always
def no_record_lost_or_repeated(now: Recording) -> bool:
    """No record is lost or repeated by a spill: what a reader will still deliver is what it is owed."""
    return all(owed == readable for owed, readable in zip(now.records_owed(), now.records_readable(), strict=True))


@sometimes(beside=no_record_lost_or_repeated)
def a_record_is_delivered(before: Recording, after: Recording) -> bool:
    """In some step a record reaches its reader."""
    return sum(after.records_readable()) < sum(before.records_readable())
