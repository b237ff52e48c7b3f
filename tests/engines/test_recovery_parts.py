"""What becomes of a run that is trapped: states at small sizes, ways that are looked for, and guards in the way."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Condition, Is, Linear
from spillproof.model.system import Kind, Model, action, require
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.recovery import obstacles as obstructing
from spillproof.properties.engines.recovery import small, trap
from spillproof.properties.engines.recovery.obstacles import Obstacle, obstacles
from spillproof.properties.engines.recovery.small import Small
from spillproof.properties.engines.recovery.trap import search, sizes_for

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""

nothing: Any = None
Q0, Q1 = Linear({0: 1}), Linear({1: 1})


# States at small sizes


def edge(index: int, source: int, guard: Any, update: Any, *, sizes: int = 0, target: int = 0) -> Edge:
    """An edge of an automaton whose shape has one size."""
    width = 1 if source >= 0 else 0
    given = (*range(width, width + sizes),)
    return Edge(index, source, Move("go", ()), guard, target, update, width, width + sizes, given)


def found(*edges: Edge, largest: int = 3, limits: Limits = UNLIMITED) -> Small | None:
    """What there is where a claim is true of 0 alone."""
    shape = fake(kept={"c": [(Condition(Q0, Is.ZERO),)]})
    leaving = {source: [each for each in edges if each.source == source] for source in (-1, 0)}
    return small.at(fake(shapes=[shape], leaving=leaving), Claim("c", Mode.RECOVERABLE, bool), largest, limits)


BEGIN = edge(0, -1, (), (Q0,), sizes=1)
DOWN = edge(1, 0, (Condition(Q0 - 2, Is.AT_LEAST_ZERO),), (Q0 - 2,))


def test_states_at_small_sizes() -> None:
    """From 0, 1 and 2, and by twos: from 1 there is no way back. More, with larger ones; none, before all is known."""
    assert found(BEGIN, DOWN) == Small(3, 3, 1, False)
    assert found(BEGIN, DOWN, largest=5) == Small(5, 5, 2, False)
    assert found(BEGIN, DOWN, limits=Limits(time.monotonic() - 1)) is None
    assert found(BEGIN, edge(1, 0, (), (Q0,), target=-1)) == Small(3, 3, 2, False)
    odd = edge(0, -1, (), (Q1,), sizes=1)
    odd.quotients, odd.symbols = ((1, Q0, 2),), 2
    assert found(odd, DOWN, largest=5) == Small(5, 3, 1, False)


def test_counters_below_0_at_small_sizes() -> None:
    """No run begins or goes on there, and it is said that there are some."""
    assert found(edge(0, -1, (), (Q0 - 1,), sizes=1), DOWN) == Small(3, 2, 1, True)
    assert found(BEGIN, edge(1, 0, (), (Q0 - 2,))) == Small(3, 3, 1, True)


@pytest.mark.parametrize(("most", "known"), [(6, True), (5, True), (4, False)])
def test_more_states_than_are_looked_at(most: int, monkeypatch: pytest.MonkeyPatch, *, known: bool) -> None:
    """Here two can begin, and five there are in all."""
    monkeypatch.setattr(small, "MOST_STATES", most)
    up = edge(1, 0, (Condition(-Q0 + 3, Is.AT_LEAST_ZERO),), (Q0 + 1,))

    assert (found(BEGIN, up, largest=2) is not None) is known


# A way back on integers


class Stairs(Model):
    """Goes down, one at a time, or breaks, or falls too deep."""

    level: Bytes

    def begin(self, level: Bytes) -> None:
        self.level = level

    @action
    def down(self) -> None:
        require(self.level > 0)
        self.level -= 1

    @action
    def fall(self) -> None:
        require(self.level > 1)
        self.level = -1

    @action
    def slip(self) -> None:
        require(self.level == 1)
        raise ValueError


@pytest.mark.parametrize(
    ("goal", "most", "steps", "states", "whole"),
    [
        (0, 99, 3, 4, False), (3, 99, 0, 1, False), (2, 99, 1, 2, False), (9, 99, None, 4, True),
        (-1, 99, None, 4, True), (9, 1, None, 2, False), (9, 4, None, 3, False), (9, 6, None, 4, False),
    ],
)  # fmt: skip # a table
def test_a_way_back(goal: int, most: int, steps: int | None, states: int, *, whole: bool) -> None:
    """The shortest; none through what raises or is below 0; and whether all was looked at."""
    state = Stairs().start(level=3)
    there = Claim("there", Mode.RECOVERABLE, lambda now: now.level == goal)
    answer = search(there, state, most)

    assert (None if answer.way is None else len(answer.way), answer.states, answer.whole) == (steps, states, whole)
    assert state.level == 3
    assert trap.is_stuck(there, state) is (goal not in (0, 1, 2, 3))


@pytest.mark.parametrize(
    ("there", "tried"),
    [
        ([], (1, 2)), ([0, -4], (1, 2)), ([5, 9, 5], (1, 2, 5, 9, 14)), ([2, 1], (1, 2, 3)),
        ([9, 8, 7, 6], (1, 2, 6, 7, 8, 9)), ([9, 8, 7], (1, 2, 7, 8, 9, 24)),
    ],
)  # fmt: skip # a table
def test_sizes_that_are_tried(there: list[int], tried: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones, those of the state, and all of these together; no more than a few."""
    monkeypatch.setattr(trap, "sizes_of", lambda _: there)

    assert sizes_for(nothing) == tried


# Guards in the way


def test_each_guard_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the action: with the fewest steps back, those that are in the way first; and no more than are tried."""
    told = [
        Obstacle("put(P1)", "require(a)", "x:1", None), Obstacle("put(P2)", "require(a)", "x:1", 4),
        Obstacle("put(P3)", "require(a)", "x:1", 4), Obstacle("get()", "require(a)", "x:1", None),
        Obstacle("put(P1)", "require(b)", "x:2", 0), Obstacle("put(P1)", "require(a)", "x:3", 2),
    ]  # fmt: skip
    monkeypatch.setattr(obstructing, "_refused", lambda *_: told)
    assert obstacles(nothing, nothing) == [told[4], told[5], told[1], told[3]]
    assert [each.is_in_the_way for each in told] == [False, True, True, False, True, True]
    monkeypatch.setattr(obstructing, "MOST_TRIED", 1)
    assert obstacles(nothing, nothing) == told[:1]


class Page(HeapObject):
    """Is mentioned by its class."""


class Extent(HeapObject):
    """Is mentioned by a short name."""

    short_name = "E"


def test_a_refused_step_in_words() -> None:
    """Objects as the run calls them, or would; values by their names."""
    objects = [None, Page(), Page(), Extent()]
    names = {id(objects[1]): "Page1", 1: "Page7", 2: "E1", 3: "PageTable1"}
    moment = fake(objects=objects, names=names)
    kinds = [Kind.OBJECT, Kind.OBJECT, Kind.OBJECT, Kind.SIZE, Kind.VALUE]
    parameters = [fake(kind=kind) for kind in kinds]

    words = obstructing._words(moment, fake(parameters=parameters), (1, 2, 3, 5, fake(name="EAGER")))
    assert list(words) == ["Page1", "Page3", "E2", "5", "EAGER"]
