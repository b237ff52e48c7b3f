"""Small questions that engines ask, each by itself: what equations say, what is the same, what is too many."""

from __future__ import annotations

import re
import threading
from collections import deque
from contextlib import nullcontext
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Linear
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines import pending
from spillproof.properties.engines.automaton import ways
from spillproof.properties.engines.automaton.answers import Answers, Once
from spillproof.properties.engines.automaton.growth import (
    LONGEST_SHAPE,
    MANY_SHAPES,
    MOST_OBJECTS,
    MOST_SIZES,
    TOO_MANY_VALUES,
    EndlessError,
    refuse_ever_new_values,
    refuse_growth,
)
from spillproof.properties.engines.pending import Pending, contained, timed
from spillproof.properties.engines.proof.exact import solved
from spillproof.properties.engines.proof.residues import residues
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.small import trimmed
from spillproof.properties.engines.validation.contents import Contents
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.walker import LARGEST, Walker

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""

X, Y = Linear({0: 1}), Linear({1: 1})


def same(size: object) -> object:
    """An expression as it can be compared."""
    return (dict(size.terms), size.constant) if isinstance(size, Linear) else size


@pytest.mark.parametrize(
    ("equations", "found"),
    [
        ([X + 2 * Y - 3], {0: ({1: -2}, 3)}),
        ([-X + 2 * Y - 3], {0: ({1: 2}, -3)}),
        ([X + Y - 3], {1: ({0: -1}, 3)}),  # the last of them
        ([2 * X + 2 * Y - 3], {}),  # neither has the factor 1
        ([X - 3], {0: 3}),
        ([-X + 3], {0: 3}),
        ([X + Y - 3, X - Y], {}),  # both are in both
        ([X + Y - 3, X - 5], {1: ({0: -1}, 3)}),  # and this one is in the other as well
        ([], {}),
    ],
)
def test_equations_that_are_solved(equations: list[Any], found: dict[int, Any]) -> None:
    """Each for an unknown with the factor 1 or -1 that no other has."""
    assert {symbol: same(size) for symbol, size in solved(equations).items()} == found


@pytest.mark.parametrize(
    ("beginnings", "step", "found"),
    [
        ([3], 8, {0: (8, 3)}),  # 3, 11, 19, …
        ([3, 11], 8, {0: (8, 3)}),
        ([3, 7], 8, {0: (4, 3)}),  # and 7, 15, …: what both have in common
        ([3], 0, {0: (0, 3)}),  # that number alone
        ([3, 4], 8, {}),  # any
    ],
)
def test_what_is_left_of_sizes(beginnings: list[int], step: int, found: dict[int, tuple[int, int]]) -> None:
    """One size, which begins as one of these and grows by so much in each step."""
    start = [fake(target=0, update=(size,)) for size in beginnings]
    automaton: Any = fake(shapes=[None], leaving={-1: start, 0: [fake(target=0, update=(X + step,)), fake(target=-1)]})
    assert residues(automaton) == [found]


# How much was validated


@pytest.mark.parametrize(
    ("edges", "scales", "ways", "failure", "once", "complete"),
    [
        (3, 9, 4, "", True, True), (3, 8, 4, "", True, False), (2, 6, 4, "", False, False),
        (3, 9, 3, "", False, False), (3, 9, 4, "it failed", False, False),
    ],
)  # fmt: skip # a table
def test_whether_all_was_validated(  # noqa: PLR0917 - a table
    edges: int, scales: int, ways: int, failure: str, once: bool, complete: bool  # noqa: FBT001 - a table
) -> None:  # fmt: skip
    """Of 3 edges with three scales each, and of 4 ways; nothing is where the validation itself went wrong."""
    found = Validated(edges, 3, scales, ways, 4, 20, 10, failure=failure)
    assert (found.once, found.complete) == (once, complete)
    end = failure or "10 random steps on plain integers"
    assert found.sentence().startswith(f"validated: {edges} of 3 edges, {ways} of 4 ways")
    assert found.sentence().endswith(end)


def test_two_validations_add_up() -> None:
    """Each number, and the first thing that went wrong."""
    one = Validated(1, 2, 3, 4, 5, 6, 7, 8.0)
    other = Validated(10, 20, 30, 40, 50, 60, 70, 80.0, "it failed")
    assert one + other == Validated(11, 22, 33, 44, 55, 66, 77, 88.0, "it failed")
    assert (other + one).failure == "it failed"


# What a state answers


