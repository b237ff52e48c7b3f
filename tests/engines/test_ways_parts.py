"""Ways of a network, ways back, and what is heard of a step: their small questions, by themselves."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.rest import standing
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.lookout import Lookout
from spillproof.properties.engines.network.invariance import Invariance
from spillproof.properties.engines.network.stand_in_search import StandInSearch
from spillproof.properties.engines.network.ways import Ways
from spillproof.properties.engines.proof.invariant import find_equations
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.recovery.region import lowest
from spillproof.properties.engines.recovery.ways_back import _measures, _outside, _relaxed, _tight, _wider
from spillproof.properties.engines.refinement.observation import _Ears, _event, _every_way
from tests.engines.conditions import least
from tests.engines.stores import ManyStores, Stores

Q0, Q1 = Linear({0: 1}), Linear({1: 1})


# Paths of the smaller automaton


def paths() -> Ways:
    """Edges between three shapes, one of which raises, and their ways."""
    named = (
        ("put", -1, 0),
        ("put", 0, 1),
        ("take", 0, 1),
        ("take", 1, 0),
        ("put", 1, 2),
        ("put", 1, -1),
        ("put", 0, 0),
    )
    edges = [
        Edge(index, source, Move(action, ()), (), target, (), 0, 0, ())
        for index, (action, source, target) in enumerate(named)
    ]
    leaving = {shape: [each for each in edges if each.source == shape] for shape in (-1, 0, 1, 2)}
    automaton: Any = SimpleNamespace(edges=edges, leaving=leaving)
    return Ways(automaton)


@pytest.mark.parametrize(
    ("actions", "source", "target", "found"),
    [
        ((), 0, 0, [()]), ((), 0, 1, []), (("put",), 0, 1, [(1,)]), (("put",), 0, 0, [(6,)]), (("take",), 0, 2, []),
        (("put", "put"), 0, 2, [(1, 4)]), (("take", "put"), 0, 2, [(2, 4)]), (("put", "take"), 0, 0, [(1, 3)]),
        (("put", "put"), 0, 1, [(6, 1)]), (("put",), 1, -1, []), (("put",), -1, 0, [(0,)]),
    ],
)  # fmt: skip # a table
def test_paths_by_actions(actions: tuple[str, ...], source: int, target: int, found: list[tuple[int, ...]]) -> None:
    """Edges with these actions, one after the other, of which none raises."""
    assert [tuple(edge.index for edge in path) for path in paths().paths_by(actions, source, target)] == found


@pytest.mark.parametrize(
    ("steps", "source", "target", "found"),
    [
        (0, 0, 0, [()]), (0, 0, 1, []), (1, 0, 1, [(2,), (1,)]), (1, 0, 2, []), (2, 0, 2, [(1, 4), (2, 4)]),
        (2, 0, 0, [(1, 3), (2, 3), (6, 6)]), (2, 0, 1, [(6, 2), (6, 1)]),
    ],
)  # fmt: skip # a table
def test_paths_of_so_many_steps(steps: int, source: int, target: int, found: list[tuple[int, ...]]) -> None:
    """Those that end with the same action come first."""
    assert [tuple(edge.index for edge in path) for path in paths().paths(source, target, steps, "take")] == found


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """What grows by one with each call of a method of the search."""
    calls: list[str] = []
    method = getattr(StandInSearch, name)

    def counting(*given: Any) -> Any:
        calls.append(name)
        return method(*given)

    monkeypatch.setattr(StandInSearch, name, counting)
    return calls


def test_most_steps_need_no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is plain is not asked of one; and what was once asked of one is asked of it again, with the same edges."""
    feasible = Feasibility()
    smaller, larger = (extract(standing(ManyStores, dict(Stores().scope), number), [], feasible) for number in (1, 2))
    asked, searched = (counted(monkeypatch, name) for name in ("by_points", "ways_of"))
    said: list[str] = []
    asking = Invariance(smaller, find_equations(smaller, feasible), larger, Limits(progress=said.append))
    asking.check()
    assert said[-1] == f"the rest: {len(asking.nodes)} folded shapes found, {len(asking.matched)} done"
    assert asking.nodes.keys() == asking.matched.keys()

    assert len(asked) < len(searched) / 2 < sum(map(len, asking.matched.values())) / 4
    assert 0 < len(asking.taken) < len(asking.arrived)  # of many nobody asks what is known where they are taken
    assert {edge for edge, _ in asking.arrived} == {each.index for each in larger.edges if each.target >= 0}
    asking.limits = Limits(time.monotonic() - 1)
    monkeypatch.setattr(asking, "match", lambda *_: pytest.fail("it is late"))
    with pytest.raises(OutOfTime):
        asking.check()


