"""What solvers are asked, written out by hand: both second halves, what a certificate obliges to, and Horn clauses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.quantity import Linear
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Divided, Edge, Move
from spillproof.properties.engines.network import script as network
from spillproof.properties.engines.network.invariance import FoldedShape
from spillproof.properties.engines.network.transfer import Excluded
from spillproof.properties.engines.proof.certificate import _obligations, _questions
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.spacer import _Known, horn
from spillproof.properties.engines.recovery import script as recovery
from spillproof.properties.engines.recovery.ways_back import Piece, StepBack
from tests.engines.conditions import least, zero

Q0, Q1, Q2, Q3 = (Linear({symbol: 1}) for symbol in range(4))


def edge(source: int, target: int, guard: Any, update: Any, symbols: int, width: int = 2) -> Any:  # noqa: PLR0917
    """A step between shapes of two sizes."""
    return Edge(0, source, Move("go", ()), guard, target, update, width, symbols, ())


def automaton(*edges: Any, slots: int = 2, shapes: int = 1) -> Any:
    """Shapes of so many sizes, and the edges between them."""
    places = [SimpleNamespace(index=index, slots=["a"] * slots, kept={}) for index in range(shapes)]
    leaving = {shape: [each for each in edges if each.source == shape] for shape in range(-1, shapes)}
    return SimpleNamespace(
        shapes=places, edges=list(edges), leaving=leaving, widths=lambda: [slots] * shapes, model=None
    )


# That the rest is a network invariant


def lines_of(known: Any = (), matched: Any = (), claims: Any = ()) -> list[str]:
    """What is asked of shape 4, of which none or some objects may be folded."""
    node = FoldedShape(4, frozenset(map(frozenset, ({8, 1}, {3}, {2}, {5}, ()))), known)
    steps = [
        SimpleNamespace(edge=SimpleNamespace(symbols=symbols, guard=guard), ways=ways)
        for symbols, guard, ways in matched
    ]
    invariance: Any = SimpleNamespace(
        larger=SimpleNamespace(edges=[0, 1], shapes=[0]),
        smaller=SimpleNamespace(edges=[0, 1, 2]),
        nodes={"a": node},
        matched={"a": steps},
    )
    return network.second_half(invariance, [Excluded(node, *each) for each in claims]).splitlines()


def test_the_second_half_for_any_number() -> None:
    """A step that none of its ways does, or a way in which a claim is false, under what is known."""
    way, other = SimpleNamespace(conditions=(zero(Q2),)), SimpleNamespace(conditions=())

    assert lines_of((least(Q0 - 1),), [(3, (least(Q1 - 2),), (way, other))], [(2, (zero(Q1),))]) == [
        "; The rest is a network invariant: 1 folded steps of 2 edges",
        "; between 1 shapes are done by 3. Every check-sat must answer unsat.",
        "; shape 4, with nothing or objects 1, 8 or objects 2 or objects 3 or objects 5 folded",
        "(push 1)",
        "(declare-const q0 Int)",
        "(assert (>= q0 0))",
        "(declare-const q1 Int)",
        "(assert (>= q1 0))",
        "(declare-const q2 Int)",
        "(assert (>= q2 0))",
        "(assert (>= (+ q0 (- 1)) 0))",
        (
            "(assert (or false (and true (= q1 0))"
            " (and true (>= (+ q1 (- 2)) 0) (not (and true (= q2 0))) (not (and true )))))"
        ),
        "(check-sat)",
        "(pop 1)",
    ]


def test_nothing_is_asked_where_nothing_can_be_wrong() -> None:
    """A shape that no step leaves, and no claim is about."""
    assert len(lines_of((zero(Q3),))) == 2


@pytest.mark.parametrize(
    ("known", "matched", "claims", "unknowns"),
    [
        ((), [(0, (zero(Q0),), ())], [], 0),
        ((least(Q3 - Q0),), [(1, (), ())], [(2, ())], 4),
        ((), [(1, (), ()), (3, (), ())], [(2, ())], 3),
        ((), [(1, (), ())], [(2, ()), (5, ())], 5),
    ],
)
def test_every_unknown_is_declared(known: Any, matched: Any, claims: Any, unknowns: int) -> None:
    """Those of what is known, of every step and of every claim."""
    declared = [each for each in lines_of(known, matched, claims) if "declare" in each]

    assert declared == [f"(declare-const q{number} Int)" for number in range(unknowns)]


def test_what_would_be_wrong_has_one_order() -> None:
    """Each once, and sorted: a script is the same on every machine."""
    *_, wrong, _, _ = lines_of(claims=[(1, (zero(Q0 - number),)) for number in (5, 3, 1, 4, 2, 3, 6)])

    assert wrong == f"(assert (or false {' '.join(f'(and true (= (+ q0 (- {number})) 0))' for number in range(1, 7))}))"


# That each way back comes to its end


def back(*pieces: Piece, slots: int = 2) -> list[str]:
    """What is asked of ways back to a claim."""
    made = automaton(slots=slots, shapes=2)
    for each in pieces:
        made.shapes[each.shape].kept.setdefault("empty", []).append(each.way)
    of_shape: dict[int, list[int]] = {}
    for number, each in enumerate(pieces):
        of_shape.setdefault(each.shape, []).append(number)
    ways: Any = SimpleNamespace(
        claim=SimpleNamespace(name="empty"), automaton=made, pieces=list(pieces), of_shape=of_shape
    )
    return recovery.second_half(ways).splitlines()


def asked(name: str, number: int, *lines: str) -> list[str]:
    """What is asked of a piece of shape 0."""
    return [
        f"; piece {number}, of shape 0: {name}",
        "(push 1)",
        "(declare-const q0 Int)",
        "(declare-const q1 Int)",
        "(assert (shape0 q0 q1))",
        *lines,
        "(check-sat)",
        "(pop 1)",
    ]


def test_the_second_half_where_the_claim_is_true() -> None:
    """What a piece says must give the way in which it is: q0 // 4 is 0 where q0 is less than 4."""
    way = Divided((zero(Q2),), ((2, Q0, 4),))

    assert back(Piece(0, (least(-Q0 + 3),), way)) == [
        "; Ways back for empty: 1 pieces. Every check-sat must answer unsat.",
        *asked(
            "the claim is true",
            0,
            "(assert (>= (+ (- q0) 3) 0))",
            "(declare-const q2 Int)",
            "(assert (and true (>= (+ q0 (* (- 4) q2)) 0) (>= (+ (- q0) (* 4 q2) 3) 0)))",
            "(assert (or false (and true  (not (and true (= q2 0))))))",
        ),
    ]


