"""Claims that must always be recoverable: violated where something is kept for ever, proved where it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

import pytest

from spillproof import Bytes, Model, ModelError, action, check, choose, recoverable, require
from spillproof.model.quantity import Condition, Is, Linear
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.challenge.challenge import challenge
from spillproof.properties.engines.limits import UNLIMITED
from spillproof.properties.engines.proof.certificate import Rejected, ask_z3
from spillproof.properties.engines.proof.invariant import find_equations
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.recovery import recovery, region
from spillproof.properties.engines.recovery.obstacles import obstacles
from spillproof.properties.engines.recovery.recovered import recovered, recovered_at
from spillproof.properties.engines.recovery.recovery import is_closed
from spillproof.properties.engines.recovery.script import second_half as script_of
from spillproof.properties.engines.recovery.small import Small, as_far_as_known, at
from spillproof.properties.engines.recovery.trap import search
from spillproof.properties.engines.recovery.ways_back import TooMany, WaysBack, _Question, ways_back
from spillproof.properties.engines.run import Run, Step, false_at, replay
from spillproof.properties.engines.verdict import (
    NATURAL,
    Disputed,
    Holds,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Violated,
)
from tests.engines import keepers

KEEPERS = (
    (keepers.PinnedTwice, keepers.the_pool_can_be_emptied, 3, "unpin"),
    (keepers.TooMuch, keepers.a_request_can_be_granted, 1, "grant"),
    (keepers.LastRecord, keepers.all_can_be_read, 1, "read"),
    (keepers.LostHandle, keepers.a_block_can_be_freed, 2, ""),
    (keepers.Turns, keepers.both_can_end, 2, "end_first"),
    (keepers.Tickets, keepers.nobody_waits, 2, "serve"),
    (keepers.Quanta, keepers.all_is_given_back, 1, ""),
)
"""A model, its claim, the steps of the shortest run into a trap, counted by hand, and an action refused there."""


def back(model: Model, claim: Claim) -> WaysBack:
    """From where a run leads back, for all sizes."""
    feasible = Feasibility()
    automaton = extract(model, [claim], feasible, needed=frozenset())
    return ways_back(automaton, claim, find_equations(automaton, feasible))


@pytest.mark.parametrize(("model", "claim", "steps", "refused"), KEEPERS)
def test_what_is_kept_for_ever_is_violated(model: type[Model], claim: Claim, steps: int, refused: str) -> None:
    """The shortest run into the trap is found and certified, and it is said which guard is in the way."""
    verdict = recovered_of(model(), claim)

    assert isinstance(verdict, Violated)
    assert len(verdict.run) == steps
    assert verdict.minimal
    found = {each.step.partition("(")[0] for each in obstacles(claim, verdict.run.moments[-1]) if each.is_in_the_way}
    assert refused in found if refused else not found


@pytest.mark.parametrize(("model", "claim", "_steps", "_refused"), KEEPERS)
def test_repaired_it_is_proved(model: Any, claim: Claim, _steps: int, _refused: str) -> None:
    """For all sizes; both halves of the certificate are in it."""
    verdict = recovered_of(model(repaired=True), claim)

    assert isinstance(verdict, Proved)
    assert not isinstance(verdict.certificate, (Run, type(None)))
    assert verdict.certificate.automaton is not None
    assert f"; Ways back for {claim.name}" in verdict.certificate.smtlib(verdict.certificate.automaton)


def test_no_safety_claim_minds() -> None:
    """All that is asked of every model holds; the exit status and the text are those of a violation."""
    report = check(keepers.PinnedTwice(), witnesses=False)
    text = " ".join(str(report).split())

    assert [each.claim for each in report.violated()] == [keepers.the_pool_can_be_emptied]
    assert len(report.results) == 5
    assert report.validated is not None
    assert report.exit_status() == 1
    assert "From here no run leads back. Each of these guards alone is in the way:" in text
    assert re.search(r"evict\(Page1\) is refused by require\(self.pins == 0\) \(\S*keepers.py:\d+, in evict\)", text)
    assert "every run of fewer steps leads to where a way back was found" in text


@pytest.mark.parametrize("model", [keepers.TooMuch(repaired=True), keepers.Quanta(repaired=True)])
def test_cvc5_confirms_both_halves(model: Model) -> None:
    """With `certify`."""
    pytest.importorskip("cvc5")
    claim = next(claim for kind, claim, *_ in KEEPERS if isinstance(model, kind))

    verdict = recovered_of(model, claim, certify=True)

    assert isinstance(verdict, Proved)
    assert verdict.confirmed_by == ("Z3", "cvc5")


def recovered_of(model: Model, claim: Claim, **how: Any) -> Any:
    """The verdict on one claim."""
    return recovered(model, [claim], UNLIMITED, **how).results[0].verdict


# The certificate


def second_half(ways: WaysBack) -> str:
    """A script that Z3 can be asked, without the first half: every state is allowed."""
    shapes = "".join(
        f"(define-fun shape{shape.index} ({' '.join(f'(q{each} Int)' for each in range(len(shape.slots)))}) Bool "
        f"(and true {' '.join(f'(>= q{each} 0)' for each in range(len(shape.slots)))}))\n"
        for shape in ways.automaton.shapes
    )
    return shapes + script_of(ways)


def test_a_way_back_that_cannot_be_taken_is_rejected() -> None:
    """A piece that says too much, a choice that is too large, a loop that goes up: a solver finds each."""
    ways = back(keepers.TooMuch(repaired=True), keepers.a_request_can_be_granted)
    assert ask_z3(second_half(ways), UNLIMITED) == len(ways.pieces)

    number = next(place for place, piece in enumerate(ways.pieces) if piece.step and piece.conditions)
    too_wide = replace(ways, pieces=[*ways.pieces])
    too_wide.pieces[number] = replace(ways.pieces[number], conditions=())
    with pytest.raises(Rejected):
        ask_z3(second_half(too_wide), UNLIMITED)

    number, piece = next((place, each) for place, each in enumerate(ways.pieces) if each.step and each.step.inputs)
    assert piece.step is not None
    too_large = replace(ways, pieces=[*ways.pieces])
    inputs = tuple(each + 1_000_000 for each in piece.step.inputs)
    too_large.pieces[number] = replace(piece, step=replace(piece.step, inputs=inputs))
    with pytest.raises(Rejected):
        ask_z3(second_half(too_large), UNLIMITED)


def test_a_loop_that_does_not_come_to_its_end_is_rejected() -> None:
    """Its measure has to become less with each step."""
    ways = back(keepers.LastRecord(repaired=True), keepers.all_can_be_read)
    (number,) = (place for place, piece in enumerate(ways.pieces) if piece.loop)
    piece = ways.pieces[number]
    assert ask_z3(second_half(ways), UNLIMITED) == len(ways.pieces)

    assert piece.measure is not None
    upward = replace(ways, pieces=[*ways.pieces])
    upward.pieces[number] = replace(piece, measure=-piece.measure)
    with pytest.raises(Rejected):
        ask_z3(second_half(upward), UNLIMITED)

    without = replace(ways, pieces=[*ways.pieces])
    without.pieces[number] = replace(piece, loop=piece.loop[:-1] or (replace(piece.loop[0], conditions=(FALSE,)),))
    with pytest.raises(Rejected):
        ask_z3(second_half(without), UNLIMITED)


def test_a_loop_that_has_no_end_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only ever grows makes its opposite less for ever: a measure has to have a floor."""
    monkeypatch.setattr(_Question, "has_floor", lambda *_: True)
    ways = back(keepers.Tickets(), keepers.nobody_waits)

    with pytest.raises(Rejected):
        ask_z3(second_half(ways), UNLIMITED)


