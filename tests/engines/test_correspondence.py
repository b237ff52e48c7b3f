"""Which object is which: from an automaton's run to one on integers, whatever the orders."""

from typing import Any

import pytest

from spillproof.model.clone import clone
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.claims import always
from spillproof.properties.engines.automaton import correspondence as module
from spillproof.properties.engines.automaton.correspondence import correspondence
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import replay
from spillproof.properties.engines.verdict import Violated


class Page(HeapObject):
    size: Bytes = 0
    spare: Bytes = 0
    loaded: bool = False
    next: Any = None

    def shallow_size(self) -> Bytes:
        return self.size


class Pages(Model):
    """A bag of pages, each of which can be loaded, emptied, and thrown away by mistake when it is empty."""

    used: Bytes

    def begin(self, count: int = 2) -> None:
        self.used = 0
        self.pages = Bag([Page() for _ in range(count)])

    @action
    def load(self, page: Page, size: Bytes) -> None:
        require(not page.loaded)
        page.size += size
        self.used += size
        page.loaded = True

    @action
    def empty(self, page: Page, size: Bytes) -> None:
        require(page.loaded and size <= page.size)
        page.size -= size
        self.used -= size

    @action
    def drop(self, page: Page) -> None:
        """Counts a byte as free, though all that is held is in the other page."""
        require(page.loaded and page.size == 0 and self.used > 0)
        require(all(each.loaded for each in self.pages))
        self.used -= 1

    def accounted(self) -> Bytes:
        return self.used


def test_an_unknown_size_may_be_zero() -> None:
    """A page that is empty on integers stands elsewhere in their order than one whose size is unknown: four steps."""
    verdict = check(Pages(), [free_is_unreachable], witnesses=False).of(free_is_unreachable)
    assert isinstance(verdict, Violated)

    assert [step.action for step in verdict.run.steps] == ["load", "load", "empty", "drop"]
    assert verdict.minimal


class Chosen(Pages):
    """The same, but that the environment chooses the page that is dropped."""

    @action
    def drop(self) -> None:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] # the page is not an argument
        """The page is chosen."""
        page = choose(tuple(self.pages))
        require(page.loaded and page.size == 0 and self.used > 0)
        require(all(each.loaded for each in self.pages))
        self.used -= 1


@pytest.mark.parametrize("count", [2, 3])
def test_a_choice_of_a_member(count: int) -> None:
    """Which member is chosen is carried over by what it is, not by its place: the same number of steps."""
    verdict = check(Chosen(count=count), [free_is_unreachable], witnesses=False).of(free_is_unreachable)
    assert isinstance(verdict, Violated)

    assert [step.action for step in verdict.run.steps] == ["load"] * count + ["empty", "drop"]
    assert not replay(verdict.run)[-1].refused


class Overdrawn(Model):
    """A counter that may become negative, and claims that ask for the less of it and 0."""

    used: Bytes

    def begin(self) -> None:
        self.used = 5

    @action
    def release(self, size: Bytes) -> None:
        self.used -= size

    def least(self) -> Bytes:
        return min(0, self.used)


@always
def stays_whole(before: Any, after: Any) -> bool:
    """No step leads below 0."""
    return bool(after.least() >= 0 or before.used < 0)


@always
def is_below_or_not(before: Any, after: Any) -> bool:
    """True whatever happens."""
    return bool(after.least() < 0 or after.used >= 0 or before.used < 0)


def test_what_a_state_below_zero_answers() -> None:
    """The state after a step may have a negative counter, and is asked as it is: one claim is violated, one never."""
    report = check(Overdrawn(), [stays_whole, is_below_or_not], witnesses=False)
    verdict = report.of(stays_whole)
    assert isinstance(verdict, Violated)

    assert [step.arguments for step in verdict.run.steps] == [(6,)]
    assert report.of(is_below_or_not).word in ("proved", "holds")


# Laying one state on another


def ring(sizes: list[int], order: list[int]) -> Any:
    """Pages in a ring, in a bag of some order."""
    state = Pages(count=1).start()
    pages = [Page() for _ in sizes]
    for place, size in enumerate(sizes):
        pages[place].size = size
        pages[place].next = pages[(place + 1) % len(pages)]
    state.pages.members = [pages[place] for place in order]
    return state


def test_the_order_of_a_bag_does_not_matter() -> None:
    """Two rings are laid on each other so that the sizes agree."""
    one, other = ring([1, 2, 3, 4], [0, 1, 2, 3]), ring([1, 2, 3, 4], [2, 0, 3, 1])
    known = correspondence(one, other)
    assert known is not None

    assert all(known[id(page)].size == page.size for page in one.pages)
    assert all(known[id(page.next)] is known[id(page)].next for page in one.pages)


@pytest.mark.parametrize("sizes", [[1, 2, 4, 3], [1, 2, 3, 5], [1, 2, 3]])
def test_what_differs_is_not_laid_on_each_other(sizes: list[int]) -> None:
    """Another order around the ring, another size, another number of pages."""
    assert correspondence(ring([1, 2, 3, 4], [0, 1, 2, 3]), ring(sizes, list(range(len(sizes))))) is None


def test_what_is_sliced_away_may_differ() -> None:
    """A size that is left out may have any value."""
    one, other = ring([1, 1], [0, 1]), ring([1, 1], [0, 1])
    other.pages.members[0].spare = 7

    assert correspondence(one, other) is None
    assert correspondence(one, other, frozenset({(Page, "spare")})) is not None


def test_many_alike_members() -> None:
    """Twelve pages that are all alike, and one that is not, are told apart at once or given up."""
    one = ring([1] * 12 + [2], list(range(13)))
    other = clone(one)
    other.pages.members.reverse()

    assert correspondence(one, other) is not None
    other.pages.members[3].spare = 1
    assert correspondence(one, other) is None


@pytest.mark.parametrize(("most", "is_found"), [(3, True), (2, False)])
def test_as_many_ways_as_are_tried(most: int, monkeypatch: pytest.MonkeyPatch, *, is_found: bool) -> None:
    """For the first of two members both others, the first of which is not like it; for the second the one left."""
    one = ring([1, 2], [0, 1])
    other = clone(one)
    other.pages.members.reverse()
    monkeypatch.setattr(module, "MOST_TRIES", most)

    assert (correspondence(one, other) is not None) is is_found
