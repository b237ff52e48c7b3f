"""The parts of which an automaton is made: names of unknowns, wider edges, what is 0, and counters below it."""

from __future__ import annotations

from typing import Any

import pytest

from spillproof.model import Bytes, HeapObject, Model
from spillproof.model.errors import ModelError
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.model.state import slots, snapshot
from spillproof.model.system import Kind, Parameter
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import ClaimError
from spillproof.properties.engines.automaton import extraction
from spillproof.properties.engines.automaton.extraction import _Names, _negatives, _widest, _without
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import goals
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.limits import UNLIMITED
from spillproof.properties.engines.network.larger import contradicted
from spillproof.properties.engines.proof.affine import _spelt
from spillproof.properties.engines.proof.certificate import _definition
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation.fork import Line, parting
from tests.engines.stores import CannotBeThree, Stores

A, B = Linear({0: 1}), Linear({1: 1})
LESS, MORE = Condition(A, Is.NOT_ZERO), Condition(B, Is.NOT_ZERO)


def edge(
    guard: tuple[Condition, ...] = (), target: int = 0, update: tuple[Linear | int, ...] = (A,), **more: Any
) -> Edge:
    """An edge from the first shape."""
    return Edge(-1, 0, Move("step", ()), guard, target, update, 1, 2, (1,), **more)


class Pool(HeapObject):
    free: Bytes


class Pools(Model):
    def begin(self) -> None:
        self.pools = [Pool(1), Pool(2)]


def test_what_unknowns_are_called() -> None:
    """Sizes of the state first, then those of the arguments, which are one more; then quotients."""
    parameters = (
        Parameter("into", Kind.OBJECT, object), Parameter("size", Kind.SIZE, int), Parameter("more", Kind.SIZE, int),
    )  # fmt: skip
    names = _Names(slots(snapshot(Pools().start()).objects), parameters)

    assert [*map(names, range(6))] == [
        ("pools[0].free", 0), ("pools[1].free", 0), ("size", 1), ("more", 1), ("quotient0", 0), ("quotient1", 0),
    ]  # fmt: skip


def test_wider_edges() -> None:
    """Of two that do the same, the one that may do so in more states is enough; whichever comes first."""
    narrow, wide = edge((LESS, MORE)), edge((LESS,))
    others = [edge((MORE,)), edge((LESS,), target=1), edge((LESS,), update=(B,)), edge((LESS,), origins=(1,))]

    for edges in ([narrow, wide, *others], [*others, wide, narrow]):
        kept = _widest(edges)
        assert {id(each) for each in kept} == {id(wide), *map(id, others)}
    assert len(_widest([edge((LESS,), raised="x"), edge((LESS,), raised="y")])) == 2
    assert len(_widest([wide, edge((LESS,))])) == 1


@pytest.mark.parametrize(
    ("size", "zeros", "left"),
    [
        (Linear({0: 1, 1: 2}, 3), {0}, ({1: 2}, 3)),
        (Linear({0: 1, 1: 2}, 3), {0, 1}, 3),
        (Linear({0: 1, 1: 2}, 3), {2}, ({0: 1, 1: 2}, 3)),
        (7, {0}, 7),
    ],
)
def test_unknowns_that_are_zero(size: Linear | int, zeros: set[int], left: object) -> None:
    """They are left out of an expression; without any there is a number left."""
    found = _without(size, frozenset(zeros))

    assert ((found.terms, found.constant) if isinstance(found, Linear) else found) == left


def test_counters_below_zero() -> None:
    """What can be, with its condition; what cannot be is none; what is in any case is one without a condition.

    A natural less 1 is below 0 where it is 0, and a - b where b - a - 1 is at least 0.
    """
    found = [*_negatives(edge(update=(A, A - 1, A - B, 5, 0, -1)))]

    assert [[(each.left.terms, each.left.constant, each.holds) for each in way] for way in found] == [
        [({0: 1}, 0, Is.ZERO)], [({0: -1, 1: 1}, -1, Is.AT_LEAST_ZERO)], [],
    ]  # fmt: skip


def test_expressions_are_told_apart() -> None:
    """By their terms and their constant; a number is itself."""
    assert _spelt(3) == 3
    assert len({_spelt(each) for each in (A, B, A + 1, 2 * A, 0, 1)}) == 6


def test_a_model_that_refuses_the_number() -> None:
    """It is said how, of each claim that is left."""
    claims = claims_about(Stores)[0][:2]
    found = contradicted(CannotBeThree(), "stores", claims, UNLIMITED, 0.0, numbers={3: 1})

    assert found == {each.name: "with stores=3 it does not begin: ValueError: 3" for each in claims}


def test_a_claim_that_could_not_be_asked_is_false_nowhere() -> None:
    """And that proves nothing: whoever wants to know where it is false is told why it could not be asked."""
    (claim, other) = claims_about(Stores)[0][:2]
    automaton = extract(Stores(), [claim, other], Feasibility())
    before = [goals(automaton, each) for each in (claim, other)]
    assert before[0] != []
    automaton.refused[claim] = ClaimError(claim, "it answers 3")

    with pytest.raises(ClaimError, match="it answers 3"):
        goals(automaton, claim)
    assert goals(automaton, other) == before[1]


LINES = [("a.py", number, "step") for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("ones", "others", "words"),
    [
        ([], LINES, ""),
        (LINES, [], ""),
        (LINES, LINES, "; both execute the same lines, the last of which is a.py:3, in step"),
        (LINES, [LINES[1]], "; they part at a.py:1, in step"),
        (LINES, [LINES[0], LINES[2]], "; they part after a.py:1, in step: integers go on at a.py:2, in step"),
        (LINES, LINES[:2], "; they part after a.py:2, in step: only integers go on, at a.py:3, in step"),
        (LINES[:1], LINES, "; they part after a.py:1, in step: only unknown sizes go on, at a.py:2, in step"),
    ],
)
def test_where_two_executions_part(ones: list[Line], others: list[Line], words: str) -> None:
    """At the first line that differs, after the last that does not; or where one of them ends."""
    assert parting(ones, others) == words


def test_what_a_proof_is_about() -> None:
    """Its definitions say of each shape which objects it has, and what its unknowns are."""
    automaton = extract(Stores(), (), Feasibility())
    lines = [*_definition(automaton.shapes[0], ("(= q0 q1)",))]

    assert lines[0] == "; shape 0: Store, Store"
    assert lines[1:-1] == [f";   q{number} = {slot.where}" for number, slot in enumerate(automaton.shapes[0].slots)]
    assert len(lines) == len(automaton.shapes[0].slots) + 2
    assert lines[-1].startswith("(define-fun shape0 ((q0 Int) ")
    assert "(= q0 q1)" in lines[-1]


def test_as_many_shapes_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is the most that are known of; one more is taken for a heap that grows without end."""
    many = len(extract(Yardstick(), [], Feasibility()).shapes)
    monkeypatch.setattr(extraction, "MOST_SHAPES", many)
    assert len(extract(Yardstick(), [], Feasibility()).shapes) == many
    monkeypatch.setattr(extraction, "MOST_SHAPES", many - 1)
    with pytest.raises(ModelError, match=f"has more than {many - 1} shapes"):
        extract(Yardstick(), [], Feasibility())
