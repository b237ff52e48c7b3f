"""The incident comes out as in the reporter's log, and does not with the fix."""

import pytest

from spillproof.model.spark.collection.append_only_map import OutOfMemoryError
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.scenario.incident import E1_RECORDS, E1_SIZE, E2_RECORDS, E2_SIZE, GB, MB, Incident


def played(release: str) -> Incident:
    """The incident up to the moment when E2's table grows."""
    task: Incident = Incident(fixes=fixes_of(release)).start()
    e1, e2 = task.downstream.building
    task.build(e1)
    task.open(e1)
    task.build_again(e2)
    return task


def test_books_at_the_end() -> None:
    """The pool believes that 0.9 GB are free, E2 holds 2.4 GB in its books, and 4.95 GB are reachable."""
    task = played("2.1.2")
    free = task.capacity_of_pool() - task.accounted()

    assert round(free / GB, 1) == 0.9
    assert round(task.accounted() / GB, 1) == 2.4
    assert round(task.reachable() / GB, 2) == 4.95


def test_first_map_takes_the_whole_pool() -> None:
    """After the first shuffle E1 is accounted for 3.3 GB: 3369.5 MB, all there is."""
    task: Incident = Incident().start()
    e1, _ = task.downstream.building
    task.build(e1)

    assert task.accounted() == task.capacity_of_pool() == 33695 * MB // 10


@pytest.mark.parametrize("release", ["2.0.0", "2.1.2", "2.3.4"])
def test_out_of_memory(release: str) -> None:
    """Without the fix, growing E2's table to 16 MB is an OutOfMemoryError."""
    task = played(release)
    (e2,) = task.downstream.building

    with pytest.raises(OutOfMemoryError, match="Java heap space"):
        task.grow_table(e2)


@pytest.mark.parametrize("release", ["2.4.0", "4.0.0"])
def test_with_the_fix(release: str) -> None:
    """With the fix, E2 grows to E1's size and the task ends with nothing accounted and nothing reachable."""
    task = played(release)
    (e2,) = task.downstream.building
    task.grow_table(e2)
    task.build_on(e2)
    assert e2.current_map is not None
    assert e2.current_map.data is not None
    assert e2.current_map.data.size == E1_SIZE
    task.end_task()

    assert (task.accounted(), task.reachable()) == (0, 0)


def test_nothing_is_claimed_or_held_at_the_beginning() -> None:
    """Maps that hold nothing have claimed no more than they hold, and no less."""
    task: Incident = Incident().start()

    assert (task.unclaimed(), task.unused()) == (0, 0)


def test_what_is_claimed_and_what_is_held() -> None:
    """E1 has the whole pool of 3369.5 MB, and holds 3.31 GB: 20 MB more. E2 has claimed 2.4 GB, and holds 1.64 GB."""
    task: Incident = Incident().start()
    e1, e2 = task.downstream.building
    task.build(e1)
    assert (task.unclaimed(), task.unused()) == (E1_SIZE - task.capacity_of_pool(), 0)
    assert (task.records_owed(), task.records_readable()) == ([E1_RECORDS], [E1_RECORDS])
    task.open(e1)
    task.build_again(e2)
    assert (task.unclaimed(), task.unused()) == (0, e2.used - E2_SIZE)
    assert task.records_owed() == [E1_RECORDS, E2_RECORDS] == task.records_readable()
