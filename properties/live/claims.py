"""Claims that are asked of running code only, beside those of accounting.py and data.py, which are the same functions.

A model says what it announces, and its claims look at that; running code claims things by what it returns, and by what
it leaves on disk.
"""

from __future__ import annotations

from typing import Protocol

from spillproof.properties import accounting, data
from spillproof.properties.accounting import Accounting
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode, always, applicable, sometimes
from spillproof.properties.data import Recording
from spillproof.properties.disk import OnDisk, disk_is_accounted, something_is_on_disk


class SpillReporting(Accounting, Protocol):
    """A system that says how much each spill has freed."""

    def said_freed(self) -> int:
        """Return the bytes that the last step claimed to have freed. 0 where it claimed nothing."""
        ...


class Emptied(Protocol):
    """A system that may hold no value at all."""

    def is_empty(self) -> bool:
        """Return whether every value was deleted, and every handle dropped."""
        ...


class Emptying(Accounting, Emptied, Protocol):
    """One that keeps account of bytes."""


class ReadingBack(Recording, Protocol):
    """A system whose last step may have read a value back."""

    def has_read(self) -> bool:
        """Return whether the last step read a value."""
        ...


@always
def spill_frees_what_it_claims(before: SpillReporting, after: SpillReporting) -> bool:
    """A spill frees what it claims: what it says it freed is no more than what became unreachable.

    A value that the client keeps stays, and is not the spill's fault.
    """
    return after.said_freed() <= max(0, before.reachable() - after.reachable()) + after.unclaimed()


@sometimes(beside=spill_frees_what_it_claims)
def a_spill_claims_something(before: SpillReporting, after: SpillReporting) -> bool:  # noqa: ARG001 - it is about a step
    """In some step a spill claims to have freed memory."""
    return after.said_freed() > 0


class LimitingSpill(OnDisk, Protocol):
    """A system whose bytes on disk can be limited."""

    def spill_limit(self) -> int | None:
        """Return the bytes that may be on disk; None where as many as there are may."""
        ...


@always
def spilled_stays_within_limit(now: LimitingSpill) -> bool:
    """What is spilled stays within its limit: while there is one, no more is accounted on disk."""
    limit = now.spill_limit()
    return limit is None or now.disk_accounted() <= limit


@sometimes(beside=spilled_stays_within_limit)
def spilled_is_limited(now: LimitingSpill) -> bool:
    """In some state something is on disk, and no more may be."""
    return now.spill_limit() is not None and now.disk_accounted() > 0


class BoundedOnDisk(OnDisk, Protocol):
    """A system that promises to have no more on disk than so much."""

    def capacity_of_disk(self) -> int:
        """Return the bytes that may be on disk."""
        ...


@always
def disk_stays_within_capacity(now: BoundedOnDisk) -> bool:
    """What is on disk stays within its capacity: a cache on disk removes what is too much."""
    return now.disk_used() <= now.capacity_of_disk()


@sometimes(beside=disk_stays_within_capacity)
def disk_is_half_full(now: BoundedOnDisk) -> bool:
    """In some state half of what may be on disk is there."""
    return 2 * now.disk_used() >= now.capacity_of_disk()


@always
def empty_means_nothing_left(now: Emptying) -> bool:
    """Empty means that nothing is left: without a value and a handle, nothing is accounted and nothing reachable."""
    return not now.is_empty() or (now.accounted() == 0 and now.reachable() <= now.unclaimed())


@sometimes(beside=empty_means_nothing_left)
def it_becomes_empty(before: Emptying, after: Emptying) -> bool:
    """In some step the last value is deleted, or the last handle dropped."""
    return after.is_empty() and not before.is_empty()


class Refusing(Protocol):
    """A system that says when it is full."""

    def is_refused(self) -> bool:
        """Return whether the last step was refused."""
        ...

    def had_room(self) -> bool:
        """Return whether the last step handed over a value for which there was room."""
        ...


class Dropping(Protocol):
    """A system that forgets values to make room for others."""

    def has_dropped(self) -> bool:
        """Return whether the last step dropped a value."""
        ...

    def had_room(self) -> bool:
        """Return whether the last step handed over a value for which there was room."""
        ...


class Pinning(Protocol):
    """A system that can be told to keep a value where it is."""

    def unpinned(self) -> int:
        """Return how many pinned values are not there any more."""
        ...

    def has_pinned(self) -> bool:
        """Return whether a value is pinned."""
        ...


class Tabling(Emptied, Protocol):
    """A system whose tables can be counted when it is empty."""

    def residue(self) -> int:
        """Return how many entries each repetition of the run leaves behind in tables, or files in the folder."""
        ...


