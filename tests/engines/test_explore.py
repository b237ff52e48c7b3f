"""The plain walk, against counts that were made without it."""

from itertools import combinations_with_replacement

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable, something_is_released
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import always
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.run import Step

Consumer = tuple[int, int, int, bool, bool]
Pair = tuple[Consumer, Consumer]


def successors(state: Pair, capacity: int) -> list[Pair]:
    """The yardstick that never forgets, on tuples of accounted, owned, pinned, reading, spilled."""
    total = state[0][0] + state[1][0]
    found: list[Pair] = []
    for which, (accounted, owned, pinned, reading, spilled) in enumerate(state):
        after: list[Consumer] = [
            (accounted + size, owned + size, pinned, reading, spilled) for size in (1, 2) if total + size <= capacity
        ]
        if owned and not reading:
            after.append((accounted, owned, pinned, True, spilled))
            after.append((accounted - owned, 0, pinned, False, True))
        if reading:
            after.append((owned, owned, 0, False, spilled))
        if reading and owned:
            after.append((accounted, 0, pinned + owned, True, True))
        found.extend((each, state[1]) if which == 0 else (state[0], each) for each in after)
    return found


def count(capacity: int) -> tuple[int, int, int]:
    """The states, the transitions with the beginning, and the depth of the yardstick."""
    nobody: Consumer = (0, 0, 0, False, False)
    layer: list[Pair] = [(nobody, nobody)]
    seen = set(layer)
    transitions, depth = 1, -1
    while layer:
        depth += 1
        after = [each for state in layer for each in successors(state, capacity)]
        transitions += len(after)
        layer = list(dict.fromkeys(each for each in after if each not in seen))
        seen.update(layer)
    return len(seen), transitions, depth


@pytest.mark.parametrize("capacity", [1, 2, 5])
def test_counts(capacity: int) -> None:
    """The walk counts the states, the transitions and the depth that a search of its own on tuples counts."""
    found = explore(Yardstick(), None, Bounds(opening={"capacity": capacity}))

    assert count(capacity) == (found.states, found.transitions, found.depth)
    assert found.complete
    assert found.violations == {}


class Pot(HeapObject):
    held: Bytes = 0


class Pots(Model):
    """Pots that hold at most so much each, in no order, or in one."""

    def begin(self, pots: int = 3, most: int = 4, ordered: bool = False) -> None:  # noqa: FBT001, FBT002 - a scope
        self.most = most
        self.pots = [Pot() for _ in range(pots)] if ordered else Bag(Pot() for _ in range(pots))

    @action
    def put(self, pot: Pot, size: Bytes) -> None:
        require(pot.held + size <= self.most)
        pot.held += size


def test_bags_have_no_order() -> None:
    """Members of a bag are counted without their order: 3 pots of 0 to 4 bytes are a multiset."""
    multisets = list(combinations_with_replacement(range(5), 3))

    found = explore(Pots())

    assert len(multisets) == found.states
    # from a pot that holds h, 1 and 2 fit if h + 1 and h + 2 are at most 4
    assert 1 + sum(min(4 - held, 2) for pots in multisets for held in pots) == found.transitions


def test_lists_have_order() -> None:
    """Members of a list are told apart: 3 pots of 0 to 4 bytes are 5 × 5 × 5 states."""
    assert explore(Pots(ordered=True)).states == 5**3


@pytest.mark.parametrize(("capacity", "steps"), [(2, 5), (4, 5), (6, 6), (8, 7)])
def test_deep(capacity: int, steps: int) -> None:
    """The deep variant is violated in capacity / 2 + 3 steps, and in no less than 5."""
    found = explore(
        Yardstick(forgets=Forgets.AGAIN_WHEN_FULL, consumers=1),
        [free_is_unreachable],
        Bounds(opening={"capacity": capacity}, until_decided=True),
    )

    assert steps == len(found.violations["free_is_unreachable"])
    assert found.stopped == "decided"
    assert steps == found.depth


