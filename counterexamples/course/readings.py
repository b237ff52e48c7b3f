"""Hidden claims: what the exercises ask beyond the claims that every model is asked."""

from __future__ import annotations

from typing import Any

from spillproof.properties.accounting import (
    acquired_can_be_allocated,
    free_is_unreachable,
    release_frees_what_it_says,
    something_becomes_unreachable,
    something_is_released,
    the_pool_is_full,
)
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import always, sometimes


@always
def nothing_is_accounted_for_nobody(now: Any) -> bool:
    """What is accounted is held: no byte stays accounted that nothing refers to any more."""
    return now.accounted() <= now.reachable()


EVERY = (
    NO_EXCEPTION,
    NEVER_NEGATIVE,
    free_is_unreachable,
    release_frees_what_it_says,
    nothing_is_accounted_for_nobody,
)
"""What is claimed of every answer that is a model."""

SEEN = (something_is_released, something_becomes_unreachable)
"""What must be seen of it."""

POOLED = (*EVERY, acquired_can_be_allocated)
"""What is claimed of one with a pool."""

FULL = (*SEEN, the_pool_is_full)
"""What must be seen of that."""


# Lesson 1


@always
def a_reader_is_not_cut_off(before: Any, after: Any) -> bool:
    """A reader is not cut off: when it ends to read, nothing else happens to the page of the cache."""
    return before.reading is None or after.reading is before.reading or after.page is before.page


@sometimes(beside=a_reader_is_not_cut_off)
def somebody_reads(now: Any) -> bool:
    """Somebody reads the page that the cache has."""
    return now.reading is not None and now.reading is now.page


@sometimes(beside=nothing_is_accounted_for_nobody)
def a_page_is_evicted(before: Any, after: Any) -> bool:
    """The cache gives a page up."""
    return before.page is not None and after.page is None


CACHE = (*EVERY, a_reader_is_not_cut_off, somebody_reads, a_page_is_evicted, *SEEN)


# Lesson 2


@always
def every_record_is_somewhere(now: Any) -> bool:
    """Every record is delivered once: what was inserted is delivered, or can still be."""
    left = now.table.records + now.file if now.iterator is None else now.iterator.readable()
    return now.inserted == now.delivered + left


@sometimes(beside=every_record_is_somewhere)
def something_is_delivered(before: Any, after: Any) -> bool:
    """Records are delivered."""
    return after.delivered > before.delivered


@sometimes(beside=free_is_unreachable)
def a_spill_meets_an_iterator(before: Any, after: Any) -> bool:
    """Memory is released while somebody holds an iterator, which is there afterwards and has not delivered yet."""
    meets = before.iterator is not None and after.iterator is before.iterator
    return meets and after.accounted() < before.accounted() and after.delivered == before.delivered


SPOOL = (*EVERY, every_record_is_somewhere, something_is_delivered, a_spill_meets_an_iterator, *SEEN)


# Lesson 3


@sometimes(beside=acquired_can_be_allocated)
def somebody_is_turned_down(now: Any) -> bool:
    """A request that does not fit is turned down."""
    return now.turned_down


@sometimes(beside=acquired_can_be_allocated)
def two_share_the_pool(now: Any) -> bool:
    """Two buffers are there at once."""
    return len(now.buffers) > 1


GRANT = (*POOLED, somebody_is_turned_down, two_share_the_pool, *FULL)


# Lesson 4


@always
def each_record_is_read_once(now: Any) -> bool:
    """No record is lost or read twice: what was inserted is delivered, or can still be."""
    if now.downstream is None:
        return now.inserted == now.delivered + left_in(now.e1) + left_in(now.e2)
    return now.inserted == now.delivered + now.downstream.readable() + left_in(now.e2)


def left_in(map_: Any) -> Any:
    """Return the bytes of the records of a map, in memory and in its file."""
    return map_.file if map_.table is None else map_.table.records + map_.file


@sometimes(beside=each_record_is_read_once)
def records_are_delivered(before: Any, after: Any) -> bool:
    """Downstream gets records."""
    return after.delivered > before.delivered


@sometimes(beside=free_is_unreachable)
def a_map_spills_while_it_is_read(before: Any, after: Any) -> bool:
    """E1 spills while somebody holds an iterator over it, and E2 gets the memory."""
    meets = before.downstream is not None and after.downstream is before.downstream
    return meets and after.e1.used < before.e1.used and after.e2.used > before.e2.used


@sometimes(beside=free_is_unreachable)
def a_map_spills_before_it_is_read(before: Any, after: Any) -> bool:
    """E1 spills before anybody reads it."""
    return before.downstream is None and after.downstream is None and after.e1.used < before.e1.used


@always
def what_is_said_to_be_freed_was_freed(now: Any) -> bool:
    """A spill says what it freed, neither more nor less."""
    return now.said == now.given_up


TASK = (
    *POOLED,
    what_is_said_to_be_freed_was_freed,
    each_record_is_read_once,
    records_are_delivered,
    a_map_spills_while_it_is_read,
    a_map_spills_before_it_is_read,
    *FULL,
)