def test_a_quotient_of_which_something_is_left_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is divided as if nothing were left does not come out at the claim."""
    monkeypatch.setattr(region, "residue_of", lambda *_: (0, 0))
    ways = back(keepers.Quanta(repaired=True), keepers.all_is_given_back)
    assert any(each.step and each.step.quotients for each in ways.pieces)

    with pytest.raises(Rejected):
        ask_z3(second_half(ways), UNLIMITED)


FALSE = Condition(Linear({0: -1}, -1), Is.AT_LEAST_ZERO)
"""True of no sizes."""


# Bounds


def test_at_small_sizes_it_is_said_up_to_which() -> None:
    """A fact about a finite graph, from which nothing is concluded."""
    good, bad = (extract(keepers.PinnedTwice(repaired=repaired), [keepers.the_pool_can_be_emptied], Feasibility())
                 for repaired in (True, False))  # fmt: skip

    # at the beginning; with a page of 1 or 2 bytes, pinned 0, 1 or 2 times; emptied again
    assert at(good, keepers.the_pool_can_be_emptied, 2) == Small(2, 8, 0)
    assert at(bad, keepers.the_pool_can_be_emptied, 2) == Small(2, 8, 2)
    assert as_far_as_known(bad, keepers.the_pool_can_be_emptied) == at(bad, keepers.the_pool_can_be_emptied, 1)
    report = recovered_at(keepers.PinnedTwice(repaired=True), [keepers.the_pool_can_be_emptied], 2, UNLIMITED)
    (verdict,) = (each.verdict for each in report.results)
    assert isinstance(verdict, Holds)
    assert verdict.bounds == "sizes up to 2, any number of steps (8 states of the automaton, each with a way back)"


def test_small_sizes_may_lack_a_way_back_that_larger_ones_have() -> None:
    """What was taken in two parts can only be released whole: then nothing is said to be violated."""
    report = recovered_at(Whole(), [it_can_be_released], 1, UNLIMITED)

    assert isinstance(report.results[0].verdict, Unknown)
    assert isinstance(recovered_of(Whole(), it_can_be_released), Proved)


class Whole(Model):
    """What is taken in two parts, and released whole."""

    used: Bytes

    def begin(self) -> None:
        self.used, self.parts = 0, 0

    @action
    def take(self, size: Bytes) -> None:
        require(self.parts < 2)
        self.used += size
        self.parts += 1

    @action
    def release(self, size: Bytes) -> None:
        require(size == self.used)
        self.used, self.parts = 0, 0


@recoverable
def it_can_be_released(now: Whole) -> bool:
    """It can be released."""
    return now.used == 0


# On integers


def trapped() -> Run:
    """The run into the first trap."""
    return Run(keepers.PinnedTwice(), (), (Step("load", (5,)), Step("pin", ()), Step("pin", ())))


def test_a_trap_is_one_on_integers() -> None:
    """And the states before it are not; what a run ends with decides."""
    moments = replay(trapped())

    assert false_at(keepers.the_pool_can_be_emptied, moments) == 3
    assert false_at(keepers.the_pool_can_be_emptied, moments[:3]) is None
    found = search(keepers.the_pool_can_be_emptied, moments[-1].state)
    assert found.way is None
    assert found.whole
    way = search(keepers.the_pool_can_be_emptied, moments[2].state).way
    assert way is not None
    assert [step.action for step in way] == ["unpin", "evict"]


class Doubling(Model):
    """What is held doubles, and two bytes or more are given back at once."""

    held: Bytes

    def begin(self) -> None:
        self.held = 1
        self.doublings = 0

    @action
    def double(self) -> None:
        require(self.doublings < 2)
        self.doublings += 1
        self.held += self.held

    @action
    def give_back(self, size: Bytes) -> None:
        require(1 < size <= self.held)
        self.held -= size


@recoverable
def one_is_held(now: Doubling) -> bool:
    """One byte is held."""
    return now.held == 1


def test_a_way_back_by_a_size_that_nobody_tries() -> None:
    """Of two bytes, doubled, three are given back: the trap is where none is held, and not a step before."""
    moments = replay(Run(Doubling(), (), (Step("double", ()),)))
    assert search(one_is_held, moments[-1].state).way is None
    here = search(one_is_held, moments[0].state)
    assert (here.way, here.states, here.whole) == ((), 1, False)

    verdict = check(Doubling(), [one_is_held], witnesses=False).results[0].verdict
    assert isinstance(verdict, Violated)
    assert [step.action for step in verdict.run.steps] == ["double", "give_back"]
    assert verdict.minimal


class Reading(Model):
    """Two numbers grow, and a third is read from one of them: from many sizes a run leads to where all is alike."""

    held: Bytes
    read: Bytes
    most: Bytes

    def begin(self) -> None:
        self.held, self.most, self.read = 2, 2, 1

    @action
    def load(self, size: Bytes) -> None:
        self.read = 4 * size
        if self.held + self.held >= 2:
            granted = min(self.read, self.held)
            require(granted > 0)
            self.read += granted
            self.held += size

    @action
    def keep(self) -> None:
        self.most += self.held


@recoverable
def the_least_was_read(now: Reading) -> bool:
    """As much was read as the smaller of the others is."""
    return min(now.most, now.held) == now.read


def test_few_cases_are_left_by_what_has_many() -> None:
    """From whatever is held a run leads back, which one piece of thirty says; one by one they leave too many cases."""
    assert isinstance(check(Reading(), [the_least_was_read], witnesses=False).results[0].verdict, Proved)


def test_cases_that_are_too_many_are_no_traps(monkeypatch: pytest.MonkeyPatch) -> None:
    """All sizes of a shape are suspected then, those from which a run leads back among them: that proves nothing."""
    monkeypatch.setattr(recovery, "MOST_CASES", 0)
    verdict = check(Doubling(), [one_is_held], witnesses=False).results[0].verdict

    assert isinstance(verdict, Unknown)
    assert verdict.why.startswith(recovery.TOO_MANY)


def test_obstacles_say_how_far_it_is_without_the_guard() -> None:
    """Evicted all the same, it is empty at once; unpinned, another unpin and an eviction follow."""
    found = obstacles(keepers.the_pool_can_be_emptied, replay(trapped())[-1])

    known = {each.step: (each.steps, each.guard) for each in found}
    assert known["evict(Page1)"] == (0, "require(self.pins == 0)")
    assert known["unpin()"][0] == 2
    assert known["load(1)"][0] is None or not known["load(1)"][1]


# The challenge


def disputed(model: Model, claim: Claim, verdict: Any) -> bool:
    """Whether the independent explorer contradicts a verdict."""
    report = Report(model, [Result(claim, verdict, "prove", 1.0)])
    challenge(report, 10.0)
    return isinstance(report.results[0].verdict, Disputed)


PROVED = Proved("all sizes, any number of steps", None)


ENDLESS = (keepers.LastRecord, keepers.Tickets, keepers.Quanta)


@pytest.mark.parametrize(("model", "claim"), [each[:2] for each in KEEPERS if each[0] not in ENDLESS])
def test_a_wrong_proof_is_contradicted(model: Any, claim: Claim) -> None:
    """By a trap on integers, if all that follows can be looked at; a right one is not."""
    assert disputed(model(), claim, PROVED)
    assert not disputed(model(repaired=True), claim, PROVED)


def test_a_wrong_trap_is_contradicted() -> None:
    """By a run that goes on from there; and so is a trap that is not the nearest."""
    right = trapped()
    short = replace(right, steps=right.steps[:2])
    long = replace(right, steps=(*right.steps[:2], Step("unpin", ()), *right.steps[1:]))
    claim = keepers.the_pool_can_be_emptied

    assert not disputed(right.model, claim, Violated(right, 1, 5, "all shorter ones were ruled out"))
    assert disputed(short.model, claim, Violated(short, 1, 5, "all shorter ones were ruled out"))
    assert disputed(long.model, claim, Violated(long, 1, 5, "all shorter ones were ruled out"))
    assert not disputed(long.model, claim, Violated(long, 1, 5))


def test_a_bound_that_does_not_hold_is_contradicted() -> None:
    """Of sizes up to k, traps are looked for with these sizes alone."""
    claim = keepers.the_pool_can_be_emptied

    assert disputed(keepers.PinnedTwice(), claim, Holds("sizes up to 2, any number of steps (8 states, …)"))
    assert not disputed(keepers.PinnedTwice(repaired=True), claim, Holds("sizes up to 2, any number of steps"))


# The claim


def test_it_is_about_a_state() -> None:
    """A claim about a step cannot be reached."""
    with pytest.raises(ModelError, match=r"the recoverable claim one_step is about a state .* write \(now\)"):

        @recoverable
        def one_step(_before: object, _after: object) -> bool:
            return True


def test_engines_that_do_not_ask_it_say_so() -> None:
    """Random runs alone look for no ways back."""
    report = check(keepers.Turns(), engine="simulate", time_limit=1)

    assert [each.name for each in report.unasked if "ways back" in each.reason] == ["both_can_end"]
    assert keepers.both_can_end.mode is Mode.RECOVERABLE


def test_a_claim_that_cannot_be_asked_is_refused() -> None:
    """Whatever it answers that is no bool."""

    @recoverable
    def a_size(now: keepers.TooMuch) -> bool:
        return cast("bool", now.used)

    report = check(keepers.TooMuch(), [a_size], witnesses=False)

    assert [each.verdict.word for each in report.results] == ["refused"]


# That nothing leads back from elsewhere


def test_what_is_known_to_be_all_is_closed() -> None:
    """No step leads from sizes without a way back to sizes with one; sizes of one shape are told apart."""
    assert is_closed(back(keepers.TooMuch(), keepers.a_request_can_be_granted), UNLIMITED)


@pytest.mark.parametrize("known", [0, 1])
def test_what_is_half_known_is_not_closed(known: int) -> None:
    """Where ways back are known of one shape only, a step from the other leads there: to the first shape, or on."""
    ways = back(keepers.Turns(repaired=True), keepers.both_can_end)
    half = replace(ways, of_shape={known: ways.of_shape[known]}, everywhere=set())

    assert not is_closed(half, UNLIMITED)


def test_too_many_cases() -> None:
    """As many cases as are looked at are said; one more, and they are too many."""
    ways = back(keepers.LastRecord(), keepers.all_can_be_read)

    assert len(ways.missing(1, 1, UNLIMITED)) == 1
    with pytest.raises(TooMany):
        ways.missing(1, 0, UNLIMITED)


class Quarters(Model):
    """What is used goes up by anything and down by 3; nothing is used at first."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def grow(self, size: Bytes) -> None:
        self.used += size

    @action
    def release(self) -> None:
        require(self.used >= 3)
        self.used -= 3


