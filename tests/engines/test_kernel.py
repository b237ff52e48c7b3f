"""The kernels, against the plain walk and against counts of other tools."""

from enum import Enum
from typing import Any

import numpy as np
import pytest

from spillproof.model.heap import Bag, HeapObject
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.catalogue import BUILT_IN, NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, always, sometimes
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.exploration.canonical import State
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.kernel import explore_fast
from spillproof.properties.engines.exploration.layers import Bounds, Exploration
from spillproof.properties.engines.exploration.packed import Packing
from spillproof.properties.engines.exploration.seen import Seen, distinct


class Page(HeapObject):
    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Reader(HeapObject):
    page: Page | None = None
    read: Bytes = 0


class Library(Model):
    """Readers hold pages of a bag; a page that is withdrawn stays reachable while it is read."""

    def begin(self, readers: int = 2, most: int = 2) -> None:
        self.most = most
        self.pages: Bag[Page] = Bag()
        self.readers = Bag(Reader() for _ in range(readers))

    @action
    def bring(self, size: Bytes) -> None:
        require(len(self.pages) < self.most)
        self.pages.add(Page(size))

    @action
    def open(self, reader: Reader, page: Page) -> None:
        require(reader.page is None)
        reader.page = page

    @action
    def go_on(self, reader: Reader, size: Bytes) -> None:
        require(reader.page is not None and reader.read + size <= reader.page.size)
        reader.read += size

    @action
    def close(self, reader: Reader) -> None:
        require(reader.page is not None)
        reader.page = None
        reader.read = 0

    @action
    def withdraw(self, page: Page) -> None:
        require(page in self.pages)
        self.pages.discard(page)

    def accounted(self) -> Bytes:
        total: Bytes = 0
        for page in self.pages:
            total += page.size
        return total


class Mood(Enum):
    CALM = 1
    HASTY = 2


class Clerk(HeapObject):
    load: Bytes = 0


class Office(Model):
    """Uses what the kernels must get right: quotients, remainders, choices, switches, errors, counters below 0."""

    stock: Bytes = 0
    shelf: Bytes = 0
    mood: Mood = Mood.CALM
    limit: Bytes

    def begin(self, limit: Bytes, strict: bool) -> None:  # noqa: FBT001 - a switch that the scope leaves open
        self.limit = limit
        self.strict = strict
        self.stock = 0
        self.shelf = 0
        self.clerks = [Clerk(), Clerk()]

    @action
    def order(self, size: Bytes, mood: Mood, twice: bool) -> None:  # noqa: FBT001 - a switch
        require(self.stock + self.shelf <= self.limit)
        self.mood = mood
        self.stock += 2 * size if twice else size

    @action
    def halve(self) -> None:
        require(self.stock > 1)
        self.shelf += self.stock % 3
        self.stock = (self.stock - 1) // 2

    @action
    def hand_out(self) -> None:
        require(self.stock > 0)
        clerk = choose(self.clerks)
        if self.mood is Mood.HASTY and self.strict and self.shelf // 2 > 0:
            message = "too hasty"
            raise ValueError(message)
        clerk.load = max(clerk.load, self.stock - self.shelf)
        self.stock -= min(self.stock, 2)

    @action
    def give_back(self, clerk: Clerk, size: Bytes) -> None:
        require(clerk.load != 0 and not self.strict)
        clerk.load -= size


class Stuck(Model):
    """Every run ends in a dead end: at 1 a good one, above 1 a bad one."""

    level: Bytes = 0
    limit: Bytes

    def begin(self, limit: Bytes) -> None:
        self.level = 0
        self.limit = limit

    @action
    def fill(self, size: Bytes) -> None:
        require(self.level < self.limit)
        self.level += size


class Doubling(Model):
    """A size that soon needs more bits than anything that was given."""

    sizes: list[Bytes]

    def begin(self, many: int = 1) -> None:
        self.sizes = [1] * many

    @action
    def double(self) -> None:
        self.sizes[0] += self.sizes[0]

    @action
    def halve(self) -> None:
        require(self.sizes[0] > 1)
        self.sizes[0] = self.sizes[0] // 2

    @action
    def turn(self, size: Bytes) -> None:
        self.sizes = [*self.sizes[1:], self.sizes[0] + size]


class Either(Model):
    """Two sizes of which one is always 0, so that no shape covers all states of the one skeleton."""

    left: Bytes = 0
    right: Bytes = 0

    def begin(self) -> None:
        self.left = 0
        self.right = 0

    @action
    def go_left(self, size: Bytes) -> None:
        require(self.right == 0 and self.left < 6)
        self.left += size

    @action
    def go_right(self, size: Bytes) -> None:
        require(self.left == 0 and self.right < 5)
        self.right += size

    @action
    def back(self) -> None:
        self.left = 0
        self.right = 0


