"""The page table of a task's memory manager: TaskMemoryManagerSuite's rows on pages, and memory that is not there."""

from __future__ import annotations

import pytest

from spillproof.model.spark.fixes import PAGES, fixes_of
from spillproof.model.spark.memory.memory_allocator import MemoryAllocator, PageNumber
from spillproof.model.spark.scenario.paging_task import PageHolder, PagingTask


def task(release: str = "4.0.0", *, capacity: int = 10_000, really: int = 10_000, off_heap: bool = False) -> PagingTask:
    """A task with two consumers that have allocated nothing."""
    started: PagingTask = PagingTask(fixes=fixes_of(release, PAGES), off_heap=off_heap).start(
        capacity=capacity, really=really
    )
    return started


def holders(state: PagingTask) -> tuple[PageHolder, PageHolder]:
    """Its consumers."""
    first, second = state.holders
    return first, second


def test_leaked_page_memory_is_detected() -> None:
    """A page that nobody frees is what cleaning up returns (leakedPageMemoryIsDetected)."""
    state = task()
    first, _ = holders(state)
    state.allocate(first, 4096)

    assert state.accounted() == 4096
    assert state.manager.clean_up_all_allocated_memory() == 4096


def test_freeing_page_sets_page_number() -> None:
    """A freed page says so in its number, and has no bytes any more (freeingPageSetsPageNumberToSpecialConstant)."""
    state = task()
    first, _ = holders(state)
    page = state.manager.allocate_page(256, first)
    assert page is not None
    state.manager.free_page(page)

    assert page.number is PageNumber.FREED
    assert page.is_freed


def test_freeing_page_directly_in_allocator() -> None:
    """A page of the table cannot be freed behind its back (freeingPageDirectlyInAllocatorTriggersAssertionError)."""
    state = task()
    first, _ = holders(state)
    page = state.manager.allocate_page(256, first)
    assert page is not None
    with pytest.raises(AssertionError, match="must first be freed"):
        state.manager.allocator.free(page)


def test_freeing_directly_allocated_page() -> None:
    """A block that is not in the table is not freed there (callingFreePageOnDirectlyAllocatedPage…)."""
    state = task()
    block = MemoryAllocator(256).allocate(256)
    with pytest.raises(AssertionError, match="wasn't allocated with allocatePage"):
        state.manager.free_page(block)


@pytest.mark.parametrize("off_heap", [False, True])
def test_double_free(off_heap: bool) -> None:  # noqa: FBT001 - a parameter
    """What was freed cannot be freed again, by manager or allocator (…ThrowsAssertionErrorOnDoubleFree)."""
    state = task(off_heap=off_heap)
    first, _ = holders(state)
    manager = state.manager
    page = manager.allocate_page(256, first)
    assert page is not None
    manager.free_page(page)

    with pytest.raises(AssertionError, match="already been freed"):
        manager.free_page(page)
    with pytest.raises(AssertionError, match="already been freed"):
        manager.allocator.free(page)


@pytest.mark.parametrize(
    ("release", "put_aside", "gets"), [("1.6.0", 0, False), ("4.0.0", 4, True), ("4.3.0", 0, True)]
)
def test_memory_that_is_not_there(release: str, put_aside: int, gets: bool) -> None:  # noqa: FBT001 - a parameter
    """Of 10 bytes in the pool, there are 4, in a page: another consumer that wants 4 gets them since SPARK-13210."""
    state = task(release, capacity=10, really=4)
    first, second = holders(state)
    state.allocate(first, 4)
    state.allocate(second, 4)

    assert state.unused() == put_aside
    assert second.used == (4 if gets else 0)
    assert state.accounted() == (8 if put_aside or not gets else 4)


@pytest.mark.parametrize(("release", "gets"), [("2.0.0", False), ("4.2.0", False), ("4.2.1", True), ("4.3.0", True)])
def test_what_is_put_aside_is_missing(release: str, gets: bool) -> None:  # noqa: FBT001 - a parameter
    """Until SPARK-57242, what was put aside for a page is missing for it, though others have spilled.

    Of 3 bytes in the pool there are 2, one of them in a page. Another consumer is granted 2, which are not there, and
    are put aside; for 2 more the page is spilled, and 1 byte is granted.
    """
    state = task(release, capacity=3, really=2)
    first, second = holders(state)
    state.allocate(first, 1)
    state.allocate(second, 2)

    assert [each.satisfiable for each in state.requests()] == ([] if gets else [True])
    assert second.used == (2 if gets else 0)
    assert state.unused() == (0 if gets else 2)


def test_the_detector_does_not_see_what_was_put_aside() -> None:
    """What was put aside is released before the detector looks, so that it is no leak."""
    state = task(capacity=3, really=2)
    first, _ = holders(state)
    state.allocate(first, 3)

    assert (state.accounted(), state.manager.clean_up_all_allocated_memory()) == (3, 0)


@pytest.mark.parametrize(("release", "left"), [("1.6.3", 5), ("2.0.0", 0), ("4.0.0", 0)])
def test_what_a_task_leaves_off_the_heap(release: str, left: int) -> None:
    """Until SPARK-15045 a page off the heap that nobody freed was there for ever, and counted as free."""
    state = task(release, off_heap=True)
    first, _ = holders(state)
    state.allocate(first, 5)
    state.end_task()

    assert (state.accounted(), state.reachable()) == (0, left)
