"""How steps of one consumer and the rest do what a step of two does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.rest import standing
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.network.fold import Folded
from spillproof.properties.engines.network.folded_step import FoldedStep
from spillproof.properties.engines.network.images import ReadAs, Readings
from spillproof.properties.engines.network.invariance import Invariance
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.network.stand_in_search import NEVER, StandInSearch
from spillproof.properties.engines.network.ways import Draft, Image, Task, Way, Ways, task_of, worked_out
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.conditions import least
from tests.engines.stores import ManyStores, Stores

AUTOMATON = extract(Stores(), [], Feasibility())


def test_solved_by_a_later_equation() -> None:
    """An equation with twice an unknown is asked with what a later one says of it, and with no unknown of the path."""
    given = 2
    twice = Linear({0: 1, given: 2})
    once = Linear({1: 1, given: 1})
    edge = Edge(0, 0, Move("put", (None,)), (), 0, (twice, once), 2, 3, (given,))
    source = Image(0, (Linear({0: 1}), Linear({1: 1})))
    target = Image(0, (Linear({2: 1}), Linear({3: 1})))

    (way,) = worked_out(Ways(AUTOMATON).along((edge,), source, target, Task("put", ())))

    asked = {frozenset(each.left.terms.items()) for each in way.conditions}
    assert frozenset({(0, 1), (1, -2), (2, -1), (3, 2)}) in asked  # q0 + 2 (q3 - q1) = q2
    assert all(symbol < 4 for each in way.conditions for symbol in each.left.terms)


def asking_of(*conditions: Condition) -> Invariance:
    """Return the question about stores, of whose first shape an invariant says so much."""
    feasible = Feasibility()
    smaller, larger = (extract(standing(ManyStores, dict(Stores().scope), number), [], feasible) for number in (1, 2))
    nothing: list[list[Linear]] = [[] for _ in smaller.shapes]
    return Invariance(smaller, Invariant(nothing, [[*conditions], *([] for _ in smaller.shapes[1:])]), larger)


def test_another_reading_is_reached_only_where_the_best_one_is_a_state() -> None:
    """What is known of a target is what is known of its best reading: that must be so, for constants as well."""
    at_least_two = Condition(Linear({0: 1}, -2), Is.AT_LEAST_ZERO)
    asking = asking_of(at_least_two)
    best, other = Image(0, (Linear({0: 1}),)), Image(1, ())

    for size, further in ((Linear({3: 1}), [Condition(Linear({3: 1}, -2), Is.AT_LEAST_ZERO)]), (3, []), (1, [NEVER])):
        edge = Edge(0, 0, Move("put", (None,)), (), 0, (size,), 1, 4, (3,))
        asked = FoldedStep(edge, task_of(edge), frozenset(), [Image(2, ())], [Image(0, (size,)), other], [best])
        ((_, target, conditions),) = asking.stand_ins.search.pairs(asked, is_best=False)
        assert target is other
        assert [each.key() for each in conditions] == [each.key() for each in further]


def test_no_target_is_known_but_by_the_best_reading() -> None:
    """Where a constant rules the best reading out, the others are none either."""
    best, other = ReadAs(0, (1,), (0,)), ReadAs(1, (0,), (1,))
    readings = Readings(0, (Linear({0: 1}), Linear({1: 1})), (best, other), ())

    assert readings.with_sizes((5, 0)) == []
    assert readings.with_sizes((0, 5)) == [Image(0, (5,))]
    assert Readings(0, (), (), ()).with_sizes(()) == []


def test_what_does_a_step_does_it_under_more_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that is one that was done before, with further conditions, is not asked about; with fewer it is."""
    asking = asking_of()
    asking.check()
    edge, before, after, ways = next(_conditional(asking))
    monkeypatch.setattr(StandInSearch, "ways_of", lambda *_: pytest.fail("it was asked about"))

    assert repr(asking.stand_ins.found(edge, before, after, lambda: Premise(edge.guard))) == repr(ways)
    more = (*edge.guard, Condition(Linear({edge.symbols: 1}, -7), Is.AT_LEAST_ZERO))
    assert repr(asking.stand_ins.found(replace(edge, guard=more), before, after, lambda: Premise(more))) == repr(ways)
    with pytest.raises(pytest.fail.Exception, match="it was asked about"):
        asking.stand_ins.found(replace(edge, guard=()), before, after, lambda: Premise(()))
    done = [each.asked.edge.source for known in asking.stand_ins.by_itself.values() for each in known.values()]
    assert min(done) == 0 < max(done)  # of a beginning there is nothing to be known of its fold
    monkeypatch.setattr(asking.stand_ins, "is_by_itself", lambda _: False)
    with pytest.raises(pytest.fail.Exception, match="it was asked about"):
        asking.stand_ins.found(edge, before, after, lambda: Premise(edge.guard))


