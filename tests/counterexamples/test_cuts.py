"""The minimum cut, against brute force over all sets of references."""

from collections.abc import Collection
from dataclasses import replace
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spillproof.counterexamples.explain.costs import Costs
from spillproof.counterexamples.explain.counterfactual import Judge
from spillproof.counterexamples.explain.cuts import SOURCE, Keeping, cut, nearest_to_the_bytes, paths
from spillproof.counterexamples.explain.explanation import Edge
from spillproof.counterexamples.trace import Object, State, Trace
from spillproof.properties.accounting import free_is_unreachable
from tests.live.judged.judgements import TARGETS

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
@pytest.mark.thorough
def test_no_smaller_set_of_references_cuts(keeping: Keeping) -> None:
    """What is called a smallest cut cuts, and no set of fewer references does; parallel references count apart."""
    listed, _ = paths(keeping, {})
    edges = keeping.edges()
    fewest = next(
        size for size in range(len(edges) + 1)
        if any(not held_without(keeping, gone) for gone in combinations(edges, size))
    )  # fmt: skip
    found = nearest_to_the_bytes(keeping.graph())

    assert len(found) == fewest
    assert not held_without(keeping, found)
    assert bool(listed) is (fewest > 0)


@given(heaps)
@settings(max_examples=100, deadline=None)
def test_every_path_is_cut(keeping: Keeping) -> None:
    """Each path that is listed has a reference of the cut on it, or there are more paths than are listed."""
    listed, more = paths(keeping, {})
    found = set(nearest_to_the_bytes(keeping.graph()))

    assert more or all(found & set(path.edges) for path in listed)


def test_two_references_to_one_object_are_two() -> None:
    """Where a root and an object refer to the same bytes, both references must go."""
    keeping = Keeping(state([(1, 3), (2, 3)], [1, 2], [3]), (3,), frozenset())
    listed, _ = paths(keeping, {})
    found = cut(keeping, listed, Judge(free_is_unreachable, None))

    assert found is not None
    assert [edge.words for edge in found.edges] == ["Thing.f0", "Thing.f1"]
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


@pytest.mark.parametrize(
    ("parallel", "listed", "more"), [(11, 11, False), (12, 12, False), (13, 12, True), (20, 12, True)]
)
def test_twelve_paths_are_listed(parallel: int, listed: int, *, more: bool) -> None:
    """Up to twelve paths are listed, and whether there are more is said."""
    found, rest = paths(Keeping(state([(1, 2)] * parallel, [1], [2]), (2,), frozenset()), {})

    assert (len(found), rest) == (listed, more)


