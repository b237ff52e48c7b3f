"""From a model to its automaton: which shapes and edges there are, what is sliced, what is refused."""

from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.lessons.pool import PoolThatForgetsToCheck
from spillproof.model.lessons.release import ReleaseThatForgetsAReference
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.model.oracle import preferred
from spillproof.model.quantity import Bytes, Count
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NO_EXCEPTION
from spillproof.properties.claims import Claim, always
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.verdict import Proved, Violated


def automaton(model: Model, *claims: Claim, any_preference: bool = False) -> Automaton:
    """The automaton of a model."""
    return extract(model, claims, Feasibility(), any_preference=any_preference, needed=frozenset())


def sliced(model: Model, *claims: Claim) -> set[str]:
    """The names of the quantities that were sliced away."""
    return {name for cls, name in automaton(model, *claims).sliced if cls.__module__ == __name__}


# Counts, with their derivation


def test_shapes_and_edges_of_a_pool_that_checks() -> None:
    """Two shapes: the buffer is empty (used and size are the constant 0), or not. Three edges and the beginning.

    Empty: `grow` if size fits; `drop` is refused. Not empty: `grow` if it fits, and `drop`, which empties. The other
    way that each `require` can come out is no edge.
    """
    made = automaton(PoolThatForgetsToCheck(checks=True))

    assert (len(made.shapes), len(made.edges)) == (2, 1 + 1 + 2)


def test_shapes_and_edges_of_a_release() -> None:
    """Five shapes: no page or a page × the reader refers to nothing or to a released page; and it reads the page.

    Repaired, the reader lets go before a page is released: nothing, a page, a page that is read.

    Edges when it forgets, after the beginning: from nothing 1 (acquire); from a page 2 (read, release); from a page
    that is read 2; from no page and a released one that is read 1; from a new page and a released one that is read 2.
    Repaired: 1 + 2 + 2.
    """
    forgets, repaired = (
        automaton(ReleaseThatForgetsAReference()),
        automaton(ReleaseThatForgetsAReference(forgets=False)),
    )

    assert (len(repaired.shapes), len(repaired.edges)) == (3, 1 + 1 + 2 + 2)
    assert (len(forgets.shapes), len(forgets.edges)) == (5, 1 + 1 + 2 + 2 + 1 + 2)


def test_shapes_of_one_consumer_of_the_yardstick() -> None:
    """A consumer is (owned is 0 or not) × (reading or not) × (pinned is 0 or not) × (spilled or not), if possible.

    Never spilled: nothing is pinned; to be read it must own. So: empty; owning; owning and read: 3. Once spilled:
    not read: empty or owning, 2; read: it was read while it owned, so that it owns or has pinned, and with both, 3.
    `accounted` is a quantity that is 0 where owned and pinned are, and is not otherwise: it splits nothing.
    """
    assert len(automaton(Yardstick(consumers=1)).shapes) == 3 + 2 + 3


class Member(HeapObject):
    held: Bytes = 0


class Crowd(Model):
    """Members of a bag, each of which may hold something."""

    def begin(self, members: int = 3) -> None:
        self.members: Bag[Member] = Bag(Member() for _ in range(members))

    @action
    def take(self, member: Member, size: Bytes) -> None:
        require(member.held == 0)
        member.held = size


@pytest.mark.parametrize("members", [1, 2, 3, 4])
def test_interchangeable_members_are_counted_once(members: int) -> None:
    """Of n members in a bag, how many hold something is all that there is to a shape: n + 1 shapes, not 2 to the n."""
    assert len(automaton(Crowd(members=members)).shapes) == members + 1


# Slicing


class Tally(Model):
    """A quantity that is compared, one that is not, one that is only claimed about, one that might go below 0."""

    used: Bytes
    written: Bytes
    claimed: Bytes
    debt: Bytes

    def begin(self) -> None:
        self.used = self.written = self.claimed = self.debt = 0

    @action
    def take(self, size: Bytes) -> None:
        require(self.used + size <= 100)
        self.used += size
        self.written += 2 * size
        self.claimed += size

    @action
    def owe(self, size: Bytes) -> None:
        self.debt = self.debt + size - 1


@always
def claimed_is_small(now: Any) -> Any:
    """What is claimed is small."""
    return now.claimed <= 100


def test_what_nothing_depends_on_is_sliced() -> None:
    """Only what a comparison or a claim reads, or what could become negative, is kept."""
    assert sliced(Tally()) >= {"written", "claimed"}
    assert not sliced(Tally()) & {"used", "debt"}
    assert "claimed" not in sliced(Tally(), claimed_is_small)
    assert "written" in sliced(Tally(), claimed_is_small)


class Optional(Model):
    """Whether there is a limit, and how many sizes there are, decides what happens; their values do not."""

    limit: Bytes | None
    sizes: list[Bytes]

    def begin(self) -> None:
        self.limit = None
        self.sizes = []

    @action
    def set_limit(self, size: Bytes) -> None:
        self.limit = size

    @action
    def push(self, size: Bytes) -> None:
        require(len(self.sizes) < 3)
        self.sizes.append(size)

    @action
    def stop(self) -> None:
        if self.limit is not None and len(self.sizes) == 2:
            raise ValueError("both")


