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
from spillproof.properties.engines.automaton.shapes import Divided, Edge, Move
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.recovery import obstacles as obstructing
from spillproof.properties.engines.recovery import small, trap
from spillproof.properties.engines.recovery.obstacles import Obstacle, obstacles
from spillproof.properties.engines.recovery.small import Small
from spillproof.properties.engines.recovery.trap import search, sizes_for
from spillproof.properties.engines.run import Run, replay

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


def found(*edges: Edge, largest: int = 3, limits: Limits = UNLIMITED, ways: Any = ()) -> Small | None:
    """What there is where a claim is true of 0 alone, or in such ways."""
    shape = fake(kept={"c": ways or [(Condition(Q0, Is.ZERO),)]})
    leaving = {source: [each for each in edges if each.source == source] for source in (-1, 0, 1)}
    return small.at(fake(shapes=[shape] * 2, leaving=leaving), Claim("c", Mode.RECOVERABLE, bool), largest, limits)


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


def test_where_a_claim_is_true_at_small_sizes() -> None:
    """In one of its ways, be it of a quotient; and a run goes on in other shapes."""
    half = Divided((Condition(Q1 - 1, Is.ZERO), Condition(Q0 - 4, Is.NOT_ZERO)), ((1, Q0, 2),))
    assert found(BEGIN, largest=5, ways=[half, (Condition(Q0 - 4, Is.ZERO),)]) == Small(5, 5, 2, False)
    assert found(BEGIN, largest=5, ways=[half]) == Small(5, 5, 3, False)
    on = edge(1, 0, (), (Q0 * 0,), target=1)
    assert found(BEGIN, on) == Small(3, 4, 0, False)
    soon: Any = fake(left=lambda: 0.5)
    assert found(BEGIN, DOWN, limits=soon) == Small(3, 3, 1, False)
    both = edge(1, 0, (), (Q0, Q0 - 1), target=1)
    assert found(BEGIN, both) == Small(3, 5, 4, True)


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
        self.level = 7
        raise ValueError


class Ring(Model):
    """Goes round, and takes as much as it is given."""

    level: Bytes

    def begin(self, level: Bytes) -> None:
        self.level = level

    @action
    def turn(self) -> None:
        self.level = 3 - self.level

    @action
    def give(self, size: Bytes) -> None:
        require(size == 2 * self.level - 4)
        self.level = 8


@pytest.mark.parametrize(
    ("goal", "most", "steps", "states", "whole"),
    [
        (0, 99, 3, 4, False), (3, 99, 0, 1, False), (2, 99, 1, 2, False), (9, 99, None, 4, True),
        (-1, 99, None, 4, True), (9, 1, None, 2, False), (9, 3, None, 3, False), (9, 6, None, 4, False),
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


def test_a_way_back_in_a_ring() -> None:
    """Where it has been, it does not look again; a step is taken with the sizes that are tried."""
    ring = Ring().start(level=1)
    nowhere = search(Claim("there", Mode.RECOVERABLE, lambda now: now.level == 9), ring, 99)
    given = search(Claim("there", Mode.RECOVERABLE, lambda now: now.level == 8), Ring().start(level=3), 9)

    assert (nowhere.way, nowhere.states, nowhere.whole) == (None, 2, True)
    assert given.way is not None
    assert [step.arguments for step in given.way] == [(2,)]


@pytest.mark.parametrize(
    ("there", "tried"),
    [
        ([], (1, 2)), ([0, -4], (1, 2)), ([5, 9, 5], (1, 2, 5, 9, 14)), ([2, 1], (1, 2, 3)),
        ([9, 8, 7, 6, 5], (1, 2, 5, 6, 7, 8)), ([9, -4], (1, 2, 9)), ([0, 9, 8, 7, 6], (1, 2, 6, 7, 8, 9)),
        ([4, 6], (1, 2, 4, 6, 10)), ([9, 8, 7], (1, 2, 7, 8, 9, 24)),
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


class Locked(Model):
    """Is pinned for ever, unless a guard were not there."""

    held: Bytes
    pins: Bytes

    def begin(self) -> None:
        self.held, self.pins = 5, 1

    @action
    def release(self) -> None:
        require(self.pins == 0)
        self.held = 0

    @action
    def unpin(self) -> None:
        require(self.held > 5)
        self.pins = 0

    @action
    def twice(self) -> None:
        require(self.held > 6)
        require(self.pins == 0)
        self.held = 0

    @action
    def sink(self) -> None:
        require(self.held > 7)
        self.held = -1

    @action
    def burst(self) -> None:
        require(self.held > 8)
        self.held = 0
        raise ValueError

    @action
    def look(self) -> None:
        """Nothing refuses this."""


def test_what_is_in_the_way() -> None:
    """Each step that is refused, taken all the same: a way back counts where none is below 0, raises, or is refused."""
    empty = Claim("empty", Mode.RECOVERABLE, lambda now: now.held <= 0)
    (moment,) = replay(Run(Locked(), (), ()))
    told = [(each.step, each.guard, each.steps) for each in obstacles(empty, moment)]

    assert told[:2] == [("release()", "require(self.pins == 0)", 0), ("unpin()", "require(self.held > 5)", 1)]
    assert sorted(told[2:]) == [
        ("burst()", "require(self.held > 8)", None), ("sink()", "require(self.held > 7)", None),
        ("twice()", "require(self.held > 6)", None),
    ]  # fmt: skip
    assert moment.state.held == 5
    assert all(each.place.partition(":")[0].endswith("test_recovery_parts.py") for each in obstacles(empty, moment))


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
