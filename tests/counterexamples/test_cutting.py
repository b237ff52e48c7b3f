"""The minimum cut, against brute force over all sets of references."""

from collections.abc import Collection
from itertools import combinations

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from spillproof.counterexamples.explain.cutting import SOURCE, Keeping, cut, nearest_to_the_source, paths
from spillproof.counterexamples.explain.explanation import Edge
from spillproof.counterexamples.explain.judging import Judge
from spillproof.counterexamples.trace import Object, State
from spillproof.properties.accounting import free_is_unreachable

OBJECTS = 6

Pair = tuple[int, int]


def state(references: Collection[Pair], roots: Collection[int], free: Collection[int]) -> State:
    """A state of six objects, of which those in `free` have a byte each; nothing is accounted."""
    heap = [
        Object(
            number,
            f"o{number}",
            "Thing",
            1 if number in free else 0,
            (),
            tuple((f"f{place}", f"o{target}") for place, (holder, target) in enumerate(references) if holder == number),
            (),
        )
        for number in range(1, OBJECTS + 1)
    ]
    return State(
        action="begin", arguments=(), picks=(), spelled="begin()", accounted=0, reachable=0, unclaimed=0, free=0,
        events=(), raised="", heap=(Object(0, "Model", "Model", 0, (), (), ()), *heap),
        roots=tuple((f"r{target}", f"o{target}") for target in roots),
    )  # fmt: skip


def held_without(keeping: Keeping, gone: Collection[Edge]) -> bool:
    """Whether a byte that is counted free can be reached from a root or from what stays, without some references."""
    graph: networkx.DiGraph[object] = networkx.DiGraph()
    graph.add_nodes_from([SOURCE, *range(OBJECTS + 1)])
    for edge in keeping.edges():
        if edge not in gone:
            graph.add_edge(SOURCE if edge.holder == -1 or edge.holder in keeping.staying else edge.holder, edge.target)
    return bool(networkx.descendants(graph, SOURCE) & set(keeping.counted_free))


numbers = st.integers(1, OBJECTS)
heaps = st.builds(
    lambda references, roots, free, staying: Keeping(
        state(references, sorted(roots), free), tuple(sorted(free)), frozenset(staying - free)
    ),
    st.lists(st.tuples(numbers, numbers), max_size=9),
    st.sets(numbers, min_size=1, max_size=3),
    st.sets(numbers, min_size=1, max_size=2),
    st.sets(numbers, max_size=2),
)


@given(heaps)
@settings(max_examples=150, deadline=None)
def test_no_smaller_set_of_references_cuts(keeping: Keeping) -> None:
    """What is called a smallest cut cuts, and no set of fewer references does; parallel references count apart."""
    listed, _ = paths(keeping, {})
    edges = keeping.edges()
    fewest = next(
        size for size in range(len(edges) + 1)
        if any(not held_without(keeping, gone) for gone in combinations(edges, size))
    )  # fmt: skip
    found = nearest_to_the_source(keeping.graph())

    assert len(found) == fewest
    assert not held_without(keeping, found)
    assert bool(listed) is (fewest > 0)


@given(heaps)
@settings(max_examples=100, deadline=None)
def test_every_path_is_cut(keeping: Keeping) -> None:
    """Each path that is listed has a reference of the cut on it, or there are more paths than are listed."""
    listed, more = paths(keeping, {})
    found = set(nearest_to_the_source(keeping.graph()))

    assert more or all(found & set(path.edges) for path in listed)


def test_two_references_to_one_object_are_two() -> None:
    """Where a root and an object refer to the same bytes, both references must go."""
    keeping = Keeping(state([(1, 3), (2, 3)], [1, 2], [3]), (3,), frozenset())
    listed, _ = paths(keeping, {})
    found = cut(keeping, listed, Judge(free_is_unreachable, None))

    assert found is not None
    assert [edge.words for edge in found.edges] == ["Model.r1", "Model.r2"]
    assert [each.enough for each in found.alone] == [False] * 4
    assert found.reachable == 0


def test_what_stays_is_not_cut_off() -> None:
    """A consumer stays: the reference to it is not proposed, but the one that it holds."""
    keeping = Keeping(state([(1, 2), (2, 3)], [1], [3]), (3,), frozenset({2}))
    listed, _ = paths(keeping, {2: "r1 ▸ f0"})
    found = cut(keeping, listed, Judge(free_is_unreachable, None))

    assert found is not None
    assert [(edge.holder, edge.target) for edge in found.edges] == [(2, 3)]
    assert [path.words for path in listed] == ["r1 ▸ f0 ▸ f1 ▸ o3"]
