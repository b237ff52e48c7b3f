"""Patterns of states by themselves: what they build, what they recognise, and what they say of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Linear, Opaque
from spillproof.model.system import SCOPE, Model, action
from spillproof.properties.engines.validation import pairing
from spillproof.properties.engines.validation.forms import bags_of, same
from spillproof.properties.engines.validation.pairing import Difference
from spillproof.properties.engines.validation.pattern import UNSEEN, Pattern


class Page(HeapObject):
    """Anything."""


class Book(HeapObject):
    """Anything else."""


class Shelf(Model):
    """Holds anything."""

    def begin(self, limit: int = 3) -> None:
        self.limit = limit

    @action
    def nothing(self) -> None:
        """Change nothing."""


LOST = Opaque(frozenset())
"""A size that was sliced away."""


def shelf(**fields: Any) -> Any:
    """A state that has nothing but these attributes, and its scope."""
    made: Shelf = Shelf().start()
    del made.limit
    vars(made).update(fields)
    return made


def page(cls: type[HeapObject] = Page, **fields: Any) -> Any:
    """An object that has nothing but these attributes."""
    made = object.__new__(cls)
    vars(made).update(fields)
    return made


def size(symbol: int) -> Linear:
    """An unknown size."""
    return Linear({symbol: 1})


def differs(pattern: Pattern, state: Any, values: tuple[int, ...] = (), **named: Any) -> tuple[str, str, str]:
    """Where a state is not as the pattern, what it ought to be there, and what it is."""
    found = pattern.find(state, values, **named)
    assert isinstance(found, Difference)
    assert found.certain
    return found.where, found.expected, found.seen


# Building


def test_a_state_is_built() -> None:
    """Sizes, references, bags, lists, tuples, dicts and constants are put in their places; so is what is not state."""
    first, second = page(bytes=size(0), flag=None), page(Book, bytes=size(1))
    symbolic = shelf(
        name="a", used=size(1), lost=LOST, page=first, bag=Bag([second, first]), row=[size(0), first],
        pair=(1, size(1)), table={"k": size(0), 2: second},
    )  # fmt: skip
    state, one, other = Pattern([symbolic, first, second]).build([5, 7])

    assert (type(state), type(one), type(other)) == (Shelf, Page, Book)
    assert (vars(one), vars(other)) == ({"bytes": 5, "flag": None}, {"bytes": 7})
    assert (state.name, state.used, state.lost, state.row, state.pair) == ("a", 7, UNSEEN, [5, one], (1, 7))
    assert state.page is one
    assert type(state.bag) is Bag
    assert [*map(id, state.bag.members)] == [id(other), id(one)]
    assert list(state.table.items()) == [("k", 5), (2, other)]
    assert state.scope == symbolic.scope
    assert list(vars(state)) == list(vars(symbolic))
    assert Pattern([symbolic, first, second]).build([5, 7], 9)[0].lost == 9


def test_what_is_built_is_recognised() -> None:
    """A state that was built has its objects in the order of the pattern; two that were built share none."""
    first, second = page(bytes=size(0)), page(Book, bytes=size(1))
    pattern = Pattern([shelf(row=[second, first], lost=LOST, t=(LOST, 1)), first, second])
    state, *objects = pattern.build([5, 7])
    other = pattern.build([5, 7])

    assert pattern.find(state, [5, 7]) == [state, *objects]
    assert other[1] is not objects[0]


# Differences


@pytest.mark.parametrize(("fields", "seen", "difference"), [
    ({"a": 1}, {"a": 2}, ("a", "1", "2")),
    ({"a": 1}, {"a": True}, ("a", "1", "True")),
    ({"a": None}, {"a": Page}, ("a", "None", repr(Page))),
    ({"a": size(0)}, {"a": 6}, ("a", "5", "6")),
    ({"a": 1}, {}, ("a", "there", "missing")),
    ({}, {"a": 1}, ("a", "missing", "1")),
    ({"a": [size(0), 1]}, {"a": [5, 2]}, ("a[1]", "1", "2")),
    ({"a": [size(0)]}, {"a": [4]}, ("a[0]", "5", "4")),
    ({"a": [size(0)]}, {"a": ["x"]}, ("a[0]", "5", "'x'")),
    ({"a": [1]}, {"a": (1,)}, ("a", "a list of 1", "a tuple of 1")),
    ({"a": (1, 2)}, {"a": (1,)}, ("a", "a tuple of 2", "a tuple of 1")),
    ({"a": {"k": 1}}, {"a": {"j": 1}}, ("a", "a dict of 'k'", "a dict of 1")),
    ({"a": {1: 1}}, {"a": {True: 1}}, ("a", "a dict of 1", "a dict of 1")),
    ({"a": {"k": 1}}, {"a": {"k": 1, "j": 1}}, ("a", "a dict of 'k'", "a dict of 2")),
    ({"a": {"k": 1}}, {"a": [1]}, ("a", "a dict of 'k'", "a list of 1")),
    ({"a": {"j": 1, "k": 1}}, {"a": {"k": 1, "j": 1}}, ("a", "a dict of 'j', 'k'", "a dict of 2")),
    ({"a": {"j": 1, "k": 1}}, {"a": {"j": 1, "k": 3}}, ("a[1]", "1", "3")),
    ({"a": [LOST]}, {"a": ["x"]}, ("a[0]", "a size", "'x'")),
    ({"a": [[1], [2]]}, {"a": [[1], [3]]}, ("a[1][0]", "2", "3")),
    ({"a": [size(0)]}, {"a": [5.0]}, ("a[0]", "5", "5.0")),
    ({"a": {"k": 1}}, {"a": ["k"]}, ("a", "a dict of 'k'", "a list of 1")),
    ({"a": {"j": 1, "k": 1}}, {"a": {"j": 1, "l": 1}}, ("a", "a dict of 'j', 'k'", "a dict of 2")),
    ({}, dict.fromkeys("hgfedcba", 1), ("a", "missing", "1")),
    (dict.fromkeys("hgfedcba", 1), {}, ("a", "there", "missing")),
])  # fmt: skip # a table
def test_where_a_state_differs(fields: dict[str, Any], seen: dict[str, Any], difference: tuple[str, str, str]) -> None:
    """Constants with their types, sizes, attributes, and what lists, tuples and dicts hold, in their order."""
    pattern = Pattern([shelf(**fields)])
    state = shelf(**seen)

    assert differs(pattern, state, (5,)) == difference
    assert differs(pattern, state, (5,), origins=(0,), before=[state]) == difference
    assert not pattern.is_still([state], (5,))


def test_what_is_equal_need_not_be_the_same_object() -> None:
    """Constants are compared by type and value; the scope, which is not part of the state, is not compared at all."""
    text = "xy!"
    state = shelf(a=text[:2])
    vars(state)[SCOPE] = {"limit": 4}

    assert Pattern([shelf(a="xy")]).find(state, []) == [state]
    assert differs(Pattern([shelf()]), page()) == ("", "a Shelf", "a Page")


def test_a_difference_in_words() -> None:
    """It says where, what is there and what ought to be; the model itself has no place."""
    assert str(Difference("a.b", "1", "2")) == "a.b is 2, not 1"
    assert str(Difference("", "a Shelf", "a Page")) == "the model is a Page, not a Shelf"


def test_what_was_sliced_away_may_be_any_number() -> None:
    """Its value is not compared."""
    pattern = Pattern([shelf(a=LOST)])

    assert not isinstance(pattern.find(shelf(a=123), []), Difference)


def test_objects_differ_by_class_and_by_identity() -> None:
    """An object of another class, what is no object, and one that is already another's."""
    first, second = page(), page()
    pattern = Pattern([shelf(a=first, b=second), first, second])
    one = page()

    assert differs(pattern, shelf(a=page(Book), b=page())) == ("a", "a Page", "a Book")
    assert differs(pattern, shelf(a=page(), b=None)) == ("b", "a Page", "None")
    assert differs(pattern, shelf(a=one, b=one)) == ("b", "another object", "a Page")
    shared = Pattern([shelf(a=first, b=first), first])
    assert differs(shared, shelf(a=one, b=page())) == ("b", "another object", "a Page")
    assert shared.find(state := shelf(a=one, b=one), []) == [state, one]


