"""The parts of a portfolio, one by one, with engines that answer what they are told."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action
from spillproof.properties.catalogue import NEVER_NEGATIVE
from spillproof.properties.claims import Claim, ClaimError, Mode
from spillproof.properties.engines import lookout, violations
from spillproof.properties.engines.bounded import EFFORT_SPENT, THE_TIME_WAS_UP, Searched
from spillproof.properties.engines.limits import Limits, OutOfTime
from spillproof.properties.engines.pending import Pending, contained, defect, timed
from spillproof.properties.engines.portfolio import NOT_NATURAL, Portfolio
from spillproof.properties.engines.proof.certificate import Rejected, Unanswered
from spillproof.properties.engines.provers import Confirmation, scope_of
from spillproof.properties.engines.run import Run, Step
from spillproof.properties.engines.smallest import FEWEST_STEPS, MINIMAL
from spillproof.properties.engines.verdict import (
    NATURAL,
    Holds,
    Never,
    NotFound,
    Proved,
    Refused,
    Result,
    Unknown,
    Verdict,
    Violated,
)
from spillproof.properties.engines.world import World


class Shelf(Model):
    """Holds bytes."""

    used: Bytes

    def begin(self, limit: Bytes, deep: bool, pages: int = 2, fixes: frozenset[str] = frozenset("a")) -> None:  # noqa: FBT001 - a scope
        self.used = 0

    @action
    def load(self, size: Bytes) -> None:
        """Load some."""
        self.used += size


def claim(name: str, mode: Mode = Mode.ALWAYS) -> Claim:
    """A claim that is only a name."""
    return Claim(name, mode, lambda _now: True)


A, B, W = claim("a"), claim("b"), claim("w", Mode.SOMETIMES)
RUN = Run(Shelf(), (9, False), (Step("load", (3,)), Step("load", (4,))))


def made(limits: Limits | None = None, **named: Any) -> Portfolio:
    """A portfolio that has two claims and a witness."""
    return Portfolio(Shelf(), [A, B], [W], limits or Limits(), **named)


def waiting(of: Claim = A, *, any_preference: bool = True, **fields: Any) -> Pending:
    """A claim without a verdict, in a world of which only this is known."""
    world = SimpleNamespace(automaton=SimpleNamespace(any_preference=any_preference))
    return Pending(of, cast("World", world), **fields)


def verdicts(of: Portfolio) -> dict[str, Verdict]:
    """What was reported."""
    return {result.claim.name: result.verdict for result in of.report.results}


# What is open


@pytest.mark.parametrize(("max_steps", "fields", "verdict"), [
    (None, {}, Unknown("no invariant was found", -1)),
    (None, {"depth": 4, "why": "y"}, Unknown("y", 4)),
    (None, {"depth": 4, "why": "y", "failure": "f"}, Unknown("f", 4)),
    (5, {"depth": 4, "why": "y"}, Unknown("y", 4)),
    (4, {"depth": 4, "why": "y"}, Holds("all sizes, runs of at most 4 steps")),
    (3, {"depth": 4}, Holds("all sizes, runs of at most 4 steps")),
    (3, {"depth": 0, "candidate": Violated(RUN, 0, 7)}, Violated(RUN, 0, 7, ruled_out=0)),
    (3, {"depth": 1, "candidate": Violated(RUN, 0, 7)}, Violated(RUN, 0, 7, FEWEST_STEPS, least=False)),
    (3, {"depth": 1, "candidate": Violated(RUN, 0, 7, MINIMAL)}, Violated(RUN, 0, 7, MINIMAL)),
])  # fmt: skip # a table
def test_the_verdict_on_what_is_open(max_steps: int | None, fields: dict[str, Any], verdict: Verdict) -> None:
    """A violation that may not be the least; that it holds as far as was wanted; else why it is unknown."""
    assert made(Limits(max_steps=max_steps)).open(waiting(**fields)) == verdict


@pytest.mark.parametrize(("negative", "within"), [(False, ""), (True, NATURAL)])
def test_proofs_that_rest_on_what_is_not_proved(
    monkeypatch: pytest.MonkeyPatch, within: str, *, negative: bool
) -> None:
    """Where counters may be negative, a proof only holds, and never is unknown; a witness that was seen was seen."""
    of = made()
    monkeypatch.setattr(of, "may_be_negative", lambda: negative)
    of.report.results.append(Result(claim("d"), Holds("5 steps"), "e", 1.0))
    seen = Proved("all", RUN)
    for each, verdict in ((A, Proved("all", None)), (W, seen), (B, Never("all")), (claim("c"), NotFound("5"))):
        of.report.results.append(Result(each, verdict, "e", 1.0))
    of.limit_proofs()

    assert verdicts(of) == {
        "a": Holds("all, in runs in which no counter is negative"), "w": seen, "b": Unknown(NOT_NATURAL),
        "c": NotFound("5"), "d": Holds(f"5 steps{within}"),
    }  # fmt: skip
    assert {(each.engine, each.seconds) for each in of.report.results} == {("e", 1.0)}


def test_what_nobody_asked_is_not_reported() -> None:
    """That no counter is negative is proved for the others' sake; a witness of an action is reported."""
    of = made()
    for each in (A, NEVER_NEGATIVE, W, claim("load_is_taken", Mode.SOMETIMES), claim("other")):
        of.add(Pending(each, cast("World", None), seconds=2.0), Unknown("x"), "bounded")

    assert list(verdicts(of)) == ["a", "w", "load_is_taken"]
    assert {(each.engine, each.seconds) for each in of.report.results} == {("bounded", 2.0)}