def test_the_second_half_where_a_shape_has_no_sizes() -> None:
    """Its relation has no arguments, and nothing is declared."""
    assert back(Piece(1, ()), slots=0)[1:] == [
        "; piece 0, of shape 1: the claim is true",
        "(push 1)",
        "(assert shape1)",
        "(assert (or false (and true  (not (and true )))))",
        "(check-sat)",
        "(pop 1)",
    ]


def test_the_second_half_for_a_step_back() -> None:
    """Two edges, each with an argument; that it can be taken, makes nothing negative, and leads into the piece."""
    first = edge(0, 1, (least(Q0 - 2 * Q2),), (Q0 - 2 * Q2, Q1 + Q2), 3)
    second = edge(1, 0, (zero(Q2 - 3),), (Q0 - Q2, Q1), 3)
    step = StepBack(0, (), (first, second), (Q1 - 1, Q0))

    assert back(Piece(0, (zero(Q0),)), Piece(0, (least(Q0 - 7),), step=step, next=0))[10:] == asked(
        "go, go leads to piece 0",
        1,
        "(assert (>= (+ q0 (- 7)) 0))",
        "(assert (or false (and true  (not (and true"
        " (>= (+ q1 (- 1)) 0) (>= (+ q0 (* (- 2) q1) 2) 0) (>= (+ q0 (* (- 2) q1) 2) 0) (>= (+ (* 2 q1) (- 1)) 0)"
        " true (= (+ q0 (- 3)) 0) (>= (+ (* (- 2) q1) 2) 0) (>= (+ (* 2 q1) (- 1)) 0)"
        " (= (+ (* (- 2) q1) 2) 0))))))",
    )


def test_the_second_half_for_a_loop() -> None:
    """Where no earlier piece is, a step can be taken; each makes the measure less, and keeps to the loop."""
    step = StepBack(0, (least(Q1 - 1),), (edge(0, 0, (), (Q0, Q1 - Q0), 2),), ())
    loop = Piece(0, (least(Q1 - Q0),), loop=(step,), measure=Q1 * 2)

    assert back(Piece(0, (zero(Q1),)), Piece(1, ()), loop, Piece(0, ()))[18:27] == asked(
        "a loop of 1 steps that make (* 2 q1) less",
        2,
        "(assert (>= (+ (- q0) q1) 0))",
        "(assert (or false (and true (not (and true (= q1 0))) (not (and true (>= (+ q1 (- 1)) 0))))"
        " (and true (>= (+ q1 (- 1)) 0) (not (and true (>= (+ (- q0) q1) 0)"
        " (>= (+ (* (- 2) q0) q1) 0) (>= (+ (* 2 q0) (- 1)) 0))))))",
    )


# What a certificate obliges to


