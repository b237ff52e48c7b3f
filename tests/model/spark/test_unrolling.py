"""Blocks that are unrolled: each fix is load-bearing, and Spark's suites are replayed."""

import pytest

from spillproof.model.heap import Bag
from spillproof.model.spark.fixes import POOLS, STORAGE, fixes_of
from spillproof.model.spark.fixes.storage import (
    DROP_UNROLLED_BUFFER,
    SPARK_13122,
    SPARK_18827,
)
from spillproof.model.spark.memory.shared_execution_memory_pool import NoSuchElementException
from spillproof.model.spark.memory.storage_memory_pool import StorageMemoryPool
from spillproof.model.spark.scenario.unrolling import Level, Unrolling
from spillproof.model.spark.storage.partially_unrolled_iterator import (
    PartiallyUnrolledIterator,
    Unrolled,
    UnrolledIterator,
)
from spillproof.model.spark.storage.unroll_memory import UnrollMemory
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import applicable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.verdict import Proved, Violated

NOW = fixes_of("4.0.0", STORAGE)


@pytest.mark.parametrize(
    ("level", "violated"),
    [
        (Level.VALUES, {"free_is_unreachable", "release_frees_what_it_says"}),
        (Level.BYTES, {"free_is_unreachable", "release_frees_what_it_says", "no_record_lost_or_repeated"}),
        (Level.OFF_HEAP, {"no_record_lost_or_repeated"}),
    ],
)
def test_before_the_fixes(level: Level, violated: set[str]) -> None:
    """What Spark 2.0.0 violates at each storage level."""
    report = check(Unrolling(level=level, fixes=fixes_of("2.0.0", STORAGE)), witnesses=False)

    assert {result.claim.name for result in report.violated()} == violated


@pytest.mark.thorough
def test_threads_that_share_a_counter() -> None:
    """Two puts, and one takes what both reserved for its own (SPARK-13122). With the fix no small run does.

    Two puts, and the first to finish: no put can finish before both have begun, and none fails.
    """
    without = check(Unrolling(puts=2, fixes=NOW - {SPARK_13122}), witnesses=False).of("free_is_unreachable")
    repaired = Unrolling(puts=2, fixes=NOW)
    bounds = Bounds(2, opening={"capacity": 4}, depth=6)

    assert isinstance(without, Violated)
    assert len(without.run) == 3
    assert not explore(repaired, applicable(CLAIMS, Unrolling), bounds).violations


@pytest.mark.parametrize("release", ["2.0.1", "2.4.0", "3.5.7", "4.0.0"])
def test_serialized_bytes_outlive_their_release(release: str) -> None:
    """In every release since SPARK-17503 the chunks of a block that did not fit stay until the task ends.

    `listeners ▸ block ▸ unrolled_buffer`. Put, a record that does not fit, both records, and the question for more.
    Dropping the buffer when it is read is enough: with that, every claim is proved.
    """
    fixes = fixes_of(release, STORAGE)
    found = check(Unrolling(level=Level.BYTES, fixes=fixes), witnesses=False).of("free_is_unreachable")
    repaired = check(Unrolling(level=Level.BYTES, fixes=NOW | {DROP_UNROLLED_BUFFER}), witnesses=False)

    assert isinstance(found, Violated)
    assert len(found.run) == 5
    assert all(isinstance(result.verdict, Proved) for result in repaired.results)


# MemoryStoreSuite and PartiallyUnrolledIteratorSuite


def memory(size: int, fixes: frozenset[str] = NOW) -> UnrollMemory:
    """Storage memory of so many bytes."""
    return UnrollMemory(StorageMemoryPool(size, fixes_of("4.0.0", POOLS)), fixes)


def test_reserve_and_release_unroll_memory() -> None:
    """What is reserved adds up for the task; what does not fit changes nothing; all can be released at once."""
    unroll = memory(12000)

    assert [unroll.reserve(size) for size in (100, 200, 500, 1000000)] == [True, True, True, False]
    assert unroll.reserved() == 800
    unroll.release(100)
    assert unroll.reserved() == 700
    unroll.release(100)
    assert [unroll.reserve(4400), unroll.reserved(), unroll.reserve(20000), unroll.reserved()] == [
        True, 5000, False, 5000,
    ]  # fmt: skip
    unroll.release(1000)
    assert unroll.reserved() == 4000
    unroll.release_all()
    assert [unroll.reserved(), unroll.account] == [0, None]


def joined(fixes: frozenset[str] = NOW) -> PartiallyUnrolledIterator:
    """An iterator over 1000 unrolled records of a byte each, and the rest."""
    unroll = memory(1000, fixes)
    assert unroll.reserve(1000)
    return PartiallyUnrolledIterator(unroll, unroll, 1000, 0, 1000, UnrolledIterator(Unrolled(1000), 1000), None)


def test_join_two_iterators() -> None:
    """Unroll memory is released once, by the question that finds the unrolled records read."""
    iterator = joined()

    for _ in range(1000):
        assert [iterator.has_next(), iterator.has_next(), iterator.memory.reserved()] == [True, True, 1000]
        iterator.next()
    assert iterator.has_next()
    assert [iterator.memory.reserved(), iterator.unrolled, iterator.owed] == [0, None, 0]
    assert iterator.memory.reserve(1)
    assert iterator.has_next()
    iterator.next()
    assert iterator.memory.reserved() == 1


@pytest.mark.parametrize("fixes", [NOW, NOW - {SPARK_18827}])
def test_next_without_has_next(fixes: frozenset[str]) -> None:
    """Whoever does not ask gets the rest (SPARK-18827), though nothing is released; it was an exception."""
    iterator = joined(fixes)
    for _ in range(1000):
        iterator.next()

    if SPARK_18827 in fixes:
        iterator.next()
        assert iterator.memory.reserved() == 1000
    else:
        with pytest.raises(NoSuchElementException):
            iterator.next()


@pytest.mark.parametrize("level", [Level.VALUES, Level.BYTES, Level.OFF_HEAP])
def test_safely_unroll_blocks(level: Level) -> None:
    """A put that succeeds leaves no unroll memory; one that fails leaves some, until its iterator is consumed."""
    state = Unrolling(puts=2, level=level, fixes=NOW).start(capacity=12000)
    unroll = state.off_heap if level is Level.OFF_HEAP else state.on_heap

    state.put(4000)
    state.finish(next(iter(state.puts)))
    assert [unroll.reserved(), unroll.pool.used, len(state.blocks)] == [0, 4000, 1]

    state.put(4000)
    state.unroll(next(iter(state.puts)), 5000)
    [iterator] = state.iterators
    assert [unroll.reserved(), iterator.owed, iterator.unrolled.unread] == [4000, 2, 2]
    for _ in range(3):
        state.pull(iterator, True)
    assert [unroll.reserved(), unroll.pool.used, iterator.owed] == [0, 4000, 0]
    assert isinstance(state.iterators, Bag)
