"""What consumers do when they are asked, each by itself: small stories, with values as Spark's source has them."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model.heap import Bag
from spillproof.model.oracle import consulting
from spillproof.model.rest import standing
from spillproof.model.spark.collection.append_only_map import AppendOnlyMap, OutOfMemoryError, Table
from spillproof.model.spark.collection.external_append_only_map import (
    DiskMapIterator,
    ExternalAppendOnlyMap,
    NullPointerException,
)
from spillproof.model.spark.collection.external_sorter import ExternalSorter, SpillReader
from spillproof.model.spark.collection.external_sorter import NullPointerException as SorterNull
from spillproof.model.spark.fixes import PAGES, TASK, fixes_of
from spillproof.model.spark.fixes.collection import SPARK_18986, SPILL_BESIDE_OFF_HEAP
from spillproof.model.spark.fixes.raw_map import DROP_LOCATIONS
from spillproof.model.spark.fixes.shuffle import SPARK_56511_RESET
from spillproof.model.spark.fixes.sorter import SPARK_16873, SWAP_AT_ONCE
from spillproof.model.spark.fixes.unsafe import DROP_THE_READER, SPARK_14363, SPARK_32901
from spillproof.model.spark.memory.execution_memory_pool import ExecutionMemoryPool
from spillproof.model.spark.memory.rest import GivingConsumers, OtherConsumers, PartialConsumers, WillingConsumers
from spillproof.model.spark.memory.spill_failure import SparkOutOfMemoryError
from spillproof.model.spark.memory.task_memory_manager import TaskMemoryManager
from spillproof.model.spark.scenario.many import FurtherOthers, ManyBesideRawMap
from spillproof.model.spark.scenario.raw_task import OtherConsumer
from spillproof.model.spark.scenario.requesting_task import MapBesideOffHeap
from spillproof.model.spark.unsafe.bytes_to_bytes_map import BytesToBytesMap
from spillproof.model.spark.unsafe.shuffle_external_sorter import ShuffleExternalSorter
from spillproof.model.spark.unsafe.unsafe_external_sorter import UnsafeExternalSorter
from tests.model.spark.may import First, Last

ALL = fixes_of("4.3.0", (*TASK, *PAGES))


def manager(capacity: int, fixes: frozenset[str] = ALL) -> TaskMemoryManager:
    """A task that has acquired nothing."""
    return TaskMemoryManager(ExecutionMemoryPool(capacity), fixes, Bag())


# What stands for many


@pytest.mark.parametrize(
    ("kind", "by_itself", "refuses", "freed"),
    [
        (OtherConsumers, False, True, 0), (OtherConsumers, False, False, 5),
        (WillingConsumers, False, True, 5), (WillingConsumers, True, True, 0), (WillingConsumers, True, False, 5),
        (GivingConsumers, True, True, 5), (GivingConsumers, False, True, 5),
        (PartialConsumers, True, True, 2), (PartialConsumers, False, True, 2),
    ],
)  # fmt: skip # a table
def test_what_a_rest_spills(kind: type[OtherConsumers], *, by_itself: bool, refuses: bool, freed: int) -> None:
    """Asked for 2 of 5 bytes, it spills everything or what it is asked for, where it may not or does not refuse."""
    task = manager(9)
    rest = kind(task)
    rest.acquire_memory(5)
    with consulting(First() if refuses else Last()):
        assert rest.spill(2, rest if by_itself else OtherConsumer(task)) == freed
    assert (rest.used, task.pool.used) == (5 - freed, 5 - freed)


@pytest.mark.parametrize("kind", [OtherConsumers, WillingConsumers, GivingConsumers, PartialConsumers])
def test_a_rest_with_nothing_has_nothing_to_spill(kind: type[OtherConsumers]) -> None:
    """It is not asked whether it refuses. With 1 byte, it has that."""
    task = manager(9)
    rest = kind(task)
    assert (rest.spill(2, None), task.pool.used) == (0, 0)
    rest.acquire_memory(1)
    with consulting(Last()):
        assert (rest.spill(2, None), task.pool.used, rest.used) == (1, 0, 0)


def test_any_number_beside_a_consumer_of_pages() -> None:
    """The rest is registered, acquires as one would, and really holds nothing; one that joins it brings what it has."""
    state: Any = standing(ManyBesideRawMap, {}, 0).start(capacity=20, initial_size=2)
    (rest,) = state.beside()
    assert isinstance(rest, FurtherOthers)
    state.acquire(3)
    assert (rest.used, state.accounted(), rest.shallow_size()) == (3, 5, 0)
    rest.absorb(OtherConsumer(state.task_memory_manager, used=4), 0)
    assert rest.used == 7


# Maps


def a_map(capacity: int, fixes: frozenset[str] = ALL, threshold: int | None = None) -> ExternalAppendOnlyMap:
    """An empty map."""
    return ExternalAppendOnlyMap(
        manager(capacity, fixes), current_map=AppendOnlyMap(), initial_memory_threshold=threshold
    )


@pytest.mark.parametrize(("threshold", "used", "has"), [(None, 0, True), (5, 0, False), (5, 1, True), (5, 2, True)])
def test_whether_a_map_has_memory(threshold: int | None, used: int, *, has: bool) -> None:
    """Accounted exactly, as soon as it has a record; now and then, as soon as it was granted a byte."""
    each = a_map(9, threshold=threshold)
    assert not each.has_memory()
    each.put(3)
    each.used = used

    assert (each.has_memory(), each.holds_records()) == (has, True)


def test_an_empty_map_has_reached_no_threshold() -> None:
    """Not even one of 0 bytes: nothing is spilled before the first record, and with it there is something to spill."""
    each = a_map(0, threshold=0)
    each.insert(3)
    assert (each.live(), each.spilled_maps) == (3, None)
    each.insert(4)
    assert (each.live(), each.remaining()) == (4, 2)
    assert each.spilled_maps is not None
    assert each.spilled_maps.records == 1


def test_what_a_map_that_is_built_answers_another() -> None:
    """An empty one 0, one with records all it has; one that was read is gone. Before SPARK-18986 it failed."""
    each = a_map(9)
    other = OtherConsumer(each.task_memory_manager)
    assert (each.spill(4, other), each.spilled_maps) == (0, None)
    each.insert(3)
    assert (each.spill(1, each), each.used) == (0, 3)
    assert (each.spill(1, other), each.used, each.remaining(), each.holds_records()) == (3, 0, 1, False)
    each.current_map = None
    with pytest.raises(NullPointerException):
        each.spill(1, other)
    with pytest.raises(AssertionError, match="readingIterator"):
        a_map(9, ALL - {SPARK_18986}).spill(1, other)


def test_a_map_that_is_read_spills_once() -> None:
    """Of three records one was read ahead: two are written, after those of the files, and it has no memory then."""
    each = a_map(9)
    for _ in range(3):
        each.insert(1)
    each.append_to_disk(4)
    each.iterator()
    reading = each.reading_iterator
    assert reading is not None
    assert (reading.spill(), reading.remaining(), reading.has_spilled) == (True, 3 + 4, True)
    assert isinstance(reading.upstream, DiskMapIterator)
    assert (reading.upstream.records, reading.spill(), reading.remaining()) == (2 + 4, False, 7)


@pytest.mark.parametrize(("array", "room", "fits"), [(4, 8, True), (4, 9, True), (4, 7, False), (5, 9, False)])
def test_a_table_doubles_where_there_is_room(array: int, room: int, *, fits: bool) -> None:
    """The new array is there beside the old one; of the two the table keeps the new one, which is larger by the old."""
    each = AppendOnlyMap(Table(10))
    assert each.data is not None
    if fits:
        each.grow_table(array, room)
    else:
        with pytest.raises(OutOfMemoryError):
            each.grow_table(array, room)

    assert each.data.size == (10 + array if fits else 10)


# The sorter of objects


@pytest.mark.parametrize(("further", "at_once"), [((), False), ((SWAP_AT_ONCE,), True)])
def test_when_a_sorter_lets_go_of_what_it_spilled(further: tuple[str, ...], *, at_once: bool) -> None:
    """With the next record; as proposed, at once. Either way one was read ahead, and two are left in the file."""
    sorter = ExternalSorter(manager(9, ALL | {*further}))
    sorter.renew()
    for _ in range(3):
        sorter.insert(1)
    assert sorter.spill(1, OtherConsumer(sorter.task_memory_manager)) == 0  # it is not read yet
    iterator = sorter.iterator()
    assert iterator.remaining() == 3
    assert sorter.spill(1, sorter) == 0
    assert sorter.spill(1, OtherConsumer(sorter.task_memory_manager)) == 3
    reading = sorter.reading_iterator
    assert reading is not None
    assert (isinstance(reading.upstream, SpillReader), reading.next_upstream is None) == (at_once, at_once)
    assert (reading.has_spilled, reading.remaining(), sorter.collection, sorter.used) == (True, 3, None, 0)
    assert (sorter.spill(1, OtherConsumer(sorter.task_memory_manager)), reading.remaining()) == (0, 3)
    for left in (2, 1, 0):
        assert iterator.has_next()
        iterator.next()
        assert (iterator.remaining(), sorter.owed) == (left, left)
    assert not iterator.has_next()


# The map of raw records


def a_raw_map(fixes: frozenset[str] = ALL) -> BytesToBytesMap:
    """A map with an array of 2 bytes, and pages of 3 and 4 bytes."""
    each = BytesToBytesMap(manager(20, fixes))
    each.open(2)
    for size in (3, 4):
        assert each.append(size, page_is_full=True, array_is_full=False)
    return each


def test_the_array_of_a_raw_map() -> None:
    """The map refers to its bytes besides, as long as it has it; doubled, it has grown by its first size."""
    each = a_raw_map()
    assert each.long_array is not None
    assert (each.array_object, each.grown, each.used) == (each.long_array.base_object, 0, 9)
    each.grow_and_rehash()
    assert each.long_array is not None
    assert (each.array_object, each.grown, each.used) == (each.long_array.base_object, 2, 11)
    assert each.take_array() is not None
    assert [each.array_object, each.grown, each.long_array, each.take_array()] == [None, 0, None, None]


def test_what_a_raw_map_could_free() -> None:
    """While it is filled nothing, without records what its array has grown; while it is read, all but the page that is
    looked at, for others.
    """
    each = a_raw_map()
    other = OtherConsumer(each.task_memory_manager)
    assert each.freeable(other) == 0
    each.grow_and_rehash()
    assert (each.grown, each.freeable(other), each.used) == (2, 0, 11)
    each.has_records = False
    assert each.freeable(other) == 2
    each.has_records = True
    reading = each.iterator(destructive=True)
    assert (each.long_array, each.freeable(other), each.freeable(each), reading.held()) == (None, 7, 0, 0)
    reading.advance_to_next_page()
    assert (reading.held(), each.freeable(other), each.freeable(None)) == (3, 4, 4)
    reading.advance_to_next_page()
    assert (reading.held(), each.freeable(other), [page.size for page in each.data_pages]) == (4, 0, [4])


def test_a_raw_map_spills_from_the_last_page_on() -> None:
    """As many pages as are asked for, but never the current one, nor for itself, nor while it is filled."""
    each = a_raw_map()
    other = OtherConsumer(each.task_memory_manager)
    assert each.spill(1, other) == 0
    assert each.append(5, page_is_full=True, array_is_full=False)
    each.iterator(destructive=True).advance_to_next_page()
    assert (each.spill(1, each), each.spilled) == (0, 0)
    assert (each.spill(5, other), each.spilled, each.spill_writers, each.used) == (5, 1, 1, 7)
    assert (each.spill(5, other), each.spilled, each.spill_writers, each.used) == (4, 2, 2, 3)
    assert (each.spill(5, other), each.spilled) == (0, 2)


@pytest.mark.parametrize(("further", "kept"), [((), True), ((DROP_LOCATIONS,), False)])
@pytest.mark.parametrize("ends_by", ["free_everything", "reset"])
def test_where_the_last_record_was(ends_by: str, further: tuple[str, ...], *, kept: bool) -> None:
    """It refers to the bytes of a page that is freed. As proposed, neither the map's does, nor the iterator's."""
    each = a_raw_map(ALL | {*further})
    reading = each.iterator(destructive=True)
    assert (each.location.base_object is not None) is kept  # once it is read, nothing is looked up
    reading.advance_to_next_page()
    assert reading.location.base_object is reading.page_base_object is not None
    each.allocate_array(2)
    getattr(each, ends_by)()

    places = (each.location.base_object, reading.location.base_object, reading.page_base_object)
    assert [place is not None for place in places] == [kept] * 3


# Sorters of raw records


def test_a_shuffle_goes_on_with_a_first_array_where_a_page_is_refused() -> None:
    """Of 8 bytes 2 are the array and 3 a page. Doubled for 4, it spills, and a page of 5 has no place beside the 4.

    Since SPARK-56511 it goes back to 2, where there is one; before, it had kept none but a first array.
    """
    sorter = ShuffleExternalSorter(manager(8))
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=False, array_is_largest=False)
    sorter.insert(6, page_is_full=False, array_is_full=True, array_is_largest=False)
    assert sorter.in_mem_sorter is not None
    assert sorter.in_mem_sorter.array is not None
    assert (sorter.used, sorter.in_mem_sorter.array.size, sorter.in_mem_sorter.grown) == (8, 2, 0)
    assert [each.size for each in sorter.allocated_pages] == [6]
    assert (sorter.spilled, sorter.in_mem_sorter.records, sorter.files) == (1, 1, 1)


def test_a_shuffle_whose_page_is_refused_for_good() -> None:
    """A page that has no place beside a first array either is refused, and the sorter is left with that array."""
    sorter = ShuffleExternalSorter(manager(7))
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=False, array_is_largest=False)
    with pytest.raises(SparkOutOfMemoryError):
        sorter.insert(6, page_is_full=False, array_is_full=True, array_is_largest=False)

    assert (sorter.used, len(sorter.allocated_pages), sorter.spilled) == (2, 0, 1)


@pytest.mark.parametrize("kind", [ShuffleExternalSorter, UnsafeExternalSorter])
def test_before_spark_14363_a_sorter_keeps_its_array(kind: Any) -> None:
    """It forgets its records, and keeps the array however large it is; since, it gives it back."""
    for fixes, array in ((ALL - {SPARK_14363}, 2), (ALL, None)):
        sorter: Any = kind(manager(9, fixes))
        sorter.open(2)
        further = {"array_is_largest": False} if kind is ShuffleExternalSorter else {}
        sorter.insert(3, page_is_full=False, array_is_full=False, **further)
        assert sorter.freeable(sorter) == 3
        sorter.spill(1, sorter)
        inner = sorter.in_mem_sorter
        assert (inner.array and inner.array.size, inner.records, inner.has_records, sorter.used) == (
            array, 0, False, array or 0,
        )  # fmt: skip
        assert (sorter.freeable(sorter), sorter.spilled) == (0, 1)


@pytest.mark.parametrize("kind", [ShuffleExternalSorter, UnsafeExternalSorter])
def test_what_is_closed_can_free_nothing(kind: Any) -> None:
    """Nor can it for others."""
    sorter = kind(manager(9))
    assert sorter.freeable(sorter) == 0
    sorter.open(2)
    sorter.in_mem_sorter.expand(sorter.allocate(4))
    assert (sorter.freeable(sorter), sorter.freeable(None)) == (2, 0)
    sorter.in_mem_sorter.array = None  # freed, and the new one was refused
    assert sorter.freeable(sorter) == 0


@pytest.mark.parametrize("without", [SPARK_32901, ""])
def test_a_larger_array_that_a_spill_makes_needless(without: str) -> None:
    """Of 7 bytes 2 are an array and 3 a page: for 4 more it spills, and the 4 are given back; 2 will do."""
    sorter = UnsafeExternalSorter(manager(7, ALL - {without}))
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=False)
    inner = sorter.in_mem_sorter
    assert inner is not None
    sorter.grow_pointer_array(inner, is_full=True)

    assert (inner.array and inner.array.size, inner.has_records, sorter.spilled) == (2, False, 1)
    assert (sorter.used, sorter.task_memory_manager.pool.used) == (2, 2)


@pytest.mark.parametrize(("further", "kept"), [((), True), ((DROP_THE_READER,), False)])
def test_a_sorter_that_is_read_and_cleaned_up(further: tuple[str, ...], *, kept: bool) -> None:
    """Read, it could free all but the page that is looked at; then nothing is left, and as proposed no reader."""
    sorter = UnsafeExternalSorter(manager(9, ALL | {*further}))
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=False)
    sorter.sorted_iterator(with_nulls=False)
    reading = sorter.reading_iterator
    assert reading is not None
    assert (sorter.freeable(None), sorter.freeable(sorter), reading.held()) == (5, 5, 0)
    reading.load_next()
    assert (sorter.freeable(None), reading.held()) == (2, 3)
    sorter.cleanup_resources()
    assert (sorter.used, sorter.in_mem_sorter, sorter.reading_iterator is not None) == (0, None, kept)
    assert reading.current is None


@pytest.mark.parametrize(
    ("off_heap", "without", "looked_at", "freed"),
    [
        (True, "", True, 4), (False, "SPARK-17113", True, 4), (True, "SPARK-17113", True, 0),
        (True, "SPARK-17113", False, 7), (False, "", False, 7),
    ],
)  # fmt: skip # a table
def test_before_spark_17113_each_page_off_the_heap_was_the_current_one(
    *, off_heap: bool, without: str, looked_at: bool, freed: int
) -> None:
    """Off the heap a page has no object by which to tell it from others: none was freed, but for the array of 2 bytes.

    Before the first record is looked at, no page is the current one, and all are freed.
    """
    sorter = UnsafeExternalSorter(manager(20, ALL - {without}), off_heap=off_heap)
    sorter.open(2)
    for size in (3, 4):
        sorter.insert(size, page_is_full=True, array_is_full=False)
    sorter.sorted_iterator(with_nulls=False)
    reading = sorter.reading_iterator
    assert reading is not None
    if looked_at:
        with consulting(First()):
            reading.load_next()
        assert reading.current is not None
        assert reading.current.size == 3

    assert sorter.spill(1, None) == freed + 2


def test_before_the_first_record_every_page_is_freed() -> None:
    """Also before SPARK-12089, since when it is looked at which page has the current record."""
    sorter = UnsafeExternalSorter(manager(9, ALL - {"SPARK-12089"}))
    sorter.open(2)
    for size in (3, 4):
        sorter.insert(size, page_is_full=True, array_is_full=False)
    sorter.sorted_iterator(with_nulls=False)

    assert (sorter.spill(1, None), sorter.used) == (9, 0)


def test_a_shuffle_that_spilled_goes_on_without_the_larger_array() -> None:
    """Of 5 bytes 2 are the array and 3 a page: for 4 more it spills, and of 4 there are 3. It has 2, which will do."""
    sorter = ShuffleExternalSorter(manager(5, fixes_of("4.0.0", PAGES)))
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=False, array_is_largest=False)
    sorter.insert(3, page_is_full=False, array_is_full=True, array_is_largest=False)

    assert (sorter.used, sorter.spilled, sorter.files, [each.size for each in sorter.allocated_pages]) == (5, 1, 1, [3])


@pytest.mark.parametrize(("release", "said"), [("4.0.0", 3), ("4.3.0", 5)])
def test_what_a_shuffle_says_that_it_freed(release: str, said: int) -> None:
    """Since SPARK-56511 its array as well, which it gives back. What is closed has neither."""
    sorter = ShuffleExternalSorter(manager(9, fixes_of(release, PAGES)))
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=False, array_is_largest=False)
    assert sorter.spill(0, sorter) == said
    sorter.close()
    assert (sorter.used, sorter.files, sorter.in_mem_sorter, sorter.spill(0, sorter)) == (0, 0, None, 0)


def test_a_raw_map_that_is_freed_has_no_file() -> None:
    """Nor an array, nor a page."""
    each = a_raw_map()
    each.iterator(destructive=True).spill(9)
    assert (each.spill_writers, each.used) == (2, 0)
    each.free_everything()
    assert (each.spill_writers, each.data_pages, each.used) == (0, [], 0)


def test_an_empty_sorter_keeps_the_larger_array_where_there_is_room() -> None:
    """Of 8 bytes 2 are the array and 3 a page. For 4 more it spills; since SPARK-56511 it goes on with the 4."""
    sorter = ShuffleExternalSorter(manager(8))
    sorter.open(2)
    for is_full in (False, True):
        sorter.insert(3, page_is_full=False, array_is_full=is_full, array_is_largest=False)
    assert sorter.in_mem_sorter is not None
    assert sorter.in_mem_sorter.array is not None
    assert (sorter.used, sorter.in_mem_sorter.array.size, sorter.in_mem_sorter.grown) == (7, 4, 2)


def test_a_sorter_without_records_has_no_full_array() -> None:
    """It is not doubled for the first record; what was not opened has nothing to spill."""
    sorter = UnsafeExternalSorter(manager(9))
    assert sorter.spill(0, sorter) == 0
    sorter.open(2)
    sorter.insert(3, page_is_full=False, array_is_full=True)
    assert sorter.used == 5


def test_a_raw_map_that_is_read_twice_spills_nothing() -> None:
    """An iterator that does not free what it has read has nothing that could be written."""
    assert a_raw_map().iterator(destructive=False).spill(5) == 0


class Listener(First):
    """Takes note of the spills that are announced, and whether they were forced."""

    def __init__(self) -> None:
        self.spills: list[object] = []

    def note(self, event: str, details: dict[str, object]) -> None:
        if event == "spill":
            self.spills.append(details["forced"])


def test_who_spilled_of_itself_and_who_was_forced() -> None:
    """A map and a sorter of objects that are built, that are read, and that ask for more than there is."""
    for fixes in (ALL, ALL | {SWAP_AT_ONCE}):
        built, sorter = a_map(9, fixes), ExternalSorter(manager(9, fixes))
        read = a_map(9, fixes)
        sorter.renew()
        for each in (built, read, sorter):
            each.insert(1)
            each.insert(1)
        read.iterator()
        sorter.iterator()
        heard = Listener()
        with consulting(heard):
            for each in (built, read, sorter):
                each.spill(1, OtherConsumer(each.task_memory_manager))
            assert heard.spills == [True, True, True]
            built.insert(10)
            assert heard.spills[3:] == [False, False]


def test_sorters_of_raw_records_say_whether_they_were_forced() -> None:
    """For their own sake, of themselves; while one is read, for others."""
    shuffle = ShuffleExternalSorter(manager(9))
    own, read = UnsafeExternalSorter(manager(9)), UnsafeExternalSorter(manager(9))
    for each in (shuffle, own, read):
        each.open(2)
    shuffle.insert(3, page_is_full=False, array_is_full=False, array_is_largest=False)
    for each in (own, read):
        each.insert(3, page_is_full=False, array_is_full=False)
    read.sorted_iterator(with_nulls=False)
    heard = Listener()
    with consulting(heard):
        for each in (shuffle, own):
            each.spill(0, each)
        read.spill(0, None)
    assert heard.spills == [False, False, True]


def test_before_spark_56511_a_refused_page_is_refused() -> None:
    """Even where a kept array of 4 bytes, that has grown from 2, could make room for it."""
    sorter = ShuffleExternalSorter(manager(8, fixes_of("4.3.0", PAGES) - {SPARK_14363, SPARK_56511_RESET}))
    sorter.open(2)
    for is_full in (False, True):
        sorter.insert(2, page_is_full=False, array_is_full=is_full, array_is_largest=False)
    assert sorter.used == 6
    with pytest.raises(SparkOutOfMemoryError):
        sorter.insert(5, page_is_full=True, array_is_full=False, array_is_largest=False)
    assert (sorter.used, sorter.spilled) == (4, 2)


def test_a_map_whose_records_are_all_in_files() -> None:
    """It is dropped when it begins to be read, and the files are read at once."""
    each = a_map(9)
    each.insert(3)
    each.spill_itself()
    each.current_map = AppendOnlyMap()
    iterator = each.iterator()
    reading = each.reading_iterator
    assert reading is not None
    assert [each.current_map, each.spilled_maps] == [None, None]
    assert (iterator.remaining(), reading.cur) == (1, True)
    assert isinstance(reading.upstream, DiskMapIterator)


@pytest.mark.parametrize(
    ("records", "without", "fails"), [(3, SPARK_16873, False), (1, SPARK_16873, True), (1, "", False)]
)
def test_before_spark_16873_an_empty_file_was_not_closed(records: int, without: str, *, fails: bool) -> None:
    """Of one record, which was read ahead, nothing is left to write."""
    sorter = ExternalSorter(manager(9, ALL - {without}))
    sorter.renew()
    for _ in range(records):
        sorter.insert(1)
    sorter.iterator()
    if fails:
        with pytest.raises(SorterNull):
            sorter.spill(1, None)
    else:
        assert sorter.spill(1, None) == records


@pytest.mark.parametrize(("further", "freed"), [((), 0), ((SPILL_BESIDE_OFF_HEAP,), 3)])
def test_a_map_beside_memory_off_the_heap(further: tuple[str, ...], freed: int) -> None:
    """It is asked to spill and refuses, though what is asked for is on the heap; as proposed, it spills."""
    each = MapBesideOffHeap(manager(9, ALL | {*further}), current_map=AppendOnlyMap())
    each.insert(3)

    assert (each.spill(1, OtherConsumer(each.task_memory_manager)), each.used) == (freed, 3 - freed)
