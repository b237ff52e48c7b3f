"""What an object retains is what would go with it."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from spillproof.counterexamples.heap.heap import opened
from tests.counterexamples.heap.heaps import of_graph
from tests.counterexamples.heap.hprof import Dump
from tests.counterexamples.heap.test_reader import SILENT

Edges = Mapping[int, Sequence[int]]


def reachable(edges: Edges, roots: Sequence[int], without: int = -1) -> set[int]:
    """Return what is reachable from the roots if one node is not there."""
    seen = {each for each in roots if each != without}
    waiting = list(seen)
    for each in waiting:
        fresh = {to for to in edges.get(each, ()) if to != without} - seen
        seen |= fresh
        waiting += fresh
    return seen


def retained(edges: Edges, roots: Sequence[int], bytes_: Mapping[int, int], node: int) -> int:
    """Return what a node retains, by the meaning of the word: what is not reachable without it."""
    there = reachable(edges, roots)
    return sum(bytes_[each] for each in there - reachable(edges, roots, node)) if node in there else 0


@pytest.mark.parametrize("seed", range(40))
def test_by_taking_each_object_away(tmp_path: Path, seed: int) -> None:
    """On graphs at random, with cycles and with objects that nothing holds, each retains what goes when it goes."""
    chance = random.Random(seed)
    count = chance.randint(1, 14)
    sizes = {node: chance.randint(6, 12) for node in range(count)}
    edges = {node: chance.choices(range(count), k=chance.randint(0, 4)) for node in range(count)}
    roots = chance.sample(range(count), chance.randint(0, min(3, count)))
    bytes_ = {node: -(-(16 + 4 * size) // 8) * 8 for node, size in sizes.items()}
    dump, places = of_graph(edges, roots, sizes)

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        found = {node: heap.retained(heap.index.find(places[node])) for node in range(count)}

    assert found == {node: retained(edges, roots, bytes_, node) for node in range(count)}


def test_a_list_of_any_length(tmp_path: Path) -> None:
    """Of a list that is linked both ways, each element retains those behind it: 24 bytes each."""
    count = 5000
    edges = {node: [each for each in (node - 1, node + 1) if 0 <= each < count] for node in range(count)}
    dump, places = of_graph(edges, [0], dict.fromkeys(range(count), 2))

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        assert heap.retained(heap.index.find(places[0])) == 24 * count
        assert heap.retained(heap.index.find(places[count - 10])) == 24 * 10


@pytest.mark.parametrize(
    ("above", "strongly"), [("SoftReference", False), ("WeakReference", False), ("FinalReference", True)]
)
def test_references(tmp_path: Path, above: str, strongly: bool) -> None:  # noqa: FBT001 - a row of a table
    """What a soft or weak reference refers to is not held; what waits for its finalizer is."""
    dump = Dump()
    dump.class_("java.lang.ref.Reference", referent="object", next="object")
    dump.class_(f"java.lang.ref.{above}", "java.lang.ref.Reference")
    dump.class_("example.Mine", f"java.lang.ref.{above}")
    far, near = dump.array("byte", 100), dump.array("byte", 50)
    dump.root(dump.new("example.Mine", referent=far, next=near))

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        assert heap.is_reachable(heap.index.find(near))
        assert heap.is_reachable(heap.index.find(far)) == strongly
        reached = heap.dominators.reached
        assert (reached.soft - reached.strong, reached.met - reached.soft) == {
            "SoftReference": (1, 0), "WeakReference": (0, 1), "FinalReference": (0, 0),
        }[above]  # fmt: skip


def test_statics_hold(tmp_path: Path) -> None:
    """What a static field of a class that is alive refers to is reachable, and the class retains it."""
    dump = Dump()
    dump.class_("example.Holder")
    data = dump.array("byte", 1000)
    dump.static("example.Holder", "CACHE", data)

    with opened(dump.write(tmp_path / "a.hprof"), SILENT) as heap:
        assert heap.above(heap.index.find(data)) == heap.classes.named("example.Holder")[0].node
        assert heap.retained(heap.index.find(data)) == 1016