@pytest.mark.parametrize(("most", "shapes"), [(1, [-1]), (2, [-1, 0])])
def test_where_no_step_leads(most: int, shapes: list[int]) -> None:
    """What a step leads to that is never taken is not looked at: one that needs at least 2, and at most as much."""
    edge = Edge(0, -1, Move("go", ()), (least(Q0 - 2), least(most - Q0)), 0, (), 0, 1, ())
    asking: Any = object.__new__(Invariance)
    vars(asking).update(larger=SimpleNamespace(leaving={-1: [edge], 0: []}), limits=Limits())
    vars(asking).update({each: {} for each in ("nodes", "matched", "arrived", "premises", "taken")})
    vars(asking).update(match=lambda *_: [frozenset({1})], known=lambda *_: ())
    asking.check()

    assert [shape for shape, _ in asking.nodes] == shapes
    assert asking.arrived == {(0, frozenset({frozenset()})): frozenset({frozenset({1})})}


def test_what_is_known_of_folds() -> None:
    """What is known of the best reading of each fold, once; of one that has no reading, nothing."""
    images = {frozenset(): (), frozenset({1}): ("best", "other"), frozenset({2}): ("best",)}
    said = {"best": least(Q0 - 1), "other": least(Q1 - 1)}
    self: Any = SimpleNamespace(folding=SimpleNamespace(read=lambda _, folded: SimpleNamespace(images=images[folded])))
    self.facts = lambda image: [said[image]]

    assert Invariance.known(self, 0, frozenset(images)) == (said["best"],)


# The search while the automaton is made


@pytest.mark.parametrize(
    ("found", "candidate", "spurious", "is_found"),
    [(False, None, False, False), (True, None, False, True), (False, 1, False, True), (False, None, True, False)],
)
def test_a_look(found: bool, candidate: int | None, spurious: bool, is_found: bool) -> None:  # noqa: FBT001 - a table
    """With as many chains as a quarter of the edges; a claim that cannot be asked costs the others nothing."""
    bad, good = (Claim(name, Mode.ALWAYS, lambda _now: True) for name in ("bad", "good"))
    told: list[Any] = []

    def look(pending: Any, chains: int, limits: Limits) -> bool:
        if pending.claim is bad:
            raise ClaimError(bad, "no bool")
        told.append((pending.claim, chains, limits))
        return found

    limits = Limits()
    portfolio: Any = SimpleNamespace(
        limits=limits, look=look, refuse=told.append, world_of=lambda _: "world",
        pending=lambda claim, _: SimpleNamespace(claim=claim, spurious=spurious, candidate=candidate),
    )  # fmt: skip
    frontier: Any = SimpleNamespace(edges=43, automaton=lambda: None)
    lookout = Lookout(portfolio, frontier)

    assert lookout.search(frontier, [bad, good]) == ([good] if spurious else [])
    assert (type(told[0]), told[1:]) == (ClaimError, [(good, 10, limits)])
    assert lookout.found is is_found


# Ways back


def test_what_a_loop_may_make_less() -> None:
    """Each size, the sum of all where there are several, and differences of which a piece speaks, floor or none."""
    assert [[each.terms for each in _measures(sizes, [])] for sizes in (0, 1, 2, 3)] == [
        [], [{0: 1}], [{0: 1}, {1: 1}, {0: 1, 1: 1}], [{0: 1}, {1: 1}, {2: 1}, {0: 1, 1: 1, 2: 1}],
    ]  # fmt: skip
    spoken = [*_measures(2, [(least(Q0 + Q1), least(Q0 - Q1 - 5)), (least(Q0 - Q1 - 5),)])][3:]
    assert [(each.terms, each.constant) for each in spoken] == [
        ({0: 1, 1: -1}, 0), ({0: 1, 1: -1}, -5), ({0: -1, 1: 1}, 0), ({0: -1, 1: 1}, 5),
    ]  # fmt: skip