def test_giving_up() -> None:
    """Each claim without a verdict is unknown, as deep as it was searched; one that has a verdict keeps it."""
    of = made()
    of.report.results.append(Result(W, Proved("", RUN), "bounded", 0.0))
    of.known = {"a": waiting(depth=0, why="old")}
    of.give_up("the time was up")

    assert verdicts(of) == {"w": Proved("", RUN), "a": Unknown("the time was up", 0), "b": Unknown("the time was up")}
    assert [each.engine for each in of.report.results] == ["bounded", "bounded", "none"]
    shallow = made()
    shallow.known = {"b": waiting(B)}
    shallow.give_up("x")
    assert [each.engine for each in shallow.report.results] == ["none", "none", "none"]


def test_a_claim_is_refused_once() -> None:
    """What was said of it is withdrawn; what is said of others stays."""
    of = made()
    of.report.results = [Result(each, Proved("", None), "prove", 0.0) for each in (A, B)]
    for why in ("first", "second"):
        of.refuse(ClaimError(A, why), 1.5)

    assert verdicts(of) == {"b": Proved("", None), "a": Refused("first")}
    assert of.report.results[-1].seconds == 1.5
    assert of.asked([A, B]) == [B]


# Looking


def searched(steps: int | None = None, depth: int = 3, **fields: Any) -> Searched:
    """What the bounded engine answers: a run of so many steps, or none."""
    found = None if steps is None else SimpleNamespace(steps=steps, objects=5, bytes=6)
    return Searched(cast("Any", found), depth, **fields)


def looking(
    monkeypatch: pytest.MonkeyPatch, answer: Searched | BaseException, verdict: Any = None, depth: int = 1
) -> tuple[Portfolio, Pending, bool]:
    """What comes of a look that is answered so, and what is made of what it finds."""
    of, pending = made(), waiting(depth=depth)

    def search(*_arguments: Any, ruled_out: int) -> Searched:
        assert ruled_out == depth
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def violated(*_arguments: Any) -> Any:
        if isinstance(verdict, BaseException):
            raise verdict
        return verdict

    monkeypatch.setattr(of, "search", search)
    monkeypatch.setattr(of, "violated", violated)
    return of, pending, of.look(pending, 5)


def test_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The depth is kept, if it is more than was known, and why it ended."""
    for depth, kept in ((3, 3), (0, 1)):
        of, pending, done = looking(monkeypatch, searched(depth=depth, why="y"))
        assert (done, pending.depth, pending.why, pending.spurious, of.report.results) == (False, kept, "y", False, [])


def test_a_violation_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the verdict; what is ruled out until then is what is shorter."""
    violated = Violated(RUN, 5, 6)
    of, pending, done = looking(monkeypatch, searched(3, depth=9), violated)

    assert (done, verdicts(of), pending.depth, pending.spurious) == (True, {"a": violated}, 2, False)
    assert of.report.results[0].engine == "bounded"
    assert looking(monkeypatch, searched(9, depth=3), violated)[1].depth == 3
    assert looking(monkeypatch, searched(3, why=THE_TIME_WAS_UP), violated)[2]
    assert looking(monkeypatch, searched(3, why="~"), violated)[2]