def test_first_shortest_run() -> None:
    """Of the shortest runs that violate the shallow variant it reports the one through the least states."""
    found = explore(Yardstick(forgets=Forgets.ALWAYS), None, Bounds(opening={"capacity": 3}, depth=4))

    run = found.violations["free_is_unreachable"]
    # The state 0 0 0 of the first consumer is the least, so it is the second that does it all, with the least size.
    assert (Step("acquire", (2, 1)), Step("start_reading", (2,)), Step("spill", (2,))) == run.steps
    assert run.opening == (3,)


def test_witness() -> None:
    """A `sometimes` claim is answered by the first shortest run that shows it."""
    found = explore(Yardstick(), [something_is_released], Bounds(opening={"capacity": 3}, until_decided=True))

    assert [step.action for step in found.witnesses["something_is_released"].steps] == ["acquire", "spill"]
    assert found.violations == {}


class Leaky(Model):
    """Takes back more than it gave, and falls over at 3."""

    used: Bytes = 0

    def begin(self) -> None:
        self.used = 0

    @action
    def give(self, size: Bytes) -> None:
        self.used += size
        if self.used > 2:
            message = "full"
            raise RuntimeError(message)

    @action
    def take(self, size: Bytes) -> None:
        require(self.used > 0)
        self.used -= size


def test_ends_of_runs() -> None:
    """A step that raises or makes a counter negative is a violation and a transition, and leads to no state."""
    found = explore(Leaky())

    assert [step.action for step in found.violations[NO_EXCEPTION.name].steps] == ["give", "give"]
    assert [step.action for step in found.violations[NEVER_NEGATIVE.name].steps] == ["give", "take"]
    # 0, 1 and 2 bytes; from each two sizes to give, from 1 and 2 two sizes to take; and the beginning
    assert (found.states, found.transitions) == (3, 1 + 6 + 4)


def test_open_sizes_range() -> None:
    """An open size that is not given ranges over the same sizes as arguments do, and each is a beginning."""
    found = explore(Yardstick(consumers=1), [], Bounds(largest=3, depth=0))

    assert (found.states, found.transitions, found.depth) == (3, 3, 0)


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        (Bounds(largest=0), "at least 1"),
        (Bounds(opening={"size": 3}), "no size 'size' open; available: capacity"),
        (Bounds(opening={"capacity": 0}), "must be at least 1, not 0"),
    ],
)
def test_refuses_bounds(bounds: Bounds, says: str) -> None:
    """Bounds that fit no model are refused with what was seen and what is available."""
    with pytest.raises(ModelError, match=says):
        explore(Yardstick(), None, bounds)


def test_interrupt() -> None:
    """An interrupt ends the search with what is known of the layers that were finished."""

    def interrupt(depth: int, _states: int, _transitions: int) -> None:
        if depth == 3:
            raise KeyboardInterrupt

    bounds = Bounds(opening={"capacity": 4})
    found = explore(Yardstick(), None, bounds, progress=interrupt)
    bounded = explore(Yardstick(), None, Bounds(opening={"capacity": 4}, depth=3))

    assert (bounded.states, bounded.transitions, 3) == (found.states, found.transitions, found.depth)
    assert found.stopped == "interrupt"
    assert bounded.stopped == "depth"
    assert not found.complete


def test_deadline() -> None:
    """A deadline that has passed ends the search before its first step."""
    found = explore(Yardstick(), None, Bounds(opening={"capacity": 4}, deadline=0.0))

    assert (found.states, found.depth, found.stopped) == (1, 0, "deadline")


def test_replays_what_it_reports() -> None:
    """A claim that does not give the same answer again is not reported as violated."""
    answers = iter((False, True))

    @always
    def fickle(_now: Model) -> bool:
        return next(answers)

    with pytest.raises(AssertionError, match="fickle"):
        explore(Pots(), [fickle])