@recoverable
def three_halves(now: Quarters) -> bool:
    """It can always come to 6 or 7."""
    return now.used // 2 == 3


@recoverable
def odd(now: Quarters) -> bool:
    """It can always be odd."""
    return now.used % 2 == 1


class Odd(Model):
    """An amount from which 0 is reached unless it is 3 more than a multiple of 4, where nothing can be done."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def grow(self, size: Bytes) -> None:
        require(self.used == 0)
        self.used = size

    @action
    def release(self) -> None:
        require(self.used % 4 != 3)
        self.used = 0


@recoverable
def not_three(now: Odd) -> bool:
    """It can always be no 3 more than a multiple of 4."""
    return now.used % 4 != 3


def test_a_claim_may_divide_sizes() -> None:
    """Which quotient it is says an equation: then it is proved, and the certificate says what the quotient is."""
    verdict = recovered_of(Quarters(), three_halves)

    assert isinstance(verdict, Proved)
    automaton = cast("Any", verdict.certificate).automaton
    script = cast("Any", verdict.certificate).smtlib(automaton)
    ask_z3(script, UNLIMITED)
    with pytest.raises(Rejected):
        ask_z3(script.replace("(= (+ q1 (- 3)) 0)", "(= (+ q1 (- 4)) 0)"), UNLIMITED)


def test_what_is_no_condition_on_sizes_alone() -> None:
    """That an amount is odd is none: nothing is said for all sizes, and no way back is taken for impossible."""
    verdict = recovered_of(Quarters(), odd)
    assert isinstance(verdict, Unknown)
    assert "it divides sizes" in verdict.why

    found = recovered_of(Odd(), not_three)
    assert isinstance(found, Violated)
    assert [step.arguments for step in found.run.steps] == [(3,)]


def test_small_sizes_are_divided() -> None:
    """At sizes up to 2 there is always a way back; with 3 there is a trap."""
    automaton = extract(Odd(), [not_three], Feasibility(), needed=frozenset())

    small, larger = at(automaton, not_three, 2), at(automaton, not_three, 3)
    assert small is not None
    assert larger is not None
    assert (small.traps, larger.traps) == (0, 1)
    assert isinstance(check(Odd(), [not_three], engine="explore").of(not_three), Holds)


class Limited(Model):
    """Its limit stays what it was."""

    limit: Bytes

    def begin(self, limit: Bytes) -> None:
        self.limit = limit
        self.on = False

    @action
    def turn(self) -> None:
        self.on = not self.on


@recoverable
def its_limit_is_odd(now: Limited) -> bool:
    """With a limit of 2 it never is."""
    return now.limit % 2 == 1


def test_what_has_no_way_back_at_larger_sizes_does_not_hold_at_small_ones() -> None:
    """With sizes of 1 every state has a way back, and with 2 some have none: that is no success."""
    verdict = check(Limited(), [its_limit_is_odd], witnesses=False).of(its_limit_is_odd)

    assert isinstance(verdict, Unknown)
    assert "from 2 of 4 states of the automaton no run with sizes up to 2 leads back" in verdict.why


class Mood(Model):
    """The environment chooses, once."""

    def begin(self) -> None:
        self.is_open = True
        self.is_chosen = False

    @action
    def decide(self) -> None:
        require(not self.is_chosen)
        self.is_chosen = True
        self.is_open = choose((True, False))


@recoverable
def it_can_be_open(now: Mood) -> bool:
    """Not if the environment has chosen otherwise."""
    return now.is_open


def test_a_trap_after_a_choice_is_not_contradicted_by_the_other_choice() -> None:
    """A run that was reported has one of the ends that its steps can have: that another leads back says nothing."""
    verdict = check(Mood(), [it_can_be_open], witnesses=False).of(it_can_be_open)

    assert isinstance(verdict, Violated)
    assert len(verdict.run) == 1


class Overdrawn(Model):
    """What is given back may be more than was taken: no run goes on from there."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0
        self.is_open = True

    @action
    def close(self) -> None:
        self.is_open = False

    @action
    def give(self, size: Bytes) -> None:
        require(not self.is_open)
        self.used -= size
        self.is_open = True

    @action
    def reopen(self) -> None:
        self.is_open = True