def test_the_words_of_a_path() -> None:
    """From the root, or from what stays and how that is reached; a field, then the name of what it leads to, if given.

    The path of fewer letters comes first.
    """
    heap = state([(1, 2), (2, 3), (3, 4)], [1, 4], [4])
    objects = {1: "E1", 2: "E1.reader", 3: "f1", 4: "T"}  # the second is reached, not named; the third is its field
    names = {f"o{number}": name for number, name in objects.items()}

    def named(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((field, names[target]) for field, target in pairs)

    renamed = tuple(
        replace(each, name=names.get(each.name, each.name), references=named(each.references)) for each in heap.heap
    )
    heap = replace(heap, heap=renamed, roots=named(heap.roots))
    found, _ = paths(Keeping(heap, (4,), frozenset()), {})
    assert [path.words for path in found] == ["r4 ▸ T", "r1 ▸ E1 ▸ f0 ▸ f1 ▸ f2 ▸ T"]
    assert [[edge.words for edge in path.edges] for path in found] == [
        ["Model.r4"],
        ["Model.r1", "E1.f0", f"{renamed[2].kind}.f1", f"{renamed[3].kind}.f2"],
    ]
    found, _ = paths(Keeping(heap, (4,), frozenset({1})), {1: "manager ▸ E1"})
    assert [path.words for path in found] == ["r4 ▸ T", "manager ▸ E1 ▸ f0 ▸ f1 ▸ f2 ▸ T"]


def test_what_cannot_be_cut() -> None:
    """Where no reference may be cut, or the claim stays false without those that may, there is no cut."""
    stays = Keeping(state([], [1], [1]), (1,), frozenset({1}))
    assert cut(stays, (), Judge(free_is_unreachable, None)) is None
    other = Keeping(state([], [1, 2], [1, 2]), (1,), frozenset())
    assert cut(other, (), Judge(free_is_unreachable, None)) is None
    both = Keeping(state([], [1, 2], [1, 2]), (1, 2), frozenset())
    found = cut(both, (), Judge(free_is_unreachable, None))
    assert found is not None
    assert [edge.words for edge in found.edges] == ["Model.r1", "Model.r2"]


def test_the_cut_nearest_to_the_bytes() -> None:
    """Of a chain the last reference is cut, the narrowest repair; of two chains that meet, one behind the meeting."""
    chain = Keeping(state([(1, 2), (2, 3)], [1], [3]), (3,), frozenset())
    assert [(edge.holder, edge.target) for edge in nearest_to_the_bytes(chain.graph())] == [(2, 3)]
    meeting = Keeping(state([(1, 3), (2, 3), (3, 4)], [1, 2], [4]), (4,), frozenset())
    assert [(edge.holder, edge.target) for edge in nearest_to_the_bytes(meeting.graph())] == [(3, 4)]


def costs(
    before: Collection[Pair], after: Collection[Pair], never_empty: Collection[str] = (), final: Collection[str] = ()
) -> list[Pair]:
    """What is cut after a step that leads from references to others: object 3 is counted free, and 1 a root."""
    states = (state(before, [1], [3]), replace(state(after, [1], [3]), action="go"))
    lasting, fixed = (tuple(("Thing", field) for field in fields) for fields in (never_empty, final))
    run = Trace("Model", (), ("free_is_unreachable",), True, states, 1, never_empty=lasting, final=fixed)
    keeping = Keeping(states[1], (3,), frozenset(), Costs(run, 1, (3,)))
    return [(edge.holder, edge.target) for edge in nearest_to_the_bytes(keeping.graph(), keeping.cost)]


def test_what_was_there_at_the_beginning_is_not_cut() -> None:
    """A reference of the beginning, and a root, are cut where nothing else helps."""
    assert costs([(2, 3)], [(2, 3), (1, 2)]) == [(1, 2)]
    assert costs([(1, 2), (2, 3)], [(1, 2), (2, 3)]) == [(2, 3)]


def test_what_is_never_empty_is_not_cut() -> None:
    """A field that can be empty is cut before one that never is, and that before one that nobody sets."""
    chain = [(1, 2), (2, 4), (4, 3)]  # f0, f1 and f2 of a Thing
    assert costs([], chain) == [(2, 4)]  # 3 was made as the own of 4
    assert costs([], chain, never_empty=["f1"]) == [(1, 2)]
    assert costs([], chain, never_empty=["f0", "f1"], final=["f1"]) == [(1, 2)]


def test_fewer_references_before_others() -> None:
    """One reference that is never empty is cut rather than two that could be."""
    both = [(1, 4), (2, 4), (4, 5), (5, 3), (1, 2)]
    assert costs([], both, never_empty=["f2", "f3"]) == [(4, 5)]


def test_what_each_reference_alone_would_do() -> None:
    """Each reference on a path is asked once, from the bytes' end; one that is not enough names a path without it."""
    keeping = Keeping(state([(1, 3), (2, 3)], [1, 2], [3]), (3,), frozenset())
    listed, _ = paths(keeping, {})
    found = cut(keeping, listed, Judge(free_is_unreachable, None))

    assert found is not None
    assert [each.edge.words for each in found.alone] == ["Thing.f0", "Model.r1", "Thing.f1", "Model.r2"]
    first, second = (path.words for path in listed)
    assert [each.other_path for each in found.alone] == [second, second, first, first]


@pytest.mark.slow
def test_the_page_is_what_the_runs_say() -> None:
    """Each proposal is what the repair cuts, or the difference is judged; and the page says so."""
    from docs.pages.cuts import JUDGED, page, rows

    for each in TARGETS:
        if not all(map(find_spec, each.needs)):
            pytest.skip(f"{each.name} is not installed: make test-targets installs it")
    assert [each.name for each in rows() if not each.agrees and each.name not in JUDGED] == []
    assert Path("docs/reference/cuts.md").read_text(encoding="utf-8") == page()
