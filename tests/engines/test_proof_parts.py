"""What proofs ask of numbers, guards and guesses, each question by itself."""

from __future__ import annotations

from contextlib import nullcontext
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spillproof.model.fields import Holds
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.engines.automaton import concrete
from spillproof.properties.engines.automaton.answers import Answers
from spillproof.properties.engines.automaton.concrete import _Chain
from spillproof.properties.engines.automaton.correspondence import _values
from spillproof.properties.engines.automaton.frontier import Frontier
from spillproof.properties.engines.automaton.goals import Goal
from spillproof.properties.engines.automaton.shapes import Edge, Move
from spillproof.properties.engines.challenge.challenge import LARGEST, Challenge
from spillproof.properties.engines.challenge.hunt import Stake
from spillproof.properties.engines.challenge.words import _outline
from spillproof.properties.engines.exploration.seen import distinct
from spillproof.properties.engines.limits import Limits
from spillproof.properties.engines.network import any_number, transfer
from spillproof.properties.engines.network.any_number import BothHalves, _Proof
from spillproof.properties.engines.network.cover import Covering
from spillproof.properties.engines.network.network_text import proviso
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.network.stand_in_search import MOST_STEPS, StandInSearch
from spillproof.properties.engines.network.taken_by_more import _Attempt
from spillproof.properties.engines.network.ways import _solved
from spillproof.properties.engines.proof import certificate
from spillproof.properties.engines.proof.affine import ONE, _Hulls, _met, _prime
from spillproof.properties.engines.proof.certificate import (
    SHOWN,
    Certificate,
    Rejected,
    Unanswered,
    _accept_terms,
    ask_z3,
)
from spillproof.properties.engines.proof.exact import confirmed
from spillproof.properties.engines.proof.houdini import NOT_REACHED, _about_sizes, _denied
from spillproof.properties.engines.proof.invariant import WITHIN, _multiple
from spillproof.properties.engines.proof.residues import residues
from spillproof.properties.engines.proof.solver import Feasibility
from tests.engines.conditions import least, other, zero

Q0, Q1, Q2 = (Linear({symbol: 1}) for symbol in range(3))


# Equations


@pytest.mark.parametrize(
    ("guard", "point", "met"),
    [
        ((), {}, True),
        ((least(Q0 - 2),), {0: Fraction(2)}, True),
        ((least(Q0 - 2),), {0: Fraction(1)}, False),
        ((zero(Q0 - 2),), {0: Fraction(2)}, True),
        ((zero(Q0 - 2),), {0: Fraction(1)}, False),
        ((zero(Q0 - 2),), {0: Fraction(3)}, False),
        ((other(Q0 - 2),), {0: Fraction(3)}, True),
        ((other(Q0 - 3),), {0: Fraction(2)}, True),
        ((other(Q0 - 2),), {0: Fraction(2)}, False),
        ((zero(Q0 * 2 + Q1 * 3 - 7),), {0: Fraction(1, 2), 1: Fraction(2)}, True),
        ((zero(Q1),), {0: Fraction(5)}, True),
        ((other(Q1),), {0: Fraction(5)}, False),
        ((least(Q0 - 2),), {0: None}, True),
        ((least(-Q2 - 1), zero(Q0)), {0: Fraction(1)}, False),
        ((least(Q0 - Q2 - 1),), {0: Fraction(0)}, True),
        ((least(Q0), zero(Q0 - 1)), {0: Fraction(0)}, False),
    ],
)
def test_a_guard_at_a_point(guard: Any, point: dict[int, Fraction | None], *, met: bool) -> None:
    """Each condition on sizes must hold there; what is not known, or about arguments, may hold."""
    edge: Any = SimpleNamespace(guard=guard, width=2)

    assert _met(edge, point) is met


