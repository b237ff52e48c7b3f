"""Which bytes are counted free, on whom they hang, and what keeps them: on a model whose runs are easy to judge."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.engines.run import Moment, Run, Step, replay
from spillproof.properties.engines.story.holders import (
    claimed,
    counted_free,
    held,
    measured,
    owners,
    retained,
    shares,
)


class Block(HeapObject):
    """Some bytes, and what they refer to."""

    size: Bytes
    next: Block | None = None

    def shallow_size(self) -> Bytes:
        return self.size


class Owner(HeapObject):
    """Claims bytes and refers to some."""

    first: Block | None = None
    second: Block | None = None
    short_name: ClassVar[str] = "C"


class Books(Model):
    """Two owners and a view. Whoever takes a step says what is claimed, and the account is what was claimed."""

    one: Owner
    two: Owner
    view: Block | None
    used: Bytes
    more: Bytes

    def begin(self) -> None:
        self.one, self.two, self.view, self.used, self.more = Owner(), Owner(), None, 0, 0

    @action
    def keep(self, owner: Owner, size: Bytes, claim: Bytes) -> None:
        """An owner claims some bytes and keeps so many, in its first place or in its second."""
        announce("acquire", consumer=owner, size=claim)
        self.used += claim
        if owner.first is None:
            owner.first = Block(size)
        else:
            owner.second = Block(size)

    @action
    def append(self, owner: Owner, size: Bytes) -> None:
        """Behind what an owner keeps comes more, which nobody claims."""
        assert owner.first is not None
        owner.first.next = Block(size)

    @action
    def share(self, owner: Owner) -> None:
        """The view refers to what an owner keeps."""
        self.view = owner.first

    @action
    def release(self, owner: Owner, size: Bytes) -> None:
        """An owner gives up a claim, and drops nothing."""
        announce("release", consumer=owner, size=size)
        self.used -= size

    @action
    def other(self, owner: Owner, size: Bytes) -> None:
        """Says what changes no claim: of another kind, of nobody, of no size."""
        announce("spill", consumer=owner, size=size)
        announce("acquire", size=size)
        announce("acquire", consumer=owner)

    @action
    def declare(self, size: Bytes) -> None:
        """So many bytes are unclaimed by design."""
        self.more = size

    @action
    def fail(self) -> None:
        """Raises."""
        raise RuntimeError("no")

    def accounted(self) -> Bytes:
        """Return what is claimed."""
        return self.used

    def unclaimed(self) -> Bytes:
        """Return what was declared."""
        return self.more

    def capacity_of_pool(self) -> Bytes:
        """Return the limit."""
        return 100


class Unbounded(Model):
    """Keeps account, and has no limit."""

    used: Bytes

    def begin(self) -> None:
        self.used = 3

    @action
    def nothing(self) -> None:
        """Change nothing."""

    def accounted(self) -> Bytes:
        """Return what is accounted."""
        return self.used


class Silent(Model):
    """Keeps no account."""

    used: Bytes

    def begin(self) -> None:
        self.used = 3

    @action
    def nothing(self) -> None:
        """Change nothing."""


ONE, TWO = 1, 2
"""The owners among the objects of a state: the model is the first, then they come, in the order of the roots."""


def moments(*steps: tuple[Any, ...], model: Model | None = None) -> list[Moment]:
    """A run, each step its action and its arguments."""
    return replay(Run(model or Books(), (), tuple(Step(name, tuple(arguments)) for name, *arguments in steps)))


def sizes(found: list[HeapObject]) -> list[int]:
    """How large objects are."""
    return [int(each.shallow_size()) for each in found]


def test_what_is_measured() -> None:
    """Accounted 5, reachable 8, unclaimed 2, and free what is left of 100."""
    *_, last = moments(("keep", ONE, 8, 5), ("declare", 2))

    assert measured(last) == {"accounted": 5, "reachable": 8, "unclaimed": 2, "free": 95}


def test_what_cannot_be_measured() -> None:
    """Without a limit nothing is free; without an account, or after a step that raised, nothing is measured."""
    assert measured(moments(model=Unbounded())[-1]) == {"accounted": 3, "reachable": 0, "unclaimed": 0}
    assert measured(moments(model=Silent())[-1]) == {}
    assert measured(moments(("fail",))[-1]) == {}


def test_claims_are_what_was_announced() -> None:
    """7 acquired and 3 more, 4 released; other events, other sizes and events of nobody are not counted."""
    run = moments(("keep", ONE, 1, 7), ("keep", TWO, 1, 2), ("other", ONE, 9), ("keep", ONE, 1, 3), ("release", ONE, 4))
    one, two = (run[0].numbers[place] for place in (ONE, TWO))

    assert claimed(run) == {one: 6, two: 2}
    assert claimed(run[:3]) == {one: 7, two: 2}


def test_the_nearest_owner_owns() -> None:
    """What an owner refers to, directly or not, hangs on it; what a root refers to does not, nor what follows."""
    run = moments(("keep", ONE, 8, 8), ("append", ONE, 4), ("keep", TWO, 2, 2))
    last = run[-1]
    state = last.state
    first, behind, other = state.one.first, state.one.first.next, state.two.first

    found = owners(last, [state.one, state.two])
    assert {key: id(value) for key, value in found.items()} == {
        id(state.one): id(state.one), id(first): id(state.one), id(behind): id(state.one),
        id(state.two): id(state.two), id(other): id(state.two),
    }  # fmt: skip
    shared = moments(("keep", ONE, 8, 8), ("append", ONE, 4), ("share", ONE))[-1]
    assert set(owners(shared, [shared.state.one])) == {id(shared.state.one)}


def test_who_is_nearer() -> None:
    """What two owners can reach hangs on the one that reaches it in fewer steps."""
    last = moments(("keep", ONE, 8, 8), ("append", ONE, 4), ("keep", TWO, 2, 2))[-1]
    last.state.two.second = last.state.one.first.next  # one step from the second, two from the first

    found = owners(last, [last.state.one, last.state.two])
    assert found[id(last.state.one.first.next)] is last.state.two


def test_shares_have_claims_and_what_hangs() -> None:
    """The first claims 5 and holds 8 + 4, the second claims 2 and holds 2; before, nobody had acquired anything."""
    run = moments(("keep", ONE, 8, 5), ("keep", TWO, 2, 2), ("append", ONE, 4))
    one, two = (run[0].numbers[place] for place in (ONE, TWO))

    assert shares(run, 3) == {one: (5, 12), two: (2, 2)}
    assert shares(run, 1) == {one: (5, 8)}
    assert shares(run, 0) == {}


def test_nothing_is_counted_free_without_a_gap() -> None:
    """Where all is accounted or declared, and after a step that raised, no object is named."""
    exact = moments(("keep", ONE, 8, 8))
    declared = moments(("keep", ONE, 8, 5), ("declare", 3))
    raised = moments(("keep", ONE, 8, 5), ("fail",))

    assert counted_free(exact, 1) == counted_free(declared, 2) == counted_free(raised, 2) == []


def test_no_more_objects_than_cover_the_gap() -> None:
    """A gap of 8 is covered by an object of 8, and one of 9 by that and another: the larger comes first."""
    run = moments(("keep", ONE, 8, 8), ("keep", ONE, 5, 5), ("release", ONE, 8), ("release", ONE, 1))

    assert sizes(counted_free(run, 3)) == [8]
    assert sizes(counted_free(run, 4)) == [8, 5]


def test_who_holds_no_more_than_it_claims_is_last() -> None:
    """The second holds 50 and claims them; the first holds 3 too many, and they are named though they are small."""
    run = moments(("keep", TWO, 50, 50), ("keep", ONE, 3, 0))

    assert sizes(counted_free(run, 2)) == [3]


def test_who_holds_more_than_it_claims_comes_before_what_hangs_on_nobody() -> None:
    """The view's 50 bytes hang on nobody; those of an owner that claims too little are named first."""
    run = moments(("keep", ONE, 50, 50), ("share", ONE), ("keep", TWO, 3, 0), ("release", ONE, 48))

    assert sizes(counted_free(run, 4)) == [3, 50]
    assert [[hop.reference for hop in each.hops] for each in held(run, 4)] == [["two", "first"], ["view"]]


