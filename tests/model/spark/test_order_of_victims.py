"""Who is asked to spill, and in which order: how many victims it takes to see that an order is right.

That no more is spilled than needed is a theorem about any number of victims: its proof is in
docs/explanation/any-number-of-consumers.md. Here it is tried on all small sizes, and an order that is right with two
victims is wrong with three.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from spillproof.model.oracle import consulting
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory import task_memory_manager
from spillproof.model.spark.scenario.spillers import Victims
from spillproof.properties.progress import no_more_is_spilled_than_needed
from tests.model.spark.may import Last

LARGEST = 3
"""Victims have up to so much."""


def broken(victims: int, release: str = "4.3.0") -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield what each victim has, and what a request needs, where more is spilled than needed."""
    for sizes in product(range(1, LARGEST + 1), repeat=victims):
        for need in range(1, sum(sizes)):
            if not no_more_is_spilled_than_needed(asked(sizes, need, release)):
                yield sizes, need


def asked(sizes: tuple[int, ...], need: int, release: str) -> Victims:
    """Return a task whose victims have these sizes, when another consumer has asked for what it needs."""
    state: Victims = Victims(consumers=len(sizes) + 1, fixes=fixes_of(release)).start(capacity=sum(sizes))
    *victims, requester = state.spillers
    with consulting(Last()):
        for victim, size in zip(victims, sizes, strict=True):
            state.acquire(victim, size)
        state.acquire(requester, need)
    return state


@pytest.mark.parametrize("victims", [1, 2, 3, 4])
def test_no_more_is_spilled_than_needed(victims: int) -> None:
    """Since SPARK-19244 the smallest that is large enough is asked, else the largest: none was asked too many."""
    assert [*broken(victims)] == []


def test_two_victims_do_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whom to ask where none is large enough, two do not show: both are needed then. Of 1, 3 and 3 the first is not."""
    monkeypatch.setattr(task_memory_manager, "_largest", task_memory_manager._smallest)

    assert [*broken(2)] == []
    assert ((1, 3, 3), 5) in [*broken(3)]


def test_any_order() -> None:
    """Before SPARK-19244 any order was possible: what spills first may turn out not to have been needed."""
    assert [*broken(2, "2.1.0")] != []