def _conditional(asking: Invariance) -> Iterator[tuple[Edge, Folded, Folded, tuple[Way, ...]]]:
    """Yield the folded steps that have conditions, without which nothing is known of them, and what does them."""
    for matched in asking.matched.values():
        for each in matched:
            known = [*asking.folding.after(each.edge, each.folded)]
            if each.edge.source >= 0 and each.edge.guard and len(known) == 1:
                yield each.edge, each.folded, known[0], each.ways


def test_a_solver_says_that_ways_do_a_step_whatever_else_is_known() -> None:
    """Ways do a step at all sizes, as a solver says, or not at some."""
    asking = asking_of()
    q0, q1 = Linear({0: 1}), Linear({1: 1})
    small = Way((), (Condition(q0 - q1, Is.AT_LEAST_ZERO),))
    large = Way((), (Condition(q1 - q0 - 1, Is.AT_LEAST_ZERO),))

    assert asking.stand_ins.do_all([small, large], Premise(()), 2)
    assert not asking.stand_ins.do_all([small], Premise(()), 2)
    assert asking.stand_ins.do_all([small], Premise([Condition(q0 - q1 - 3, Is.AT_LEAST_ZERO)]), 2)


Q0, Q1, Q2 = (Linear({symbol: 1}) for symbol in range(3))


@pytest.mark.parametrize(
    ("known", "ways", "done"),
    [
        ([], [[]], True),
        ([], [], False),
        ([], [[least(Q0 - Q1)]], False),
        ([least(Q0 - Q1 - 3)], [[least(Q0 - Q1)]], True),
        ([], [[least(Q0 - Q1)], [least(Q1 - Q0 - 1)]], True),  # where the first cannot be taken, the other can
        ([], [[least(Q0 - Q1)], [least(Q1 - Q0 - 2)]], False),
        ([], [[least(Q0 - Q1)], [least(Q1 - Q2)], [least(Q2 - Q1 - 1)]], True),
        ([], [[least(Q0 - Q1), least(Q1 - Q2)], []], False),  # two that are open are a solver's question
        ([least(Q1 - Q2)], [[least(Q0 - Q1), least(Q1 - Q2)], []], True),
        ([least(Q0 - Q1), least(Q1 - Q2), least(Q2 - 2)], [[least(Q0 - 2)]], False),  # as is a sum of three
    ],
)
def test_what_is_plain_without_a_solver(known: list[Condition], ways: list[list[Condition]], *, done: bool) -> None:
    """Each way is taken where those before it cannot be, and at last there is nowhere that none can."""
    assert asking_of().stand_ins.do_plainly([Way((), tuple(each)) for each in ways], Premise(known)) is done


@pytest.mark.parametrize(
    ("guard", "condition", "is_plain", "done"),
    [
        ((), least(Q0 - 2), True, True),  # what is known of its own fold
        ((), least(Q0 - 3), True, False),
        ((), least(Q0 - 3), False, False),
        ((least(Q0 - 3),), least(Q0 - 3), True, True),  # and where it is taken
        ((), least(Q1 - 1), True, False),  # that was known of another fold
        ((), least(Q1 - 1), False, False),
        ((least(Q1 - Q0), least(Q2 - Q1)), least(Q2 - 2), True, False),  # which a solver was not asked
        ((least(Q1 - Q0), least(Q2 - Q1)), least(Q2 - 2), False, True),
    ],
)
def test_ways_that_do_a_step_whoever_stands_by(
    guard: tuple[Condition, ...], condition: Condition, *, is_plain: bool, done: bool
) -> None:
    """They are taken for others like it where what is known of its own fold is enough, and nowhere else."""
    asking = asking_of(Condition(Linear({0: 1}, -2), Is.AT_LEAST_ZERO))
    edge = Edge(0, 0, Move("put", (None,)), guard, 0, (Q0,), 1, 3, (1,))
    image = Image(0, (Q0,))
    asked = FoldedStep(edge, task_of(edge), frozenset(), [image, Image(1, ())], [image], [image])

    assert asking.stand_ins.do_by_themselves([Way((), (condition,))], asked, is_plain=is_plain) is done