class Tally(Model):
    """A level that rises and falls, and a count of all that was ever put in."""

    level: Bytes = 0
    total: Bytes = 0

    def begin(self) -> None:
        self.level = 0
        self.total = 0

    @action
    def put(self, size: Bytes) -> None:
        require(self.level + size < 5)
        self.level += size
        self.total += size

    @action
    def clear(self) -> None:
        self.level = 0


@always
def below_three(now: Tally) -> bool:
    """The level is below three."""
    return now.level < 3


@always
def fits(now: Stuck) -> bool:
    """What was filled in is at most the limit."""
    return now.level <= now.limit


@always
def never_falls_by_three(before: Office, after: Office) -> bool:
    """No step takes three or more out of the stock."""
    return after.stock >= before.stock - 2


@sometimes(beside=never_falls_by_three)
def shelf_is_three(now: Office) -> bool:
    """At some time there are exactly three on the shelf."""
    return now.shelf == 3


OFFICE = (never_falls_by_three, shelf_is_three, *BUILT_IN)

CASES: dict[str, tuple[Model, tuple[Claim, ...] | None, Bounds]] = {
    "none": (Yardstick(), None, Bounds(opening={"capacity": 4})),
    "shallow": (Yardstick(forgets=Forgets.ALWAYS), None, Bounds(opening={"capacity": 4}, depth=6)),
    "deep": (Yardstick(forgets=Forgets.AGAIN_WHEN_FULL), None, Bounds(opening={"capacity": 4}, depth=7)),
    "no size given": (Yardstick(consumers=1), None, Bounds(largest=3)),
    "bags": (Library(), None, Bounds()),
    "three readers": (Library(readers=3), (free_is_unreachable,), Bounds(depth=5)),
    "office": (Office(), OFFICE, Bounds(opening={"limit": 4}, depth=5)),
    "larger sizes": (Office(strict=True), OFFICE, Bounds(largest=3, depth=3)),
    "no shape covers all": (Either(), BUILT_IN, Bounds()),
    "dead ends": (Stuck(), (fits,), Bounds(largest=3)),
    "bits": (Doubling(), BUILT_IN, Bounds(depth=12)),
    "two words": (Doubling(many=16), BUILT_IN, Bounds(largest=17, depth=2)),
    "from one word to three": (Doubling(many=24), BUILT_IN, Bounds(largest=1, depth=9)),
}


@pytest.mark.parametrize("case", CASES)
def test_agrees_with_the_plain_walk(case: str) -> None:
    """Kernels and walk give the same counts, depth and runs."""
    model, claims, bounds = CASES[case]

    slow, fast = explore(model, claims, bounds), explore_fast(model, claims, bounds)

    assert slow == fast
    assert slow.states > 10 or case == "dead ends"


def test_cases_are_not_vacuous() -> None:
    """Among the cases are runs that raise, runs with a counter below 0, violations and witnesses."""
    office = explore_fast(*CASES["office"])

    assert {NO_EXCEPTION.name, NEVER_NEGATIVE.name, "never_falls_by_three"} == set(office.violations)
    assert {"shelf_is_three"} == set(office.witnesses)
    assert len(explore_fast(*CASES["dead ends"]).violations["fits"]) == 1
    assert len(explore_fast(*CASES["bags"]).violations["free_is_unreachable"]) == 3  # bring, open, withdraw


def test_a_wrong_automaton_disagrees() -> None:
    """An automaton with an edge taken out gives other counts: the agreement above can fail."""
    model, claims, bounds = CASES["office"]
    automaton = extract(model, claims or (), lambda _guard: True)
    automaton.leaving[0].pop()

    assert explore_fast(model, claims, bounds, automaton=automaton) != explore(model, claims, bounds)


def test_yardstick_at_40() -> None:
    """All of capacity 40 has the states and transitions on which TLC, Spin, a tuple and a NumPy search agree.

    From the yardstick's own notes, and again from Spin 6.5.2 on tests/benchmarks/yardstick/yardstick.pml.
    """
    found = explore_fast(Yardstick(), [free_is_unreachable], Bounds(opening={"capacity": 40}))

    assert (found.states, found.transitions, found.complete) == (213_614, 1_569_361, True)