@pytest.mark.parametrize(("sound", "within"), [(True, ""), (False, "(>= (+ q0 (- q2)) 0) ")])
def test_what_a_step_obliges_to(within: str, *, sound: bool) -> None:
    """It leads into the invariant; where counters may be negative, only if none is. Errors lead nowhere."""
    step, error = edge(0, 0, (least(Q1 - 2),), (Q0 - Q2, Q1), 3), edge(0, -1, (), (), 2)

    assert list(_obligations(automaton(step, error), 0, (), sound=sound)) == [
        f"(and (>= q2 0) (>= (+ q1 (- 2)) 0) {within}(not (shape0 (+ q0 (- q2)) q1)))"
    ]


def test_what_a_goal_obliges_to() -> None:
    """In a shape, its conditions and that quotients are natural; on an edge, its guard and its arguments too."""
    divided = Divided((zero(Q3),), ((3, Q0, 4),))
    step = edge(0, 0, (least(Q1 - 2),), (Q0, Q1), 3)

    assert list(_obligations(automaton(), 0, [Goal(0, divided), Goal(0, divided, step)], sound=True)) == [
        "(and (>= q3 0) (= q3 0))",
        "(and (>= q2 0) (>= q3 0) (>= (+ q1 (- 2)) 0) (= q3 0))",
    ]


def test_what_is_declared_for_a_question() -> None:
    """As many unknowns as the sizes, the widest edge, or the quotients of a goal need; of each shape with edges."""
    made = automaton(edge(-1, 0, (), (Q0, Q0), 1, 0), edge(0, 0, (), (Q0, Q1), 3), shapes=3)
    unsafe = {0: [Goal(0, Divided((), ((4, Q0, 4),)))], 1: [Goal(1, (zero(Q0),))]}

    found = [(each.source, each.width, each.symbols) for each in _questions(made, unsafe, sound=True)]
    assert found == [(-1, 0, 1), (0, 2, 5), (1, 2, 2)]
    assert [each.symbols for each in _questions(made, {}, sound=True)] == [1, 3]


# Horn clauses


def test_sizes_that_an_equation_gives_are_not_asked_about() -> None:
    """They are put in; that they are 0 or more is said, where that is no matter of course."""
    known: Any = SimpleNamespace(
        replacements=[{1: Q0 - Q2, 3: Q0 + Q2}], conditions=lambda _: (), rewrite=lambda _, __: [least(Q0 - 9)]
    )
    here, before = (_Known(automaton(slots=4), known, shape) for shape in (0, -1))

    assert here.free == [0, 2]
    assert here.source(6) == [
        "(shape0 q0 q2)", "(>= (+ q0 (- q2)) 0)", "(>= q0 0)", "(>= q2 0)", "(>= q4 0)", "(>= q5 0)",
        "(>= (+ q0 (- 9)) 0)",
    ]  # fmt: skip
    assert list(here.conditions((zero(Q1 - 2), zero(Q1 - Q0 + Q2), zero(Q1 - Q0 + Q2 + 1)))) == [
        "(= (+ q0 (- q2) (- 2)) 0)", "false",
    ]  # fmt: skip
    assert before.source(2) == ["(>= q0 0)", "(>= q1 0)"]


def test_horn_clauses_by_hand() -> None:
    """A relation a shape, a rule a step that arrives, and a rule a goal; over the sizes that no equation gives."""
    known = Invariant([[Q1 - Q0], [Linear({}, 1)]])
    made = automaton(
        edge(-1, 0, (least(Q0 - 5),), (Q0, Q0), 1, 0),
        edge(0, 0, (), (Q0 - Q2, Q1 - Q2), 3),
        edge(0, -1, (), (), 2),
        edge(1, 0, (), (Q0, Q1), 2),
        shapes=2,
    )
    goals = [
        Goal(0, Divided((zero(Q2 - 1),), ((2, Q0, 4),))),
        Goal(0, Divided((least(Q2 - Q0),), ((3, Q0, 4),)), made.edges[1]),
        Goal(-1, (zero(Q0),), made.edges[0]),
        Goal(1, ()),
    ]

    assert horn(made, goals, known).splitlines() == [
        "(declare-rel shape0 (Int))",
        "(declare-rel shape1 (Int Int))",
        "(declare-rel bad ())",
        *[f"(declare-var q{number} Int)" for number in range(4)],
        "(rule (=> (and true (>= q0 0) (>= (+ q0 (- 5)) 0)) (shape0 q0)))",
        (
            "(rule (=> (and true (shape0 q0) (>= q0 0) (>= q2 0)"
            " (>= (+ q0 (- q2)) 0) (>= (+ q0 (- q2)) 0)) (shape0 (+ q0 (- q2)))))"
        ),
        "(rule (=> (and true (shape0 q0) (>= q0 0) (>= q2 0) (= (+ q2 (- 1)) 0)) bad))",
        "(rule (=> (and true (shape0 q0) (>= q0 0) (>= q2 0) (>= q3 0) (>= (+ (- q0) q2) 0)) bad))",
        "(rule (=> (and true (>= q0 0) (>= (+ q0 (- 5)) 0) (= q0 0)) bad))",
        "(query bad)",
    ]
