"""A state as a value: its shape, its sizes, and what no state may hold."""

import random
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model.clone import clone
from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes, Linear, Needed, Opaque
from spillproof.model.state import put_sizes, slots, snapshot
from spillproof.model.system import Model, action


class Color(Enum):
    RED = 1
    BLUE = 2


class Page(HeapObject):
    size: Bytes = 0
    color: Color = Color.RED
    next: "Page | None" = None
    many: "list[Page] | None" = None
    sizes: "list[Bytes] | None" = None


class State(Model):
    total: Bytes
    parts: list[Bytes]
    limit: Bytes | None

    def begin(self) -> None:
        self.total = 0

    @action
    def nothing(self) -> None:
        pass


def state(**fields: Any) -> Any:
    """A state with these fields."""
    made = State().start()
    vars(made).update(fields)
    return made


def key(**fields: Any) -> tuple[int, ...]:
    """The shape of a state with these fields."""
    return snapshot(state(**fields)).key


# A tree is written as (size, color, children, sizes): what a bag of pages holds, without Python's objects.

trees: st.SearchStrategy[Any] = st.recursive(
    st.tuples(st.integers(0, 2), st.sampled_from(Color), st.just(()), st.lists(st.integers(0, 2), max_size=2)),
    lambda inner: st.tuples(
        st.integers(0, 2),
        st.sampled_from(Color),
        st.lists(inner, max_size=2).map(tuple),
        st.lists(st.integers(0, 2), max_size=2),
    ),
    max_leaves=4,
)


def page(tree: Any) -> Page:
    """The page that a tree describes."""
    size, color, children, sizes = tree
    return Page(size, color, None, [page(child) for child in children], list(sizes))


def blank(tree: Any) -> Any:
    """A tree with every size but the constant 0 blanked out: what its shape is."""
    size, color, children, sizes = tree
    return (bool(size), color.name, tuple(blank(child) for child in children), tuple(map(bool, sizes)))