def shortest(forgets: Forgets, capacity: int) -> Exploration:
    """What is found up to the first violation of the chief claim."""
    bounds = Bounds(opening={"capacity": capacity}, until_decided=True)
    return explore_fast(Yardstick(forgets=forgets), [free_is_unreachable], bounds)


@pytest.mark.parametrize(
    ("forgets", "capacity", "steps"),
    [
        (Forgets.ALWAYS, 6, 3),
        (Forgets.AGAIN_WHEN_FULL, 1, 5),
        (Forgets.AGAIN_WHEN_FULL, 6, 6),
        (Forgets.AGAIN_WHEN_FULL, 16, 11),
        (Forgets.AGAIN_WHEN_FULL, 32, 19),
    ],
)
def test_shortest_violations(forgets: Forgets, capacity: int, steps: int) -> None:
    """Shallow takes 3 steps; deep takes capacity / 2 + 3, as the pool must be full, and 5 at least."""
    found = shortest(forgets, capacity)

    assert steps == len(found.violations["free_is_unreachable"])


def test_interrupt() -> None:
    """An interrupt leaves what was known of the finished layers, as the plain walk does."""

    def interrupt(depth: int, _states: int, _transitions: int) -> None:
        if depth == 4:
            raise KeyboardInterrupt

    bounds = Bounds(opening={"capacity": 5})

    slow, fast = (each(Yardstick(), None, bounds, progress=interrupt) for each in (explore, explore_fast))

    assert slow == fast
    assert fast.stopped == "interrupt"
    assert fast.depth == 4


def test_deadline() -> None:
    """A deadline that has passed ends the extraction, and of the states only the beginning is looked at."""
    found = explore_fast(Yardstick(), None, Bounds(opening={"capacity": 5}, deadline=0.0))

    assert (found.states, found.depth, found.stopped) == (1, 0, "deadline")


def test_slicing_keeps_what_claims_see() -> None:
    """Without a counter that nothing depends on there are fewer states, the same in both engines, and the same runs."""
    model, bounds = Tally(), Bounds(depth=5)
    automaton = extract(model, [below_three], lambda _guard: True, needed=frozenset())

    slow = explore(model, [below_three], bounds, sliced=automaton.sliced)
    fast = explore_fast(model, [below_three], bounds, automaton=automaton)

    assert {(Tally, "total")} == automaton.sliced & {(Tally, "total"), (Tally, "level")}
    assert slow == fast
    assert fast.states < explore(model, [below_three], bounds).states
    assert len(fast.violations["below_three"]) == 2


# Numbers


@pytest.mark.parametrize("bits", [[3, 4], [30, 30], [40, 40, 40, 7]])
def test_packing_keeps_states(bits: list[int]) -> None:
    """A packed state unpacks to itself, and numbers are in the order of the states, in one word or in more."""
    packing = Packing([("a",), ("b",)], [bits, bits[:1]])
    zeros = [0] * (len(bits) - 1)
    values = [[0, *zeros], [1, *zeros], [*zeros, 5], [(1 << each) - 1 for each in bits]]
    states = sorted([*(State(("a",), tuple(each)) for each in values), State(("b",), (0,)), State(("b",), (7,))])

    codes = packing.pack(states)

    assert states == [packing.unpack(codes[at : at + 1]) for at in range(len(states))]
    assert codes.tolist() == sorted(codes.tolist())
    assert [(rank, len(group)) for rank, group in packing.groups(codes)] == [(0, 4), (1, 2)]


def test_widening_keeps_states() -> None:
    """Packing again with more bits, and more words, changes no state and no order."""
    narrow = Packing([("a",), ("b",)], [[3, 3], [2]])
    states = [State(("a",), (1, 2)), State(("a",), (7, 7)), State(("b",), (3,))]

    wide = narrow.widened({(0, 1): 40, (1, 0): 33}).widened({(0, 0): 40})
    codes = wide.repack(narrow.pack(states), narrow)

    assert wide.words == 2
    assert states == [wide.unpack(codes[at : at + 1]) for at in range(len(states))]


def test_seen() -> None:
    """What was added is taken out of what is asked, whatever was merged in between."""
    seen = Seen()
    random = np.random.default_rng(1)
    known: set[int] = set()
    for size in (5, 1, 1, 40, 3, 3, 200, 7):
        asked = distinct(random.integers(0, 300, size, dtype=np.uint64))
        new: Any = seen.without(asked)
        assert sorted(set(asked.tolist()) - known) == new.tolist()
        seen.add(new)
        known.update(new.tolist())
    assert len(known) == sum(map(len, seen.parts))
