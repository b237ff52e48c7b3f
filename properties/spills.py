"""Claims about spills: what they may do, and what they say that they did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from spillproof.model.quantity import Bytes, Count
from spillproof.properties.claims import always, sometimes


class Block(Protocol):
    """Memory that can be freed."""

    @property
    def is_freed(self) -> bool:
        """Return whether it was given back."""
        ...


class Paging(Protocol):
    """A system whose readers look at records where they lie."""

    def pages_in_use(self) -> Sequence[Block]:
        """Return the blocks that somebody looks into."""
        ...


class Spilling(Protocol):
    """A system that keeps a record of what the spills of its last step did."""

    def records_spilled(self) -> Count:
        """Return how many records consumers have moved to files by spills of their own."""
        ...

    def allocated_in_spill(self) -> bool:
        """Return whether a consumer acquired memory in the middle of its own spill."""
        ...

    def unreported(self) -> Bytes:
        """Return what spills freed, less what they said that they freed."""
        ...


class Filing(Protocol):
    """A system that spills to files, and whose work ends."""

    def files_on_disk(self) -> Count:
        """Return how many files of the task are on disk."""
        ...

    def has_ended(self) -> bool:
        """Return whether the task is over."""
        ...


@always
def no_use_after_free(now: Paging) -> bool:
    """No use after free: no page that a reader looks into has been freed."""
    return not any(page.is_freed for page in now.pages_in_use())


@sometimes(beside=no_use_after_free)
def a_page_is_in_use(now: Paging) -> bool:
    """In some state a reader looks into a page."""
    return len(now.pages_in_use()) > 0


@always
def no_allocation_in_spill(now: Spilling) -> bool:
    """A spill allocates nothing: no consumer acquires memory in the middle of its own spill."""
    return not now.allocated_in_spill()


@sometimes(beside=no_allocation_in_spill)
def a_consumer_spills(before: Spilling, after: Spilling) -> bool:
    """In some step a consumer spills, so that it could allocate meanwhile."""
    return after.records_spilled() > before.records_spilled()


@always
def a_spill_reports_what_it_freed(now: Spilling) -> bool:
    """A spill reports what it freed, neither more nor less."""
    return now.unreported() == 0


@sometimes(beside=a_spill_reports_what_it_freed)
def a_spill_happens(before: Spilling, after: Spilling) -> bool:
    """In some step records are moved to a file, so that there is something to report."""
    return after.records_spilled() > before.records_spilled()


@always
def no_file_outlives_its_task(now: Filing) -> bool:
    """No file outlives its task: after task end, what was spilled is not on disk any more."""
    return not now.has_ended() or now.files_on_disk() == 0


@sometimes(beside=no_file_outlives_its_task)
def a_file_is_written(now: Filing) -> bool:
    """In some state a file is on disk."""
    return now.files_on_disk() > 0
