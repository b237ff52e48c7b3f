"""Which guesses stay, on automata that are written out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from spillproof.model.quantity import Condition, Linear
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Divided, Edge, Move
from spillproof.properties.engines.limits import UNLIMITED, OutOfTime
from spillproof.properties.engines.proof import houdini
from spillproof.properties.engines.proof.houdini import (
    NOT_REACHED,
    _about_sizes,
    _denied,
    _denied_together,
    _Houdini,
    _is_true_of,
    _samples,
    _step,
    _without_quotients,
    strengthen,
)
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.conditions import least, zero

Q0, Q1, Q2 = (Linear({symbol: 1}) for symbol in range(3))


Way = tuple[int, int, tuple[Any, ...], tuple[Any, ...]]
"""From which shape an edge leads to which, under which guard, and the sizes there."""


def automaton(ways: list[Way], widths: tuple[int, ...] = (1, 1), symbols: int = 2) -> Any:
    """An automaton of edges."""
    edges = [
        Edge(index, source, Move("go", ()), guard, target, update, widths[source] if source >= 0 else 0, symbols, ())
        for index, (source, target, guard, update) in enumerate(ways)
    ]
    shapes = [SimpleNamespace(index=index, slots=range(width)) for index, width in enumerate(widths)]
    leaving = {source: [each for each in edges if each.source == source] for source in range(-1, len(widths))}
    return SimpleNamespace(edges=edges, shapes=shapes, leaving=leaving)


def houdini_of(ways: list[Way], guesses: list[list[Condition]], **invariant: Any) -> _Houdini:
    """What drops guesses."""
    known = Invariant(invariant.pop("equations", [[], []]), **invariant)
    return _Houdini(automaton(ways), known, guesses, Feasibility(), UNLIMITED)


def keys(conditions: Any) -> list[object]:
    """What tells conditions apart."""
    return [each.key() for each in conditions]


def test_what_a_beginning_breaks_is_dropped() -> None:
    """And nothing else."""
    found = houdini_of([(-1, 0, (), (3,))], [[least(Q0 - 2), least(Q0 - 4)], []]).run()

    assert keys(found.further[0]) == keys([least(Q0 - 2)])


@pytest.mark.parametrize("first", [0, 1])
def test_what_hangs_on_a_guess_is_dropped_after_it(first: int) -> None:
    """Edges that were looked at before are looked at again, as often as a guess at their source is dropped."""
    ways: list[Way] = [(0, 1, (), (Q0,)), (1, 0, (), (Q0,)), (-1, first, (), (3,))]
    found = houdini_of(ways, [[least(Q0 - 4), least(Q0 - 2)] for _ in range(2)]).run()

    assert [keys(each) for each in found.further] == [keys([least(Q0 - 2)])] * 2


def test_what_raises_breaks_no_guess() -> None:
    """An edge that ends in an exception leads nowhere: neither at first nor when a guess was dropped."""
    ways: list[Way] = [(-1, 0, (), (5,)), (0, -1, (), ()), (0, 1, (), (Q0 + 2,))]
    found = houdini_of(ways, [[least(Q0 - 5), least(Q0 - 9)], [least(Q0 - 7)]]).run()

    assert [keys(each) for each in found.further] == [keys([least(Q0 - 5)]), keys([least(Q0 - 7)])]


@pytest.mark.parametrize(("equations", "unreachable"), [([[Q0 - 3], []], {1}), ([[], []], set())])
def test_a_shape_that_is_not_reached(equations: Any, unreachable: set[int]) -> None:
    """Where equations say that no edge to it is taken: then it is known for it, and else something else is."""
    ways: list[Way] = [(-1, 0, (), (3,)), (0, 1, (least(Q0 - 5),), (Q0,))]
    found = houdini_of(ways, [[], [NOT_REACHED, least(Q0 - 1)]], equations=equations).run()

    assert found.unreachable == unreachable
    assert keys(found.further[1]) == ([] if unreachable else keys([least(Q0 - 1)]))


@pytest.mark.parametrize("source", [0, 1])
@pytest.mark.parametrize(("guard", "stays"), [(zero(Q0 * 2 - 3), True), (zero(Q0 * 2 - 4), False)])
def test_what_is_never_taken_breaks_no_guess(guard: Condition, source: int, *, stays: bool) -> None:
    """Twice a size is never 3, so that nothing comes of what would be false after that."""
    ways: list[Way] = [(-1, source, (), (Q0,)), (source, 1 - source, (guard,), (0,))]
    guesses: list[list[Condition]] = [[], []]
    guesses[1 - source] = [least(Q0 - 1)]

    assert bool(houdini_of(ways, guesses).run().further[1 - source]) is stays


def test_what_guesses_rule_out_breaks_no_guess() -> None:
    """An edge that is not taken as long as a guess at its source is true."""
    ways: list[Way] = [(-1, 0, (), (7,)), (0, 1, (least(-Q0 + 4),), (2,))]
    found = houdini_of(ways, [[least(Q0 - 5)], [least(Q0 - 9)]]).run()

    assert keys(found.further[1]) == keys([least(Q0 - 9)])


@pytest.mark.parametrize("source", [0, 1])
def test_equations_are_put_in(source: int) -> None:
    """What is after a step is known by what is equal before it."""
    widths = [1, 1]
    widths[source] = 2
    made = automaton([(-1, source, (), (Q0, Q0)), (source, 1 - source, (), (Q1 - Q0 + 3,))], (widths[0], widths[1]))
    equations: list[list[Linear]] = [[], []]
    equations[source] = [Q1 - Q0]
    guesses: list[list[Condition]] = [[], []]
    guesses[1 - source] = [least(Q0 - 3), least(Q0 - 4)]
    found = _Houdini(made, Invariant(equations), guesses, Feasibility(), UNLIMITED).run()

    assert keys(found.further[1 - source]) == keys([least(Q0 - 3)])


def test_nothing_is_known_before_the_beginning() -> None:
    """However many guesses there are, and whatever is known of the shapes."""
    guesses = [least(Q0 - number) for number in range(1, 12)]
    found = houdini_of([(-1, 0, (), (Q0,))], [[*guesses], []], residues=[{}, {0: (0, 50)}]).run()
    assert found.further[0] == []

    begins: list[Way] = [(-1, 0, (least(Q0 - 5),), (0,)), (-1, 0, (least(Q0 - 5),), (Q0,))]
    for ways in (begins[:1], begins[1:]):
        assert houdini_of(ways, [[least(Q0 - 9)], []], equations=[[], [Q0 - 3]]).run().further[0] == []


@pytest.mark.parametrize("source", [0, 1])
@pytest.mark.parametrize(
    ("after", "guess", "needed"),
    [(Q0 - 1, Q0 - 1, [least(Q0 - 2)]), (Q1, Q0 - 1, []), (Q0 - Q1, Q0 - 1, []), (Q0, -Q0 - 1, [])],
)
def test_what_was_needed(after: Linear, guess: Linear, needed: list[Condition], source: int) -> None:
    """What had to be so of the state before; of an argument nothing can be asked, nor of what is never so."""
    guesses: list[list[Condition]] = [[], []]
    guesses[1 - source] = [least(guess)]
    guessing = houdini_of([(-1, source, (), (Q0,)), (source, 1 - source, (), (after,))], guesses)
    guessing.run()

    assert keys(guessing.needed[source]) == keys(needed)
    assert guessing.needed[1 - source] == []


@pytest.mark.parametrize("one_by_one", [0, 8])
def test_guesses_are_asked_about_together_or_alone(one_by_one: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same stay: what the guard says, and what the source's residues do."""
    monkeypatch.setattr(houdini, "ONE_BY_ONE", one_by_one)
    ways: list[Way] = [(-1, 0, (), (3,)), (0, 0, (), (Q0 + 4,)), (0, 1, (least(Q1 - 6),), (Q1, Q0))]
    guesses = [least(Q0 - 5), least(Q1 - 2), least(Q0 - 7), least(Q1 - 4), least(Q0 - Q1)]
    made = automaton(ways, (1, 2))
    known = Invariant([[], []], residues=[{0: (4, 3)}, {}])
    found = _Houdini(made, known, [[], guesses], Feasibility(), UNLIMITED).run()

    assert keys(found.further[1]) == keys([least(Q0 - 5), least(Q1 - 2)])


