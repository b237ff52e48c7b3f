"""A state spelled for the explorer that challenges verdicts: what differs in anything is spelled otherwise."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.engines.challenge.words import fields, is_negative, spell


class Colour(Enum):
    """Two members with values that are equal to nothing else."""

    RED = 1
    BLUE = 2


class Page(HeapObject):
    """Anything."""

    size: Bytes = 0
    name: str = ""
    next: Page | None = None
    sizes: list[Bytes] | None = None
    by_name: dict[str, Bytes] | None = None


class Other(Page):
    """The same, of another class."""


class WithSlots:
    """Has slots, which the kit refuses, and the explorer does not rely on that."""

    __slots__ = ("first", "second")


class Slotted(WithSlots):
    """Has other attributes besides."""


class Shelf(Model):
    """Holds anything."""

    left: Bytes

    def begin(self) -> None:
        self.left = 1

    @action
    def nothing(self) -> None:
        """Change nothing."""


def shelf(**fields: Any) -> Any:
    """A state with some fields besides."""
    state: Any = Shelf().start()
    vars(state).update(fields)
    return state


def words(state: Any) -> tuple[Any, ...]:
    """How a state is spelled."""
    return spell(state, state.scope).words


def shared(same: bool) -> list[Any]:  # noqa: FBT001 - as a sentence
    """Two lists that are one, or two that are alike."""
    one = [1]
    return [one, one] if same else [one, [1]]


PAIRS: dict[str, tuple[Any, Any]] = {
    "a size": (1, 2),
    "a truth and a number": (1, True),
    "another truth": (True, False),
    "a number and a text": (1, "1"),
    "nothing and nothing said": (None, ""),
    "a broken number": (1, 1.0),
    "two broken numbers": (1.5, 2.5),
    "bytes": (b"a", b"b"),
    "a list and a tuple": ([1], (1,)),
    "an order": ([1, 2], [2, 1]),
    "an order of a tuple": ((1, 2), (2, 1)),
    "keys in another order": ({1: 1, 2: 2}, {2: 2, 1: 1}),
    "other keys": ({1: 1}, {2: 1}),
    "other values": ({1: 1}, {1: 2}),
    "a set": (frozenset({1}), frozenset({2})),
    "members of an enumeration": (Colour.RED, Colour.BLUE),
    "a member and its value": (Colour.RED, 1),
    "classes": (Page, Other),
    "how many": (Bag([Page()]), Bag([Page(), Page()])),
    "what a bag holds": (Bag([Page(1)]), Bag([Page(2)])),
    "a bag and a list": (Bag([Page()]), [Page()]),
    "the class of an object": (Page(1), Other(1)),
    "what an object holds": (Page(1), Page(2)),
    "what hangs on an object": (Page(1, next=Page(1)), Page(1, next=Page(2))),
    "one object twice": ([page := Page(), page], [Page(), Page()]),
    "one list twice": (shared(True), shared(False)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_differs_is_spelled_otherwise(name: str) -> None:
    """In a field of the model, of an object, in a list and in a tuple; and what is alike is spelled alike."""
    one, other = PAIRS[name]
    for within in (lambda each: each, lambda each: [each], lambda each: (0, each), lambda each: {0: each}):
        first, second = words(shelf(field=within(one))), words(shelf(field=within(other)))
        assert first != second
        assert (first, hash(first)) == (words(shelf(field=within(one))), hash(words(shelf(field=within(one)))))


def test_which_field_it_is() -> None:
    """The same values by other names, or in another order, are another state."""
    assert words(shelf(a=1)) != words(shelf(b=1))
    assert words(shelf(a=1)) != words(shelf())
    assert words(shelf(a=1, b=1)) != words(shelf(b=1, a=1))


def test_members_of_a_bag_have_no_order() -> None:
    """They are spelled in the order of what they are by themselves, and of how much they hold."""
    for one, other in ((Page(1), Page(2)), (Page(1), Other(1)), (Page(sizes=[]), Page(sizes=[1]))):
        assert words(shelf(bag=Bag([one, other]))) == words(shelf(bag=Bag([other, one])))


def test_objects_in_the_order_in_which_they_are_met() -> None:
    """The model is the first; what several refer to is met once."""
    second = Page(2)
    first = Page(1, next=second)
    state = shelf(pages=[first, second])
    found = spell(state, state.scope)

    assert [*map(id, found.objects)] == [id(state), id(first), id(second)]
    assert found.whole


def test_slots_are_part_of_a_state() -> None:
    """Those that have something in them, of the class and of those above it."""
    one: Any = Slotted()
    one.first, one.other = 1, 2

    assert [*fields(one)] == [("other", 2), ("first", 1)]
    assert [*fields(Slotted())] == []


def test_what_cannot_be_spelled() -> None:
    """It makes the state unlike every other, itself included."""
    state = shelf(a=object())

    assert not spell(state, state.scope).whole
    assert words(state) != words(state)


@pytest.mark.parametrize(
    ("page", "negative"),
    [
        (Page(0), False), (Page(-1), True), (Page(1, next=Page(-1)), True), (Page(sizes=[0, 1]), False),
        (Page(sizes=[1, -1]), True), (Page(by_name={"a": -1}), True), (Page(by_name={"a": 1}), False),
        (Page(name="-1"), False),
    ],
)  # fmt: skip # a table
def test_a_size_below_zero(page: Page, *, negative: bool) -> None:
    """In a field that is declared to hold sizes, or a list or a dict of them; a number that is none may be."""
    state = shelf(page=page)
    assert is_negative(spell(state, state.scope)) is negative
    state = shelf(page=page, other=-1)
    assert is_negative(spell(state, state.scope)) is negative
    state.left = -1
    assert is_negative(spell(state, state.scope))
