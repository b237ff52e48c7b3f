"""Where ways back are looked for: by quotients, within a time, and what no piece has."""

from __future__ import annotations

import itertools
import random
import time
from types import SimpleNamespace
from typing import Any

import pytest

from spillproof import Bytes, Count, Model, action, recoverable, require
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.claims import Claim
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.invariant import Invariant, find_equations
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.recovery import recovery, ways_back
from spillproof.properties.engines.recovery.recovered import recovered
from spillproof.properties.engines.recovery.region import choices
from spillproof.properties.engines.recovery.ways_back import Piece, TooMany, WaysBack
from spillproof.properties.engines.verdict import Proved
from tests.engines import keepers
from tests.engines.conditions import least

Q0, Q1 = Linear({0: 1}), Linear({1: 1})


class Parcels(Model):
    """What is reserved in eights is given back in whole ones, of what is given back at once."""

    reserved: Bytes
    used: Bytes

    def begin(self) -> None:
        self.reserved, self.used = 0, 0

    @action
    def grow(self, size: Bytes) -> None:
        self.used += size
        if self.used > self.reserved:
            self.reserved += (self.used - self.reserved + 7) // 8 * 8

    @action
    def shrink(self, size: Bytes) -> None:
        require(size <= self.used)
        self.used -= size
        self.reserved -= size // 8 * 8


@recoverable
def no_parcel_is_left(now: Parcels) -> bool:
    """As much is used as is reserved, and then all is given back."""
    return now.reserved == 0


class Slabs(Model):
    """Slabs have sixteen pages, and go when they are empty."""

    pages: Count
    slabs: Count

    def begin(self) -> None:
        self.pages, self.slabs = 0, 0

    @action
    def page(self) -> None:
        self.slabs += self.pages == 16 * self.slabs
        self.pages += 1

    @action
    def free(self) -> None:
        require(self.pages > 0)
        self.pages -= 1
        self.slabs = (self.pages + 15) // 16


@recoverable
def no_slab_is_left(now: Slabs) -> bool:
    """All pages can be freed, one by one."""
    return now.slabs == 0


@pytest.mark.parametrize(("model", "claim"), [(Parcels(), no_parcel_is_left), (Slabs(), no_slab_is_left)])
def test_what_is_counted_in_quanta_can_be_given_back(model: Model, claim: Claim) -> None:
    """Whole, and without a proviso: that no counter becomes negative is proved though nobody asks."""
    assert isinstance(recovered(model, [claim], UNLIMITED).results[0].verdict, Proved)


def chosen(*conditions: Condition, known: Any) -> list[tuple[list[str], str, str]]:
    """The ways to choose one unknown beside one size: from which sizes, what, and as which quotient."""
    route: Any = SimpleNamespace(edges=[SimpleNamespace(width=1)], symbols=2)
    return [
        ([str(each) for each in found.conditions], str(found.inputs), str(found.quotients))
        for found in choices(route, conditions, known)
    ]


def test_a_bound_that_divides_evenly() -> None:
    """At least a quarter of a size, and at most: just that where nothing is left of it; else nothing, of nothing."""
    bounds = least(Q1 * 4 - Q0), least(Q0 - Q1 * 4)
    of_nothing = (["q0 == 0"], "(0,)", "()")

    assert chosen(*bounds, known={}) == [of_nothing]
    assert chosen(*bounds, known={0: (8, 0)}) == [of_nothing, ([], "(q1,)", "((1, q0, 4),)")]
    assert chosen(*bounds, known={0: (8, 2)}) == [of_nothing]


def test_a_quotient_of_which_nothing_else_is_asked() -> None:
    """There always is one, whatever is left of the size; of something else, it is asked what that is."""
    quarter = least(Q0 - Q1 * 4), least(Q1 * 4 - Q0 + 3)

    assert chosen(*quarter, known={}) == [([], "(q1,)", "((1, q0, 4),)")]
    assert not any(quotients != "()" for _, _, quotients in chosen(*quarter, least(Q1 - 1), known={}))
    assert not any(quotients != "()" for _, _, quotients in chosen(quarter[0], least(Q1 * 4 - Q0 + 2), known={}))


def found_for(region: tuple[Condition, ...]) -> WaysBack:
    """Ways back from one region of the shape with two counters."""
    claim, feasible = keepers.nobody_waits, Feasibility()
    automaton = extract(keepers.Tickets(), [claim], feasible, needed=frozenset())
    shape = next(each.index for each in automaton.shapes if len(each.slots) == 2)
    found = WaysBack(automaton, claim, find_equations(automaton, feasible), [Piece(shape, region)], {shape: [0]})
    assert found.missing(shape, 9, UNLIMITED)
    return found


def test_what_a_region_says_twice_is_no_further_case() -> None:
    """Where a size is not 3, it is not 3: that it is 1 at least, and 2, goes without saying."""
    found = found_for((least(Q0 - 1), least(Q0 - 2), Condition(Q0 - 3, Is.ZERO)))

    (missing,) = found.missing(found.pieces[0].shape, 9, UNLIMITED)
    assert [str(each) for each in missing] == ["q0 - 3 != 0"]