@pytest.mark.parametrize(("bits", "prime"), [(1, 127), (30, 127), (31, 521), (5000, 19937)])
def test_a_prime_that_is_large_enough(bits: int, prime: int) -> None:
    """Four times the bits of the largest number, and four more; the largest prime, where none is."""
    edge = SimpleNamespace(guard=[zero(Q0 - 1)], update=[3, Q0 - ((1 << bits) - 1)])
    small = SimpleNamespace(guard=[], update=[1])
    automaton: Any = SimpleNamespace(edges=[small, edge, small])
    none: Any = SimpleNamespace(edges=[])

    assert _prime(automaton) == (1 << prime) - 1
    assert _prime(none) == (1 << 127) - 1


def test_a_space_is_cut_where_an_expression_is_0() -> None:
    """One dimension less, and all that is left is 0 there, modulo the prime."""
    nothing: Any = SimpleNamespace(shapes=[], leaving={})
    hulls = _Hulls(nothing, 127, Limits())
    equation = Q0 * 2 + Q1 * 3 + 5

    assert hulls.value(equation, {ONE: 2, 0: 7, 2: 50}) == 2 * 5 + 2 * 7
    assert hulls.value(equation, {0: 100}) == 200 - 127
    cut = hulls.cut([{2: 1}, {0: 1}, {1: 1}, {ONE: 1, 0: 3}], equation)
    assert [hulls.value(equation, each) for each in cut] == [0, 0, 0]
    assert cut[0] == {2: 1}
    assert hulls.cut(cut, equation) == cut


def test_an_equation_that_is_lost_later() -> None:
    """What follows from one that does not hold is looked at again: here a shape is looked at before its source."""
    edges: list[Any] = [
        Edge(0, 0, Move("go", ()), (), 1, (Q0,), 1, 1, ()),
        Edge(1, 0, Move("fail", ()), (), -1, (), 1, 1, ()),
        Edge(2, -1, Move("begin", ()), (), 0, (Q0,), 0, 1, ()),
        Edge(3, -1, Move("begin", ()), (), 2, (5,), 0, 0, ()),
    ]
    leaving = {source: [each for each in edges if each.source == source] for source in (-1, 0, 1, 2)}
    automaton: Any = SimpleNamespace(edges=edges, leaving=leaving)

    found = confirmed(automaton, [[Q0 - 5], [Q0 - 5], [Q0 - 5]], Feasibility(), Limits())
    assert [len(each) for each in found] == [0, 0, 1]


def test_residues_by_hand() -> None:
    """From 3 by steps of 4, and twice that; of an argument there are none, nor of a shape that nothing reaches."""
    edges: list[Any] = [
        Edge(0, -1, Move("begin", ()), (), 0, (3,), 0, 0, ()),
        Edge(1, 0, Move("go", ()), (), 0, (Q0 + 4,), 1, 1, ()),
        Edge(2, 0, Move("turn", ()), (), 1, (Q0 * 2, Q1, Q0 * 2 + Q1 * 6 + 1, 9), 1, 2, ()),
        Edge(3, 0, Move("fail", ()), (), -1, (), 1, 1, ()),
    ]
    leaving = {source: [each for each in edges if each.source == source] for source in (-1, 0, 1, 2)}
    automaton: Any = SimpleNamespace(shapes=[0, 1, 2], leaving=leaving)

    assert residues(automaton) == [{0: (4, 3)}, {0: (8, 6), 2: (2, 1), 3: (0, 9)}, {}]


# Guesses


def test_guesses_about_sizes() -> None:
    """Each is at least 1; one exceeds another by what samples show, up to 2; and one is at least two others."""
    said = [(each.left, each.holds) for each in _about_sizes([0, 2], [(9, 0, 3), (4, 0, 3)])]

    assert {holds for _, holds in said} == {Is.AT_LEAST_ZERO}
    assert list(map(repr, (left for left, _ in said))) == list(
        map(repr, (Q0 - 1, Q2 - 1, Q0 - Q2, Q0 - Q2 - 1, Q2 - Q0 + 2))
    )
    assert len(_about_sizes([0, 1], [(5, 5)])) == 2 + 1 + 1
    assert len(_about_sizes([0, 1], [])) == 2 + 3 + 3
    assert len(_about_sizes([0, 1, 2], [(5, 5, 5)])) == 3 + 6 + 3
    assert len(_about_sizes([*range(9)], [(5,) * 9])) == 9 + 72 + 9 * 28
    assert len(_about_sizes([*range(10)], [(5,) * 10])) == 10 + 90