def test_what_is_found_is_no_run_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is no verdict, and that is kept."""
    of, pending, done = looking(monkeypatch, searched(3))

    assert (done, verdicts(of), pending.spurious) == (False, {}, True)


def test_a_violation_of_a_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may not be the least, and is kept for the end; anything else that was found is the verdict."""
    violated = Violated(RUN, 5, 6)
    of, pending, done = looking(monkeypatch, searched(3, why=EFFORT_SPENT), violated)
    assert (done, verdicts(of), pending.candidate) == (False, {}, violated)
    of, pending, done = looking(monkeypatch, searched(3, why=EFFORT_SPENT), Unknown("disagree"))
    assert (done, verdicts(of), pending.candidate) == (True, {"a": Unknown("disagree")}, None)


def test_the_time_is_up_while_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known is kept, if anything was."""
    for depth in (1, -1):
        _, pending, done = looking(monkeypatch, OutOfTime(), depth=depth)
        assert (done, pending.depth, pending.why) == (False, depth, THE_TIME_WAS_UP)


def test_a_claim_turns_out_not_to_be_askable(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused, which is a verdict."""
    of, _, done = looking(monkeypatch, searched(3), ClaimError(A, "why"))

    assert (done, verdicts(of)) == (True, {"a": Refused("why")})


def test_who_only_proves_does_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """And who only searches guesses nothing, and does not ask Spacer."""
    pending = waiting()
    assert not made(search=False).look(pending, None)
    assert not made(prove=False).ask_spacer(pending, Limits())
    assert made(prove=False).guess([pending], cast("Any", None), widely=True) == [pending]
    assert made().guess([], cast("Any", None), widely=True) == []


# What was found, replayed


def replayed(
    monkeypatch: pytest.MonkeyPatch,
    at: int | ModelError | None,
    *,
    any_preference: bool = True,
    refused: bool = False,
    **fields: Any,
) -> Verdict | None:
    """What is made of a run of two steps, if on integers the claim is false `at` some step."""

    def false_at(*_arguments: Any) -> int | None:
        if isinstance(at, ModelError):
            raise at
        return at

    moments = [SimpleNamespace(spelled="begin()", refused=False), SimpleNamespace(spelled="load(3)", refused=False)]
    moments.append(SimpleNamespace(spelled="load(4)", refused=refused))
    monkeypatch.setattr(violations, "concrete", lambda *_: RUN)
    monkeypatch.setattr(violations, "replay", lambda *_: moments)
    monkeypatch.setattr(violations, "false_at", false_at)
    monkeypatch.setattr(violations, "weight", lambda run: (len(run), 77))
    return made().violated(waiting(any_preference=any_preference), searched(2, **fields))


def test_what_is_certified_of_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """That it is the least, that it has the fewest steps, or nothing."""
    assert replayed(monkeypatch, 2, shortest=True, least=True) == Violated(RUN, 5, 6, MINIMAL, least=True)
    assert replayed(monkeypatch, 2, shortest=True) == Violated(RUN, 5, 6, FEWEST_STEPS, least=False)
    assert replayed(monkeypatch, 2, least=True) == Violated(RUN, 5, 6, "", least=False)


def test_a_violation_that_comes_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends there, and nothing is certified."""
    shorter = Run(RUN.model, RUN.opening, RUN.steps[:1])

    assert replayed(monkeypatch, 1, shortest=True, least=True) == Violated(shorter, 1, 77)


def test_a_run_that_the_model_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """If preferences were left open, they exclude it; if not, the engines disagree."""
    assert replayed(monkeypatch, None, refused=True) is None
    found = replayed(monkeypatch, None, refused=True, any_preference=False)
    assert isinstance(found, Unknown)
    assert found.why.startswith(
        "the engines disagree: on unknown sizes a run of 2 steps violates it (load(3), load(4))"
    )


def test_a_run_that_violates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engines disagree, or the run cannot be taken at all; a claim that cannot be asked is another matter."""
    found, untaken = replayed(monkeypatch, None), replayed(monkeypatch, ModelError("no such step"))
    assert isinstance(found, Unknown)
    assert isinstance(untaken, Unknown)
    assert (found.depth, untaken.depth) == (-1, -1)
    assert "on integers the same steps do not" in found.why
    assert "of 2 steps violates it, replayed on integers, it cannot be taken: no such step" in untaken.why
    with pytest.raises(ClaimError, match="planted"):
        replayed(monkeypatch, ClaimError(A, "planted"))


# The first automaton, and the time for it