def test_a_condition_in_lowest_terms() -> None:
    """Of natural numbers: 8 of them are at least 12 where there are at least 2, and never are 12."""
    assert [lowest(Q0 * 8 - 12, how) for how in (Is.ZERO, Is.NOT_ZERO)] == [False, True]
    found = [lowest(Q0 * 8 - 12, Is.AT_LEAST_ZERO), lowest(Q0 * 8 - 16, Is.ZERO), lowest(Q0 - 3, Is.ZERO)]
    assert [str(each) for each in found] == ["q0 - 2 >= 0", "q0 - 2 == 0", "q0 - 3 == 0"]
    assert lowest(8, Is.AT_LEAST_ZERO) is True


def test_a_region_is_told_without_what_it_says_twice() -> None:
    """Whichever comes first."""
    equal, other = Condition(Q0 - 3, Is.ZERO), least(Q1)

    assert _tight((least(Q0 - 1), least(Q0 - 2), equal, other)) == (equal, other)
    assert _tight((equal, least(Q0 - 1))) == (equal,)
    assert len(_tight((least(Q0 - 1), least(Q0 - 1)))) == 1


def test_what_an_equation_says_without_being_one() -> None:
    """At least, and at most; an inequality says nothing else."""
    assert [each.key() for each in _relaxed(Condition(Q0 - 3, Is.ZERO))] == [least(Q0 - 3).key(), least(3 - Q0).key()]
    assert [*_relaxed(least(Q0 - 3))] == []


def test_where_a_loop_may_go_on() -> None:
    """Anywhere; or in a piece but for one of its conditions, each once, the last piece first."""
    one, two = least(Q0 - 1), least(Q1 - 2)
    equal = Condition(Q0 - Q1, Is.ZERO)

    def keys(*regions: tuple[Condition, ...]) -> list[list[object]]:
        return [[each.key() for each in wider] for wider in _wider([*regions])]

    assert keys() == [[]]
    assert keys((one,)) == [[]]
    assert keys((one, two)) == [[], [two.key()], [one.key()]]
    assert keys((two, one), (one, two)) == [[], [two.key()], [one.key()]]
    assert keys((equal,)) == [[], [least(Q0 - Q1).key()], [least(Q1 - Q0).key()]]


def test_what_is_in_no_region() -> None:
    """Each way to miss them all; what a region misses anyway needs no condition."""
    question: Any = SimpleNamespace(ask=_answer)
    one, two = least(Q0 - 2), least(Q1 - 2)
    found = [[each.key() for each in way] for way in _outside([(one,), (two,)], question)]
    assert found == [[(~one).key(), (~two).key()]]
    assert [*_outside([], question)] == [()]
    found = [[each.key() for each in way] for way in _outside([(one,), (one, two)], question)]
    assert found == [[(~one).key()]]


def _answer(chosen: tuple[Condition, ...]) -> Any:
    """Whether some sizes up to 4 meet conditions."""
    from spillproof.properties.engines.automaton.linear import holds
    from spillproof.properties.engines.proof.solver import Answer

    points = ((a, b) for a in range(5) for b in range(5))
    return Answer.YES if any(all(holds(each, point) for each in chosen) for point in points) else Answer.NO


# What is heard of a step


def test_choices_that_are_scripted() -> None:
    """The first ones, and the first option of each beyond; of a heuristic's, only the best."""
    ears = _Ears((1, 1), "load")
    assert (ears.choose(3), ears.prefer(5, lambda: [2, 4]), ears.choose(2), ears.prefer(9, lambda: (7,))) == (
        1,
        4,
        0,
        7,
    )
    assert ears.taken == [(1, 3), (1, 2), (0, 2), (0, 1)]


def test_every_way_to_choose() -> None:
    """The last choice changes first; a choice may lead to others."""
    found = []
    for ears in _every_way("load"):
        first = ears.choose(2)
        found.append((first, ears.choose(3) if first else None))

    assert found == [(0, None), (1, 0), (1, 1), (1, 2)]
    assert [(ears.choose(2), ears.choose(2)) for ears in _every_way("load")] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_an_event_in_words() -> None:
    """Objects by their names, what is true by its own, sizes as they are; what is false is not said."""
    store = HeapObject()
    called: Any = SimpleNamespace(of=lambda each: "Store1" if each is store else "?")

    details = {"of": store, "forced": True, "late": False, "size": 5}
    assert _event("spill", details, called) == "forced spill Store1 5"
    assert _event("spill", {"size": 5}, called) == "spill 5"
    assert _event("spill", {"pages": 5}, called) == "spill pages=5"