def test_what_could_not_be_matched() -> None:
    """Its best readings are said; none of the target where it is no state."""
    edge = Edge(0, 0, Move("put", (None,)), (), 0, (Q0,), 1, 3, (1,))
    first, other = Image(0, (Q0,)), Image(1, ())
    for targets in ([first, other], []):
        found = FoldedStep(edge, task_of(edge), frozenset(), [first, other], targets, [first]).unmatched((5, 1))
        assert (found.edge, found.sizes, found.source) == (edge, (5, 1), first)
        assert found.target is (targets[0] if targets else None)


def test_what_steps_look_like() -> None:
    """Exactly: how many unknowns each size is made of, and the guard, whatever its order; roughly: shapes alone."""

    def looks(
        size: Linear | int, *guard: Condition, target: int = 1, after: Linear | int = Q1
    ) -> tuple[object, object]:
        edge = Edge(0, 0, Move("put", (None,)), guard, 0, (Q0,), 1, 3, (1,))
        images = [Image(0, (size,))], [Image(target, (after,))]
        return FoldedStep(edge, task_of(edge), frozenset(), *images, images[1]).looks

    assert looks(Q0, least(Q0 - 1), least(Q1)) == looks(Q2, least(Q1), least(Q2 - 1))
    for size, guard in ((Q0 + Q1, ()), (Q0 + 1, ()), (3, ()), (Q0, (least(Q0),))):
        exactly, roughly = looks(size, *guard)
        assert exactly != looks(Q0)[0]
        assert roughly == looks(Q0)[1]
    assert looks(Q0, target=2)[1] != looks(Q0)[1]
    assert looks(Q0, after=Q0 + Q1)[0] != looks(Q0)[0]


def test_a_path_is_worked_out_once() -> None:
    """Edges that were taken between other images before, and between other shapes none at all, give the same ways."""
    given = 1
    edge = Edge(0, 0, Move("put", (None,)), (), 0, (Linear({0: 1, given: 1}, 1),), 1, 2, (given,))
    step = Task("put", (Linear({2: 1}),))
    first = (Image(0, (Linear({0: 1}),)), Image(0, (Linear({0: 1, 2: 1}, 1),)))
    second = (Image(0, (Linear({0: 1, 1: 2}),)), Image(0, (5,)))
    other = (Image(1, (Linear({0: 1}), 0)), Image(1, (Linear({1: 1}), 0)))
    used = Ways(AUTOMATON)
    for path, (source, target) in (((edge,), first), ((edge,), second), ((), first), ((), other)):
        found = [[*worked_out(ways.along(path, source, target, step))] for ways in (used, Ways(AUTOMATON))]
        assert repr(found[0]) == repr(found[1])
        assert all(symbol < 3 for way in found[0] for each in way.conditions for symbol in each.left.terms)
    assert len(used.plans) == 3


def test_a_draft_is_worked_out_as_far_as_one_asks() -> None:
    """Two open conditions are enough to give a path up; that it cannot be taken shows when all are asked for."""
    told: list[int] = []

    def wanted(*left: Linear | int) -> Iterator[tuple[Linear | int, Is]]:
        for place, each in enumerate(left):
            told.append(place)
            yield each, Is.AT_LEAST_ZERO

    draft = Draft((), wanted(Q0 - 1, 5, Q0 - 1, Q1 - 1, Q2 - 1, -1, Q0 - 9))
    premise = Premise([Condition(Q0 - 3, Is.AT_LEAST_ZERO)])
    assert [each.key() for each in draft.open(premise) or ()] == [
        Condition(each, Is.AT_LEAST_ZERO).key() for each in (Q1 - 1, Q2 - 1)
    ]
    assert told == [0, 1, 2, 3, 4]
    assert draft.way() is None
    assert draft.open(premise) is None
    assert told == [0, 1, 2, 3, 4, 5]


def test_a_condition_is_asked_once() -> None:
    """What a path asks twice is one condition of its way, and what is true of all sizes is none."""
    wanted: list[tuple[Linear | int, Is]] = [(Linear({0: 1}, -1), Is.AT_LEAST_ZERO), (5, Is.AT_LEAST_ZERO)]
    way = Draft((), iter(wanted * 2)).way()
    assert way is not None
    assert [each.key() for each in way.conditions] == [Condition(Linear({0: 1}, -1), Is.AT_LEAST_ZERO).key()]
