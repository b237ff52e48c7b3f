"""What a random step is drawn from, by itself: each argument that there is, once, and what fits or just does not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from spillproof import Bytes, Count, Model, ModelError, action, choose, require
from spillproof.model.system import actions_of
from spillproof.properties.engines.walker import MOST_SIZES, Taken, Walker, pick, simplest


class Lockers(Model):
    """Lockers of two kinds, with room for some; what is drawn decides whether a step goes."""

    room: Bytes
    open: Count

    def begin(self, room: Bytes) -> None:
        require(room >= 100)
        self.room, self.open = room, 0

    @action
    def rent(self, size: Bytes, more: Bytes, wide: bool) -> None:  # noqa: FBT001 - an engine gives it
        require(size + more <= self.room and wide)
        self.room -= size + more

    @action
    def shut(self) -> None:
        require(self.open > 0)
        self.open -= 1

    @action
    def fill(self, size: Bytes) -> None:
        require(size == self.room)
        self.room = 0

    @action
    def guess(self) -> None:
        require(choose((1, 2, 3)) == 4)

    @action
    def weigh(self, size: Bytes, other: Bytes) -> None:
        require(size == other + 1000)


class Burning(Model):
    """Cannot begin with some sizes, and does not say so."""

    def begin(self, room: Bytes) -> None:
        raise ZeroDivisionError(room)


class Cupboard(Model):
    """Has some room."""

    def begin(self, room: Bytes) -> None:
        require(room > 0)


class Plain(Walker):
    """A walk of which no claim is asked."""

    def __init__(self) -> None:
        self.model = Lockers()
        self.claims = ()
        super().__init__()


def walk() -> Plain:
    """A walk that has begun."""
    found = Plain()
    found.arrive(found.beginning(simplest))
    return found


def always(number: int) -> Callable[[int], int]:
    """Draw this number, or the last one there is."""
    return lambda count: min(number, count - 1)


def named(name: str) -> Any:
    """An action of the lockers."""
    return next(each for each in actions_of(Lockers) if each.name == name)


@pytest.mark.parametrize(("count", "drawn"), [(0, []), (1, []), (2, [2]), (5, [5])])
def test_where_there_is_nothing_to_choose_nothing_is_drawn(count: int, drawn: list[int]) -> None:
    """The first of one, and of nothing; of two or more, what is drawn."""
    asked: list[int] = []

    def draw(among: int) -> int:
        asked.append(among)
        return among - 1

    assert pick(draw, count) == (count - 1 if drawn else 0)
    assert asked == drawn


def test_a_beginning_is_drawn_ever_larger() -> None:
    """A hundred is asked for: of powers of 4, the first that is enough; 100 times 1 is enough, and 99 times is not."""
    begun = Plain().beginning(simplest)

    assert begun is not None
    assert begun.run.opening == (256,)
    assert Plain().begin(simplest, 100) is not None
    assert Plain().begin(simplest, 99) is None
    assert Plain().begin(always(3), 25) is not None
    assert Plain().begin(always(3), 24) is None


def test_a_beginning_is_drawn_as_it_is_first() -> None:
    """Nothing is larger than what was drawn where that is enough."""
    small = Plain()
    small.model = Cupboard()
    begun = small.beginning(simplest)

    assert begun is not None
    assert begun.run.opening == (1,)


@pytest.mark.parametrize("number", [0, 1, 3, 7, 11])
def test_arguments_are_tried_each_once(number: int) -> None:
    """What is drawn first, and then, for each step down in both sizes at once, every other argument."""
    here = walk()
    sizes = here.sizes()
    tried = [*here.candidates(named("rent"), always(number))]
    at = min(number, len(sizes) - 1)

    assert tried[0] == (sizes[at], sizes[at], (False, True)[min(number, 1)])
    assert len(tried) == len(set(tried)) == 2 * len(sizes)
    assert {each[:2] for each in tried} == {(size, size) for size in sizes}
    assert [each[0] for each in tried[::2]] == [sizes[at - less] for less in range(len(sizes))]


def test_an_action_without_arguments_is_tried_once() -> None:
    """There is one way to take it."""
    here = walk()

    assert [*here.candidates(named("shut"), simplest)] == [()]


@pytest.mark.parametrize("present", [(), (0,), (3,), (20, 50), (20, 50, 50), (9, 12, -40), tuple(range(100, 3000, 70))])
def test_sizes_that_just_fit(present: tuple[int, ...]) -> None:
    """Small ones, what there is, and what lies between two of these, as far as there are not too many."""
    here = walk()
    here.present = present
    there = {0, *map(abs, present)}
    fits = {abs(one - other) for one, other in itertools.product(there, repeat=2)}

    assert here.sizes() == sorted(({*range(1, 9)} | there | fits) - {0})[:MOST_SIZES]


@pytest.mark.parametrize(
    ("name", "can"), [("rent", True), ("shut", False), ("fill", True), ("guess", True), ("weigh", True)]
)
def test_what_can_be_taken(name: str, *, can: bool) -> None:
    """What some arguments let go; and where the environment chooses, or two sizes are mixed, what others might."""
    here = walk()

    assert here.can(named(name)) is can
    assert not here.is_stuck()
    here.chances = dict.fromkeys((each.name for each in actions_of(Lockers)), False)
    assert here.is_stuck()
    assert not here.can(named("rent"))


def test_a_step_that_is_refused_is_remembered() -> None:
    """Until another step is taken."""
    here = walk()

    assert here.step(named("shut"), simplest) is None
    assert here.chances == {"shut": False}
    here.arrive(here.step(named("fill"), simplest))
    assert here.chances == {}
    assert (here.refused, here.state.room, [each.action for each in here.run.steps]) == (False, 0, ["fill"])
    here.arrive(None)
    assert here.refused


def test_before_a_beginning_nothing_can_be_taken() -> None:
    """There is no state, and so no object in it."""
    assert [*Plain().candidates(named("shut"), simplest)] == [()]
    assert not Plain().can(named("rent"))
    assert Plain().sizes() == [*range(1, 9)]
    assert isinstance(walk().step(named("rent"), always(1)), Taken)
    assert not Plain().refused


def test_a_beginning_that_raises_is_not_passed_over() -> None:
    """It is not the same as one that is refused."""
    burning = Plain()
    burning.model = Burning()

    with pytest.raises(ZeroDivisionError):
        burning.beginning(simplest)


def test_that_claims_have_changed_the_state_is_said_once() -> None:
    """Whoever looks back again, as a walk ends, finds nothing more."""
    here = walk()
    here.state.room += 1

    with pytest.raises(ModelError, match="changes the state that it is asked about"):
        here.look_back()
    here.look_back()
