"""The claims about the ledger, on plain numbers: where each becomes false."""

from dataclasses import dataclass, field

import pytest

from spillproof.properties import accounting
from spillproof.properties.accounting import (
    acquired_can_be_allocated,
    counters_balance,
    free_is_unreachable,
    nothing_left_at_end,
    release_frees_what_it_says,
)


@dataclass
class Books:
    """An accountant that says what it is told to."""

    used: int = 0
    held: int = 0
    excused: int = 0
    capacity: int = 10
    parts: list[int] = field(default_factory=list)
    over: bool = False

    def accounted(self) -> int:
        return self.used

    def reachable(self) -> int:
        return self.held

    def unclaimed(self) -> int:
        return self.excused

    def capacity_of_pool(self) -> int:
        return self.capacity

    def accounts(self) -> list[int]:
        return self.parts

    def has_ended(self) -> bool:
        return self.over


@pytest.mark.parametrize(
    ("used", "held", "excused", "holds"),
    [(3, 3, 0, True), (3, 4, 0, False), (3, 4, 1, True), (4, 3, 0, True), (0, 1, 0, False)],
)
def test_free_is_unreachable(used: int, held: int, excused: int, holds: bool) -> None:  # noqa: FBT001 - a table
    """True up to the byte that is reachable and neither accounted nor excused."""
    assert free_is_unreachable(Books(used, held, excused)) is holds


@pytest.mark.parametrize(("before", "after", "holds"), [
    (Books(5, 5), Books(0, 0), True),
    (Books(5, 5), Books(0, 5), False),
    (Books(5, 7), Books(3, 5), True),
    (Books(5, 7), Books(3, 6), False),
    (Books(5, 0), Books(3, 3), True),
])  # fmt: skip # a table
def test_a_release_frees_what_it_says(before: Books, after: Books, holds: bool) -> None:  # noqa: FBT001 - a table
    """False where the gap widens above 0; an old gap is not blamed on a step that leaves it."""
    assert release_frees_what_it_says(before, after) is holds


def test_acquired_can_be_allocated() -> None:
    """What is reachable fits into the pool, to the byte."""
    assert acquired_can_be_allocated(Books(held=10))
    assert not acquired_can_be_allocated(Books(held=11))


def test_counters_balance() -> None:
    """The whole is the sum of its parts."""
    assert counters_balance(Books(5, parts=[2, 3]))
    assert not counters_balance(Books(5, parts=[2, 2]))


def test_nothing_left_at_end() -> None:
    """Only an end is looked at, and there both must be 0."""
    assert nothing_left_at_end(Books(1, 1))
    assert nothing_left_at_end(Books(over=True))
    assert not nothing_left_at_end(Books(1, 0, over=True))
    assert not nothing_left_at_end(Books(0, 1, over=True))


def test_witnesses() -> None:
    """Each is true where something happens that its claim is about, and false where nothing does."""
    idle, busy = Books(), Books(10, 10, parts=[10])

    assert accounting.something_is_released(busy, idle)
    assert not accounting.something_is_released(busy, busy)
    assert accounting.something_becomes_unreachable(busy, idle)
    assert not accounting.something_becomes_unreachable(idle, busy)
    assert accounting.the_pool_is_full(busy)
    assert not accounting.the_pool_is_full(idle)
    assert accounting.an_account_is_open(busy)
    assert not accounting.an_account_is_open(idle)
    assert accounting.the_task_ends_in_use(busy, Books(over=True))
    assert not accounting.the_task_ends_in_use(idle, Books(over=True))
    assert not accounting.the_task_ends_in_use(busy, idle)
