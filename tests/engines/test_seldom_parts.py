"""What happens seldom: no beginning, no time, a proof that is rejected, quantities that turn out to matter."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import z3

from spillproof.model.errors import ENGINES, KIT, ModelError
from spillproof.model.quantity import Bytes, Needed
from spillproof.model.system import Model, action, require
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines import simulate as simulating
from spillproof.properties.engines.evidence.reason import _has_fields
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.network import any_number, rests
from spillproof.properties.engines.network.any_number import _of_a_number, _Proof
from spillproof.properties.engines.network.fold import CannotFold
from spillproof.properties.engines.network.ways import Ways
from spillproof.properties.engines.proof import spacer
from spillproof.properties.engines.proof.certificate import Rejected, Unanswered
from spillproof.properties.engines.recovery import ways_back
from spillproof.properties.engines.run import Run, replay
from spillproof.properties.engines.validation.fork import _is_ours
from spillproof.properties.engines.verdict import Proved, Report, Result, Unknown, Violated
from tests.engines.stores import Stores

fake: Any = SimpleNamespace
"""Something with these attributes, in the stead of an engine's own."""

nothing: Any = None


def claim(name: str, mode: Mode = Mode.ALWAYS) -> Claim:
    """A claim that is only a name."""
    return Claim(name, mode, lambda _now: True)


def raising(error: BaseException) -> Any:
    """A function that raises this, whatever it is given."""

    def function(*_: Any, **__: Any) -> Any:
        raise error

    return function


# Beginnings


class Late(Model):
    """Begins with three or more, and not with five."""

    used: Bytes

    def begin(self, size: Bytes) -> None:
        require(size > 2)
        if size == 5:
            raise KeyError("five")
        self.used = size

    @action
    def load(self) -> None:
        self.used += 1


@pytest.mark.parametrize(("size", "why"), [(1, "a guard of begin is false"), (5, "KeyError: 'five'")])
def test_a_run_that_cannot_begin(size: int, why: str) -> None:
    """It is said why, and no moment is made up."""
    with pytest.raises(ModelError, match=f"^Late cannot begin so: {why}"):
        replay(Run(Late(), (size,), ()))
    assert len(replay(Run(Late(), (3,), ()))) == 1


class Owing(Model):
    """Begins with less than nothing."""

    used: Bytes

    def begin(self) -> None:
        self.used = -1

    @action
    def load(self) -> None:
        self.used += 1


def test_a_counter_that_begins_below_0() -> None:
    """A run of no steps shows it, where that is asked; no run goes on from there."""
    seen = explore(Owing(), [NEVER_NEGATIVE])

    assert [len(run) for run in seen.violations.values()] == [0]
    assert list(seen.violations) == [NEVER_NEGATIVE.name]
    for unasked in ([], [claim(NEVER_NEGATIVE.name)]):
        unseen = explore(Owing(), unasked)
        assert (unseen.violations, unseen.states) == ({}, 0)


# Any number of consumers


PROVED, UNKNOWN, RUN = Proved("all", None), Unknown("why"), Run(Stores(), (9,), ())


@pytest.mark.parametrize(
    ("mode", "verdict", "stays"),
    [
        (Mode.RECOVERABLE, PROVED, False), (Mode.RECOVERABLE, UNKNOWN, True), (Mode.SOMETIMES, PROVED, True),
        (Mode.ALWAYS, UNKNOWN, True),
    ],
)  # fmt: skip # a table
def test_ways_back_are_proved_at_a_number(mode: Mode, verdict: Any, *, stays: bool) -> None:
    """Of no other number; what is no such proof stays as it is."""
    found = _of_a_number(Result(claim("a", mode), verdict, "", 0.0), "stores=2").verdict

    assert (found == verdict) is stays
    assert stays or (isinstance(found, Unknown) and found.why.startswith("it is proved for stores=2 only: "))