def test_what_goals_deny() -> None:
    """The opposite of what is asked of a shape, each once; that it is not reached, where nothing is."""
    automaton: Any = SimpleNamespace(shapes=[SimpleNamespace(slots=[0]), SimpleNamespace(slots=[0])])
    goals = [Goal(0, (least(Q0 - 2),)), Goal(0, (least(Q0 - 2),)), Goal(1, ()), Goal(-1, (least(Q0 - 2),))]

    found = _denied(automaton, goals)
    assert [[each.key() for each in guesses] for guesses in found] == [[least(-Q0 + 1).key()], [NOT_REACHED.key()]]


@pytest.mark.parametrize(
    ("known", "left"),
    [
        ((1, (4, 3)), Linear({1: 1, WITHIN + 1: -4}, -3)),
        ((0, (2, 0)), Linear({0: 1, WITHIN: -2})),
        ((1, (0, 7)), Linear({1: 1}, -7)),
    ],
)
def test_what_is_left_of_a_size(known: Any, left: Linear) -> None:
    """It is that, and some number of divisors; or nothing else."""
    assert _multiple(known).key() == zero(left).key()


@pytest.mark.parametrize("length", [0, 1])
def test_a_long_conjunct_is_cut(length: int) -> None:
    """Where it is refused, as much is shown of it as is short."""
    conjunct = ")" * (SHOWN + length)
    automaton: Any = SimpleNamespace(shapes=[SimpleNamespace(slots=[])])

    with pytest.raises(Rejected, match="not one term") as refused:
        _accept_terms(Certificate((), "", ((conjunct,),)), automaton)
    assert str(refused.value).endswith(")" + "…" * length)
    assert str(refused.value).count(")") == SHOWN


@pytest.mark.parametrize("numbers", [[], [5], [5, 5], [5, 3, 5, 4]])
def test_each_number_once(numbers: list[int]) -> None:
    """Sorted."""
    assert distinct(np.array(numbers, dtype=np.uint64)).tolist() == sorted(set(numbers))


# One consumer and the rest


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ({}, "no random step has tried"),
        ({2: 0}, "no random step has tried"),
        ({2: 0, 3: 5}, "was tried on 5 random steps with 3 of them"),
        ({2: 1, 3: 5}, "was tried on 6 random steps with 2 and 3 of them"),
        ({2: 1, 3: 5, 4: 2}, "was tried on 8 random steps with 2, 3 and 4 of them"),
    ],
)
def test_with_how_many_it_was_tried(steps: dict[int, int], told: str) -> None:
    """Those numbers with which a step was taken."""
    said = proviso("tasks", {}, steps)
    assert said.startswith("the model and its claims treat tasks one by one and do not count them, ")
    assert said.endswith(f", which {told}, and is not proved")


@pytest.mark.parametrize(
    ("looked", "tried", "beyond", "how"),
    [
        ({2: None}, {4: 1}, " treat tasks", "was tried on 1 random steps with 4 of them"),
        ({2: None, 1: None}, {}, ", with more than 2 tasks, treat them", "no random step has tried"),
        (
            {2: None, 1: None, 3: 1}, {4: 8}, ", with more than 2 tasks, treat them",
            "was looked at with 3 in every run of at most 1 step and tried on 8 random steps with 4 of them",
        ),
        (
            {3: None, 1: None, 2: None, 4: 5}, {}, ", with more than 3 tasks, treat them",
            "was looked at with 4 in every run of at most 5 steps only",
        ),
    ],
)  # fmt: skip # a table
def test_with_how_many_it_is_proved(
    looked: dict[int, int | None], tried: dict[int, int], beyond: str, how: str
) -> None:
    """Of so many, one after the other, of which all runs were looked at; and how far another number was."""
    said = proviso("tasks", looked, tried)
    assert said == f"the model and its claims{beyond} one by one and do not count them, which {how}, and is not proved"