def test_slicing_keeps_what_is_there() -> None:
    """Values are sliced away, but not whether there is one and how many: limit or none, 0 to 3 sizes, 2 × 4 shapes.

    `set_limit` and two times `push` make `stop` raise: three steps, and a fourth that raises.
    """
    verdict = check(Optional(), [NO_EXCEPTION]).of(NO_EXCEPTION)

    assert sliced(Optional()) >= {"limit", "sizes"}
    assert len(automaton(Optional()).shapes) == 2 * 4
    assert isinstance(verdict, Violated)
    assert len(verdict.run) == 4


# Exceptions


class Raising(Model):
    """Raises if more is used than there is, which its guard prevents, unless it `forgets`."""

    capacity: Bytes
    used: Bytes

    def begin(self, capacity: Bytes, *, forgets: bool = False) -> None:
        self.capacity = capacity
        self.used = 0
        self.forgets = forgets

    @action
    def take(self, size: Bytes) -> None:
        require(self.forgets or self.used + size <= self.capacity)
        if self.used + size > self.capacity:
            raise MemoryError("full")
        more = size // 2
        require(self.used >= more)
        if 2 * self.used + 1 < size:
            raise AssertionError("two comparisons, neither of which settles this one, deny it together")
        self.used += size


def test_an_exception_is_an_edge_only_where_it_can_happen() -> None:
    """With the guard, the exception's conditions contradict each other, and there is no edge for it."""
    assert not any(edge.raised for edge in automaton(Raising()).edges)
    assert any(edge.raised.startswith("MemoryError: full (") for edge in automaton(Raising(forgets=True)).edges)


def test_the_line_that_raised_is_named() -> None:
    """An error edge says which line of the model raised."""
    (goal, *_) = goals(automaton(Raising(forgets=True)), NO_EXCEPTION)
    assert goal.edge is not None

    assert "test_shapes.py:" in goal.edge.raised
    assert ", in take)" in goal.edge.raised


# Heuristics


class Preferring(Model):
    """The larger of two is taken, by a heuristic."""

    def begin(self) -> None:
        self.members = [Member(), Member()]
        self.last: Member | None = None

    @action
    def fill(self, member: Member, size: Bytes) -> None:
        require(member.held == 0)
        member.held = size

    @action
    def pick(self) -> None:
        most = max(member.held for member in self.members)
        require(most > 0)
        self.last = preferred(self.members, lambda: [each for each in self.members if each.held == most])


def test_any_preference_has_every_run_and_more() -> None:
    """Ignoring the heuristic reaches every shape that it reaches, and that the empty one of two is picked."""
    exact, loose = automaton(Preferring()), automaton(Preferring(), any_preference=True)

    def spelled(made: Automaton) -> set[str]:
        return {
            repr([vars(each) for each in shape.objects if isinstance(each, Member)])
            + str([shape.state.last is each for each in shape.state.members])
            for shape in made.shapes
        }

    assert spelled(exact) < spelled(loose)


# What is refused


class GrowingObjects(Model):
    def begin(self) -> None:
        self.members: list[Member] = []

    @action
    def push(self, size: Bytes) -> None:
        self.members.append(Member(size))


class GrowingList(Model):
    sizes: list[Bytes]

    def begin(self) -> None:
        self.sizes = []

    @action
    def push(self, size: Bytes) -> None:
        self.sizes.append(size)


class GrowingConstant(Model):
    def begin(self) -> None:
        self.count = 0

    @action
    def push(self) -> None:
        self.count += 1


class GrowingText(Model):
    def begin(self) -> None:
        self.text = ""

    @action
    def push(self) -> None:
        self.text += "x"


class GrowingCount(Model):
    """The repaired twin of `GrowingConstant`."""

    count: Count

    def begin(self) -> None:
        self.count = 0

    @action
    def push(self) -> None:
        self.count += 1


class CountingDown(Model):
    size: Bytes

    def begin(self, capacity: Bytes) -> None:
        self.size = capacity

    @action
    def drain(self) -> None:
        while self.size > 0:
            self.size -= 1


class Raises(Model):
    def begin(self, capacity: Bytes) -> None:
        if capacity > 10:
            raise ValueError("too large")

    @action
    def nothing(self) -> None:
        pass


class Impossible(Model):
    def begin(self, capacity: Bytes) -> None:
        require(capacity < 1)

    @action
    def nothing(self) -> None:
        pass


@pytest.mark.parametrize(("model", "said"), [
    (GrowingObjects, "object graph grows without bound .* bound by the scope"),
    (GrowingList, "state grows without bound .* bound by the scope how many members"),
    (GrowingConstant, r"GrowingConstant\.count takes ever new values .* declare it as a quantity \(`count: Count`\)"),
    (GrowingText, r"GrowingText\.text takes ever new values .* without end; bound it by the scope"),
    (CountingDown, r"test_shapes\.py:\d+, in drain: drain makes more than 400 comparisons .* must not count by a size"),
    (Raises, "ValueError: too large .*require"),
    (Impossible, "has no beginning"),
])  # fmt: skip # a table
def test_what_has_no_finite_automaton_is_refused(model: type[Model], said: str) -> None:
    """The message says what grows, or what cannot begin, and what to do."""
    with pytest.raises(ModelError, match=said):
        automaton(model())


def test_a_count_may_grow() -> None:
    """A number that is declared as a quantity may count without end: it is 0, or it is not."""
    assert len(automaton(GrowingCount(), always(lambda now: now.count >= 0)).shapes) <= 2
    assert isinstance(check(GrowingCount(), [NO_EXCEPTION]).of(NO_EXCEPTION), Proved)