@pytest.mark.parametrize(("why", "said"), [("", "the time was up"), ("the memory was up", "the memory was up")])
def test_no_time_for_any_number(why: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is proved at a number is unknown of any; a violation stays, and the bell is heard."""
    heard: list[str] = []
    monkeypatch.setattr(any_number, "heard", lambda: heard.append("heard"))
    monkeypatch.setattr(any_number, "prove", raising(OutOfTime(*filter(None, [why]))))
    verdicts = [PROVED, Violated(RUN, 0, 0), PROVED]
    results = [Result(claim(name), each, "", 1.0) for name, each in zip("abc", verdicts, strict=True)]
    results.append(Result(claim("d", Mode.RECOVERABLE), PROVED, "", 1.0))
    found = any_number.generalised(Report(Stores(), results), Limits())

    assert heard == ["heard"]
    assert found.any_number_of == "stores"
    assert [each.claim.name for each in found.results] == ["a", "b", "c", "d"]
    assert [getattr(each.verdict, "why", "") for each in found.results][:3] == [
        f"it is proved for stores=2 only: {said}", "", f"it is proved for stores=2 only: {said}",
    ]  # fmt: skip
    assert found.results[3].verdict.word == "unknown"
    assert all(each.seconds < 2 for each in found.results)


@pytest.mark.parametrize(
    ("error", "why"),
    [(CannotFold("it counts"), "Stores: it counts"), (Rejected("sat"), "its certificate was rejected: sat")],
)
def test_a_rest_that_does_not_stand_for_all(error: Exception, why: str) -> None:
    """It is said of each claim why it is not proved of any number."""
    self = fake(prove=raising(error), many=Stores, claims=[claim("a"), claim("b")], found=fake(why={"x": "y"}))
    self.refuse = lambda claims, said: _Proof.refuse(self, claims, said)

    assert _Proof.run(self).why == {"x": "y", "a": why, "b": why}


def test_it_is_tried_again_with_more_quantities() -> None:
    """Those that turned out to matter; where they were there already, that is a defect."""
    field, other = (Stores, "free"), (Stores, "capacity")
    self = fake(attempt=raising(Needed(frozenset({field}))), needed=frozenset({other}))

    assert not _Proof.prove(self)
    assert self.needed == {field, other}
    with pytest.raises(Needed):
        _Proof.prove(self)
    self.attempt = lambda: None
    assert _Proof.prove(self)


A, B, C = ((Stores, name) for name in "abc")


@pytest.mark.parametrize(("sliced", "fits"), [({A}, True), ({A, B}, False), (set(), False)])
def test_the_same_is_sliced_away(sliced: set[Any], monkeypatch: pytest.MonkeyPatch, *, fits: bool) -> None:
    """With a consumer more; what was sliced away of the smaller one alone turns out to matter."""
    needed: list[Any] = []

    def extract(*_: Any, **named: Any) -> Any:
        needed.append(named["needed"])
        return fake(sliced=frozenset(sliced))

    monkeypatch.setattr(any_number, "extract", extract)
    monkeypatch.setattr(any_number, "quantities", lambda _: frozenset({A, B, C}))
    like = fake(sliced=frozenset({A}), any_preference=True)
    self = fake(feasible=None, told=None)

    if fits:
        assert _Proof.extracted(self, nothing, [], like).sliced == {A}
    else:
        with pytest.raises(Needed) as turned_out:
            _Proof.extracted(self, nothing, [], like)
        assert turned_out.value.fields == {A} - sliced
    assert needed == [{B, C}]


def test_a_rest_that_counts_by_what_is_no_number() -> None:
    """It is refused, and it is said what there is to count by."""
    many: Any = type("ManyStores", (), {"counted_by": "store", "alone": 1, "__module__": __name__})
    with pytest.raises(ModelError, match=r"counts by 'store', which is no number in the scope of Stores; .*'?stores"):
        rests._refuse_count(many, Stores())


def test_what_is_told_meanwhile() -> None:
    """How far two consumers and the rest are known; and whether the time is up is asked."""
    said: list[str] = []
    self = fake(limits=Limits(progress=said.append))
    _Proof.told(self, 3, 2, 7)
    assert said == ["two consumers and the rest: 3 shapes found, 2 done, 7 edges"]
    self.limits = Limits(time.monotonic() - 1)
    with pytest.raises(OutOfTime):
        _Proof.told(self, 3, 2, 7)


def test_a_second_solver_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said beside the proof, which the first has confirmed."""
    for name in ("check_with_z3", "ask_z3", "ask_cvc5"):
        monkeypatch.setattr(any_number, name, lambda *_: 1)
    monkeypatch.setattr(any_number, "check_with_cvc5", raising(Unanswered("no time")))
    monkeypatch.setattr(any_number, "certify", lambda *_: fake(claims=("a",), fingerprint="mark", invariants=()))
    self = fake(limits=Limits(), found=fake(remark=""), by_both=True)
    _Proof.confirm(self, nothing, nothing, [], "second")

    assert (self.found.confirmed_by, self.found.remark) == (("Z3",), "cvc5 did not answer: no time")
    assert self.found.claims == {"a"}


def test_ways_by_actions_of_these_names() -> None:
    """Each path of them is followed, between the shapes of the images."""
    self = fake(paths_by=lambda *given: [given] * 2, along=lambda *given: [given])
    source, target = fake(shape=3), fake(shape=4)

    found: list[Any] = list(Ways.by(self, ("go", "on"), source, target, nothing))
    assert found == [((("go", "on"), 3, 4), source, target, None, ())] * 2


# Solvers


def test_what_spacer_spells_with_quantifiers() -> None:
    """They are eliminated; where they cannot be, there is no answer; what has none stays as it is."""
    x, y = z3.Ints("x y")
    even = z3.Exists([y], x == 2 * y)
    without = spacer._eliminated(even, Limits())

    assert not spacer._is_quantified(without)
    assert [z3.is_true(z3.simplify(z3.substitute(without, (x, z3.IntVal(each))))) for each in (3, 4)] == [False, True]
    assert spacer._eliminated(x == 4, Limits()).eq(x == 4)
    square = z3.Exists([y], x == y * y)
    with pytest.raises(z3.Z3Exception, match="quantifiers are left"):
        spacer._eliminated(square, Limits())


def test_no_time_for_random_runs_and_ways_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found so far is the answer, and the bell is heard."""
    heard: list[str] = []
    for module in (simulating, ways_back):
        monkeypatch.setattr(module, "heard", lambda: heard.append("heard"))
    monkeypatch.setattr(simulating.RandomWalk, "take", raising(OutOfTime()))
    monkeypatch.setattr(ways_back._Backward, "run", raising(OutOfTime()))

    assert simulating.simulate(Stores(), [claim("a")]).examples == 0
    assert ways_back.ways_back(nothing, claim("a"), nothing).pieces == []
    assert heard == ["heard"] * 2


# Whose a line is, and what has fields


def test_whose_a_line_is() -> None:
    """The kit's, but for what stands in its folders; all that is an engine's; and what has no file."""
    ours = [str(KIT / "system.py"), str(ENGINES / "check.py"), str(ENGINES / "proof" / "exact.py"), "<string>"]
    theirs = [str(KIT / "lessons" / "pool.py"), "/home/somebody/model.py", "model.py"]

    assert [_is_ours(each) for each in (*ours, *theirs)] == [True] * 4 + [False] * 3


class Named(NamedTuple):
    """Has fields, and no dict of them."""

    held: int


def test_what_has_fields() -> None:
    """An object, and a tuple with names; no number, and no other tuple."""
    assert [_has_fields(each) for each in (Stores(), Named(1), 5, (1, 2))] == [True, True, False, False]