def test_what_goals_deny_of_shapes() -> None:
    """Conditions on sizes of the shape alone, and of quotients what lies on either side; of an edge no shape."""
    edge = automaton([(0, 1, (), (Q0,))]).edges[0]
    divided = Divided((least(Q2 * 3 - Q0 - 1),), ((2, Q0, 3),))
    goals = [Goal(0, (), edge), Goal(1, (least(Q0 - 2), least(Q0 - Q1))), Goal(0, divided), Goal(-1, divided)]
    goals += [Goal(shape, Divided((least(Q2 * 3 - 2 * Q0),), ((2, Q0, 3),))) for shape in (0, 1)]

    found = _denied(automaton([]), goals)
    assert [keys(each) for each in found] == [
        keys([least(-Q0), least(Q0), least(-Q0 - 2), least(Q0 + 2)]),
        keys([least(-Q0 + 1), least(-Q0), least(Q0), least(-Q0 - 2), least(Q0 + 2)]),
    ]


def test_a_guess_about_runs() -> None:
    """It is true of them if it is of each; that a shape is not reached is true if none comes there."""
    runs: list[Any] = [[], [(2,), (3,)], [(1,), (2,)]]
    assert [_is_true_of(NOT_REACHED, samples) for samples in runs] == [True, False, False]
    assert [_is_true_of(least(Q0 - 2), samples) for samples in runs] == [True, True, False]
    assert keys(_about_sizes([0, 1, 2], [(5, 5, 5)])[-3:]) == keys(
        [least(Q0 - Q1 - Q2), least(Q1 - Q0 - Q2), least(Q2 - Q0 - Q1)]
    )