@always
def nothing_that_fits_is_refused(now: Refusing) -> bool:
    """Nothing that fits is refused: a manager says that it is full only where there is no room."""
    return not (now.is_refused() and now.had_room())


@sometimes(beside=nothing_that_fits_is_refused)
def a_value_that_fits_is_accepted(now: Refusing) -> bool:
    """In some step a value is accepted for which there is room."""
    return now.had_room() and not now.is_refused()


@always
def nothing_that_fits_is_dropped(now: Dropping) -> bool:
    """Nothing is dropped that would have fitted: a value goes only where the new one finds no room beside it.

    What the new value replaces goes anyway, and takes no room. Where another is read or deleted, none need go.
    """
    return not (now.has_dropped() and now.had_room())


@sometimes(beside=nothing_that_fits_is_dropped)
def a_value_that_fits_is_kept(now: Dropping) -> bool:
    """In some step a value is kept for which there is room."""
    return now.had_room() and not now.has_dropped()


@always
def what_is_pinned_stays(now: Pinning) -> bool:
    """What is pinned stays: a manager that drops values keeps those that are pinned."""
    return now.unpinned() == 0


@sometimes(beside=what_is_pinned_stays)
def something_is_pinned(now: Pinning) -> bool:
    """In some state a value is pinned."""
    return now.has_pinned()


@always
def tables_are_emptied(now: Tabling) -> bool:
    """Tables are emptied: what ends with nothing held leaves no entry behind, and no file, each time that it is done.

    The run is repeated with new keys; what does not grow with every repetition, such as a free list, is no residue.
    """
    return not now.is_empty() or now.residue() == 0


@sometimes(beside=tables_are_emptied)
def it_becomes_empty_again(before: Tabling, after: Tabling) -> bool:
    """In some step the last value goes, so that tables can be looked at."""
    return after.is_empty() and not before.is_empty()


@sometimes(beside=accounting.free_is_unreachable)
def something_is_reachable(now: Accounting) -> bool:
    """In some state there are reachable bytes: a measure that always says 0 measures nothing."""
    return now.reachable() > 0


@sometimes(beside=data.no_record_lost_or_repeated)
def something_is_read_back(before: ReadingBack, after: ReadingBack) -> bool:  # noqa: ARG001 - it is about a step
    """In some step a value is read back and compared."""
    return after.has_read()


_FIRST: tuple[Claim, ...] = (
    accounting.free_is_unreachable,
    accounting.release_frees_what_it_says,
    spill_frees_what_it_claims,
    accounting.acquired_can_be_allocated,
    accounting.counters_balance,
    empty_means_nothing_left,
    accounting.nothing_left_at_end,
    data.no_record_lost_or_repeated,
    disk_is_accounted,
    disk_stays_within_capacity,
    spilled_stays_within_limit,
    nothing_that_fits_is_refused,
    nothing_that_fits_is_dropped,
    what_is_pinned_stays,
    tables_are_emptied,
    NO_EXCEPTION,
    NEVER_NEGATIVE,
    something_is_reachable,
    accounting.something_is_released,
    accounting.something_becomes_unreachable,
    a_spill_claims_something,
    it_becomes_empty,
    something_is_read_back,
    something_is_on_disk,
    disk_is_half_full,
    spilled_is_limited,
    a_value_that_fits_is_accepted,
    a_value_that_fits_is_kept,
    something_is_pinned,
    it_becomes_empty_again,
)

_OWN = [each for each in globals().values() if isinstance(each, Claim) and each.function.__module__ == __name__]

ASKED: tuple[Claim, ...] = tuple(dict.fromkeys((*_FIRST, *_OWN)))
"""What is asked of running code: in the order of reports, chief claim first, and then whatever else is written here.

Not among them are witnesses that say that a limit is reached to the byte, or that work ends while in use: the first is
chance in random runs, and in the second a handle would be left behind.
"""


def asked_of(system: type) -> tuple[list[Claim], list[Claim]]:
    """Return the `always` and the `sometimes` claims that can be asked of a system."""
    has_account = hasattr(system, "accounted")
    every = [each for each in applicable(ASKED, system) if has_account or each is not NEVER_NEGATIVE]
    return [each for each in every if each.mode is Mode.ALWAYS], [each for each in every if each.mode is Mode.SOMETIMES]


def asked_besides(more: type, less: type) -> list[Claim]:
    """Return the claims that can be asked of a system that offers more, and not of one that offers less."""
    asked = [claim for some in asked_of(less) for claim in some]
    return [claim for some in asked_of(more) for claim in some if claim not in asked]