@recoverable
def it_is_not_closed_for_ever(now: Overdrawn) -> bool:
    """It can always be open again."""
    return now.is_open


def test_a_counter_below_0_ends_what_is_said_of_small_sizes() -> None:
    """Every state has a way back, and of those below 0 nothing is said: so the verdict says that."""
    verdict = check(Overdrawn(), [it_is_not_closed_for_ever], engine="explore").of(it_is_not_closed_for_ever)

    assert isinstance(verdict, Holds)
    assert NATURAL in verdict.bounds


class Late(Model):
    """Has no count before something was loaded, and can always load."""

    count: Bytes

    def begin(self) -> None:
        self.loaded = False

    @action
    def load(self, size: Bytes) -> None:
        self.loaded, self.count = True, size


@recoverable
def something_is_counted(now: Late) -> bool:
    """It raises at the beginning, from where a run leads to where it is true."""
    return now.count > 0


def test_where_it_raises_it_is_not_false() -> None:
    """A claim is true or false in each state that a run comes to: one that raises in one is refused, and not proved."""
    for report in (recovered(Late(), [something_is_counted], UNLIMITED),
                   recovered_at(Late(), [something_is_counted], 2, UNLIMITED)):  # fmt: skip
        verdict = report.of("something_is_counted")
        assert isinstance(verdict, Refused)
        assert "raises AttributeError" in str(verdict)