def test_questions_that_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were too many cases."""
    found = found_for((least(Q0 - 1),))
    monkeypatch.setattr(ways_back, "MOST_QUESTIONS", 1)

    with pytest.raises(TooMany):
        found.missing(found.pieces[0].shape, 9, UNLIMITED)


def test_where_the_time_is_up_what_was_found_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that has no more time for ways back goes on without more, and does not end: the alarm has been heard."""
    heard: list[int] = []
    monkeypatch.setattr(ways_back, "heard", lambda: heard.append(1))
    claim, feasible = keepers.nobody_waits, Feasibility()
    automaton = extract(keepers.Tickets(), [claim], feasible, needed=frozenset())
    known = find_equations(automaton, feasible)
    found = ways_back.ways_back(automaton, claim, known, Limits(deadline=time.monotonic() - 1))

    assert found.pieces == []
    assert heard == [1]


def test_ways_back_have_half_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other half is for the search, and for proofs."""
    had: list[float] = []

    def noted(*given: Any) -> WaysBack:
        had.append(given[-1].left())
        return ways_back.ways_back(*given)

    monkeypatch.setattr(recovery, "ways_back", noted)
    recovered(Slabs(), [no_slab_is_left], Limits(deadline=time.monotonic() + 1_000))

    assert had
    assert max(had) <= 500


@pytest.mark.parametrize(("everywhere", "unreachable", "before", "added", "looped"), [
    (set(), set(), 0, True, False), ({0}, set(), 0, False, False), ({1}, set(), 0, True, False),
    (set(), {0}, 0, False, False), (set(), {1}, 0, False, False), (set(), {2}, 0, True, False),
    (set(), set(), ways_back.MOST_PIECES, False, False), (set(), set(), ways_back.MOST_PIECES - 1, True, True),
    (set(), set(), ways_back.MANY_PIECES, True, True), (set(), set(), ways_back.MANY_PIECES - 1, True, False),
])  # fmt: skip # a table
def test_pieces_before_a_piece(
    everywhere: set[int], unreachable: set[int], before: int, added: bool, looped: bool,  # noqa: FBT001 - a table
) -> None:  # fmt: skip
    """None where a way back is known for all sizes, or no run comes; where there are many, a loop is looked for."""
    pieces: Any = [SimpleNamespace(conditions="region")]
    of_shape = {0: [9] * before}
    loops: list[int] = []

    def add(piece: Any) -> None:
        assert (piece.shape, piece.conditions, piece.next, piece.step.edges) == (0, "c", 0, (edge,))
        of_shape[0].append(1)

    edge: Any = SimpleNamespace(source=0, target=1)
    choice = SimpleNamespace(conditions="c", inputs=(), quotients=())
    self: Any = SimpleNamespace(
        found=SimpleNamespace(
            everywhere=everywhere, invariant=SimpleNamespace(unreachable=unreachable), of_shape=of_shape, pieces=pieces
        ),
        chosen=lambda edges, region: [choice] if (edges, region) == ((edge,), "region") else [],
        add=add, loop=loops.append,
    )  # fmt: skip
    ways_back._Backward.before(self, edge, 0)

    assert (of_shape[0][before:], loops) == ([1] * added, [0] * looped)


@pytest.mark.parametrize(
    ("measure", "least_of_it", "natural"),
    [(Q0, 0, True), (Q0 - 1, 0, False), (Q0 - 1, 1, True), (Q0 - 2, 1, False), (Q0 + 3, 0, True), (-Q0, 0, False)],
)
def test_a_measure_that_has_a_floor(measure: Linear, least_of_it: int, *, natural: bool) -> None:
    """Just where it is nowhere below 0, as far as the conditions go; 0 itself is none below."""
    claim, feasible = keepers.nobody_waits, Feasibility()
    automaton = extract(keepers.Tickets(), [claim], feasible, needed=frozenset())
    shape = next(each.index for each in automaton.shapes if len(each.slots) == 2)
    whatever = Invariant([[] for _ in automaton.shapes])
    question = ways_back._Question(WaysBack(automaton, claim, whatever), shape, UNLIMITED)

    assert question.has_floor(measure, (least(Q0 - least_of_it),)) is natural


@pytest.mark.parametrize("seed", range(20))
def test_routes_from_a_shape_to_itself(seed: int) -> None:
    """All of at most three steps that are there again at the end, and not before, short ones first."""
    chance = random.Random(seed)
    ends = [(chance.randrange(3), chance.randrange(-1, 3)) for _ in range(6)]
    edges: list[Any] = [SimpleNamespace(index=place, source=each[0], target=each[1]) for place, each in enumerate(ends)]
    leaving = {shape: [each for each in edges if each.source == shape] for shape in range(3)}
    found: Any = SimpleNamespace(automaton=SimpleNamespace(leaving=leaving))
    for shape in range(3):
        routes = [[each.index for each in way] for way in ways_back._Backward(found, UNLIMITED).returns(shape)]
        assert sorted(map(len, routes)) == [*map(len, routes)]
        assert sorted(routes) == sorted(
            [*way]
            for steps in (1, 2, 3)
            for way in itertools.product(range(6), repeat=steps)
            if ends[way[0]][0] == ends[way[-1]][1] == shape
            and all(ends[one][1] == ends[other][0] != shape for one, other in itertools.pairwise(way))
        )