@pytest.mark.parametrize(
    ("equations", "solved", "rest"),
    [
        ([], {}, []),
        ([0], {}, []),
        ([Q2 - 3], {2: "3"}, []),
        ([Q2 * 2 - 3, Q0 - 1], {}, ["2×q2 - 3", "q0 - 1"]),
        ([Q2 - Q0, Q2 - Q1], {2: "q0"}, ["q0 - q1"]),
        ([Q2 - 3, Q2 - 3], {2: "3"}, []),
    ],
)
def test_equations_for_what_a_path_brings_in(equations: list[Any], solved: dict[int, str], rest: list[str]) -> None:
    """Solved for the unknowns from q2 on; of the others equations are left."""
    found = _solved(equations, 2)

    assert found is not None
    assert {symbol: repr(size) for symbol, size in found[0].items()} == solved
    assert list(map(repr, found[1])) == rest


@pytest.mark.parametrize("equations", [[3], [Q2 - 3, Q2 - 4], [Q0 + 1]])
def test_equations_that_cannot_hold(equations: list[Any]) -> None:
    """A number that is not 0, also where others were put in, and a sum that never is."""
    assert _solved(equations, 2) is None


@pytest.mark.parametrize(
    ("fact", "asked", "follows"),
    [
        (least(Q0 - 5), least(Q0 - 4), True),
        (least(Q0 - 5), least(Q0 - 5), True),
        (least(Q0 - 5), least(Q0 - 6), False),
        (zero(-Q0 + 5), least(Q0 - 5), True),
        (zero(Q0 - 5), other(Q0 - 4), True),
        (least(Q0 - 5), other(Q0 - 4), True),
        (least(Q0 - 5), other(Q0 - 5), False),
    ],
)
def test_what_follows_from_one_fact(fact: Condition, asked: Condition, *, follows: bool) -> None:
    """That it is more than something less; or another number."""
    premise: Any = SimpleNamespace(facts=[fact])

    assert Premise._follows_from_one(premise, asked) is follows


@pytest.mark.parametrize(
    ("known", "possible", "ruled_out"),
    [((), False, True), ((), True, False), ((least(-Q0 + 1),), True, True)],
)
def test_a_way_to_be_false_that_cannot_be(
    known: Any, monkeypatch: pytest.MonkeyPatch, *, possible: bool, ruled_out: bool
) -> None:
    """By what is known alone, or as the solver says so."""
    node: Any = SimpleNamespace(shape=0, family=frozenset(), known=known)
    larger = SimpleNamespace(shapes=[SimpleNamespace(slots=[0])])
    invariance: Any = SimpleNamespace(
        larger=larger, nodes={0: node}, premises={(0, frozenset()): Premise(known)}, arrived={}
    )
    monkeypatch.setattr(transfer, "goals", lambda *_: [Goal(0, (least(Q0 - 2),))])
    feasible: Any = lambda _: possible  # noqa: E731 - as a solver is called
    claim: Any = None

    found = transfer.excluded(invariance, claim, feasible)
    assert (found is not None) is ruled_out
    assert (
        found is None
        or [(each.node, each.symbols, each.conditions) for each in found] == [(node, 1, (least(Q0 - 2),))]
        or [str(each.conditions) for each in found] == [str((least(Q0 - 2),))]
    )