class Frames(Model):
    """Whole frames are taken, each of so many bytes, and given back one by one."""

    used: Bytes

    def begin(self, frame: int = 4, given: int = 4) -> None:
        self.used = 0
        self.frame, self.given = frame, given
        self.leaked = False

    @action
    def take(self, frames: Bytes) -> None:
        self.used += self.frame * frames

    @action
    def give(self) -> None:
        require(self.used >= self.given)
        self.used -= self.given


class Leaking(Frames):
    """Once a part of a frame is taken, too, which nothing gives back."""

    @action
    def leak(self) -> None:
        require(not self.leaked)
        self.leaked = True
        self.used += 2


@recoverable
def every_frame_is_back(now: Frames) -> bool:
    """All frames can be given back."""
    return now.used == 0


@pytest.mark.parametrize(("frame", "given"), [(4, 4), (6, 2), (6, 4)])
def test_what_is_given_back_by_quanta(frame: int, given: int) -> None:
    """Frames of 4 by 4, of 6 by 2; of 6 by 4, which leave 2, once a further frame is taken."""
    assert isinstance(check(Frames(frame=frame, given=given), [every_frame_is_back]).results[0].verdict, Proved)


def test_what_is_left_of_a_quantum_is_left_for_ever() -> None:
    """After `leak` there are 2 bytes more than whole frames, and what is taken and given are whole frames."""
    verdict = check(Leaking(), [every_frame_is_back], witnesses=False).of(every_frame_is_back)

    assert isinstance(verdict, Violated)
    assert [step.action for step in verdict.run.steps] == ["leak"]