def test_guesses_are_about_sizes_that_no_equation_gives() -> None:
    """And about nothing else: two sizes that are equal are one."""
    made = automaton([(-1, 0, (), (3, 3))], (2, 0))
    known = Invariant([[Q1 - Q0], []])
    by: Any
    ((replaced, by),) = known.replacements[0].items()
    found = strengthen(made, known, [], Feasibility(), widely=True)

    assert {replaced} | by.terms.keys() == {0, 1}
    assert [keys(each) for each in found.further] == [keys([least(by - 1)]), []]


@pytest.mark.parametrize("widely", [False, True])
def test_the_time_is_looked_at(monkeypatch: pytest.MonkeyPatch, *, widely: bool) -> None:
    """For each walk and shape where it guesses widely, for each edge, and for each guess that is not plain."""
    monkeypatch.setattr(houdini, "WALKS", 3)
    asked = 1 if widely else 2  # that it is 1 at least, and what the goal denies; of the goal's all runs know better
    looks = (3 + 2 if widely else 0) + 1 + asked

    def check(often: int) -> None:
        left = iter(range(often))

        def look() -> None:
            if next(left, None) is None:
                raise OutOfTime

        limits: Any = SimpleNamespace(check=look)
        goals = [Goal(0, (least(-Q0 + 8),)), Goal(0, (least(Q0 - 90),))]
        strengthen(
            automaton([(-1, 0, (), (Q0 + 7,))]), Invariant([[], []]), goals, Feasibility(), widely=widely, limits=limits
        )

    for fewer in range(looks):
        with pytest.raises(OutOfTime):
            check(fewer)