def test_ways_that_are_looked_at_first() -> None:
    """Of one edge, then of none, between the best images; in search of sizes also longer ones."""
    asked: Any = SimpleNamespace(edge=SimpleNamespace(move=SimpleNamespace(action="go"), source=0))
    looked: list[tuple[int, bool]] = []

    def candidates(_: Any, steps: int, *, is_best: bool) -> list[Any]:
        looked.append((steps, is_best))
        return []

    self: Any = SimpleNamespace(stood_for={}, candidates=candidates, most_steps=MOST_STEPS)
    assert not list(StandInSearch.likely(self, asked))
    assert looked == [(1, True), (0, True), (1, False), (0, False)]
    looked.clear()
    assert StandInSearch.at(self, asked, ()) is None
    steps = [1, 0, *range(2, MOST_STEPS + 1)]
    assert looked == [(each, is_best) for each in steps for is_best in (True, False)]


@pytest.mark.parametrize(("source", "steps", "some"), [(-1, 0, False), (-1, 1, True), (0, 0, True)])
def test_a_beginning_is_done_by_a_step(source: int, steps: int, *, some: bool) -> None:
    """Not by none; every other one may be done by no step at all."""
    asked: Any = SimpleNamespace(edge=SimpleNamespace(source=source), task=None)
    self: Any = SimpleNamespace(
        pairs=lambda *_, **__: [("one", "other", ())], ways=SimpleNamespace(of=lambda *given: [given[:3]])
    )

    found: list[Any] = list(StandInSearch.candidates(self, asked, steps, is_best=True))
    assert found == [("one", "other", steps)] * some


