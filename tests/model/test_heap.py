"""The heap as a graph: reachability, paths, dominators and retained sizes."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spillproof.model.errors import ModelError
from spillproof.model.heap import (
    Bag,
    HeapObject,
    Reference,
    dominators,
    path_to,
    reachable_bytes,
    reachable_from,
    references,
    retained_sizes,
)


class Node(HeapObject):
    size: int
    refers: list["Node"]

    def shallow_size(self) -> int:
        return self.size


class Holder(HeapObject):
    pages: "Any" = None
    size: int = 1

    def shallow_size(self) -> int:
        return self.size


@st.composite
def heaps(draw: st.DrawFn) -> tuple[list[Node], list[Node]]:
    """Some nodes that refer to each other, cycles and all, and the roots among them."""
    count = draw(st.integers(1, 7))
    nodes = [Node(draw(st.integers(0, 9)), []) for _ in range(count)]
    for node in nodes:
        node.refers = draw(st.lists(st.sampled_from(nodes), max_size=3))
    return nodes, draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=2))


def reached(roots: list[Node], without: Node | None = None) -> set[int]:
    """What can be reached if one object is not there, by definition."""
    found: set[int] = set()
    waiting = [each for each in roots if each is not without]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found.add(id(node))
            waiting.extend(each for each in node.refers if each is not without)
    return found


@given(heaps())
def test_reachable_is_the_closure(heap: tuple[list[Node], list[Node]]) -> None:
    """Each object that some chain of references reaches is found once, and its bytes count once."""
    nodes, roots = heap
    expected = reached(roots)

    assert sorted(map(id, reachable_from(roots))) == sorted(expected)
    assert reachable_bytes(roots) == sum(node.size for node in nodes if id(node) in expected)


@given(heaps())
def test_retained_is_what_becomes_unreachable(heap: tuple[list[Node], list[Node]]) -> None:
    """An object retains what becomes unreachable when it is taken away, itself included."""
    nodes, roots = heap
    before = reached(roots)
    expected = {
        id(node): sum(each.size for each in nodes if id(each) in before - reached(roots, node))
        for node in nodes
        if id(node) in before
    }

    assert {id(node): size for node, size in retained_sizes(roots).items()} == expected


@given(heaps())
def test_a_dominator_cuts_off(heap: tuple[list[Node], list[Node]]) -> None:
    """Without its dominator an object is unreachable; one without a dominator survives the loss of any other."""
    nodes, roots = heap
    for node, dominator in dominators(roots).items():
        others: list[Any] = [each for each in nodes if each is not node] if dominator is None else [dominator]
        assert all((id(node) in reached(roots, each)) is (dominator is None) for each in others)


@given(heaps(), st.integers(0, 6))
def test_a_path_is_a_shortest_chain(heap: tuple[list[Node], list[Node]], number: int) -> None:
    """The path begins at a root, each reference holds the next, and no chain is shorter."""
    nodes, roots = heap
    target = nodes[number % len(nodes)]
    path = path_to(target, [Reference(None, "root", root) for root in roots])
    layers, seen = [set(map(id, roots))], set(map(id, roots))
    by_id = {id(node): node for node in nodes}
    while layers[-1]:
        layers.append({id(each) for node in layers[-1] for each in by_id[node].refers} - seen)
        seen |= layers[-1]
    distance = next((place for place, layer in enumerate(layers) if id(target) in layer), None)

    if path is None:
        assert distance is None
    else:
        assert len(path) - 1 == distance
        assert path[-1].target is target
        assert all(step.holder is before.target for before, step in pairwise(path))


def test_references_through_containers() -> None:
    """A reference's name says where in lists, tuples, dicts and bags, nested or not, it stands."""
    one, two, three, four = (Holder() for _ in range(4))
    holder = Holder(pages=[(one, 5), {"key": two}, Bag([three]), [[four]], None, "text"])

    assert [(each.name, each.target) for each in references(holder)] == [
        ("pages[0][0]", one),
        ("pages[1]['key']", two),
        ("pages[2]", three),
        ("pages[3][0][0]", four),
    ]


def test_a_bag_holds_each_member_once_by_identity() -> None:
    """Two objects that look the same are two members; one object is one, however often it is added."""
    one, other = Holder(), Holder()
    bag = Bag([one, other, one])

    assert len(bag) == 2
    bag.discard(one)
    assert one not in bag
    assert [*bag] == [other]
    bag.discard(one)
    bag.clear()
    assert len(bag) == 0


def test_a_bag_may_change_while_it_is_read() -> None:
    """Reading goes over the members that there were at first."""
    bag = Bag([Holder(), Holder()])
    for member in bag:
        bag.discard(member)

    assert len(bag) == 0


def test_objects_compare_by_identity() -> None:
    """Two objects with equal fields are different objects."""
    assert Holder() != Holder()


@pytest.mark.parametrize("default", [Bag(), [], {}, Holder()])
def test_a_default_that_all_instances_would_share_is_refused(default: object) -> None:
    """A mutable default is one object for all instances, and no part of any state; the message says what to write."""
    with pytest.raises(ModelError, match=r"Careless\.pages = .* field\(default_factory="):
        type("Careless", (HeapObject,), {"__annotations__": {"pages": Any}, "pages": default})