def extracted(
    monkeypatch: pytest.MonkeyPatch, of: Portfolio, error: BaseException | None = None
) -> tuple[Limits, float | None]:
    """The limits of the first extraction, and the solver's deadline while it goes on."""
    asked: list[Any] = []

    def frontier(_claims: Any, *, any_preference: bool, limits: Limits) -> Any:
        assert any_preference
        asked.append(limits)
        return SimpleNamespace(automaton=lambda: None)

    def run(_lookout: Any) -> None:
        asked.append(of.feasible.limits.deadline)
        if error is not None:
            raise error

    monkeypatch.setattr(of, "frontier", frontier)
    monkeypatch.setattr(of, "world_of", lambda _automaton, *, validated: asked.append(validated))
    monkeypatch.setattr(lookout.Lookout, "run", run)
    monkeypatch.setattr(lookout.Lookout, "look", lambda self: asked.append((self.limits, of.feasible.limits)))
    if error is None:
        of.first_world()
        assert asked.pop() is True
    else:
        with pytest.raises(type(error)):
            of.first_world()
        half = of.limits.half().deadline
        assert [each.deadline for each in asked.pop()] == pytest.approx([half, half], abs=5)
    limits, deadline = asked
    return limits, deadline


@pytest.mark.parametrize(("deadline", "reserve"), [(None, 5.0), (100.0, 0.0)])
def test_nothing_is_reserved(monkeypatch: pytest.MonkeyPatch, deadline: float | None, reserve: float) -> None:
    """Without a deadline, or where nothing is to be done after it, the shapes have all the time."""
    limits, within = extracted(monkeypatch, made(Limits(deadline), reserve=reserve))

    assert (limits.deadline, within) == (deadline, deadline)


@pytest.mark.parametrize("error", [None, OutOfTime()])
def test_some_time_is_reserved(monkeypatch: pytest.MonkeyPatch, error: BaseException | None) -> None:
    """The solver too is limited to the earlier deadline, and only so long; what is known then is searched for as long
    as half of what is left.
    """
    end = time.monotonic() + 100.0
    of = made(Limits(end), reserve=5.0)
    limits, within = extracted(monkeypatch, of, error)

    assert (limits.deadline, within) == (end - 5.0, end - 5.0)
    assert of.feasible.limits.deadline == end


# The second solver


def answers(error: BaseException | None = None) -> Callable[[], int]:
    """A check that accepts, or ends so."""

    def check() -> int:
        if error is not None:
            raise error
        return 1

    return check


def test_who_confirmed() -> None:
    """Both, if both were asked and answered; Z3 alone, with the reason, where cvc5 gave no answer."""
    with_two = made(certify=True)

    assert (made().second(answers(ValueError())).solvers, made().second(answers()).remark) == (("Z3",), "")
    assert with_two.second(answers()) == Confirmation(("Z3", "cvc5"))
    assert with_two.second(answers(Unanswered("why"))) == Confirmation(("Z3",), "cvc5 did not answer: why")
    assert with_two.second(answers(OutOfTime())).remark == "cvc5 did not answer: the time was up"
    with pytest.raises(Rejected, match="Z3 confirms it, and cvc5 does not: no; one of them is wrong"):
        with_two.second(answers(Rejected("no")))


# Time and failures


def test_time_is_shared() -> None:
    """Claims that are worked on together share the time that it takes, also where that fails."""
    one, two = Pending(A, cast("World", None)), Pending(B, cast("World", None), seconds=1.0)
    before = time.monotonic()
    with suppress(ValueError), timed([one, two]):
        time.sleep(0.02)
        raise ValueError("planted")
    passed = time.monotonic() - before

    assert 0.01 <= one.seconds <= passed / 2
    assert 1.01 <= two.seconds <= 1 + passed / 2


def test_what_fails_is_contained() -> None:
    """A defect is kept for each claim; what the model, the time or a quantity that is needed raises goes on."""
    one, two = waiting(A), waiting(B)
    with contained("the guessing", [one, two]):
        raise IndexError("no\n  such")
    assert one.failure == two.failure
    assert one.failure.startswith("the guessing failed with IndexError: no such (test_portfolio_parts.py:")
    for error in (ModelError("x"), OutOfTime()):
        with pytest.raises(type(error)), contained("x", []):
            raise error


def test_a_defect_in_a_line() -> None:
    """Who failed, with what, where; two hundred characters of it."""
    words = ""
    try:
        answers(ValueError("y" * 500))()
    except ValueError as error:
        words = defect("Spacer", error)

    assert words.count("y" * 50) == 3
    assert words.endswith("this is a defect of spillproof: please report it, with the model")


def test_the_scope_in_words() -> None:
    """Constants, what is open, sizes before switches; and that sizes and steps are unbounded; no set of fixes."""
    assert scope_of(Shelf()) == "pages=2, any limit, every deep, all sizes, any number of steps"
    assert scope_of(Yardstick(capacity=3)) == "consumers=2, forgets=NEVER, capacity=3, all sizes, any number of steps"