class Shelf(Model):
    """Holds bytes, and says so in several ways."""

    room: Bytes
    held: Bytes

    def begin(self, room: Bytes) -> None:
        self.room, self.held, self.asked = room, 0, 0

    @action
    def put(self, size: Bytes) -> None:
        require(size <= self.room)
        self.held += size

    def free(self) -> Any:
        return self.room - self.held

    def both(self) -> Any:
        return [self.held, (self.room, None)]

    def parts(self) -> Any:
        return [self.held, object()]

    def is_full(self) -> bool:
        return bool(self.held >= self.room)

    def asks(self) -> int:
        self.asked += 1
        return self.asked

    def taller(self, by: int = 1) -> int:
        return int(self.held) + by

    def more(self, by: int) -> int:
        return int(self.held) + by


@pytest.mark.parametrize(
    ("name", "known"), [("free", True), ("both", True), ("parts", False), ("is_full", False), ("more", False)]
)
def test_what_is_answered_for_a_whole_shape(name: str, *, known: bool) -> None:
    """Sizes, and what is made of sizes; not what has something else in it, compares sizes, or wants an argument."""
    state: Any = Shelf().start(room=1)
    state.room, state.held = X, Y
    assert (Answers(state, 2, lambda _sizes: state).to(name) is not NotImplemented) is known


def test_a_state_that_answers_once() -> None:
    """What it is asked without arguments, if that is plain; anything else anew. Fields are its own."""
    state: Any = Shelf().start(room=3)
    once: Any = Once(state)
    assert (once.asks(), once.asks(), state.asked, once.room) == (1, 1, 1, 3)
    assert (once.more(2), once.more(by=3), once.parts() is once.parts()) == (2, 3, False)
    assert (once.taller(), once.taller(by=3), once.taller(2), once.taller()) == (1, 3, 2, 1)
    assert isinstance(once, Shelf)


# What stands outside of a state


class Kept(HeapObject):
    """Part of a state, which is looked at elsewhere."""

    size: Bytes = 0


class Plain:
    """Of a module of ours."""

    def __init__(self) -> None:
        self.members = [1]


@pytest.mark.parametrize(
    ("value", "change", "changed"),
    [
        ([1], lambda each: each.append(2), True),
        ([[1]], lambda each: each[0].append(2), True),
        ([(1, [2])], lambda each: each[0][1].clear(), True),
        ({"k": [1]}, lambda each: each["k"].append(2), True),
        ({"k": 1}, lambda each: each.update(k=2), True),
        ({"k": 1}, lambda each: each.update(other=2), False),  # remembered, perhaps
        ({1}, lambda each: each.add(2), True),
        (deque([1]), lambda each: each.popleft(), True),
        ([Kept()], lambda each: setattr(each[0], "size", 2), False),
        (Plain(), lambda each: each.members.append(2), True),
        (Plain(), lambda each: setattr(each, "members", [1]), True),
        (Plain(), lambda each: setattr(each, "other", 2), False),
        (threading.Lock(), lambda each: each.acquire(), True),
        (ContextVar("a"), lambda each: each.set(1), True),
        ([1], lambda each: None, False),
    ],
)  # fmt: skip # a table
def test_whether_what_stands_outside_is_still_the_same(value: Any, change: Any, *, changed: bool) -> None:
    """Through containers and plain objects, but not into the state; a new key or attribute does no harm."""
    contents = Contents(value, {__name__})
    assert not contents.changed()
    change(value)
    assert contents.changed() is changed


def test_what_is_remembered_is_taken_out() -> None:
    """New keys and attributes; what was there stays."""
    known, plain, ring = {"k": 1}, Plain(), list[Any]()
    ring.append(ring)
    contents = Contents([known, plain, ring], {__name__})
    known["other"] = 2
    vars(plain)["other"] = 2
    contents.put_back()
    assert (known, [*vars(plain)], contents.changed()) == ({"k": 1}, ["members"], False)


# What is too many


@pytest.mark.parametrize(
    ("objects", "sizes", "length", "refused"),
    [
        (MOST_OBJECTS, MOST_SIZES, LONGEST_SHAPE, ""), (MOST_OBJECTS + 1, 0, 0, "object graph grows"),
        (0, MOST_SIZES + 1, 0, "state grows"), (0, 0, LONGEST_SHAPE + 1, "state grows"),
    ],
)  # fmt: skip # a table
def test_a_state_that_is_too_large(objects: int, sizes: int, length: int, refused: str) -> None:
    """By one object, one size, or one value."""
    shape = fake(objects=[None] * objects, slots=[None] * sizes)
    if not refused:
        refuse_growth(shape, length)
        return
    with pytest.raises(EndlessError, match=refused):
        refuse_growth(shape, length)


ASKED = Claim("seen", Mode.SOMETIMES, lambda _now: True)


class Named(HeapObject):
    """Has a constant, and a size."""

    name: object
    size: Bytes = 0

    def __init__(self, name: object, size: Any) -> None:
        self.name, self.size = name, size