def test_what_an_object_holds_is_compared() -> None:
    """The place names each step of the way."""
    inner = page(bytes=size(0))
    first = page(next=inner)
    pattern = Pattern([shelf(a=[first]), first, inner])

    assert differs(pattern, shelf(a=[page(next=page(bytes=4))]), (5,)) == ("a[0].next.bytes", "5", "4")


# What is known of a step


def linked(other: Any, third: Any) -> list[Any]:
    """A state with two pages that it refers to, one in a bag with what else is in it, and what these refer to."""
    first, second = page(bytes=size(0)), page(inner=third)
    return [shelf(a=first, b=second, bag=Bag([first, other]), row=[second]), first, second, other, third]


PATTERN = Pattern(linked(page(bytes=size(1)), page(Book)))

ALL = (0, 1, 2, 3, 4)


def without(*new: int) -> tuple[int, ...]:
    """The origins of objects some of which are new."""
    return tuple(-1 if each in new else each for each in ALL)


@pytest.mark.parametrize("new", [(), (1,), (2,), (3,), (4,), (2, 4), (2, 3, 4), (0,)])
def test_what_is_known_after_a_step_needs_no_search(new: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What known objects refer to, and what stands in a bag alone with known ones; a bag may have turned."""
    state = PATTERN.build([5, 6])
    before = [page() if each in new and each else object_ for each, object_ in enumerate(state)]
    state[0].bag.members.reverse()
    monkeypatch.setattr(Pattern, "_pair", None)

    assert PATTERN.find(state[0], (5, 6), without(*new), before) == state
    assert PATTERN.is_still(state, (5, 6))


@pytest.mark.parametrize("new", [(), (4,), (3,), (2, 4)])
@pytest.mark.parametrize("change", [
    lambda state: setattr(state[0], "a", state[2]),
    lambda state: setattr(state[0], "bag", Bag([state[1], state[2]])), lambda state: setattr(state[1], "bytes", 6),
    lambda state: setattr(state[0], "row", [state[1]]), lambda state: setattr(state[1], "more", 0),
    lambda state: delattr(state[2], "inner"), lambda state: setattr(state[0], "bag", [state[1], state[3]]),
    lambda state: setattr(state[0], "bag", Bag([state[1]])), lambda state: setattr(state[2], "inner", None),
    lambda state: setattr(state[2], "inner", state[3]), lambda state: setattr(state[0], "b", 3),
])  # fmt: skip # a table
def test_what_a_step_did_otherwise_is_seen(change: Callable[[list[Any]], None], new: tuple[int, ...]) -> None:
    """An attribute, a reference, a member, a class, or an object that is another than the one of before."""
    state = PATTERN.build([5, 6])
    before = [page() if each in new else object_ for each, object_ in enumerate(state)]
    change(state)

    assert isinstance(PATTERN.find(state[0], (5, 6), without(*new), before), Difference)
    assert not PATTERN.is_still(state, (5, 6))


def test_a_new_object_is_none_that_was_there() -> None:
    """Nor is one object two; which of two new members of a bag is which is searched for."""
    state = PATTERN.build([5, 6])

    assert differs(PATTERN, state[0], (5, 6), origins=without(3), before=state)[0] == "which object is which"
    state[2].inner = page(Book)
    assert differs(PATTERN, state[0], (5, 6), origins=ALL, before=state)[0] == "which object is which"
    assert PATTERN.find(state[0], (5, 6), without(4), state[:4]) == [*state[:4], state[2].inner]
    state[4] = state[2].inner
    assert PATTERN._evident(state[0], (5, 6), [state[0], None, *state[2:]], ()) == state
    assert PATTERN._evident(state[0], (5, 6), [state[3], *state[1:]], ()) is None
    symbolic, members = of_sizes(size(0), size(1))
    pattern = Pattern([symbolic, *members])
    made, pages = of_sizes(6, 5)
    assert pattern._evident(made, (5, 6), [made, None, None], ()) is None
    assert pattern.find(made, (5, 6), (0, -1, -1), [made]) == [made, *pages[::-1]]


# Bags


def of_sizes(*sizes: Any) -> tuple[Any, list[Any]]:
    """A state with a bag of pages that hold so much."""
    pages = [page(bytes=each) for each in sizes]
    return shelf(bag=Bag(pages)), pages


def test_members_of_a_bag_have_no_order() -> None:
    """They are paired by what they hold, whatever their order, and returned in the pattern's."""
    symbolic, members = of_sizes(size(0), size(1), size(2))
    state, pages = of_sizes(7, 6, 5)

    assert Pattern([symbolic, *members]).find(state, [5, 6, 7]) == [state, *pages[::-1]]


def test_a_bag_of_others() -> None:
    """Of another number, of other members, or no bag at all."""
    symbolic, members = of_sizes(size(0), size(1))
    pattern = Pattern([symbolic, *members])

    assert differs(pattern, of_sizes(5)[0], (5, 6)) == ("bag", "a bag of 2", "a bag of 1")
    assert differs(pattern, of_sizes(5, 6, 7)[0], (5, 6)) == ("bag", "a bag of 2", "a bag of 3")
    assert differs(pattern, shelf(bag=[page(bytes=5), page(bytes=6)]), (5, 6)) == ("bag", "a bag of 2", "a list of 2")
    assert differs(pattern, of_sizes(5, 5)[0], (5, 6)) == ("bag.member.bytes", "6", "5")
    assert differs(pattern, shelf(bag=Bag([page(bytes=5), page(Book, bytes=6)])), (5, 6))[1:] == ("a Page", "a Book")


OTHERS = ("bag", "a bag of 2 others", "a bag of other members")


def test_members_that_are_known_otherwise() -> None:
    """A member that something else refers to is paired by that; a bag without it is one of other members."""
    first, second = page(), page()
    pattern = Pattern([shelf(bag=Bag([first, second]), a=second), first, second])
    one, other, third = page(), page(), page()

    assert pattern.find(state := shelf(bag=Bag([other, one]), a=other), []) == [state, one, other]
    assert differs(pattern, shelf(bag=Bag([one, other]), a=third)) == (
        "bag",
        "a bag of 2 others",
        "a bag of other members",
    )


def test_a_member_that_is_another_object() -> None:
    """The bag has as many members as it ought to, but one of them is the object that stands elsewhere."""
    first, second, outside = page(), page(), page()
    pattern = Pattern([shelf(bag=Bag([first, second]), a=outside), first, second, outside])
    one, other = page(), page()

    assert differs(pattern, shelf(bag=Bag([one, other]), a=other)) == OTHERS


def test_a_member_in_the_place_of_another() -> None:
    """One member is known to be another object, and so one that is not known yet would take the wrong place."""
    first, second, outside = page(), page(), page()
    pattern = Pattern([shelf(bag=Bag([first, second]), a=first, b=outside), first, second, outside])
    one, other = page(), page()

    assert differs(pattern, shelf(bag=Bag([other, page()]), a=one, b=other)) == OTHERS


def twins(*sizes: Any) -> tuple[Any, list[Any], list[Any]]:
    """A bag of members that look alike, and refer to pages that hold so much."""
    pages = [page(bytes=each) for each in sizes]
    members = [page(Book, inner=each) for each in pages]
    return shelf(bag=Bag(members)), members, pages


def test_members_that_look_alike_are_told_apart_by_what_they_refer_to() -> None:
    """Where the first way to pair them is wrong, the others are tried."""
    symbolic, members, pages = twins(size(0), size(1))
    pattern = Pattern([symbolic, *members, *pages])
    state, (one, other), (left, right) = twins(6, 5)

    assert pattern.find(state, [5, 6]) == [state, other, one, right, left]
    assert differs(pattern, twins(5, 5)[0], (5, 6))[1:] == ("6", "5")
    assert differs(pattern, twins(4, 7)[0], (5, 6))[1:] == ("5", "4")  # of the first way


def test_members_that_look_alike_and_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a step as well every way is tried in which those that are new may be paired; what was there is not new.

    As long as not all were tried, nothing is said of which object is which.
    """
    symbolic, members, pages = twins(size(0), size(1))
    pattern = Pattern([symbolic, *members, *pages])
    state, (one, other), (left, right) = twins(6, 5)
    new = (0, -1, -1, -1, -1)

    assert pattern.find(state, [5, 6], new, [state]) == [state, other, one, right, left]
    for was_there in (one, right):
        assert differs(pattern, state, (5, 6), origins=new, before=[state, was_there])[0] == "which object is which"
    monkeypatch.setattr(pairing, "MOST_GUESSES", 0)
    state, (one, other), (left, right) = twins(5, 6)
    assert pattern.find(state, [5, 6], new, [state, one]) == [state, one, other, left, right]


BOOKS = [page(Book, n=1), page(Book, n=2)]


@pytest.mark.parametrize(
    ("members", "row"),
    [
        ([page(), page(Book)], []),
        ([page(bytes=size(0)), page(bytes=size(1))], []),
        ([page(flag=1), page(flag=2)], []),
        ([page(inner=each) for each in BOOKS], BOOKS),
    ],
)
def test_members_that_are_told_apart_at_once(
    members: list[Any], row: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their class, what they hold themselves, and what is known of what they refer to: no way has to be tried."""
    monkeypatch.setattr(pairing, "MOST_GUESSES", 0)
    objects = [shelf(row=row, bag=Bag(members)), *members, *row]
    pattern = Pattern(objects)
    state, *_ = pattern.build([5, 6])
    state.bag.members.reverse()

    assert pattern.find(state, [5, 6]) == [state, *state.bag.members[::-1], *state.row]


@pytest.mark.parametrize(
    ("sizes", "tried"), [((5, 7, 6), 3), ((5, 6, 6), 5), ((6, 6, 5), 5), ((5, 6, 7), 0), ((7, 6, 5), 5)]
)
def test_ways_are_counted(sizes: tuple[int, ...], tried: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each member that may be the first one, and for each of these, if it may, each that may be the second.

    As long as not all were tried that have to be, what is found is no certain difference.
    """
    symbolic, members, pages = twins(size(0), size(1), size(2))
    pattern = Pattern([symbolic, *members, *pages])
    for most in range(tried + 1):
        monkeypatch.setattr(pairing, "MOST_GUESSES", most)
        found = pattern.find(twins(*sizes)[0], [5, 6, 7])
        assert (found.certain if isinstance(found, Difference) else True) is (most == tried)
        assert isinstance(found, Difference) is (most < tried or len({*sizes}) < 3)


def test_too_many_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not every way to pair members was tried, a difference is not certain."""
    symbolic, members, pages = twins(size(0), size(1))
    pattern = Pattern([symbolic, *members, *pages])
    monkeypatch.setattr(pairing, "MOST_GUESSES", 1)
    found = pattern.find(twins(6, 5)[0], [5, 6])

    assert isinstance(found, Difference)
    assert not found.certain
    monkeypatch.setattr(pairing, "MOST_GUESSES", 2)
    assert isinstance(pattern.find(twins(6, 5)[0], [5, 6]), list)


def test_bags_are_arranged() -> None:
    """Members are put into the order of the pattern, in bags within lists and dicts as well."""
    first, second = page(), page()
    symbolic = shelf(bag=Bag([first, second]), row=[Bag([second, first])], table={"k": (Bag([first, second]),)}, n=1)
    pattern = Pattern([symbolic, first, second])
    one, other = page(), page()
    state = shelf(bag=Bag([other, one]), row=[Bag([other, one])], table={"k": (Bag([other, one]),)}, n=1)
    pattern.arrange([state, one, other])

    for bag, order in ((state.bag, (one, other)), (state.row[0], (other, one)), (state.table["k"][0], (one, other))):
        assert [*map(id, bag.members)] == [*map(id, order)]


def test_bags_of_more_than_one() -> None:
    """Those that objects hold themselves, and that have an order to turn around."""
    two, one = Bag([page(), page()]), Bag([page()])

    assert [Pattern([shelf(a=each), *each.members]).has_bags for each in (one, two)] == [False, True]
    assert [*map(id, bags_of([shelf(a=two, b=one, c=[two]), page(d=two)]))] == [id(two), id(two)]


# Steps


def test_objects_stay_what_they_were() -> None:
    """What is known from before the step is the same object; another in its place is a difference, and so is a new one
    that was there before.
    """
    first, second = page(), page()
    pattern = Pattern([shelf(a=first, b=second), first, second])
    before = [shelf(), page(), page()]
    state = shelf(a=before[1], b=before[2])

    assert pattern.find(state, [], (0, 1, 2), [state, *before[1:]]) == [state, *before[1:]]
    difference = ("which object is which", "what it is on unknown sizes", "another")
    for origins in ((0, 2, 1), (0, 1, -1), (0, -1, -1)):
        assert differs(pattern, state, (), origins=origins, before=[state, *before[1:]]) == difference
    assert differs(pattern, state, (), origins=(0, 1, 2), before=before) == difference  # the model is another
    new = shelf(a=before[1], b=page())
    assert pattern.find(new, [], (0, 1, -1), [new, *before[1:]]) == [new, before[1], new.b]


def test_what_differs_anyway_is_said_of_the_state() -> None:
    """Where the state itself is another, that is what is said, and not which object is which."""
    first = page(bytes=size(0))
    pattern = Pattern([shelf(a=first), first])
    state = shelf(a=page(bytes=4))

    assert differs(pattern, state, (5,), origins=(0, 1), before=[state, page(bytes=4)]) == ("a.bytes", "5", "4")


def test_sizes_of_a_list_may_be_turned() -> None:
    """Only where the step had its bags turned, and only a list of sizes alone."""
    pattern = Pattern([shelf(a=[size(0), size(1)], b=[1, size(0)])])

    assert differs(pattern, shelf(a=[6, 5], b=[1, 5]), (5, 6))[0] == "a[0]"
    turned = shelf(a=[6, 5], b=[1, 5])
    assert isinstance(pattern.find(turned, [5, 6], turned=True), list)
    assert isinstance(pattern.find(turned, [5, 6], (0,), [shelf()], turned=True), list)
    assert isinstance(pattern.find(shelf(a=[5, 6], b=[1, 6]), [6, 5], turned=True), list)
    assert differs(pattern, shelf(a=[6, 6], b=[1, 5]), (5, 6), turned=True) == ("a", "other sizes", "a list of 2")
    assert differs(pattern, shelf(a=[6, 5], b=[5, 1]), (5, 6), turned=True)[0] == "b[0]"


@pytest.mark.parametrize(("one", "other", "are"), [
    (1, 1, True), (1, 2, False), (1, True, False), (1, 1.0, False), ("a", "a", True), (None, None, True),
    (frozenset({1}), frozenset({1}), True), (frozenset({1}), frozenset({True}), False),
    (frozenset({1}), frozenset({1, 2}), False), (frozenset({1, 2}), frozenset({1}), False),
    (float("nan"), float("nan"), False),
])  # fmt: skip # a table
def test_constants_that_are_the_same(one: object, other: object, are: bool) -> None:  # noqa: FBT001 - parametrized
    """Types and all, within sets too; what is not equal to itself is the same if it is the same object."""
    assert same(one, other) is are
    assert same(one, one)


@pytest.mark.parametrize(("used", "fits"), [(4, False), (5, True), (6, False)])
def test_a_size_of_an_object_that_is_known(used: int, fits: bool) -> None:  # noqa: FBT001 - a table
    """Neither less than it should be nor more, where it is evident which object is which."""
    pattern = Pattern([shelf(a=size(0))])
    state = shelf(a=used)
    found = pattern.find(state, [5], (0,), [state])

    assert found == [state] if fits else isinstance(found, Difference)