@pytest.mark.parametrize(("number", "first", "rounds"), [(None, None, 1), (5, None, 2), (5, "step", 1)])
def test_more_consumers_are_tried(number: int | None, first: Any, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a few numbers, and then with the one that is asked about, if there is one, and nothing was found."""
    gone: list[tuple[Any, ...]] = []
    found = None if first is None else SimpleNamespace(number=3, step=first)

    def go(*given: Any) -> Any:
        gone.append(given)
        return found

    monkeypatch.setattr(any_number, "Covering", lambda *_: SimpleNamespace(go=go, taken={3: 1}))
    said: list[str] = []
    self: Any = SimpleNamespace(
        limits=SimpleNamespace(progress=said.append), one=SimpleNamespace(scope={}),
        many=SimpleNamespace(counted_by="tasks"), number=number, found=SimpleNamespace(),
        refuse=lambda _, why: said.append(why),
    )  # fmt: skip
    nothing: Any = None

    assert _Proof.covers(self, nothing, []) is (first is None)
    assert [each[1:] for each in gone] == [(), ((number,),)][:rounds]
    assert said[0] == "steps of more consumers"
    assert self.found.tried == {3: 1}
    assert len(said) == (1 if first is None else 2)


def test_both_halves_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Z3; of cvc5 as well, if it is there."""
    heard: list[str] = []
    for name in ("check_with_z3", "ask_z3", "check_with_cvc5", "ask_cvc5"):
        monkeypatch.setattr(any_number, name, lambda *_, name=name: heard.append(name))
    monkeypatch.setattr(any_number, "certify", lambda *_: Certificate(("a", "b"), "mark", ((),)))
    self: Any = SimpleNamespace(
        limits=SimpleNamespace(progress=heard.append), found=SimpleNamespace(confirmed_by=()), by_both=False
    )
    nothing: Any = None

    _Proof.confirm(self, nothing, nothing, [], "second")
    assert heard == ["checking the certificate", "check_with_z3", "ask_z3"]
    assert self.found.confirmed_by == ("Z3",)
    assert self.found.claims == {"a", "b"}
    assert (self.found.certificate.fingerprint, self.found.certificate.network) == ("mark", "second")
    self.by_both = True
    _Proof.confirm(self, nothing, nothing, [], "second")
    assert heard[4:] == ["check_with_z3", "ask_z3", "check_with_cvc5", "ask_cvc5"]
    assert self.found.confirmed_by == ("Z3", "cvc5")


def test_so_many_steps_are_tried_with_each_number() -> None:
    """The share is rounded up, and filled by runs of at most so many steps; runs that end at once are as many."""
    lengths: list[tuple[int, int]] = []

    def run(number: int, length: int) -> None:
        lengths.append((number, length))
        self.taken[number] += min(length, 4)

    self: Any = SimpleNamespace(taken={}, run=run)
    assert Covering.go(self, 19, (2, 3)) is None
    assert [number for number, _ in lengths] == [2] * 3 + [3] * 3
    assert self.taken == {2: 10, 3: 10}
    self.run = lambda number, _: lengths.append((number, 0))
    lengths.clear()
    assert Covering.go(self, 3, (5,)) is None
    assert lengths == [(5, 0)] * 3


def test_the_last_step_may_raise() -> None:
    """Then the run is at its end; one that raises earlier is no way to go on."""
    step = SimpleNamespace(raised="why", step="raise", after=None)

    class Wanted(list[str]):
        """Steps by their places."""

        @property
        def steps(self) -> list[str]:
            return self

    self: Any = SimpleNamespace(wanted=Wanted(["one", "two"]), like=lambda *_: [step])
    found: list[list[Any]] = [list(_Attempt.onward(self, None, place, 0)) for place in (0, 1, 2)]
    assert found == [[], [("raise",)], [()]]


# What is known of an automaton, and of runs on integers


@pytest.mark.parametrize(
    ("edges", "steps", "short"),
    [
        (None, None, True),
        (4, None, True),
        (3, None, False),
        (None, 3, True),
        (None, 2, False),
        (4, 2, False),
        (3, 3, False),
        (4, 3, True),
    ],
)
def test_how_much_is_to_be_known(edges: int | None, steps: int | None, *, short: bool) -> None:
    """Here three edges are known, and runs of two steps: each that is asked for must be more."""
    self: Any = SimpleNamespace(edges=3, steps=2)

    assert Frontier.is_short_of(self, edges, steps) is short


def test_what_is_taken_off_sizes() -> None:
    """An unknown for each, after them."""
    self: Any = SimpleNamespace(sizes=3)
    taken: Any = Answers.__dict__["taken_off"]

    assert list(taken.fget(self)) == [3, 4, 5]


@pytest.mark.parametrize(
    ("one", "another", "kind", "pairs"),
    [
        (1, True, Holds.SEQUENCE, None),
        ([1], (1,), Holds.SEQUENCE, None),
        ([1, 2], [3, 4], Holds.SEQUENCE, [(1, 3, True), (2, 4, True)]),
        ([1], [3, 4], Holds.SEQUENCE, None),
        ({"a": 1}, {"a": 2}, Holds.DICT, [(1, 2, True)]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, Holds.DICT, None),
    ],
)
def test_what_two_values_hold(one: Any, another: Any, kind: Holds, pairs: Any) -> None:
    """In pairs, if they are of one class and as long, in the same order."""
    assert _values(one, another, kind, left_out=True) == pairs


@pytest.mark.parametrize(
    ("refused", "tried", "chosen"),
    [
        (False, {(9,): (True, False), (1,): (False, False), (2,): (False, True)}, (2,)),
        (True, {(9,): (False, True), (1,): (True, False), (2,): (True, True)}, (1,)),
        (False, {(9,): (True, True), (1,): (True, True), (2,): (False, False)}, (9,)),
    ],
)
def test_choices_that_do_the_same(
    tried: dict[Any, tuple[bool, bool]], chosen: Any, monkeypatch: pytest.MonkeyPatch, *, refused: bool
) -> None:
    """Those after which the state is the same, or that are refused as well; its own where there are none."""

    def outcome(*, refused: bool) -> Any:
        return SimpleNamespace(refused=refused, raised="", taken=not refused)

    def try_(_: Any, script: Any, *arrange: Any) -> Any:
        if arrange:
            return True, outcome(refused=refused)
        return tried[script.picks][1], outcome(refused=tried[script.picks][0])

    monkeypatch.setattr(concrete, "Script", lambda picks, _: SimpleNamespace(picks=picks))
    monkeypatch.setattr(concrete, "correspondence", lambda one, another: {} if one is another else None)
    self: Any = SimpleNamespace(tried=try_, alternatives=lambda _: iter(tried))
    step: Any = SimpleNamespace(picks=(9,), action="go")

    assert _Chain.picks(self, step, {}, []) == chosen


def test_every_choice_is_tried_in_order() -> None:
    """First those of the step; then the first of two, of which one leads to a choice of three."""

    def try_(_: Any, asked: Any) -> None:
        asked.options[:] = [2, 3] if asked.picks[:1] == [1] else [2]

    self: Any = SimpleNamespace(tried=try_)
    step: Any = SimpleNamespace(picks=(1, 2), action="go")
    assert list(_Chain.alternatives(self, step)) == [(1, 2), (0,), (1, 0), (1, 1), (1, 2)]


# The challenge


@pytest.mark.parametrize(
    ("claim", "raised", "negative", "shows"),
    [
        (NO_EXCEPTION, True, False, True),
        (NO_EXCEPTION, False, False, False),
        (NO_EXCEPTION, False, True, False),
        (NEVER_NEGATIVE, True, True, False),
        (NEVER_NEGATIVE, False, True, True),
        (NEVER_NEGATIVE, False, False, False),
        (None, True, False, False),
        (None, False, True, False),
        (None, False, False, True),
    ],
)
def test_what_a_run_shows(claim: Any, *, raised: bool, negative: bool, shows: bool) -> None:
    """Of its own kind only: an exception, a counter below 0, or what the claim says where neither is."""
    self: Any = SimpleNamespace(claim=claim, is_so=lambda *_: True)
    taken: Any = SimpleNamespace(raised=raised)

    assert Stake.shows(self, None, taken, negative=negative) is shows


@pytest.mark.parametrize(
    ("largest", "sizes", "deepest", "ranges", "at_random"),
    [
        (LARGEST, True, 5, LARGEST, True),
        (LARGEST + 1, True, 0, LARGEST + 1, True),
        (LARGEST - 1, True, 5, LARGEST - 1, False),
        (LARGEST, False, 5, 1, False),
        (LARGEST, True, -1, 1, False),
    ],
)
def test_how_far_others_are_looked_for(
    largest: int,
    deepest: int,
    ranges: int,
    *,
    sizes: bool,
    at_random: bool,
) -> None:
    """Over ever larger sizes, if there are any, while something is open; then at random, unless they are kept small."""
    looked: list[Any] = []
    hunt = SimpleNamespace(
        breadth=lambda each, _: looked.append(each),
        deepest=lambda: deepest,
        random_runs=lambda: looked.append("random"),
    )
    self: Any = SimpleNamespace(largest=largest, hunt=hunt, has_sizes=lambda: sizes, a_share=lambda _: nullcontext())

    Challenge.look_for_others(self)
    assert looked == [*(range(1, each + 1) for each in range(1, ranges + 1)), *["random"] * at_random]


class Page(HeapObject):
    """Holds another one."""

    other: HeapObject
    size: int
    parts: list[int]


def test_members_are_ordered_by_what_they_hold() -> None:
    """By the class, by values and lengths; by no object, as that would be its address."""
    assert _outline(Page(HeapObject(), 3, [1, 2])) == ["Page", "3", "2"]


def test_every_question_is_to_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a solver answers fewer, nothing is confirmed."""
    monkeypatch.setattr(certificate, "evaluated", lambda *_: ["unsat"])

    assert ask_z3("(check-sat)", Limits()) == 1
    with pytest.raises(Unanswered, match="1 of 2"):
        ask_z3("(check-sat)(check-sat)", Limits())


def test_a_second_half_tells_no_certificates_apart() -> None:
    """It is a question about the first one, and nothing that is proved."""
    one, other = (BothHalves(("a",), "mark", ((),), network=network) for network in ("one", "other"))

    assert one == other
