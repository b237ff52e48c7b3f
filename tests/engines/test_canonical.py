"""Canonical forms, against all permutations of small graphs; and many alike members, which do not take all orders."""

import random
import time
from itertools import permutations
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.engines.exploration import canonical
from spillproof.properties.engines.exploration.canonical import MOST_SYMMETRIES, Canon, State, form_of
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.graph import Item, Members, Nodes, SizeAt, To, Word
from spillproof.properties.engines.exploration.kernel import explore_fast
from spillproof.properties.engines.exploration.labels import Permutation, label
from spillproof.properties.engines.exploration.layers import Bounds


def graph(chance: random.Random, most: int = 5) -> Nodes:
    """A random graph whose first node has all others in bags, so that they can be reached."""
    others = [*range(1, chance.randint(2, most) + 1)]
    split = chance.randint(0, len(others)) if chance.random() < 0.3 else len(others)
    nodes: Nodes = [[Word("model"), Members(others[:split]), Members(others[split:])]]
    sizes = 0
    for node in others:
        items: list[Item] = [Word(chance.choice("aab"))]
        for _ in range(chance.randint(0, 2)):
            kind = chance.randrange(3)
            if kind == 0:
                items.append(SizeAt(sizes))
                sizes += 1
            elif kind == 1:
                items.append(To(chance.choice([node, *others])))
            else:
                items.append(Members(chance.sample(others, chance.randint(0, len(others)))))
        nodes.append(items)
    return nodes


def moved(nodes: Nodes, to: Permutation) -> Nodes:
    """The same graph with its nodes numbered otherwise, and its sizes as they come."""
    result: Nodes = [[] for _ in nodes]
    for node, items in enumerate(nodes):
        result[to[node]] = [
            To(to[item])
            if isinstance(item, To)
            else Members([to[each] for each in reversed(item)])
            if isinstance(item, Members)
            else item
            for item in items
        ]
    return result


def plain(nodes: Nodes) -> Any:
    """A graph as a value: equal for equal graphs, sizes blanked out."""
    return [
        [
            ("size",)
            if isinstance(item, SizeAt)
            else ("bag", *sorted(item))
            if isinstance(item, Members)
            else (type(item).__name__, item)
            for item in items
        ]
        for items in nodes
    ]


def renumberings(nodes: Nodes) -> list[Permutation]:
    """Every way to number the nodes that leaves the first where it is."""
    return [(0, *rest) for rest in permutations(range(1, len(nodes)))]


def generated(symmetries: tuple[Permutation, ...], count: int) -> set[Permutation]:
    """All symmetries that some are made of."""
    found = {tuple(range(count))}
    waiting = [*found]
    for each in waiting:
        for symmetry in symmetries:
            after = tuple(symmetry[node] for node in each)
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


@pytest.mark.parametrize("seed", range(150))
def test_the_form_is_that_of_all_isomorphic_graphs_and_of_no_other(seed: int) -> None:
    """Of two random graphs the words are equal exactly when a renumbering of the one is the other."""
    chance = random.Random(seed)
    one, two = graph(chance), graph(chance)
    other = moved(one, chance.choice(renumberings(one)))

    assert label(one).words == label(other).words
    same = len(one) == len(two) and any(plain(moved(one, each)) == plain(two) for each in renumberings(one))
    assert (label(one).words == label(two).words) is same


@pytest.mark.parametrize("seed", range(150))
def test_the_symmetries_are_all_that_there_are(seed: int) -> None:
    """What the symmetries found generate is every renumbering that leaves a random graph as it is."""
    nodes = graph(random.Random(seed))
    wanted = {each for each in renumberings(nodes) if plain(moved(nodes, each)) == plain(nodes)}

    assert generated(label(nodes).symmetries, len(nodes)) == wanted


def valued(nodes: Nodes, sizes: list[int]) -> Any:
    """A graph with its sizes as a value."""
    return [
        [("=", sizes[int(item)]) if isinstance(item, SizeAt) else shown for item, shown in zip(*each, strict=True)]
        for each in zip(nodes, plain(nodes), strict=True)
    ]


