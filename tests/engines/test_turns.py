"""Runs in which all do the same in turn, by themselves: who does what, with which sizes, and where they end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.system import Kind
from spillproof.properties.engines.challenge.turns import AMPLE, GROWING, LONGEST, Turns, _March

fake: Any = SimpleNamespace


@pytest.mark.parametrize(
    ("size", "all_first", "plan"),
    [
        (2, True, [("a", False, 2), ("a", False, 2), ("b", False, 2), ("b", False, 2)]),
        (GROWING, True, [("a", False, 1), ("a", False, 2), ("b", False, 1), ("b", False, 2)]),
        (GROWING, False, [("a", False, 1), ("b", True, 1), ("a", False, 2), ("b", True, 2)]),
    ],
)
def test_who_does_what(size: int, plan: list[Any], *, all_first: bool) -> None:
    """Everybody each action, or everybody all of them; with equal sizes, or each with 1 more than who was before."""
    word: Any = ("a", "b")

    assert Turns.plan(fake(number=2), word, size, all_first=all_first) == plan


def test_a_longer_run_goes_on_from_a_shorter_one() -> None:
    """Where all but its last action were taken, if that led anywhere; else it is taken from the beginning."""
    there = fake()
    self = fake(
        plan=lambda word, size, *, all_first: (word, size, all_first),
        led={(("a",), 2): _March(there, {1}, {2}), (("b",), 2): None},
        taken=lambda march, plan, *, all_first: (march, plan, all_first),
        marched=lambda plan, room, *, all_first: (plan, room, all_first),
    )  # fmt: skip

    def on(letters: str, size: int) -> Any:
        word: Any = tuple(letters)
        return Turns.marched_on(self, word, size)

    assert on("ac", 2) == (_March(there), (("c",), 2, True), True)
    assert on("bc", 2) is None
    for word, size in (("ac", 1), ("c", 2), ("cc", 2)):
        assert on(word, size) == ((tuple(word), size, True), AMPLE, True)


@pytest.mark.parametrize(
    ("given", "opens", "rooms"),
    [([(2, "x"), (3, True, 4)], True, [AMPLE, 9]), ([], True, [AMPLE, 1]), ([(2,)], False, [AMPLE])],
)
def test_then_there_is_just_enough_room(given: list[tuple[Any, ...]], rooms: list[int], *, opens: bool) -> None:
    """As much as all sizes of the run come to, and 1 at least; if the scope leaves a size open."""
    asked: list[int] = []
    deeds = [fake(arguments=each) for each in given]

    def marched(_plan: Any, room: int, *, all_first: bool) -> Any:
        asked.append(room)
        return end if all_first else None

    end = fake(at=fake(history=fake(deeds=deeds)))
    opening = [fake(kind=Kind.SIZE if opens else Kind.CONSTANT)]
    self = fake(number=1, marched=marched, hunt=fake(scratch=fake(opening=opening)), led={}, plan=lambda *_, **__: [])
    self.marched_on = lambda *_: marched([], AMPLE, all_first=True)
    for all_first in (True, False):
        Turns.march(self, (), 1, all_first=all_first)

    assert asked == [*rooms, AMPLE]
    assert self.led == {((), 1): end}


class Marching:
    """Takes steps that are told, and keeps who had had a turn before each."""

    taken = Turns.taken

    def __init__(self, begun: Any = "begun", deepest: float = 3, met: bool = False, deeds: int = 1) -> None:  # noqa: FBT001, FBT002
        at = begun and fake(history=fake(deeds=[1] * deeds))
        self.hunt = fake(scratch=fake(beginnings=lambda _: iter([at] if at else [])), deepest=lambda: deepest)
        self.hunt.meet = lambda *_: met
        self.steps: list[Any] = []
        self.last: list[int] = []

    def step(self, march: _March, action: str, size: int, *, again: bool) -> bool:
        self.steps.append((action, size, again, sorted(march.had)))
        march.had = {*march.had, len(self.steps)}
        return action != "ends"

    def each_action(self, _march: _March, size: int) -> None:
        self.last.append(size)


@pytest.mark.parametrize("stands", [{"begun": None}, {"deepest": -1}, {"met": True}, {}, {"deepest": 0}])
def test_where_no_turn_is_taken(stands: dict[str, Any]) -> None:
    """Where there is no beginning, nothing to look for, or what was looked for is there already."""
    self: Any = Marching(**stands)
    plan: Any = [("a", False, 2)]

    assert (Turns.marched(self, plan, 5, all_first=True) is not None) is (stands in ({}, {"deepest": 0}))
    assert bool(self.steps) is (stands in ({}, {"deepest": 0}))


@pytest.mark.parametrize(("all_first", "had"), [(True, [[], [1], []]), (False, [[], [1], [1, 2]])])
def test_each_action_has_turns_of_its_own(had: list[list[int]], *, all_first: bool) -> None:
    """Where all do one action before the next; in the end each action is taken once, with the last size."""
    plan: Any = [("a", False, 2), ("a", True, 3), ("b", False, 4)]
    self: Any = Marching()

    assert Turns.marched(self, plan, 5, all_first=all_first) is not None
    assert self.steps == [(*each[:1], each[2], each[1], some) for each, some in zip(plan, had, strict=True)]
    assert self.last == [4]


def test_where_turns_end() -> None:
    """With the step after which no run goes on; and where nobody could do anything, nothing is taken once either."""
    ending: Any = Marching()
    plan: Any = [("ends", False, 2), ("a", True, 3)]
    assert Turns.marched(ending, plan, 5, all_first=True) is None
    assert (len(ending.steps), ending.last) == (1, [])

    idle: Any = Marching(deeds=0)
    assert Turns.marched(idle, plan[1:], 5, all_first=True) is not None
    assert idle.last == []


def test_who_had_a_turn_has_another_number_after_a_step() -> None:
    """Whoever is still there; and who took the step was the last."""
    old = {number: object() for number in range(4)}
    after = fake(spelling=fake(objects=[old[3], object(), old[1]]), earlier=old)
    march = _March(fake(), {0, 1}, {2})
    Turns.move(fake(), march, after, {3})

    assert (march.at, march.had, march.last) == (after, {0, 2}, {0})


def test_which_words_are_taken() -> None:
    """Of one action to three, with equal sizes and with growing ones; of more than one also by one after the other."""
    taken: list[Any] = []
    self = fake(hunt=fake(scratch=fake(actions=["a", "b"])))
    self.march = lambda word, size, *, all_first: taken.append(("".join(word), size, all_first))
    Turns.go(self)

    assert taken[:6] == [("a", 2, True), ("a", 1, True), ("a", 0, True), ("b", 2, True), ("b", 1, True), ("b", 0, True)]
    assert taken[6:8] == [("aa", 2, True), ("aa", 2, False)]
    assert len(taken) == 2 * 3 + 2 * (4 + 8) * 3
    assert max(len(word) for word, *_ in taken) == LONGEST == 3
