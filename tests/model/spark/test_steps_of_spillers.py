"""What plain consumers may do, and what a rest that stands for others may: small stories, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spillproof.model.errors import Require
from spillproof.model.oracle import consulting
from spillproof.model.rest import Rest, standing
from spillproof.model.spark.fixes import fixes_of
from spillproof.model.spark.memory.task_memory_manager import Place
from spillproof.model.spark.memory.task_memory_manager import Victims as Places
from spillproof.model.spark.scenario.many import (
    ManyMaps,
    ManyPartialSpillers,
    ManyRequests,
    ManySorters,
    ManySpillers,
    ManyVictims,
)
from spillproof.model.spark.scenario.spillers import PartialSpillers, Spillers, Victims
from tests.model.spark.may import First, Last, may


def test_plain_consumers() -> None:
    """Of 10 bytes one has 4, which it spills for 8 of another; that spills its own for 5 more than there are."""
    state: Spillers = Spillers().start(capacity=10)
    first, second, _ = state.spillers
    assert may(state) == {"acquire": 9}
    state.acquire(first, 4)
    assert (state.unmet(), state.spillable(), state.asked()) == (0, 0, False)
    state.acquire(second, 3)
    assert (state.spillable(), may(state)) == (4, {"acquire": 9, "release": 2})
    state.acquire(second, 5)
    assert (state.unmet(), state.spillable(), state.asked(), state.accounts()) == (0, 3, True, [0, 8])
    state.acquire(second, 99)
    assert (state.unmet(), state.spillable(), state.asked_in_vain(), state.accounts()) == (89, 0, False, [0, 10])
    state.release(second)
    assert (state.unmet(), state.asked(), state.accounted(), may(state)) == (0, False, 0, {"acquire": 9})


def test_what_a_request_needed_and_who_gave_it() -> None:
    """Of 10 bytes 4 and 5 are held, and 8 more are asked for: 7 are needed, for which both give all, the larger first.

    What is needed is what was short when the first was asked; with nothing short, nothing is needed.
    """
    state: Victims = Victims(fixes=fixes_of("4.3.0")).start(capacity=10)
    first, second, third = state.spillers
    state.acquire(first, 4)
    state.acquire(second, 5)
    assert (state.needed(), state.spilled()) == (0, [])
    state.acquire(third, 8)
    assert (state.needed(), sorted(state.spilled()), state.unmet()) == (7, [4, 5], 0)
    state.acquire(first, 2)
    assert (state.needed(), state.spilled()) == (0, [])
    state.acquire(first, 1)
    assert (state.needed(), state.spilled(), first.used) == (1, [8], 3)


def test_the_smallest_that_suffices_and_the_largest() -> None:
    """Of equal rank there may be several, and the environment chooses among them."""
    task = Victims(fixes=fixes_of("4.3.0")).start(capacity=99)
    places = [Place(size, each) for size, each in zip((2, 5, 5, 1), [*task.spillers, *task.spillers], strict=False)]

    def keys(need: int, release: str) -> list[int]:
        fixes = fixes_of(release)
        return [int(each.key) for each in Places(fixes, None, list(places), False, False).best(need)]

    assert [keys(need, "4.3.0") for need in (1, 2, 3, 6)] == [[1], [2], [5, 5], [5, 5]]
    assert keys(6, "2.1.3") == [2, 5, 5, 1]


def test_another_task_waits_for_plain_consumers() -> None:
    """It waits only where there is nothing, and once; what is spilled then is its, and with it the request is over."""
    state: PartialSpillers = PartialSpillers().start(capacity=4)
    first, second = state.spillers
    assert may(state) == {"acquire": 6}
    state.acquire(first, 4)
    assert may(state) == {"acquire": 6, "release": 1, "wait": 1}
    state.wait()
    assert may(state) == {"acquire": 6, "release": 1}
    state.acquire(second, 3)
    assert (state.unmet(), state.asked(), state.accounts()) == (3, True, [1, 0])
    assert may(state) == {"acquire": 6, "release": 1, "wait": 1}
    state.wait()
    assert (state.unmet(), state.asked()) == (0, False)
    state.release(first)
    assert (state.accounted(), may(state)) == (0, {"acquire": 6, "wait": 1})


def rest_of(state: Any) -> Any:
    """What stands for all other consumers."""
    (rest,) = [each for each in state.task_memory_manager.consumers if isinstance(each, Rest)]
    return rest


def forgotten(state: Any) -> bool:
    """Whether nobody can say whom the last request asked, what it needed, and what was spilled for it."""
    for each in (state.request.asked, state.request.needed, state.request.spilled):
        with pytest.raises(Exception, match="not known where there is a rest"):
            bool(each)
    return True


@pytest.mark.parametrize("model", [ManySpillers, ManyVictims, ManyPartialSpillers])
def test_what_a_rest_cannot_say_is_forgotten_after_each_step(model: Any) -> None:
    """A rest says what it holds in all: a step that says of the last request whom it asked would say it of the rest."""
    state = standing(model, {}, 1).start(capacity=9)
    (own,) = [each for each in state.spillers if not isinstance(each, Rest)]
    rest = rest_of(state)
    steps: list[Callable[[], None]] = [
        lambda: state.acquire(own, 2), lambda: state.others_acquire(rest, 3), lambda: state.release(own),
        lambda: state.others_acquire_more(rest, 1, 2), lambda: state.others_release(rest, 1),
    ]  # fmt: skip
    assert forgotten(state)
    for step in steps:
        step()
        assert forgotten(state)
    if isinstance(state, ManyPartialSpillers):
        state.acquire(own, 6)
        state.wait()
        assert forgotten(state)


def test_one_of_a_rest_asks() -> None:
    """Of 9 bytes a rest has 4: what may be asked for is any size, by one that has nothing or up to 4.

    One that has 1 asks for 6, where 5 are free: the others spill their 3, and the rest has 1 + 6 then. One that has all
    7 asks for 5, where 2 are free: nobody else has any, and it may spill its own or not.
    """
    for refuses, unmet, held in ((True, 3, 9), (False, 0, 5)):
        state: Any = standing(ManySpillers, {}, 1).start(capacity=9)
        rest = rest_of(state)
        assert may(state) == {"acquire": 3, "others_acquire": 3}
        state.others_acquire(rest, 4)
        assert (state.unmet(), state.spillable(), rest.used, state.accounted()) == (0, 0, 4, 4)
        assert may(state) == {
            "acquire": 3, "others_acquire": 3, "others_acquire_more": 9, "others_release": 3,
        }  # fmt: skip
        state.others_acquire_more(rest, 6, 1)
        assert (state.unmet(), state.spillable(), rest.used, state.accounted()) == (0, 1, 7, 7)
        with consulting(First() if refuses else Last()):
            state.others_acquire_more(rest, 5, 7)
        assert (state.unmet(), rest.used, state.accounted()) == (unmet, held, held)
        assert state.spillable() == (7 if refuses else 0)
        assert len(state.task_memory_manager.consumers) == 1
        with pytest.raises(Require):
            state.others_acquire_more(rest, 1, held + 1)


@pytest.mark.parametrize("model", [ManyMaps, ManySorters])
def test_a_rest_of_collections(model: Any) -> None:
    """One collection stands on its own; the rest acquires any size, and releases up to what it has."""
    state = standing(model, {}, 1).start(capacity=9)
    rest = rest_of(state)
    assert may(state) == {"insert": 3, "iterator": 1, "others_acquire": 3, "end_task": 1}
    state.others_acquire(rest, 2)
    assert may(state) == {"insert": 3, "iterator": 1, "others_acquire": 3, "others_release": 2, "end_task": 1}
    state.others_release(rest, 2)
    assert (rest.used, state.accounted()) == (0, 0)


def test_a_rest_of_maps_that_remember_requests() -> None:
    """One of the rest gets what it asks for, and of the rest its own does not count as another's; or it asks in vain.

    Of 10 bytes a map has 6, and one of the rest, that has 1 of what the rest has, gets 4: others hold 6 and 3. For 3 of
    the map the rest spills all 4. Of 11 one of the rest gets 10 when the map has spilled, and then spills all itself.
    """
    state: Any = standing(ManyRequests, {}, 1).start(capacity=10)
    (own,) = state.downstream.building
    rest = rest_of(state)
    assert may(state) == {"insert": 3, "iterator": 1, "others_get": 6, "end_task": 1}
    state.insert(own, 6)
    assert (state.unmet(), state.spillable()) == (0, 0)
    state.others_get(rest, 4, 1)
    assert (state.unmet(), state.spillable(), rest.used) == (0, 9, 4)
    state.insert(own, 3)
    assert (state.unmet(), state.spillable(), rest.used, own.used) == (0, 0, 0, 9)
    state.others_get(rest, 1, 1)
    state.insert(own, 0)
    assert (state.unmet(), state.spillable()) == (0, 1)
    with pytest.raises(Require):
        state.others_acquire(rest, 9)
    state = standing(ManyRequests, {}, 1).start(capacity=10)
    (own,) = state.downstream.building
    state.insert(own, 6)
    state.others_acquire(rest_of(state), 11)
    assert (state.unmet(), state.spillable(), rest_of(state).used, state.accounted()) == (1, 0, 0, 0)