@pytest.mark.parametrize("most", [MOST_SYMMETRIES, 0])
@pytest.mark.parametrize("seed", range(60))
def test_a_state_is_that_of_its_values(seed: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two states of one graph have one form exactly when a symmetry makes the one of the other, however it is found."""
    monkeypatch.setattr("spillproof.properties.engines.exploration.canonical.MOST_SYMMETRIES", most)
    chance = random.Random(seed)
    nodes = graph(chance)
    count = sum(isinstance(item, SizeAt) for items in nodes for item in items)
    one, two = ([chance.randint(0, 2) for _ in range(count)] for _ in range(2))
    form = form_of(nodes)

    same = any(valued(moved(nodes, each), one) == valued(nodes, two) for each in renumberings(nodes))
    assert (form.canonical(one) == form.canonical(two)) is same


class Child(HeapObject):
    held: Bytes = 0


class Page(HeapObject):
    size: Bytes = 0
    child: Child | None = None
    next: "Page | None" = None


class Pages(Model):
    """Pages in a bag that nothing tells apart."""

    def begin(self, pages: int = 12, *, children: bool = False) -> None:
        self.pages = Bag(Page(0, Child() if children else None) for _ in range(pages))

    @action
    def load(self, page: Page, size: Bytes) -> None:
        page.size += size


@pytest.mark.parametrize("children", [False, True])
def test_many_alike_members_take_no_time(children: bool) -> None:  # noqa: FBT001 - both
    """Twelve alike members, with a child each or without, have 12! symmetries; none of the orders is written down."""
    model = Pages(children=children)
    started = time.process_time()
    states = set()
    for place in range(12):
        state = model.start()
        [*state.pages][place].size = 3
        states.add(Canon().canonical(state)[0])

    assert len(states) == 1
    assert time.process_time() - started < 5  # a second on an idle machine; all the orders would take years


def loaded(pages: int) -> Any:
    """A state whose pages have a byte each."""
    state = Pages(pages=pages).start()
    for page in state.pages:
        page.size = 1
    return state


def test_too_many_symmetries_are_not_listed() -> None:
    """Six alike members have 720 symmetries, which are listed; seven have 5040, which are not."""
    six, seven = Canon().form(loaded(6)), Canon().form(loaded(7))

    assert (len(six.orders), six.is_listed) == (720, True)
    assert (seven.orders, seven.is_listed) == ((), False)


def test_kernels_leave_many_symmetries_to_the_walk() -> None:
    """Where the symmetries are not listed, the kernels' answer is the plain walk's."""
    bounds = Bounds(largest=1, depth=2)

    assert explore_fast(Pages(pages=7), [], bounds) == explore(Pages(pages=7), [], bounds)
    # nothing; one page with 1; one page with 2, or two with 1
    assert explore(Pages(pages=7), [], bounds).states == 4


def rings(*lengths: int) -> Any:
    """A state whose pages refer to each other in rings."""
    state = Pages(pages=sum(lengths)).start()
    pages = [*state.pages]
    for length in lengths:
        ring, pages = pages[:length], pages[length:]
        for one, other in zip(ring, [*ring[1:], ring[0]], strict=True):
            one.next = other
    return state


def test_rings_are_told_apart_by_their_lengths() -> None:
    """Where every page looks alike to its neighbours, its ring is still told from others."""
    forms: dict[tuple[int, ...], State] = {
        each: Canon().canonical(rings(*each))[0] for each in [(6,), (3, 3), (2, 2, 2), (4, 2), (5, 1)]
    }

    assert len(set(forms.values())) == 5
    assert Canon().canonical(rings(2, 4))[0] == forms[4, 2]


def test_a_graph_with_too_many_orders_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph of which more orders look different than anybody will try is refused, with what to do."""
    monkeypatch.setattr("spillproof.properties.engines.exploration.labels.MOST_ORDERS_TRIED", 0)
    with pytest.raises(ModelError, match=r"so regularly that more than .* bound by the scope"):
        Canon().canonical(rings(3, 3))


class Sized(HeapObject):
    """A member that has a size."""

    size: Bytes = 0


class Holder(Model):
    """Has alike members, and a size of its own."""

    own: Bytes

    def begin(self) -> None:
        self.own = 7
        self.members: Bag[Sized] = Bag()

    @action
    def nothing(self) -> None:
        """Change nothing."""


@pytest.mark.parametrize("most", [0, 100])
def test_states_with_too_many_symmetries(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is brought into its form by itself then, and the same states are alike: those with the same sizes."""
    monkeypatch.setattr(canonical, "MOST_SYMMETRIES", most)
    canon = Canon()

    def form(*sizes: int) -> State | None:
        state: Any = Holder().start()
        state.members = Bag(Sized(each) for each in sizes)
        return canon.reached(state)

    for sizes in ((1, 2, 3), (0, 0, 5), (2, 2, 2)):
        assert len({form(*order) for order in permutations(sizes)}) == 1
    assert len({form(*sizes) for sizes in ((1, 2, 3), (1, 2, 4), (1, 1, 3), (0, 2, 3), (1, 2))}) == 5
    assert form(1, -1) is None


@pytest.mark.parametrize("most", [0, 100])
def test_a_zero_is_a_zero(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be it a constant of the shape or the value of an unknown: the first of these, or another."""
    monkeypatch.setattr(canonical, "MOST_SYMMETRIES", most)
    constant = form_of([[Word("model"), SizeAt(-1), SizeAt(0), SizeAt(1)]])
    unknown = form_of([[Word("model"), SizeAt(0), SizeAt(1), SizeAt(2)]])

    assert constant.canonical([5, 7]) == unknown.canonical([0, 5, 7])
    assert constant.canonical([5, 7]).values == (0, 5, 7)