@pytest.mark.parametrize(
    ("shapes", "names", "said"),
    [
        (
            MANY_SHAPES,
            [*range(TOO_MANY_VALUES + 1)],
            "declare it as a quantity (`name: Count`) or bound",
        ),
        (2 * MANY_SHAPES, [*map(str, range(TOO_MANY_VALUES + 1))], "without end; bound it by the scope"),
        (MANY_SHAPES, ["a", *range(TOO_MANY_VALUES)], "without end; bound it by the scope"),
        (MANY_SHAPES, [*range(TOO_MANY_VALUES)], ""),
        (MANY_SHAPES + 1, [*range(TOO_MANY_VALUES + 1)], ""),
        (TOO_MANY_VALUES + 1, [*range(TOO_MANY_VALUES + 1)], ""),
    ],
)
def test_ever_new_values(shapes: int, names: list[Any], said: str) -> None:
    """Of a constant, among so many shapes, which are looked at once so many are there; sizes are none."""
    made = [fake(objects=[Named(names[place % len(names)], Linear({0: 1}, place))]) for place in range(shapes)]
    with pytest.raises(EndlessError, match=re.escape(said)) if said else nullcontext() as refused:
        refuse_ever_new_values(fake(shapes=made))
    assert not refused or f"Named.name takes ever new values ({TOO_MANY_VALUES + 1} so far)" in str(refused.value)


@pytest.mark.parametrize("error", [None, ModelError("late"), ClaimError(ASKED, "of its own")])
def test_a_claim_that_cannot_be_asked(error: ModelError | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is at fault, in its own words if it has some; none of the ways that were found so far count."""

    def some(*_: Any, **__: Any) -> Any:
        yield "way"
        if error is not None:
            raise error

    monkeypatch.setattr(ways, "_ways", some)
    monkeypatch.setattr(ways, "_spelled", lambda *_: ())
    if error is None:
        found: list[Any] = ways.ways_of(ASKED, (None,), 0, ())
        assert found == ["way"]
        return
    with pytest.raises(ClaimError, match="of its own" if isinstance(error, ClaimError) else "cannot be asked: late"):
        ways.ways_of(ASKED, (None,), 0, ())


@pytest.mark.parametrize(
    ("present", "state", "further"),
    [
        ((), None, set()), ((20,), None, {20}), ((20, 50), None, {20, 50, 30}),
        ((20, 50), object(), {20, 50, 30}), ((-20,), object(), {20}), ((0, 20), None, {20}),
    ],
)  # fmt: skip # a table
def test_sizes_to_draw_from(present: Any, state: Any, further: set[int]) -> None:
    """Small ones, those that are there, and what one of these lacks of another; never 0."""
    walker: Any = object.__new__(Walker)
    vars(walker).update(present=present, state=state)
    assert walker.sizes() == sorted({*range(1, LARGEST + 1), *further})


# Runs and claims


FULL = Claim("full", Mode.ALWAYS, lambda now: bool(now.held < 3))


@pytest.mark.parametrize(
    ("sizes", "kept"), [((3,), [3]), ((1, 1, 3), [3]), ((1, 2), [1, 2]), ((1, 2, 2), [2, 2]), ((2, 2, 2), [2, 2])]
)
def test_steps_that_a_run_does_not_need(sizes: tuple[int, ...], kept: list[int]) -> None:
    """3 bytes are too many: no step can be left out of what is left, and nothing comes after it is broken."""
    run = trimmed(Run(Shelf(), (9,), tuple(Step("put", (size,)) for size in sizes)), FULL)
    assert [step.arguments for step in run.steps] == [(size,) for size in kept]


def waiting(number: int) -> list[Pending]:
    """Claims without a verdict."""
    return [Pending(FULL, fake()) for _ in range(number)]


def test_an_engine_that_fails_costs_its_own_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong is said of each; what is the model's fault is raised, and the time is shared."""
    monkeypatch.setattr(pending, "time", fake(monotonic=iter((1.0, 7.0, 7.0)).__next__))
    both, other = waiting(2), waiting(1)
    with timed(both), contained("some engine", both):
        raise IndexError("out of range")
    for each in both:
        assert each.failure.startswith("some engine failed with IndexError: out of range (test_small_questions.py:")
        assert each.seconds == 3.0
    assert (other[0].failure, other[0].seconds, other[0].is_violated) == ("", 0.0, False)
    with pytest.raises(ModelError), contained("some engine", other):
        raise ModelError("a slip")
    assert other[0].failure == ""


@pytest.mark.parametrize(
    ("spurious", "candidate", "violated"), [(False, None, False), (True, None, True), (False, fake(), True)]
)
def test_a_claim_that_needs_no_proof(candidate: Any, *, spurious: bool, violated: bool) -> None:
    """A run was found: of the model, or of what ignores its heuristics."""
    assert Pending(FULL, fake(), spurious=spurious, candidate=candidate).is_violated is violated