@pytest.mark.parametrize(
    ("needed", "refuted", "rounds"),
    [
        ([[least(Q0 - 1)], [least(Q0 - 2)], [least(Q0 - 3)], [least(Q0 - 4)]], [0, 0, 0, 0], 4),
        ([[least(Q0 - 1)], [least(Q0 - 2)]], [1, 2], 2),
        ([[least(Q0 - 1)], [least(Q0 - 1)]], [0, 0], 2),
        ([[]], [1], 1),
        ([[least(Q0 - 9)]], [0], 1),
        ([[least(Q0 - 1)], []], [2], 1),
    ],
)
def test_how_often_what_is_needed_is_guessed(
    needed: list[list[Condition]], refuted: list[int], rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until all goals are refuted, or nothing new is needed that is true of runs; four times at most."""
    told: list[list[object]] = []

    class Guessing:
        def __init__(self, _automaton: Any, _invariant: Any, guesses: Any, *_: Any) -> None:
            told.append(keys(guesses[0]))
            self.needed = [needed[len(told) - 1], []]

        def run(self) -> Any:
            return SimpleNamespace(refutes=lambda goal, _feasible: goals.index(goal) < refuted[len(told) - 1])

    monkeypatch.setattr(houdini, "_Houdini", Guessing)
    nothing: Any = None
    goals = [Goal(0, (least(Q0 - 10),)), Goal(0, (least(Q0 - 11), least(Q0 - 12)))]
    made = automaton([(-1, 0, (), (5,))])
    strengthen(made, nothing, goals, nothing, widely=False, backward=True)

    assert len(told) == rounds
    assert told[-1][:4] == keys([least(-Q0 + 9), least(-Q0 + 10), least(-Q0 + 11), least(-Q0 * 2 + 22)])
    assert told[-1][4:] == keys(dict.fromkeys(each[0] for each in needed[: rounds - 1]))


def test_what_two_conditions_of_a_goal_say_together() -> None:
    """The opposite of their sum, each once, where it is about sizes of the shape alone."""
    together = zero(Q0 - 2), least(Q1 - 3)
    goals = [Goal(0, together), Goal(1, together), Goal(1, together), Goal(-1, (least(Q0 - 2), least(Q0 - 3)))]

    found = _denied_together(automaton([], (1, 2)), goals)
    assert [keys(each) for each in found] == [[], keys([least(-Q0 - Q1 + 4), least(Q0 - Q1)])]


@pytest.mark.parametrize(("compared", "sizes", "guessed"), [
    (Q2 * 3 - Q1, 2, [Q0 - Q1, Q1 - Q0, Q0 - Q1 - 2, Q1 - Q0 + 2]), (Q2 * 3 - Q1, 1, []),
    (Q2 * 2 - Q1, 2, []), (Q2 * 4 - Q1, 2, []), (Q1 - Q0, 2, []), (Q2 * 3 - Q0, 2, []),
    (Q2 * 3, 1, [Q0, -Q0, Q0 - 2, 2 - Q0]),
    (Q2 * -6 + Q1, 2, [Q1 - 2 * Q0, 2 * Q0 - Q1, Q1 - 2 * Q0 + 4, 2 * Q0 - Q1 - 4]),
])  # fmt: skip # a table
def test_what_is_compared_with_a_quotient(compared: Linear, sizes: int, guessed: list[Linear]) -> None:
    """A third of a size lies between two bounds, and on either side of these may be what it is compared with."""
    goal = Goal(0, Divided((least(compared),), ((2, Q0, 3),)))

    assert keys(_without_quotients(goal, sizes)) == keys(map(least, guessed))


class Chance:
    """Draws what it is told to, and keeps how many there were to draw from."""

    def __init__(self, *drawn: int) -> None:
        self.drawn, self.most = [*drawn], list[int]()

    def shuffle(self, edges: Any) -> None:
        """Turn them around."""
        edges.reverse()

    def randrange(self, most: int) -> int:
        self.most.append(most)
        return self.drawn.pop(0)


def test_a_step_of_a_run() -> None:
    """The first edge whose guard is met, unless it raises; none where a size would be below 0."""
    made = automaton(
        [(-1, 0, (), (Q0,)), (0, 0, (), (Q0 - 4,)), (0, 1, (least(Q1 - 3),), (Q1, 0)), (0, -1, (), ())],
    )
    made.edges[2].quotients = ((1, Q0, 2),)
    chance: Any = Chance(7, 0, 0, 0)

    assert _step(made, -1, (), chance) == (0, (7,))
    assert _step(made, 0, (6,), chance) == (1, (3, 0))
    for before, after in ((5, (0, (1,))), (4, (0, (0,))), (3, None)):
        drawn: Any = Chance(0, 0)
        assert _step(made, 0, (before,), drawn) == after
    below: Any = Chance(0, 0)
    assert _step(automaton([(-1, 0, (), (4, Q0 - 1))]), -1, (), below) is None
    assert _step(made, 1, (3,), chance) is None
    assert chance.most == [24, 24, 6]


def test_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, by shape: what so many runs of so many steps come to."""
    monkeypatch.setattr(houdini, "WALKS", 2)
    monkeypatch.setattr(houdini, "STEPS", 3)
    made = automaton([(-1, 0, (), (5,)), (0, 0, (), (Q0 + 1,))])

    assert _samples(made, UNLIMITED) == {0: [(5,), (6,), (7,)]}
    assert _samples(automaton([(-1, 0, (), (5,)), (0, 1, (), (Q0 + 1,))]), UNLIMITED) == {0: [(5,)], 1: [(6,)]}
