"""Claims that are their own reason: what each step keeps, though no inequality says it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import z3

from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Condition, Count, Is, Linear
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import Claim, always
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.shapes import Automaton, Divided
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.inductive import inductive, is_left, reached
from spillproof.properties.engines.proof.invariant import Invariant
from spillproof.properties.engines.proof.solver import Answer, Feasibility, ask, formula, new_solver, suppose, unknown
from spillproof.properties.engines.verdict import Proved, Violated

PAGE = 4096


class Block(HeapObject):
    """Takes whole pages."""

    size: Bytes = 0

    def shallow_size(self) -> Bytes:
        return self.size


class Pages(Model):
    """A pool that counts pages, whatever is asked for; `forgets` the last, which is not full."""

    pages: Count
    total: Count

    def begin(self, total: Count, *, forgets: bool = False) -> None:
        self.total = total
        self.pages = 0
        self.blocks: list[Block] = []
        self.forgets = forgets

    @action
    def take(self, size: Bytes) -> None:
        require(len(self.blocks) < 2)
        pages = (size + PAGE - 1) // PAGE
        require(self.pages + pages <= self.total)
        self.pages += pages
        self.blocks.append(Block(size))

    @action
    def give(self) -> None:
        require(len(self.blocks) > 0)
        size = self.blocks.pop().size
        self.pages -= size // PAGE if self.forgets else (size + PAGE - 1) // PAGE

    def accounted(self) -> Bytes:
        return self.pages * PAGE


@always
def pages_are_those_of_blocks(now: Pages) -> bool:
    """Each block has as many pages as it needs, and nobody has one besides."""
    return now.pages == sum((block.size + PAGE - 1) // PAGE for block in now.blocks)


@pytest.mark.thorough
def test_a_sum_of_quotients() -> None:
    """What is rounded one by one is counted right: no inequality says so, and the claim itself does."""
    report = check(Pages(), time_limit=60)

    assert {type(report.of(name)) for name in (pages_are_those_of_blocks, "free_is_unreachable")} == {Proved}
    assert isinstance(check(Pages(), [pages_are_those_of_blocks]).of(pages_are_those_of_blocks), Proved)


@pytest.mark.parametrize("forgets", [False, True])
def test_each_step_keeps_a_sum_of_quotients(*, forgets: bool) -> None:
    """It needs no engine but the question whether a step breaks it; where the last page is forgotten, one does."""
    pages = extract(Pages(forgets=forgets), [pages_are_those_of_blocks], Feasibility())

    assert settled(pages, (pages_are_those_of_blocks,)) == (set() if forgets else {"pages_are_those_of_blocks"})


def test_a_sum_of_quotients_that_is_wrong() -> None:
    """With the last page forgotten, two steps show it."""
    verdict = check(Pages(forgets=True), [pages_are_those_of_blocks]).of(pages_are_those_of_blocks)

    assert isinstance(verdict, Violated)
    assert len(verdict.run) == 2


class Lent(Model):
    """Half of it each, and what is lent goes in fours, back as well."""

    one: Bytes
    other: Bytes
    total: Bytes

    def begin(self, total: Bytes, *, unit: int = 4) -> None:
        require(total % 2 == 0)
        self.total = total
        self.one = total // 2
        self.other = total // 2
        self.unit = unit

    @action
    def lend(self, size: Bytes) -> None:
        lent = (size + 3) // 4 * 4
        require(lent <= self.one)
        self.one -= lent
        self.other += lent

    @action
    def give_back(self, size: Bytes) -> None:
        back = size // self.unit * self.unit
        require(back <= self.other)
        self.other -= back
        self.one += back


@always
def what_is_lent_is_in_fours(now: Lent) -> bool:
    """Four goes into what one has more than its half."""
    return (now.other - now.total // 2) % 4 == 0


@pytest.mark.parametrize(("unit", "verdict"), [pytest.param(4, Proved, marks=pytest.mark.thorough), (2, Violated)])
def test_what_is_left_of_a_difference(unit: int, verdict: type) -> None:
    """A quotient of a quotient is spelled out; where two bytes come back, one step shows it."""
    found = check(Lent(unit=unit), [what_is_lent_is_in_fours]).of(what_is_lent_is_in_fours)

    assert isinstance(found, verdict)


# What is kept, and what is not


class Counters(Model):
    """One counter goes up by two; the other is put to whatever anybody likes."""

    even: Count
    any: Count

    def begin(self) -> None:
        self.even = 0
        self.any = 0

    @action
    def add(self) -> None:
        self.even += 2

    @action
    def put(self, value: Count) -> None:
        self.any = value


@always
def one_is_even(now: Counters) -> bool:
    """True of the first."""
    return now.even % 2 == 0


@always
def other_is_even(now: Counters) -> bool:
    """False of the second."""
    return now.any % 2 == 0


@always
def it_goes_up(before: Counters, now: Counters) -> bool:
    """True of each step."""
    return now.even >= before.even


@always
def it_stays_even_for_a_step(before: Counters, now: Counters) -> bool:
    """True of each step, as the first is even before it."""
    return (now.even + before.even) % 2 == 0


@always
def it_stays(before: Counters, now: Counters) -> bool:
    """False of some step."""
    return now.even <= before.even


STATES = (one_is_even, other_is_even)
STEPS = (it_goes_up, it_stays_even_for_a_step, it_stays)


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    """Of both counters."""
    return extract(Counters(), [*STATES, *STEPS], Feasibility())


def settled(automaton: Automaton, claims: tuple[Claim, ...]) -> set[str]:
    """The names of the claims that keep one another."""
    by_claim = {claim.name: goals(automaton, claim) for claim in claims}
    nothing = Invariant([[] for _ in automaton.shapes])
    kept = inductive(automaton, [goal for each in by_claim.values() for goal in each], nothing)
    return {name for name, each in by_claim.items() if kept.denies(each)}


def test_what_a_step_breaks_is_dropped(automaton: Automaton) -> None:
    """The claim that each step keeps stays, and the one that some step breaks does not take it along."""
    assert settled(automaton, STATES) == {"one_is_even"}


def test_steps_follow_from_states(automaton: Automaton) -> None:
    """A claim about steps is no guess; it may need one, and then is not settled without it."""
    assert settled(automaton, STEPS) == {"it_goes_up", "it_stays_even_for_a_step"}
    assert settled(automaton, (one_is_even, *STEPS)) == {"one_is_even", "it_goes_up", "it_stays_even_for_a_step"}


def test_a_goal_that_is_reached_at_once(automaton: Automaton) -> None:
    """Of the shape in which one counter alone is not 0, that it is 2 is reached at once, and that it is 1 is not."""
    two = Goal(1, (Condition(Linear({0: 1}, -2), Is.ZERO),))
    one = replace(two, also=(Condition(Linear({0: 1}, -1), Is.ZERO),))
    kept = inductive(automaton, [two, one], Invariant([[] for _ in automaton.shapes]))

    assert kept.never == [one]


def test_a_quotient_is_spelled_as_what_it_is() -> None:
    """Of q0, q1 = q0 // 3 and q2 = q1 // 2, what is said of q2 is said of q0 alone."""
    asked = Divided((Condition(Linear({2: 1}, -1), Is.ZERO),), ((1, Linear({0: 1}), 3), (2, Linear({1: 1}), 2)))
    found = reached(asked)

    def is_met(size: int) -> bool:
        solver = new_solver()
        suppose(solver, [found, formula(Condition(Linear({0: 1}, -size), Is.ZERO))])
        return ask(solver) is Answer.YES

    assert [size for size in range(15) if is_met(size)] == [6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(("known", "sizes"), [((4, 3), [3, 7, 11]), ((0, 5), [5]), ((2, 0), [0, 2, 4, 6, 8, 10])])
def test_what_is_left_of_a_size(known: tuple[int, int], sizes: list[int]) -> None:
    """When it is divided by a modulus; of 0 it is the size."""
    formula = is_left(0, known)

    assert [
        size for size in range(12) if z3.is_true(z3.simplify(z3.substitute(formula, (unknown(0), z3.IntVal(size)))))
    ] == sizes