def test_who_released_in_the_guilty_step_comes_before_who_did_before() -> None:
    """Both hold more than they claim. In the last step the first released: its 3 bytes are named before the 50."""
    run = moments(("keep", TWO, 50, 0), ("keep", ONE, 3, 3), ("release", ONE, 1))

    assert sizes(counted_free(run, 3)) == [3, 50]


def test_only_a_release_is_a_release() -> None:
    """In the last step the second is spilled, and releases nothing: the larger 50 bytes of the first come first."""
    run = moments(("keep", ONE, 50, 0), ("keep", TWO, 3, 0), ("other", TWO, 1))

    assert sizes(counted_free(run, 3)) == [50, 3]


def test_who_claims_more_than_it_holds_is_last_as_well() -> None:
    """The second claims 60 and holds 50; the first claims nothing, and its 3 bytes and 12 more are named."""
    run = moments(("keep", TWO, 50, 60), ("keep", ONE, 3, 0), ("keep", ONE, 12, 0))

    assert sizes(counted_free(run, 3)) == [12]  # 65 reachable, 60 accounted


def test_a_gap_of_one_byte_is_a_gap() -> None:
    """One byte too many, and an object is named."""
    run = moments(("keep", ONE, 8, 7))

    assert sizes(counted_free(run, 1)) == [8]


def test_what_was_there_when_the_gap_opened_comes_before_what_is_newer() -> None:
    """The gap opened with 3 bytes; the 50 that came later are named after them."""
    run = moments(("keep", ONE, 3, 0), ("keep", ONE, 50, 0))

    assert sizes(counted_free(run, 2)) == [3, 50]


def test_a_path_says_what_each_object_retains() -> None:
    """From the root to the 4 bytes: the owner retains 12, its block 12 with 8 of its own, what is behind 4."""
    run = moments(("keep", ONE, 8, 8), ("append", ONE, 4))
    (found,) = held(run, 2)

    assert found.shallow == 8
    assert [(hop.reference, hop.name, hop.what, hop.shallow, hop.retained) for hop in found.hops] == [
        ("one", "C1", "Owner C1", 0, 12),
        ("first", "", "Block", 8, 12),
    ]


def test_what_is_kept_otherwise_is_not_retained() -> None:
    """What the view refers to, too, its owner does not retain."""
    last = moments(("keep", ONE, 8, 8), ("append", ONE, 4), ("keep", ONE, 5, 5), ("share", ONE))[-1]
    roots = list(last.state.roots())

    assert retained(last.state.one, roots) == 5
    assert retained(last.state.one.first, roots) == 12
    assert retained(last.state.one.first.next, roots) == 4
    assert retained(last.state.two, roots) == 0


@pytest.mark.parametrize(
    ("name", "what"), [("Block", "Block"), ("Block1", "Block1"), ("B1", "Block B1"), ("", "Block")]
)
def test_a_name_that_says_the_class_is_enough(name: str, what: str) -> None:
    """`Block1` is a block; of `B1` it is said."""
    run = moments(("keep", ONE, 8, 0))
    run[-1].names[id(run[-1].state.one.first)] = name

    assert held(run, 1)[0].hops[-1].what == what