@given(st.lists(trees, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_a_bag_is_no_part_of_the_shape(members: list[Any], chance: random.Random) -> None:
    """Two states that differ in the order in which members were added, and in what sizes are, have one shape."""
    other = [(size * 7, color, children, sizes) for size, color, children, sizes in members]
    chance.shuffle(other)

    assert key(bag=Bag(map(page, members))) == key(bag=Bag(map(page, other)))


@given(st.lists(trees, max_size=3), st.lists(trees, max_size=3))
def test_shapes_are_equal_exactly_when_states_are_isomorphic(one: list[Any], two: list[Any]) -> None:
    """Bags of trees have one shape exactly when the blanked-out trees are the same, counted without order."""
    same = sorted(map(repr, map(blank, one))) == sorted(map(repr, map(blank, two)))

    assert (key(bag=Bag(map(page, one))) == key(bag=Bag(map(page, two)))) is same


def test_concrete_and_unknown_sizes_have_one_shape() -> None:
    """A state on integers has the shape of the same state on unknown sizes, lists of sizes in a bag included."""

    def of(one: Any, two: Any) -> tuple[int, ...]:
        return key(total=one, bag=Bag([Page(sizes=[one]), Page(sizes=[0]), Page(two)]))

    assert len({of(Linear({0: 1}, 1), Linear({7: 1})), *(of(size, 3) for size in range(1, 40))}) == 1


DIFFERENT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("0 and not 0", {"total": 0}, {"total": 1}),
    ("a size and None", {"limit": 4}, {"limit": None}),
    ("more sizes", {"parts": [1]}, {"parts": [1, 1]}),
    ("a list and a tuple of one reference", {"x": [True]}, {"x": True}),
    ("True and 1", {"x": True}, {"x": 1}),
    ("text and a number", {"x": "1"}, {"x": 1}),
    ("values of an enum", {"x": Color.RED}, {"x": Color.BLUE}),
    ("order of a list", {"x": [1, 2]}, {"x": [2, 1]}),
    ("dict keys", {"x": {"a": 1}}, {"x": {"b": 1}}),
    ("a field more", {"x": None}, {}),
]


@pytest.mark.parametrize(("one", "two"), [pytest.param(*each[1:], id=each[0]) for each in DIFFERENT])
def test_what_is_part_of_the_shape(one: dict[str, Any], two: dict[str, Any]) -> None:
    """States that an action could tell apart without asking for a size's value have different shapes."""
    assert key(**one) != key(**two)


def test_one_object_twice_is_not_two_objects() -> None:
    """Sharing is part of the shape."""
    shared = Page()

    assert key(x=shared, y=shared) != key(x=Page(), y=Page())


def test_a_cycle_has_a_shape() -> None:
    """A list of two pages in a ring differs from one page that refers to itself twice over."""
    ring, loop = Page(), Page()
    ring.next, loop.next = Page(next=ring), loop

    assert key(x=ring) != key(x=loop)
    assert key(x=ring) == key(x=ring.next)


@given(trees, st.lists(st.integers(1, 9), min_size=30, max_size=30))
def test_sizes_are_put_where_the_slots_are(tree: Any, numbers: list[int]) -> None:
    """What is put into a state's slots is what its snapshot then gives, slot by slot, and its shape stays."""
    made = state(total=3, first=page(tree), parts=[0, 2])
    before = snapshot(made)
    count = len(slots(made))
    put_sizes(made, numbers[:count])
    after = snapshot(made)

    assert after.key == before.key
    assert list(after.sizes) == numbers[:count]
    assert len(before.sizes) == count


def test_slots_say_where_they_are() -> None:
    """A slot is named as a person would write it."""
    made = state(total=1, first=Page(2, next=Page(3)), parts=[0, 4], pages=[Page(5)])

    assert sorted(slot.where for slot in slots(made)) == [
        "first.next.size",
        "first.size",
        "pages[0].size",
        "parts[1]",
        "total",
    ]


SLICED = frozenset({(State, "total"), (State, "limit"), (State, "parts"), (Page, "size")})


@pytest.mark.parametrize(("one", "two", "same"), [
    ({"total": 0}, {"total": 5}, True),
    ({"limit": 0}, {"limit": 5}, True),
    ({"limit": None}, {"limit": 5}, False),
    ({"parts": [0]}, {"parts": [5]}, True),
    ({"parts": []}, {"parts": [5]}, False),
])  # fmt: skip # a table
def test_slicing_leaves_out_values_and_nothing_else(one: dict[str, Any], two: dict[str, Any], same: bool) -> None:  # noqa: FBT001 - a table
    """Whether there is a size, and how many, is part of the shape even where their values are sliced away."""
    assert (snapshot(state(**one), SLICED).key == snapshot(state(**two), SLICED).key) is same


@pytest.mark.parametrize("negative", [-1, Linear({0: 1}, -1), Opaque(frozenset({(State, "total")}), signed=True)])
def test_what_may_be_negative_is_not_sliced(negative: Any) -> None:
    """A quantity that may be negative in some state is needed."""
    for fields in ({"total": negative}, {"parts": [negative]}):
        with pytest.raises(Needed):
            snapshot(state(**fields), SLICED)


def test_hiding_leaves_structure() -> None:
    """A sliced quantity becomes opaque, one by one in a list, and None stays None."""
    made = state(total=3, limit=None, parts=[1, 2])
    put_sizes(made, [], SLICED)

    assert (type(made.total), made.limit, [*map(type, made.parts)]) == (Opaque, None, [Opaque, Opaque])


REFUSED: list[tuple[str, Callable[[], Any], str]] = [
    ("a set", lambda: {1}, "keep heap objects in a Bag"),
    ("a float", lambda: 0.5, "sizes are whole bytes"),
    ("a function", lambda: len, "which no engine can honour"),
    ("a foreign object", object, "which no engine can honour"),
    ("a bytearray", bytearray, "which no engine can honour"),
    ("a dict keyed by an object", lambda: {Page(): 1}, "keep heap objects in a Bag"),
    ("an undeclared size", lambda: Linear({0: 1}), "write `x: Bytes`"),
    ("an undeclared size in a list", lambda: [Linear({0: 1})], "write `x: Bytes`"),
    ("text made of a size", lambda: f"{Linear({0: 1})} bytes", "depends on a size"),
    ("a key made of a size", lambda: {f"{Linear({0: 1})}": 1}, "compare the size, not its text"),
]


@pytest.mark.parametrize(("value", "said"), [pytest.param(*each[1:], id=each[0]) for each in REFUSED])
def test_what_no_state_may_hold(value: Callable[[], Any], said: str) -> None:
    """The refusal names what was seen and says what to write instead."""
    with pytest.raises(ModelError, match=said):
        key(x=value())


@pytest.mark.parametrize("container", [list, dict, Bag])
def test_a_container_belongs_to_one_field(container: Callable[[], Any]) -> None:
    """Two fields that share a list would have two lists in a copy, so that a state which has such is refused."""
    shared = container()
    with pytest.raises(ModelError, match=r"State\.y shares its \w+ with another field"):
        key(x=shared, y=shared)
    with pytest.raises(ModelError, match="shares its"):
        key(x=[shared, shared])


def test_constants_may_be_shared() -> None:
    """Nothing immutable is refused for being in two places."""
    shared = (1, "a", frozenset({2}))

    assert key(x=shared, y=shared)


@given(trees)
def test_a_clone_is_the_same_state_and_shares_no_object(tree: Any) -> None:
    """A clone has the same shape and sizes, and none of its objects is the original's."""
    made = state(total=2, bag=Bag([page(tree)]), ring=[page(tree)])
    copy = clone(made)
    before, after = snapshot(made), snapshot(copy)

    assert (after.key, after.sizes) == (before.key, before.sizes)
    assert {id(each) for each in before.objects}.isdisjoint(id(each) for each in after.objects)


def test_a_key_does_not_depend_on_the_process() -> None:
    """Two processes with other string hashes, one of which has seen other constants before, spell a shape alike."""
    program = (
        "import sys\n"
        "from spillproof.model.fields import number_of\n"
        "for each in sys.argv[1:]: number_of(each)\n"
        "from spillproof.model.lessons.yardstick import Yardstick\n"
        "from spillproof.model.state import snapshot\n"
        "print(snapshot(Yardstick().start(capacity=4)).key)"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program, *before],
            check=True,
            capture_output=True,
            text=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed, before in (("1", ()), ("2", ("x", "y")))
    }

    assert len(printed) == 1


def test_fixme_members_that_only_others_tell_apart_may_have_two_shapes() -> None:
    """A known weakness: two members that look alike, one of which a later list refers to, are put in order of adding.

    Isomorphic states then have two shapes. That costs time and no soundness; engines that count use `canonical`.
    """
    one, two = Page(), Page()
    first = key(a=Bag([one, two]), b=[one])
    second = key(a=Bag([two, one]), b=[one])

    assert first != second
